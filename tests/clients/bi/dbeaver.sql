-- tool: DBeaver
-- what: whole catalog rows of all its caches, completion, generated DDL, privileges, session and lock managers, data editor with row updates, paging, LOB and array columns
-- startup: extra_float_digits=2 TimeZone=UTC
--
-- DBeaver reads the catalog by pgjdbc and asks for whole rows (t.*), which it reads by
-- column names. OIDs go as int8. The data editor pages by setMaxRows and fetch size.

-- step application name |
SET application_name = 'DBeaver 24.1.0 - Main <tagd>'

-- step extra float digits |
SET extra_float_digits = 3

-- step session user |
SELECT current_database(), current_user, session_user, current_schema()

-- step search path |
SHOW search_path

-- step version number |
SELECT current_setting('server_version_num')::int / 10000 AS v

-- step settings of the driver |
SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('standard_conforming_strings', 'server_encoding', 'TimeZone', 'lc_collate')

-- step databases | hide=oid
-- $ varchar tagd
SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate OR db.datname = $1 ORDER BY db.datname

-- step the own database | hide=oid
-- $ varchar tagd
SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE db.datname = $1

-- step columns of pg_type that it looks for |
SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = 'pg_catalog.pg_type'::regclass AND attname = 'typcategory' LIMIT 1

-- step probe of a column |
SELECT typcategory FROM pg_catalog.pg_type LIMIT 1

-- step encodings |
SELECT c.contoencoding as encid,pg_catalog.pg_encoding_to_char(c.contoencoding) as encname FROM pg_catalog.pg_conversion c GROUP BY c.contoencoding ORDER BY 2

-- step roles |
SELECT a.oid,a.*,pd.description FROM pg_catalog.pg_roles a left join pg_catalog.pg_shdescription pd on a.oid = pd.objoid ORDER BY a.rolname

-- step members of roles |
SELECT * FROM pg_catalog.pg_auth_members am WHERE am.roleid = 3373

-- step settings of roles |
SELECT * FROM pg_catalog.pg_db_role_setting

-- step schemas |
SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass ORDER BY nspname

-- step access methods |
SELECT am.oid,am.* FROM pg_catalog.pg_am am ORDER BY am.oid

-- step handlers by name |
SELECT am.amname, am.amhandler::regproc FROM pg_catalog.pg_am am

-- step languages |
SELECT l.oid,l.* FROM pg_catalog.pg_language l ORDER BY l.oid

-- step tablespaces |
SELECT t.oid,t.*,pg_tablespace_location(t.oid) loc FROM pg_catalog.pg_tablespace t ORDER BY t.oid

-- step foreign data wrappers |
SELECT l.oid,l.*,p.pronamespace as handler_schema_id FROM pg_catalog.pg_foreign_data_wrapper l LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=l.fdwhandler ORDER BY l.fdwname

-- step foreign servers |
SELECT l.oid,l.* FROM pg_catalog.pg_foreign_server l ORDER BY l.srvname

-- step event triggers |
SELECT evt.oid,evt.*,d.description FROM pg_catalog.pg_event_trigger evt LEFT JOIN pg_catalog.pg_description d ON d.objoid=evt.oid

-- step extensions |
SELECT e.oid, cfg.tbls, n.nspname as schema_name, e.* FROM pg_catalog.pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace LEFT JOIN (SELECT ARRAY_AGG(ns.nspname || '.' || cls.relname) tbls, oid_ext FROM (SELECT UNNEST(e1.extconfig) oid, e1.oid oid_ext FROM pg_catalog.pg_extension e1) c JOIN pg_class cls ON cls.oid = c.oid JOIN pg_namespace ns ON ns.oid = cls.relnamespace GROUP BY oid_ext) cfg ON cfg.oid_ext = e.oid ORDER BY e.oid

-- step extensions that could be installed |
SELECT name, default_version, installed_version, comment FROM pg_catalog.pg_available_extensions WHERE name = 'plpgsql' ORDER BY name

-- step collations of a schema |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT c.oid,c.* FROM pg_catalog.pg_collation c WHERE c.collnamespace=$1 ORDER BY c.oid

-- step collations that come with it |
SELECT c.oid,c.* FROM pg_catalog.pg_collation c WHERE c.collnamespace=11 AND c.collprovider <> 'i' ORDER BY c.oid

-- step data types of pg_catalog |
-- $ int8 11
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid
WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') AND t.typnamespace=$1

-- step data types of public |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid
WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') AND t.typnamespace=$1

-- step data types of crm |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'crm'}}
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid
WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') AND t.typnamespace=$1

-- step a data type by OID |
-- $ int8 {{SELECT 'percent'::regtype::oid}}
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_class c ON c.oid=t.typrelid WHERE t.oid=$1

-- step labels of an enum |
-- $ int8 {{SELECT 'grade'::regtype::oid}}
SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid=$1 ORDER BY e.enumsortorder

-- step attributes of a row type |
-- $ int8 {{SELECT 'pairs'::regclass::oid}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid) as def_value,dsc.description FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum

-- step tables of public |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key
FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass
WHERE c.relnamespace=$1 AND c.relkind not in ('i','I','c','S')

-- step tables of crm |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'crm'}}
SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key
FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass
WHERE c.relnamespace=$1 AND c.relkind not in ('i','I','c','S')

-- step tables of pg_catalog |
-- $ int8 11
SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key
FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass
WHERE c.relnamespace=$1 AND c.relkind not in ('i','I','c','S')

-- step one table |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
-- $ varchar tags
SELECT c.oid,c.*,d.description FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass WHERE c.relnamespace=$1 AND c.relkind not in ('i','I','c') AND c.relname=$2

-- step columns of tags |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum

-- step columns of pairs |
-- $ int8 {{SELECT 'pairs'::regclass::oid}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum

-- step columns of crm.orders |
-- $ int8 {{SELECT 'crm.orders'::regclass::oid}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum

-- step columns of women |
-- $ int8 {{SELECT 'women'::regclass::oid}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum

-- step columns of city_counts |
-- $ int8 {{SELECT 'city_counts'::regclass::oid}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum

-- step columns of a schema | sort
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'crm'}}
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.relnamespace=$1 AND c.relkind not in ('i','I','c') ORDER BY a.attnum

-- step constraints of a schema | sort
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description, case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy FROM pg_catalog.pg_constraint c INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass WHERE t.relnamespace=$1 ORDER BY c.oid

-- step constraints of a table | sort
-- $ int8 {{SELECT 'pairs'::regclass::oid}}
SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description FROM pg_catalog.pg_constraint c INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass WHERE c.conrelid=$1 ORDER BY c.oid

-- step references to a table |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT DISTINCT c.oid, c.conname, c.conrelid, n.nspname, t.relname FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = c.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE c.confrelid=$1 AND c.contype = 'f'

-- step indexes of a schema | hide=index_rel_size,index_num_scans
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr,pg_catalog.pg_relation_size(i.indexrelid) as index_rel_size,pg_catalog.pg_stat_get_numscans(i.indexrelid) as index_num_scans FROM pg_catalog.pg_index i INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid WHERE c.relnamespace=$1 ORDER BY tabrelname, c.relname

-- step indexes of a table |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr FROM pg_catalog.pg_index i INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid WHERE i.indrelid=$1 ORDER BY c.relname

-- step definition of an index |
-- $ int8 {{SELECT 'tags_city'::regclass::oid}}
-- $ int4 1
select pg_catalog.pg_get_indexdef($1, $2, true)

-- step whole definition of an index |
-- $ int8 {{SELECT 'tags_city'::regclass::oid}}
select pg_catalog.pg_get_indexdef($1)

-- step triggers of a table |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT x.oid,x.*,p.pronamespace as func_schema_id,d.description,pg_catalog.pg_get_triggerdef(x.oid) as definition FROM pg_catalog.pg_trigger x LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=x.tgfoid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=x.oid AND d.objsubid=0 WHERE x.tgrelid=$1 AND NOT x.tgisinternal

-- step rules of a view |
-- $ int8 {{SELECT 'women'::regclass::oid}}
SELECT r.oid,r.*, pg_get_ruledef(r.oid) AS definition FROM pg_rewrite r WHERE r.ev_class=$1 ORDER BY r.oid

-- step policies of a table |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT * FROM pg_catalog.pg_policy pol WHERE pol.polrelid=$1

-- step policies of a schema |
SELECT pc.oid, pc.relname, p.* FROM pg_policies p JOIN pg_class pc ON pc.relname = p.tablename WHERE p.schemaname = 'public'

-- step children of a table |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT i.*,c.relnamespace FROM pg_catalog.pg_inherits i,pg_catalog.pg_class c WHERE i.inhparent=$1 AND c.oid=i.inhrelid

-- step parents of a table |
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT i.*,c.relnamespace FROM pg_catalog.pg_inherits i,pg_catalog.pg_class c WHERE i.inhrelid=$1 AND c.oid=i.inhparent ORDER BY i.inhseqno

-- step statistics of tables | hide=total_rel_size,rel_size
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT c.oid,pg_catalog.pg_total_relation_size(c.oid) as total_rel_size,pg_catalog.pg_relation_size(c.oid) as rel_size FROM pg_class c WHERE c.relnamespace=$1 AND c.relkind IN ('r','m','v','p')

-- step statistics of an index | hide=s
-- $ int8 {{SELECT 'tags_city'::regclass::oid}}
select pg_catalog.pg_relation_size($1) as s

-- step functions of pg_catalog | sort
-- $ int8 11
SELECT p.oid as poid,p.*,pg_catalog.pg_get_expr(p.proargdefaults, 0) as arg_defaults,d.description FROM pg_catalog.pg_proc p LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid WHERE p.pronamespace=$1 AND p.proname < 'c' ORDER BY p.proname

-- step functions of public |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT p.oid as poid,p.*,CASE p.prokind WHEN 'f' THEN 1 END k,d.description FROM pg_catalog.pg_proc p LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid WHERE p.pronamespace=$1 ORDER BY p.proname

-- step source of a function |
-- $ int8 1254
SELECT pg_get_functiondef($1)

-- step sequences of a schema |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT c.oid,c.*,d.description,s.* FROM pg_catalog.pg_class c JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass WHERE c.relnamespace=$1 AND c.relkind = 'S'

-- step a sequence |
-- $ varchar public
-- $ varchar tickets
SELECT * from pg_catalog.pg_sequences WHERE schemaname=$1 AND sequencename=$2

-- step last value of a sequence |
SELECT last_value, is_called FROM "public"."tickets"

-- step operators of a schema |
-- $ int8 11
SELECT o.oid,o.* FROM pg_catalog.pg_operator o WHERE o.oprnamespace=$1 ORDER BY o.oprname, o.oid

-- step operator classes of a method | sort
-- $ int8 403
SELECT oc.oid,oc.* FROM pg_catalog.pg_opclass oc WHERE oc.opcmethod=$1 ORDER BY oc.oid

-- step operator families of a method | sort
-- $ int8 403
SELECT of.oid,of.* FROM pg_catalog.pg_opfamily of WHERE of.opfmethod=$1 ORDER BY of.oid

-- step aggregates of a schema |
-- $ int8 11
SELECT p.oid,p.*,a.* FROM pg_catalog.pg_aggregate a JOIN pg_catalog.pg_proc p ON p.oid=a.aggfnoid WHERE p.pronamespace=$1 ORDER BY p.proname, p.oid

-- step dependencies of a table | sort
-- $ int8 {{SELECT 'tags'::regclass::oid}}
SELECT DISTINCT dep.deptype, dep.classid, dep.objid, cl.relkind, attr.attname,pg_get_expr(ad.adbin, ad.adrelid) adefval, CASE WHEN cl.relkind IS NOT NULL THEN cl.relkind::text || COALESCE(dep.objsubid::text, '') WHEN tg.oid IS NOT NULL THEN 'T'::text WHEN ty.oid IS NOT NULL THEN 'y'::text WHEN ns.oid IS NOT NULL THEN 'n'::text WHEN pr.oid IS NOT NULL AND prtyp.typname = 'trigger' THEN 't'::text WHEN pr.oid IS NOT NULL THEN 'P'::text WHEN la.oid IS NOT NULL THEN 'l'::text WHEN rw.oid IS NOT NULL THEN 'R'::text WHEN co.oid IS NOT NULL THEN 'C'::text || contype::text WHEN ad.oid IS NOT NULL THEN 'A'::text ELSE '' END AS type, COALESCE(coc.relname, clrw.relname, tgr.relname) AS ownertable, CASE WHEN cl.relname IS NOT NULL AND att.attname IS NOT NULL THEN cl.relname || '.' || att.attname ELSE COALESCE(cl.relname, co.conname, pr.proname, tg.tgname, ty.typname, la.lanname, rw.rulename, ns.nspname) END AS refname, COALESCE(nsc.nspname, nso.nspname, nsp.nspname, nst.nspname, nsrw.nspname, tgrn.nspname) AS nspname FROM pg_depend dep LEFT JOIN pg_class cl ON dep.objid=cl.oid LEFT JOIN pg_attribute att ON dep.objid=att.attrelid AND dep.objsubid=att.attnum LEFT JOIN pg_namespace nsc ON cl.relnamespace=nsc.oid LEFT JOIN pg_proc pr ON dep.objid=pr.oid LEFT JOIN pg_namespace nsp ON pr.pronamespace=nsp.oid LEFT JOIN pg_type prtyp ON prtyp.oid = pr.prorettype LEFT JOIN pg_trigger tg ON dep.objid=tg.oid LEFT JOIN pg_type ty ON dep.objid=ty.oid LEFT JOIN pg_namespace nst ON ty.typnamespace=nst.oid LEFT JOIN pg_constraint co ON dep.objid=co.oid LEFT JOIN pg_class coc ON co.conrelid=coc.oid LEFT JOIN pg_namespace nso ON co.connamespace=nso.oid LEFT JOIN pg_rewrite rw ON dep.objid=rw.oid LEFT JOIN pg_class clrw ON clrw.oid=rw.ev_class LEFT JOIN pg_namespace nsrw ON clrw.relnamespace=nsrw.oid LEFT JOIN pg_class tgr ON tg.tgrelid = tgr.oid LEFT JOIN pg_namespace tgrn ON tgr.relnamespace = tgrn.oid LEFT JOIN pg_language la ON dep.objid=la.oid LEFT JOIN pg_namespace ns ON dep.objid=ns.oid LEFT JOIN pg_attrdef ad ON ad.oid=dep.objid LEFT JOIN pg_attribute attr ON attr.attrelid=ad.adrelid and attr.attnum=ad.adnum WHERE dep.refobjid=$1 AND classid IN ( SELECT oid FROM pg_class WHERE relname IN ('pg_class', 'pg_constraint', 'pg_conversion', 'pg_language', 'pg_proc', 'pg_rewrite', 'pg_namespace', 'pg_trigger', 'pg_type', 'pg_attrdef', 'pg_event_trigger', 'pg_foreign_server', 'pg_foreign_data_wrapper')) ORDER BY type

-- step definition of a view |
-- $ int8 {{SELECT 'women'::regclass::oid}}
SELECT pg_get_viewdef($1, true)

-- step definition of a materialized view |
-- $ int8 {{SELECT 'city_counts'::regclass::oid}}
SELECT pg_get_viewdef($1, true)

-- step definition of a constraint |
-- $ int8 {{SELECT oid FROM pg_constraint WHERE conname = 'pairs_pkey'}}
SELECT pg_catalog.pg_get_constraintdef($1)

-- step privileges of tables of a role |
-- $ varchar tagd
-- $ varchar tagd
SELECT * FROM information_schema.table_privileges WHERE table_catalog=$1 AND grantee=$2 AND table_schema IN ('public', 'crm')

-- step privileges of routines of a role |
-- $ varchar tagd
-- $ varchar tagd
SELECT * FROM information_schema.routine_privileges WHERE specific_catalog=$1 AND grantee=$2 AND routine_name = 'abs'

-- step privileges of columns of a table |
-- $ varchar public
-- $ varchar women
SELECT * FROM information_schema.column_privileges WHERE table_schema=$1 AND table_name=$2

-- step access lists of a schema |
SELECT * FROM (SELECT relnamespace,relacl,relname,relkind FROM pg_catalog.pg_class WHERE relacl IS NOT NULL AND relkind IN ('r','v','m','S','p','f') UNION ALL SELECT pronamespace,proacl,proname,'x' FROM pg_catalog.pg_proc WHERE proacl IS NOT NULL) a WHERE relnamespace = 11

-- step default privileges |
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT * FROM pg_catalog.pg_default_acl d WHERE d.defaclnamespace=$1

-- step keywords |
select string_agg(word, ',') from pg_catalog.pg_get_keywords() where word <> ALL ('{a,abs,absolute,action}'::text[])

-- step completion of names |
-- $ varchar %tag%
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'crm'}}
SELECT x.oid,x.relname,x.relnamespace,x.relkind FROM pg_catalog.pg_class x WHERE x.relkind IN('r','f','v','m','p') AND x.relname ILIKE $1 AND x.relnamespace IN ($2,$3) ORDER BY x.relname LIMIT 100

-- step completion of constraints |
-- $ varchar %pairs%
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'crm'}}
SELECT x.oid,x.conname,x.connamespace FROM pg_catalog.pg_constraint x WHERE x.conname ILIKE $1 AND x.connamespace IN ($2,$3) ORDER BY x.conname LIMIT 100

-- step completion of functions | sort
-- $ varchar array_a%
SELECT DISTINCT x.oid,x.proname,x.pronamespace FROM pg_catalog.pg_proc x WHERE x.proname ILIKE $1 AND x.pronamespace = 11 ORDER BY x.proname LIMIT 50

-- step search in columns | sort
-- $ varchar %city%
-- $ int8 {{SELECT oid FROM pg_namespace WHERE nspname = 'public'}}
SELECT x.attname,x.attrelid,x.atttypid,c.relnamespace FROM pg_catalog.pg_attribute x, pg_catalog.pg_class c WHERE c.oid=x.attrelid AND x.attname ILIKE $1 AND c.relnamespace IN ($2) AND c.relkind <> 'i' ORDER BY x.attname LIMIT 50

-- step session manager | hide=pid
SELECT sa.pid, sa.usename, sa.datname, sa.client_addr IS NOT NULL AS addr, sa.state, sa.query, sa.backend_type FROM pg_catalog.pg_stat_activity sa WHERE sa.pid = pg_backend_pid()

-- step session manager, columns |
SELECT sa.* FROM pg_catalog.pg_stat_activity sa WHERE false

-- step blocked sessions |
SELECT sa.* FROM pg_catalog.pg_stat_activity sa WHERE cardinality(pg_blocking_pids(sa.pid)) > 0

-- step lock manager |
with locks as ( SELECT pid, locktype, mode, granted, transactionid tid, relation, page, tuple FROM pg_locks ),
conflict as (SELECT mode1, mode2 FROM (VALUES ('AccessShareLock', 'AccessExclusiveLock'), ('RowShareLock', 'ExclusiveLock'), ('RowExclusiveLock', 'ShareLock'), ('ExclusiveLock', 'ExclusiveLock')) as t(mode1, mode2)),
real_locks as (SELECT la.pid as blocked_pid, blocked_activity.usename as blocked_user, la.mode as blocked_mode, blocking_locks.pid as blocking_pid, blocking_activity.usename as blocking_user, blocking_locks.mode as blocking_mode, blocked_activity.query as blocked_statement, blocking_activity.query as statement_in
FROM locks la JOIN pg_stat_activity blocked_activity ON blocked_activity.pid = la.pid JOIN locks blocking_locks ON blocking_locks.relation = la.relation AND blocking_locks.pid <> la.pid AND la.granted <> blocking_locks.granted JOIN conflict ON conflict.mode1 = la.mode AND conflict.mode2 = blocking_locks.mode JOIN pg_stat_activity blocking_activity ON blocking_activity.pid = blocking_locks.pid)
select * from real_locks

-- step data of a table | fetch=200
SELECT * FROM public.tags

-- step data of a table in part |
SELECT * FROM crm.orders ORDER BY order_id LIMIT 200 OFFSET 400

-- step data with a filter and an order |
SELECT * FROM public.tags x WHERE city LIKE '北%' AND age > 20 ORDER BY x.name DESC LIMIT 200

-- step row count |
SELECT count(*) FROM public.tags

-- step row count of a query |
SELECT COUNT(*) FROM ( SELECT city, gender FROM tags GROUP BY 1, 2 ) dbvrcnt

-- step unique key of a table without one |
SELECT ctid, t.* FROM crm.orders t ORDER BY order_id LIMIT 3

-- step grouping panel |
SELECT city, COUNT(*) FROM public.tags GROUP BY city ORDER BY 2 DESC, 1 LIMIT 200

-- step values of a column |
SELECT DISTINCT city FROM public.tags ORDER BY 1 LIMIT 200

-- step values of a column by count |
-- $ varchar %州%
SELECT "city", count(*) FROM public.tags WHERE LOWER("city") LIKE LOWER($1) GROUP BY "city" ORDER BY "city" LIMIT 200

-- step begin | simple
BEGIN

-- step update of a row |
-- $ varchar 新
-- $ int4 1
-- $ varchar x
UPDATE public.pairs SET v=$1 WHERE a=$2 AND b=$3

-- step insert of a row |
-- $ int4 7
-- $ varchar x
-- $ varchar \N
INSERT INTO public.pairs (a,b,v) VALUES ($1,$2,$3) RETURNING *

-- step update of an enum and an array |
-- $ varchar 老客
-- $ _text {读书,"a b"}
-- $ varchar {"k": 9}
-- $ int8 1
UPDATE public.tags SET grade=$1::public.grade, hobby=$2, extra=$3::jsonb WHERE id=$4

-- step the row again |
-- $ int8 1
SELECT * FROM public.tags WHERE id=$1

-- step delete of a row |
-- $ int4 7
-- $ varchar x
DELETE FROM public.pairs WHERE a=$1 AND b=$2

-- step duplicate key | error
-- $ int4 1
-- $ varchar y
INSERT INTO public.pairs (a,b) VALUES ($1,$2)

-- step rollback | simple
ROLLBACK

-- step explain of what is not there | error
EXPLAIN (FORMAT XML, ANALYSE) SELECT * FROM nowhere

-- step read-only connection |
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY

-- step write on it | error
DELETE FROM public.pairs

-- step read-write again |
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE

-- step schema of the session |
SET search_path = crm,"$user",public

-- step schema of the session, shown |
SELECT current_schema(), current_setting('search_path')

-- step keep alive |
SELECT 1
