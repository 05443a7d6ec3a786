-- tool: Tableau
-- what: capability probes, temporary tables, WITH HOLD cursors, metadata of both drivers, the SQL of its dialect, extracts
-- protocol: simple
-- startup: application_name=Tableau
--
-- Tableau Desktop and Server connect through psqlodbc, newer ones through pgjdbc. At the
-- first connection it finds out what a server can do by statements that may fail.

-- step session settings of ODBC
SET DateStyle = 'ISO';SET extra_float_digits = 2;show transaction_isolation

-- step is it Redshift or Greenplum | error
select oid, typbasetype from pg_type where typname = 'lo' and oid = gp_segment_id

-- step large objects
select oid, typbasetype from pg_type where typname = 'lo'

-- step current schema
select current_schema()

-- step begin of the probes
BEGIN

-- step probe savepoint
SAVEPOINT _EXEC_SVP_0x1

-- step probe TOP | error
SELECT TOP 1 * FROM (SELECT 1 AS "COL") AS "SUBQUERY"

-- step back to the savepoint
ROLLBACK to _EXEC_SVP_0x1;RELEASE _EXEC_SVP_0x1

-- step end of the probes
COMMIT

-- step probe local temporary table
CREATE LOCAL TEMPORARY TABLE "XT01_BI_0" ( "COL" INTEGER ) ON COMMIT PRESERVE ROWS

-- step probe that the temporary table is found
SELECT * FROM "XT01_BI_0" LIMIT 0

-- step probe drop
DROP TABLE "XT01_BI_0"

-- step probe temporary table with a hash
CREATE LOCAL TEMPORARY TABLE "#Tableau_01_BI_1_Connect_C" ( "COL" INTEGER ) ON COMMIT PRESERVE ROWS

-- step probe drop with a hash
DROP TABLE "#Tableau_01_BI_1_Connect_C"

-- step probe global temporary table
CREATE GLOBAL TEMPORARY TABLE "#Tableau_01_BI_2" ( "X" INTEGER ) ON COMMIT PRESERVE ROWS

-- step probe SELECT INTO a temporary table
SELECT * INTO TEMPORARY "XT01_BI_3" FROM (SELECT 1 AS "COL") AS "T"

-- step probe CREATE TABLE AS
CREATE TEMPORARY TABLE "XT01_BI_4" AS SELECT 1 AS "COL", CAST('a' AS VARCHAR(10)) AS "S"

-- step probe SELECT INTO a bracketed name | error
SELECT * INTO [#Tableau_X] FROM (SELECT 1 AS [COL]) AS [T]

-- step probe subqueries
SELECT "COL" FROM (SELECT 1 AS "COL") AS "SUBQUERY"

-- step probe subquery with TOP in MySQL's words
SELECT "COL" FROM (SELECT 1 AS "COL") AS "CHECKTOP" LIMIT 1

-- step probe group by alias
SELECT 1 AS "COL" FROM (SELECT 1 AS "A") AS "T" GROUP BY "COL"

-- step probe nulls in order
SELECT "COL" FROM (SELECT 1 AS "COL" UNION ALL SELECT NULL) AS "T" ORDER BY "COL" ASC NULLS FIRST

-- step probe of a table
SELECT * FROM "public"."tags" LIMIT 0

-- step probe of a table with WHERE
SELECT "tags".* FROM "public"."tags" "tags" WHERE (0 = 1)

-- step tables by ODBC
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.oid = relnamespace order by nspname, relname

-- step columns by ODBC | oids
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid), case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname = E'tags' and n.nspname = E'public') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum

-- step primary keys by ODBC
select ta.attname, ia.attnum, ic.relname, n.nspname, tc.relname from pg_catalog.pg_attribute ta, pg_catalog.pg_attribute ia, pg_catalog.pg_class tc, pg_catalog.pg_index i, pg_catalog.pg_namespace n, pg_catalog.pg_class ic where tc.relname = E'pairs' AND n.nspname = E'public' AND tc.oid = i.indrelid AND n.oid = tc.relnamespace AND i.indisprimary = 't' AND ia.attrelid = i.indexrelid AND ta.attrelid = i.indrelid AND ta.attnum = i.indkey[ia.attnum-1] AND (NOT ta.attisdropped) AND (NOT ia.attisdropped) AND ic.oid = i.indexrelid order by ia.attnum

-- step foreign keys by ODBC
select 'tagd'::name as "PKTABLE_CAT", n2.nspname as "PKTABLE_SCHEM", c2.relname as "PKTABLE_NAME", a2.attname as "PKCOLUMN_NAME", 'tagd'::name as "FKTABLE_CAT", n1.nspname as "FKTABLE_SCHEM", c1.relname as "FKTABLE_NAME", a1.attname as "FKCOLUMN_NAME", i::int2 as "KEY_SEQ",
  case ref.confupdtype when 'c' then 0::int2 when 'n' then 2::int2 when 'd' then 4::int2 when 'r' then 1::int2 else 3::int2 end as "UPDATE_RULE",
  case ref.confdeltype when 'c' then 0::int2 when 'n' then 2::int2 when 'd' then 4::int2 when 'r' then 1::int2 else 3::int2 end as "DELETE_RULE",
  ref.conname as "FK_NAME", cn.conname as "PK_NAME", case when ref.condeferrable then case when ref.condeferred then 5::int2 else 6::int2 end else 7::int2 end as "DEFERRABLITY"
from ((((((((select cn.oid, conrelid, conkey, confrelid, confkey, generate_series(array_lower(conkey, 1), array_upper(conkey, 1)) as i, confupdtype, confdeltype, conname, condeferrable, condeferred from pg_catalog.pg_constraint cn, pg_catalog.pg_class c, pg_catalog.pg_namespace n where contype = 'f' and conrelid = c.oid and relname = E'orders' and n.oid = c.relnamespace and n.nspname = E'crm') ref
inner join pg_catalog.pg_class c1 on c1.oid = ref.conrelid) inner join pg_catalog.pg_namespace n1 on n1.oid = c1.relnamespace) inner join pg_catalog.pg_attribute a1 on a1.attrelid = c1.oid and a1.attnum = conkey[i])
inner join pg_catalog.pg_class c2 on c2.oid = ref.confrelid) inner join pg_catalog.pg_namespace n2 on n2.oid = c2.relnamespace) inner join pg_catalog.pg_attribute a2 on a2.attrelid = c2.oid and a2.attnum = confkey[i])
left outer join pg_catalog.pg_constraint cn on cn.conrelid = ref.confrelid and cn.contype = 'p') order by ref.oid, ref.i

-- step foreign keys of the older drivers
SELECT pt.tgargs, pt.tgnargs, pt.tgdeferrable, pt.tginitdeferred, pp1.proname, pp2.proname, pc.oid, pc1.oid, pc1.relname, pt.tgconstrname, pn.nspname FROM (SELECT t.*, ''::name AS tgconstrname FROM pg_catalog.pg_trigger t) pt, pg_catalog.pg_class pc, pg_catalog.pg_class pc1, pg_catalog.pg_proc pp1, pg_catalog.pg_proc pp2, pg_catalog.pg_trigger pt1, pg_catalog.pg_namespace pn WHERE pt.tgrelid = pc.oid AND pc.relname = 'tags' AND pt1.tgconstrrelid = pc.oid AND pc1.oid = pt1.tgrelid AND pp1.oid = pt.tgfoid AND pp2.oid = pt1.tgfoid AND pn.oid = pc.relnamespace

-- step relationships that Tableau reads
SELECT kcu.table_schema, kcu.table_name, kcu.column_name, ccu.table_schema AS foreign_schema, ccu.table_name AS foreign_table, ccu.column_name AS foreign_column FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name AND tc.table_schema = kcu.table_schema JOIN information_schema.constraint_column_usage ccu ON ccu.constraint_name = tc.constraint_name WHERE tc.constraint_type = 'FOREIGN KEY' ORDER BY 1, 2, 3

-- step indexes by ODBC
select c.relname, i.indkey, i.indisunique, i.indisclustered, a.amname, c.relhasrules, n.nspname, c.oid, d.relhasoids, i.indoption from pg_catalog.pg_index i, pg_catalog.pg_class c, (select oid, relname, relnamespace, false as relhasoids from pg_catalog.pg_class) d, pg_catalog.pg_am a, pg_catalog.pg_namespace n where d.relname = E'pairs' and n.nspname = E'public' and n.oid = d.relnamespace and d.oid = i.indrelid and i.indexrelid = c.oid and c.relam = a.oid order by i.indisprimary desc, i.indisunique, n.nspname, c.relname

-- step begin of a cursor
BEGIN

-- step declare a cursor with hold
declare "SQL_CUR0x55d0c0a8" cursor with hold for SELECT "tags"."id" AS "id", "tags"."city" AS "city", "tags"."spent" AS "spent" FROM "public"."tags" "tags" ORDER BY "tags"."id" ASC;fetch 50 in "SQL_CUR0x55d0c0a8"

-- step commit under the cursor
COMMIT

-- step fetch after the commit
fetch 20 in "SQL_CUR0x55d0c0a8"

-- step move in the cursor
move 4900 in "SQL_CUR0x55d0c0a8"

-- step fetch the rest
fetch 100 in "SQL_CUR0x55d0c0a8"

-- step cursors that are open
select name, statement, is_holdable, is_binary, is_scrollable from pg_cursors

-- step close the cursor
close "SQL_CUR0x55d0c0a8"

-- step fetch from a closed cursor | error
fetch 20 in "SQL_CUR0x55d0c0a8"

-- step declare without hold outside a transaction | error
declare "SQL_CUR01" cursor for SELECT 1

-- step scroll cursor
BEGIN;declare "SQL_CUR02" scroll cursor with hold for SELECT "order_id", "amount" FROM "crm"."orders" ORDER BY 1;fetch 5 in "SQL_CUR02";fetch backward 3 in "SQL_CUR02";fetch absolute 100 in "SQL_CUR02";fetch relative -2 in "SQL_CUR02";fetch last in "SQL_CUR02";close "SQL_CUR02";COMMIT

-- step cursor of JDBC | extended fetch=1000
SELECT "orders"."order_id" AS "order_id", "orders"."channel" AS "channel", "orders"."at" AS "at" FROM "crm"."orders" "orders" ORDER BY 1

-- step sheet of sums
SELECT "tags"."city" AS "city", SUM(CAST("tags"."score" AS DOUBLE PRECISION)) AS "sum:score:ok", COUNT(DISTINCT "tags"."id") AS "ctd:id:ok", SUM(1) AS "sum:Number of Records:ok" FROM "public"."tags" "tags" GROUP BY 1 ORDER BY 1

-- step sheet with HAVING
SELECT "tags"."city" AS "city", AVG(CAST("tags"."age" AS DOUBLE PRECISION)) AS "avg:age:ok" FROM "public"."tags" "tags" GROUP BY 1 HAVING (COUNT(1) > 0) ORDER BY 1

-- step total without groups
SELECT SUM("orders"."amount") AS "TEMP(a)", COUNT(1) AS "n" FROM "crm"."orders" "orders" HAVING (COUNT(1) > 0)

-- step truncated month
SELECT CAST(DATE_TRUNC('MONTH', CAST("orders"."at" AS TIMESTAMP WITHOUT TIME ZONE)) AS TIMESTAMP WITHOUT TIME ZONE) AS "tmn:at:ok", SUM("orders"."amount") AS "sum:amount:ok" FROM "crm"."orders" "orders" GROUP BY 1 ORDER BY 1

-- step truncated week from Sunday
SELECT CAST((DATE_TRUNC('DAY', CAST("orders"."at" AS TIMESTAMP)) + (-EXTRACT(DOW FROM CAST("orders"."at" AS TIMESTAMP)) * INTERVAL '1 DAY')) AS DATE) AS "twk:at:ok", COUNT(*) FROM "crm"."orders" "orders" GROUP BY 1 ORDER BY 1

-- step date parts
SELECT CAST(EXTRACT(YEAR FROM "tags"."joined") AS INTEGER) AS "yr", CAST(EXTRACT(QUARTER FROM "tags"."joined") AS INTEGER) AS "qr", CAST(EXTRACT(MONTH FROM "tags"."joined") AS INTEGER) AS "mn", CAST(FLOOR((7 + CAST(EXTRACT(DOY FROM "tags"."joined") - 1 + EXTRACT(DOW FROM DATE_TRUNC('YEAR', "tags"."joined")) AS NUMERIC)) / 7) AS INTEGER) AS "wk", CAST((1 + EXTRACT(DOW FROM "tags"."joined")) AS INTEGER) AS "wd", COUNT(1) FROM "public"."tags" "tags" GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5

-- step date functions
SELECT "id", ("joined" + 3 * INTERVAL '1 MONTH') AS "add", (CAST("joined" AS DATE) - CAST("birthday" AS DATE)) AS "diff", CAST(TO_CHAR("joined", 'YYYYMMDD') AS INTEGER) AS "ymd", TO_DATE('2024-02-29', 'YYYY-MM-DD') AS "d", LTRIM(TO_CHAR("joined", 'Month')) AS "name", (CASE WHEN "joined" < TIMESTAMP '2020-01-02 00:00:00.000' THEN 1 ELSE 0 END) AS "c", CAST('2024-01-31' AS DATE) + INTERVAL '1 MONTH' AS "m" FROM "public"."tags" ORDER BY "id" LIMIT 10

-- step text functions
SELECT "id", ASCII("name") AS "a", CHR(65) AS "c", (POSITION('户' IN "name") > 0) AS "contains", RTRIM(LTRIM(' x ')) AS "t", SUBSTRING("name" FROM 2 FOR 3) AS "mid", STRPOS("name", '1') AS "find", LEFT("name", 2) AS "l", RIGHT("name", 2) AS "r", REPLACE("name", '用户', 'U') AS "rep", SPLIT_PART("name", '户', 2) AS "sp", (CASE WHEN LENGTH("name") > 3 THEN UPPER("name") ELSE NULL END) AS "u", REGEXP_REPLACE("name", '[0-9]+', '#') AS "re", SUBSTRING("name" FROM '[0-9]+') AS "ex" FROM "public"."tags" ORDER BY "id" LIMIT 12

-- step number functions
SELECT "id", ABS(-"score") AS "abs", CEILING("score") AS "ceil", FLOOR("score") AS "floor", CAST(TRUNC("score") AS INTEGER) AS "int", ROUND(CAST("score" AS NUMERIC), 1) AS "round", POWER("score", 2) AS "pow", SQRT("score") AS "sqrt", LN("score" + 1) AS "ln", LOG("score" + 1) AS "log", EXP("score" / 1000) AS "exp", SIGN("score") AS "sign", MOD("id", 7) AS "mod", (CASE WHEN "level" = 0 THEN NULL ELSE "spent" / "level" END) AS "div", COALESCE("city", '无') AS "ifnull", ATAN2("score", 2) AS "atan2", PI() AS "pi", DEGREES(1) AS "deg" FROM "public"."tags" ORDER BY "id" LIMIT 12

-- step aggregates
SELECT "city", ROUND(CAST(VAR_SAMP("score") AS NUMERIC), 6) AS "v", ROUND(CAST(VAR_POP("score") AS NUMERIC), 6) AS "vp", ROUND(CAST(STDDEV_SAMP("score") AS NUMERIC), 6) AS "s", ROUND(CAST(STDDEV_POP("score") AS NUMERIC), 6) AS "sp", ROUND(CAST(COVAR_POP("score", "ratio") AS NUMERIC), 6) AS "cp", ROUND(CAST(COVAR_SAMP("score", "ratio") AS NUMERIC), 6) AS "cs", ROUND(CAST(CORR("score", "ratio") AS NUMERIC), 6) AS "c", PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY "spent") AS "p25", PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY "score") AS "med", MIN("birthday") AS "mn", MAX("birthday") AS "mx", BOOL_OR("vip") AS "any" FROM "public"."tags" GROUP BY "city" ORDER BY "city"

-- step level of detail
SELECT "t0"."city" AS "city", AVG("t0"."x_measure__0") AS "avg" FROM (SELECT "tags"."city" AS "city", "tags"."grade" AS "grade", SUM("tags"."spent") AS "x_measure__0" FROM "public"."tags" "tags" GROUP BY 1, 2) "t0" GROUP BY 1 ORDER BY 1

-- step top N
SELECT "tags"."city" AS "city", SUM("tags"."spent") AS "$__alias__0" FROM "public"."tags" "tags" GROUP BY 1 ORDER BY "$__alias__0" DESC NULLS LAST, 1 LIMIT 3

-- step join with a filter of top N
SELECT "orders"."channel" AS "channel", SUM("orders"."amount") AS "s" FROM "crm"."orders" "orders" INNER JOIN "public"."tags" "tags" ON ("orders"."user_id" = "tags"."id") INNER JOIN (SELECT "tags"."city" AS "city", COUNT(1) AS "$__alias__0" FROM "public"."tags" "tags" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2) "t0" ON ("tags"."city" IS NOT DISTINCT FROM "t0"."city") GROUP BY 1 ORDER BY 1

-- step filter list into a temporary table
CREATE LOCAL TEMPORARY TABLE "#Tableau_02_BI_Filter" ("X_city" VARCHAR(40)) ON COMMIT PRESERVE ROWS; INSERT INTO "#Tableau_02_BI_Filter" ("X_city") VALUES ('北京'), ('上海')

-- step filter by the temporary table
SELECT COUNT(*) FROM "public"."tags" "tags" INNER JOIN "#Tableau_02_BI_Filter" "f" ON ("tags"."city" = "f"."X_city")

-- step set filters
SELECT COUNT(1) FROM "public"."tags" "tags" WHERE (("tags"."city" IN ('北京', '广州')) AND (NOT ("tags"."gender" IN ('男')) OR ("tags"."gender" IS NULL)) AND ("tags"."age" >= 20) AND ("tags"."age" <= 40) AND ("tags"."joined" >= (TIMESTAMP '2020-01-01 00:00:00')) AND ("tags"."vip" = TRUE))

-- step domain of a filter
SELECT "tags"."grade" AS "grade" FROM "public"."tags" "tags" GROUP BY 1 ORDER BY 1 ASC

-- step range of a filter
SELECT MIN("tags"."birthday") AS "TEMP(a)", MAX("tags"."birthday") AS "TEMP(b)", COUNT("tags"."birthday") AS "TEMP(c)", COUNT(*) AS "TEMP(d)" FROM "public"."tags" "tags" HAVING (COUNT(1) > 0)

-- step custom SQL
SELECT * FROM (
  SELECT city AS "城市", gender, count(*) AS n FROM tags GROUP BY 1, 2
) "Custom SQL Query" LIMIT 0

-- step custom SQL by groups
SELECT "Custom SQL Query"."城市" AS "城市", SUM("Custom SQL Query"."n") AS "sum:n:ok" FROM (
  SELECT city AS "城市", gender, count(*) AS n FROM tags GROUP BY 1, 2
) "Custom SQL Query" GROUP BY 1 ORDER BY 1

-- step extract
SELECT "tags"."id" AS "id", "tags"."name" AS "name", "tags"."birthday" AS "birthday", "tags"."joined" AS "joined", "tags"."vip" AS "vip", CAST("tags"."ref" AS TEXT) AS "ref", CAST("tags"."hobby" AS TEXT) AS "hobby" FROM "public"."tags" "tags" WHERE "tags"."id" <= 100

-- step a table that is not there | error
SELECT * FROM "public"."gone" LIMIT 0

-- step initial SQL
SET application_name = 'Tableau: 看板'; SET search_path = public, crm; SELECT count(*) FROM orders
