#!/usr/bin/env bash
# Steps of psql 15; see ../matrix_test.go for what is printed.
set -u
step() { echo "# step $1"; shift; psql -X -q "$@" 2>&1; }

step connect -c "SELECT count(*), min(name), max(city) FROM tags"
