-- tool: Spark, Flink, Trino, Airbyte and Fivetran
-- what: schemas by WHERE 1=0, partitioned reads, splits, discovery of tables and keys, snapshots in read-only transactions, writes in batches
-- startup: extra_float_digits=2 TimeZone=UTC
--
-- Engines that copy tables: all through pgjdbc but the discovery queries of Airbyte and
-- Fivetran, which ask the catalog themselves.

-- step a foreign key to find | simple
CREATE TABLE crm.shops (shop_id integer PRIMARY KEY, name text); CREATE TABLE crm.visits (visit_id bigint PRIMARY KEY, shop_id integer NOT NULL REFERENCES crm.shops ON DELETE CASCADE, user_id bigint REFERENCES tags (id))

-- step Spark: schema of a table |
SELECT * FROM public.tags WHERE 1=0

-- step Spark: schema of a query |
SELECT * FROM (SELECT city, count(*) AS n, sum(spent) AS s, array_agg(id) AS ids FROM tags GROUP BY city) SPARK_GEN_SUBQ_0 WHERE 1=0

-- step Spark: bounds |
SELECT min("id"), max("id") FROM public.tags

-- step Spark: partition 0 | fetch=1000
SELECT "id","name","city","spent","joined","vip" FROM public.tags WHERE "id" < 1251 or "id" is null

-- step Spark: partition 1 | fetch=1000
SELECT "id","name","city","spent","joined","vip" FROM public.tags WHERE "id" >= 1251 AND "id" < 2501

-- step Spark: partition 2 | fetch=1000
SELECT "id","name","city","spent","joined","vip" FROM public.tags WHERE "id" >= 2501

-- step Spark: pushed filter |
SELECT "id","city" FROM public.tags WHERE ("city" IS NOT NULL) AND ("city" = '北京') AND ("joined" >= '2020-01-02 00:00:00.0')

-- step Spark: pushed aggregate |
SELECT "city",SUM("spent"),COUNT(*) FROM public.tags GROUP BY "city"

-- step Spark: table is there | error
SELECT 1 FROM spark_out LIMIT 1

-- step Spark: create |
CREATE TABLE spark_out ("id" BIGINT NOT NULL, "name" TEXT, "d" DATE, "ok" BOOLEAN, "x" FLOAT8, "n" NUMERIC(38,18), "a" TEXT[], "b" BYTEA)

-- step Spark: insert | binary
-- $ int8 1
-- $ varchar 甲
-- $ date 2024-02-29
-- $ bool true
-- $ float8 1.5
-- $ numeric 1.25
-- $ _text {a,"b c"}
-- $ bytea \x0102
INSERT INTO spark_out ("id","name","d","ok","x","n","a","b") VALUES ($1,$2,$3,$4,$5,$6,$7,$8)

-- step Spark: truncate |
TRUNCATE TABLE ONLY spark_out

-- step Spark: drop |
DROP TABLE spark_out

-- step Flink: catalogs |
SELECT datname FROM pg_database WHERE datname = current_database()

-- step Flink: schemas |
SELECT schema_name FROM information_schema.schemata WHERE schema_name !~ '^pg_(toast_)?temp_'

-- step Flink: tables |
-- $ varchar crm
SELECT * FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = $1 ORDER BY table_type, table_name

-- step Flink: primary key |
SELECT result.TABLE_CAT, result.TABLE_SCHEM, result.TABLE_NAME, result.COLUMN_NAME, result.KEY_SEQ, result.PK_NAME FROM (SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, a.attname AS COLUMN_NAME, (information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ, ci.relname AS PK_NAME, information_schema._pg_expandarray(i.indkey) AS KEYS, a.attnum AS A_ATTNUM FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid) JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON ( a.attrelid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) WHERE true AND n.nspname = 'public' AND ct.relname = 'pairs' AND i.indisprimary ) result where result.A_ATTNUM = (result.KEYS).x ORDER BY result.table_name, result.pk_name, result.key_seq

-- step Flink: fields |
SELECT * FROM public.tags LIMIT 0

-- step Flink: split | fetch=500
-- $ int8 1
-- $ int8 1500
SELECT id, name FROM public.tags WHERE id BETWEEN $1 AND $2

-- step Flink: upsert |
-- $ int4 1
-- $ varchar x
-- $ varchar 新
INSERT INTO pairs(a, b, v) VALUES ($1, $2, $3) ON CONFLICT (a, b) DO UPDATE SET v=EXCLUDED.v

-- step Flink: upsert back |
-- $ varchar p
-- $ int4 1
-- $ varchar x
UPDATE pairs SET v=$1 WHERE a=$2 AND b=$3

-- step Trino: schemas |
SELECT nspname AS TABLE_SCHEM FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1

-- step Trino: tables |
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME, CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema' WHEN true THEN CASE WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TABLE' WHEN 'v' THEN 'SYSTEM VIEW' WHEN 'i' THEN 'SYSTEM INDEX' ELSE NULL END WHEN n.nspname = 'pg_toast' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TOAST TABLE' WHEN 'i' THEN 'SYSTEM TOAST INDEX' ELSE NULL END ELSE CASE c.relkind WHEN 'r' THEN 'TEMPORARY TABLE' WHEN 'p' THEN 'TEMPORARY TABLE' WHEN 'i' THEN 'TEMPORARY INDEX' WHEN 'S' THEN 'TEMPORARY SEQUENCE' WHEN 'v' THEN 'TEMPORARY VIEW' ELSE NULL END END WHEN false THEN CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'i' THEN 'INDEX' WHEN 'P' then 'PARTITIONED INDEX' WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END ELSE NULL END AS TABLE_TYPE, d.description AS REMARKS, '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION
FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0 and d.classoid = 'pg_class'::regclass)
WHERE c.relnamespace = n.oid AND n.nspname LIKE 'public' AND c.relname LIKE '%' AND (false OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ) OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) OR ( c.relkind = 'm' ))
ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME

-- step Trino: columns |
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype
FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid) JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid) JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid) LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum) LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class') LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')
WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped AND n.nspname LIKE 'public' AND c.relname LIKE 'tags') c WHERE true ORDER BY nspname,c.relname,attnum

-- step Trino: array dimensions |
-- $ varchar public
-- $ varchar tags
SELECT att.attname, greatest(att.attndims, 1) AS attndims FROM pg_attribute att JOIN pg_type attyp ON att.atttypid = attyp.oid JOIN pg_class tbl ON tbl.oid = att.attrelid JOIN pg_namespace ns ON tbl.relnamespace = ns.oid WHERE ns.nspname = $1 AND tbl.relname = $2 AND attyp.typcategory = 'A'

-- step Trino: statistics |
SELECT reltuples >= -1 FROM pg_class WHERE oid = 'public.tags'::regclass AND relkind IN ('r','m')

-- step Trino: column statistics |
SELECT attname, null_frac IS NULL FROM pg_stats WHERE schemaname = 'nowhere' AND tablename = 'tags'

-- step Trino: pushed down |
-- $ int2 30
-- $ varchar 上
SELECT "city", count(*) AS "_pfgnrtd_0", sum("spent") AS "_pfgnrtd_1" FROM "public"."tags" WHERE "age" > $1 AND ("city" COLLATE "C") >= $2 GROUP BY "city"

-- step Trino: top N |
SELECT "id", "spent" FROM "public"."tags" ORDER BY "spent" DESC NULLS LAST, "id" ASC NULLS FIRST LIMIT 10

-- step Trino: join |
SELECT "l"."city" AS "c0", "r"."amount" AS "c1" FROM (SELECT "id", "city" FROM "public"."tags") "l" INNER JOIN (SELECT "user_id", "amount" FROM "crm"."orders") "r" ON "l"."id" = "r"."user_id" WHERE "r"."amount" > 499

-- step Airbyte: check |
SELECT 1

-- step Airbyte: privileges |
SELECT DISTINCT table_catalog, table_schema, table_name, privilege_type FROM information_schema.table_privileges WHERE grantee = 'tagd' AND privilege_type = 'SELECT' AND table_schema IN ('public','crm')
UNION ALL
SELECT r.rolname AS table_catalog, n.nspname, c.relname, 'SELECT' FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_roles r ON r.oid = relowner WHERE n.nspname NOT IN ('information_schema', 'pg_catalog', 'pg_toast') AND relkind = 'm'

-- step Airbyte: views are not base tables |
SELECT table_schema, table_name FROM information_schema.views WHERE table_schema = 'public'

-- step Airbyte: size and blocks |
WITH block_sz AS (SELECT current_setting('block_size')::int) SELECT current_setting AS block_size, pg_relation_size('tags') > 0 AS some FROM block_sz

-- step Airbyte: cursor column |
SELECT max("joined") AS m, count(*) FROM "public"."tags" WHERE "joined" = (SELECT max("joined") FROM "public"."tags")

-- step Airbyte: incremental |
-- $ timestamp 2020-01-04 10:00:00
-- $ timestamp 2020-01-04 10:30:00
SELECT "id", "joined" FROM "public"."tags" WHERE "joined" > $1 AND "joined" <= $2 ORDER BY "joined"

-- step Airbyte: replication settings |
SELECT name FROM pg_settings WHERE name IN ('wal_level','max_replication_slots','max_wal_senders') ORDER BY 1

-- step Airbyte: slots |
-- $ varchar s
-- $ varchar pgoutput
-- $ varchar tagd
SELECT * FROM pg_replication_slots WHERE slot_name = $1 AND plugin = $2 AND database = $3

-- step Airbyte: publications |
-- $ varchar p
SELECT pubname FROM pg_publication WHERE pubname = $1

-- step Fivetran: tables and keys |
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, i.indisprimary IS TRUE AS pk, fc.relname AS references FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_index i ON i.indrelid = c.oid AND a.attnum = ANY(i.indkey) AND i.indisprimary LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY(k.conkey) LEFT JOIN pg_class fc ON fc.oid = k.confrelid WHERE c.relkind IN ('r','p') AND n.nspname = 'crm' ORDER BY 1, 2, a.attnum

-- step snapshot | simple
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY

-- step snapshot: count |
SELECT count(*) FROM crm.orders

-- step snapshot: rows | fetch=1000
SELECT * FROM crm.orders ORDER BY order_id

-- step snapshot: end | simple
COMMIT

-- step copy of a query |
SELECT * FROM (SELECT id, name, hobby, extra, grade FROM public.tags) q WHERE id % 97 = 0 ORDER BY id

-- step DuckDB: tables of its scanner | simple sort
SELECT pg_namespace.oid AS namespace_id, relname, relpages, attname, pg_type.typname type_name, atttypmod type_modifier, pg_attribute.attndims ndim, attnum, pg_attribute.attnotnull AS notnull, NULL constraint_id, NULL constraint_type, NULL constraint_key
FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid JOIN pg_attribute ON pg_class.oid=pg_attribute.attrelid JOIN pg_type ON atttypid=pg_type.oid
WHERE attnum > 0 AND relkind IN ('r', 'v', 'm', 'f', 'p') AND pg_namespace.nspname IN ('public', 'crm')
UNION ALL
SELECT pg_namespace.oid AS namespace_id, relname, NULL relpages, NULL attname, NULL type_name, NULL type_modifier, NULL ndim, NULL attnum, NULL AS notnull, pg_constraint.oid AS constraint_id, contype AS constraint_type, conkey AS constraint_key
FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid JOIN pg_constraint ON (pg_class.oid=pg_constraint.conrelid)
WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND contype IN ('p', 'u') AND pg_namespace.nspname IN ('public', 'crm')
ORDER BY namespace_id, relname, attnum, constraint_id

-- step DuckDB: enums | simple
SELECT n.oid, enumtypid, typname, enumlabel FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid JOIN pg_namespace AS n ON (typnamespace=n.oid) ORDER BY n.oid, enumtypid, enumsortorder

-- step DuckDB: composites | simple
SELECT n.oid, t.typrelid AS id, t.typname as type, pg_attribute.attname, sub_type.typname FROM pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace JOIN pg_class ON pg_class.oid = t.typrelid JOIN pg_attribute ON attrelid=t.typrelid JOIN pg_type sub_type ON (pg_attribute.atttypid=sub_type.oid) WHERE pg_class.relkind = 'c' AND t.typtype='c' ORDER BY n.oid, t.oid, attrelid, attnum

-- step DuckDB: schemas | simple sort
SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_' ORDER BY oid

-- step ClickHouse: structure |
SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS not_null, attndims AS dims, atttypid as type_id, atttypmod as type_modifier, attnum as att_num, attgenerated as generated FROM pg_attribute WHERE attrelid = (SELECT oid FROM pg_class WHERE relname = 'tags' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public')) AND NOT attisdropped AND attnum > 0 ORDER BY attnum ASC

-- step ClickHouse: dimensions |
SELECT array_ndims(hobby) FROM (SELECT hobby FROM tags WHERE hobby IS NOT NULL ORDER BY id LIMIT 1) t
