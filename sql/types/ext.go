package types

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Ext is a type that a user has made: an enum, a domain or a composite type, that
// of a relation's rows among them. There is one Ext for each in an open data file, so types that hold one can be compared with ==.
// What it means can change (labels are added and renamed): Def is what is
// committed last.
//
// A value of an enum is an int64 that orders as the labels do; it never changes
// for a label. A value of a domain is one of its base type: its Type has the
// base's Kind, Array and Mod. A value of a composite type is a record whose fields
// are the attributes of the type when the value was made.
type Ext struct {
	OID uint32
	def atomic.Pointer[ExtDef]
}

// ExtDef is the meaning of an Ext; immutable.
type ExtDef struct {
	// Schema qualifies Name where it is shown; "" where the name is found without.
	Schema   string
	Name     string
	ArrayOID uint32 // 0: there is no array type
	Labels   []Label
	Attrs    []Attr // of a composite type, in their order
	// From is the definition that a relation's row type was made from, to be compared
	// with ==; nil for other types.
	From    any
	byName  map[string]int64
	byValue map[int64]string
}

// Label is one label of an enum and the value that stands for it.
type Label struct {
	Value int64
	Name  string
}

// Attr is one attribute of a composite type. Num is its number: stored values
// name their fields by it, so a dropped attribute's is not given out again in its
// type. Of a table's row type it is the column's ID.
type Attr struct {
	Num  uint32
	Name string
	Type Type
}

// Attr returns the position of the named attribute, -1 if there is none.
func (d *ExtDef) Attr(name string) int {
	for i := range d.Attrs {
		if d.Attrs[i].Name == name {
			return i
		}
	}
	return -1
}

// Def returns the committed meaning; never nil.
func (e *Ext) Def() *ExtDef {
	if d := e.def.Load(); d != nil {
		return d
	}
	return &ExtDef{}
}

// SetDef publishes a new meaning.
func (e *Ext) SetDef(d ExtDef) {
	d.byName, d.byValue = make(map[string]int64, len(d.Labels)), make(map[int64]string, len(d.Labels))
	for _, l := range d.Labels {
		d.byName[l.Name], d.byValue[l.Value] = l.Value, l.Name
	}
	e.def.Store(&d)
}

// Name returns the type's name as messages show it.
func (e *Ext) Name() string {
	d := e.Def()
	if d.Schema != "" {
		return quoteName(d.Schema) + "." + quoteName(d.Name)
	}
	return quoteName(d.Name)
}

// quoteName writes an identifier, quoted where it is no plain word.
func quoteName(s string) string {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		c := s[i]
		plain = plain && (c == '_' || c >= 'a' && c <= 'z' || i > 0 && c >= '0' && c <= '9')
	}
	if plain {
		return s
	}
	out := []byte{'"'}
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			out = append(out, '"')
		}
		out = append(out, s[i])
	}
	return string(append(out, '"'))
}

// NoLabel is the cause of an error: the type with this OID has no such label.
type NoLabel struct {
	OID   uint32
	Label string
}

func (e *NoLabel) Error() string { return "there is no label " + e.Label }

// ParseEnum returns the value of a label of an enum type, 22P02 for none.
func ParseEnum(t Type, s string) (int64, error) {
	if t.Ext == nil {
		return 0, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot accept a value of type %s", t.String())
	}
	v, ok := t.Ext.Def().byName[s]
	if !ok {
		return 0, sqlerr.New(pgerrcode.InvalidTextRepresentation, `invalid input value for enum %s: "%s"`, t.Ext.Name(), s).WithCause(&NoLabel{t.Ext.OID, s})
	}
	return v, nil
}

// EnumLabel returns the label of a value of an enum type; "???" for a value that
// no label has.
func EnumLabel(t Type, v int64) string {
	if t.Ext != nil {
		if s, ok := t.Ext.Def().byValue[v]; ok {
			return s
		}
	}
	return "???"
}

// Exts are the user's types of one data file by OID. Safe for concurrent use.
type Exts struct {
	mu sync.Mutex
	m  map[uint32]*Ext
}

// Get returns the type with an OID, made without a meaning if it is new.
func (x *Exts) Get(oid uint32) *Ext {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.m[oid]
	if e == nil {
		if x.m == nil {
			x.m = map[uint32]*Ext{}
		}
		e = &Ext{OID: oid}
		x.m[oid] = e
	}
	return e
}

// Each calls f for every type that has been asked for.
func (x *Exts) Each(f func(*Ext)) {
	x.mu.Lock()
	list := make([]*Ext, 0, len(x.m))
	for _, e := range x.m {
		list = append(list, e)
	}
	x.mu.Unlock()
	for _, e := range list {
		f(e)
	}
}

// Stored is the form in which a type is stored: by names and OIDs, as the
// numbers of kinds may change between releases. Exts.Type reads it back.
func (t Type) Stored() string {
	ext := ""
	if t.Ext != nil {
		ext = "@" + strconv.FormatUint(uint64(t.Ext.OID), 10) + " "
		t.Ext = nil
	}
	s := t.Elem().Base().String()
	if t.Array {
		s += "[]"
	}
	return ext + s + " " + strconv.Itoa(int(t.Mod))
}

// Type reads what Stored wrote; false if it is no type.
func (x *Exts) Type(s string) (Type, bool) {
	var ext *Ext
	if strings.HasPrefix(s, "@") {
		oid, rest, _ := strings.Cut(s[1:], " ")
		n, err := strconv.ParseUint(oid, 10, 32)
		if err != nil {
			return Type{}, false
		}
		ext, s = x.Get(uint32(n)), rest
	}
	sp := strings.LastIndexByte(s, ' ')
	if sp < 0 {
		return Type{}, false
	}
	mod, err := strconv.ParseInt(s[sp+1:], 10, 32)
	if err != nil {
		return Type{}, false
	}
	name, arr := strings.CutSuffix(s[:sp], "[]")
	k, ok := TypeNamed(name)
	return Type{Kind: k, Array: arr, Mod: int32(mod), Ext: ext}, ok
}
