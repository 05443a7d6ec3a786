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
	Record // whole rows; not storable
	Enum   // a label of the user's type Ext; without one, Postgres's anyenum
	Any    // signatures only: any type
	AnyElem
	AnyArray
	NumKinds
)

// Type is a logical type. The zero Type is invalid.
type Type struct {
	Kind  Kind
	Array bool
	// Mod is Postgres's typmod, 0 for none (the wire says -1 then):
	// numeric(p,s) is (p<<16 | s&0x7ff) + 4, varchar(n) is n + 4.
	Mod int32
	// Ext is the user's type: the enum of Kind Enum; of other kinds a domain over
	// the rest of the Type. It is compared by Same for enums only, so that a domain's
	// values are its base's to functions and operators.
	Ext *Ext `json:"-"`
}

// Phys is how a vector holds values of a type.
type Phys uint8

// The physical classes; see vec.Vector for the slices they mean.
const (
	PhysNone  Phys = iota
	PhysInt        // I64: bool 0/1, integers, oid, date, timestamp, timestamptz
	PhysFloat      // F64: real, double precision
	PhysStr        // Str: text, varchar, name, "char", bytea (raw bytes), uuid (16 raw bytes)
	PhysDec        // Dec: numeric
	PhysIvl        // Ivl: interval
	PhysArr        // Off + Child: every array type
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
	case Bool, Int2, Int4, Int8, Oid, Date, Timestamp, TimestampTZ, Enum:
		return PhysInt
	case Float4, Float8:
		return PhysFloat
	case Text, Varchar, Name, Char, Bytea, UUID, Unknown, Void:
		return PhysStr
	case Numeric:
		return PhysDec
	case Interval:
		return PhysIvl
	}
	return PhysNone
}

// Elem returns the element type of an array type, t itself otherwise.
func (t Type) Elem() Type {
	if t.Array {
		t = t.WithoutDomain()
	}
	t.Array = false
	return t
}

// ArrayOf returns the array type over t.
func (t Type) ArrayOf() Type { t = t.WithoutDomain(); t.Array = true; return t }

// Domain returns the domain that t is, nil for none.
func (t Type) Domain() *Ext {
	if t.Kind == Enum {
		return nil
	}
	return t.Ext
}

// WithoutDomain returns the base type of a domain, t itself otherwise.
func (t Type) WithoutDomain() Type {
	if t.Kind != Enum {
		t.Ext = nil
	}
	return t
}

// Base returns t without its modifier.
func (t Type) Base() Type { t.Mod = 0; return t }

// Same reports whether t and u are the same type apart from modifiers.
func (t Type) Same(u Type) bool {
	return t.Kind == u.Kind && t.Array == u.Array && (t.Kind != Enum || t.Ext == u.Ext)
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

// MaxLen returns n of varchar(n), 0 for no limit. The unit is characters.
func (t Type) MaxLen() int {
	if t.Kind != Varchar || t.Mod < 4 {
		return 0
	}
	return int(t.Mod - 4)
}
