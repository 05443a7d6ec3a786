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
  check_postgres --action="$name" $common "$@" 2>&1 | sed -E -e "s/port=$PGPORT/port=PORT/g" -e 's/time=[0-9.]+s?/time=T/g' -e "s|$dir|DIR|g" -e 's/[0-9.]+ (bytes|kB|MB|GB|seconds?|minutes?|hours?|days?)/N \1/g' -e 's/ \| time=.*//' -e 's/version 15\.[0-9]+/version 15.N/' -e 's/: 15\.[0-9]+/: 15.N/' -e 's/found: [0-9]+/found: N/'
  echo "exit ${PIPESTATUS[0]}"
}
psql -X -q -c "CREATE TABLE seqs (id serial PRIMARY KEY, n smallint)" -c "CREATE TABLE kept (id bigint PRIMARY KEY, v text, UNIQUE (v))" -c "INSERT INTO seqs (n) SELECT i FROM generate_series(1, 50) i" -c "ANALYZE seqs" -c "VACUUM kept"
act connection
act backends
act custom_query --query="SELECT count(*) AS result FROM tags" --warning=1000 --critical=9000
act custom_query --query="SELECT city AS result FROM tags WHERE id = 3" --valtype=string --warning=x --critical=深圳
act disabled_triggers
act table_size --warning='1 TB' --critical='2 TB'
act total_relation_size --warning='1 TB' --critical='2 TB'
act last_analyze --include=seqs --warning=1d --critical=2d
act last_vacuum --include=kept --warning=1d --critical=2d
act locks --warning=1000 --critical=2000
act prepared_txns
act query_runtime --queryname=tags --warning=100 --critical=200
act query_time --warning='10 hours' --critical='20 hours'
act replication_slots --warning='1 GB' --critical='2 GB'
act sequence
act sequence --warning='0%' --critical='90%'
act txn_idle --warning='5 for 10 hours' --critical='8 for 20 hours'
act txn_time --warning='10 hours' --critical='20 hours'
act version --critical=14.1
act wal_files --warning=100000 --critical=200000
act archive_ready --warning=100 --critical=200
act autovac_freeze
act backends --output=mrtg
act same_schema --dbname2=postgres
