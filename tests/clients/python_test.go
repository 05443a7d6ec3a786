package clients

import "time"

// The Python clients run under the interpreter that install.d/python.sh makes.
func init() {
	for _, c := range []struct {
		name, what string
		command    []string
	}{
		{"psycopg2", "types both ways, server-side cursors, COPY, execute_values, own types, transactions, errors, cancel, LISTEN", []string{"python/psycopg2_steps.py"}},
		{"psycopg 3", "text and binary, pipelines, COPY with types, server-side cursors, type information, AsyncConnection", []string{"python/psycopg3_steps.py"}},
		{"asyncpg", "its introspection of types, prepared statements, cursors, binary COPY, codecs, pools, timeouts", []string{"python/asyncpg_steps.py"}},
		{"SQLAlchemy with psycopg2", "inspector and reflection, DDL, Core and ORM", []string{"python/sqlalchemy_steps.py", "psycopg2"}},
		{"SQLAlchemy with psycopg", "inspector and reflection, DDL, Core and ORM", []string{"python/sqlalchemy_steps.py", "psycopg"}},
		{"SQLAlchemy with asyncpg", "inspector and reflection, DDL, Core and ORM", []string{"python/sqlalchemy_steps.py", "asyncpg"}},
		{"SQLAlchemy with pg8000", "inspector and reflection, DDL, Core and ORM", []string{"python/sqlalchemy_steps.py", "pg8000"}},
		{"Django", "introspection, inspectdb, schema editor, ORM, migrations", []string{"python/django_steps.py"}},
		{"pgcli", "what its completer asks, its backslash commands, statements and their errors", []string{"python/pgcli_steps.py"}},
		{"Alembic and pg8000", "autogenerate, upgrade, check, downgrade, offline scripts; pg8000 native and dbapi", []string{"python/alembic_steps.py"}},
		{"pandas and DuckDB", "pandas, polars, ConnectorX, ADBC, DuckDB's scanner and Ibis: tables in and out", []string{"python/pandas_steps.py"}},
	} {
		matrix = append(matrix, client{name: c.name, needs: "$CLIENTS/py/.installed", what: c.what, timeout: 3 * time.Minute,
			command: append([]string{"$CLIENTS/py/bin/python"}, c.command...)})
	}
	matrix = append(matrix, client{name: "dbt-postgres", needs: "$CLIENTS/dbt/.installed", timeout: 5 * time.Minute,
		what: "seeds, models of every materialization and incremental strategy, tests, snapshots, contracts, grants, documentation; 25 s",
		// By -c, as dbt starts helpers that would run a program's file again.
		command: []string{"$CLIENTS/dbt/bin/python", "-c", "import sys; sys.path.insert(0, 'python'); import dbt_steps"}})
	matrix = append(matrix, client{name: "Apache Superset", needs: "$CLIENTS/superset/.installed", timeout: 10 * time.Minute,
		what:    "through its REST API: connection, datasets, charts of every kind of query, SQL Lab, upload of files, a dashboard, cancellation; 40 s",
		command: []string{"$CLIENTS/superset/bin/python", "python/superset_steps.py"}})
}
