package clients

func init() {
	matrix = append(matrix,
		client{name: "pg_dump", needs: "/usr/bin/pg_dump", command: []string{"bash", "dump/pg_dump.sh"},
			what: "the scripts of 23 ways to dump, loaded and dumped again"},
		client{name: "pg_dumpall", needs: "/usr/bin/pg_dumpall", command: []string{"bash", "dump/pg_dumpall.sh"},
			what: "roles, memberships, owners and grants of every kind of object"},
		client{name: "pg_restore", needs: "/usr/bin/pg_restore", command: []string{"bash", "dump/pg_restore.sh"},
			what: "archives in three formats: lists, scripts, loading whole, in part and in parallel"})
}
