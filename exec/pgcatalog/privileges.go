package pgcatalog

import (
	"sort"
	"strconv"

	"tagd/exec/objects"
	"tagd/exec/roles"
)

// grants is an access list taken apart, as aclexplode does.
func grants(acl roles.ACL, only roles.Mode, f func(x roles.Item, priv roles.Mode, option bool)) {
	for _, x := range acl {
		for m := roles.Mode(1); m <= roles.AlterSystem; m <<= 1 {
			if x.Mode&m&only != 0 {
				f(x, m, x.Mode&m.Option() != 0)
			}
		}
	}
}

// enabled reports a role whose privileges the current user has.
func (s *Source) enabled(role uint32) bool { return s.Roles.HasPrivs(s.Current, role) }

// grantee is the name of a role in the views of privileges.
func (s *Source) grantee(role uint32) string {
	if role == roles.Public {
		return "PUBLIC"
	}
	return s.Roles.Name(role)
}

func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

// privileged is a table or view with what the views of privileges say of it.
type privileged struct {
	oid          uint32
	schema, name string
	owner        uint32
	acl          roles.ACL
	cols         []string
	colACL       func(i int) roles.ACL
}

// privileged lists the tables and views of the database.
func (s *Source) privileged() []privileged {
	var out []privileged
	add := func(oid uint32, schema, name string, cols []string, ids func(i int) uint32) {
		p := privileged{oid: oid, schema: schema, name: name, owner: RelationOwner(s.Objects, oid), cols: cols}
		acl, ok := s.Objects.ACLs[objects.CommentKey(objects.ClassRelation, oid, "")]
		if sh := relationByOID(oid); sh != nil && !ok {
			acl = SystemACL(sh.name)
			ok = acl != nil
		}
		if !ok {
			acl = roles.Default('r', p.owner)
		}
		p.acl = acl
		p.colACL = func(i int) roles.ACL {
			return s.Objects.ACLs[objects.CommentKey(objects.ClassRelation, oid, strconv.Itoa(int(ids(i))))]
		}
		out = append(out, p)
	}
	number := func(i int) uint32 { return uint32(i + 1) }
	for _, r := range names() {
		cols := make([]string, len(r.cols))
		for i, c := range r.cols {
			cols[i] = c.name
		}
		add(r.oid, r.schema, r.name, cols, number)
	}
	for _, t := range s.Tables {
		if t.Kind != "" {
			continue
		}
		cols := make([]string, len(t.Columns))
		for i := range t.Columns {
			cols[i] = t.Columns[i].Name
		}
		add(t.OID, s.schema(t.NS), t.Name, cols, func(i int) uint32 { return t.Columns[i].ID })
	}
	for _, v := range s.views(false) {
		cols := make([]string, len(v.Columns))
		for i, c := range v.Columns {
			cols[i] = c.Name
		}
		add(v.OID, s.schema(v.NS), v.Name, cols, number)
	}
	return out
}

// seesGrant tells whether a view of privileges shows a grant: all where one side
// is the user's, with strict only where both sides are roles.
func (s *Source) seesGrant(x roles.Item, strict bool) bool {
	return s.enabled(x.By) || x.To != roles.Public && s.enabled(x.To) || x.To == roles.Public && !strict
}

// columnGrants are the grants on each column, those on the whole relation among
// them, each once.
func (s *Source) columnGrants(p privileged, f func(col string, x roles.Item, priv roles.Mode, option bool)) {
	type key struct {
		by, to uint32
		priv   roles.Mode
	}
	for i, col := range p.cols {
		seen := map[key]bool{}
		var order []key
		one := func(x roles.Item, priv roles.Mode, option bool) {
			k := key{x.By, x.To, priv}
			if _, ok := seen[k]; !ok {
				order = append(order, k)
			}
			seen[k] = seen[k] || option
		}
		grants(p.acl, roles.All('c'), one)
		grants(p.colACL(i), roles.All('c'), one)
		for _, k := range order {
			f(col, roles.Item{By: k.by, To: k.to}, k.priv, seen[k])
		}
	}
}

func init() {
	head := []col{{"grantor", tName}, {"grantee", tName}}
	kind := []col{{"privilege_type", tVar}, {"is_grantable", tVar}}
	table := []col{{"table_catalog", tName}, {"table_schema", tName}, {"table_name", tName}}
	join := func(parts ...[]col) (out []col) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	for name, strict := range map[string]bool{"table_privileges": false, "role_table_grants": true} {
		register("information_schema", name, join(head, table, kind, []col{{"with_hierarchy", tVar}}), func(s *Source, add func(...any)) {
			for _, p := range s.privileged() {
				grants(p.acl, roles.All('r'), func(x roles.Item, priv roles.Mode, option bool) {
					if s.seesGrant(x, strict) {
						option = option || s.Roles.HasPrivs(x.To, p.owner)
						add(s.Roles.Name(x.By), s.grantee(x.To), s.DB, p.schema, p.name, priv.Word(), yesNo(option), yesNo(priv == roles.Select))
					}
				})
			}
		})
	}
	for name, strict := range map[string]bool{"column_privileges": false, "role_column_grants": true} {
		register("information_schema", name, join(head, table, []col{{"column_name", tName}}, kind), func(s *Source, add func(...any)) {
			for _, p := range s.privileged() {
				s.columnGrants(p, func(col string, x roles.Item, priv roles.Mode, option bool) {
					if s.seesGrant(x, strict) {
						option = option || s.Roles.HasPrivs(x.To, p.owner)
						add(s.Roles.Name(x.By), s.grantee(x.To), s.DB, p.schema, p.name, col, priv.Word(), yesNo(option))
					}
				})
			}
		})
	}
	object := []col{{"object_catalog", tName}, {"object_schema", tName}, {"object_name", tName}, {"object_type", tVar}}
	for name, strict := range map[string]bool{"usage_privileges": false, "role_usage_grants": true} {
		register("information_schema", name, join(head, object, kind), func(s *Source, add func(...any)) { s.usageGrants(strict, add) })
	}
	routine := []col{{"specific_catalog", tName}, {"specific_schema", tName}, {"specific_name", tName}, {"routine_catalog", tName},
		{"routine_schema", tName}, {"routine_name", tName}}
	for name, strict := range map[string]bool{"routine_privileges": false, "role_routine_grants": true} {
		register("information_schema", name, join(head, routine, kind), func(s *Source, add func(...any)) { s.routineGrants(strict, add) })
	}
	register("information_schema", "enabled_roles", []col{{"role_name", tName}}, func(s *Source, add func(...any)) {
		for _, r := range s.Roles.Roles {
			if s.enabled(r.OID) {
				add(r.Name)
			}
		}
	})
	for name, admin := range map[string]bool{"applicable_roles": false, "administrable_role_authorizations": true} {
		register("information_schema", name, []col{{"grantee", tName}, {"role_name", tName}, {"is_grantable", tVar}}, func(s *Source, add func(...any)) {
			list := append([]roles.Member{}, s.Roles.Members...)
			for _, m := range append(list, roles.Member{Role: roles.DatabaseOwner, Member: s.Roles.DBA}) {
				if s.enabled(m.Member) && (m.Admin || !admin) {
					add(s.Roles.Name(m.Member), s.Roles.Name(m.Role), yesNo(m.Admin))
				}
			}
		})
	}
}

func (s *Source) usageGrants(strict bool, add func(...any)) {
	one := func(schema, name, kind string, owner uint32, acl roles.ACL) {
		grants(acl, roles.Usage, func(x roles.Item, priv roles.Mode, option bool) {
			if s.seesGrant(x, strict) {
				add(s.Roles.Name(x.By), s.grantee(x.To), s.DB, schema, name, kind, "USAGE", yesNo(option || s.Roles.HasPrivs(x.To, owner)))
			}
		})
	}
	for _, t := range s.userTypes() {
		if t.Kind == "d" {
			owner := s.Objects.Owner(objects.ClassType, t.OID)
			acl, ok := s.Objects.ACLs[objects.CommentKey(objects.ClassType, t.OID, "")]
			if !ok {
				acl = roles.Default('T', owner)
			}
			one(s.schema(t.NS), t.Name, "DOMAIN", owner, acl)
		}
	}
	for _, q := range s.sequences() {
		// The default of PostgreSQL's view is that of tables, which have no USAGE.
		one(s.schema(q.NS), q.Name, "SEQUENCE", RelationOwner(s.Objects, q.OID), s.Objects.ACLs[objects.CommentKey(objects.ClassRelation, q.OID, "")])
	}
}

func (s *Source) routineGrants(strict bool, add func(...any)) {
	list := make([]*Routine, 0, len(functions().byOID))
	for _, f := range functions().byOID {
		list = append(list, f)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].OID < list[j].OID })
	for _, f := range list {
		acl, ok := s.Objects.ACLs[objects.CommentKey(objects.ClassFunction, f.OID, "")]
		if !ok {
			if acl = Restricted(f.OID); acl == nil {
				acl = roles.Default('f', roles.Super)
			}
		}
		grants(acl, roles.Execute, func(x roles.Item, priv roles.Mode, option bool) {
			if s.seesGrant(x, strict) {
				specific := f.Name + "_" + strconv.Itoa(int(f.OID))
				add(s.Roles.Name(x.By), s.grantee(x.To), s.DB, f.Schema, specific, s.DB, f.Schema, f.Name, "EXECUTE",
					yesNo(option || s.Roles.HasPrivs(x.To, roles.Super)))
			}
		})
	}
}
