#!/usr/bin/env bash
# check_postgres: all actions that ask a single server. It keeps files in the folder
# that it runs in. Times and sizes are the server's own and are left out of its lines.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
common="--host=$PGHOST --port=$PGPORT --dbuser=$PGUSER --dbname=$PGDATABASE"
act() {
  local name=$1
  shift
  echo "# step $name $*"
  # shellcheck disable=SC2086
  check_postgres --action="$name" $common "$@" 2>&1 | sed -E -e "s/$PGPORT/PORT/g" -e 's/time=[0-9.]+s?/time=T/g' -e "s/$dir/DIR/g" -e 's/[0-9.]+ (bytes|kB|MB|GB|seconds?|minutes?|hours?|days?)/N \1/g' -e 's/=[0-9.]+(B|s|;)/=N\1/g'
  echo "exit ${PIPESTATUS[0]}"
}
psql -X -q -c "CREATE TABLE seqs (id serial PRIMARY KEY, n smallint)" -c "CREATE TABLE kept (id bigint PRIMARY KEY, v text, UNIQUE (v))" -c "INSERT INTO seqs (n) SELECT i FROM generate_series(1, 50) i" -c "ANALYZE seqs" -c "VACUUM kept"
act connection
act backends
act backends --warning=1 --critical=200
act bloat --warning='999 M' --critical='999 GB' --perflimit=1
act checkpoint --warning=999999999 --critical=999999999 --datadir=/nowhere
act cluster_id --critical=1
act commitratio --warning='1%' --critical='0%'
act custom_query --query="SELECT count(*) AS result FROM tags" --warning=1000 --critical=9000
act custom_query --query="SELECT city AS result FROM tags WHERE id = 3" --valtype=string --warning=x --critical=深圳
act custom_query --query="SELECT count(*) AS result, 'more' AS data FROM tags" --warning=10 --critical=20 --reverse
act database_size --warning='1 TB' --critical='2 TB'
act disabled_triggers
act disk_space
act fsm_pages
act fsm_relations
act hitratio --warning='0%' --critical='0%'
act index_size --warning='1 TB' --critical='2 TB'
act table_size --warning='1 TB' --critical='2 TB'
act relation_size --warning='1 TB' --critical='2 TB'
act indexes_size --warning='1 TB' --critical='2 TB'
act total_relation_size --warning='1 TB' --critical='2 TB'
act last_analyze --include=seqs --warning=1d --critical=2d
act last_vacuum --include=kept --warning=1d --critical=2d
act last_autovacuum --include=nothing
act listener --critical=some_channel
act locks --warning=1000 --critical=2000
act locks --warning=1000 --critical='total=2000;exclusive=50'
act logfile --logfile=/nowhere
act new_version_cp
act pgagent_jobs --warning=1d
act pgbouncer_checksum
act prepared_txns
act query_runtime --queryname=tags --warning=100 --critical=200
act query_time --warning='for 10 hours' --critical='for 20 hours'
act replicate_row
act replication_slots --warning='1 GB' --critical='2 GB'
act same_schema
act sequence
act sequence --warning='0%' --critical='90%'
act settings_checksum --critical=1
act slony_status
act timesync --warning=100 --critical=200
act txn_idle --warning='for 10 hours' --critical='5 for 20 hours'
act txn_time --warning='for 10 hours'
act txn_wraparound
act version --critical=14.1
act wal_files --warning=100000 --critical=200000
act archive_ready --warning=100 --critical=200
act autovac_freeze
act dbstats
act backends --output=mrtg
act database_size --output=cacti
act same_schema --suffix=x
act same_schema --dbhost2="$PGHOST" --dbport2="$PGPORT" --dbuser2="$PGUSER" --dbname2=postgres
