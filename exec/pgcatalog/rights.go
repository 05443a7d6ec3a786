package pgcatalog

import (
	"strconv"
	"strings"

	"tagd/exec/objects"
	"tagd/exec/roles"
)

// secret are the relations of the system's schemas that not everybody may read,
// with the role that may; plain are those that nothing was granted on.
var (
	secret = map[string]uint32{"pg_authid": 0, "pg_shadow": 0, "pg_statistic": 0, "pg_statistic_ext_data": 0, "pg_largeobject": 0,
		"pg_user_mapping": 0, "pg_hba_file_rules": 0, "pg_ident_file_mappings": 0, "pg_file_settings": 0, "pg_config": 0,
		"pg_replication_origin_status": 0, "pg_subscription": 0, "pg_backend_memory_contexts": roles.ReadAllStats, "pg_shmem_allocations": roles.ReadAllStats}
	plain = map[string]bool{"sql_parts": true, "transforms": true, "_pg_foreign_table_columns": true, "_pg_foreign_data_wrappers": true,
		"_pg_foreign_servers": true, "_pg_foreign_tables": true, "_pg_user_mappings": true}
)

// SystemACL is the access list of a relation of the system's schemas, nil for the
// default.
func SystemACL(name string) roles.ACL {
	if plain[name] {
		return nil
	}
	acl := roles.Default('r', roles.Super)
	reader, hidden := secret[name]
	switch {
	case name == "pg_settings":
		return append(acl, roles.Item{To: roles.Public, By: roles.Super, Mode: roles.Select | roles.Update})
	case !hidden:
		return append(acl, roles.Item{To: roles.Public, By: roles.Super, Mode: roles.Select})
	case reader != 0:
		return append(acl, roles.Item{To: reader, By: roles.Super, Mode: roles.Select})
	}
	return acl
}

// SystemColumnACL is the access list of a column of such a relation, nil for
// none: of subscriptions all but the connection may be read.
func SystemColumnACL(relation, column string) roles.ACL {
	if relation == "pg_subscription" && column != "subconninfo" {
		return roles.ACL{{To: roles.Public, By: roles.Super, Mode: roles.Select}}
	}
	return nil
}

// SchemaOwner is the owner of a schema. That of public is the owner of the
// database, as PostgreSQL 15 has it.
func SchemaOwner(o *objects.Set, ns uint32) uint32 {
	if owner, ok := o.Owners[objects.CommentKey(objects.ClassSchema, ns, "")]; ok {
		return owner
	}
	if ns == objects.Public {
		return roles.DatabaseOwner
	}
	return roles.Super
}

// SchemaACL is a schema's access list, nil for the default.
func SchemaACL(o *objects.Set, ns uint32) roles.ACL {
	if acl, ok := o.ACLs[objects.CommentKey(objects.ClassSchema, ns, "")]; ok {
		return acl
	}
	if ns != OIDCatalog && ns != OIDInfo && ns != objects.Public {
		return nil
	}
	owner := SchemaOwner(o, ns)
	return append(roles.Default('n', owner), roles.Item{To: roles.Public, By: owner, Mode: roles.Usage})
}

// RelationOwner is the owner of a relation that is no index; a sequence that
// belongs to a table has the table's.
func RelationOwner(o *objects.Set, oid uint32) uint32 {
	if q := o.Sequences[oid]; q != nil && q.Table != 0 {
		oid = q.Table
	}
	return o.Owner(objects.ClassRelation, oid)
}

// acl is a value of a column of access lists: NULL for the default.
func (s *Source) acl(acl roles.ACL) any {
	if acl == nil {
		return nil
	}
	return s.Roles.Texts(acl)
}

// storedACL is the access list under a key, nil for none.
func (s *Source) storedACL(class string, oid uint32, sub string) any {
	acl, ok := s.Objects.ACLs[objects.CommentKey(class, oid, sub)]
	if !ok {
		return nil
	}
	return s.Roles.Texts(acl)
}

// relACL is a value of relacl.
func (s *Source) relACL(oid uint32) any {
	if sh := relationByOID(oid); sh != nil && s.storedACL(objects.ClassRelation, oid, "") == nil {
		return s.acl(SystemACL(sh.name))
	}
	return s.storedACL(objects.ClassRelation, oid, "")
}

// columnACL is a value of attacl; id is the column's, or its number where the
// relation is no table.
func (s *Source) columnACL(oid, id uint32, name string) any {
	if sh := relationByOID(oid); sh != nil {
		if acl := SystemColumnACL(sh.name, name); acl != nil {
			return s.Roles.Texts(acl)
		}
	}
	return s.storedACL(objects.ClassRelation, oid, strconv.Itoa(int(id)))
}

// ownerName is the name of the owner of a relation.
func (s *Source) ownerName(oid uint32) string { return s.Roles.Name(RelationOwner(s.Objects, oid)) }

// overrides are the access lists of built-in objects that were changed, by OID,
// and the column that shows them.
func (s *Source) overrides(sh *shape) (col int, acls map[uint32]any) {
	class := map[string]string{"pg_proc": objects.ClassFunction, "pg_language": objects.ClassLanguage, "pg_class": objects.ClassRelation}[sh.name]
	if class == "" || len(s.Objects.ACLs) == 0 {
		return 0, nil
	}
	acls = map[uint32]any{}
	oid := sh.rows().Cols[sh.at["oid"]]
	for i := range oid.N {
		if acl := s.storedACL(class, uint32(oid.Get(i).I), ""); acl != nil {
			acls[uint32(oid.Get(i).I)] = acl
		}
	}
	return sh.at[map[string]string{"pg_proc": "proacl", "pg_language": "lanacl", "pg_class": "relacl"}[sh.name]], acls
}

func init() {
	register("pg_catalog", "pg_default_acl", []col{{"oid", tOid}, {"defaclrole", tOid}, {"defaclnamespace", tOid}, {"defaclobjtype", tChar}, {"defaclacl", tAcl}},
		func(s *Source, add func(...any)) {
			for _, d := range s.Objects.Defaults {
				add(d.OID, d.Role, d.NS, d.Kind, s.Roles.Texts(d.ACL))
			}
		})
}

// sees reports a relation that information_schema shows to the current user: the
// owner's, or one on which there is some privilege, be it on a column.
func (s *Source) sees(oid uint32) bool {
	owner := RelationOwner(s.Objects, oid)
	if s.Roles.HasPrivs(s.Current, owner) {
		return true
	}
	key := objects.CommentKey(objects.ClassRelation, oid, "")
	acl := s.Objects.ACLs[key]
	if sh := relationByOID(oid); sh != nil && acl == nil {
		acl = SystemACL(sh.name)
	}
	all := roles.All('r') | roles.All('S')
	if s.Roles.Mask(acl, s.Current, owner, all) != 0 || s.Roles.HasPrivs(s.Current, roles.ReadAllData) || s.Roles.HasPrivs(s.Current, roles.WriteAllData) {
		return true
	}
	for k, acl := range s.Objects.ACLs {
		if strings.HasPrefix(k, key+"/") && s.Roles.Mask(acl, s.Current, owner, roles.All('c')) != 0 {
			return true
		}
	}
	return false
}

// seesColumn is sees for one column of a relation that is seen.
func (s *Source) seesColumn(oid, id uint32) bool {
	owner := RelationOwner(s.Objects, oid)
	if s.Roles.HasPrivs(s.Current, owner) || relationByOID(oid) != nil || s.Roles.HasPrivs(s.Current, roles.ReadAllData) {
		return true
	}
	for _, key := range []string{"", strconv.Itoa(int(id))} {
		if s.Roles.Mask(s.Objects.ACLs[objects.CommentKey(objects.ClassRelation, oid, key)], s.Current, owner, roles.All('c')) != 0 {
			return true
		}
	}
	return false
}

// seesSchema is sees for a schema.
func (s *Source) seesSchema(ns uint32) bool {
	owner := SchemaOwner(s.Objects, ns)
	return s.Roles.HasPrivs(s.Current, owner) || s.Roles.Mask(SchemaACL(s.Objects, ns), s.Current, owner, roles.All('n')) != 0
}
