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
		{"Liquibase", "LiquibaseTool", "liquibase-core-4.33.0", "changelogs of the fixture and of its own tables, updates by steps, contexts, tags, rollback, checksums, differences, failures, dropAll"},
		{"Hibernate", "HibernateOrm", "hibernate-core-7.4.15.Final", "schema create, update, validate, drop; entities of many types, HQL and its functions, criteria, pages, scrolling, bulk changes, locks, versions, upserts"},
		{"jOOQ", "JooqDsl", "jooq-codegen-3.19.39", "what the code generator reads, meta data, DDL and its export, the DSL: windows, arrays, json, multisets, upserts, merge, batches, cursors, transactions"},
		{"MyBatis", "MyBatisMappers", "mybatis-3.5.19", "mappers: dynamic SQL, long IN lists, generated keys, cursors, batches, errors; over HikariCP"},
		{"Spring JDBC and HikariCP", "SpringPool", "spring-jdbc-6.2.19", "JdbcTemplate, translated errors, transactions; what a pool asks: validation, settings, lost connections, timeouts, many threads"},
	} {
		matrix = append(matrix, client{name: c[0], command: []string{"jvm/run.sh", c[1]}, needs: "$CLIENTS/jvm/lib/" + c[2] + ".jar", what: c[3]})
	}
}
