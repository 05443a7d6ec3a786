#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each.
set -euo pipefail
cd "$(dirname "$0")/.."
time="${1:-10s}"
out="$(mktemp)"
trap 'rm -f "$out"' EXIT

# fuzz runs one target. The toolchain can fail at the end of the time with
# "context deadline exceeded" and no failing input: nothing was found then, and
# the target runs again.
fuzz() {
  for _ in 1 2 3; do
    if go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "$time" </dev/null >"$out" 2>&1; then
      tail -n 1 "$out"
      return 0
    fi
    if grep -q 'Failing input written' "$out" || ! grep -q '^ *context deadline exceeded$' "$out"; then
      break
    fi
  done
  tail -n 40 "$out"
  return 1
}

go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r pkg dir; do
  for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null | awk '{print $2}' | sort -u); do
    echo "$pkg $target"
    fuzz "$pkg" "$target"
  done
done
