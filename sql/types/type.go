package types

// Kind is a scalar type; an array is a Type with Array set.
type Kind uint8

// The kinds. Their order is not stored anywhere: stored schemas carry names.
const (
	Invalid Kind = iota
	Unknown      // an untyped string literal or NULL, before coercion
	Bool
	Int2
	Int4
	Int8
	Numeric
	Float4
	Float8
	Text
	Varchar
	Date
	Timestamp
	TimestampTZ
	UUID
	Interval
	Oid
	Name   // pg_catalog's name
	Char   // pg_catalog's "char", one byte
	Void   // result of functions that return nothing
	Bytea  // raw bytes
	BPChar // char(n): blanks at the end do not count in comparisons
	Time
	TimeTZ
	JSON  // text as it was written
	JSONB // canonical text, see package jsonb
	JSONPath
	Bit    // bit(n): a text of 0 and 1
	VarBit // bit varying(n)
	Xid
	Cid
	Tid      // block<<16 | offset
	RegClass // the reg types are oids that are shown as names
	RegType
	RegProc
	RegProcedure
	RegOper
	RegOperator
	RegNamespace
	RegRole
	RegCollation
	RegConfig
	RegDictionary
	NodeTree // pg_node_tree: an expression of the catalog, as text
	AclItem  // privileges of one role, as text
	LSN      // pg_lsn: a place in the log
	Xid8
	Money     // hundredths
	RefCursor // the name of a cursor
	Inet      // see IP for how addresses are held
	CIDR
	MacAddr  // 6 bytes
	MacAddr8 // 8 bytes
	Point    // the geometric types, see geo.go
	LSeg
	GeoPath
	Box
	Polygon
	Line
	Circle
	PgSnapshot   // its text
	TxidSnapshot // its text
	// The range types, see package ranges for how they are held; rangeBounds has
	// their order.
	Int4Range
	Int8Range
	NumRange
	TSRange
	TSTZRange
	DateRange
	Int4Multirange
	Int8Multirange
	NumMultirange
	TSMultirange
	TSTZMultirange
	DateMultirange
	Enum   // a label of the user's type Ext; without one, Postgres's anyenum
	Record // rows of values, each of which knows its own types; with Ext those of a composite type
	Any    // signatures only: any type
	AnyElem
	AnyArray
	AnyRange
	AnyMultirange
	NumKinds
)

// Type is a logical type. The zero Type is invalid.
type Type struct {
	Kind  Kind
	Array bool
	// Mod is Postgres's typmod, 0 for none (the wire says -1 then):
	// numeric(p,s) is (p<<16 | s&0x7ff) + 4, varchar(n) and char(n) are n + 4,
	// bit(n) is n, interval is fields<<16 | precision. Of time(p) and timestamp(p)
	// it is p + 1, because Postgres's 0 means something there.
	Mod int32
	// Ext is the user's type: the enum of Kind Enum, the composite type of Kind
	// Record (without one it is the pseudo-type record); of other kinds a domain over
	// the rest of the Type. It is compared by Same for enums and composites only, so
	// that a domain's values are its base's to functions and operators.
	Ext *Ext `json:"-"`
}

// Phys is how a vector holds values of a type.
type Phys uint8

// The physical classes; see vec.Vector for the slices they mean.
const (
	PhysNone  Phys = iota
	PhysInt        // I64: bool 0/1, integers, oids, date, timestamps, time, timetz (see PackTimeTZ)
	PhysFloat      // F64: real, double precision
	PhysStr        // Str: text, varchar, char(n), name, "char", json, jsonb, bits, bytea (raw bytes), uuid (16 raw bytes), ranges
	PhysDec        // Dec: numeric
	PhysIvl        // Ivl: interval
	PhysArr        // Off + Child: every array type
	PhysRec        // Rec: record and composite types
)

// Epoch: dates are days and timestamps microseconds since 2000-01-01 (UTC for
// timestamptz), as in Postgres. Infinities are the extremes below.
const (
	DateInfinity      = int64(1<<31 - 1)
	DateNegInfinity   = int64(-1 << 31)
	TimestampInfinity = int64(1<<63 - 1)
	TimestampNegInf   = int64(-1 << 63)
)

// Phys returns the physical class of t.
func (t Type) Phys() Phys {
	if t.Array {
		return PhysArr
	}
	switch t.Kind {
	case Bool, Int2, Int4, Int8, Oid, Date, Timestamp, TimestampTZ, Time, TimeTZ, Xid, Cid, Tid, Enum,
		RegClass, RegType, RegProc, RegProcedure, RegOper, RegOperator, RegNamespace, RegRole, RegCollation, RegConfig, RegDictionary,
		LSN, Xid8, Money:
		return PhysInt
	case Float4, Float8:
		return PhysFloat
	case Text, Varchar, BPChar, Name, Char, Bytea, UUID, JSON, JSONB, JSONPath, Bit, VarBit, Unknown, Void, NodeTree, AclItem, RefCursor,
		Inet, CIDR, MacAddr, MacAddr8, PgSnapshot, TxidSnapshot, AnyArray: // values of anyarray are the catalog's, held as text
		return PhysStr
	case Numeric:
		return PhysDec
	case Interval:
		return PhysIvl
	case Record:
		return PhysRec
	}
	if t.IsRange() || t.IsMultirange() || t.IsGeo() {
		return PhysStr
	}
	return PhysNone
}

// vectorMod marks the arrays of int2 and oid that are Postgres's int2vector and
// oidvector: their elements count from 0 and their text has blanks between them.
const vectorMod = 1

// Int2Vector and OidVector are the types of catalog columns such as indkey.
var (
	Int2Vector = Type{Kind: Int2, Array: true, Mod: vectorMod}
	OidVector  = Type{Kind: Oid, Array: true, Mod: vectorMod}
)

// IsVector reports int2vector and oidvector.
func (t Type) IsVector() bool {
	return t.Array && t.Mod == vectorMod && (t.Kind == Int2 || t.Kind == Oid)
}

// Elem returns the element type of an array type, t itself otherwise.
func (t Type) Elem() Type {
	if t.Array {
		if t.IsVector() {
			t.Mod = 0
		}
		t = t.WithoutDomain()
	}
	t.Array = false
	return t
}

// ArrayOf returns the array type over t.
func (t Type) ArrayOf() Type { t = t.WithoutDomain(); t.Array = true; return t }

// Domain returns the domain that t is, nil for none.
func (t Type) Domain() *Ext {
	if t.own() {
		return nil
	}
	return t.Ext
}

// own reports the kinds of which Ext is the type itself, not a domain over it.
func (t Type) own() bool { return t.Kind == Enum || t.Kind == Record }

// IsComposite reports a composite type: the rows of a relation, or what CREATE
// TYPE ... AS made. record and arrays are none.
func (t Type) IsComposite() bool { return t.Kind == Record && t.Ext != nil && !t.Array }

// IsRecord reports the pseudo-type record and all composite types.
func (t Type) IsRecord() bool { return t.Kind == Record && !t.Array }

// WithoutDomain returns the base type of a domain, t itself otherwise.
func (t Type) WithoutDomain() Type {
	if !t.own() {
		t.Ext = nil
	}
	return t
}

// Base returns t without its modifier.
func (t Type) Base() Type {
	if !t.IsVector() {
		t.Mod = 0
	}
	return t
}

// Same reports whether t and u are the same type apart from modifiers.
func (t Type) Same(u Type) bool {
	return t.Kind == u.Kind && t.Array == u.Array && (!t.own() || t.Ext == u.Ext) && t.IsVector() == u.IsVector()
}

// Of returns the plain scalar type of a kind.
func Of(k Kind) Type { return Type{Kind: k} }

// NumericMod returns the modifier of numeric(p,s).
func NumericMod(p, s int) int32 { return int32(p<<16|s&0x7ff) + 4 }

// Precision returns p and s of numeric(p,s); ok is false without a modifier.
func (t Type) Precision() (p, s int, ok bool) {
	if t.Kind != Numeric || t.Mod < 4 {
		return 0, 0, false
	}
	m := t.Mod - 4
	return int(m >> 16 & 0xffff), int(m&0x7ff^0x400) - 0x400, true
}

// MaxLen returns n of varchar(n) and char(n), 0 for no limit. The unit is
// characters.
func (t Type) MaxLen() int {
	if t.Kind != Varchar && t.Kind != BPChar || t.Mod < 4 {
		return 0
	}
	return int(t.Mod - 4)
}

// SubSecond returns p of time(p), timestamp(p) and interval(p): the digits of
// the second's fraction that are kept, -1 without a limit.
func (t Type) SubSecond() int {
	switch t.Kind {
	case Time, TimeTZ, Timestamp, TimestampTZ:
		return int(t.Mod) - 1
	case Interval:
		if p := t.Mod & 0xffff; t.Mod != 0 && p <= 6 {
			return int(p)
		}
	}
	return -1
}

// ByBytes reports whether values of t that are held as strings are equal, and
// ordered, exactly as the strings are.
func (t Type) ByBytes() bool {
	switch t.Kind {
	case BPChar, JSONB, NumRange, NumMultirange:
		return t.Array
	}
	return true
}

// IsReg reports whether t is one of the oid types that are shown as names.
func (t Type) IsReg() bool { return !t.Array && t.Kind >= RegClass && t.Kind <= RegDictionary }

// IsRaw reports the types whose strings are bytes and not their text.
func (t Type) IsRaw() bool {
	switch t.Kind {
	case UUID, Bytea, Inet, CIDR, MacAddr, MacAddr8:
		return !t.Array
	}
	return t.IsRange() || t.IsMultirange() || t.IsGeo()
}

// WithWireMod returns t with the modifier that pg_attribute.atttypmod and the
// protocol have: -1 for none.
func (t Type) WithWireMod(mod int32) Type {
	t.Mod = 0
	switch {
	case mod < 0:
	case t.Kind == Time, t.Kind == TimeTZ, t.Kind == Timestamp, t.Kind == TimestampTZ:
		t.Mod = mod + 1
	default:
		t.Mod = mod
	}
	return t
}
