package op

import (
	"math"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// set answers conditions on a FormSet column: membership, containment, overlap
// and the number of elements, with SQL's rules for NULL elements and empty
// arrays.
func (a *atoms) set(x plan.Expr) (yes, no *table.Rows, ok bool) {
	switch e := x.(type) {
	case *plan.AnyAll:
		return a.member(e)
	case *plan.Call:
		if len(e.Args) == 2 {
			switch e.F.Name {
			case "@>", "<@", "&&":
				return a.contain(e)
			}
		}
	}
	return a.card(x)
}

func (a *atoms) isCol(e plan.Expr) bool {
	c, ok := e.(*plan.Col)
	return ok && c.Idx == a.col
}

// elem is the element type of the column.
func (a *atoms) elem() types.Type { return a.t.Def().Columns[a.col].Type.Elem() }

// exactElem reports that the dictionary finds what SQL's = finds.
func (a *atoms) exactElem(t types.Type) bool {
	p := a.elem().Phys()
	return (p == types.PhysInt || p == types.PhysStr) && a.elem().ByBytes() && comparable(a.elem(), t)
}

// member is constant = ANY(column): false only when the array has no NULL.
func (a *atoms) member(e *plan.AnyAll) (yes, no *table.Rows, ok bool) {
	c, is := e.L.(*plan.Const)
	if !is || e.All || e.Op.Name != "=" || !a.isCol(e.R) || c.V.Null || !a.exactElem(c.T) {
		return nil, nil, false
	}
	bits := a.bits([]vec.Datum{c.V})
	yes = a.any(bits)
	bits = append([]uint64(nil), bits...)
	bits[0] |= 1
	return yes, and(not(isNull(a.col)), not(a.any(bits))), true
}

// contain is column @> constant, column <@ constant, column && constant, or with
// the sides exchanged. NULL elements never match anything.
func (a *atoms) contain(e *plan.Call) (yes, no *table.Rows, ok bool) {
	l, r, op := e.Args[0], e.Args[1], e.F.Name
	if !a.isCol(l) {
		l, r = r, l
		switch op {
		case "@>":
			op = "<@"
		case "<@":
			op = "@>"
		}
	}
	c, is := r.(*plan.Const)
	if !is || !a.isCol(l) || !c.T.Array || !a.exactElem(c.T.Elem()) {
		return nil, nil, false
	}
	if c.V.Null {
		return noRows, noRows, true
	}
	present := not(isNull(a.col))
	elems := elements(c)
	switch op {
	case "&&":
		yes = a.any(a.bits(elems))
	case "@>":
		sets := []*table.Rows{present}
		for _, d := range elems {
			sets = append(sets, a.any(a.bits([]vec.Datum{d})))
		}
		if c.V.A != nil && c.V.A.HasNulls() {
			sets = append(sets, noRows)
		}
		yes = and(sets...)
	case "<@":
		bits := a.bits(elems)
		others := make([]uint64, len(bits))
		for i := range bits {
			others[i] = ^bits[i]
		}
		if n := a.t.Dict(a.col).Len(); n&63 != 0 {
			others[len(others)-1] &= 1<<(n&63) - 1
		}
		yes = and(present, not(a.any(others)))
	}
	return yes, and(present, not(yes)), true
}

// bits is the code set of values; those that the dictionary lacks are left out.
func (a *atoms) bits(ds []vec.Datum) []uint64 {
	dict := a.t.Dict(a.col)
	out := make([]uint64, max(1, (dict.Len()+63)/64))
	for _, d := range ds {
		if code, ok := dict.Lookup(d); ok && int(code) < dict.Len() {
			out[code>>6] |= 1 << (code & 63)
		}
	}
	return out
}

// any is the rows that hold one of the codes.
func (a *atoms) any(bits []uint64) *table.Rows {
	if empty(bits) {
		return noRows
	}
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafAny, Col: a.col, Codes: bits}}
}

// card answers conditions on cardinality(column) and array_length(column, 1),
// which is NULL for an empty array.
func (a *atoms) card(x plan.Expr) (yes, no *table.Rows, ok bool) {
	length := false
	tr, ok := intTruth(x, func(e plan.Expr) (int32, bool) {
		l, ok := a.cardOperand(e)
		length = length || l
		return 0, ok
	})
	if !ok {
		return nil, nil, false
	}
	build := func(s spans, null bool) *table.Rows {
		low := int64(0)
		if length {
			low = 1
		}
		var out []*table.Rows
		for _, r := range s.intersect(spans{{low, math.MaxInt64}}) {
			out = append(out, a.cards(r.lo, r.hi))
		}
		if null {
			out = append(out, isNull(a.col))
			if length {
				out = append(out, a.cards(0, 0))
			}
		}
		return or(out...)
	}
	return build(tr.yes, tr.null == 1), build(tr.no, tr.null == 0), true
}

func (a *atoms) cards(lo, hi int64) *table.Rows {
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafCard, Col: a.col, Lo: lo, Hi: hi}}
}

// cardOperand recognises the number of elements; length tells array_length.
func (a *atoms) cardOperand(e plan.Expr) (length, ok bool) {
	c, is := e.(*plan.Call)
	if !is {
		return false, false
	}
	switch {
	case c.F.Cast && len(c.Args) == 1:
		if l, ok := a.cardOperand(c.Args[0]); ok && widens(c.Args[0].Type(), c.T) && c.T.Kind != types.Numeric {
			return l, true
		}
	case c.F.Name == "cardinality" && len(c.Args) == 1 && a.isCol(c.Args[0]):
		return false, true
	case c.F.Name == "array_length" && len(c.Args) == 2 && a.isCol(c.Args[0]):
		d, is := c.Args[1].(*plan.Const)
		return true, is && !d.V.Null && d.V.I == 1
	}
	return false, false
}
