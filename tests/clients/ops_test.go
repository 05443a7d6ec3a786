package clients

func init() {
	matrix = append(matrix,
		client{name: "postgres_exporter", needs: "/usr/bin/prometheus-postgres-exporter", command: []string{"bash", "ops/exporter.sh"},
			what: "a scrape: the names, labels and help of all metrics, settings, states, queries of one's own"},
		client{name: "check_postgres", needs: "/usr/bin/check_postgres", command: []string{"bash", "ops/check_postgres.sh"},
			what: "its actions for a single server and for two databases of it"},
		client{name: "pgbouncer", needs: "/usr/sbin/pgbouncer", command: []string{"bash", "ops/pgbouncer.sh"},
			what: "before a server in its three modes: SCRAM by auth_query, settings, transactions, COPY, what stays with a session, many clients"})
}
