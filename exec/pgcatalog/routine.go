package pgcatalog

import (
	"sync"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// Routine is a built-in function or operator, or another object that is found by a
// name in a schema.
type Routine struct {
	OID          uint32
	Schema, Name string
	Args         []uint32 // types; of an operator always two, 0 for none
	// Of functions: the type of the result, that they give NULL for a NULL argument,
	// and that they are neither aggregates nor the like and do not return sets.
	Ret           uint32
	Strict, Plain bool
	// Code is the function of an operator.
	Code uint32
}

// routines are those of one catalog, by OID and by name.
type routines struct {
	byOID  map[uint32]*Routine
	byName map[string][]*Routine
}

func routinesOf(catalog, prefix string, args func(get func(string) vec.Datum) []uint32) func() *routines {
	return sync.OnceValue(func() *routines {
		rs := &routines{byOID: map[uint32]*Routine{}, byName: map[string][]*Routine{}}
		at, rows := Builtin(catalog)
		for i := range rows.N {
			get := func(col string) vec.Datum { return rows.Cols[at[col]].Get(i) }
			r := &Routine{OID: uint32(get("oid").I), Schema: "pg_catalog", Name: get(prefix + "name").S, Args: args(get)}
			if get(prefix+"namespace").I == OIDInfo {
				r.Schema = "information_schema"
			}
			switch prefix {
			case "pro":
				r.Ret, r.Strict = uint32(get("prorettype").I), get("proisstrict").I != 0
				r.Plain = get("prokind").S == "f" && get("proretset").I == 0
			case "opr":
				r.Code = uint32(get("oprcode").I)
			}
			rs.byOID[r.OID] = r
			rs.byName[r.Name] = append(rs.byName[r.Name], r)
		}
		return rs
	})
}

var functions = routinesOf("pg_proc", "pro", func(get func(string) vec.Datum) (out []uint32) {
	if a := get("proargtypes"); a.A != nil {
		for _, t := range a.A.I64[:a.A.N] {
			out = append(out, uint32(t))
		}
	}
	return out
})

var operators = routinesOf("pg_operator", "opr", func(get func(string) vec.Datum) []uint32 {
	return []uint32{uint32(get("oprleft").I), uint32(get("oprright").I)}
})

// objects that have reg types of their own and no arguments.
var (
	noArgs         = func(func(string) vec.Datum) []uint32 { return nil }
	collations     = routinesOf("pg_collation", "coll", noArgs)
	configurations = routinesOf("pg_ts_config", "cfg", noArgs)
	dictionaries   = routinesOf("pg_ts_dict", "dict", noArgs)
)

// namedOnly are the built-in objects of a reg type that has only names.
func namedOnly(k types.Kind) *routines {
	switch k {
	case types.RegCollation:
		return collations()
	case types.RegConfig:
		return configurations()
	case types.RegDictionary:
		return dictionaries()
	}
	return &routines{}
}

// PlainName is the name of a built-in collation, text search configuration or
// dictionary; ok is false for none.
func PlainName(k types.Kind, oid uint32) (name string, ok bool) {
	r := namedOnly(k).byOID[oid]
	if r == nil {
		return "", false
	}
	return r.Name, true
}

// PlainOID is the inverse of PlainName, 0 for none.
func PlainOID(k types.Kind, schema, name string) uint32 {
	for _, r := range namedOnly(k).named(schema, name) {
		return r.OID
	}
	return 0
}

// Functions are the built-in functions of a name in a schema; "" is what a bare
// name finds.
func Functions(schema, name string) []*Routine { return functions().named(schema, name) }

// Operators are the built-in operators of a name; see Functions.
func Operators(schema, name string) []*Routine { return operators().named(schema, name) }

func (rs *routines) named(schema, name string) (out []*Routine) {
	if schema == "" {
		schema = "pg_catalog"
	}
	for _, r := range rs.byName[name] {
		if r.Schema == schema {
			out = append(out, r)
		}
	}
	return out
}

// Function is the built-in function of an OID, nil for none.
func Function(oid uint32) *Routine { return functions().byOID[oid] }

// OperatorOf is the name of the operator that a built-in function computes, "" for
// none.
func OperatorOf(function uint32) string { return operatorsByCode()[function] }

var operatorsByCode = sync.OnceValue(func() map[uint32]string {
	out := map[uint32]string{}
	for _, r := range operators().byOID {
		out[r.Code] = r.Name
	}
	return out
})

// Operator is the built-in operator of an OID, nil for none.
func Operator(oid uint32) *Routine { return operators().byOID[oid] }
