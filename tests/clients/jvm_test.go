package clients

func init() {
	for _, c := range [][2]string{
		{"Metadata", "every method of DatabaseMetaData, whole answers"},
		{"Modes", "all types in the four query modes, prepareThreshold, binary transfer, batches, rewritten batches, cursors by fetchSize"},
		{"Values", "setObject and getObject of every type, java.time, arrays, streams, ParameterMetaData, ResultSetMetaData, escapes, operators with ?"},
		{"Session", "transactions, savepoints, cursors of all kinds, updatable results, generated keys, COPY, notifications, timeouts, cancel, warnings, connection parameters"},
	} {
		matrix = append(matrix, client{name: "JDBC " + c[0], command: []string{"jvm/run.sh", c[0]}, needs: "$CLIENTS/jvm/lib/postgresql-42.7.4.jar", what: "pgjdbc 42.7.4: " + c[1]})
	}
	for _, c := range [][4]string{
		{"Flyway", "FlywayTool", "flyway-core-13.12.0", "migrate, info, validate, repair, baseline, clean; callbacks, targets, out of order, failures in and outside a transaction"},
		{"Hibernate", "HibernateOrm", "hibernate-core-7.4.15.Final", "schema create, update, validate, drop; entities of many types, HQL and its functions, criteria, pages, scrolling, bulk changes, locks, versions, upserts"},
	} {
		matrix = append(matrix, client{name: c[0], command: []string{"jvm/run.sh", c[1]}, needs: "$CLIENTS/jvm/lib/" + c[2] + ".jar", what: c[3]})
	}
}
