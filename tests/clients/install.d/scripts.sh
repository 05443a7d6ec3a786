# shellcheck shell=bash
# Clients of C, Perl, PHP, Ruby and R, from Debian.
debian libpq-dev libdbd-pg-perl php-cli php-pgsql ruby-pg ruby-sequel ruby-activerecord r-base-core r-cran-rpostgresql
