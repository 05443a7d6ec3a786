package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func (b *binder) setOp(s *ast.Select, keep bool) (plan.Node, error) {
	name := [...]string{"", "UNION", "INTERSECT", "EXCEPT"}[s.SetOp]
	l, err := b.query(s.Left, true)
	if err != nil {
		return nil, err
	}
	r, err := b.query(s.Right, true)
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
	return b.outer(n, s, name)
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

// outer puts ORDER BY and LIMIT over a set operation or VALUES, whose sort keys
// can only be output columns.
func (b *binder) outer(n plan.Node, s *ast.Select, name string) (plan.Node, error) {
	var keys []orderKey
	for _, k := range s.OrderBy {
		sel := &selectState{}
		for i, f := range n.Schema() {
			sel.targets = append(sel.targets, target{x: plan.NewCol(i, f.Name, f.Type), name: f.Name})
		}
		at := -1
		var err error
		switch e := k.X.(type) {
		case *ast.Literal:
			at, err = position(sel, e, "ORDER BY")
		case *ast.Column:
			if len(e.Parts) == 1 && !e.Star {
				if at, err = byName(sel, e.Parts[0], e.Pos(), "ORDER BY"); err == nil && at < 0 {
					err = sqlerr.At(e.Pos(), pgerrcode.UndefinedColumn, "column \"%s\" does not exist", e.Parts[0])
				}
			}
		}
		if err != nil {
			return nil, err
		}
		if at < 0 {
			return nil, sqlerr.Unsupported(start(k.X), "invalid UNION/INTERSECT/EXCEPT ORDER BY clause").
				WithDetail("Only result column names can be used, not expressions or functions.").
				WithHint("Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
		}
		desc, first := direction(k)
		keys = append(keys, orderKey{at, desc, first})
	}
	return b.limit(sortNode(n, keys), s)
}

func (b *binder) valuesQuery(s *ast.Select, keep bool) (plan.Node, error) {
	sc := &scope{what: "VALUES"}
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
		if !keep || !undecided {
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
	return b.outer(n, s, "VALUES")
}
