package pgcatalog

import (
	"tagd/exec/roles"
)

func init() {
	attrs := []col{{"oid", tOid}, {"rolname", tName}, {"rolsuper", tBool}, {"rolinherit", tBool}, {"rolcreaterole", tBool}, {"rolcreatedb", tBool},
		{"rolcanlogin", tBool}, {"rolreplication", tBool}, {"rolconnlimit", tInt4}, {"rolbypassrls", tBool}, {"rolvaliduntil", tTime}, {"rolpassword", tText}}
	row := func(r *roles.Role, password any) []any {
		return []any{r.OID, r.Name, r.Super, r.Inherit, r.CreateRole, r.CreateDB, r.Login, r.Replication, r.Limit, r.BypassRLS, moment(r.Until), password}
	}
	register("pg_catalog", "pg_authid", attrs, func(s *Source, add func(...any)) {
		for _, r := range s.Roles.Roles {
			add(row(r, password(r))...)
		}
	})
	register("pg_catalog", "pg_roles", append(attrs, col{"rolconfig", tTexts}), func(s *Source, add func(...any)) {
		for _, r := range s.Roles.Roles {
			add(append(row(r, "********"), config(s, r))...)
		}
	})
	users := []col{{"usename", tName}, {"usesysid", tOid}, {"usecreatedb", tBool}, {"usesuper", tBool}, {"userepl", tBool}, {"usebypassrls", tBool},
		{"passwd", tText}, {"valuntil", tTime}, {"useconfig", tTexts}}
	for _, name := range []string{"pg_user", "pg_shadow"} {
		register("pg_catalog", name, users, func(s *Source, add func(...any)) {
			for _, r := range s.Roles.Roles {
				if !r.Login {
					continue
				}
				pass := any("********")
				if name == "pg_shadow" {
					pass = password(r)
				}
				add(r.Name, r.OID, r.CreateDB, r.Super, r.Replication, r.BypassRLS, pass, moment(r.Until), config(s, r))
			}
		})
	}
	register("pg_catalog", "pg_group", []col{{"groname", tName}, {"grosysid", tOid}, {"grolist", tOid.ArrayOf()}}, func(s *Source, add func(...any)) {
		for _, r := range s.Roles.Roles {
			if r.Login {
				continue
			}
			list := oidList{}
			for _, m := range s.Roles.Members {
				if m.Role == r.OID {
					list = append(list, m.Member)
				}
			}
			add(r.Name, r.OID, list)
		}
	})
	register("pg_catalog", "pg_auth_members", []col{{"roleid", tOid}, {"member", tOid}, {"grantor", tOid}, {"admin_option", tBool}},
		func(s *Source, add func(...any)) {
			for _, m := range s.Roles.Members {
				add(m.Role, m.Member, m.Grantor, m.Admin)
			}
		})
	register("pg_catalog", "pg_db_role_setting", []col{{"setdatabase", tOid}, {"setrole", tOid}, {"setconfig", tTexts}}, func(s *Source, add func(...any)) {
		for _, d := range s.Databases {
			if len(d.Settings) > 0 {
				add(DatabaseOID(d.OID), 0, d.Settings)
			}
		}
		for _, x := range s.Roles.Settings {
			add(x.DB, x.Role, x.Values)
		}
	})
}

func password(r *roles.Role) any {
	if r.Password == "" {
		return nil
	}
	return r.Password
}

func moment(t *int64) any {
	if t == nil {
		return nil
	}
	return *t
}

// config is the settings of a role in all databases.
func config(s *Source, r *roles.Role) any {
	if v := s.Roles.Values(0, r.OID); v != nil {
		return v
	}
	return nil
}
