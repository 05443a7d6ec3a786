-- tool: Power BI and Npgsql
-- what: type loading, GetSchema's collections, binary parameters and results, batches, reset of pooled connections, folded queries of Power Query
--
-- Npgsql loads the types by simple queries once, then everything is extended and
-- binary, several commands before one Sync. Power Query folds a query's steps into
-- nested SELECTs with its own aliases.

-- step load types | simple
SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid
FROM (
    SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind,
        elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind,
        CASE WHEN elemproc.proname='array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype
    FROM (
        SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid,
            CASE WHEN proc.proname='array_recv' THEN 'a' ELSE typ.typtype END AS typtype,
            CASE
                WHEN proc.proname='array_recv' THEN typ.typelem
                WHEN typ.typtype='r' THEN rngsubtype
                WHEN typ.typtype='m' THEN (SELECT rngtypid FROM pg_range WHERE rngmultitypid = typ.oid)
                WHEN typ.typtype='d' THEN typ.typbasetype
            END AS elemtypoid
        FROM pg_type AS typ
        LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid)
        LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive
        LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid)
    ) AS typ
    LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemtypoid
    LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid)
    LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive
) AS t
JOIN pg_namespace AS ns ON (ns.oid = typnamespace)
WHERE
    typtype IN ('b', 'r', 'm', 'e', 'd') OR
    (typtype = 'c' AND relkind='c') OR
    (typtype = 'p' AND typname IN ('record', 'void', 'unknown')) OR
    (typtype = 'a' AND (
        elemtyptype IN ('b', 'r', 'm', 'e', 'd') OR
        (elemtyptype = 'p' AND elemtypname IN ('record', 'void')) OR
        (elemtyptype = 'c' AND elemrelkind='c')
    ))
ORDER BY CASE
       WHEN typtype IN ('b', 'e', 'p') THEN 0
       WHEN typtype = 'r' THEN 1
       WHEN typtype = 'm' THEN 2
       WHEN typtype = 'c' THEN 3
       WHEN typtype = 'd' AND elemtyptype <> 'a' THEN 4
       WHEN typtype = 'a' THEN 5
       WHEN typtype = 'd' AND elemtyptype = 'a' THEN 6
END, t.oid

-- step load composite types | simple
SELECT typ.oid, att.attname, att.atttypid
FROM pg_type AS typ
JOIN pg_namespace AS ns ON (ns.oid = typ.typnamespace)
JOIN pg_class AS cls ON (cls.oid = typ.typrelid)
JOIN pg_attribute AS att ON (att.attrelid = typ.typrelid)
WHERE (typ.typtype = 'c' AND cls.relkind='c') AND attnum > 0 AND NOT attisdropped
ORDER BY typ.oid, att.attnum

-- step load table composites | simple
SELECT typ.oid, att.attname, att.atttypid
FROM pg_type AS typ
JOIN pg_namespace AS ns ON (ns.oid = typ.typnamespace)
JOIN pg_class AS cls ON (cls.oid = typ.typrelid)
JOIN pg_attribute AS att ON (att.attrelid = typ.typrelid)
WHERE (typ.typtype = 'c' AND ns.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')) AND attnum > 0 AND NOT attisdropped
ORDER BY typ.oid, att.attnum

-- step load enum labels | simple
SELECT pg_type.oid, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid=enumtypid ORDER BY oid, enumsortorder

-- step load types, older versions | simple
SELECT ns.nspname, typ_and_elem_type.*,
   CASE WHEN typtype IN ('b', 'e', 'p') THEN 0 WHEN typtype = 'r' THEN 1 WHEN typtype = 'c' THEN 2 WHEN typtype = 'd' AND elemtyptype <> 'a' THEN 3 WHEN typtype = 'a' THEN 4 WHEN typtype = 'd' AND elemtyptype = 'a' THEN 5 END AS ord
FROM (
    SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind,
        elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind,
        CASE WHEN elemproc.proname='array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype
    FROM (
        SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid,
            CASE WHEN proc.proname='array_recv' THEN 'a' ELSE typ.typtype END AS typtype,
            CASE WHEN proc.proname='array_recv' THEN typ.typelem WHEN typ.typtype='r' THEN rngsubtype WHEN typ.typtype='d' THEN typ.typbasetype END AS elemtypoid
        FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid)
    ) AS typ
    LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemtypoid
    LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid)
    LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive
) AS typ_and_elem_type
JOIN pg_namespace AS ns ON (ns.oid = typnamespace)
WHERE typtype IN ('b', 'r', 'e', 'd') OR (typtype = 'c' AND relkind='c')

-- step version 3 loads the types | simple sort
SELECT a.oid AS oid, a.typname, a.typrelid, a.typelem, a.typtype, CASE WHEN pg_proc.proname='array_recv' THEN 'a' ELSE a.typtype END AS type, CASE WHEN a.typtype='d' THEN (SELECT typname FROM pg_type WHERE oid = a.typbasetype) END AS base
FROM pg_type AS a JOIN pg_namespace AS ns ON (ns.oid = a.typnamespace) JOIN pg_proc ON pg_proc.oid = a.typreceive LEFT OUTER JOIN pg_type AS b ON (b.oid = a.typelem)
WHERE a.typtype IN ('b', 'r', 'e', 'd') AND (b.typtype IS NULL OR b.typtype IN ('b', 'r', 'e', 'd')) ORDER BY a.oid

-- step databases
SELECT d.datname AS database_name, u.usename AS owner, pg_catalog.pg_encoding_to_char(d.encoding) AS encoding FROM pg_catalog.pg_database d LEFT JOIN pg_catalog.pg_user u ON d.datdba = u.usesysid

-- step schemata
SELECT * FROM (SELECT current_database() AS catalog_name, nspname AS schema_name, r.rolname AS schema_owner FROM pg_catalog.pg_namespace LEFT JOIN pg_catalog.pg_roles r ON r.oid = nspowner) tmp

-- step tables | binary
SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables WHERE table_type IN ('BASE TABLE', 'FOREIGN', 'FOREIGN TABLE') AND table_schema NOT IN ('pg_catalog', 'information_schema')

-- step tables with restrictions | binary
-- $ text tagd
-- $ text public
SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables WHERE table_catalog = $1 AND table_schema = $2

-- step columns | binary
SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable, udt_name::regtype::text AS data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, character_set_catalog, character_set_schema, character_set_name, collation_catalog FROM information_schema.columns WHERE table_schema IN ('public', 'crm')

-- step views
SELECT table_catalog, table_schema, table_name, check_option, is_updatable FROM information_schema.views WHERE table_schema NOT IN ('pg_catalog', 'information_schema')

-- step users
SELECT usename as user_name, usesysid as user_sysid FROM pg_catalog.pg_user

-- step indexes
SELECT current_database() AS table_catalog, n.nspname AS table_schema, t.relname AS table_name, i.relname AS index_name, '' AS type_desc
FROM pg_catalog.pg_class i JOIN pg_catalog.pg_index ix ON ix.indexrelid = i.oid JOIN pg_catalog.pg_class t ON ix.indrelid = t.oid LEFT JOIN pg_catalog.pg_user u ON u.usesysid = i.relowner LEFT JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind = 'i' AND n.nspname NOT IN ('pg_catalog', 'pg_toast') AND pg_catalog.pg_table_is_visible(i.oid) AND t.relkind = 'r'

-- step index columns
SELECT current_database() AS constraint_catalog, t_ns.nspname AS constraint_schema, ix_cls.relname AS constraint_name, current_database() AS table_catalog, t_ns.nspname AS table_schema, t.relname AS table_name, a.attname AS column_name, ix_cls.relname AS index_name
FROM pg_class t JOIN pg_index ix ON t.oid = ix.indrelid JOIN pg_class ix_cls ON ix.indexrelid = ix_cls.oid JOIN pg_namespace t_ns ON ix_cls.relnamespace = t_ns.oid JOIN pg_attribute a ON t.oid = a.attrelid
WHERE ix_cls.relkind = 'i' AND t_ns.nspname NOT IN ('pg_catalog', 'pg_toast') AND a.attnum = ANY(ix.indkey) AND t.relkind = 'r'

-- step constraints
SELECT current_database() AS "CONSTRAINT_CATALOG", pgn.nspname AS "CONSTRAINT_SCHEMA", pgc.conname AS "CONSTRAINT_NAME", current_database() AS "TABLE_CATALOG", pgtn.nspname AS "TABLE_SCHEMA", pgt.relname AS "TABLE_NAME", "CONSTRAINT_TYPE", pgc.condeferrable AS "IS_DEFERRABLE", pgc.condeferred AS "INITIALLY_DEFERRED"
FROM pg_catalog.pg_constraint pgc JOIN pg_catalog.pg_namespace pgn ON pgc.connamespace = pgn.oid JOIN pg_catalog.pg_class pgt ON pgc.conrelid = pgt.oid JOIN pg_catalog.pg_namespace pgtn ON pgt.relnamespace = pgtn.oid
JOIN (SELECT 'PRIMARY KEY' AS "CONSTRAINT_TYPE", 'p' AS contype UNION ALL SELECT 'FOREIGN KEY' AS "CONSTRAINT_TYPE", 'f' AS contype UNION ALL SELECT 'UNIQUE KEY' AS "CONSTRAINT_TYPE", 'u' AS contype) mapping_table ON mapping_table.contype = pgc.contype
WHERE pgtn.nspname NOT IN ('pg_catalog', 'information_schema')

-- step constraint columns
SELECT pgn.nspname AS constraint_schema, pgc.conname AS constraint_name, pgt.relname AS table_name, pga.attname AS column_name, pga.attnum AS ordinal_number, mapping_table.constraint_type
FROM pg_constraint pgc JOIN pg_namespace pgn ON pgc.connamespace = pgn.oid JOIN pg_class pgt ON pgc.conrelid = pgt.oid JOIN pg_attribute pga ON pga.attrelid = pgt.oid AND pga.attnum = ANY(pgc.conkey)
JOIN (SELECT 'PRIMARY KEY' AS constraint_type, 'p' AS contype UNION ALL SELECT 'FOREIGN KEY', 'f' UNION ALL SELECT 'UNIQUE KEY', 'u') mapping_table ON mapping_table.contype = pgc.contype

-- step data types
SELECT t.typname, t.oid, t.typlen, t.typbyval, format_type(t.oid, NULL), CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END FROM pg_catalog.pg_type t WHERE t.typtype = 'b' AND t.typnamespace = 'pg_catalog'::regnamespace

-- step reserved words
SELECT word, catcode, catdesc, barelabel FROM pg_get_keywords() WHERE catcode <> 'U' ORDER BY word

-- step column schema of a reader | binary
SELECT typ.oid, nspname || '.' || relname AS rel, attname, attnum, atttypid, typname, attnotnull OR (typ.typtype = 'd' AND typ.typnotnull) AS attnotnull, attidentity != '' AS isidentity,
  CASE WHEN atthasdef THEN (SELECT pg_get_expr(adbin, cls.oid) FROM pg_attrdef WHERE adrelid = cls.oid AND adnum = attr.attnum) ELSE NULL END AS default,
  CASE WHEN ((cls.relkind = ANY (ARRAY['r'::"char",'p'::"char"])) OR ((cls.relkind = ANY (ARRAY['v'::"char",'f'::"char"])) AND pg_column_is_updatable(cls.oid, attnum, FALSE))) AND attr.attidentity NOT IN ('a') THEN 'true'::boolean ELSE 'false'::boolean END AS is_updatable,
  EXISTS (SELECT * FROM pg_index WHERE pg_index.indrelid = cls.oid AND pg_index.indisprimary AND attnum = ANY (indkey)) AS isprimarykey,
  EXISTS (SELECT * FROM pg_index WHERE pg_index.indrelid = cls.oid AND pg_index.indisunique AND pg_index.indnkeyatts = 1 AND attnum = pg_index.indkey[0]) AS isunique
FROM pg_attribute AS attr JOIN pg_type AS typ ON attr.atttypid = typ.oid JOIN pg_class AS cls ON cls.oid = attr.attrelid JOIN pg_namespace AS ns ON ns.oid = cls.relnamespace
WHERE atttypid <> 0 AND relkind IN ('r', 'v', 'm') AND NOT attisdropped AND nspname NOT IN ('pg_catalog', 'information_schema') AND attnum > 0
ORDER BY attnum, rel

-- step all types | binary
SELECT id, name, gender, age, level, spent, score, ratio, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, grade, share, note, raw FROM tags ORDER BY id LIMIT 20

-- step parameters | binary
-- $ int8 17
-- $ text 北京
-- $ numeric 12.50
-- $ timestamptz 2024-01-01 08:00:00+08
-- $ bool true
-- $ date 1990-01-01
SELECT id, city FROM tags WHERE (id = $1 OR city = $2) AND spent > $3 AND seen > $4 AND vip = $5 AND birthday < $6 ORDER BY id LIMIT 5

-- step array parameters | binary
-- $ _int8 {1,2,3,5000,9999}
-- $ _text {跑步,"a,b"}
SELECT id, hobby FROM tags WHERE id = ANY($1) AND hobby && $2 ORDER BY id

-- step parameters of other types | binary
-- $ uuid 00000000-0000-4000-8000-000000000007
-- $ bytea \x00000007
-- $ float8 0.875
-- $ jsonb {"k": 2, "城": [1]}
-- $ time 06:07:00
-- $ interval 1 day 02:00:00
SELECT id, $6::interval FROM tags WHERE ref = $1 AND raw = $2 AND score = $3 AND extra = $4 AND wakes = $5

-- step parameters without types | binary
-- $ unknown 17
-- $ unknown 用户17
SELECT id, name FROM tags WHERE id = $1 AND name = $2

-- step null parameters | binary
-- $ text \N
-- $ int4 \N
SELECT $1 AS a, $2 AS b, coalesce($1, '无') AS c

-- step prepare | prepare=_p1 binary
-- $ int8 1
SELECT id, name, city FROM tags WHERE id = $1

-- step execute the prepared | execute=_p1 binary
-- $ int8 2

-- step batch | batch
SELECT count(*) FROM tags;
SELECT count(*) FROM crm.orders;
SELECT 1 WHERE false

-- step batch that changes rows | batch
CREATE TEMP TABLE batch (a int);
INSERT INTO batch VALUES (1), (2);
UPDATE batch SET a = a + 1 WHERE a = 2;
DELETE FROM batch WHERE a = 1;
SELECT * FROM batch

-- step batch with an error in the middle | batch error
INSERT INTO batch VALUES (10);
INSERT INTO batch SELECT 1 / (a - 3) FROM batch;
INSERT INTO batch VALUES (11)

-- step the batch was undone
SELECT * FROM batch

-- step begin at a level | simple
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ

-- step in the transaction | binary
SELECT count(*) FROM pairs

-- step commit | simple
COMMIT

-- step isolation is back | simple
SHOW transaction_isolation

-- step set what the reset takes back | simple
SET application_name = 'pbi'; SET search_path = crm; SET statement_timeout = 1000

-- step reset of a pooled connection | simple
DISCARD ALL

-- step after the reset | simple
SELECT current_setting('search_path'), current_setting('statement_timeout'), (SELECT count(*) FROM pg_prepared_statements), to_regclass('batch')

-- step reset without DISCARD | simple
CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DISCARD SEQUENCES; DISCARD TEMP; RESET SESSION AUTHORIZATION; RESET ALL

-- step Power BI asks for tables | binary
select TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE from INFORMATION_SCHEMA.tables where TABLE_SCHEMA not in ('information_schema', 'pg_catalog') order by TABLE_SCHEMA, TABLE_NAME

-- step Power BI asks for columns | binary
-- $ text public
-- $ text tags
select COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, case when (data_type like '%unsigned%') then DATA_TYPE || ' unsigned' else DATA_TYPE end as DATA_TYPE from INFORMATION_SCHEMA.columns where TABLE_SCHEMA = $1 and TABLE_NAME = $2 order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION

-- step Power BI asks for keys | binary
-- $ text public
-- $ text pairs
select i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME as INDEX_NAME, ii.COLUMN_NAME, ii.ORDINAL_POSITION, case when i.CONSTRAINT_TYPE = 'PRIMARY KEY' then 'Y' else 'N' end as PRIMARY_KEY from INFORMATION_SCHEMA.table_constraints i inner join INFORMATION_SCHEMA.key_column_usage ii on i.CONSTRAINT_SCHEMA = ii.CONSTRAINT_SCHEMA and i.CONSTRAINT_NAME = ii.CONSTRAINT_NAME and i.TABLE_SCHEMA = ii.TABLE_SCHEMA and i.TABLE_NAME = ii.TABLE_NAME where i.TABLE_SCHEMA = $1 and i.TABLE_NAME = $2 and i.CONSTRAINT_TYPE in ('PRIMARY KEY', 'UNIQUE') order by i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME, ii.TABLE_SCHEMA, ii.TABLE_NAME, ii.ORDINAL_POSITION

-- step Power BI asks for relationships | binary
-- $ text public
-- $ text pairs
select pkcol.COLUMN_NAME as PK_COLUMN_NAME, fkcol.TABLE_SCHEMA AS FK_TABLE_SCHEMA, fkcol.TABLE_NAME AS FK_TABLE_NAME, fkcol.COLUMN_NAME as FK_COLUMN_NAME, fkcol.ORDINAL_POSITION as ORDINAL, fkcon.CONSTRAINT_SCHEMA || '_' || fkcol.TABLE_NAME || '_' || 'pairs' || '_' || fkcon.CONSTRAINT_NAME as FK_NAME
from (select distinct constraint_catalog, constraint_schema, unique_constraint_schema, constraint_name, unique_constraint_name from INFORMATION_SCHEMA.referential_constraints) fkcon
inner join INFORMATION_SCHEMA.key_column_usage fkcol on fkcon.CONSTRAINT_SCHEMA = fkcol.CONSTRAINT_SCHEMA and fkcon.CONSTRAINT_NAME = fkcol.CONSTRAINT_NAME
inner join INFORMATION_SCHEMA.key_column_usage pkcol on fkcon.UNIQUE_CONSTRAINT_SCHEMA = pkcol.CONSTRAINT_SCHEMA and fkcon.UNIQUE_CONSTRAINT_NAME = pkcol.CONSTRAINT_NAME
where pkcol.TABLE_SCHEMA = $1 and pkcol.TABLE_NAME = $2 and pkcol.ORDINAL_POSITION = fkcol.ORDINAL_POSITION
order by FK_NAME, fkcol.ORDINAL_POSITION

-- step preview of a table | binary
select "$Table"."id" as "id", "$Table"."name" as "name", "$Table"."spent" as "spent", "$Table"."joined" as "joined" from "public"."tags" "$Table" order by "$Table"."id" limit 1000 offset 0

-- step preview with limit 4096 | binary
select "_"."id", "_"."city" from "public"."tags" "_" where "_"."city" = '北京' and "_"."city" is not null order by "_"."id" limit 4096

-- step folded group | binary
select "rows"."city" as "city", count(1) as "n", sum("rows"."spent") as "s", avg("rows"."age") as "a" from (select "city", "spent", "age" from "public"."tags" "$Table") "rows" group by "city" order by "city"

-- step folded filter and sort | binary
select "_"."t0_0" as "name", "_"."t1_0" as "birthday" from (select "_"."name" as "t0_0", "_"."birthday" as "t1_0", "_"."id" as "t2_0" from "public"."tags" "_" where ("_"."birthday" >= date '1970-01-01' and "_"."birthday" < date '1970-01-10')) "_" order by "_"."t2_0" limit 4096

-- step DirectQuery card | binary
select cast(count(*) as bigint) as "c1", sum("basetable0"."a0") as "a1" from (select "t0"."city" as "c3", "t0"."spent" as "a0" from (select "$Table"."city" as "city", "$Table"."spent" as "spent" from "public"."tags" "$Table") as "t0" where "t0"."city" in ('上海', '广州')) as "basetable0"

-- step DirectQuery join | binary
select "basetable0"."c5", sum(cast("basetable0"."c2" as numeric)) as "a0" from (select "OTBL"."amount" as "c2", "ITBL"."city" as "c5" from (select "amount", "user_id" from "crm"."orders" "$Table") as "OTBL" left outer join (select "id", "city" from "public"."tags" "$Table") as "ITBL" on ("OTBL"."user_id" = "ITBL"."id")) as "basetable0" group by "basetable0"."c5" order by "basetable0"."c5" limit 1000001

-- step DirectQuery text and dates | binary
select case when "_"."city" is null then '(空白)' else "_"."city" end as "c", date_part('year', "_"."birthday") as "y", extract(month from "_"."joined") as "m", position('户' in "_"."name") as "p", left("_"."name", 2) as "l", cast("_"."age" as character varying(10)) as "t" from "public"."tags" "_" order by "_"."id" limit 20

-- step duration and type of a folded sum | binary
select sum("age") as "s2", sum("level") as "s4", sum("id") as "s8", avg("score") as "af", max("joined") - min("joined") as "d" from "public"."tags"
