package clients

// The Go clients, which install.d/go.sh builds.
func init() {
	for _, c := range []struct{ name, program, what string }{
		{"pgx", "pgx", "five exec modes: every type, parameters, errors, batches, transactions; registered types, CopyFrom, COPY streams, pipelines, pgxpool, database/sql, cancel"},
		{"GORM", "gorm", "AutoMigrate twice, the migrator, CRUD with clauses, upserts, preload, batches, transactions"},
		{"bun", "bun", "its own driver: every type, errors' fields, COPY, notifications; tables from models, relations, bulk changes, transactions, migrations"},
		{"xorm", "xorm", "introspection of all tables, Sync twice, queries with its builder, optimistic locking, transactions, dumps"},
		{"Go migrations", "migrations", "goose, golang-migrate and ent's schema migration: up, down, failures in the middle, states; squirrel's queries"},
		{"lib_pq", "pq", "every type, text and binary parameters, arrays, prepared statements, CopyIn, transactions, cancel, sqlx"},
	} {
		matrix = append(matrix, client{name: c.name, needs: "$CLIENTS/go/" + c.program, what: c.what,
			command: []string{"$CLIENTS/go/" + c.program}})
	}
}
