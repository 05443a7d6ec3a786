-- tool: Looker and LookML
-- what: connection test, temporary and persistent derived tables, symmetric aggregates, time zones, dimension groups, kill queries
-- startup: application_name=Looker
--
-- Looker tests a connection, builds derived tables in a scratch schema, and makes sums
-- over joins that fan out exact by hashes of the key (symmetric aggregates).

-- step test: connect |
SELECT 1

-- step test: version |
SELECT current_setting('server_version_num')::int / 10000 AS v

-- step test: cancel | hide=pid
SELECT pg_backend_pid() AS pid

-- step test: processes | hide=pid
SELECT pid, usename, query FROM pg_stat_activity WHERE pid = pg_backend_pid()

-- step test: time zone |
SET TIME ZONE 'UTC'

-- step test: scratch schema | simple
CREATE SCHEMA IF NOT EXISTS looker_scratch

-- step test: persistent table | simple
CREATE TABLE looker_scratch.connection_reg_r3 AS SELECT 1 AS a

-- step test: drop | simple
DROP TABLE looker_scratch.connection_reg_r3

-- step test: register | simple
CREATE TABLE looker_scratch."LR$REG" ("hash" varchar(64), "state" varchar(32), "touched_at" timestamptz); INSERT INTO looker_scratch."LR$REG" VALUES ('LR$4F8K', 'building', '2024-01-01 00:00:00+00')

-- step derived table | simple
CREATE TABLE looker_scratch."LR$4F8K_by_city" AS SELECT city, count(*) AS users, sum(spent) AS spent FROM tags GROUP BY 1

-- step derived table, analyzed | simple
ANALYZE looker_scratch."LR$4F8K_by_city"

-- step derived table, used |
SELECT by_city.city AS "by_city.city", COALESCE(SUM(by_city.spent), 0) AS "by_city.total" FROM looker_scratch."LR$4F8K_by_city" AS by_city GROUP BY 1 ORDER BY 2 DESC LIMIT 500

-- step temporary table | simple
CREATE TEMPORARY TABLE "TMP$1" AS SELECT id, city FROM tags WHERE vip

-- step temporary table, used |
SELECT COUNT(*) FROM "TMP$1"

-- step common table expression |
WITH facts AS (SELECT user_id, MIN(at) AS first_order, COUNT(*) AS n FROM crm.orders GROUP BY 1) SELECT facts.n AS "facts.n", COUNT(*) AS "facts.count" FROM facts GROUP BY 1 ORDER BY 2 DESC LIMIT 500

-- step symmetric sum |
SELECT orders.channel AS "orders.channel", COALESCE(COALESCE(CAST( ( SUM(DISTINCT (CAST(FLOOR(COALESCE(tags.spent,0)*(1000000*1.0)) AS DECIMAL(65,0))) + ('x' || MD5(tags.id ::varchar))::bit(64)::bigint::DECIMAL(65) *18446744073709551616 + ('x' || SUBSTR(MD5(tags.id ::varchar),17))::bit(64)::bigint::DECIMAL(65) ) - SUM(DISTINCT ('x' || MD5(tags.id ::varchar))::bit(64)::bigint::DECIMAL(65) *18446744073709551616 + ('x' || SUBSTR(MD5(tags.id ::varchar),17))::bit(64)::bigint::DECIMAL(65)) ) AS DOUBLE PRECISION) / CAST((1000000*1.0) AS DOUBLE PRECISION), 0), 0) AS "tags.total_spent", COUNT(DISTINCT tags.id) AS "tags.count", COALESCE(SUM(orders.amount), 0) AS "orders.total" FROM crm.orders AS orders LEFT JOIN tags ON orders.user_id = tags.id GROUP BY 1 ORDER BY 2 DESC LIMIT 500

-- step symmetric average |
SELECT tags.city AS "tags.city", (COALESCE(COALESCE(CAST( ( SUM(DISTINCT (CAST(FLOOR(COALESCE(tags.spent,0)*(1000000*1.0)) AS DECIMAL(65,0))) + ('x' || MD5(tags.id ::varchar))::bit(64)::bigint::DECIMAL(65) *18446744073709551616 + ('x' || SUBSTR(MD5(tags.id ::varchar),17))::bit(64)::bigint::DECIMAL(65) ) - SUM(DISTINCT ('x' || MD5(tags.id ::varchar))::bit(64)::bigint::DECIMAL(65) *18446744073709551616 + ('x' || SUBSTR(MD5(tags.id ::varchar),17))::bit(64)::bigint::DECIMAL(65)) ) AS DOUBLE PRECISION) / CAST((1000000*1.0) AS DOUBLE PRECISION), 0), 0) / NULLIF(CAST( COUNT(DISTINCT CASE WHEN tags.spent IS NOT NULL THEN tags.id ELSE NULL END) AS DOUBLE PRECISION), 0.0)) AS "tags.avg_spent" FROM crm.orders AS orders INNER JOIN tags ON orders.user_id = tags.id GROUP BY 1 ORDER BY 1 LIMIT 500

-- step hash as bits |
SELECT ('x' || substr(md5('标签'), 1, 16))::bit(64)::bigint AS h, ('x' || md5(id::text))::bit(64) AS b, ('x' || substr(md5(id::text), 1, 8))::bit(32)::int AS i FROM tags ORDER BY id LIMIT 20

-- step dimension group | sort
SELECT (DATE(orders.at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Shanghai')) AS "orders.at_date", (TO_CHAR(DATE_TRUNC('month', orders.at AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM')) AS "orders.at_month", (TO_CHAR(DATE_TRUNC('week', orders.at), 'YYYY-MM-DD')) AS "orders.at_week", COUNT(*) AS "orders.count" FROM crm.orders AS orders GROUP BY 1, 2, 3 ORDER BY 1 DESC LIMIT 500

-- step parts of time |
SELECT (EXTRACT(HOUR FROM orders.at )::integer) AS h, (TO_CHAR(orders.at, 'Day')) AS day, (MOD(EXTRACT(DOW FROM orders.at )::integer - 1 + 7, 7)) AS i, (EXTRACT(QUARTER FROM orders.at)) AS q, COUNT(*) FROM crm.orders AS orders GROUP BY 1, 2, 3, 4 ORDER BY 1, 3 LIMIT 500

-- step filter of the last days |
SELECT COUNT(*) FROM crm.orders AS orders WHERE (((orders.at ) >= ((SELECT (DATE_TRUNC('day', TIMESTAMPTZ '2024-03-14 05:00:00+00') + (-6 || ' day')::INTERVAL))) AND (orders.at ) < ((SELECT ((DATE_TRUNC('day', TIMESTAMPTZ '2024-03-14 05:00:00+00') + (-6 || ' day')::INTERVAL) + (7 || ' day')::INTERVAL)))))

-- step tiers |
SELECT CASE WHEN tags.age < 20 THEN 'Below 20' WHEN tags.age >= 20 AND tags.age < 40 THEN '20 to 39' WHEN tags.age >= 40 THEN '40 or Above' ELSE 'Undefined' END AS "tags.age_tier", COUNT(*) FROM tags GROUP BY 1 ORDER BY 1 LIMIT 500

-- step pivot | sort
SELECT * FROM (SELECT *, DENSE_RANK() OVER (ORDER BY z___min_rank) as z___pivot_row_rank, RANK() OVER (PARTITION BY z__pivot_col_rank ORDER BY z___min_rank) as z__pivot_col_ordering FROM (SELECT *, MIN(z___rank) OVER (PARTITION BY "tags.city") as z___min_rank FROM (SELECT *, RANK() OVER (ORDER BY "tags.city" ASC, z__pivot_col_rank) AS z___rank FROM (SELECT *, DENSE_RANK() OVER (ORDER BY CASE WHEN "tags.gender" IS NULL THEN 1 ELSE 0 END, "tags.gender") AS z__pivot_col_rank FROM (SELECT tags.gender AS "tags.gender", tags.city AS "tags.city", COUNT(*) AS "tags.count" FROM tags GROUP BY 1, 2) ww) bb WHERE z__pivot_col_rank <= 16384) aa) xx) zz WHERE (z__pivot_col_rank <= 50 OR z__pivot_col_ordering = 1) AND (z___pivot_row_rank <= 500 OR z__pivot_col_ordering = 1) ORDER BY z___pivot_row_rank

-- step totals |
SELECT COUNT(*) AS "tags.count", COUNT(DISTINCT tags.city) AS "tags.cities" FROM tags LIMIT 1

-- step suggestions |
SELECT DISTINCT tags.city AS "tags.city" FROM tags WHERE tags.city ILIKE '%北%' ESCAPE '^' ORDER BY 1 LIMIT 1000

-- step SQL runner: columns |
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'looker_scratch' ORDER BY table_name, ordinal_position

-- step scratch tables |
SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = 'looker_scratch' ORDER BY 2

-- step clean up | simple
DROP TABLE looker_scratch."LR$4F8K_by_city"; DROP TABLE looker_scratch."LR$REG"; DROP SCHEMA looker_scratch

-- step kill of a query that is not there |
SELECT pg_terminate_backend(2147483647), pg_cancel_backend(2147483647)
