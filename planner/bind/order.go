package bind

import (
	"slices"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// position reads a literal in GROUP BY, ORDER BY or DISTINCT ON as a number of
// the select list.
func position(sel *selectState, l *ast.Literal, clause string) (int, error) {
	if l.Kind != ast.LitInt {
		return 0, sqlerr.At(l.Pos(), pgerrcode.SyntaxError, "non-integer constant in %s", clause)
	}
	n, err := strconv.ParseInt(l.Text, 10, 64)
	at := 0
	for i, t := range sel.targets {
		if t.junk {
			continue
		}
		if at++; err == nil && int64(at) == n {
			return i, nil
		}
	}
	return 0, sqlerr.At(l.Pos(), pgerrcode.InvalidColumnReference, "%s position %s is not in select list", clause, l.Text)
}

// byName finds the output column of a name; equal expressions of one name are no
// ambiguity. -1: none.
func byName(sel *selectState, name string, off int, clause string) (int, error) {
	found := -1
	for i, t := range sel.targets {
		if t.junk || t.name != name {
			continue
		}
		if found >= 0 && !plan.Equal(sel.targets[found].x, t.x) {
			return 0, sqlerr.At(off, pgerrcode.AmbiguousColumn, "%s \"%s\" is ambiguous", clause, name)
		}
		if found < 0 {
			found = i
		}
	}
	return found, nil
}

// outputRef resolves an item of ORDER BY or DISTINCT ON to a target, a new junk
// one if it is not in the select list.
func (b *binder) outputRef(sc *scope, e ast.Expr, clause string) (int, error) {
	sel := sc.sel
	if l, ok := e.(*ast.Literal); ok {
		i, err := position(sel, l, clause)
		if err == nil {
			_, err = b.decidedTarget(sel, i)
		}
		return i, err
	}
	if c, ok := e.(*ast.Column); ok && !c.Star && len(c.Parts) == 1 {
		i, err := byName(sel, c.Parts[0], c.Pos(), clause)
		if err != nil {
			return 0, err
		}
		if i >= 0 {
			_, err = b.decidedTarget(sel, i)
			return i, err
		}
	}
	in := *sc
	in.srf, in.win = true, true
	before, cols := len(sel.srfs), sel.srfCols
	x, err := b.expr(&in, e)
	if err != nil {
		return 0, err
	}
	if x, err = b.decided(x, start(e)); err != nil {
		return 0, err
	}
	x = sel.reuseSRFs(x, before)
	if len(sel.srfs) == before {
		sel.srfCols = cols
		for i, t := range sel.targets {
			if plan.Equal(t.x, x) {
				return i, nil
			}
		}
	}
	sel.targets = append(sel.targets, target{x: x, name: b.resultName(e), off: start(e), junk: true})
	return len(sel.targets) - 1, nil
}

func (b *binder) orderBy(sc *scope, keys []ast.SortKey) error {
	for _, k := range keys {
		i, err := b.outputRef(sc, k.X, "ORDER BY")
		if err != nil {
			return err
		}
		if err := sortable(sc.sel.targets[i].x.Type(), start(k.X)); err != nil {
			return err
		}
		desc, first := direction(k)
		sc.sel.order = append(sc.sel.order, orderKey{i, desc, first})
	}
	return nil
}

// distinct checks DISTINCT against ORDER BY.
func (b *binder) distinct(sc *scope, s *ast.Select) error {
	sel := sc.sel
	if len(s.DistinctOn) > 0 {
		return b.distinctOn(sc, s)
	}
	if !s.Distinct {
		return nil
	}
	for _, t := range sel.targets {
		if err := equatable(t.x.Type(), t.off); err != nil && !t.junk {
			return err
		}
	}
	for i, k := range sel.order {
		if sel.targets[k.target].junk {
			return sqlerr.At(start(s.OrderBy[i].X), pgerrcode.InvalidColumnReference, "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
	}
	return nil
}

func (b *binder) distinctOn(sc *scope, s *ast.Select) error {
	sel := sc.sel
	for _, e := range s.DistinctOn {
		i, err := b.outputRef(sc, e, "DISTINCT ON")
		if err != nil {
			return err
		}
		if !containsInt(sel.on, i) {
			sel.on = append(sel.on, i)
		}
	}
	seen := 0
	for i, k := range sel.order {
		if containsInt(sel.on, k.target) {
			if seen < 0 {
				return onMismatch(start(s.OrderBy[i].X))
			}
			continue
		}
		// A key beyond DISTINCT ON: all of its expressions must have come.
		for j, t := range sel.on {
			came := false
			for _, p := range sel.order[:i] {
				came = came || p.target == t
			}
			if !came {
				return onMismatch(start(s.DistinctOn[min(j, len(s.DistinctOn)-1)]))
			}
		}
		seen = -1
	}
	b.orderOn(sel)
	return nil
}

// orderOn sorts by those expressions of DISTINCT ON that ORDER BY leaves out, as
// PostgreSQL does to find what is the same.
func (b *binder) orderOn(sel *selectState) {
	for _, t := range sel.on {
		named := slices.ContainsFunc(sel.order, func(k orderKey) bool { return k.target == t })
		if x := sel.targets[t]; !named && sortable(x.x.Type(), x.off) == nil {
			sel.order = append(sel.order, orderKey{target: t})
		}
	}
}

func onMismatch(off int) error {
	return sqlerr.At(off, pgerrcode.InvalidColumnReference, "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
}

func (b *binder) limitExpr(sc *scope, e ast.Expr, what string) (plan.Expr, error) {
	if e == nil {
		return nil, nil
	}
	ls := *sc
	ls.what, ls.sel, ls.srf = what, nil, false
	x, err := b.expr(&ls, e)
	if err != nil {
		return nil, err
	}
	if x, err = b.mustAssign(x, tInt8, what, start(e)); err != nil {
		return nil, err
	}
	return x, b.noColumns(x, what, start(e))
}
