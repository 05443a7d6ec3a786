package pgcatalog

import (
	"sort"

	"tagd/exec/objects"
	"tagd/sql/types"
)

// relationOIDs are PostgreSQL's OIDs of the relations that clients name by
// number; the others are numbered in the order of their names.
var relationOIDs = map[string]uint32{
	"pg_class": 1259, "pg_type": 1247, "pg_attribute": 1249, "pg_namespace": 2615, "pg_database": 1262, "pg_index": 2610, "pg_constraint": 2606,
	"pg_attrdef": 2604, "pg_enum": 3501, "pg_sequence": 2224, "pg_description": 2609, "pg_proc": 1255, "pg_am": 2601, "pg_collation": 3456,
	"pg_authid": 1260, "pg_shdescription": 2396, "pg_depend": 2608,
}

// firstOther is where the numbering of the other relations begins.
const firstOther = 13100

// RelationOID is the OID of a relation of the system's schemas.
func RelationOID(schema, name string) uint32 {
	if oid, ok := relationOIDs[name]; ok && schema == "pg_catalog" {
		return oid
	}
	list := names()
	i := sort.Search(len(list), func(i int) bool {
		return list[i].schema > schema || list[i].schema == schema && list[i].name >= name
	})
	return firstOther + uint32(i)
}

// RelationName is the name of a relation of the system's schemas, as it is
// found; false for another OID.
func RelationName(oid uint32) (string, bool) {
	if r := relationByOID(oid); r != nil {
		if r.schema == "pg_catalog" {
			return r.name, true
		}
		return r.schema + "." + r.name, true
	}
	return "", false
}

func relationByOID(oid uint32) *relation {
	for name, o := range relationOIDs {
		if o == oid {
			return find("pg_catalog", name)
		}
	}
	if list := names(); oid >= firstOther && int(oid-firstOther) < len(list) {
		return list[oid-firstOther]
	}
	return nil
}

// IsSystem reports the OIDs of relations of the system's schemas.
func IsSystem(oid uint32) bool { return relationByOID(oid) != nil }

// SchemaOID is what pg_namespace shows for a schema.
func SchemaOID(ns uint32) uint32 {
	if ns == objects.Public {
		return OIDPublic
	}
	return ns
}

// SchemaKey is the inverse of SchemaOID for the class of schemas; other OIDs are
// what they are.
func SchemaKey(class string, oid uint32) uint32 {
	if class == objects.ClassSchema && oid == OIDPublic {
		return objects.Public
	}
	return oid
}

// DatabaseOID is what pg_database shows for a database.
func DatabaseOID(oid uint32) uint32 {
	if oid == 0 {
		return OIDDatabase
	}
	return oid
}

// ConstraintIndexOID is the OID of the index of a key or UNIQUE constraint, made
// from the table's. The constraint has the same.
func ConstraintIndexOID(def *types.Table, name string) uint32 {
	if def.Key >= 0 && def.KeyName == name {
		return def.OID | keyIndexBit
	}
	for i := range def.Uniques {
		if u := &def.Uniques[i]; u.Name == name {
			return keyIndexBit | 1<<29 | def.OID&0x7fffff<<6 | uint32(i+1)&63
		}
	}
	return 0
}

// checkOID is the OID of a CHECK constraint.
func checkOID(def *types.Table, i int) uint32 {
	return keyIndexBit | 1<<28 | def.OID&0x3fffff<<6 | uint32(i)&63
}

// defaultOID is the OID of a column's default.
func defaultOID(def *types.Table, i int) uint32 {
	return keyIndexBit | 3<<28 | def.OID&0xffff<<12 | uint32(i)&0xfff
}
