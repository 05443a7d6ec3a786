package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func (b *binder) aggregate(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	if err := b.aggregateForm(s, e, name); err != nil {
		return nil, err
	}
	in := *s
	in.inAgg, in.srf, in.lazy = true, false, ""
	marks := s.marks()
	call, ret, err := b.aggCall(&in, e, name)
	if err != nil {
		return nil, err
	}
	if e.Filter != nil {
		in.what = "FILTER"
		f, err := b.expr(&in, e.Filter)
		if err != nil {
			return nil, err
		}
		if call.Filter, err = b.cond(f, "FILTER", start(e.Filter)); err != nil {
			return nil, err
		}
	}
	return b.addAgg(s, marks, call, ret, name, e.Pos())
}

// addAgg gives an aggregate to the query that it belongs to; marks are the
// numbers of arguments of the frames around before its own were bound.
func (b *binder) addAgg(s *scope, marks []int, call plan.AggCall, ret types.Type, name string, off int) (plan.Expr, error) {
	at, frames := ownLevel(s, &call)
	for i, f := range frames {
		f.args = f.args[:marks[i]]
	}
	if err := at.allowsAgg(off); err != nil {
		return nil, err
	}
	if err := at.noNested(&call); err != nil {
		return nil, err
	}
	if at.sel.aggOff < 0 {
		at.sel.aggOff = off
	}
	x := at.sel.addAgg(call, ret, name, off)
	if b.collates {
		c, err := b.collationAmong(call.Args)
		if err != nil {
			return nil, err
		}
		b.collated[x] = c
	}
	for i := len(frames) - 1; i >= 0; i-- {
		x = frames[i].arg(x)
	}
	return x, nil
}

// aggregateForm checks how an aggregate is called.
func (b *binder) aggregateForm(s *scope, e *ast.Func, name string) error {
	off := e.Pos()
	switch {
	case e.Variadic:
		return sqlerr.Unsupported(off, "VARIADIC arguments are not supported")
	case fn.IsOrderedSet(name) && !e.WithinGroup:
		// With too few arguments there is no such function at all.
		args, _, err := b.exprs(s, e.Args)
		if err == nil && len(args) < 2 && !fn.IsWindow(name) {
			err = noFunc(name, args, off)
		}
		if err != nil {
			return err
		}
		return sqlerr.At(off, pgerrcode.WrongObjectType, "WITHIN GROUP is required for ordered-set aggregate %s", name)
	case !fn.IsOrderedSet(name) && e.WithinGroup:
		if err := b.resolvesWithin(s, e, name); err != nil {
			return err
		}
		return sqlerr.At(off, pgerrcode.WrongObjectType, "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP", name)
	case len(e.Args) == 0 && !e.Star && !e.WithinGroup && name != "count":
		return noFunc(name, nil, off)
	case len(e.Args) == 0 && !e.Star && !e.WithinGroup:
		return sqlerr.At(off, pgerrcode.WrongObjectType, "%s(*) must be used to call a parameterless aggregate function", name)
	case e.Star && name != "count":
		return sqlerr.At(off, pgerrcode.UndefinedFunction, "function %s() does not exist", name).
			WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
	}
	return nil
}

// resolvesWithin is the error of a call with WITHIN GROUP that no overload takes.
func (b *binder) resolvesWithin(s *scope, e *ast.Func, name string) error {
	args, _, err := b.exprs(s, e.Args)
	if err != nil {
		return err
	}
	for _, k := range e.OrderBy {
		x, err := b.expr(s, k.X)
		if err != nil {
			return err
		}
		args = append(args, x)
	}
	_, _, _, err = fn.ResolveAgg(name, typesOf(args), e.Pos())
	return err
}

// marks are the numbers of arguments of the frames around s, innermost first.
func (s *scope) marks() []int {
	var out []int
	for f := s.frame; f != nil; f = f.outer.frame {
		out = append(out, len(f.args))
	}
	return out
}

// ownLevel finds the query that an aggregate belongs to: the innermost one that
// its arguments take columns of, s if they take none. It rewrites the call for
// that scope and returns the frames between, innermost first.
func ownLevel(s *scope, call *plan.AggCall) (*scope, []*frame) {
	var frames []*frame
	for s.frame != nil {
		cols, args := false, false
		mapCall(call, func(e plan.Expr) plan.Expr {
			plan.Walk(e, func(x plan.Expr) bool {
				switch x.(type) {
				case *plan.Col:
					cols = true
				case *plan.Arg:
					args = true
				}
				return true
			})
			return e
		})
		if cols || !args {
			break
		}
		f := s.frame
		mapCall(call, func(e plan.Expr) plan.Expr {
			out, _ := plan.Rewrite(e, func(x plan.Expr) (plan.Expr, error) {
				if a, ok := x.(*plan.Arg); ok {
					return f.args[a.N], nil
				}
				return nil, nil
			})
			return out
		})
		frames = append(frames, f)
		s = f.outer
	}
	return s, frames
}

// mapCall replaces every expression of an aggregate.
func mapCall(call *plan.AggCall, f func(plan.Expr) plan.Expr) {
	args := make([]plan.Expr, len(call.Args))
	for i, a := range call.Args {
		args[i] = f(a)
	}
	call.Args = args
	if call.Filter != nil {
		call.Filter = f(call.Filter)
	}
	order := append([]plan.SortExpr(nil), call.OrderBy...)
	for i := range order {
		order[i].X = f(order[i].X)
	}
	call.OrderBy = order
}

// allowsAgg is the error of an aggregate of s where there may be none.
func (s *scope) allowsAgg(off int) error {
	switch {
	case s.what == "FROM":
		return sqlerr.At(off, pgerrcode.GroupingError, "aggregate functions are not allowed in FROM clause of their own query level")
	case s.what != "" || s.sel == nil:
		return sqlerr.At(off, pgerrcode.GroupingError, "aggregate functions are not allowed in %s", s.what)
	case s.inAgg:
		return sqlerr.At(off, pgerrcode.GroupingError, "aggregate function calls cannot be nested")
	}
	return nil
}

// noNested is the error of an aggregate of s over another one.
func (s *scope) noNested(call *plan.AggCall) (err error) {
	mapCall(call, func(e plan.Expr) plan.Expr {
		for _, c := range plan.Columns(e) {
			if c >= aggBase && c < groupingBase && err == nil {
				err = sqlerr.At(s.sel.aggOffs[c-aggBase], pgerrcode.GroupingError, "aggregate function calls cannot be nested")
			}
		}
		return e
	})
	return err
}
