# shellcheck shell=bash
# Clients of C, ODBC, Perl, PHP, Ruby and R, from Debian.
debian libpq-dev unixodbc odbc-postgresql python3-pyodbc libdbd-pg-perl php-cli php-pgsql ruby-pg ruby-sequel ruby-activerecord r-base-core r-cran-rpostgresql
