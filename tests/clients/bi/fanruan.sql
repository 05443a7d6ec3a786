-- tool: FineBI and FineReport
-- what: connection test, metadata by pgjdbc, previews, counts, paging, Chinese aliases, dashboards' aggregates, dates, extraction in parts
-- startup: TimeZone=Asia/Shanghai extra_float_digits=2
--
-- FineBI, FineReport and other products of Fanruan read through pgjdbc: metadata by
-- DatabaseMetaData, data sets as subqueries with aliases in Chinese, previews by
-- setMaxRows, extraction with autocommit off and a fetch size.

-- step a foreign key to find | simple
CREATE TABLE IF NOT EXISTS crm.shops (shop_id integer PRIMARY KEY, name text); CREATE TABLE IF NOT EXISTS crm.visits (visit_id bigint PRIMARY KEY, shop_id integer NOT NULL REFERENCES crm.shops ON DELETE CASCADE, user_id bigint REFERENCES tags (id))

-- step connection test |
select 1

-- step time zone |
show timezone

-- step schemas |
SELECT nspname AS TABLE_SCHEM, NULL AS TABLE_CATALOG FROM pg_catalog.pg_namespace WHERE nspname <> 'pg_toast' AND (nspname !~ '^pg_temp_' OR nspname = (pg_catalog.current_schemas(true))[1]) AND (nspname !~ '^pg_toast_temp_' OR nspname = replace((pg_catalog.current_schemas(true))[1], 'pg_temp_', 'pg_toast_temp_')) ORDER BY TABLE_SCHEM

-- step tables |
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME, CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema' WHEN true THEN CASE WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TABLE' WHEN 'v' THEN 'SYSTEM VIEW' WHEN 'i' THEN 'SYSTEM INDEX' ELSE NULL END WHEN n.nspname = 'pg_toast' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TOAST TABLE' WHEN 'i' THEN 'SYSTEM TOAST INDEX' ELSE NULL END ELSE CASE c.relkind WHEN 'r' THEN 'TEMPORARY TABLE' WHEN 'p' THEN 'TEMPORARY TABLE' WHEN 'i' THEN 'TEMPORARY INDEX' WHEN 'S' THEN 'TEMPORARY SEQUENCE' WHEN 'v' THEN 'TEMPORARY VIEW' ELSE NULL END END WHEN false THEN CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'i' THEN 'INDEX' WHEN 'P' then 'PARTITIONED INDEX' WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END ELSE NULL END AS TABLE_TYPE, d.description AS REMARKS, '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION
FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0 and d.classoid = 'pg_class'::regclass)
WHERE c.relnamespace = n.oid AND n.nspname LIKE 'public' AND c.relname LIKE '%' AND (false OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ) OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) OR ( c.relkind = 'm' ))
ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME

-- step tables of a schema |
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME, CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema' WHEN true THEN CASE WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TABLE' WHEN 'v' THEN 'SYSTEM VIEW' WHEN 'i' THEN 'SYSTEM INDEX' ELSE NULL END WHEN n.nspname = 'pg_toast' THEN CASE c.relkind WHEN 'r' THEN 'SYSTEM TOAST TABLE' WHEN 'i' THEN 'SYSTEM TOAST INDEX' ELSE NULL END ELSE CASE c.relkind WHEN 'r' THEN 'TEMPORARY TABLE' WHEN 'p' THEN 'TEMPORARY TABLE' WHEN 'i' THEN 'TEMPORARY INDEX' WHEN 'S' THEN 'TEMPORARY SEQUENCE' WHEN 'v' THEN 'TEMPORARY VIEW' ELSE NULL END END WHEN false THEN CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'i' THEN 'INDEX' WHEN 'P' then 'PARTITIONED INDEX' WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END ELSE NULL END AS TABLE_TYPE, d.description AS REMARKS, '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION
FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0 and d.classoid = 'pg_class'::regclass)
WHERE c.relnamespace = n.oid AND n.nspname LIKE 'crm' AND c.relname LIKE '%' AND (false OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ) OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) OR ( c.relkind = 'm' ))
ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME

-- step columns of tags |
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype
FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid) JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid) JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid) LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum) LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class') LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')
WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped AND n.nspname LIKE 'public' AND c.relname LIKE 'tags') c WHERE true ORDER BY nspname,c.relname,attnum

-- step columns of women |
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype
FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid) JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid) JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid) LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum) LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class') LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')
WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped AND n.nspname LIKE 'public' AND c.relname LIKE 'women') c WHERE true ORDER BY nspname,c.relname,attnum

-- step columns of pairs |
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype
FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid) JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid) JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid) LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum) LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class') LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')
WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped AND n.nspname LIKE 'public' AND c.relname LIKE 'pairs') c WHERE true ORDER BY nspname,c.relname,attnum

-- step primary key |
SELECT result.TABLE_CAT, result.TABLE_SCHEM, result.TABLE_NAME, result.COLUMN_NAME, result.KEY_SEQ, result.PK_NAME FROM (SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, a.attname AS COLUMN_NAME, (information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ, ci.relname AS PK_NAME, information_schema._pg_expandarray(i.indkey) AS KEYS, a.attnum AS A_ATTNUM FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid) JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON ( a.attrelid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) WHERE true AND n.nspname = 'public' AND ct.relname = 'pairs' AND i.indisprimary ) result where result.A_ATTNUM = (result.KEYS).x ORDER BY result.table_name, result.pk_name, result.key_seq

-- step indexes | sort
SELECT tmp.TABLE_CAT, tmp.TABLE_SCHEM, tmp.TABLE_NAME, tmp.NON_UNIQUE, tmp.INDEX_QUALIFIER, tmp.INDEX_NAME, tmp.TYPE, tmp.ORDINAL_POSITION, trim(both '"' from pg_catalog.pg_get_indexdef(tmp.CI_OID, tmp.ORDINAL_POSITION, false)) AS COLUMN_NAME, CASE tmp.AM_NAME WHEN 'btree' THEN CASE tmp.I_INDOPTION[tmp.ORDINAL_POSITION - 1] & 1::smallint WHEN 1 THEN 'D' ELSE 'A' END ELSE NULL END AS ASC_OR_DESC, tmp.FILTER_CONDITION
FROM (SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, NOT i.indisunique AS NON_UNIQUE, NULL AS INDEX_QUALIFIER, ci.relname AS INDEX_NAME, CASE i.indisclustered WHEN true THEN 1 ELSE CASE am.amname WHEN 'hash' THEN 2 ELSE 3 END END AS TYPE, (information_schema._pg_expandarray(i.indkey)).n AS ORDINAL_POSITION, ci.reltuples AS CARDINALITY, ci.relpages AS PAGES, pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS FILTER_CONDITION, ci.oid AS CI_OID, i.indoption AS I_INDOPTION, am.amname AS AM_NAME FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (ct.oid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) WHERE true AND n.nspname = 'public' AND ct.relname = 'tags') AS tmp
ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, ORDINAL_POSITION

-- step foreign keys |
SELECT NULL::text AS PKTABLE_CAT, pkn.nspname AS PKTABLE_SCHEM, pkc.relname AS PKTABLE_NAME, pka.attname AS PKCOLUMN_NAME, NULL::text AS FKTABLE_CAT, fkn.nspname AS FKTABLE_SCHEM, fkc.relname AS FKTABLE_NAME, fka.attname AS FKCOLUMN_NAME, pos.n AS KEY_SEQ, CASE con.confupdtype WHEN 'c' THEN 0 WHEN 'n' THEN 2 WHEN 'd' THEN 4 WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'a' THEN 3 ELSE NULL END AS UPDATE_RULE, CASE con.confdeltype WHEN 'c' THEN 0 WHEN 'n' THEN 2 WHEN 'd' THEN 4 WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'a' THEN 3 ELSE NULL END AS DELETE_RULE, con.conname AS FK_NAME, pkic.relname AS PK_NAME, CASE WHEN con.condeferrable AND con.condeferred THEN 5 WHEN con.condeferrable THEN 6 ELSE 7 END AS DEFERRABILITY
FROM pg_catalog.pg_namespace pkn, pg_catalog.pg_class pkc, pg_catalog.pg_attribute pka, pg_catalog.pg_namespace fkn, pg_catalog.pg_class fkc, pg_catalog.pg_attribute fka, pg_catalog.pg_constraint con, pg_catalog.generate_series(1, 32) pos(n), pg_catalog.pg_class pkic
WHERE pkn.oid = pkc.relnamespace AND pkc.oid = pka.attrelid AND pka.attnum = con.confkey[pos.n] AND con.confrelid = pkc.oid AND fkn.oid = fkc.relnamespace AND fkc.oid = fka.attrelid AND fka.attnum = con.conkey[pos.n] AND con.conrelid = fkc.oid AND con.contype = 'f' AND (pkic.relkind = 'i' OR pkic.relkind = 'I') AND pkic.oid = con.conindid AND fkn.nspname = 'crm' AND fkc.relname = 'visits'
ORDER BY pkn.nspname,pkc.relname, con.conname,pos.n

-- step comments of tables |
select relname as tabname, cast(obj_description(relfilenode, 'pg_class') as varchar) as comment from pg_class c where relkind in ('r','v') and relname not like 'pg_%' and relname not like 'sql_%' and relnamespace <> 13 and false

-- step comments of columns |
select a.attname as 字段名, format_type(a.atttypid,a.atttypmod) as 类型, a.attnotnull as 非空, col_description(a.attrelid,a.attnum) as 注释 from pg_class as c, pg_attribute as a where c.relname = 'tags' and a.attrelid = c.oid and a.attnum>0

-- step structure of a data set |
SELECT * FROM (SELECT id, name AS 姓名, city AS 城市, spent AS 消费, birthday AS 生日, joined AS 加入时间, vip FROM tags) fine_alias WHERE 1 = 2

-- step preview |
SELECT * FROM public.tags ORDER BY id LIMIT 100

-- step preview by rows | fetch=100
SELECT id, name, hobby, extra, grade, raw FROM public.tags ORDER BY id

-- step count of a data set |
SELECT COUNT(*) FROM (select id, city from tags where age > 30) t

-- step count with an alias |
select count(*) as fine_row_count from (select * from crm.orders) fine_alias_1

-- step page |
select * from (select order_id, amount, channel from crm.orders) t order by order_id limit 20 offset 40

-- step page by row_number |
select * from (select t.*, row_number() over (order by order_id) as rn_ from crm.orders t) x where rn_ between 41 and 60 order by rn_

-- step dashboard by city |
SELECT "T_1"."city" AS "城市", SUM("T_1"."spent") AS "消费金额", COUNT("T_1"."id") AS "人数", AVG("T_1"."age") AS "平均年龄" FROM "public"."tags" AS "T_1" GROUP BY "T_1"."city" ORDER BY "城市" NULLS FIRST

-- step dashboard with a distinct count |
SELECT "T_1"."channel" AS "渠道", COUNT(DISTINCT "T_1"."user_id") AS "去重用户数", SUM("T_1"."amount") AS "总额" FROM "crm"."orders" AS "T_1" GROUP BY "T_1"."channel" ORDER BY "总额" DESC

-- step dashboard by year and month |
SELECT EXTRACT(YEAR FROM "at") AS "年", EXTRACT(MONTH FROM "at") AS "月", SUM("amount") AS "金额" FROM "crm"."orders" GROUP BY 1, 2 ORDER BY 1, 2

-- step dates by format |
SELECT to_char(at, 'YYYY-MM-DD') AS 日期, to_char(at, 'YYYY"年"MM"月"') AS 年月, to_char(at, 'IYYY-IW') AS 周, count(*) FROM crm.orders GROUP BY 1, 2, 3 ORDER BY 1

-- step dates truncated |
SELECT date_trunc('week', at) AS 周, date_trunc('quarter', at) AS 季, date_part('dow', at) AS 星期, count(*) FROM crm.orders GROUP BY 1, 2, 3 ORDER BY 1, 3

-- step ages |
SELECT id, age(timestamp '2024-06-01', birthday) AS 年龄, extract(year from age(timestamp '2024-06-01', birthday)) AS 岁, date '2024-06-01' - birthday AS 天 FROM tags ORDER BY id LIMIT 30

-- step filter by time |
SELECT count(*) FROM crm.orders WHERE at >= to_timestamp('2024-03-05 00:00:00', 'YYYY-MM-DD HH24:MI:SS') AND at < to_date('2024-03-08', 'YYYY-MM-DD') + interval '1 day'

-- step filter with parameters |
-- $ varchar 门店
-- $ timestamp 2024-03-01 00:00:00
-- $ timestamp 2024-03-31 23:59:59
SELECT count(*) FROM crm.orders WHERE channel = $1 AND at BETWEEN $2 AND $3

-- step filter by empty parameter |
SELECT count(*) FROM tags WHERE ('' = '' OR city = '') AND gender IN ('男','女')

-- step year on year |
SELECT "m", "s", LAG("s", 1) OVER (ORDER BY "m") AS "上期", CASE WHEN LAG("s", 1) OVER (ORDER BY "m") = 0 THEN NULL ELSE ("s" - LAG("s", 1) OVER (ORDER BY "m")) / LAG("s", 1) OVER (ORDER BY "m") END AS "环比" FROM (SELECT date_trunc('day', at) AS "m", SUM(amount) AS "s" FROM crm.orders GROUP BY 1) t ORDER BY "m"

-- step groups of values |
SELECT CASE WHEN age < 25 THEN '25岁以下' WHEN age BETWEEN 25 AND 34 THEN '25-34岁' WHEN age BETWEEN 35 AND 44 THEN '35-44岁' ELSE '45岁以上' END AS "年龄段", count(*) AS "人数", round(count(*) * 100.0 / sum(count(*)) OVER (), 2) AS "占比" FROM tags GROUP BY 1 ORDER BY 1

-- step crosstab |
SELECT city AS 城市, sum(CASE gender WHEN '男' THEN 1 ELSE 0 END) AS 男, sum(CASE gender WHEN '女' THEN 1 ELSE 0 END) AS 女, count(*) - count(gender) AS 未知 FROM tags GROUP BY city ORDER BY city

-- step running total |
SELECT d, sum(n) OVER (ORDER BY d) AS 累计 FROM (SELECT at::date AS d, count(*) AS n FROM crm.orders GROUP BY 1) t ORDER BY d

-- step rank |
SELECT * FROM (SELECT city, name, spent, rank() OVER (PARTITION BY city ORDER BY spent DESC) AS 排名 FROM tags) t WHERE 排名 <= 3 ORDER BY city, 排名, name

-- step join of two tables |
SELECT "T_A"."city" AS "城市", SUM("T_B"."amount") AS "订单金额" FROM "public"."tags" AS "T_A" LEFT JOIN "crm"."orders" AS "T_B" ON "T_A"."id" = "T_B"."user_id" GROUP BY "T_A"."city" ORDER BY 1

-- step union of two data sets |
SELECT '订单' AS 来源, count(*) FROM crm.orders UNION ALL SELECT '用户', count(*) FROM tags ORDER BY 1

-- step begin of an extraction | simple
BEGIN

-- step extraction | fetch=256
SELECT "id", "name", "city", "spent", "joined" FROM "public"."tags" WHERE "id" > 4000 ORDER BY "id"

-- step end of the extraction | simple
COMMIT

-- step text functions |
SELECT concat(name, '-', city) AS c, concat_ws('|', name, gender, city) AS w, length(name) AS l, octet_length(name) AS o, lpad(age::text, 5, '0') AS p, substr(name, 1, 2) AS s, position('户' in name) AS q, upper(note) AS u, trim(note) AS t, replace(name, '用户', '客户') AS r, initcap('ab cd') AS i, reverse(name) AS v, md5(name) AS m FROM tags ORDER BY id LIMIT 15

-- step string_agg |
SELECT gender, string_agg(DISTINCT city, '、' ORDER BY city) AS 城市 FROM tags GROUP BY gender ORDER BY gender

-- step error in the column | error
SELECT 不存在 FROM tags

-- step stored report with a semicolon |
SELECT count(*) AS 总数 FROM tags;
