package pgcatalog

// Relations of what the server is doing: the rows come from the engine, in the
// order of the relation's columns. A row may stop early.
func init() {
	for _, name := range []string{"pg_locks", "pg_cursors", "pg_prepared_statements", "pg_timezone_names", "pg_timezone_abbrevs",
		"pg_available_extensions", "pg_available_extension_versions", "pg_settings", "pg_file_settings", "pg_hba_file_rules", "pg_statistic"} {
		register("pg_catalog", name, nil, func(s *Source, add func(...any)) {
			if s.Live != nil {
				s.Live(name, add)
			}
		})
	}
}
