-- tool: Metabase
-- what: connection test, sync of tables, fields, keys, indexes and privileges, fingerprints, field values, bucketing in report time zones, native parameters, uploads
-- startup: application_name=Metabase extra_float_digits=2 TimeZone=UTC
--
-- Metabase speaks pgjdbc: extended protocol, named statements from the fifth use on,
-- the driver's own session settings after the connection. A question runs in a
-- transaction that is read-only, with the report's time zone, and is read in parts.

-- step driver settings |
SET extra_float_digits = 3

-- step application name |
SET application_name = 'Metabase v0.50'

-- step can connect |
SELECT 1

-- step isolation level |
SHOW TRANSACTION ISOLATION LEVEL

-- step time zone of the database |
show timezone;

-- step schemas |
SELECT nspname AS "TABLE_SCHEM", NULL AS "TABLE_CATALOG" FROM pg_catalog.pg_namespace WHERE nspname <> 'pg_toast' AND (nspname !~ '^pg_temp_' OR nspname = (pg_catalog.current_schemas(true))[1]) AND (nspname !~ '^pg_toast_temp_' OR nspname = replace((pg_catalog.current_schemas(true))[1], 'pg_temp_', 'pg_toast_temp_')) ORDER BY "TABLE_SCHEM"

-- step enum types |
SELECT nspname, typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid IN (SELECT DISTINCT enumtypid FROM pg_enum e)

-- step tables with descriptions and row estimates | hide=estimated_row_count
-- $ varchar public
-- $ varchar crm
SELECT "n"."nspname" AS "schema", "c"."relname" AS "name", CASE "c"."relkind" WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'v' THEN 'VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END AS "type", "d"."description" AS "description", "stat"."n_live_tup" AS "estimated_row_count"
FROM "pg_catalog"."pg_class" AS "c" INNER JOIN "pg_catalog"."pg_namespace" AS "n" ON "c"."relnamespace" = "n"."oid"
LEFT JOIN "pg_catalog"."pg_description" AS "d" ON ("c"."oid" = "d"."objoid") AND ("d"."objsubid" = 0) AND ("d"."classoid" = 'pg_class'::regclass)
LEFT JOIN "pg_stat_user_tables" AS "stat" ON ("n"."nspname" = "stat"."schemaname") AND ("c"."relname" = "stat"."relname")
WHERE ("c"."relnamespace" = "n"."oid") AND ("n"."nspname" !~ '^pg_') AND ("n"."nspname" <> 'information_schema') AND c.relkind in ('r', 'p', 'v', 'f', 'm') AND ("n"."nspname" IN ($1, $2))
ORDER BY "type" ASC, "schema" ASC, "name" ASC

-- step privileges of the current user |
with table_privileges as (
 select NULL as role, t.schemaname as schema, t.objectname as table,
   pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'update') as update,
   pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'select') as select,
   pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'insert') as insert,
   pg_catalog.has_table_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.' || '"' || replace(t.objectname, '"', '""') || '"', 'delete') as delete
 from (
   select schemaname, tablename as objectname from pg_catalog.pg_tables
   union
   select schemaname, viewname as objectname from pg_catalog.pg_views
   union
   select schemaname, matviewname as objectname from pg_catalog.pg_matviews
 ) t
 where t.schemaname !~ '^pg_' and t.schemaname <> 'information_schema' and pg_catalog.has_schema_privilege(current_user, t.schemaname, 'usage')
)
select t.* from table_privileges t

-- step fields |
SELECT "c"."column_name" AS "name", CASE WHEN "c"."udt_schema" IN ('public', 'pg_catalog') THEN FORMAT('%s', "c"."udt_name") ELSE FORMAT('"%s"."%s"', "c"."udt_schema", "c"."udt_name") END AS "database-type", "c"."ordinal_position" - 1 AS "database-position", "c"."table_schema" AS "table-schema", "c"."table_name" AS "table-name", "pk"."column_name" IS NOT NULL AS "pk?", COL_DESCRIPTION(CAST(CAST(FORMAT('%I.%I', CAST("c"."table_schema" AS TEXT), CAST("c"."table_name" AS TEXT)) AS REGCLASS) AS OID), "c"."ordinal_position") AS "field-comment", (("column_default" IS NULL) OR (LOWER("column_default") = 'null')) AND ("is_nullable" = 'NO') AND NOT ((("column_default" IS NOT NULL) AND ("column_default" LIKE '%nextval(%')) OR ("is_identity" <> 'NO')) AS "database-required", (("column_default" IS NOT NULL) AND ("column_default" LIKE '%nextval(%')) OR ("is_identity" <> 'NO') AS "database-is-auto-increment"
FROM "information_schema"."columns" AS "c" LEFT JOIN (SELECT "tc"."table_schema", "tc"."table_name", "kc"."column_name" FROM "information_schema"."table_constraints" AS "tc" INNER JOIN "information_schema"."key_column_usage" AS "kc" ON ("tc"."constraint_name" = "kc"."constraint_name") AND ("tc"."table_schema" = "kc"."table_schema") AND ("tc"."table_name" = "kc"."table_name") WHERE "tc"."constraint_type" = 'PRIMARY KEY') AS "pk" ON ("c"."table_schema" = "pk"."table_schema") AND ("c"."table_name" = "pk"."table_name") AND ("c"."column_name" = "pk"."column_name")
WHERE c.table_schema !~ '^information_schema|catalog_history|pg_' AND ("c"."table_schema" IN ('public', 'crm'))
UNION ALL SELECT "pa"."attname" AS "name", CASE WHEN "ptn"."nspname" IN ('public', 'pg_catalog') THEN FORMAT('%s', "pt"."typname") ELSE FORMAT('"%s"."%s"', "ptn"."nspname", "pt"."typname") END AS "database-type", "pa"."attnum" - 1 AS "database-position", "pn"."nspname" AS "table-schema", "pc"."relname" AS "table-name", FALSE AS "pk?", NULL AS "field-comment", FALSE AS "database-required", FALSE AS "database-is-auto-increment"
FROM "pg_catalog"."pg_class" AS "pc" INNER JOIN "pg_catalog"."pg_namespace" AS "pn" ON "pn"."oid" = "pc"."relnamespace" INNER JOIN "pg_catalog"."pg_attribute" AS "pa" ON "pa"."attrelid" = "pc"."oid" INNER JOIN "pg_catalog"."pg_type" AS "pt" ON "pt"."oid" = "pa"."atttypid" INNER JOIN "pg_catalog"."pg_namespace" AS "ptn" ON "ptn"."oid" = "pt"."typnamespace"
WHERE ("pc"."relkind" = 'm') AND ("pa"."attnum" >= 1) AND ("pn"."nspname" IN ('public', 'crm'))
ORDER BY "table-schema" ASC, "table-name" ASC, "database-position" ASC

-- step foreign keys |
SELECT "fk_ns"."nspname" AS "fk-table-schema", "fk_table"."relname" AS "fk-table-name", "fk_column"."attname" AS "fk-column-name", "pk_ns"."nspname" AS "pk-table-schema", "pk_table"."relname" AS "pk-table-name", "pk_column"."attname" AS "pk-column-name"
FROM "pg_constraint" AS "c" INNER JOIN "pg_class" AS "fk_table" ON "c"."conrelid" = "fk_table"."oid" INNER JOIN "pg_namespace" AS "fk_ns" ON "c"."connamespace" = "fk_ns"."oid" INNER JOIN "pg_attribute" AS "fk_column" ON "c"."conrelid" = "fk_column"."attrelid" INNER JOIN "pg_class" AS "pk_table" ON "c"."confrelid" = "pk_table"."oid" INNER JOIN "pg_namespace" AS "pk_ns" ON "pk_table"."relnamespace" = "pk_ns"."oid" INNER JOIN "pg_attribute" AS "pk_column" ON "c"."confrelid" = "pk_column"."attrelid"
WHERE fk_ns.nspname !~ '^information_schema|catalog_history|pg_' AND ("c"."contype" = 'f'::char) AND ("fk_column"."attnum" = ANY(c.conkey)) AND ("pk_column"."attnum" = ANY(c.confkey)) AND ("fk_ns"."nspname" IN ('public'))
ORDER BY "fk-table-schema" ASC, "fk-table-name" ASC

-- step indexes |
SELECT "tmp"."table-schema", "tmp"."table-name", TRIM(BOTH '"' FROM PG_CATALOG.PG_GET_INDEXDEF("tmp"."ci_oid", "tmp"."pos", FALSE)) AS "field-name"
FROM (SELECT "n"."nspname" AS "table-schema", "ct"."relname" AS "table-name", "ci"."oid" AS "ci_oid", (INFORMATION_SCHEMA._PG_EXPANDARRAY("i"."indkey")).n AS "pos" FROM "pg_catalog"."pg_class" AS "ct" INNER JOIN "pg_catalog"."pg_namespace" AS "n" ON "ct"."relnamespace" = "n"."oid" INNER JOIN "pg_catalog"."pg_index" AS "i" ON "ct"."oid" = "i"."indrelid" INNER JOIN "pg_catalog"."pg_class" AS "ci" ON "ci"."oid" = "i"."indexrelid" WHERE (PG_CATALOG.PG_GET_EXPR("i"."indpred", "i"."indrelid") IS NULL) AND n.nspname !~ '^information_schema|catalog_history|pg_') AS "tmp"
WHERE "tmp"."pos" = 1

-- step may be selected |
-- metabase
SELECT TRUE AS "_" FROM "public"."tags" WHERE 1 <> 1 LIMIT 0

-- step begin a question | simple
BEGIN READ ONLY

-- step time zone of the report |
SET SESSION TIMEZONE TO 'Asia/Shanghai';

-- step fingerprint | fetch=500
-- Metabase
SELECT "source"."substring1" AS "substring1", "source"."substring2" AS "substring2", "source"."age" AS "age", "source"."spent" AS "spent", "source"."birthday" AS "birthday", "source"."joined" AS "joined", "source"."seen" AS "seen"
FROM (SELECT SUBSTRING("public"."tags"."name", 1, 1234) AS "substring1", SUBSTRING("public"."tags"."city", 1, 1234) AS "substring2", "public"."tags"."age" AS "age", "public"."tags"."spent" AS "spent", "public"."tags"."birthday" AS "birthday", "public"."tags"."joined" AS "joined", "public"."tags"."seen" AS "seen" FROM "public"."tags" ORDER BY "public"."tags"."id" LIMIT 2000) AS "source"

-- step fingerprint of all kinds of columns |
SELECT "public"."tags"."id" AS "id", "public"."tags"."level" AS "level", "public"."tags"."score" AS "score", "public"."tags"."ratio" AS "ratio", "public"."tags"."vip" AS "vip", "public"."tags"."wakes" AS "wakes", "public"."tags"."ref" AS "ref", "public"."tags"."hobby" AS "hobby", "public"."tags"."extra" AS "extra", "public"."tags"."grade" AS "grade", "public"."tags"."note" AS "note", "public"."tags"."raw" AS "raw" FROM "public"."tags" LIMIT 10000

-- step field values |
SELECT "public"."tags"."city" AS "city" FROM "public"."tags" GROUP BY "public"."tags"."city" ORDER BY "public"."tags"."city" ASC LIMIT 1000

-- step values of a search |
-- $ varchar %北%
SELECT "public"."tags"."city" AS "city" FROM "public"."tags" WHERE (LOWER("public"."tags"."city") LIKE $1) GROUP BY "public"."tags"."city" ORDER BY "public"."tags"."city" ASC LIMIT 100

-- step distinct count |
SELECT COUNT(DISTINCT "public"."tags"."grade") AS "count" FROM "public"."tags" LIMIT 10000

-- step JSON columns |
WITH json_sample AS (SELECT "extra" AS v FROM "public"."tags" WHERE "extra" IS NOT NULL LIMIT 500) SELECT MAX(LENGTH(CAST(v AS TEXT))) FROM json_sample

-- step nested fields |
SELECT CAST("public"."tags"."extra"#>>array['k']::text[] AS BIGINT) AS "extra → k", COUNT(*) AS "count" FROM "public"."tags" GROUP BY CAST("public"."tags"."extra"#>>array['k']::text[] AS BIGINT) ORDER BY "extra → k" ASC

-- step by minute |
SELECT DATE_TRUNC('minute', "public"."tags"."seen") AS "seen", COUNT(*) AS "count" FROM "public"."tags" GROUP BY DATE_TRUNC('minute', "public"."tags"."seen") ORDER BY DATE_TRUNC('minute', "public"."tags"."seen") ASC

-- step by hour |
SELECT DATE_TRUNC('hour', "crm"."orders"."at") AS "at", SUM("crm"."orders"."amount") AS "sum" FROM "crm"."orders" GROUP BY DATE_TRUNC('hour', "crm"."orders"."at") ORDER BY DATE_TRUNC('hour', "crm"."orders"."at") ASC LIMIT 100

-- step by day |
SELECT CAST("crm"."orders"."at" AS DATE) AS "at", COUNT(*) AS "count" FROM "crm"."orders" GROUP BY CAST("crm"."orders"."at" AS DATE) ORDER BY CAST("crm"."orders"."at" AS DATE) ASC

-- step by day of the report |
SELECT CAST(CAST("crm"."orders"."at" AS date) AS timestamptz) AS "at", COUNT(*) AS "count" FROM "crm"."orders" GROUP BY CAST(CAST("crm"."orders"."at" AS date) AS timestamptz) ORDER BY CAST(CAST("crm"."orders"."at" AS date) AS timestamptz) ASC

-- step by week |
SELECT (CAST(DATE_TRUNC('week', (CAST("crm"."orders"."at" AS timestamp) + INTERVAL '1 day')) AS timestamp) + INTERVAL '-1 day') AS "at", COUNT(*) AS "count" FROM "crm"."orders" GROUP BY (CAST(DATE_TRUNC('week', (CAST("crm"."orders"."at" AS timestamp) + INTERVAL '1 day')) AS timestamp) + INTERVAL '-1 day') ORDER BY 1 ASC

-- step by month and channel |
SELECT "crm"."orders"."channel" AS "channel", DATE_TRUNC('month', "crm"."orders"."at") AS "at", COUNT(*) AS "count", SUM("crm"."orders"."amount") AS "sum", AVG("crm"."orders"."amount") AS "avg", MIN("crm"."orders"."amount") AS "min", MAX("crm"."orders"."amount") AS "max" FROM "crm"."orders" GROUP BY "crm"."orders"."channel", DATE_TRUNC('month', "crm"."orders"."at") ORDER BY "crm"."orders"."channel" ASC, DATE_TRUNC('month', "crm"."orders"."at") ASC

-- step by quarter and year |
SELECT DATE_TRUNC('quarter', "joined") AS "q", CAST(DATE_TRUNC('year', "birthday") AS date) AS "y", COUNT(*) FROM "public"."tags" GROUP BY DATE_TRUNC('quarter', "joined"), CAST(DATE_TRUNC('year', "birthday") AS date) ORDER BY 1, 2

-- step parts of dates |
SELECT CAST(EXTRACT(minute FROM "seen") AS integer) AS "minute", CAST(EXTRACT(hour FROM "seen") AS integer) AS "hour", CAST(EXTRACT(day FROM "seen") AS integer) AS "day", CAST(EXTRACT(doy FROM "seen") AS integer) AS "doy", CAST(EXTRACT(week FROM "seen") AS integer) AS "week", CAST(EXTRACT(month FROM "seen") AS integer) AS "month", CAST(EXTRACT(quarter FROM "seen") AS integer) AS "quarter", CAST(EXTRACT(year FROM "seen") AS integer) AS "year", COUNT(*) FROM "public"."tags" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2

-- step day of week |
SELECT CASE WHEN MOD((CAST(EXTRACT(dow FROM "at") AS integer) + 1), 7) = 0 THEN 7 ELSE MOD((CAST(EXTRACT(dow FROM "at") AS integer) + 1), 7) END AS "at", COUNT(*) AS "count" FROM "crm"."orders" GROUP BY 1 ORDER BY 1 ASC

-- step time of day |
SELECT MAKE_TIME(EXTRACT(hour FROM "wakes")::integer, EXTRACT(minute FROM "wakes")::integer, 0.0) AS "wakes", COUNT(*) AS "count" FROM "public"."tags" GROUP BY MAKE_TIME(EXTRACT(hour FROM "wakes")::integer, EXTRACT(minute FROM "wakes")::integer, 0.0) ORDER BY 1 LIMIT 50

-- step filter of the last days |
SELECT COUNT(*) AS "count" FROM "public"."tags" WHERE ("seen" >= CAST((CAST('2024-01-01 09:00:00+08' AS timestamptz) + INTERVAL '-30 day') AS date)) AND ("seen" < CAST((CAST('2024-01-01 08:30:00+08' AS timestamptz) + INTERVAL '10 minute') AS timestamptz))

-- step filter with parameters |
-- $ timestamptz 2024-03-02 00:00:00+08
-- $ timestamptz 2024-03-05 00:00:00+08
-- $ varchar app
SELECT COUNT(*) AS "count" FROM "crm"."orders" WHERE ("at" >= $1) AND ("at" < $2) AND (("channel" <> $3) OR ("channel" IS NULL))

-- step filters of texts |
-- $ varchar 用户1
-- $ varchar %9
-- $ varchar %广%
SELECT "id", "name" FROM "public"."tags" WHERE ("name" LIKE ($1 || '%')) AND (LOWER("name") LIKE $2) AND (NOT (LOWER("city") LIKE $3) OR ("city" IS NULL)) ORDER BY "id" LIMIT 20

-- step filter of an enum |
SELECT COUNT(*) FROM "public"."tags" WHERE "grade" = CAST('VIP' AS "grade")

-- step convert time zone |
SELECT TIMEZONE('America/New_York', "seen") AS a, TIMEZONE('Asia/Tokyo', TIMEZONE('UTC', "joined")) AS b FROM "public"."tags" ORDER BY "id" LIMIT 10

-- step differences of dates |
SELECT CAST(EXTRACT(year FROM AGE(DATE_TRUNC('day', "joined"), DATE_TRUNC('day', CAST("birthday" AS timestamp)))) AS integer) AS y, CAST((EXTRACT(month FROM AGE(DATE_TRUNC('day', "joined"), DATE_TRUNC('day', CAST("birthday" AS timestamp)))) + (EXTRACT(year FROM AGE(DATE_TRUNC('day', "joined"), DATE_TRUNC('day', CAST("birthday" AS timestamp)))) * 12)) AS integer) AS m, CAST("joined" AS DATE) - CAST("birthday" AS DATE) AS d, CAST(TRUNC(EXTRACT(epoch FROM "joined") - EXTRACT(epoch FROM CAST("birthday" AS timestamp))) AS integer) AS s FROM "public"."tags" ORDER BY "id" LIMIT 20

-- step binning of numbers |
SELECT (FLOOR((("public"."tags"."age" - 0.0) / 10.0)) * 10.0) + 0.0 AS "age", COUNT(*) AS "count" FROM "public"."tags" GROUP BY (FLOOR((("public"."tags"."age" - 0.0) / 10.0)) * 10.0) + 0.0 ORDER BY 1 ASC

-- step median and percentile |
SELECT PERCENTILE_CONT(0.5) within group (order by "spent") AS "median", PERCENTILE_CONT(0.9) within group (order by "score") AS "percentile", STDDEV_POP("spent") AS "stddev", VAR_POP("score") AS "var" FROM "public"."tags"

-- step share and custom expressions |
SELECT CAST(SUM(CASE WHEN "vip" = TRUE THEN 1 ELSE 0.0 END) AS DOUBLE PRECISION) / NULLIF(COUNT(*), 0) AS "share", SUM(CASE WHEN "age" > 30 THEN "spent" ELSE 0.0 END) AS "sum-where", COUNT(CASE WHEN "city" = '北京' THEN 1 END) AS "count-where" FROM "public"."tags"

-- step cumulative sum |
SELECT "source"."at" AS "at", SUM("source"."n") OVER (ORDER BY "source"."at" ASC ROWS UNBOUNDED PRECEDING) AS "sum" FROM (SELECT DATE_TRUNC('day', "at") AS "at", COUNT(*) AS "n" FROM "crm"."orders" GROUP BY DATE_TRUNC('day', "at")) AS "source" ORDER BY "source"."at" ASC

-- step offset to the row before |
SELECT DATE_TRUNC('day', "at") AS "at", SUM("amount") AS "sum", LAG(SUM("amount"), 1) OVER (ORDER BY DATE_TRUNC('day', "at") ASC) AS "before" FROM "crm"."orders" GROUP BY DATE_TRUNC('day', "at") ORDER BY 1

-- step join |
SELECT "Tags - User"."city" AS "Tags - User__city", COUNT(*) AS "count" FROM "crm"."orders" LEFT JOIN "public"."tags" AS "Tags - User" ON "crm"."orders"."user_id" = "Tags - User"."id" GROUP BY "Tags - User"."city" ORDER BY "count" DESC, "Tags - User"."city" ASC

-- step nested question |
SELECT "source"."city" AS "city", "source"."count" AS "count" FROM (SELECT "public"."tags"."city" AS "city", COUNT(*) AS "count" FROM "public"."tags" GROUP BY "public"."tags"."city" ORDER BY "public"."tags"."city" ASC) AS "source" WHERE "source"."count" > 100 LIMIT 1048575

-- step text functions |
SELECT SUBSTRING("name" FROM '[0-9]+') AS "re", CASE WHEN 1 < 1 THEN '' ELSE SPLIT_PART("name", '户', 2) END AS "part", CONCAT("name", ' - ', "city") AS "c", REPLACE("name", '用户', 'u') AS "r", CHAR_LENGTH("name") AS "l", COALESCE("city", '未知') AS "co" FROM "public"."tags" ORDER BY "id" LIMIT 20

-- step end the question | simple
ROLLBACK

-- step native question |
-- $ varchar 上海
-- $ int4 40
SELECT city AS "城市", count(*) AS "人数", round(avg(spent), 2) AS "平均消费" FROM tags WHERE city = $1 AND age > $2 GROUP BY city

-- step native question with a comment |
-- Metabase:: userID: 1 queryType: native queryHash: 6d2b1a
SELECT id, name, hobby FROM tags WHERE '跑步' = ANY(hobby) ORDER BY id LIMIT 5

-- step syntax error | error
SELECT count(* FROM tags

-- step unknown column | error
SELECT "public"."tags"."nope" AS "nope" FROM "public"."tags" LIMIT 2000

-- step unknown table | error
SELECT * FROM "public"."missing" LIMIT 2000

-- step write in a read-only question | simple error
BEGIN READ ONLY; DELETE FROM tags

-- step end of the failed question | simple
ROLLBACK

-- step statement timeout | simple error
BEGIN; SET LOCAL statement_timeout = 100; SELECT pg_sleep(5)

-- step end of the timed out question | simple
ROLLBACK

-- step upload schema | simple
CREATE SCHEMA IF NOT EXISTS "metabase_uploads";

-- step upload table | simple
CREATE TABLE "metabase_uploads"."upload_1" ("_mb_row_id" bigint GENERATED BY DEFAULT AS IDENTITY, "name" VARCHAR(255), "n" BIGINT, "ok" BOOLEAN, "day" DATE, "at" TIMESTAMP, "tz" TIMESTAMP WITH TIME ZONE, PRIMARY KEY ("_mb_row_id"))

-- step upload rows |
-- $ varchar 甲
-- $ int8 5
-- $ bool true
-- $ date 2024-05-01
INSERT INTO "metabase_uploads"."upload_1" ("name", "n", "ok", "day") VALUES ($1, $2, $3, $4)

-- step promote a column | simple
ALTER TABLE "metabase_uploads"."upload_1" ALTER COLUMN "n" TYPE FLOAT

-- step promote a boolean | simple
ALTER TABLE "metabase_uploads"."upload_1" ALTER COLUMN "ok" TYPE BIGINT USING CASE WHEN "ok" THEN 1 ELSE 0 END

-- step read the upload |
SELECT * FROM "metabase_uploads"."upload_1"

-- step persisted model | simple
CREATE SCHEMA "metabase_cache_1"; CREATE TABLE "metabase_cache_1".cache_info (key TEXT, value TEXT); INSERT INTO "metabase_cache_1".cache_info (key, value) VALUES ('settings-version', '1'), ('created-at', '2024-01-01T00:00:00'); CREATE TABLE "metabase_cache_1"."model_1" AS SELECT city, count(*) AS n FROM tags GROUP BY city

-- step read the model |
SELECT "source"."city" AS "city", "source"."n" AS "n" FROM "metabase_cache_1"."model_1" AS "source" LIMIT 2000

-- step drop the cache | simple
DROP TABLE IF EXISTS "metabase_cache_1"."model_1"; DROP SCHEMA "metabase_cache_1" CASCADE; DROP TABLE IF EXISTS "metabase_uploads"."upload_1"; DROP SCHEMA "metabase_uploads"

-- step impersonation | error
SET ROLE "no such role";

-- step back to the own role |
SET ROLE NONE;
