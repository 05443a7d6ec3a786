package pgcatalog

import "tagd/sql/types"

func init() {
	register("pg_catalog", "pg_namespace", []col{{"oid", tOid}, {"nspname", tName}, {"nspowner", tOid}},
		func(_ *Source, add func(...any)) {
			add(OIDCatalog, "pg_catalog", OIDSuperuser)
			add(OIDInfo, "information_schema", OIDSuperuser)
			add(OIDPublic, "public", OIDSuperuser)
		})
	register("pg_catalog", "pg_database", []col{{"oid", tOid}, {"datname", tName}, {"datdba", tOid}, {"encoding", tInt4},
		{"datcollate", tName}, {"datctype", tName}, {"datistemplate", tBool}, {"datallowconn", tBool}, {"datconnlimit", tInt4}},
		func(s *Source, add func(...any)) {
			add(OIDDatabase, s.DB, OIDSuperuser, 6, "C", "C.UTF-8", false, true, -1)
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
		func(s *Source, add func(...any)) {
			for _, t := range s.Tables {
				if t.Comment != "" {
					add(t.OID, 1259, 0, t.Comment)
				}
				for i := range t.Columns {
					if t.Columns[i].Comment != "" {
						add(t.OID, 1259, i+1, t.Columns[i].Comment)
					}
				}
			}
		})
	register("pg_catalog", "pg_settings", []col{{"name", tText}, {"setting", tText}, {"unit", tText}, {"short_desc", tText},
		{"context", tText}, {"vartype", tText}, {"boot_val", tText}}, settingRows)
	register("pg_catalog", "pg_tables", []col{{"schemaname", tName}, {"tablename", tName}, {"tableowner", tName}, {"hasindexes", tBool},
		{"hasrules", tBool}, {"hastriggers", tBool}, {"rowsecurity", tBool}},
		func(s *Source, add func(...any)) {
			for _, t := range s.Tables {
				add("public", t.Name, s.User, t.Key >= 0, false, false, false)
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

func classRows(s *Source, add func(...any)) {
	for _, t := range s.Tables {
		add(t.OID, t.Name, OIDPublic, 0, OIDSuperuser, OIDHeap, t.OID, 0, float64(s.Rows(t)), t.Key >= 0,
			false, "p", "r", len(t.Columns), len(t.Checks), false, false, false, false)
		if t.Key >= 0 {
			add(t.OID|keyIndexBit, t.KeyName, OIDPublic, 0, OIDSuperuser, OIDBtree, t.OID|keyIndexBit, 0, float64(s.Rows(t)), false,
				false, "p", "i", 1, 0, false, false, false, false)
		}
	}
}

func attributeRows(s *Source, add func(...any)) {
	for _, t := range s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			dims := 0
			if c.Type.Array {
				dims = 1
			}
			add(t.OID, c.Name, c.Type.OID(), c.Type.Len(), i+1, dims, c.Type.WireMod(), c.NotNull, c.Default != "", "", "", false)
		}
	}
}

func typeRows(_ *Source, add func(...any)) {
	for k := types.Unknown; k < types.NumKinds; k++ {
		t := types.Of(k)
		a := t.ArrayOf()
		kind := "b"
		switch k {
		case types.Any, types.AnyElem, types.AnyArray, types.Void, types.Record, types.Unknown:
			kind = "p"
		}
		add(t.OID(), t.PGName(), OIDCatalog, OIDSuperuser, t.Len(), kind, true, 0, 0, a.OID(), false, 0, -1)
		if a.OID() != 0 {
			add(a.OID(), a.PGName(), OIDCatalog, OIDSuperuser, a.Len(), kind, true, 0, t.OID(), 0, false, 0, -1)
		}
	}
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
