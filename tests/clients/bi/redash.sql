-- tool: Redash
-- what: schema refresh with all its catalogs, data types, query and result limits, parameters, annotations
-- startup: application_name=redash
-- protocol: simple
--
-- Redash reads through psycopg2 with simple queries; a query is annotated by a comment.

-- step test |
SELECT 1

-- step begin |
BEGIN

-- step schema |
SELECT s.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name, NULL AS data_type
FROM pg_class c JOIN pg_namespace s ON c.relnamespace = s.oid AND s.nspname NOT IN ('pg_catalog', 'information_schema') JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'm' AND has_table_privilege(quote_ident(s.nspname) || '.' || quote_ident(c.relname), 'select') AND has_schema_privilege(s.nspname, 'usage')
UNION
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND has_table_privilege(quote_ident(table_schema) || '.' || quote_ident(table_name), 'select') AND has_schema_privilege(table_schema, 'usage')

-- step schema of materialized views |
SELECT s.nspname as table_schema, c.relname as table_name, a.attname as column_name, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_class c JOIN pg_namespace s ON c.relnamespace = s.oid AND s.nspname NOT IN ('pg_catalog', 'information_schema') JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relkind IN ('m', 'f', 'p') ORDER BY 1, 2, a.attnum

-- step types of the reader |
SELECT oid, typname FROM pg_type WHERE oid IN (16, 20, 21, 23, 25, 700, 701, 1015, 1042, 1043, 1082, 1083, 1114, 1184, 1700, 2950, 3802) ORDER BY 1

-- step commit |
COMMIT

-- step query with an annotation |
/* Username: ana@example.com, query_id: 7, Queue: queries, Job ID: 1f */ SELECT city, count(*) FROM tags GROUP BY 1 ORDER BY 1

-- step query with its limit |
SELECT * FROM tags ORDER BY id LIMIT 1000

-- step date parameters |
SELECT count(*) FROM crm.orders WHERE at BETWEEN '2024-03-01' AND '2024-03-10'

-- step list parameters |
SELECT id, name FROM tags WHERE city IN ('北京', '上海') AND grade = 'VIP' ORDER BY id LIMIT 10

-- step cohort |
SELECT date_trunc('day', f)::date AS date, d AS day_number, count(DISTINCT user_id) AS value, (SELECT count(DISTINCT user_id) FROM crm.orders) AS total FROM (SELECT user_id, min(at) OVER (PARTITION BY user_id) AS f, at::date - (min(at) OVER (PARTITION BY user_id))::date AS d FROM crm.orders) o GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 100

-- step funnel |
SELECT step, n FROM (SELECT '1 all' AS step, count(*) AS n FROM tags UNION ALL SELECT '2 vip', count(*) FROM tags WHERE vip UNION ALL SELECT '3 paid', count(DISTINCT user_id) FROM crm.orders) f ORDER BY 1

-- step error | error
SELECT count(* FROM tags

-- step column in Chinese |
SELECT city AS "城市", avg(age)::numeric(10,2) AS "平均年龄" FROM tags GROUP BY 1 ORDER BY 1
