package clients

func init() {
	matrix = append(matrix, client{name: "psql", needs: "/usr/bin/psql", command: []string{"bash", "psql/commands.sh"},
		what: "every backslash command that shows or moves data"})
}
