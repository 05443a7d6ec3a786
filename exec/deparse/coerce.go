package deparse

import (
	"fmt"

	"tagd/sql/types"
)

// The contexts of a coercion, in the order of what they allow.
const (
	ctxImplicit = iota
	ctxAssign
	ctxExplicit
)

var contexts = map[byte]int{'i': ctxImplicit, 'a': ctxAssign, 'e': ctxExplicit}

// info returns what pg_type says of a type, nil for none.
func (a *analyzer) info(t uint32) *typeInfo {
	if i := catalogs().types[t]; i != nil {
		return i
	}
	u, ok := a.cat.Type(t)
	if !ok {
		return nil
	}
	return &typeInfo{oid: u.OID, name: u.Name, kind: u.Kind, category: u.Category, elem: u.Elem, array: u.Array, base: u.Base, baseMod: u.BaseMod,
		subscriptedArray: u.Category == 'A'}
}

// baseType is getBaseTypeAndTypmod.
func (a *analyzer) baseType(t uint32) (uint32, int32) {
	mod := int32(-1)
	for i := a.info(t); i != nil && i.kind == 'd'; i = a.info(t) {
		if mod < 0 {
			mod = i.baseMod
		}
		t = i.base
	}
	return t, mod
}

func (a *analyzer) base(t uint32) uint32 { b, _ := a.baseType(t); return b }

func (a *analyzer) category(t uint32) (byte, bool) {
	i := a.info(t)
	if i == nil {
		return 'X', false
	}
	return i.category, i.preferred
}

// elemOf is the element type of an array type, 0 for another.
func (a *analyzer) elemOf(t uint32) uint32 {
	if i := a.info(a.base(t)); i != nil && (i.subscriptedArray || i.oid == tInt2Vector || i.oid == tOidVector) {
		return i.elem
	}
	return 0
}

func (a *analyzer) arrayOf(t uint32) uint32 {
	if i := a.info(t); i != nil {
		return i.array
	}
	return 0
}

// pathway is find_coercion_pathway: how is f (function), r (relabel), a (array),
// i (through the text form) or 0 for none.
func (a *analyzer) pathway(to, from uint32, ctx int) (how byte, fn uint32) {
	to, from = a.base(to), a.base(from)
	if to == from {
		return 'r', 0
	}
	if c, ok := catalogs().casts[castKey{from, to}]; ok {
		if ctx < contexts[c.context] {
			return 0, 0
		}
		switch c.method {
		case 'f':
			return 'f', c.fn
		case 'i':
			return 'i', 0
		}
		return 'r', 0
	}
	if to != tOidVector && to != tInt2Vector {
		te, fe := a.elemOf(to), a.elemOf(from)
		if te != 0 && fe != 0 {
			if how, _ := a.pathway(te, fe, ctx); how != 0 {
				return 'a', 0
			}
		}
	}
	if c, _ := a.category(to); ctx >= ctxAssign && c == 'S' {
		return 'i', 0
	}
	if c, _ := a.category(from); ctx >= ctxExplicit && c == 'S' {
		return 'i', 0
	}
	return 0, 0
}

func polymorphic(t uint32) bool {
	switch t {
	case tAnyArray, tAnyElement, tAnyNonArray, tAnyEnum, tAnyRange, tAnyMultirange, tAnyCompat, tAnyCompArr, tAnyCompNon, tAnyCompRng:
		return true
	}
	return false
}

// canCoerce is can_coerce_type.
func (a *analyzer) canCoerce(from, to []uint32, ctx int) bool {
	generic := false
	for i := range from {
		f, t := from[i], to[i]
		switch {
		case f == t, t == tAny:
			continue
		case polymorphic(t):
			generic = true
			continue
		case f == tUnknown, t == tRecord && a.composite(f), f == tRecord && a.composite(t), t == tRecordArray && a.composite(a.elemOf(f)):
			continue
		}
		if how, _ := a.pathway(t, f, ctx); how != 0 {
			continue
		}
		if f == tRecordArray && t == tAnyArray {
			continue
		}
		return false
	}
	return !generic || a.genericFits(from, to)
}

// genericFits is check_generic_type_consistency.
func (a *analyzer) genericFits(from, to []uint32) bool {
	var elem, array, bound uint32
	var compat []uint32
	for i, t := range to {
		f := from[i]
		if f == tUnknown && polymorphic(t) {
			continue
		}
		switch t {
		case tAnyElement, tAnyNonArray, tAnyEnum:
			if elem != 0 && f != elem {
				return false
			}
			if c := a.info(f); t == tAnyEnum && (c == nil || c.kind != 'e') || t == tAnyNonArray && a.elemOf(f) != 0 {
				return false
			}
			elem = f
		case tAnyArray:
			f = a.base(f)
			if a.elemOf(f) == 0 || array != 0 && f != array {
				return false
			}
			array = f
		case tAnyRange, tAnyMultirange:
			b := boundOf(t, a.base(f))
			if b == 0 || bound != 0 && b != bound {
				return false
			}
			bound = b
		case tAnyCompRng:
			return false
		case tAnyCompat, tAnyCompNon:
			compat = append(compat, f)
		case tAnyCompArr:
			e := a.elemOf(f)
			if e == 0 {
				return false
			}
			compat = append(compat, e)
		}
	}
	if array != 0 && elem != 0 && a.elemOf(array) != elem || bound != 0 && elem != 0 && bound != elem {
		return false
	}
	if len(compat) > 0 {
		t, err := a.commonTypeOf(compat)
		if err != nil {
			return false
		}
		for _, c := range compat {
			if !a.canCoerce([]uint32{c}, []uint32{t}, ctxImplicit) {
				return false
			}
		}
	}
	return true
}

// resolveGeneric is enforce_generic_type_consistency: the declared types with the
// polymorphic ones decided, and the result's.
func (a *analyzer) resolveGeneric(from, to []uint32, ret uint32) ([]uint32, uint32) {
	var elem, array uint32
	var compat []uint32
	for i, t := range to {
		if from[i] == tUnknown {
			continue
		}
		switch t {
		case tAnyElement, tAnyNonArray, tAnyEnum:
			elem = from[i]
		case tAnyArray:
			array = a.base(from[i])
		case tAnyRange, tAnyMultirange:
			elem = boundOf(t, a.base(from[i]))
		case tAnyCompat, tAnyCompNon:
			compat = append(compat, from[i])
		case tAnyCompArr:
			compat = append(compat, a.elemOf(from[i]))
		}
	}
	if elem == 0 && array != 0 {
		elem = a.elemOf(array)
	}
	if elem == 0 {
		elem = tText
	}
	if array == 0 {
		array = a.arrayOf(elem)
	}
	common := uint32(tText)
	if len(compat) > 0 {
		common, _ = a.commonTypeOf(compat)
	}
	out := append([]uint32(nil), to...)
	for i, t := range to {
		switch t {
		case tAnyElement, tAnyNonArray, tAnyEnum:
			if from[i] == tUnknown {
				out[i] = elem
			}
		case tAnyArray:
			if from[i] == tUnknown {
				out[i] = array
			}
		case tAnyRange, tAnyMultirange:
			out[i] = rangeOver(t, elem)
		case tAnyCompat, tAnyCompNon:
			out[i] = common
		case tAnyCompArr:
			out[i] = a.arrayOf(common)
		}
	}
	switch ret {
	case tAnyElement, tAnyNonArray, tAnyEnum:
		ret = elem
	case tAnyArray:
		ret = array
	case tAnyRange, tAnyMultirange:
		ret = rangeOver(ret, elem)
	case tAnyCompat, tAnyCompNon:
		ret = common
	case tAnyCompArr:
		ret = a.arrayOf(common)
	}
	return out, ret
}

// boundOf is the type of the bounds of t, which stands where poly is declared: anyrange
// or anymultirange; 0 if it is no such type.
func boundOf(poly, t uint32) uint32 {
	u, _ := types.TypeByOID(t)
	if poly == tAnyRange && !u.IsRange() || poly == tAnyMultirange && !u.IsMultirange() {
		return 0
	}
	return u.Bound().OID()
}

// rangeOver is the range or multirange type over a type of bounds.
func rangeOver(poly, bound uint32) uint32 {
	u, _ := types.TypeByOID(bound)
	if poly == tAnyMultirange {
		return types.MultirangeOver(u).OID()
	}
	return types.RangeOver(u).OID()
}

// commonTypeOf is select_common_type for types.
func (a *analyzer) commonTypeOf(ts []uint32) (uint32, error) {
	same := ts[0] != tUnknown
	for _, t := range ts {
		same = same && t == ts[0]
	}
	if same {
		return ts[0], nil
	}
	p := a.base(ts[0])
	pc, pp := a.category(p)
	for _, t := range ts[1:] {
		n := a.base(t)
		if n == tUnknown || n == p {
			continue
		}
		nc, np := a.category(n)
		switch {
		case p == tUnknown:
			p, pc, pp = n, nc, np
		case nc != pc:
			return 0, fmt.Errorf("types %d and %d cannot be matched", p, n)
		case !pp && a.canCoerce([]uint32{p}, []uint32{n}, ctxImplicit) && !a.canCoerce([]uint32{n}, []uint32{p}, ctxImplicit):
			p, pc, pp = n, nc, np
		}
	}
	if p == tUnknown {
		p = tText
	}
	return p, nil
}

// common coerces arms to the type that they have together.
func (a *analyzer) common(list []node) (uint32, error) {
	ts := make([]uint32, len(list))
	for i, x := range list {
		ts[i] = x.typ()
	}
	t, err := a.commonTypeOf(ts)
	if err != nil {
		return 0, err
	}
	for i, x := range list {
		if list[i], err = a.implicit(x, t); err != nil {
			return 0, err
		}
	}
	return t, nil
}

// implicit coerces an argument.
func (a *analyzer) implicit(x node, to uint32) (node, error) {
	if x.typ() == to {
		return x, nil
	}
	return a.coerceType(x, to, -1, ctxImplicit, formImplicit)
}

// coerceType is coerce_type.
func (a *analyzer) coerceType(x node, to uint32, mod int32, ctx int, f form) (node, error) {
	from := x.typ()
	if from == to || to == tAny || polymorphic(to) {
		return x, nil
	}
	if c, ok := x.(*constNode); ok && from == tUnknown {
		return a.literalAs(c, to, mod, ctx, f)
	}
	if c, ok := x.(*collateNode); ok {
		y, err := a.coerceType(c.x, to, mod, ctx, f)
		return &collateNode{y, c.name}, err
	}
	if to == tRecord && a.composite(from) || to == tRecordArray && a.composite(a.elemOf(from)) {
		return x, nil
	}
	if r, ok := x.(*rowNode); ok && r.t == 0 && a.composite(to) {
		return a.rowAs(r, to, ctx, f)
	}
	how, fn := a.pathway(to, from, ctx)
	switch how {
	case 0:
		return nil, fmt.Errorf("no coercion from %d to %d", from, to)
	case 'r':
		y := a.toDomain(x, 0, -1, to, f, false)
		if y == x {
			y = &relabelNode{x, to, -1, f, 'r'}
		}
		return y, nil
	}
	base, baseMod := a.baseType(to)
	if base == to {
		baseMod = mod
	}
	y := a.conversion(x, how, fn, base, baseMod, f)
	if base != to {
		y = a.toDomain(y, base, baseMod, to, f, true)
	}
	return y, nil
}

// composite reports a composite type.
func (a *analyzer) composite(t uint32) bool {
	i := a.info(t)
	return i != nil && i.kind == 'c'
}

// rowAs is coerce_record_to_complex.
func (a *analyzer) rowAs(r *rowNode, to uint32, ctx int, f form) (node, error) {
	attrs := a.cat.Attributes(to)
	out := &rowNode{t: to, form: f}
	for i, at := range attrs {
		if len(r.args) != len(attrs) { // of a type that has changed since
			i = int(at.Num) - 1
		}
		if i >= len(r.args) {
			out.pad++
			continue
		}
		y, err := a.coerceTo(r.args[i], at.Type, at.Mod, ctx, formImplicit)
		if err != nil {
			return nil, err
		}
		out.args = append(out.args, y)
	}
	return out, nil
}

// conversion is build_coercion_expression.
func (a *analyzer) conversion(x node, how byte, fn, to uint32, mod int32, f form) node {
	switch how {
	case 'f':
		p := catalogs().byOID[fn]
		if len(p.args) < 2 {
			mod = -1
		}
		return &funcNode{p: p, args: []node{x}, ret: to, form: f, mod: mod}
	case 'a':
		return &relabelNode{x, to, mod, f, 'a'}
	}
	return &relabelNode{x, to, -1, f, 'i'}
}

// literalAs reads an untyped constant as a type.
func (a *analyzer) literalAs(c *constNode, to uint32, mod int32, ctx int, f form) (node, error) {
	base, baseMod := a.baseType(to)
	if base == to {
		baseMod = mod
	}
	in := int32(-1)
	if base == tInterval {
		in = baseMod
	}
	k := &constNode{t: base, mod: in, null: c.null, text: c.text}
	if !c.null {
		text, reg, err := a.cat.Literal(base, in, c.text)
		if err != nil {
			return nil, err
		}
		k.text, k.reg = text, reg
	}
	if base != to {
		return a.toDomain(k, base, baseMod, to, f, false), nil
	}
	return k, nil
}

// toDomain is coerce_to_domain.
func (a *analyzer) toDomain(x node, base uint32, mod int32, to uint32, f form, hide bool) node {
	if base == 0 {
		base, mod = a.baseType(to)
	}
	if base == to {
		return x
	}
	if hide {
		hideCoercion(x)
	}
	x = a.withMod(x, base, mod, formImplicit, false)
	return &relabelNode{x, to, -1, f, 'd'}
}

func hideCoercion(x node) {
	switch x := x.(type) {
	case *funcNode:
		x.form = formImplicit
	case *relabelNode:
		x.form = formImplicit
	}
}

// withMod is coerce_type_typmod.
func (a *analyzer) withMod(x node, t uint32, mod int32, f form, hide bool) node {
	if mod < 0 || mod == typmod(x) {
		return x
	}
	if hide {
		hideCoercion(x)
	}
	elem, how := t, byte('f')
	if e := a.elemOf(t); e != 0 && a.info(t).subscriptedArray {
		elem, how = e, 'a'
	}
	c, ok := catalogs().casts[castKey{elem, elem}]
	switch {
	case !ok || c.fn == 0:
		return &relabelNode{x, t, mod, f, 'r'}
	case how == 'a':
		return &relabelNode{x, t, mod, f, 'a'}
	}
	return a.conversion(x, 'f', c.fn, t, mod, f)
}

// coerceTo is coerce_to_target_type.
func (a *analyzer) coerceTo(x node, to uint32, mod int32, ctx int, f form) (node, error) {
	if c, ok := x.(*collateNode); ok {
		y, err := a.coerceTo(c.x, to, mod, ctx, f)
		if err != nil {
			return nil, err
		}
		return &collateNode{y, c.name}, nil
	}
	y, err := a.coerceType(x, to, mod, ctx, f)
	if err != nil {
		return nil, err
	}
	_, isConst := y.(*constNode)
	return a.withMod(y, to, mod, f, y != x && !isConst), nil
}

// boolean coerces a condition.
func (a *analyzer) boolean(x node) (node, error) {
	if x.typ() == tBool {
		return x, nil
	}
	return a.coerceTo(x, tBool, -1, ctxAssign, formImplicit)
}
