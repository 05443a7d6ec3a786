package pgcatalog

import (
	"sync"

	"tagd/sql/types"
)

// opclassKey finds an operator class by access method and name, or the default one
// by the type that it takes.
type opclassKey struct {
	method int64
	name   string
	typ    int64
}

var opclasses = sync.OnceValue(func() map[opclassKey]uint32 {
	at, rows := Builtin("pg_opclass")
	out := map[opclassKey]uint32{}
	for i := range rows.N {
		get := func(col string) int64 { return rows.Cols[at[col]].Get(i).I }
		out[opclassKey{method: get("opcmethod"), name: rows.Cols[at["opcname"]].Get(i).S}] = uint32(get("oid"))
		if get("opcdefault") != 0 {
			out[opclassKey{method: get("opcmethod"), typ: get("opcintype")}] = uint32(get("oid"))
		}
	}
	return out
})

// methodOID is the OID of an access method, btree's for an unknown one.
func methodOID(name string) uint32 {
	at, rows := Builtin("pg_am")
	for i := range rows.N {
		if rows.Cols[at["amname"]].Get(i).S == name {
			return uint32(rows.Cols[at["oid"]].Get(i).I)
		}
	}
	return OIDBtree
}

// The types that stand for all enums, all arrays and all composites, and text for
// varchar.
const oidAnyEnum, oidAnyArray, oidRecord, oidText, oidVarchar = 3500, 2277, 2249, 25, 1043

// defaultClass is the operator class of a type in an access method, 0 for none.
func defaultClass(method uint32, t types.Type) uint32 {
	typ := int64(t.WithoutDomain().OID())
	switch {
	case t.Array:
		typ = oidAnyArray
	case t.Kind == types.Enum:
		typ = oidAnyEnum
	case t.Kind == types.Record:
		typ = oidRecord
	case typ == oidVarchar:
		typ = oidText
	}
	return opclasses()[opclassKey{method: int64(method), typ: typ}]
}

// Opclass finds an operator class by its name in an access method and the type that
// it takes; ok is false for none.
func Opclass(method, name string) (in uint32, ok bool) {
	oid := opclasses()[opclassKey{method: int64(methodOID(method)), name: name}]
	at, rows := Builtin("pg_opclass")
	for i := range rows.N {
		if oid != 0 && uint32(rows.Cols[at["oid"]].Get(i).I) == oid {
			return uint32(rows.Cols[at["opcintype"]].Get(i).I), true
		}
	}
	return 0, false
}

// OpclassTakes reports that an operator class for type in takes values of t: its own,
// and what is stored as it is.
func OpclassTakes(in uint32, t types.Type) bool {
	switch in {
	case oidAnyArray:
		return t.Array
	case oidAnyEnum:
		return t.Kind == types.Enum && !t.Array
	case oidRecord:
		return t.Kind == types.Record && !t.Array
	case oidText:
		return t.OID() == oidText || t.OID() == oidVarchar
	}
	const oidOid, oidRegproc, oidInet, oidCidr = 26, 24, 869, 650
	i, known := builtinTypes().at[t.OID()]
	switch in {
	case t.OID():
		return true
	case oidInet:
		return t.OID() == oidCidr
	case oidOid: // the types of OIDs that are shown as names
		return known && builtinTypes().get(i, "typcategory").S == "N" && (t.OID() == oidRegproc || t.OID() > 2000)
	}
	return false
}

// keyVectors are indcollation, indclass and indoption: of each key its collation,
// its operator class, and 1 for DESC plus 2 for NULLS FIRST. An expression that no
// column is has the class that was written, or none.
func (x *index) keyVectors() (collations, classes oids, options vector) {
	method := methodOID(x.method)
	l := builtinTypes()
	for i := range x.nkeys {
		collation, class, option := uint32(0), uint32(0), int16(0)
		if k := x.keys[i]; k > 0 {
			c := &x.table.Columns[k-1]
			t := c.Type
			class = defaultClass(method, t)
			if row, ok := l.at[t.WithoutDomain().OID()]; ok {
				collation = uint32(l.get(row, "typcollation").I)
			}
			if c.Collation != "" {
				collation = PlainOID(types.RegCollation, "pg_catalog", c.Collation)
			}
		}
		if x.obj != nil {
			k := &x.obj.Keys[i]
			if k.Class != "" {
				class = opclasses()[opclassKey{method: int64(method), name: k.Class}]
			}
			if k.Desc {
				option |= 1
			}
			if k.NullsFirst {
				option |= 2
			}
		}
		collations, classes, options = append(collations, collation), append(classes, class), append(options, option)
	}
	return collations, classes, options
}
