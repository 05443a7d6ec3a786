package op

import (
	"math"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/storage/table"
)

// float answers comparisons of a FormFloat column with constants. Bounds are in
// Postgres's order, where NaN is above +Inf.
func (a *atoms) float(x plan.Expr) (yes, no *table.Rows, ok bool) {
	e, is := x.(*plan.Call)
	if !is || len(e.Args) != 2 {
		return nil, nil, false
	}
	l, r, op := e.Args[0], e.Args[1], e.F.Name
	if !a.floatOperand(l) {
		l, r, op = r, l, commute(op)
	}
	c, is := r.(*plan.Const)
	if !a.floatOperand(l) || !is || c.T.Phys() != types.PhysFloat || c.V.Null || math.IsNaN(c.V.F) || math.IsInf(c.V.F, 0) {
		return nil, nil, false
	}
	yes, ok = a.floatRange(op, c.V.F)
	if !ok {
		return nil, nil, false
	}
	no, ok = a.floatRange(opposite(op), c.V.F)
	return yes, no, ok
}

// floatOperand recognises the column, also widened to double precision.
func (a *atoms) floatOperand(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Col:
		return e.Idx == a.col
	case *plan.Call:
		return e.F.Cast && len(e.Args) == 1 && e.T.Kind == types.Float8 && !e.T.Array &&
			e.Args[0].Type().Phys() == types.PhysFloat && a.floatOperand(e.Args[0])
	}
	return false
}

// floatRange is the rows with value op f, for a finite f.
func (a *atoms) floatRange(op string, f float64) (*table.Rows, bool) {
	between := func(lo, hi float64) *table.Rows {
		return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafFloat, Col: a.col, FLo: lo, FHi: hi}}
	}
	inf, nan := math.Inf(1), math.NaN()
	switch op {
	case "=":
		return between(f, f), true
	case "<=":
		return between(-inf, f), true
	case "<":
		return between(-inf, math.Nextafter(f, -inf)), true
	case ">=":
		return between(f, nan), true
	case ">":
		return between(math.Nextafter(f, inf), nan), true
	case "<>":
		return and(not(isNull(a.col)), not(between(f, f))), true
	}
	return nil, false
}
