-- tool: postgres_exporter, Zabbix and pgwatch
-- what: settings, databases, activity, locks, replication, sizes, statistics of tables and of the writer, roles, sequences, wraparound
-- startup: application_name=postgres_exporter
--
-- Monitoring reads the statistics views and functions every few seconds. What the server
-- counts is its own; the columns, their types and which are NULL are compared.

-- step up |
SELECT 1

-- step version number |
SELECT current_setting('server_version_num')::int / 10000 AS v

-- step settings |
SELECT name, unit, short_desc, vartype FROM pg_settings WHERE vartype IN ('bool', 'integer', 'real') AND name != 'sync_commit_cancel_wait' AND name IN ('max_connections','work_mem','shared_buffers','statement_timeout','fsync','random_page_cost','autovacuum','port')

-- step databases |
SELECT pg_database.datname, pg_database.datconnlimit FROM pg_database WHERE datallowconn ORDER BY 1

-- step size of a database | hide=pg_database_size
-- $ name tagd
SELECT pg_database_size($1)

-- step databases and their age | hide=age_datfrozenxid,age_datminmxid
SELECT datname, age(d.datfrozenxid) as age_datfrozenxid, mxid_age(d.datminmxid) as age_datminmxid FROM pg_catalog.pg_database d WHERE d.datallowconn AND datname = current_database()

-- step activity by state | sort
SELECT pg_database.datname, tmp.state, COALESCE(count,0) >= 0 as c, COALESCE(max_tx_duration,0) >= 0 as d FROM (VALUES ('active'), ('idle'), ('idle in transaction'), ('idle in transaction (aborted)'), ('fastpath function call'), ('disabled')) AS tmp(state) CROSS JOIN pg_database LEFT JOIN (SELECT datname, state, usename, application_name, backend_type, wait_event_type, wait_event, count(*) AS count, MAX(EXTRACT(EPOCH FROM now() - xact_start))::float AS max_tx_duration FROM pg_stat_activity GROUP BY datname,state,usename,application_name,backend_type,wait_event_type,wait_event) AS tmp2 ON tmp.state = tmp2.state AND pg_database.datname = tmp2.datname ORDER BY 1, 2

-- step locks |
SELECT pg_database.datname, tmp.mode, COALESCE(count, 0) >= 0 as c FROM (VALUES ('accesssharelock'), ('rowsharelock'), ('rowexclusivelock'), ('shareupdateexclusivelock'), ('sharelock'), ('sharerowexclusivelock'), ('exclusivelock'), ('accessexclusivelock'), ('sireadlock')) AS tmp(mode) CROSS JOIN pg_database LEFT JOIN (SELECT database, lower(mode) AS mode, count(*) AS count FROM pg_locks WHERE database IS NOT NULL GROUP BY database, lower(mode)) AS tmp2 ON tmp.mode = tmp2.mode and pg_database.oid = tmp2.database ORDER BY 1, 2

-- step replication lag |
SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0 ELSE GREATEST (0, EXTRACT(EPOCH FROM (now() - pg_last_xact_replay_timestamp()))) END AS lag, CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END as is_replica

-- step replication |
SELECT *, (case pg_is_in_recovery() when 't' then null else 0 end) AS p FROM pg_stat_replication

-- step slots |
SELECT slot_name, slot_type, active, safe_wal_size, wal_status FROM pg_replication_slots

-- step walreceiver |
SELECT * FROM pg_catalog.pg_stat_wal_receiver

-- step start | hide=start_time_seconds
SELECT extract(epoch from pg_postmaster_start_time()) as start_time_seconds from pg_postmaster_start_time()

-- step statistics of databases |
SELECT datname, numbackends >= 0, xact_commit >= 0, xact_rollback >= 0, blks_read >= 0, blks_hit >= 0, tup_returned >= 0, tup_fetched >= 0, conflicts, temp_files >= 0, deadlocks FROM pg_stat_database WHERE datname = current_database()

-- step columns of the statistics of databases |
SELECT * FROM pg_stat_database WHERE false

-- step columns of pg_stat_user_tables |
SELECT * FROM pg_stat_user_tables WHERE false

-- step columns of pg_statio_user_tables |
SELECT * FROM pg_statio_user_tables WHERE false

-- step columns of pg_stat_user_indexes |
SELECT * FROM pg_stat_user_indexes WHERE false

-- step columns of pg_statio_user_indexes |
SELECT * FROM pg_statio_user_indexes WHERE false

-- step columns of pg_stat_bgwriter |
SELECT * FROM pg_stat_bgwriter WHERE false

-- step columns of pg_stat_archiver |
SELECT * FROM pg_stat_archiver WHERE false

-- step columns of pg_stat_wal |
SELECT * FROM pg_stat_wal WHERE false

-- step columns of pg_stat_activity |
SELECT * FROM pg_stat_activity WHERE false

-- step columns of pg_stat_replication |
SELECT * FROM pg_stat_replication WHERE false

-- step columns of pg_stat_database_conflicts |
SELECT * FROM pg_stat_database_conflicts WHERE false

-- step columns of pg_stat_user_functions |
SELECT * FROM pg_stat_user_functions WHERE false

-- step columns of pg_stat_ssl |
SELECT * FROM pg_stat_ssl WHERE false

-- step columns of pg_stat_progress_vacuum |
SELECT * FROM pg_stat_progress_vacuum WHERE false

-- step columns of pg_stat_progress_create_index |
SELECT * FROM pg_stat_progress_create_index WHERE false

-- step columns of pg_stat_progress_copy |
SELECT * FROM pg_stat_progress_copy WHERE false

-- step columns of pg_stat_slru |
SELECT * FROM pg_stat_slru WHERE false

-- step columns of pg_statio_user_sequences |
SELECT * FROM pg_statio_user_sequences WHERE false

-- step columns of pg_stat_subscription |
SELECT * FROM pg_stat_subscription WHERE false

-- step columns of pg_prepared_xacts |
SELECT * FROM pg_prepared_xacts WHERE false

-- step columns of pg_locks |
SELECT * FROM pg_locks WHERE false

-- step columns of pg_stat_gssapi |
SELECT * FROM pg_stat_gssapi WHERE false

-- step columns of pg_stat_replication_slots |
SELECT * FROM pg_stat_replication_slots WHERE false

-- step tables that are counted |
SELECT schemaname, relname FROM pg_stat_user_tables ORDER BY 1, 2

-- step indexes that are counted |
SELECT schemaname, relname, indexrelname FROM pg_stat_user_indexes ORDER BY 1, 2, 3

-- step the writer |
SELECT checkpoints_timed >= 0 AS a, buffers_alloc >= 0 AS b, stats_reset IS NOT NULL AS c FROM pg_stat_bgwriter

-- step the archiver |
SELECT archived_count, failed_count, last_archived_wal FROM pg_stat_archiver

-- step roles and limits |
SELECT pg_roles.rolname, pg_roles.rolconnlimit FROM pg_roles ORDER BY 1

-- step sequences near the end |
SELECT schemaname, sequencename, last_value, max_value, round(coalesce(last_value, 0)::numeric / max_value, 4) FROM pg_sequences ORDER BY 1, 2

-- step extensions |
SELECT name, default_version, installed_version FROM pg_available_extensions WHERE installed_version IS NOT NULL

-- step long transactions |
SELECT count(*) AS transactions, MAX(EXTRACT(EPOCH FROM (clock_timestamp() - xact_start))) AS oldest FROM pg_stat_activity WHERE state IS DISTINCT FROM 'idle' AND xact_start < now() - interval '1 hour' AND pid <> pg_backend_pid()

-- step blocked |
SELECT count(blocked.pid) FROM pg_stat_activity blocked WHERE cardinality(pg_blocking_pids(blocked.pid)) > 0

-- step prepared transactions |
SELECT count(*), max(age(transaction)) FROM pg_prepared_xacts

-- step sizes of tables |
SELECT relid::regclass::text AS t, pg_total_relation_size(relid) >= 0 AS a, pg_relation_size(relid) >= 0 AS b FROM pg_stat_user_tables WHERE relname IN ('tags', 'orders') ORDER BY 1

-- step Zabbix: transactions |
SELECT json_build_object('a', sum(xact_commit) >= 0) FROM pg_stat_database

-- step Zabbix: connections |
SELECT json_object_agg(state, n) FROM (SELECT 'total' AS state, count(*) > 0 AS n FROM pg_stat_activity WHERE backend_type = 'client backend') t

-- step Zabbix: discovery |
SELECT json_build_object('data', json_agg(json_build_object('{#DBNAME}', d.datname) ORDER BY d.datname)) FROM pg_database d WHERE NOT datistemplate AND datallowconn AND datname = current_database()

-- step Zabbix: cache |
SELECT round(sum(blks_hit)*100/nullif(sum(blks_hit+blks_read),0), 2) IS NOT NULL OR true AS c FROM pg_catalog.pg_stat_database

-- step Zabbix: ping |
SELECT pg_catalog.pg_is_in_recovery()::int AS recovery, current_setting('transaction_read_only') AS ro
