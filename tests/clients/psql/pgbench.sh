#!/usr/bin/env bash
# Steps of pgbench 15 and the small programs beside psql; see ../matrix_test.go for
# what is printed. Rates and times are left out, they differ by nature.
set -u
bin=/usr/lib/postgresql/15/bin
sql() { psql -X -q "$@" 2>&1; }
counted() { grep -E '^(transaction type|scaling factor|query mode|number of (clients|transactions|failed))' ; }

echo "# step pg_isready"
$bin/pg_isready -q; echo "$?"
$bin/pg_isready -q -p 1; echo "$?"

echo "# step initialize"
$bin/pgbench -i -s 1 -q 2>&1 | grep -vE 'tuples|done in|vacuuming'
sql -c '\d pgbench_*' -c 'SELECT count(*), sum(abalance), min(aid), max(aid), max(length(filler)) FROM pgbench_accounts'

echo "# step initialize with generated data on the server"
$bin/pgbench -i -I dtGvp -s 1 -q 2>&1 | grep -vE 'tuples|done in|vacuuming'
sql -c 'SELECT count(*), sum(abalance), max(length(filler)) FROM pgbench_accounts' -c 'SELECT count(*) FROM pgbench_tellers'

for mode in simple extended prepared; do
  echo "# step TPC-B like, $mode"
  $bin/pgbench -n -c 4 -j 2 -t 25 -M $mode 2>&1 | counted
  sql -c 'SELECT count(*), (SELECT sum(abalance) FROM pgbench_accounts) = sum(delta) AS accounts, (SELECT sum(tbalance) FROM pgbench_tellers) = sum(delta) AS tellers,
    (SELECT sum(bbalance) FROM pgbench_branches) = sum(delta) AS branches FROM pgbench_history'
  echo "# step select only, $mode"
  $bin/pgbench -n -S -c 4 -j 2 -t 100 -M $mode 2>&1 | counted
done

echo "# step a script of its own"
script=$(mktemp)
cat > "$script" <<'S'
\set id random(1, 5000)
\startpipeline
SELECT city, hobby FROM tags WHERE id = :id;
SELECT count(*) AS n FROM tags WHERE level = :id % 9;
\endpipeline
SELECT count(*) AS n, max(age) AS age FROM tags WHERE city = '上海' \gset
\if :n <> 1000
SELECT 1 / 0;
\endif
S
$bin/pgbench -n -c 3 -t 40 -M extended -f "$script" 2>&1 | counted | grep -v 'transaction type'
rm -f "$script"

echo "# step createdb and dropdb"
$bin/createdb -e other 2>&1; sql -d other -c 'SELECT current_database()'
$bin/createdb other 2>&1; $bin/dropdb -e other 2>&1; $bin/dropdb --if-exists other 2>&1

echo "# step createuser and dropuser"
$bin/createuser -e --createdb --no-superuser --connection-limit=3 worker 2>&1
sql -c "SELECT rolname, rolsuper, rolcreatedb, rolconnlimit, rolcanlogin FROM pg_roles WHERE rolname = 'worker'"
$bin/dropuser -e worker 2>&1

echo "# step vacuumdb"
$bin/vacuumdb -q -z 2>&1; echo "$?"
