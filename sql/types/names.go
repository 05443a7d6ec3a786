package types

import (
	"strconv"
	"strings"
)

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
	Unknown:        {"unknown", "unknown", 705, 0, -2},
	Bool:           {"bool", "boolean", 16, 1000, 1},
	Int2:           {"int2", "smallint", 21, 1005, 2},
	Int4:           {"int4", "integer", 23, 1007, 4},
	Int8:           {"int8", "bigint", 20, 1016, 8},
	Numeric:        {"numeric", "numeric", 1700, 1231, -1},
	Float4:         {"float4", "real", 700, 1021, 4},
	Float8:         {"float8", "double precision", 701, 1022, 8},
	Text:           {"text", "text", 25, 1009, -1},
	Varchar:        {"varchar", "character varying", 1043, 1015, -1},
	Date:           {"date", "date", 1082, 1182, 4},
	Timestamp:      {"timestamp", "timestamp without time zone", 1114, 1115, 8},
	TimestampTZ:    {"timestamptz", "timestamp with time zone", 1184, 1185, 8},
	UUID:           {"uuid", "uuid", 2950, 2951, 16},
	Interval:       {"interval", "interval", 1186, 1187, 16},
	Oid:            {"oid", "oid", 26, 1028, 4},
	Name:           {"name", "name", 19, 1003, 64},
	Char:           {"char", `"char"`, 18, 1002, 1},
	Void:           {"void", "void", 2278, 0, 4},
	Bytea:          {"bytea", "bytea", 17, 1001, -1},
	BPChar:         {"bpchar", "character", 1042, 1014, -1},
	Time:           {"time", "time without time zone", 1083, 1183, 8},
	TimeTZ:         {"timetz", "time with time zone", 1266, 1270, 12},
	JSON:           {"json", "json", 114, 199, -1},
	JSONB:          {"jsonb", "jsonb", 3802, 3807, -1},
	JSONPath:       {"jsonpath", "jsonpath", 4072, 4073, -1},
	Bit:            {"bit", "bit", 1560, 1561, -1},
	VarBit:         {"varbit", "bit varying", 1562, 1563, -1},
	Xid:            {"xid", "xid", 28, 1011, 4},
	Cid:            {"cid", "cid", 29, 1012, 4},
	Tid:            {"tid", "tid", 27, 1010, 6},
	RegClass:       {"regclass", "regclass", 2205, 2210, 4},
	RegType:        {"regtype", "regtype", 2206, 2211, 4},
	RegProc:        {"regproc", "regproc", 24, 1008, 4},
	RegProcedure:   {"regprocedure", "regprocedure", 2202, 2207, 4},
	RegOper:        {"regoper", "regoper", 2203, 2208, 4},
	RegOperator:    {"regoperator", "regoperator", 2204, 2209, 4},
	RegNamespace:   {"regnamespace", "regnamespace", 4089, 4090, 4},
	RegRole:        {"regrole", "regrole", 4096, 4097, 4},
	RegCollation:   {"regcollation", "regcollation", 4191, 4192, 4},
	NodeTree:       {"pg_node_tree", "pg_node_tree", 194, 0, -1},
	AclItem:        {"aclitem", "aclitem", 1033, 1034, 12},
	RegConfig:      {"regconfig", "regconfig", 3734, 3735, 4},
	RegDictionary:  {"regdictionary", "regdictionary", 3769, 3770, 4},
	LSN:            {"pg_lsn", "pg_lsn", 3220, 3221, 8},
	Xid8:           {"xid8", "xid8", 5069, 271, 8},
	Money:          {"money", "money", 790, 791, 8},
	Point:          {"point", "point", 600, 1017, 16},
	LSeg:           {"lseg", "lseg", 601, 1018, 32},
	GeoPath:        {"path", "path", 602, 1019, -1},
	Box:            {"box", "box", 603, 1020, 32},
	Polygon:        {"polygon", "polygon", 604, 1027, -1},
	Line:           {"line", "line", 628, 629, 24},
	Circle:         {"circle", "circle", 718, 719, 24},
	PgSnapshot:     {"pg_snapshot", "pg_snapshot", 5038, 5039, -1},
	TxidSnapshot:   {"txid_snapshot", "txid_snapshot", 2970, 2949, -1},
	RefCursor:      {"refcursor", "refcursor", 1790, 2201, -1},
	CIDR:           {"cidr", "cidr", 650, 651, -1},
	MacAddr:        {"macaddr", "macaddr", 829, 1040, 6},
	MacAddr8:       {"macaddr8", "macaddr8", 774, 775, 8},
	Inet:           {"inet", "inet", 869, 1041, -1},
	Int4Range:      {"int4range", "int4range", 3904, 3905, -1},
	Int8Range:      {"int8range", "int8range", 3926, 3927, -1},
	NumRange:       {"numrange", "numrange", 3906, 3907, -1},
	TSRange:        {"tsrange", "tsrange", 3908, 3909, -1},
	TSTZRange:      {"tstzrange", "tstzrange", 3910, 3911, -1},
	DateRange:      {"daterange", "daterange", 3912, 3913, -1},
	Int4Multirange: {"int4multirange", "int4multirange", 4451, 6150, -1},
	Int8Multirange: {"int8multirange", "int8multirange", 4536, 6157, -1},
	NumMultirange:  {"nummultirange", "nummultirange", 4532, 6151, -1},
	TSMultirange:   {"tsmultirange", "tsmultirange", 4533, 6152, -1},
	TSTZMultirange: {"tstzmultirange", "tstzmultirange", 4534, 6153, -1},
	DateMultirange: {"datemultirange", "datemultirange", 4535, 6155, -1},
	Record:         {"record", "record", 2249, 2287, -1},
	Enum:           {"anyenum", "anyenum", 3500, 0, 4},
	Any:            {"any", `"any"`, 2276, 0, 4},
	AnyElem:        {"anyelement", "anyelement", 2283, 0, 4},
	AnyArray:       {"anyarray", "anyarray", 2277, 0, -1},
	AnyRange:       {"anyrange", "anyrange", 3831, 0, -1},
	AnyMultirange:  {"anymultirange", "anymultirange", 4537, 0, -1},
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
	oids[oidInt2Vector], oids[oidOidVector] = Int2Vector, OidVector
	return names, oids
}

const (
	oidInt2Vector = 22
	oidOidVector  = 30
)

// vectorName is the name of a vector type.
func (t Type) vectorName() string { return typeInfos[t.Kind].name + "vector" }

// VectorNamed returns int2vector and oidvector by their names.
func VectorNamed(name string) (Type, bool) {
	for _, t := range []Type{Int2Vector, OidVector} {
		if t.vectorName() == name {
			return t, true
		}
	}
	return Type{}, false
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
	if t.own() && t.Ext != nil {
		if t.Array {
			return t.Ext.Def().ArrayOID
		}
		return t.Ext.OID
	}
	switch {
	case t.IsVector() && t.Kind == Int2:
		return oidInt2Vector
	case t.IsVector():
		return oidOidVector
	case t.Array:
		return typeInfos[t.Kind].arr
	}
	return typeInfos[t.Kind].oid
}

// PGName returns pg_type.typname: "int4", "_text".
func (t Type) PGName() string {
	if t.Kind >= NumKinds {
		return ""
	}
	if t.own() && t.Ext != nil {
		if t.Array {
			return "_" + t.Ext.Def().Name
		}
		return t.Ext.Def().Name
	}
	switch {
	case t.IsVector():
		return t.vectorName()
	case t.Array:
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
	switch {
	case t.Mod == 0, t.IsVector():
		return -1
	case t.Kind == Time, t.Kind == TimeTZ, t.Kind == Timestamp, t.Kind == TimestampTZ:
		return t.Mod - 1
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
	case t.Array && t.own():
		return t.Ext.Name() + "[]"
	default:
		return t.Ext.Name()
	}
	if t.IsVector() {
		return t.vectorName()
	}
	s := typeInfos[t.Kind].sql
	if t.Mod != 0 {
		s = t.withMod(s)
	}
	if t.Array {
		s += "[]"
	}
	return s
}

// withMod puts the modifier into the spelling of the type.
func (t Type) withMod(s string) string {
	if p, sc, ok := t.Precision(); ok {
		return s + "(" + strconv.Itoa(p) + "," + strconv.Itoa(sc) + ")"
	}
	if n := t.MaxLen(); n > 0 {
		return s + "(" + strconv.Itoa(n) + ")"
	}
	switch t.Kind {
	case Time, TimeTZ, Timestamp, TimestampTZ:
		word, rest, _ := strings.Cut(s, " ")
		return word + "(" + strconv.Itoa(t.SubSecond()) + ") " + rest
	case Interval:
		s += intervalFields(t.Mod >> 16)
		if p := t.SubSecond(); p >= 0 {
			s += "(" + strconv.Itoa(p) + ")"
		}
	case Bit, VarBit:
		s += "(" + strconv.Itoa(int(t.Mod)) + ")"
	}
	return s
}
