#!/usr/bin/env bash
# Builds libpq.c and runs it.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
gcc -std=gnu11 -Wall -Werror -I/usr/include/postgresql -o "$dir/steps" "$(dirname "$0")/libpq.c" -lpq
"$dir/steps"
