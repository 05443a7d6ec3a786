INSERT INTO city (code, name) VALUES ('CB' || (SELECT count(*) FROM city), 'callback' || (SELECT count(*) FROM city));
