-- tool: pgAdmin 4, Navicat, HeidiSQL, TablePlus, Beekeeper Studio, Adminer and phpPgAdmin
-- what: trees, properties and statistics of tables, dashboards, structure tabs, row editors
-- startup: application_name=gui
-- protocol: simple
--
-- Database GUIs with libpq or drivers of their own: simple queries with OIDs in the text.

-- step pgAdmin: settings |
SET DateStyle=ISO; SET client_min_messages=notice; SELECT set_config('bytea_output','hex',false) FROM pg_show_all_settings() WHERE name = 'bytea_output'; SET client_encoding='UTF8'

-- step pgAdmin: the role |
SELECT roles.oid as id, roles.rolname as name, roles.rolsuper as is_superuser, CASE WHEN roles.rolsuper THEN true ELSE roles.rolcreaterole END as can_create_role, CASE WHEN roles.rolsuper THEN true ELSE roles.rolcreatedb END as can_create_db, CASE WHEN 'pg_signal_backend'=ANY(ARRAY(WITH RECURSIVE cte AS (SELECT pg_roles.oid,pg_roles.rolname FROM pg_roles WHERE pg_roles.oid = roles.oid UNION ALL SELECT m.roleid,pgr.rolname FROM cte cte_1 JOIN pg_auth_members m ON m.member = cte_1.oid JOIN pg_roles pgr ON pgr.oid = m.roleid) SELECT rolname FROM cte)) THEN True ELSE False END as can_signal_backend FROM pg_catalog.pg_roles as roles WHERE rolname = current_user

-- step pgAdmin: the database | hide=did
SELECT db.oid as did, db.datname, db.datallowconn, pg_encoding_to_char(db.encoding) AS serverencoding, has_database_privilege(db.oid, 'CREATE') as cancreate, datistemplate FROM pg_catalog.pg_database db WHERE db.datname = current_database()

-- step pgAdmin: schemas |
SELECT nsp.oid, nsp.nspname as name, has_schema_privilege(nsp.oid, 'CREATE') as can_create, has_schema_privilege(nsp.oid, 'USAGE') as has_usage, des.description FROM pg_catalog.pg_namespace nsp LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid=nsp.oid AND des.classoid='pg_namespace'::regclass) WHERE nspname NOT LIKE 'pg\_%' AND NOT ((nsp.nspname = 'pg_catalog' AND EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'pg_class' AND relnamespace = nsp.oid LIMIT 1)) OR (nsp.nspname = 'information_schema')) ORDER BY nspname

-- step pgAdmin: tables |
SELECT rel.oid, rel.relname AS name, (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid=rel.oid AND tgisinternal = FALSE) AS triggercount, (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid=rel.oid AND tgisinternal = FALSE AND tgenabled = 'O') AS has_enable_triggers, (CASE WHEN rel.relkind = 'p' THEN true ELSE false END) AS is_partitioned, nsp.nspname AS schema, nsp.oid AS schemaoid, (SELECT count(1) FROM pg_catalog.pg_inherits WHERE inhrelid=rel.oid LIMIT 1) as is_inherits, (SELECT count(1) FROM pg_catalog.pg_inherits WHERE inhparent=rel.oid LIMIT 1) as is_inherited, des.description FROM pg_catalog.pg_class rel INNER JOIN pg_catalog.pg_namespace nsp ON rel.relnamespace= nsp.oid LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid=rel.oid AND des.objsubid=0 AND des.classoid='pg_class'::regclass) WHERE rel.relkind IN ('r','t','f','p') AND nsp.nspname = 'public' AND NOT rel.relispartition ORDER BY rel.relname

-- step pgAdmin: columns |
SELECT DISTINCT att.attname as name, att.atttypid, att.attlen, att.attnum, att.attndims, att.atttypmod, att.attacl, att.attnotnull, att.attoptions, att.attfdwoptions, att.attstattarget, att.attstorage, att.attidentity, pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS defval, pg_catalog.format_type(ty.oid,NULL) AS typname, pg_catalog.format_type(ty.oid,att.atttypmod) AS displaytypname, CASE WHEN ty.typelem > 0 THEN ty.typelem ELSE ty.oid END as elemoid, (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = ty.typnamespace) as typnspname, ty.typstorage AS defaultstorage, description, pi.indkey, coll.collname, nspc.nspname as collnspname, ty.typtype, att.attgenerated, EXISTS(SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid=att.attrelid AND contype='f' AND att.attnum=ANY(conkey)) As is_fk
FROM pg_catalog.pg_attribute att JOIN pg_catalog.pg_type ty ON ty.oid=atttypid LEFT OUTER JOIN pg_catalog.pg_attrdef def ON adrelid=att.attrelid AND adnum=att.attnum LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid=att.attrelid AND des.objsubid=att.attnum AND des.classoid='pg_class'::regclass) LEFT OUTER JOIN pg_catalog.pg_index pi ON pi.indrelid=att.attrelid AND indisprimary LEFT OUTER JOIN pg_catalog.pg_collation coll ON att.attcollation=coll.oid LEFT OUTER JOIN pg_catalog.pg_namespace nspc ON coll.collnamespace=nspc.oid
WHERE att.attrelid = {{SELECT 'tags'::regclass::oid}}::oid AND att.attnum > 0 AND att.attisdropped IS FALSE ORDER BY att.attnum

-- step pgAdmin: constraints |
SELECT cls.oid, cls.relname as name, CASE WHEN contype IN ('p', 'u', 'x') THEN desp.description ELSE des.description END AS comment, condeferrable, conislocal, pg_get_constraintdef(con.oid, true) AS d FROM pg_catalog.pg_index idx JOIN pg_catalog.pg_class cls ON cls.oid=indexrelid LEFT JOIN pg_catalog.pg_depend dep ON (dep.classid = cls.tableoid AND dep.objid = cls.oid AND dep.refobjsubid = '0' AND dep.refclassid=(SELECT oid FROM pg_catalog.pg_class WHERE relname='pg_constraint') AND dep.deptype='i') LEFT OUTER JOIN pg_catalog.pg_constraint con ON (con.tableoid = dep.refclassid AND con.oid = dep.refobjid) LEFT OUTER JOIN pg_catalog.pg_description des ON (des.objoid=cls.oid AND des.classoid='pg_class'::regclass) LEFT OUTER JOIN pg_catalog.pg_description desp ON (desp.objoid=con.oid AND desp.objsubid = 0 AND desp.classoid='pg_constraint'::regclass) WHERE indrelid = {{SELECT 'pairs'::regclass::oid}}::oid AND contype IN ('p','u') ORDER BY cls.relname

-- step pgAdmin: indexes |
SELECT DISTINCT ON(cls.relname) cls.oid, cls.relname as name, (SELECT (CASE WHEN count(i.inhrelid) > 0 THEN true ELSE false END) FROM pg_inherits i WHERE i.inhrelid = cls.oid) as is_inherited, indisclustered, indisunique, pg_get_indexdef(cls.oid) AS d FROM pg_catalog.pg_index idx JOIN pg_catalog.pg_class cls ON cls.oid=indexrelid JOIN pg_catalog.pg_class tab ON tab.oid=indrelid WHERE indrelid = {{SELECT 'tags'::regclass::oid}}::oid AND NOT indisprimary ORDER BY cls.relname

-- step pgAdmin: a view |
SELECT c.oid, c.relname AS name, c.relacl, pg_catalog.pg_get_viewdef(c.oid, true) AS definition, pg_catalog.pg_get_userbyid(c.relowner) AS owner, c.reloptions FROM pg_catalog.pg_class c WHERE c.oid = {{SELECT 'women'::regclass::oid}}::oid

-- step pgAdmin: a sequence |
SELECT last_value, log_cnt >= 0 AS l, is_called FROM public.tickets

-- step pgAdmin: dependents |
SELECT DISTINCT dep.deptype, cl.relkind, cl.relname FROM pg_catalog.pg_depend dep LEFT JOIN pg_catalog.pg_rewrite rw ON dep.objid = rw.oid AND dep.classid = 'pg_rewrite'::regclass LEFT JOIN pg_catalog.pg_class cl ON cl.oid = rw.ev_class WHERE dep.refobjid = {{SELECT 'tags'::regclass::oid}}::oid AND rw.oid IS NOT NULL

-- step pgAdmin: rows of a table |
SELECT COUNT(*)::text FROM public.tags

-- step pgAdmin: keys for the editor |
SELECT at.attname, at.attnum, ty.typname FROM pg_catalog.pg_attribute at LEFT JOIN pg_catalog.pg_type ty ON (ty.oid = at.atttypid) WHERE attrelid={{SELECT 'pairs'::regclass::oid}}::oid AND attnum = ANY ((SELECT con.conkey FROM pg_catalog.pg_class rel LEFT OUTER JOIN pg_catalog.pg_constraint con ON con.conrelid=rel.oid AND con.contype='p' WHERE rel.relkind IN ('r','s','t', 'p') AND rel.oid = {{SELECT 'pairs'::regclass::oid}}::oid)::oid[])

-- step pgAdmin: data |
SELECT * FROM public.pairs ORDER BY a ASC, b ASC LIMIT 100

-- step pgAdmin: dashboard |
SELECT 'session_stats' AS chart_name, pg_catalog.row_to_json(t) IS NOT NULL AS chart_data FROM (SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database()) AS "Total", (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE state = 'active') AS "Active", (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE state = 'idle') AS "Idle") t
UNION ALL
SELECT 'tps_stats' AS chart_name, pg_catalog.row_to_json(t) IS NOT NULL FROM (SELECT (SELECT sum(xact_commit) + sum(xact_rollback) FROM pg_catalog.pg_stat_database WHERE datname = current_database()) AS "Transactions") t

-- step pgAdmin: configuration | sort
SELECT name, category, unit, short_desc FROM pg_catalog.pg_settings WHERE category = 'Client Connection Defaults / Locale and Formatting' ORDER BY category, name

-- step Navicat: tables |
SELECT c.oid, n.nspname AS schemaname, c.relname AS tablename, c.relacl, pg_get_userbyid(c.relowner) AS tableowner, obj_description(c.oid) AS description, c.relkind, ci.relname AS cluster, c.relhasindex AS hasindexes, c.relhasrules AS hasrules, t.spcname AS tablespace, c.reloptions AS param, c.relhastriggers AS hastriggers, c.relpersistence AS unlogged, ft.ftoptions, fs.srvname, c.relispartition, pg_get_expr(c.relpartbound, c.oid) AS relpartbound, c.reltuples IS NOT NULL AS t FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace LEFT JOIN (pg_index i JOIN pg_class ci ON i.indexrelid = ci.oid AND i.indisclustered) ON i.indrelid = c.oid LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid LEFT JOIN pg_foreign_server fs ON ft.ftserver = fs.oid WHERE ((c.relkind = 'r'::"char") OR (c.relkind = 'f'::"char") OR (c.relkind = 'p'::"char")) AND n.nspname = 'public' ORDER BY schemaname, tablename

-- step Navicat: columns |
SELECT col.table_schema, col.table_name, col.ordinal_position, col.column_name, col.data_type, col.character_maximum_length, col.numeric_precision, col.numeric_scale, col.is_nullable, col.column_default, des.description FROM information_schema.columns col LEFT JOIN pg_description des ON (col.table_schema || '.' || quote_ident(col.table_name))::regclass = des.objoid AND col.ordinal_position = des.objsubid WHERE table_schema = 'public' AND table_name = 'tags' ORDER BY ordinal_position

-- step HeidiSQL: tables |
SELECT *, NULL AS data_length, CASE WHEN true THEN 1 END AS c, obj_description(('"' || t."table_schema" || '"."' || t."table_name" || '"')::regclass) AS "description" FROM "information_schema"."tables" t WHERE t."table_schema"='public'

-- step HeidiSQL: keys |
SELECT C.CONSTRAINT_NAME, C.CONSTRAINT_TYPE, K.COLUMN_NAME FROM information_schema.TABLE_CONSTRAINTS AS C INNER JOIN information_schema.KEY_COLUMN_USAGE AS K ON C.CONSTRAINT_NAME = K.CONSTRAINT_NAME AND K.TABLE_NAME='pairs' AND K.TABLE_SCHEMA='public' WHERE C.CONSTRAINT_TYPE IN ('PRIMARY KEY', 'UNIQUE') ORDER BY K.ORDINAL_POSITION, 1

-- step HeidiSQL: status |
SELECT "QueryId", t FROM (SELECT 1 AS "QueryId", 'x' AS t) q

-- step TablePlus: items |
SELECT table_schema AS schema, table_name AS name, table_type AS type, obj_description((quote_ident(table_schema)||'.'||quote_ident(table_name))::regclass) AS comment FROM information_schema.tables WHERE table_schema IN ('public','crm') ORDER BY 1, 2

-- step TablePlus: structure |
SELECT ordinal_position, column_name, udt_name AS data_type, format_type(a.atttypid, a.atttypmod) AS full_type, numeric_precision, datetime_precision, numeric_scale, character_maximum_length AS data_length, is_nullable, column_name AS check, column_name AS check_constraint, column_default, column_name AS foreign_key, pg_catalog.col_description('public.tags'::regclass::oid, ordinal_position) AS comment FROM information_schema.columns c JOIN pg_attribute a ON a.attrelid = 'public.tags'::regclass AND a.attname = c.column_name WHERE table_name='tags' AND table_schema='public' ORDER BY ordinal_position

-- step TablePlus: indexes |
SELECT ix.relname AS index_name, upper(am.amname) AS index_algorithm, indisunique AS is_unique, pg_get_indexdef(indexrelid) AS index_definition, CASE WHEN position(' WHERE ' in pg_get_indexdef(indexrelid)) > 0 THEN 'x' ELSE '' END AS condition, pg_catalog.obj_description(i.indexrelid, 'pg_class') AS comment FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class ix ON ix.oid = i.indexrelid JOIN pg_namespace n ON t.relnamespace = n.oid JOIN pg_am AS am ON ix.relam = am.oid WHERE t.relname = 'tags' AND n.nspname = 'public'

-- step Beekeeper: tables |
SELECT t.table_schema as schema, t.table_name as name, 'table' as type, pc.relkind as tabletype, parent_pc.relkind as parenttype FROM information_schema.tables AS t JOIN pg_class AS pc ON t.table_name = pc.relname AND quote_ident(t.table_schema) = pc.relnamespace::regnamespace::text LEFT OUTER JOIN pg_inherits AS i ON pc.oid = i.inhrelid LEFT OUTER JOIN pg_class AS parent_pc ON parent_pc.oid = i.inhparent WHERE parent_pc.relkind IS DISTINCT FROM 'p' AND t.table_type NOT LIKE '%VIEW%' AND t.table_schema NOT IN ('pg_catalog','information_schema') ORDER BY t.table_schema, t.table_name

-- step Beekeeper: triggers |
SELECT trigger_name, action_timing as timing, event_manipulation as manipulation, action_statement as action, action_condition as condition FROM information_schema.triggers WHERE event_object_schema = 'public' AND event_object_table = 'tags'

-- step Beekeeper: relations |
SELECT kcu.constraint_name, rel_kcu.table_name AS to_table, rc.update_rule, rc.delete_rule FROM information_schema.table_constraints tco JOIN information_schema.key_column_usage kcu ON tco.constraint_schema = kcu.constraint_schema AND tco.constraint_name = kcu.constraint_name JOIN information_schema.referential_constraints rc ON tco.constraint_schema = rc.constraint_schema AND tco.constraint_name = rc.constraint_name JOIN information_schema.key_column_usage rel_kcu ON rc.unique_constraint_schema = rel_kcu.constraint_schema AND rc.unique_constraint_name = rel_kcu.constraint_name AND kcu.ordinal_position = rel_kcu.ordinal_position WHERE tco.constraint_type = 'FOREIGN KEY' AND tco.table_name = 'tags'

-- step Beekeeper: sizes |
SELECT pg_size_pretty(pg_indexes_size('public.tags')) IS NOT NULL AS i, pg_size_pretty(pg_relation_size('public.tags')) IS NOT NULL AS t, obj_description('public.tags'::regclass) AS description, pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = 'public.tags'::regclass)) AS owner

-- step Adminer: databases |
SELECT datname FROM pg_database WHERE datallowconn = TRUE AND has_database_privilege(datname, 'CONNECT') AND datname = current_database() ORDER BY datname

-- step Adminer: table status |
SELECT c.relname AS "Name", CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS "Engine", pg_table_size(c.oid) IS NOT NULL AS "Data_length", pg_indexes_size(c.oid) IS NOT NULL AS "Index_length", obj_description(c.oid, 'pg_class') AS "Comment", n.nspname, current_schema() AS ns FROM pg_class c JOIN pg_namespace n ON n.nspname = current_schema() AND n.oid = c.relnamespace WHERE relkind IN ('r', 'm', 'v', 'f', 'p') ORDER BY relname

-- step Adminer: fields |
SELECT a.attname AS field, format_type(a.atttypid, a.atttypmod) AS full_type, pg_get_expr(d.adbin, d.adrelid) AS default, a.attnotnull::int, col_description(c.oid, a.attnum) AS comment, a.attidentity, a.attgenerated FROM pg_class c JOIN pg_namespace n ON c.relnamespace = n.oid JOIN pg_attribute a ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON c.oid = d.adrelid AND a.attnum = d.adnum WHERE c.relname = 'tags' AND n.nspname = current_schema() AND NOT a.attisdropped AND a.attnum > 0 ORDER BY a.attnum

-- step Adminer: indexes |
SELECT relname, indisunique::int, indisprimary::int, indkey, indoption, (indpred IS NOT NULL)::int as indispartial FROM pg_index i, pg_class ci WHERE i.indrelid = {{SELECT 'pairs'::regclass::oid}} AND ci.oid = i.indexrelid ORDER BY indisprimary DESC, indisunique DESC, relname

-- step Adminer: edit |
BEGIN; UPDATE "pairs" SET "v" = '改' WHERE "a" = '1' AND "b" = 'x'; SELECT * FROM "pairs" WHERE "a" = '1' AND "b" = 'x' LIMIT 1; ROLLBACK

-- step phpPgAdmin: schemas |
SELECT pn.nspname, pu.rolname AS nspowner, pg_catalog.obj_description(pn.oid, 'pg_namespace') AS nspcomment FROM pg_catalog.pg_namespace pn LEFT JOIN pg_catalog.pg_roles pu ON (pn.nspowner = pu.oid) WHERE nspname NOT LIKE 'pg@_%' ESCAPE '@' AND nspname != 'information_schema' ORDER BY nspname

-- step pgcli: functions | sort
SELECT n.nspname schema_name, p.proname func_name, p.proargnames, COALESCE(proallargtypes::regtype[], proargtypes::regtype[])::text[], p.proargmodes, prorettype::regtype::text return_type, p.prokind = 'a' is_aggregate, p.prokind = 'w' is_window, p.proretset is_set_returning, d.deptype = 'e' is_extension, pg_get_expr(proargdefaults, 0) AS arg_defaults FROM pg_catalog.pg_proc p INNER JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_depend d ON d.objid = p.oid and d.deptype = 'e' WHERE p.prorettype::regtype != 'trigger'::regtype AND proname LIKE 'date%' ORDER BY 1, 2

-- step Azure Data Studio: nodes |
SELECT rel.oid, rel.relname AS name, (SELECT count(*) FROM pg_trigger WHERE tgrelid=rel.oid) AS triggercount, nspname AS schema, nsp.oid AS schemaoid, true AS objectissystem FROM pg_class rel INNER JOIN pg_namespace nsp ON rel.relnamespace= nsp.oid WHERE rel.relkind IN ('r','t','f') AND nsp.nspname = 'crm' ORDER BY nsp.nspname, rel.relname

-- step SchemaSpy: checks |
SELECT conname AS text, pg_get_constraintdef(c.oid) AS d, relname FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid WHERE contype = 'c' AND t.relnamespace = 'public'::regnamespace ORDER BY 1

-- step SchemaCrawler: views |
SELECT NULL AS TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, 'UNKNOWN' AS CHECK_OPTION, IS_UPDATABLE, VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA = 'public' UNION ALL SELECT NULL, SCHEMANAME, MATVIEWNAME, 'UNKNOWN', 'NO', DEFINITION FROM PG_CATALOG.PG_MATVIEWS ORDER BY TABLE_NAME
