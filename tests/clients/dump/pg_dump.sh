#!/usr/bin/env bash
# Steps of pg_dump 15: the scripts that it writes, and that they can be loaded.
source dump/lib.sh
step() { local name=$1; shift; echo "# step $name"; pg_dump "$@" 2>&1 | same; }

step fixture-schema -s
step fixture-one-table -t crm.orders --inserts
step schema -s -d dump_a
step everything dump_a
step inserts --inserts -d dump_a
step column-inserts --column-inserts --rows-per-insert=7 -d dump_a
step data-only -a -d dump_a
step one-table -t people -d dump_a
step table-pattern -t 'shop.*' -T shop.items -d dump_a
step one-schema -n shop -d dump_a
step other-schemas -N shop -s -d dump_a
step chinese-schema -n '"中文 模式"' -d dump_a
step without-rows --exclude-table-data='people' -d dump_a
step clean --clean --if-exists -s -d dump_a
step create -C -s -d dump_a
step no-owner -O -x -s -d dump_a
step sections --section=pre-data -d dump_a
step post-data --section=post-data -d dump_a
step encoding -E GBK -t '"中文 模式".*' -d dump_a
step no-comments --no-comments -s -d dump_a
step on-conflict --inserts --on-conflict-do-nothing -a -t people -d dump_a
step missing -t nothing_like_this -d dump_a
echo "# step no-database"; pg_dump dump_no_such 2>&1 | sed "s/port [0-9]*/port N/"

echo "# step loaded"
pg_dump dump_a > "$dir/a.sql"
fresh dump_b
psql -X -q -v ON_ERROR_STOP=1 -d dump_b -f "$dir/a.sql" 2>&1
pg_dump dump_b > "$dir/b.sql"
diff <(same < "$dir/a.sql") <(same < "$dir/b.sql") && echo "the same again"
rows dump_b
echo "# step loaded-inserts"
pg_dump --inserts dump_a > "$dir/a.sql"
fresh dump_b
psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d dump_b -f "$dir/a.sql" 2>&1
pg_dump --inserts dump_b > "$dir/b.sql"
diff <(same < "$dir/a.sql") <(same < "$dir/b.sql") && echo "the same again"
rows dump_b
echo "# step parallel"
pg_dump -j 4 -Fd -f "$dir/parallel" dump_a 2>&1
pg_restore -f - "$dir/parallel" 2>&1 | same
fresh dump_b
pg_restore -j 4 --no-owner -d dump_b "$dir/parallel" 2>&1
rows dump_b
