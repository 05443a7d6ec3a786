package clients

func init() {
	matrix = append(matrix,
		client{name: "libpq", command: []string{"scripts/libpq.sh"}, needs: "/usr/include/postgresql/libpq-fe.h",
			what: "libpq in C: connection options and several hosts, text and binary parameters, Describe, single row and pipeline mode, COPY, every error field, cancel, encodings, reset"},
		client{name: "ODBC", command: []string{"/usr/bin/python3", "scripts/odbc.py"}, needs: "/usr/share/doc/odbc-postgresql",
			what: "psqlodbc (Unicode and ANSI drivers) in ten settings: declare/fetch, server-side prepare, rollback levels; every catalog function, getinfo, types"},
		client{name: "Perl DBD::Pg", command: []string{"perl", "scripts/perl.pl"}, needs: "/usr/share/doc/libdbd-pg-perl",
			what: "placeholders with and without server prepare, arrays, bytea, COPY, asynchronous queries, notifications, savepoints, all *_info methods"},
		client{name: "PHP", command: []string{"php", "scripts/php.php"}, needs: "/usr/share/doc/php-pgsql",
			what: "PDO_PGSQL (native, emulated, no statements) and the extension pgsql: streams, column metadata, scroll cursors, COPY, pg_convert/insert/select"},
		client{name: "Ruby", command: []string{"ruby", "scripts/ruby.rb"}, needs: "/usr/share/doc/ruby-activerecord",
			what: "pg (binary, type maps, COPY, pipeline, notifications), Sequel (schema, datasets, DDL), ActiveRecord (introspection, migrations, upserts, schema dump)"},
		client{name: "R", command: []string{"Rscript", "scripts/r.R"}, needs: "/usr/share/doc/r-cran-rpostgresql",
			what: "RPostgreSQL: tables, fields, queries with parameters, column types, read and write of data frames"},
	)
}
