package pgcatalog

import (
	"strings"

	"tagd/exec/objects"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// firstMulti is the first number of a multixact, which nothing here ever takes.
const firstMulti = 1

func init() {
	register("pg_catalog", "pg_namespace", []col{{"oid", tOid}, {"nspname", tName}, {"nspowner", tOid}, {"nspacl", tAcl}},
		func(s *Source, add func(...any)) {
			for _, n := range s.schemas() {
				ns := SchemaKey(objects.ClassSchema, n.oid)
				add(n.oid, n.name, SchemaOwner(s.Objects, ns), s.acl(SchemaACL(s.Objects, ns)))
			}
		})
	register("pg_catalog", "pg_database", []col{{"oid", tOid}, {"datname", tName}, {"datdba", tOid}, {"encoding", tInt4},
		{"datcollate", tName}, {"datctype", tName}, {"datistemplate", tBool}, {"datallowconn", tBool}, {"datconnlimit", tInt4},
		{"datlocprovider", tChar}, {"datfrozenxid", tXid}, {"datminmxid", tXid}, {"dattablespace", tOid}, {"datacl", tAcl}},
		func(s *Source, add func(...any)) {
			for _, d := range s.Databases {
				add(DatabaseOID(d.OID), d.Name, d.Owner, 6, "C", "C", d.Template, !d.Closed, d.Limit, "c", fn.BootstrapXid, firstMulti, 1663, s.acl(d.ACL))
			}
		})
	register("pg_catalog", "pg_class", []col{{"oid", tOid}, {"relname", tName}, {"relnamespace", tOid}, {"reltype", tOid},
		{"relowner", tOid}, {"relam", tOid}, {"relfilenode", tOid}, {"relpages", tInt4}, {"reltuples", tReal}, {"relhasindex", tBool},
		{"relisshared", tBool}, {"relpersistence", tChar}, {"relkind", tChar}, {"relnatts", tInt2}, {"relchecks", tInt2},
		{"relhasrules", tBool}, {"relhastriggers", tBool}, {"relrowsecurity", tBool}, {"relispartition", tBool}, {"relispopulated", tBool},
		{"relreplident", tChar}, {"relfrozenxid", tXid}, {"relminmxid", tXid}, {"relacl", tAcl}, {"reloptions", tTexts}}, func(s *Source, add func(...any)) {
		classRows(s, func(vals ...any) {
			v := s.Objects.Views[vals[0].(uint32)]
			frozen, multi := 0, 0
			if k := vals[12]; k == "r" || k == "m" || k == "t" {
				frozen, multi = fn.FirstXid, firstMulti
			}
			add(append(vals, v == nil || !v.Mat || v.Filled, replident(vals[12]), frozen, multi, s.relACL(vals[0].(uint32)), viewOptions(v))...)
		})
	})
	register("pg_catalog", "pg_attribute", []col{{"attrelid", tOid}, {"attname", tName}, {"atttypid", tOid}, {"attlen", tInt2},
		{"attnum", tInt2}, {"attndims", tInt4}, {"atttypmod", tInt4}, {"attnotnull", tBool}, {"atthasdef", tBool},
		{"attidentity", tChar}, {"attgenerated", tChar}, {"attisdropped", tBool}, {"attstattarget", tInt4}, {"attcacheoff", tInt4},
		{"attislocal", tBool}, {"attbyval", tBool}, {"attalign", tChar}, {"attstorage", tChar}, {"attcollation", tOid}, {"attacl", tAcl}}, func(s *Source, add func(...any)) {
		attributeRows(s, func(id uint32, collation string, vals ...any) {
			target, acl := -1, any(nil)
			if id == 0 {
				target = 0 // a system column
			} else {
				acl = s.columnACL(vals[0].(uint32), id, vals[1].(string))
			}
			stored := s.stored(vals[2])
			if collation != "" {
				stored[3] = PlainOID(types.RegCollation, "pg_catalog", collation)
			}
			add(append(append(append(vals, target, -1, true), stored...), acl)...)
		})
	})
	register("pg_catalog", "pg_description", []col{{"objoid", tOid}, {"classoid", tOid}, {"objsubid", tInt4}, {"description", tText}},
		descriptionRows)
}

// viewOptions are the options of a view as pg_class has them; nil: none.
func viewOptions(v *objects.View) any {
	if v == nil || len(v.Options) == 0 {
		return nil
	}
	var out []string
	for _, o := range v.Options {
		if !strings.Contains(o, "=") {
			o += "=true"
		}
		out = append(out, o)
	}
	return out
}

// replident is the replica identity by kind of relation.
func replident(kind any) string {
	if kind == "r" || kind == "m" {
		return "d"
	}
	return "n"
}

// rowOf reports the type of a relation's rows, and arrays of composite types.
func rowOf(s *Source, oid uint32) bool {
	for _, t := range s.Objects.Types {
		if t.ArrayOID == oid {
			return t.Kind == "c"
		}
	}
	rel, _, ok := RowTypeRelation(oid)
	return ok && s.Objects.Types[rel] == nil
}

// Collatable reports whether values of a type that is no domain have a collation.
func Collatable(t types.Type) bool {
	l := builtinTypes()
	i, ok := l.at[t.OID()]
	return ok && l.get(i, "typcollation").I != 0
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
	} else if t != nil && t.Kind == "c" || rowOf(s, id) {
		return []any{false, "d", "x", 0}
	} else if t == nil {
		return []any{false, "i", "x", 0} // an array
	}
	return []any{true, "i", "p", 0}
}
