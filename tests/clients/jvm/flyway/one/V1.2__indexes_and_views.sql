CREATE INDEX member_city ON member (city_code, joined DESC);
CREATE UNIQUE INDEX city_name ON city (name);
CREATE VIEW member_cities AS SELECT m.id, c.name, m.labels FROM member m LEFT JOIN city c ON c.code = m.city_code;
CREATE MATERIALIZED VIEW per_city AS SELECT city_code, count(*) AS n FROM member GROUP BY city_code;
COMMENT ON VIEW member_cities IS $$dollar; quoted$$;
CREATE SEQUENCE ticket START 5 INCREMENT 2;
CREATE TYPE mood AS ENUM ('好', '坏');
CREATE DOMAIN rate AS numeric(5,2) CHECK (VALUE >= 0);
