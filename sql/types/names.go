package types

import "strconv"

// typeInfo is one row of pg_type as far as tagd has it.
type typeInfo struct {
	name  string // pg_type.typname
	sql   string // format_type's spelling
	oid   uint32
	arr   uint32 // OID of the array type, 0 for none
	width int16  // typlen
}

// OIDs and lengths are those of PostgreSQL's src/include/catalog/pg_type.dat.
var typeInfos = [NumKinds]typeInfo{
	Unknown:     {"unknown", "unknown", 705, 0, -2},
	Bool:        {"bool", "boolean", 16, 1000, 1},
	Int2:        {"int2", "smallint", 21, 1005, 2},
	Int4:        {"int4", "integer", 23, 1007, 4},
	Int8:        {"int8", "bigint", 20, 1016, 8},
	Numeric:     {"numeric", "numeric", 1700, 1231, -1},
	Float4:      {"float4", "real", 700, 1021, 4},
	Float8:      {"float8", "double precision", 701, 1022, 8},
	Text:        {"text", "text", 25, 1009, -1},
	Varchar:     {"varchar", "character varying", 1043, 1015, -1},
	Date:        {"date", "date", 1082, 1182, 4},
	Timestamp:   {"timestamp", "timestamp without time zone", 1114, 1115, 8},
	TimestampTZ: {"timestamptz", "timestamp with time zone", 1184, 1185, 8},
	UUID:        {"uuid", "uuid", 2950, 2951, 16},
	Interval:    {"interval", "interval", 1186, 1187, 16},
	Oid:         {"oid", "oid", 26, 1028, 4},
	Name:        {"name", "name", 19, 1003, 64},
	Char:        {"char", `"char"`, 18, 1002, 1},
	Void:        {"void", "void", 2278, 0, 4},
	Bytea:       {"bytea", "bytea", 17, 1001, -1},
	Record:      {"record", "record", 2249, 2287, -1},
	Enum:        {"anyenum", "anyenum", 3500, 0, 4},
	Any:         {"any", `"any"`, 2276, 0, 4},
	AnyElem:     {"anyelement", "anyelement", 2283, 0, 4},
	AnyArray:    {"anyarray", "anyarray", 2277, 0, -1},
}

var kindNames, typeOIDs = buildNames()

func buildNames() (map[string]Kind, map[uint32]Type) {
	names, oids := map[string]Kind{}, map[uint32]Type{}
	for k := Unknown; k < NumKinds; k++ {
		in := typeInfos[k]
		names[in.name] = k
		if k != Char && k != Any {
			names[in.sql] = k
		}
		oids[in.oid] = Type{Kind: k}
		if in.arr != 0 {
			oids[in.arr] = Type{Kind: k, Array: true}
		}
	}
	for alias, k := range map[string]Kind{
		"int": Int4, "decimal": Numeric, "float": Float8, "dec": Numeric,
	} {
		names[alias] = k
	}
	return names, oids
}

// TypeNamed returns the kind of an internal or SQL type name in lower case:
// "int4", "integer", "bool", "timestamp with time zone". The pseudo-types are
// known too. "char" is the one-byte type, as in pg_type.
func TypeNamed(name string) (Kind, bool) {
	k, ok := kindNames[name]
	return k, ok
}

// TypeByOID returns the type of a pg_type OID.
func TypeByOID(oid uint32) (Type, bool) {
	t, ok := typeOIDs[oid]
	return t, ok
}

// OID returns pg_type's OID of t, 0 where there is none. Of a domain it is the
// base type's, as in a RowDescription.
func (t Type) OID() uint32 {
	if t.Kind >= NumKinds {
		return 0
	}
	if t.Kind == Enum && t.Ext != nil {
		if t.Array {
			return t.Ext.Def().ArrayOID
		}
		return t.Ext.OID
	}
	if t.Array {
		return typeInfos[t.Kind].arr
	}
	return typeInfos[t.Kind].oid
}

// PGName returns pg_type.typname: "int4", "_text".
func (t Type) PGName() string {
	if t.Kind >= NumKinds {
		return ""
	}
	if t.Kind == Enum && t.Ext != nil {
		if t.Array {
			return "_" + t.Ext.Def().Name
		}
		return t.Ext.Def().Name
	}
	if t.Array {
		return "_" + typeInfos[t.Kind].name
	}
	return typeInfos[t.Kind].name
}

// Len returns pg_type.typlen: bytes, -1 for variable, -2 for a C string.
func (t Type) Len() int16 {
	if t.Array {
		return -1
	}
	if t.Kind >= NumKinds {
		return 0
	}
	return typeInfos[t.Kind].width
}

// WireMod returns the modifier as RowDescription carries it: -1 for none.
func (t Type) WireMod() int32 {
	if t.Mod == 0 {
		return -1
	}
	return t.Mod
}

// String returns the type as format_type writes it: "character varying(10)",
// "text[]". The invalid type is "???", as Postgres writes an unknown OID.
func (t Type) String() string {
	if t.Kind == Invalid || t.Kind >= NumKinds {
		return "???"
	}
	switch {
	case t.Ext == nil:
	case t.Array && t.Kind == Enum:
		return t.Ext.Name() + "[]"
	default:
		return t.Ext.Name()
	}
	s := typeInfos[t.Kind].sql
	if p, sc, ok := t.Precision(); ok {
		s += "(" + strconv.Itoa(p) + "," + strconv.Itoa(sc) + ")"
	} else if n := t.MaxLen(); n > 0 {
		s += "(" + strconv.Itoa(n) + ")"
	}
	if t.Array {
		s += "[]"
	}
	return s
}
