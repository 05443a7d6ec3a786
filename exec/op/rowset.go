package op

import (
	"context"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// The constant row sets.
var (
	allRows = &table.Rows{Op: table.OpAll}
	noRows  = &table.Rows{Op: table.OpNone}
)

// rowSet turns a planned row set into the store's, by the forms that the columns
// have in this snapshot. Any form answers every leaf; only the speed differs.
func (q *Query) rowSet(t table.Table, s *plan.RowSet) (*table.Rows, error) {
	switch s.Op {
	case plan.RowsAll:
		return allRows, nil
	case plan.RowsNone:
		return noRows, nil
	case plan.RowsLeaf:
		if s.Leaf.Keys != nil {
			return q.keysLeaf(t, s.Leaf)
		}
		return q.leaf(t, s.Leaf.X, s.Leaf.Want)
	}
	args := make([]*table.Rows, len(s.Args))
	for i, a := range s.Args {
		r, err := q.rowSet(t, a)
		if err != nil {
			return nil, err
		}
		args[i] = r
	}
	if s.Op == plan.RowsAnd {
		return and(args...), nil
	}
	return or(args...), nil
}

// condition is the row set of a whole condition, with NOT pushed down to the
// leaves: the rows for which x is true (want) or false.
func (q *Query) condition(t table.Table, x plan.Expr, want bool) (*table.Rows, error) {
	var args []plan.Expr
	conj := want
	switch e := x.(type) {
	case *plan.Not:
		return q.condition(t, e.X, !want)
	case *plan.And:
		args = e.Args
	case *plan.Or:
		args, conj = e.Args, !want
	default:
		return q.leaf(t, x, want)
	}
	sets := make([]*table.Rows, len(args))
	for i, a := range args {
		r, err := q.condition(t, a, want)
		if err != nil {
			return nil, err
		}
		sets[i] = r
	}
	if conj {
		return and(sets...), nil
	}
	return or(sets...), nil
}

// leaf answers a condition from one column's pages where it can.
func (q *Query) leaf(t table.Table, x plan.Expr, want bool) (*table.Rows, error) {
	x = q.foldStable(x)
	cols := exprCols(x)
	if volatile(x) {
		return q.funcLeaf(t, x, want, cols), nil
	}
	if len(cols) == 0 {
		d, err := kernel.EvalDatum(q.Fn, x)
		if err != nil {
			return q.funcLeaf(t, x, want, cols), nil // fails only if a row asks
		}
		if !d.Null && (d.I != 0) == want {
			return allRows, nil
		}
		return noRows, nil
	}
	if len(cols) == 1 {
		if r := q.byKey(t, x, want, cols[0]); r != nil {
			return r, nil
		}
		a := atoms{q: q, t: t, col: cols[0], form: t.Form(cols[0])}
		if want {
			if r := a.equal(x); r != nil {
				return r, nil
			}
		}
		if yes, no, ok := a.pair(x); ok {
			if want {
				return yes, nil
			}
			return no, nil
		}
	}
	return q.funcLeaf(t, x, want, cols), nil
}

// foldStable evaluates the parts of x without columns, such as now() - interval
// '1 day', that have one value for the whole statement.
func (q *Query) foldStable(x plan.Expr) plan.Expr {
	return rewrite(x, func(e plan.Expr) plan.Expr {
		switch e.(type) {
		case *plan.Call, *plan.SubPlan:
		default:
			return nil
		}
		if len(exprCols(e)) > 0 || volatile(e) {
			return nil
		}
		d, err := kernel.EvalDatum(q.Fn, e)
		if err != nil {
			return nil
		}
		return plan.NewConst(e.Type(), d)
	})
}

// funcLeaf evaluates x on the gathered values of each candidate row.
func (q *Query) funcLeaf(t table.Table, x plan.Expr, want bool, cols []int) *table.Rows {
	width := 0
	if len(cols) > 0 {
		width = cols[len(cols)-1] + 1
	}
	f := func(ctx context.Context, in *vec.Batch, out []uint64) error {
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		b := &vec.Batch{N: in.N, Cols: make([]*vec.Vector, width)}
		for i, c := range cols {
			b.Cols[c] = in.Cols[i]
		}
		v, err := kernel.Eval(q.Fn, x, b)
		if err != nil {
			return err
		}
		setBits(v, want, out)
		return nil
	}
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafFunc, Cols: cols, Func: f, Note: "evaluated by row"}}
}

// setBits sets the bits of the rows where the Boolean vector v is want.
func setBits(v *vec.Vector, want bool, out []uint64) {
	w := int64(0)
	if want {
		w = 1
	}
	v = v.Flat()
	for i, x := range v.I64[:v.N] {
		if x == w && !v.IsNull(i) {
			out[i>>6] |= 1 << (i & 63)
		}
	}
}

// maxKeys bounds how many keys of an IN list are looked up one by one.
const maxKeys = 1 << 20

// byKey answers key = constant and key IN (constants) from the key index; nil
// if x is not of that kind.
func (q *Query) byKey(t table.Table, x plan.Expr, want bool, col int) *table.Rows {
	if !want || col != t.Def().Key {
		return nil
	}
	typ := t.Def().Columns[col].Type
	consts, ok := equals(x, col, typ)
	if !ok || len(consts) > maxKeys {
		return nil
	}
	b := vec.NewBuilder(typ, len(consts))
	for _, d := range consts {
		b.Append(d)
	}
	keys := b.Finish()
	ords := make([]int64, keys.N)
	if err := t.Lookup(q.context(), keys, ords); err != nil {
		return nil // the pages will tell
	}
	q.found(t, ords)
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafOffsets, Col: col, Ords: sortedOrds(ords), Live: true, Note: "by key"}}
}

func (q *Query) context() context.Context {
	if q.Fn != nil && q.Fn.Context != nil {
		return q.Fn.Context
	}
	return context.Background()
}

// equals returns the non-null constants that column col is compared with by =,
// IN or = ANY; ok is false when x is anything else, or when equality is not
// equality of the stored values.
func equals(x plan.Expr, col int, typ types.Type) ([]vec.Datum, bool) {
	if p := typ.Phys(); p != types.PhysInt && p != types.PhysStr || !typ.ByBytes() {
		return nil, false
	}
	isCol := func(e plan.Expr) bool {
		c, ok := e.(*plan.Col)
		return ok && c.Idx == col
	}
	var list []plan.Expr
	switch e := x.(type) {
	case *plan.Call:
		if e.F.Name != "=" || len(e.Args) != 2 {
			return nil, false
		}
		l, r := e.Args[0], e.Args[1]
		if !isCol(l) {
			l, r = r, l
		}
		if !isCol(l) {
			return nil, false
		}
		list = []plan.Expr{r}
	case *plan.In:
		if e.Negate || !isCol(e.X) || e.Eq == nil || e.Eq.Name != "=" {
			return nil, false
		}
		list = e.List
	case *plan.AnyAll:
		c, ok := e.R.(*plan.Const)
		if e.All || e.Op.Name != "=" || !isCol(e.L) || !ok || !comparable(typ, c.T.Elem()) {
			return nil, false
		}
		return elements(c), true
	default:
		return nil, false
	}
	out := make([]vec.Datum, 0, len(list))
	for _, e := range list {
		c, ok := e.(*plan.Const)
		if !ok || !comparable(typ, c.T) {
			return nil, false
		}
		if !c.V.Null {
			out = append(out, c.V)
		}
	}
	return out, true
}

// comparable reports types whose stored values are equal exactly when SQL's =
// says so.
func comparable(a, b types.Type) bool {
	return a.Same(b) || class(a) == class(b) && class(a) != 0
}

// class groups types with one common representation: integers and strings.
func class(t types.Type) int {
	if t.Array {
		return 0
	}
	switch t.Kind {
	case types.Int2, types.Int4, types.Int8, types.Oid:
		return 1
	case types.Text, types.Varchar, types.Name:
		return 2
	}
	return 0
}

// elements are the non-null elements of a constant array.
func elements(c *plan.Const) []vec.Datum {
	if c.V.Null || c.V.A == nil {
		return nil
	}
	var out []vec.Datum
	for i := range c.V.A.N {
		if !c.V.A.IsNull(i) {
			out = append(out, c.V.A.Get(i))
		}
	}
	return out
}
