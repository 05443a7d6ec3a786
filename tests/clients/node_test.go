package clients

// The Node.js clients, which install.d/node.sh installs.
func init() {
	for _, c := range []struct{ name, program, what string }{
		{"node-postgres", "pg", "every type as text, binary and parameter, errors' fields, several statements, pg-cursor, pg-query-stream, pg-copy-streams, cancel, pools"},
		{"postgres.js", "postgresjs", "rows and parameters of its types, arrays of enums, errors, transactions with savepoints, cursors, COPY streams, cancel"},
		{"node-builders", "builders", "knex, kysely, pg-promise and Cube's driver: schema builder, columnInfo, introspection of all tables, queries, upserts, transactions, streams, Cube's schema query"},
		{"TypeORM", "typeorm", "synchronize, its introspection of tables, schema changes, repositories, relations, query builder, streams, transactions, migrations"},
		{"Drizzle", "drizzle", "drizzle-kit introspect, push, generate and migrate; drizzle-orm: every kind of column, queries, relations, upserts, transactions, prepared statements"},
		{"MikroORM", "mikroorm", "its schema generator and comparator, unit of work, operators, upserts, query builder, locks, transactions, migrations"},
		{"Sequelize", "sequelize", "sync with foreign keys, sync with alter, describeTable, showIndex, keys, every kind of column, operators, upserts, associations, transactions, replacements and bind, the query interface"},
	} {
		matrix = append(matrix, client{name: c.name, needs: "$CLIENTS/node/installed.json", what: c.what,
			command: []string{"env", "NODE_PATH=$CLIENTS/node/node_modules", "node", "node/" + c.program + ".js"}})
	}
}
