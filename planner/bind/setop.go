package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func (b *binder) setOp(s *ast.Select, w where) (plan.Node, error) {
	name := [...]string{"", "UNION", "INTERSECT", "EXCEPT"}[s.SetOp]
	// A chain of operations leans to the left: its length is hardly depth.
	b.depth -= 9
	l, err := b.query(s.Left, w.keeping())
	b.depth += 9
	if err != nil {
		return nil, err
	}
	r, err := b.query(s.Right, w.keeping())
	if err != nil {
		return nil, err
	}
	lf, rf := l.Schema(), r.Schema()
	if len(lf) != len(rf) {
		return nil, sqlerr.At(itemPos(s.Right, 0), pgerrcode.SyntaxError, "each %s query must have the same number of columns", name)
	}
	ts := make([]types.Type, len(lf))
	for i := range lf {
		t, err := fn.CommonType([]types.Type{lf[i].Type, rf[i].Type}, name, itemPos(s.Right, i))
		if err != nil {
			return nil, err
		}
		ts[i] = t
	}
	if l, err = b.retype(l, ts, s.Left); err != nil {
		return nil, err
	}
	if r, err = b.retype(r, ts, s.Right); err != nil {
		return nil, err
	}
	n := &plan.SetOp{Op: s.SetOp, All: s.All, L: l, R: r}
	for i, f := range lf {
		n.Fields = append(n.Fields, plan.Field{Name: f.Name, Type: ts[i]})
	}
	return b.outer(w, n, s)
}

// itemPos is the place of the i-th select item, as far as it is written.
func itemPos(s *ast.Select, i int) int {
	for s.SetOp != ast.NoSetOp {
		s = s.Left
	}
	if len(s.Items) > i {
		return start(s.Items[i].X)
	}
	if len(s.Values) > 0 && len(s.Values[0]) > i {
		return start(s.Values[0][i])
	}
	return -1
}

// retype converts the columns of a query. Columns that a projection at the top
// computes are converted there, so that literals are read at once.
func (b *binder) retype(in plan.Node, ts []types.Type, s *ast.Select) (plan.Node, error) {
	same := true
	f := in.Schema()
	for i, t := range ts {
		same = same && f[i].Type == t
	}
	if same {
		return in, nil
	}
	top, direct := in.(*plan.Project)
	p := &plan.Project{Input: in}
	if direct {
		p.Input = top.Input
	}
	for i, t := range ts {
		var x plan.Expr = plan.NewCol(i, f[i].Name, f[i].Type)
		if direct {
			x = top.Exprs[i]
		}
		y, ok, err := b.coerce(x, t, fn.CastImplicit, itemPos(s, i))
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, sqlerr.At(itemPos(s, i), pgerrcode.CannotCoerce, "cannot cast type %s to %s", f[i].Type.Base(), t.Base())
		}
		if y.Type() != t {
			y = b.convert(y, nil, t, -1)
		}
		p.Exprs = append(p.Exprs, y)
		p.Fields = append(p.Fields, plan.Field{Name: f[i].Name, Type: t})
	}
	return p, nil
}

// outer puts ORDER BY and LIMIT over a set operation or VALUES. Of a set
// operation sort keys can only be output columns.
func (b *binder) outer(w where, n plan.Node, s *ast.Select) (plan.Node, error) {
	sc := w.scope()
	sc.sel = &selectState{aggOff: -1}
	for i, f := range n.Schema() {
		sc.sel.targets = append(sc.sel.targets, target{x: plan.NewCol(i, f.Name, f.Type), name: f.Name})
	}
	width := len(sc.sel.targets)
	sc.rels = []*rel{{cols: n.Schema(), nameHidden: true}}
	if s.Values != nil {
		sc.rels[0].name = "*VALUES*"
		sc.lv.rels = sc.rels
	}
	for _, k := range s.OrderBy {
		i, err := b.outputRef(sc, k.X, "ORDER BY")
		if err != nil {
			return nil, err
		}
		if i >= width && s.SetOp != ast.NoSetOp || len(sc.sel.aggs) > 0 || len(sc.sel.wins) > 0 || len(sc.sel.srfs) > 0 {
			return nil, sqlerr.Unsupported(start(k.X), "invalid UNION/INTERSECT/EXCEPT ORDER BY clause").
				WithDetail("Only result column names can be used, not expressions or functions.").
				WithHint("Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
		}
		desc, first := direction(k)
		sc.sel.order = append(sc.sel.order, orderKey{i, desc, first})
	}
	if len(sc.sel.targets) > width {
		return b.shape(sc, s, project(n, sc.sel.targets), sc.sel)
	}
	return b.limit(w.scope(), sortNode(n, sc.sel.order), s, sc.sel.order)
}

func (b *binder) valuesQuery(s *ast.Select, w where) (plan.Node, error) {
	sc := w.scope()
	sc.what = "VALUES"
	width := len(s.Values[0])
	rows := make([][]plan.Expr, len(s.Values))
	offs := make([][]int, len(s.Values))
	for i, r := range s.Values {
		if len(r) != width {
			off := -1
			if len(r) > 0 {
				off = start(r[0])
			}
			return nil, sqlerr.At(off, pgerrcode.SyntaxError, "VALUES lists must all be the same length")
		}
		var err error
		if rows[i], offs[i], err = b.exprs(sc, r); err != nil {
			return nil, err
		}
	}
	n := &plan.Values{Rows: rows}
	for c := 0; c < width; c++ {
		col, at := make([]plan.Expr, len(rows)), make([]int, len(rows))
		undecided := true
		for i := range rows {
			col[i], at[i] = rows[i][c], offs[i][c]
			undecided = undecided && unknown(col[i].Type())
		}
		t := tUnknown
		if !w.keep || !undecided {
			var err error
			if t, err = b.common(col, at, "VALUES"); err != nil {
				return nil, err
			}
		}
		for i := range rows {
			rows[i][c] = col[i]
		}
		n.Fields = append(n.Fields, plan.Field{Name: "column" + itoa(c+1), Type: t})
	}
	return b.outer(w, n, s)
}
