#!/usr/bin/env bash
# Steps of pg_dumpall 15, and of pg_dump where roles own things and were granted some.
set -u
export PGOPTIONS="-c client_min_messages=warning"
clean() {
  psql -X -q -d postgres -c "DROP DATABASE IF EXISTS dump_r" >/dev/null 2>&1
  psql -X -q -d postgres -c "DROP ROLE IF EXISTS dump_reader, dump_other, dump_boss" >/dev/null 2>&1
}
trap clean EXIT
clean
same() { grep -v -e '^\\restrict ' -e '^\\unrestrict ' -e '^-- Dumped '; }
psql -X -q -d postgres -f dump/roles.sql 2>&1
psql -X -q -d postgres -c "CREATE DATABASE dump_r OWNER dump_boss" 2>&1
psql -X -q -d dump_r -f dump/grants.sql 2>&1
echo "# step roles"; pg_dumpall -r 2>&1 | grep dump_
echo "# step globals"; pg_dumpall -g --no-role-passwords 2>&1 | grep dump_
echo "# step schema"; pg_dump -s -C dump_r 2>&1 | same
echo "# step without-privileges"; pg_dump -s -x dump_r 2>&1 | same
