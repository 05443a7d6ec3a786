package pgcatalog

import (
	"strings"
	"sync"

	"tagd/exec/objects"
	"tagd/sql/types"
)

// RelationOID is the OID of a relation of the system's schemas, 0 for none.
func RelationOID(schema, name string) uint32 {
	_, oids := systemNames()
	return oids[schema+"."+name]
}

// RelationName is the name of a relation of the system's schemas, as it is
// found; false for another OID.
func RelationName(oid uint32) (string, bool) {
	names, _ := systemNames()
	name, ok := names[oid]
	return name, ok
}

var byOID = sync.OnceValue(func() map[uint32]*shape {
	m := map[uint32]*shape{}
	for _, sh := range shapes() {
		m[sh.oid] = sh
	}
	return m
})

func relationByOID(oid uint32) *shape { return byOID()[oid] }

// IsSystem reports the OIDs of relations of the system's schemas.
func IsSystem(oid uint32) bool { return relationByOID(oid) != nil }

// Visible tells whether a relation of the system's schemas is found by its bare
// name; known is false for another OID.
func Visible(oid uint32) (visible, known bool) {
	name, known := RelationName(oid)
	return known && !strings.Contains(name, "."), known
}

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

// keyConstraintOID is the OID of the constraint whose index has an OID.
func keyConstraintOID(index uint32) uint32 { return index | 1<<31 }

// ConstraintIndexOID is the OID of the index of a key or UNIQUE constraint, made
// from the table's.
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

// labelOID is the OID of an enum's label.
func labelOID(t *objects.Type, i int) uint32 {
	return keyIndexBit | 7<<27 | t.OID&0x1ffff<<10 | uint32(i)&0x3ff
}

// defaultOID is the OID of a column's default.
func defaultOID(def *types.Table, i int) uint32 {
	return keyIndexBit | 3<<28 | def.OID&0xffff<<12 | uint32(i)&0xfff
}

// IsTable reports a relation of the system's schemas that is a table.
func IsTable(schema, name string) bool {
	sh := find(schema, name)
	return sh != nil && sh.kind == "r"
}

// RelationPlace is the schema and the name of a relation of the system's schemas.
func RelationPlace(oid uint32) (schema, name string, ok bool) {
	sh := relationByOID(oid)
	if sh == nil {
		return "", "", false
	}
	return sh.schema, sh.name, true
}

// The OIDs of row types and of array types that nothing keeps are made from the
// relation's, or the domain's.
const rowTypeBit, arrayTypeBit = 1 << 29, 1 << 28

// RowTypeOID is the OID of the type of a relation's rows.
func RowTypeOID(rel uint32) uint32 { return rel | rowTypeBit }

// ArrayTypeOID is the OID of the array type of a row type or a domain.
func ArrayTypeOID(typ uint32) uint32 { return typ | rowTypeBit | arrayTypeBit }

// RowTypeRelation is the inverse of RowTypeOID and of ArrayTypeOID after it: the
// relation or domain, and whether oid is that of an array.
func RowTypeRelation(oid uint32) (rel uint32, array, ok bool) {
	if oid&(rowTypeBit|keyIndexBit) != rowTypeBit {
		return 0, false, false
	}
	return oid &^ (rowTypeBit | arrayTypeBit), oid&arrayTypeBit != 0, true
}

// TableNames are the tables of a schema of the system's, in the order of their names.
func TableNames(schema string) []string {
	var out []string
	for _, sh := range names() {
		if sh.schema == schema && sh.kind == "r" {
			out = append(out, sh.name)
		}
	}
	return out
}

// IsShared reports a table of pg_catalog that all databases have in common.
func IsShared(name string) bool {
	cols, rows := Builtin("pg_class")
	for i := range rows.N {
		if rows.Cols[cols["relname"]].Get(i).S == name {
			return rows.Cols[cols["relisshared"]].Get(i).I != 0
		}
	}
	return false
}

// systemRowTypes are the row types of the relations of the system's schemas, by
// relation.
var systemRowTypes = sync.OnceValue(func() map[uint32]uint32 {
	cols, rows := Builtin("pg_class")
	out := make(map[uint32]uint32, rows.N)
	for i := range rows.N {
		out[uint32(rows.Cols[cols["oid"]].Get(i).I)] = uint32(rows.Cols[cols["reltype"]].Get(i).I)
	}
	return out
})

// SystemRowType is the type of the rows of a relation of the system's schemas and
// its array type; 0 for another.
func SystemRowType(rel uint32) (row, array uint32) {
	row = systemRowTypes()[rel]
	l := builtinTypes()
	if i, ok := l.at[row]; ok {
		array = uint32(l.get(i, "typarray").I)
	}
	return row, array
}
