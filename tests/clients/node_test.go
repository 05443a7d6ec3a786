package clients

// The Node.js clients, which install.d/node.sh installs.
func init() {
	for _, c := range []struct{ name, program, what string }{
		{"node-postgres", "pg", "every type as text, binary and parameter, errors' fields, several statements, pg-cursor, pg-query-stream, pg-copy-streams, cancel, pools"},
	} {
		matrix = append(matrix, client{name: c.name, needs: "$CLIENTS/node/installed.json", what: c.what,
			command: []string{"env", "NODE_PATH=$CLIENTS/node/node_modules", "node", "node/" + c.program + ".js"}})
	}
}
