-- tool: pgbouncer, pgpool, HikariCP and c3p0
-- what: server checks, resets between clients, probes of the primary, relation caches, validation queries
-- protocol: simple
--
-- Pools and proxies check servers, reset sessions between clients, and pgpool asks the
-- catalog about each table that it routes.

-- step check |
select 1

-- step empty check |
;

-- step check with a comment |
-- ping

-- step settings that a client changed |
SET client_encoding='UTF8';SET datestyle='ISO, MDY';SET timezone='Asia/Shanghai';SET standard_conforming_strings='on';SET application_name='app'

-- step state of a session |
CREATE TEMP TABLE left_over (a int); PREPARE p AS SELECT 1; DECLARE c CURSOR WITH HOLD FOR SELECT 1; LISTEN ch; SET extra_float_digits=0; SELECT pg_advisory_lock(7)

-- step reset |
DISCARD ALL

-- step what is left |
SELECT (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors), to_regclass('left_over'), current_setting('extra_float_digits'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), (SELECT count(*) FROM pg_listening_channels())

-- step reset in a transaction | error
BEGIN; DISCARD ALL

-- step end |
ROLLBACK

-- step resets one by one |
ABORT; RESET ALL; SET SESSION AUTHORIZATION DEFAULT; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()

-- step pgpool: recovery |
SELECT pg_is_in_recovery()

-- step pgpool: position |
SELECT pg_current_wal_lsn() IS NOT NULL AS p

-- step pgpool: system relation |
SELECT count(*) FROM pg_catalog.pg_class AS c, pg_catalog.pg_namespace AS n WHERE c.oid = pg_catalog.to_regclass('"pg_class"') AND c.relnamespace = n.oid AND n.nspname ~ '^pg_catalog$'

-- step pgpool: temporary relation |
SELECT count(*) FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"tags"') AND c.relpersistence = 't'

-- step pgpool: unlogged relation |
SELECT count(*) FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"tags"') AND c.relpersistence = 'u'

-- step pgpool: view |
SELECT count(*) FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('"women"') AND (c.relkind = 'v' OR c.relkind = 'm')

-- step pgpool: volatility |
SELECT count(*) FROM pg_catalog.pg_proc AS p, pg_catalog.pg_namespace AS n WHERE p.proname = 'nextval' AND n.oid = p.pronamespace AND n.nspname ~ '.*' AND p.provolatile = 'v'

-- step pgpool: default now |
SELECT attname, d.adsrc, coalesce((d.adsrc LIKE '%now()%' OR d.adsrc LIKE '%CURRENT_TIMESTAMP%'), false) FROM pg_catalog.pg_class c, pg_catalog.pg_attribute a LEFT JOIN (SELECT adrelid, adnum, pg_get_expr(adbin, adrelid) AS adsrc FROM pg_catalog.pg_attrdef) d ON (a.attrelid = d.adrelid AND a.attnum = d.adnum) WHERE c.oid = a.attrelid AND a.attnum >= 1 AND a.attisdropped = 'f' AND c.oid = pg_catalog.to_regclass('"tags"') ORDER BY a.attnum

-- step HikariCP: network timeout |
SET statement_timeout = 5000; SHOW statement_timeout; RESET statement_timeout

-- step HikariCP: isolation |
SHOW TRANSACTION ISOLATION LEVEL

-- step HikariCP: read only |
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SHOW default_transaction_read_only; SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE

-- step c3p0: table of its test |
SELECT a.attname FROM pg_attribute a WHERE false

-- step parameters that are reported |
SELECT name, setting FROM pg_settings WHERE name IN ('client_encoding','DateStyle','integer_datetimes','IntervalStyle','is_superuser','server_encoding','standard_conforming_strings') ORDER BY 1
