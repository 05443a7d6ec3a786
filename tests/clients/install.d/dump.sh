# pg_dump, pg_restore and pg_dumpall come with psql.
debian postgresql-client-15
