package fn

import (
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// CastKind is how willingly a conversion is applied.
type CastKind uint8

// The kinds, from the least to the most willing.
const (
	CastImplicit CastKind = iota // anywhere
	CastAssign                   // storing into a column
	CastExplicit                 // CAST and ::
)

// category is pg_type.typcategory.
func category(t types.Type) byte {
	if t.Array {
		return 'A'
	}
	switch t.Kind {
	case types.Bool:
		return 'B'
	case types.Int2, types.Int4, types.Int8, types.Numeric, types.Float4, types.Float8, types.Oid, types.Money:
		return 'N'
	case types.Text, types.Varchar, types.Name, types.BPChar:
		return 'S'
	case types.Char:
		return 'Z'
	case types.Date, types.Timestamp, types.TimestampTZ, types.Time, types.TimeTZ:
		return 'D'
	case types.Interval:
		return 'T'
	case types.Enum:
		return 'E'
	case types.UUID, types.Bytea, types.JSON, types.JSONB, types.JSONPath, types.Xid, types.Cid, types.Tid,
		types.Xid8, types.LSN, types.RefCursor, types.MacAddr, types.MacAddr8, types.PgSnapshot, types.TxidSnapshot:
		return 'U'
	case types.Inet, types.CIDR:
		return 'I'
	case types.Bit, types.VarBit:
		return 'V'
	case types.Unknown:
		return 'X'
	case types.Record:
		if t.Ext != nil {
			return 'C'
		}
	}
	switch {
	case t.IsReg():
		return 'N'
	case t.IsRange(), t.IsMultirange():
		return 'R'
	case t.IsGeo():
		return 'G'
	}
	return 'P'
}

// preferred is pg_type.typispreferred.
func preferred(t types.Type) bool {
	if t.Array {
		return false
	}
	switch t.Kind {
	case types.Bool, types.Float8, types.Oid, types.Text, types.TimestampTZ, types.Interval, types.VarBit, types.Inet:
		return true
	}
	return false
}

// conv is one row of pg_cast. A nil f is a binary-compatible one.
type conv struct {
	how CastKind
	vol Volatility
	f   impl
}

type convKey struct{ from, to types.Kind }

// convs is pg_cast for our types; filled by init functions.
var convs = map[convKey]conv{}

func cast(from, to types.Type, how CastKind, f impl, vol ...Volatility) {
	c := conv{how: how, f: f}
	if len(vol) > 0 {
		c.vol = vol[0]
	}
	convs[convKey{from.Kind, to.Kind}] = c
}

// implicit is can_coerce_type with COERCION_IMPLICIT.
func implicit(from, to types.Type) bool {
	switch to.Kind {
	case types.Any, types.AnyElem:
		return true
	case types.AnyArray:
		return from.Array || isUnknown(from)
	case types.AnyRange:
		return from.IsRange() || isUnknown(from)
	case types.AnyMultirange:
		return from.IsMultirange() || isUnknown(from)
	}
	if anyEnum(to) {
		return !from.Array && from.Kind == types.Enum || isUnknown(from)
	}
	_, ok := findConv(from, to, CastImplicit)
	return ok
}

// findConv finds the conversion between two types, their modifiers aside.
func findConv(from, to types.Type, how CastKind) (conv, bool) {
	if from.Same(to) {
		return conv{}, true
	}
	if isUnknown(from) {
		return conv{f: parseImpl(to)}, true
	}
	if from.Array && to.IsVector() {
		return conv{}, false
	}
	if from.Array && to.Array {
		el, ok := findConv(from.Elem(), to.Elem(), how)
		switch {
		case ok && el.f != nil:
			el.f = arrayConv(el.f, to)
		case ok && !from.Elem().Same(to.Elem()):
			el.f = arrayConv(identity, to) // for the elements' type
		}
		return el, ok
	}
	if !from.Array && !to.Array {
		if c, ok := convs[convKey{from.Kind, to.Kind}]; ok {
			return c, how >= c.how
		}
	}
	if from.IsComposite() && to == tRec {
		return conv{}, true
	}
	if from.IsRecord() && category(to) == 'S' && how >= CastAssign {
		return conv{f: outputImpl(to), vol: Stable}, true
	}
	if from == tVoid && !to.Array && category(to) == 'S' && how >= CastAssign {
		return conv{f: outputImpl(to), vol: Immutable}, true
	}
	if !storable(from) || !storable(to) {
		return conv{}, false
	}
	// By way of text (CoerceViaIO): anything to a string on assignment, a string
	// to anything only explicitly.
	if category(to) == 'S' && how >= CastAssign && !to.Array {
		return conv{f: outputImpl(to), vol: ioVolatility(from)}, true
	}
	if category(from) == 'S' && how == CastExplicit {
		return conv{f: parseImpl(to), vol: ioVolatility(to)}, true
	}
	return conv{}, false
}

func storable(t types.Type) bool {
	return (t.Kind != types.Record || t.Ext != nil || t.Array) && t.Phys() != types.PhysNone && t.Kind != types.Void && (t.Kind != types.Unknown)
}

// ioVolatility: the text of dates and times depends on settings.
func ioVolatility(t types.Type) Volatility {
	switch t.Kind {
	case types.Date, types.Timestamp, types.TimestampTZ, types.Interval, types.TimeTZ, types.Time, types.Record:
		return Stable
	}
	if t.Kind == types.Money || t.Array || t.IsReg() || t.Kind == types.Enum || t.IsRange() || t.IsMultirange() {
		return Stable
	}
	return Immutable
}

type castKey struct {
	from, to types.Type
	how      CastKind
}

type castVal struct {
	f  *Func
	ok bool
}

var castCache sync.Map // castKey -> castVal

// FindCast finds the conversion from one type to another, the coercion to
// to.Mod included. ok is false if there is none at this willingness; a nil Func
// with ok means that the value can be used as it is.
func FindCast(from, to types.Type, how CastKind) (*Func, bool) {
	key := castKey{from, to, how}
	if v, ok := castCache.Load(key); ok {
		return v.(castVal).f, v.(castVal).ok
	}
	f, ok := makeCast(from, to, how)
	v, _ := castCache.LoadOrStore(key, castVal{f, ok})
	return v.(castVal).f, v.(castVal).ok
}

func makeCast(from, to types.Type, how CastKind) (*Func, bool) {
	c, ok := findConv(from, to, how)
	if !ok {
		return nil, false
	}
	body := c.f
	if to.Mod != 0 && !(from.Same(to) && from.Mod == to.Mod) {
		body = then(body, modImpl(to, how == CastExplicit))
	}
	if body == nil {
		return nil, true
	}
	return &Func{Name: to.String(), Args: ts{from}, Ret: to, Strict: true, Volatility: c.vol, Impl: body, Cast: true}, true
}

// CommonType is select_common_type: the type that the arms of a CASE, UNION or
// IN have together. what names the construct in the error; off is its place.
func CommonType(list []types.Type, what string, off int) (types.Type, error) {
	if len(list) == 0 {
		return tText, nil
	}
	t := list[0]
	same := !isUnknown(t)
	for _, u := range list[1:] {
		same = same && u.Same(list[0]) && u.Mod == list[0].Mod
	}
	if same {
		return t, nil
	}
	t = t.Base()
	for _, u := range list[1:] {
		u = u.Base()
		switch {
		case isUnknown(u) || u.Same(t):
		case isUnknown(t):
			t = u
		case category(u) != category(t):
			return types.Type{}, sqlerr.At(off, pgerrcode.DatatypeMismatch, "%s types %s and %s cannot be matched", what, t.String(), u.String())
		case !preferred(t) && implicit(t, u) && !implicit(u, t):
			t = u
		}
	}
	if isUnknown(t) {
		t = tText
	}
	return t, nil
}
