# Shared by the dump clients. Each makes databases of its own beside the fixture's.
set -u
export PGOPTIONS="-c client_min_messages=warning"
dir=$(mktemp -d)
trap 'for d in dump_a dump_b; do psql -X -q -d postgres -c "DROP DATABASE IF EXISTS $d" >/dev/null 2>&1; done; rm -rf "$dir"' EXIT
fresh() { psql -X -q -d postgres -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" 2>&1; }
# The version and the random words that guard a script are no part of a dump.
same() { grep -v -e '^\\restrict ' -e '^\\unrestrict ' -e '^-- Dumped '; }
rows() {
  psql -X -A -t -d "$1" -c "SELECT * FROM people ORDER BY id LIMIT 5" -c "SELECT count(*), sum(spent), max(encode(raw, 'hex')) FROM people" \
    -c "SELECT * FROM shop.orders ORDER BY 1 LIMIT 3" -c "SELECT * FROM shop.items ORDER BY 1" -c "SELECT * FROM pair_of ORDER BY 1" \
    -c 'SELECT * FROM "中文 模式"."表 一" ORDER BY 1' -c "SELECT * FROM gender_counts ORDER BY 1" -c "SELECT * FROM busy ORDER BY 1, 2" \
    -c "SELECT last_value, is_called FROM \"Numbers\"" -c "SELECT * FROM ladies ORDER BY id LIMIT 3" 2>&1
}
fresh dump_a
psql -X -q -v ON_ERROR_STOP=1 -d dump_a -f dump/objects.sql 2>&1
