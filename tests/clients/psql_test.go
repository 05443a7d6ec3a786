package clients

func init() {
	matrix = append(matrix,
		client{name: "psql", needs: "/usr/bin/psql", command: []string{"bash", "psql/commands.sh"},
			what: "commands that move data, hold variables and change how psql works; formats, cursors, Ctrl-C"},
		client{name: "pgbench", needs: "/usr/lib/postgresql/15/bin/pgbench", command: []string{"bash", "psql/pgbench.sh"},
			what: "initialization, its transactions in three modes, scripts with pipelines; createdb, createuser, vacuumdb, pg_isready"},
		client{name: "psql terminal", needs: "/usr/bin/psql", command: []string{"/usr/bin/python3", "psql/terminal.py"},
			what: "what TAB offers and completes after the beginnings of statements and commands, prompts, passwords, Ctrl-C at a terminal"},
		client{name: "psql describe", needs: "/usr/bin/psql", command: []string{"bash", "psql/describe.sh"},
			what: "every backslash command that describes objects, with its variants"})
}
