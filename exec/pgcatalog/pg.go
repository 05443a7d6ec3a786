package pgcatalog

func init() {
	register("pg_catalog", "pg_namespace", []col{{"oid", tOid}, {"nspname", tName}, {"nspowner", tOid}, {"nspacl", tAcl}},
		func(s *Source, add func(...any)) {
			for _, n := range s.schemas() {
				switch n.oid {
				case OIDPublic:
					add(n.oid, n.name, OIDDatabaseOwner, []string{"pg_database_owner=UC/pg_database_owner", "=U/pg_database_owner"})
				case OIDCatalog, OIDInfo:
					add(n.oid, n.name, OIDSuperuser, []string{s.User + "=UC/" + s.User, "=U/" + s.User})
				default:
					add(n.oid, n.name, OIDSuperuser, nil)
				}
			}
		})
	register("pg_catalog", "pg_database", []col{{"oid", tOid}, {"datname", tName}, {"datdba", tOid}, {"encoding", tInt4},
		{"datcollate", tName}, {"datctype", tName}, {"datistemplate", tBool}, {"datallowconn", tBool}, {"datconnlimit", tInt4},
		{"datlocprovider", tChar}, {"dattablespace", tOid}},
		func(s *Source, add func(...any)) {
			for _, d := range s.Databases {
				add(DatabaseOID(d.OID), d.Name, OIDSuperuser, 6, "C", "C", d.Template, !d.Closed, d.Limit, "c", 1663)
			}
		})
	roles := []col{{"oid", tOid}, {"rolname", tName}, {"rolsuper", tBool}, {"rolinherit", tBool}, {"rolcreaterole", tBool}, {"rolcreatedb", tBool},
		{"rolcanlogin", tBool}, {"rolreplication", tBool}, {"rolconnlimit", tInt4}, {"rolbypassrls", tBool}}
	roleRows := func(s *Source, add func(...any)) {
		add(OIDSuperuser, s.User, true, true, true, true, true, true, -1, true)
		add(OIDDatabaseOwner, "pg_database_owner", false, true, false, false, false, false, -1, false)
	}
	register("pg_catalog", "pg_authid", roles, roleRows)
	register("pg_catalog", "pg_roles", append(roles, col{"rolpassword", tText}), func(s *Source, add func(...any)) {
		roleRows(s, func(vals ...any) { add(append(vals, "********")...) })
	})
	users := []col{{"usename", tName}, {"usesysid", tOid}, {"usecreatedb", tBool}, {"usesuper", tBool}, {"userepl", tBool}, {"usebypassrls", tBool}}
	userRows := func(s *Source, add func(...any)) { add(s.User, OIDSuperuser, true, true, true, true) }
	register("pg_catalog", "pg_shadow", users, userRows)
	register("pg_catalog", "pg_user", append(users, col{"passwd", tText}), func(s *Source, add func(...any)) {
		userRows(s, func(vals ...any) { add(append(vals, "********")...) })
	})
	register("pg_catalog", "pg_class", []col{{"oid", tOid}, {"relname", tName}, {"relnamespace", tOid}, {"reltype", tOid},
		{"relowner", tOid}, {"relam", tOid}, {"relfilenode", tOid}, {"relpages", tInt4}, {"reltuples", tReal}, {"relhasindex", tBool},
		{"relisshared", tBool}, {"relpersistence", tChar}, {"relkind", tChar}, {"relnatts", tInt2}, {"relchecks", tInt2},
		{"relhasrules", tBool}, {"relhastriggers", tBool}, {"relrowsecurity", tBool}, {"relispartition", tBool}, {"relispopulated", tBool},
		{"relreplident", tChar}}, func(s *Source, add func(...any)) {
		classRows(s, func(vals ...any) {
			v := s.Objects.Views[vals[0].(uint32)]
			add(append(vals, v == nil || !v.Mat || v.Filled, replident(vals[12]))...)
		})
	})
	register("pg_catalog", "pg_attribute", []col{{"attrelid", tOid}, {"attname", tName}, {"atttypid", tOid}, {"attlen", tInt2},
		{"attnum", tInt2}, {"attndims", tInt4}, {"atttypmod", tInt4}, {"attnotnull", tBool}, {"atthasdef", tBool},
		{"attidentity", tChar}, {"attgenerated", tChar}, {"attisdropped", tBool}, {"attstattarget", tInt4}, {"attcacheoff", tInt4},
		{"attislocal", tBool}, {"attbyval", tBool}, {"attalign", tChar}, {"attstorage", tChar}, {"attcollation", tOid}}, func(s *Source, add func(...any)) {
		attributeRows(s, func(vals ...any) { add(append(append(vals, -1, -1, true), s.stored(vals[2])...)...) })
	})
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

// replident is the replica identity by kind of relation.
func replident(kind any) string {
	if kind == "r" || kind == "m" {
		return "d"
	}
	return "n"
}

// stored is how Postgres keeps values of a type: by value, alignment, storage,
// collation.
func (s *Source) stored(oid any) []any {
	l := builtinTypes()
	id, _ := oid.(uint32)
	i, ok := l.at[id]
	if ok {
		return []any{l.get(i, "typbyval").I != 0, l.get(i, "typalign").S, l.get(i, "typstorage").S, uint32(l.get(i, "typcollation").I)}
	}
	if t := s.Objects.Types[id]; t != nil && t.Kind == "d" {
		base, _ := s.Exts.Type(t.Base)
		return s.stored(base.OID())
	} else if t == nil {
		return []any{false, "i", "x", 0} // an array
	}
	return []any{true, "i", "p", 0}
}
