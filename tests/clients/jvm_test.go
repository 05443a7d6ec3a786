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
}
