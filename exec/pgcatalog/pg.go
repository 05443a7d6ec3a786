package pgcatalog

func init() {
	register("pg_catalog", "pg_namespace", []col{{"oid", tOid}, {"nspname", tName}, {"nspowner", tOid}},
		func(s *Source, add func(...any)) {
			for _, n := range s.schemas() {
				add(n.oid, n.name, OIDSuperuser)
			}
		})
	register("pg_catalog", "pg_database", []col{{"oid", tOid}, {"datname", tName}, {"datdba", tOid}, {"encoding", tInt4},
		{"datcollate", tName}, {"datctype", tName}, {"datistemplate", tBool}, {"datallowconn", tBool}, {"datconnlimit", tInt4}},
		func(s *Source, add func(...any)) {
			for _, d := range s.Databases {
				add(DatabaseOID(d.OID), d.Name, OIDSuperuser, 6, "C", "C.UTF-8", d.Template, !d.Closed, d.Limit)
			}
		})
	register("pg_catalog", "pg_roles", []col{{"oid", tOid}, {"rolname", tName}, {"rolsuper", tBool}, {"rolinherit", tBool},
		{"rolcreaterole", tBool}, {"rolcreatedb", tBool}, {"rolcanlogin", tBool}, {"rolreplication", tBool}, {"rolconnlimit", tInt4}},
		func(s *Source, add func(...any)) {
			add(OIDSuperuser, s.User, true, true, true, true, true, false, -1)
		})
	register("pg_catalog", "pg_class", []col{{"oid", tOid}, {"relname", tName}, {"relnamespace", tOid}, {"reltype", tOid},
		{"relowner", tOid}, {"relam", tOid}, {"relfilenode", tOid}, {"relpages", tInt4}, {"reltuples", tReal}, {"relhasindex", tBool},
		{"relisshared", tBool}, {"relpersistence", tChar}, {"relkind", tChar}, {"relnatts", tInt2}, {"relchecks", tInt2},
		{"relhasrules", tBool}, {"relhastriggers", tBool}, {"relrowsecurity", tBool}, {"relispartition", tBool}}, classRows)
	register("pg_catalog", "pg_attribute", []col{{"attrelid", tOid}, {"attname", tName}, {"atttypid", tOid}, {"attlen", tInt2},
		{"attnum", tInt2}, {"attndims", tInt4}, {"atttypmod", tInt4}, {"attnotnull", tBool}, {"atthasdef", tBool},
		{"attidentity", tChar}, {"attgenerated", tChar}, {"attisdropped", tBool}}, attributeRows)
	register("pg_catalog", "pg_type", []col{{"oid", tOid}, {"typname", tName}, {"typnamespace", tOid}, {"typowner", tOid},
		{"typlen", tInt2}, {"typtype", tChar}, {"typisdefined", tBool}, {"typrelid", tOid}, {"typelem", tOid}, {"typarray", tOid},
		{"typnotnull", tBool}, {"typbasetype", tOid}, {"typtypmod", tInt4}}, typeRows)
	register("pg_catalog", "pg_description", []col{{"objoid", tOid}, {"classoid", tOid}, {"objsubid", tInt4}, {"description", tText}},
		descriptionRows)
	register("pg_catalog", "pg_settings", []col{{"name", tText}, {"setting", tText}, {"unit", tText}, {"short_desc", tText},
		{"context", tText}, {"vartype", tText}, {"boot_val", tText}}, settingRows)
	register("pg_catalog", "pg_tables", []col{{"schemaname", tName}, {"tablename", tName}, {"tableowner", tName}, {"hasindexes", tBool},
		{"hasrules", tBool}, {"hastriggers", tBool}, {"rowsecurity", tBool}},
		func(s *Source, add func(...any)) {
			for _, t := range s.Tables {
				if t.Kind == "" {
					add(s.schema(t.NS), t.Name, s.User, t.Key >= 0 || len(t.Uniques) > 0, false, false, false)
				}
			}
		})
	register("pg_catalog", "pg_stat_activity", []col{{"datid", tOid}, {"datname", tName}, {"pid", tInt4}, {"usename", tName},
		{"application_name", tText}, {"state", tText}, {"state_change", tTime}, {"query", tText}},
		func(s *Source, add func(...any)) {
			for _, a := range s.Activity {
				add(OIDDatabase, a.DB, a.PID, a.User, a.App, a.State, a.Since, a.Query)
			}
		})
}

func settingRows(s *Source, add func(...any)) {
	for _, v := range s.Settings {
		var unit any
		if v.Unit != "" {
			unit = v.Unit
		}
		add(v.Name, v.Value, unit, v.Desc, v.Context, v.Kind, v.Default)
	}
}
