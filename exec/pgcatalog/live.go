package pgcatalog

// Relations of what the server is doing: the rows come from the engine, in the
// order of the relation's columns. A row may stop early.
func init() {
	for _, name := range []string{"pg_locks", "pg_stat_activity", "pg_cursors", "pg_prepared_statements", "pg_stat_ssl", "pg_stat_gssapi",
		"pg_stat_database", "pg_stat_progress_copy", "pg_timezone_names", "pg_timezone_abbrevs", "pg_available_extensions",
		"pg_available_extension_versions", "pg_settings", "pg_stat_all_tables", "pg_stat_user_tables", "pg_stat_sys_tables",
		"pg_stat_xact_all_tables", "pg_stat_xact_user_tables", "pg_statio_all_tables", "pg_statio_user_tables"} {
		register("pg_catalog", name, nil, func(s *Source, add func(...any)) {
			if s.Live != nil {
				s.Live(name, add)
			}
		})
	}
}
