#!/usr/bin/env bash
# psql 15: the commands that move data, hold variables and change how psql works;
# see ../matrix_test.go for what is printed.
set -u
export PAGER=cat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# run NAME [psql arguments] reads a script from standard input.
run() { echo "# step $1"; shift; psql -X -q "$@" 2>&1 | sed -E "s#$work#WORK#g; s/port \"$PGPORT\"/port \"PORT\"/; s/'[0-9]{5,}'/'OID'/g"; }

run connect -c "SELECT count(*), min(name), max(city) FROM tags"
run copy <<E1
\copy (SELECT id, name, gender, spent, hobby FROM tags ORDER BY id LIMIT 4) TO STDOUT
\copy (SELECT id, name, gender, hobby FROM tags ORDER BY id LIMIT 4) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *)
\copy (SELECT * FROM tags ORDER BY id LIMIT 100) TO '$work/tags.csv' CSV HEADER
CREATE TEMP TABLE copied (LIKE tags INCLUDING ALL);
\copy copied FROM '$work/tags.csv' CSV HEADER
SELECT count(*), sum(spent), max(hobby) FROM copied;
\copy tags TO '$work/tags.bin' BINARY
TRUNCATE copied;
\copy copied FROM '$work/tags.bin' (FORMAT binary)
SELECT count(*), sum(spent) FROM copied;
\copy pairs (a, b) FROM STDIN (DELIMITER '|')
7|七
8|八
\.
SELECT * FROM pairs ORDER BY 1, 2;
\copy pairs FROM STDIN
x	y	z	1
\.
\copy nothing FROM '$work/tags.csv'
\copy (SELECT 1) TO PROGRAM 'cat'
DELETE FROM pairs WHERE a > 6;
E1
run gdesc <<'E1'
SELECT * FROM tags \gdesc
SELECT 1 AS a, 'x' AS b, NULL AS c, ARRAY[1.5] AS d, now() AS e, row(1, 2) AS f \gdesc
SELECT count(*), sum(spent), avg(score), array_agg(city), max(birthday) FROM tags \gdesc
CREATE TABLE never (a int) \gdesc
SELECT nothing \gdesc
SELECT \gdesc
E1
run gexec <<'E1'
SELECT format('SELECT count(*) AS %I FROM %I.%I', relname, nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname IN ('tags', 'pairs', 'orders') ORDER BY 1 \gexec
SELECT 'SELECT ' || i, 'SELECT nothing' FROM generate_series(1, 2) AS g(i) \gexec
E1
run gset <<'E1'
SELECT min(id) AS low, max(id) AS high, NULL AS none FROM tags \gset t_
\echo :t_low :t_high :t_none :'t_high' :"t_low"
SELECT 1 AS a UNION SELECT 2 \gset
SELECT 1 AS a WHERE false \gset
SELECT name FROM tags WHERE id = :t_low;
SELECT :'t_high' AS text, :"t_low" FROM tags;
\echo :ERROR :SQLSTATE :ROW_COUNT :LAST_ERROR_SQLSTATE
\echo :LAST_ERROR_MESSAGE
E1
run gx <<'E1'
SELECT * FROM tags WHERE id IN (1, 7) ORDER BY id \gx
\x
SELECT id, hobby FROM tags ORDER BY id LIMIT 2;
\x auto
SELECT 1 AS a;
SELECT 5 AS five \g (format=csv tuples_only=on)
E1
run g-file <<E1
SELECT id, name FROM tags ORDER BY id LIMIT 3 \g $work/out.txt
\! cat $work/out.txt
SELECT 'a' UNION ALL SELECT 'b' \g | tr a-z A-Z
\o $work/o.txt
SELECT 1;
\o
\! cat $work/o.txt
\qecho done
\w $work/w.sql
\i $work/w.sql
E1
run crosstabview <<'E1'
SELECT city, gender, count(*) FROM tags GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview
SELECT city, level, count(*), avg(age)::int FROM tags GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview city level count
SELECT city, vip, sum(spent) FROM tags GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview vip city sum
SELECT 1 \crosstabview
SELECT a, b, v FROM pairs ORDER BY a, b \crosstabview
E1
echo "# step watch"; timeout 2.5 psql -X -q -At -c 'SELECT count(*) FROM pairs \watch 1' 2>&1 | grep -x 3 | sort -u
run errors <<'E1'
SELECT nothing FROM tags;
SELECT 1/0;
\set VERBOSITY terse
SELEC 1;
\set VERBOSITY sqlstate
SELECT 'x'::int;
\set VERBOSITY default
\set SHOW_CONTEXT always
SELECT * FROM
  nothing
  WHERE 1 = 1;
SELECT id, 用户 FROM tags;
\nothing
E1
run if <<E1
\set yes 1
\if :yes
SELECT 'yes';
\elif 1
SELECT 'no';
\else
SELECT 'no';
\endif
\if :{?unknown}
SELECT 'no';
\else
\echo not set
\endif
\unset yes
\echo :yes
E1
mkdir -p "$work/sub"; echo "\\ir more.sql" > "$work/sub/first.sql"; echo "SELECT count(*) AS included FROM pairs;" > "$work/sub/more.sql"
run include -c "\\i $work/sub/first.sql" -c "\\i $work/nothing.sql"
run conninfo -c '\conninfo' -c '\encoding' -c '\encoding GBK' -c '\encoding' -c '\encoding nothing' -c '\encoding UTF8'
run timing -c '\timing off' -c 'SELECT 1' -c '\echo :SERVER_ENCODING :ENCODING :USER :HOST' -c '\echo :AUTOCOMMIT :FETCH_COUNT :ON_ERROR_STOP'
run echo_hidden -c '\set ECHO_HIDDEN on' -c '\d pairs' -c '\dt' -c '\du' -c '\dn+' -c '\df lower'
run echo_all -e -a -b -c 'SELECT 1' -c 'SELECT nothing'
run fetch_count <<'E1'
\set FETCH_COUNT 100
SELECT id, name FROM tags ORDER BY id LIMIT 250;
SELECT count(*) FROM tags;
WITH a AS (SELECT id FROM tags) SELECT max(id) FROM a;
SELECT nothing;
E1
run rollback <<'E1'
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO pairs VALUES (50, 'a');
INSERT INTO pairs VALUES (50, 'a');
SELECT count(*) FROM pairs WHERE a = 50;
ROLLBACK;
\set ON_ERROR_ROLLBACK off
BEGIN;
SELECT nothing;
SELECT 1;
COMMIT;
SELECT count(*) FROM pairs;
E1
run autocommit <<'E1'
\set AUTOCOMMIT off
INSERT INTO pairs VALUES (60, 'a');
ROLLBACK;
INSERT INTO pairs VALUES (61, 'a');
COMMIT;
DELETE FROM pairs WHERE a = 61;
COMMIT;
SELECT count(*) FROM pairs;
E1
printf "INSERT INTO pairs VALUES (70, 'a');\nSELECT nothing;\n" > "$work/single.sql"
run single -1 -v ON_ERROR_STOP=1 -f "$work/single.sql"
run single-after -c "SELECT count(*) FROM pairs WHERE a = 70"
run several -c "SELECT 1; SELECT 'two'; SELECT nothing" -c "BEGIN; CREATE TEMP TABLE a1 (i int); INSERT INTO a1 VALUES (1); SELECT * FROM a1; COMMIT"
for f in aligned unaligned csv html asciidoc latex latex-longtable troff-ms wrapped; do
  run "format $f" -P format=$f -P null=NULL -c "SELECT id, name, gender, city, spent, hobby, extra FROM tags ORDER BY id LIMIT 4" -c "SELECT 'a|b' AS \"x y\", E'l1\\nl2' AS t, 1.5 AS n"
  run "expanded $f" -x -P format=$f -P null=NULL -c "SELECT id, name, gender, hobby FROM tags ORDER BY id LIMIT 2"
done
run pset <<'E1'
\pset border 2
\pset linestyle unicode
\pset title 用户
\pset footer off
SELECT id, name, note FROM tags ORDER BY id LIMIT 2;
\pset numericlocale on
SELECT 1234567.5 AS n;
\pset tuples_only on
SELECT 1;
\pset
\t \a
SELECT 1, 2;
\f ;
SELECT 1, 2;
\C
\H
SELECT '<b>' AS x;
E1
run list -c '\l+ nothing'
run params -v n=3 -v name="O'Brien" <<'E1'
SELECT :n + 1 AS n, :'name' AS name;
PREPARE p (int, text) AS SELECT $1 + 1, $2 || 'x';
EXECUTE p (1, 'a');
EXECUTE p (1);
DEALLOCATE p;
EXECUTE p (1, 'a');
E1
run cursor <<'E1'
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, name FROM tags ORDER BY id;
FETCH 2 FROM c;
FETCH LAST FROM c;
FETCH BACKWARD 2 FROM c;
MOVE ABSOLUTE 10 IN c;
FETCH NEXT FROM c;
CLOSE c;
FETCH c;
ROLLBACK;
E1
run notices <<'E1'
DROP TABLE IF EXISTS nothing;
CREATE TABLE IF NOT EXISTS pairs (a int);
SET client_min_messages = warning;
DROP TABLE IF EXISTS nothing;
ROLLBACK;
COMMIT;
E1
echo "# step cancel"
python3 - <<'E1'
import os, signal, subprocess, time
p = subprocess.Popen(["psql", "-X", "-q", "-At"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
p.stdin.write("SELECT 'before';\nSELECT pg_sleep(60);\nSELECT 'after', count(*) FROM tags;\n")
p.stdin.flush()
start = time.time()
time.sleep(1.0)
p.send_signal(signal.SIGINT)
out, _ = p.communicate(timeout=30)
print(out, end="")
print("soon" if time.time() - start < 10 else "late")
E1
run exit-codes -v ON_ERROR_STOP=1 -f /dev/stdin <<'E1'
SELECT nothing;
SELECT 'not reached';
E1
echo "# step status"; psql -X -q -c 'SELECT nothing' >/dev/null 2>&1; echo $?; psql -X -q -v ON_ERROR_STOP=1 -f "$work/single.sql" >/dev/null 2>&1; echo $?; psql -X -d nothing -c 'SELECT 1' 2>&1 | sed "s/port $PGPORT/port PORT/"; echo "${PIPESTATUS[0]}"
echo "# step isready"; pg_isready | sed "s/:$PGPORT/:PORT/"; pg_isready -q; echo $?
