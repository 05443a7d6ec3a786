-- tool: Grafana
-- what: data source check, schemas, tables and columns of the query builder, the macros expanded, variables, annotations, alert rules
-- protocol: simple
--
-- Grafana's backend sends the text of a panel with its macros expanded, through a pool
-- of pgx or lib/pq connections; the query builder asks the same way.

-- step health check | extended
SELECT 1

-- step version | extended
SELECT current_setting('server_version_num')::int/100 as version

-- step TimescaleDB | extended
SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'

-- step schemas
SELECT schema_name AS "name" FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'pg_catalog', 'pg_toast', '_timescaledb_cache', '_timescaledb_catalog', '_timescaledb_internal', '_timescaledb_config', 'timescaledb_information', 'timescaledb_experimental')
ORDER BY schema_name

-- step tables of a schema
SELECT quote_ident(table_name) AS "table" FROM information_schema.tables WHERE quote_ident(table_schema) = 'crm' ORDER BY 1

-- step tables, those of the search path first
SELECT
  CASE WHEN quote_ident(table_schema) IN (
      SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
      FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i,
        string_to_array(current_setting('search_path'),',') s)
    THEN quote_ident(table_name)
    ELSE quote_ident(table_schema) || '.' || quote_ident(table_name)
  END AS "table"
FROM information_schema.tables
WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog', '_timescaledb_cache', '_timescaledb_catalog')
ORDER BY CASE WHEN quote_ident(table_schema) IN (
      SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
      FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i,
        string_to_array(current_setting('search_path'),',') s) THEN 0 ELSE 1 END, 1

-- step columns of a table
SELECT quote_ident(column_name) AS "column", data_type AS "type"
FROM information_schema.columns
WHERE CASE WHEN array_length(parse_ident('tags'),1) = 2
    THEN quote_ident(table_schema) = (parse_ident('tags'))[1] AND quote_ident(table_name) = (parse_ident('tags'))[2]
    ELSE quote_ident(table_name) = 'tags' AND quote_ident(table_schema) IN (
      SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
      FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i,
        string_to_array(current_setting('search_path'),',') s)
  END

-- step columns of a table with its schema
SELECT quote_ident(column_name) AS "column", data_type AS "type"
FROM information_schema.columns
WHERE CASE WHEN array_length(parse_ident('crm.orders'),1) = 2
    THEN quote_ident(table_schema) = (parse_ident('crm.orders'))[1] AND quote_ident(table_name) = (parse_ident('crm.orders'))[2]
    ELSE quote_ident(table_name) = 'crm.orders' END

-- step time columns, the older editor
SELECT quote_ident(column_name) FROM information_schema.columns WHERE quote_ident(table_schema) = 'crm' AND quote_ident(table_name) = 'orders' AND data_type IN ('timestamp without time zone','timestamp with time zone','bigint','integer','double precision','real')

-- step value columns, the older editor
SELECT quote_ident(column_name) FROM information_schema.columns WHERE quote_ident(table_schema) = 'crm' AND quote_ident(table_name) = 'orders' AND data_type IN ('bigint','integer','double precision','real','numeric') AND column_name <> 'at'

-- step group columns, the older editor
SELECT quote_ident(column_name) FROM information_schema.columns WHERE quote_ident(table_name) = 'tags' AND data_type IN ('text','character','character varying','uuid')

-- step most likely table, the older editor
SELECT quote_ident(table_name) as table_name,
  (SELECT quote_ident(column_name) as column_name FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND udt_name IN ('timestamptz','timestamp') ORDER BY ordinal_position LIMIT 1) AS time_column,
  (SELECT quote_ident(column_name) AS column_name FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND udt_name = 'float8' ORDER BY ordinal_position LIMIT 1) AS value_column
FROM information_schema.tables t
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND udt_name IN ('timestamptz','timestamp')) AND EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND udt_name = 'float8')
LIMIT 1

-- step data type of a column
SELECT udt_name, data_type FROM information_schema.columns WHERE quote_ident(table_name) = 'tags' AND quote_ident(column_name) = 'seen'

-- step aggregates
SELECT DISTINCT proname FROM pg_aggregate INNER JOIN pg_proc ON pg_aggregate.aggfnoid = pg_proc.oid INNER JOIN pg_type ON pg_type.oid=pg_proc.prorettype WHERE pronargs=1 AND typname IN ('float8') AND aggkind='n' ORDER BY 1

-- step time series
SELECT at AS "time", amount, channel AS metric FROM crm.orders WHERE at BETWEEN '2024-03-01T00:00:00Z' AND '2024-03-01T06:00:00.123Z' ORDER BY 1

-- step time group
SELECT floor(extract(epoch from at)/300)*300 AS "time", avg(amount) AS "value" FROM crm.orders WHERE at BETWEEN '2024-03-01T00:00:00Z' AND '2024-03-02T00:00:00Z' GROUP BY 1 ORDER BY 1

-- step time group with a metric
SELECT floor(extract(epoch from at)/86400)*86400 AS "time", channel AS metric, sum(amount) AS "金额", count(*) AS "订单数" FROM crm.orders WHERE at BETWEEN '2024-03-01T00:00:00Z' AND '2024-03-31T23:59:59.999Z' GROUP BY time, metric ORDER BY time, metric

-- step time group of a timestamp
SELECT floor(extract(epoch from joined)/3600)*3600 AS "time", count(*) FROM tags WHERE joined BETWEEN '2020-01-01T00:00:00Z' AND '2020-01-02T00:00:00Z' GROUP BY 1 ORDER BY 1

-- step time epoch
SELECT extract(epoch from seen) as "time", spent FROM tags WHERE seen BETWEEN '2024-01-01T00:00:00Z' AND '2024-01-01T00:01:00Z' ORDER BY 1

-- step time from and to
SELECT '2024-03-01T00:00:00Z' AS a, count(*) FROM crm.orders WHERE at >= '2024-03-01T00:00:00Z' AND at < '2024-03-08T00:00:00Z'

-- step unix epoch filter
SELECT order_id, amount FROM crm.orders WHERE extract(epoch from at) >= 1709251200 AND extract(epoch from at) <= 1709262000 ORDER BY 1

-- step unix epoch nano filter
SELECT count(*) FROM (SELECT (extract(epoch from at) * 1000000000)::bigint AS ns FROM crm.orders) o WHERE ns >= 1709251200000000000 AND ns <= 1709337600000000000

-- step unix epoch group
SELECT floor((e)/3600)*3600 AS "time", count(*) FROM (SELECT extract(epoch from at)::bigint AS e FROM crm.orders) o WHERE e >= 1709251200 AND e <= 1709337600 GROUP BY 1 ORDER BY 1

-- step rate window function
SELECT floor(extract(epoch from at)/86400)*86400 AS "time", sum(amount) - lag(sum(amount)) OVER (ORDER BY floor(extract(epoch from at)/86400)*86400) AS d, (CASE WHEN count(*) >= lag(count(*)) OVER (ORDER BY floor(extract(epoch from at)/86400)*86400) THEN count(*) - lag(count(*)) OVER (ORDER BY floor(extract(epoch from at)/86400)*86400) WHEN lag(count(*)) OVER (ORDER BY floor(extract(epoch from at)/86400)*86400) IS NULL THEN NULL ELSE count(*) END) AS inc FROM crm.orders GROUP BY 1 ORDER BY 1

-- step moving average
SELECT floor(extract(epoch from at)/86400)*86400 AS "time", avg(sum(amount)) OVER (ORDER BY floor(extract(epoch from at)/86400)*86400 ROWS 4 PRECEDING) FROM crm.orders GROUP BY 1 ORDER BY 1

-- step percentile aggregate
SELECT floor(extract(epoch from at)/86400)*86400 AS "time", percentile_cont(0.95) WITHIN GROUP (ORDER BY amount) AS p95, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS p50 FROM crm.orders GROUP BY 1 ORDER BY 1

-- step first and last value
SELECT DISTINCT channel, first_value(amount) OVER w AS first, last_value(amount) OVER w AS last FROM crm.orders WINDOW w AS (PARTITION BY channel ORDER BY at, order_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY 1

-- step variable query
SELECT DISTINCT city FROM tags WHERE city IS NOT NULL ORDER BY city

-- step variable with text and value
SELECT city AS __text, count(*) AS __value FROM tags GROUP BY city ORDER BY 2 DESC, 1

-- step variable of several values
SELECT city, count(*) FROM tags WHERE city IN ('北京','上海') AND ('All' = 'All' OR gender IN ('男')) GROUP BY city ORDER BY city

-- step variable by regular expression
SELECT name FROM tags WHERE name ~* '^用户1[0-9]$' ORDER BY id

-- step annotations
SELECT extract(epoch from at) AS time, extract(epoch from at + interval '1 hour') AS timeend, 'order ' || order_id AS text, channel || ',大额' AS tags FROM crm.orders WHERE at BETWEEN '2024-03-01T00:00:00Z' AND '2024-03-10T00:00:00Z' AND amount > 499 ORDER BY 1

-- step table panel
SELECT id, name, gender, city, age, spent, vip, birthday, joined, seen, hobby, extra, grade FROM tags ORDER BY id LIMIT 50

-- step query builder
SELECT SUM(spent) AS "s", COUNT(id), city FROM tags WHERE (vip = true AND age > 30) GROUP BY city ORDER BY SUM(spent) DESC LIMIT 50

-- step filter by JSON and array
SELECT count(*) FILTER (WHERE extra->>'k' = '3') AS k3, count(*) FILTER (WHERE hobby @> ARRAY['跑步']) AS run, count(*) FILTER (WHERE 'a,b' = ANY(hobby)) AS ab FROM tags

-- step alert rule
SELECT floor(extract(epoch from at)/60)*60 AS "time", count(*)::float8 AS value FROM crm.orders WHERE at BETWEEN '2024-03-10T00:00:00Z' AND '2024-03-10T01:00:00Z' GROUP BY 1 HAVING count(*) > 0 ORDER BY 1

-- step heatmap buckets
SELECT width_bucket(age, 18, 78, 6) AS b, count(*), min(age), max(age) FROM tags GROUP BY 1 ORDER BY 1

-- step time zones
SELECT date_trunc('day', at AT TIME ZONE 'Asia/Shanghai') AS "time", count(*) FROM crm.orders GROUP BY 1 ORDER BY 1

-- step date_bin
SELECT date_bin('6 hours', at, TIMESTAMPTZ '2024-03-01') AS "time", count(*) FROM crm.orders GROUP BY 1 ORDER BY 1

-- step gap filling by generate_series
SELECT t AS "time", coalesce(n, 0) AS n FROM generate_series('2024-03-14T00:00:00Z'::timestamptz, '2024-03-18T00:00:00Z'::timestamptz, '12 hours') t LEFT JOIN (SELECT date_bin('12 hours', at, TIMESTAMPTZ '2024-03-14') b, count(*) n FROM crm.orders GROUP BY 1) o ON o.b = t ORDER BY 1

-- step two queries in one text
SELECT 1 AS a; SELECT 2 AS b

-- step error of a panel | error
SELECT $__timeGroup(at, '5m') FROM crm.orders

-- step type error of a panel | error
SELECT at + 1 FROM crm.orders
