#!/usr/bin/env bash
# prometheus-postgres-exporter scrapes a server: all metrics with their labels, and
# the values of those that are settings or states, not counts, sizes or times.
set -u
dir=$(mktemp -d)
trap 'kill $pid 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
port=$((20000 + RANDOM % 20000))
DATA_SOURCE_NAME="postgresql://$PGUSER@$PGHOST:$PGPORT/$PGDATABASE?sslmode=disable" prometheus-postgres-exporter --web.listen-address="127.0.0.1:$port" --log.level=warn \
  --extend.query-path=ops/exporter.yaml >"$dir/log" 2>&1 &
pid=$!
for _ in $(seq 50); do
  sleep 0.1
  exec 3<>"/dev/tcp/127.0.0.1/$port" && break
done 2>/dev/null
printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3
sed 's/\r$//' <&3 | grep -v -e '^# HELP go_' -e '^# TYPE go_' -e '^go_' -e process_ -e promhttp_ -e '_exporter_build' | sed -e "s/$PGHOST:$PGPORT/HOST:PORT/g" -e 's/datid="[0-9]*"/datid="N"/' -e 's/\(short_\)\{0,1\}version="[^"]*"/version=""/g' >"$dir/metrics"
echo "# step names and help"
grep -e '^# ' "$dir/metrics" | grep -v -e pg_static | sort
echo "# step settings"
# Without those that the test's PostgreSQL was started with, and what docs/ says of tagd's own.
grep '^pg_settings_' "$dir/metrics" | grep -v -e port -e shared_memory -e _max_wal -e min_wal -e fsync -e jit -e server_version_num -e work_mem_bytes -e shared_buffers -e wal_buffers | sort
echo "# step states"
grep -e '^pg_up' -e '^pg_exporter_last_scrape_error' -e '^pg_replication_is' -e '^pg_locks' -e '^own_' "$dir/metrics" | grep -v duration | sort
echo "# step labels"
grep -v -e '^#' -e '^HTTP' -e '^[A-Z][a-z-]*: ' "$dir/metrics" | grep -v -e '^pg_settings_' -e '^pg_static' -e '^own_' -e '^$' | sed 's/ [^ ]*$//' | sort
echo "# step log"
sed -e 's/^ts=[^ ]* //' -e 's/caller=[^ ]* //' -e "s/$PGHOST:$PGPORT/HOST:PORT/g" "$dir/log"
