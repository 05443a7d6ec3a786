#!/usr/bin/env bash
# Steps of pg_restore 15 over archives of every format.
source dump/lib.sh
step() { echo "# step $1"; }
# Archives list the numbers of objects, which are each server's own.
list() { grep -v '^;' | sed -E 's/^[0-9]+; [0-9]+ [0-9]+ //'; }

pg_dump -Fc -f "$dir/c" dump_a
step list; pg_restore -l "$dir/c" 2>&1 | list
step script; pg_restore -f - "$dir/c" 2>&1 | same
step one-table; pg_restore -f - -t people "$dir/c" 2>&1 | same
step schema-only; pg_restore -s -f - "$dir/c" 2>&1 | same | wc -l
step data-only; pg_restore -a -f - -n shop "$dir/c" 2>&1 | same
step index; pg_restore -f - -I people_low "$dir/c" 2>&1 | same
for format in c d t; do
  step "load-$format"
  pg_dump -F$format -f "$dir/x$format" dump_a 2>&1
  fresh dump_b
  pg_restore -e -d dump_b "$dir/x$format" 2>&1 && echo restored
  diff <(pg_dump dump_a | same) <(pg_dump dump_b | same) && echo "the same again"
  rows dump_b
done
step load-clean
pg_restore -e --clean --if-exists -d dump_b "$dir/c" 2>&1 && echo restored
diff <(pg_dump dump_a | same) <(pg_dump dump_b | same) && echo "the same again"
step load-parallel
fresh dump_b
pg_restore -j 3 -d dump_b "$dir/c" 2>&1 && echo restored
diff <(pg_dump dump_a | same) <(pg_dump dump_b | same) && echo "the same again"
step load-one-transaction
fresh dump_b
pg_restore -1 -d dump_b "$dir/c" 2>&1 && echo restored
rows dump_b
