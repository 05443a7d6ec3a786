-- tool: Quick BI, Smartbi and DataEase
-- what: data source checks, catalogs, data set probes with LIMIT and OFFSET, generated aggregates with nested aliases, comparisons, row limits
-- startup: TimeZone=Asia/Shanghai
--
-- These products read through pgjdbc as well. Quick BI wraps each data set and names its
-- columns T_A0_1_; Smartbi and DataEase ask information_schema and pg_catalog by themselves;
-- Guandata previews by LIMIT.

-- step check |
SELECT 1

-- step check with a comment |
/* ping */ SELECT 1

-- step version number |
SELECT current_setting('server_version_num')::int / 10000 AS major

-- step DataEase: schemas |
SELECT nspname FROM pg_namespace

-- step DataEase: tables |
SELECT relname AS table_name, cast(obj_description(oid) AS varchar) AS comment FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public') AND relkind IN ('r','v','m','p') AND relispartition = false ORDER BY 1

-- step DataEase: columns |
SELECT a.attname AS name, t.typname AS type, b.description AS comment, CASE WHEN (SELECT COUNT(*) FROM pg_constraint WHERE conrelid = a.attrelid AND conkey[1] = a.attnum AND contype = 'p') > 0 THEN 'PRI' ELSE '' END AS key FROM pg_class c, pg_attribute a LEFT JOIN pg_description b ON a.attrelid = b.objoid AND a.attnum = b.objsubid, pg_type t WHERE c.relname = 'tags' AND a.attnum > 0 AND a.attrelid = c.oid AND a.atttypid = t.oid AND a.attisdropped = false AND c.relnamespace = 'public'::regnamespace ORDER BY a.attnum

-- step DataEase: data |
SELECT t_a_0."id" AS f_ax_0, t_a_0."city" AS f_ax_1 FROM (SELECT * FROM "public"."tags") t_a_0 ORDER BY 1 LIMIT 100 OFFSET 0

-- step DataEase: chart |
SELECT to_char(t_a_0."at", 'YYYY-MM-DD') AS f_ax_0, SUM(t_a_0."amount") AS f_ay_1 FROM "crm"."orders" t_a_0 WHERE t_a_0."channel" IN ('app', 'web') GROUP BY to_char(t_a_0."at", 'YYYY-MM-DD') ORDER BY f_ax_0 ASC LIMIT 1000

-- step DataEase: count |
SELECT COUNT(*) FROM (SELECT t_a_0."city" FROM "public"."tags" t_a_0 GROUP BY t_a_0."city") de_tmp

-- step Quick BI: tables |
select t.table_schema, t.table_name, t.table_type, obj_description((quote_ident(t.table_schema) || '.' || quote_ident(t.table_name))::regclass) as remark from information_schema.tables t where t.table_schema in ('public', 'crm') order by 1, 2

-- step Quick BI: columns |
select c.column_name, c.data_type, c.udt_name, c.is_nullable, c.character_maximum_length, c.numeric_precision, c.numeric_scale, col_description((quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass, c.ordinal_position) as remark from information_schema.columns c where table_schema = 'public' and table_name = 'tags' order by ordinal_position

-- step Quick BI: primary keys |
select kcu.column_name from information_schema.table_constraints tc join information_schema.key_column_usage kcu using (constraint_schema, constraint_name) where tc.table_name = 'pairs' and tc.constraint_type = 'PRIMARY KEY' order by kcu.ordinal_position

-- step Quick BI: probe |
SELECT * FROM ( SELECT * FROM public.tags ) AS "QBI_PROBE" LIMIT 0

-- step Quick BI: chart |
SELECT ADR_T_1_."city" AS T_A0_2_, SUM(ADR_T_1_."spent") AS T_A1_3_, COUNT(DISTINCT ADR_T_1_."id") AS T_A2_4_ FROM "public"."tags" AS ADR_T_1_ GROUP BY ADR_T_1_."city" ORDER BY T_A1_3_ DESC NULLS LAST, T_A0_2_ LIMIT 1000 OFFSET 0

-- step Quick BI: month |
SELECT TO_CHAR(ADR_T_1_."at", 'YYYY-MM') AS T_A0_2_, SUM(ADR_T_1_."amount") AS T_A1_3_ FROM "crm"."orders" AS ADR_T_1_ WHERE ADR_T_1_."at" >= TO_TIMESTAMP('2024-03-01 00:00:00', 'yyyy-mm-dd hh24:mi:ss') AND ADR_T_1_."at" <= TO_TIMESTAMP('2024-03-31 23:59:59', 'yyyy-mm-dd hh24:mi:ss') GROUP BY TO_CHAR(ADR_T_1_."at", 'YYYY-MM') ORDER BY 1

-- step Quick BI: quarter |
SELECT CONCAT(EXTRACT(YEAR FROM "joined"), 'Q', EXTRACT(QUARTER FROM "joined")) AS q, COUNT(*) FROM "public"."tags" GROUP BY 1 ORDER BY 1

-- step Quick BI: comparison |
SELECT a.d AS d, a.s AS s, b.s AS before FROM (SELECT at::date AS d, SUM(amount) AS s FROM crm.orders GROUP BY 1) a LEFT JOIN (SELECT at::date + 1 AS d, SUM(amount) AS s FROM crm.orders GROUP BY 1) b ON a.d = b.d ORDER BY 1

-- step Quick BI: filter values |
SELECT DISTINCT ADR_T_1_."city" AS "v" FROM "public"."tags" AS ADR_T_1_ WHERE ADR_T_1_."city" LIKE '%海%' ORDER BY 1 LIMIT 1000

-- step Quick BI: total |
SELECT COUNT(1) AS T_COUNT_ FROM (SELECT ADR_T_1_."city" FROM "public"."tags" AS ADR_T_1_ GROUP BY ADR_T_1_."city") AS ADR_T_COUNT_

-- step Smartbi: tables |
select n.nspname as table_schem, c.relname as table_name, c.relkind from pg_class c, pg_namespace n where c.relnamespace = n.oid and relkind in ('r','v','m') and n.nspname not in ('pg_catalog','information_schema','pg_toast') order by 1, 2

-- step Smartbi: rows |
-- $ int4 30
SELECT T7."city" AS "c0", T7."grade" AS "c1", SUM(T7."spent") AS "c2" FROM "public"."tags" T7 WHERE T7."age" >= $1 GROUP BY T7."city", T7."grade" ORDER BY "c0", "c1"

-- step Smartbi: page |
SELECT * FROM (SELECT T7."id" AS "c0", T7."name" AS "c1" FROM "public"."tags" T7) SMARTBI_T ORDER BY 1 LIMIT 30 OFFSET 60

-- step Guandata: preview |
SELECT * FROM (select * from crm.orders where channel = 'app') gd_t ORDER BY order_id LIMIT 50

-- step Guandata: types of a query |
SELECT * FROM (select o.*, t.city, t.hobby, t.grade from crm.orders o join tags t on t.id = o.user_id) gd_t LIMIT 1 OFFSET 100000

-- step Superset-like: grains |
SELECT DATE_TRUNC('day', at) AS __timestamp, channel, COUNT(*) AS count, SUM(amount) AS "SUM(amount)" FROM crm.orders WHERE at >= TO_TIMESTAMP('2024-03-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND at < TO_TIMESTAMP('2024-03-08 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY DATE_TRUNC('day', at), channel ORDER BY __timestamp, channel LIMIT 50000

-- step Superset-like: virtual data set |
SELECT city AS city, sum(n) AS "SUM(n)" FROM (SELECT city, grade, count(*) AS n FROM tags GROUP BY 1, 2) AS virtual_table WHERE city IN ('北京', '上海') GROUP BY city ORDER BY "SUM(n)" DESC, 1 LIMIT 1000

-- step Superset-like: quarter of an hour |
SELECT DATE_TRUNC('hour', at) + 15*FLOOR(EXTRACT(MINUTE FROM at)/15) * INTERVAL '1 minute' AS __timestamp, count(*) FROM crm.orders GROUP BY 1 ORDER BY 1 LIMIT 100
