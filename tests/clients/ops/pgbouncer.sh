#!/usr/bin/env bash
# pgbouncer before a server, in its three modes: logins by SCRAM through auth_query,
# what it asks of a connection.
set -u
dir=$(mktemp -d)
trap '[ -n "${pid:-}" ] && kill $pid 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
user=bouncer_user
psql -X -q -c "CREATE ROLE $user LOGIN PASSWORD 'secret'" -c "GRANT SELECT ON ALL TABLES IN SCHEMA public TO $user" -c "GRANT CREATE ON SCHEMA public TO $user"
verifier=$(psql -X -A -t -c "SELECT rolpassword FROM pg_authid WHERE rolname = '$user'")
echo "# step verifier"
echo "${verifier%%:*}"
chmod 755 "$dir"
start() {
  port=$((20000 + RANDOM % 20000))
  cat >"$dir/ini" <<INI
[databases]
$PGDATABASE = host=$PGHOST port=$PGPORT
own = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $dir/users
auth_user = $PGUSER
auth_query = SELECT rolname, rolpassword FROM pg_authid WHERE rolname = \$1 AND rolcanlogin
pool_mode = $1
default_pool_size = 3
max_client_conn = 50
ignore_startup_parameters = extra_float_digits,options
server_check_delay = 0
query_wait_timeout = 5
user = nobody
INI
  echo "\"$PGUSER\" \"unused\"" >"$dir/users"
  chmod 644 "$dir/ini" "$dir/users"
  pgbouncer -q "$dir/ini" >"$dir/log" 2>&1 &
  pid=$!
  for _ in $(seq 50); do
    sleep 0.1
    (exec 3<>"/dev/tcp/127.0.0.1/$port") && break
  done 2>/dev/null
}
stop() {
  kill $pid
  wait $pid 2>/dev/null
}
sql() { PGPASSWORD=secret PGUSER=$user PGHOST=127.0.0.1 PGPORT=$port psql -X -A "$@" 2>&1 | sed -e "s/port $port/port N/g"; }
for mode in session transaction statement; do
  start $mode
  echo "# step $mode: login and settings"
  sql -c "SELECT current_user, session_user, current_database()" -c "SHOW application_name"
  sql -d own -c "SELECT current_user, count(*) FROM tags"
  PGPASSWORD=wrong PGUSER=$user PGHOST=127.0.0.1 PGPORT=$port psql -X -A -c "SELECT 1" 2>&1 | sed "s/port $port/port N/"
  PGPASSWORD=x PGUSER=nobody_here PGHOST=127.0.0.1 PGPORT=$port psql -X -A -c "SELECT 1" 2>&1 | sed "s/port $port/port N/"
  PGOPTIONS="-c client_encoding=GBK" PGAPPNAME="名" PGTZ=Asia/Tokyo sql -c "SHOW client_encoding" -c "SHOW TimeZone" -c "SHOW application_name" -c "SHOW DateStyle"
  echo "# step $mode: statements"
  sql -c "SELECT id, name, hobby, spent FROM tags WHERE id < 4 ORDER BY id" -c "SELECT 1 / 0" -c "SELECT nothing"
  sql <<'Q'
BEGIN;
CREATE TABLE bounced (a int PRIMARY KEY, b text);
INSERT INTO bounced VALUES (1, 'x'), (2, '中');
SELECT * FROM bounced ORDER BY a;
SAVEPOINT s;
INSERT INTO bounced VALUES (1, 'y');
ROLLBACK TO s;
COMMIT;
SELECT count(*) FROM bounced;
COPY bounced FROM STDIN;
3	c
\.
COPY (SELECT * FROM bounced ORDER BY a) TO STDOUT;
DROP TABLE bounced;
Q
  echo "# step $mode: what stays with a session"
  sql <<'Q'
SET lock_timeout = '5s';
SET search_path = crm;
SHOW search_path;
PREPARE p AS SELECT 1 AS kept;
EXECUTE p;
SELECT count(*) FROM pg_prepared_statements;
CREATE TEMP TABLE t (a int);
LISTEN channel;
SELECT pg_listening_channels();
Q
  sql -c "SHOW lock_timeout" -c "SHOW search_path" -c "SELECT count(*) FROM pg_prepared_statements" -c "SELECT to_regclass('t')" -c "DISCARD ALL"
  echo "# step $mode: many clients"
  for i in $(seq 12); do sql -t -c "SELECT $i, sum(id) FROM tags WHERE id <= $i" & done | sort -n
  echo "# step $mode: timeout"
  sql -c "SET statement_timeout = 100; SELECT pg_sleep(5)"
  sql -c "SELECT 'alive'"
  stop
done
psql -X -q -c "DROP OWNED BY $user" -c "DROP ROLE $user"
