# shellcheck shell=bash
# Tools of operations, from Debian.
debian prometheus-postgres-exporter check-postgres pgbouncer
