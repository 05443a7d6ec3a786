package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// windowOnly are functions that Postgres knows only with OVER.
var windowOnly = map[string]bool{"row_number": true, "rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true,
	"ntile": true, "lag": true, "lead": true, "first_value": true, "last_value": true, "nth_value": true}

func (b *binder) funcCall(s *scope, e *ast.Func) (plan.Expr, error) {
	off := e.Pos()
	if e.Over != nil {
		return nil, sqlerr.Unsupported(off, "window functions are not supported")
	}
	name := e.Name[len(e.Name)-1]
	if len(e.Name) > 1 && e.Name[0] != "pg_catalog" {
		return nil, sqlerr.At(off, pgerrcode.InvalidSchemaName, "schema \"%s\" does not exist", e.Name[0])
	}
	if e.Special {
		switch name {
		case "coalesce":
			return b.coalesce(s, e)
		case "grouping":
			return b.grouping(s, e)
		case "nullif":
			return b.nullif(s, e)
		case "greatest", "least":
			return b.extreme(s, e, name)
		}
	}
	if isSRF(name) {
		return b.srfCall(s, e, name)
	}
	if fn.IsAgg(name) {
		return b.aggregate(s, e, name)
	}
	switch {
	case windowOnly[name] && !fn.Exists(name):
		return nil, sqlerr.Unsupported(off, "window functions are not supported")
	case e.Variadic:
		return nil, sqlerr.Unsupported(off, "VARIADIC arguments are not supported")
	case (e.Star || e.Distinct || e.WithinGroup || len(e.OrderBy) > 0 || e.Filter != nil) && !fn.Exists(name):
		args, _, err := b.exprs(s, e.Args)
		if err != nil {
			return nil, err
		}
		return nil, noFunc(name, args, off)
	case e.Star:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "%s(*) specified, but %s is not an aggregate function", name, name)
	case e.Distinct:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "DISTINCT specified, but %s is not an aggregate function", name)
	case e.WithinGroup:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "WITHIN GROUP specified, but %s is not an aggregate function", name)
	case len(e.OrderBy) > 0:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "ORDER BY specified, but %s is not an aggregate function", name)
	case e.Filter != nil:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "FILTER specified, but %s is not an aggregate function", name)
	}
	args, offs, err := b.exprs(s, e.Args)
	if err != nil {
		return nil, err
	}
	return b.call(name, args, offs, off)
}

// call applies a scalar function. A name that is a type's is a cast, as in
// date('2024-01-01') or int4(x).
func (b *binder) call(name string, args []plan.Expr, offs []int, off int) (plan.Expr, error) {
	ts := typesOf(args)
	f, to, ret, err := fn.ResolveFunc(name, ts, off)
	if err != nil {
		if k, ok := types.TypeNamed(name); ok && len(args) == 1 && k != types.Unknown && k < types.Record && k != types.Enum {
			if x, ok, cerr := b.coerce(args[0], types.Of(k), fn.CastExplicit, offs[0]); ok && cerr == nil {
				return x, nil
			} else if cerr != nil {
				return nil, cerr
			}
		}
		return nil, err
	}
	if err := b.args(args, to, offs); err != nil {
		return nil, err
	}
	return plan.NewCall(f, ret, off, args...), nil
}

func typesOf(es []plan.Expr) []types.Type {
	ts := make([]types.Type, len(es))
	for i, e := range es {
		ts[i] = e.Type()
	}
	return ts
}

func (b *binder) coalesce(s *scope, e *ast.Func) (plan.Expr, error) {
	args, offs, err := b.exprs(s, e.Args)
	if err != nil {
		return nil, err
	}
	t, err := b.common(args, offs, "COALESCE")
	if err != nil {
		return nil, err
	}
	return plan.NewCoalesce(t, args), nil
}

func (b *binder) extreme(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	args, offs, err := b.exprs(s, e.Args)
	if err != nil {
		return nil, err
	}
	what := "GREATEST"
	if name == "least" {
		what = "LEAST"
	}
	if _, err := b.common(args, offs, what); err != nil {
		return nil, err
	}
	return b.call(name, args, offs, e.Pos())
}

// nullif is CASE WHEN a = b THEN NULL ELSE a END.
func (b *binder) nullif(s *scope, e *ast.Func) (plan.Expr, error) {
	args, offs, err := b.exprs(s, e.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 {
		return nil, sqlerr.At(e.Pos(), pgerrcode.SyntaxError, "NULLIF requires two arguments")
	}
	eq, err := b.apply("=", args[0], args[1], e.Pos(), offs[0], offs[1])
	if err != nil {
		return nil, err
	}
	x := args[0]
	if unknown(x.Type()) {
		x = eq.(*plan.Call).Args[0]
	}
	null := plan.NewConst(x.Type(), vec.Datum{Null: true})
	return plan.NewCase(x.Type(), []plan.When{{Cond: eq, Then: null}}, x), nil
}

func (b *binder) aggregate(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	off := e.Pos()
	switch {
	case s.inAgg && s.what == "":
		return nil, sqlerr.At(off, pgerrcode.GroupingError, "aggregate function calls cannot be nested")
	case s.what != "" || s.sel == nil:
		return nil, sqlerr.At(off, pgerrcode.GroupingError, "aggregate functions are not allowed in %s", s.what)
	case e.Variadic:
		return nil, sqlerr.Unsupported(off, "VARIADIC arguments are not supported")
	case fn.IsOrderedSet(name) && !e.WithinGroup:
		// With too few arguments there is no such function at all.
		if args, _, err := b.exprs(s, e.Args); err != nil || len(args) < 2 {
			if err == nil {
				err = noFunc(name, args, off)
			}
			return nil, err
		}
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "WITHIN GROUP is required for ordered-set aggregate %s", name)
	case !fn.IsOrderedSet(name) && e.WithinGroup:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP", name)
	case len(e.Args) == 0 && !e.Star && !e.WithinGroup && name != "count":
		return nil, noFunc(name, nil, off)
	case len(e.Args) == 0 && !e.Star && !e.WithinGroup:
		return nil, sqlerr.At(off, pgerrcode.WrongObjectType, "%s(*) must be used to call a parameterless aggregate function", name)
	case e.Star && name != "count":
		return nil, sqlerr.At(off, pgerrcode.UndefinedFunction, "function %s() does not exist", name).
			WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
	}
	in := *s
	in.inAgg, in.srf = true, false
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
	return s.sel.addAgg(call, ret, name), nil
}

// aggCall binds arguments and order of an aggregate.
func (b *binder) aggCall(in *scope, e *ast.Func, name string) (plan.AggCall, types.Type, error) {
	var call plan.AggCall
	off := e.Pos()
	args, offs, err := b.exprs(in, e.Args)
	if err != nil {
		return call, types.Type{}, err
	}
	var keys []plan.Expr
	var koffs []int
	for _, k := range e.OrderBy {
		x, err := b.expr(in, k.X)
		if err != nil {
			return call, types.Type{}, err
		}
		if !e.WithinGroup {
			if x, err = b.decided(x, start(k.X)); err != nil {
				return call, types.Type{}, err
			}
		}
		keys, koffs = append(keys, x), append(koffs, start(k.X))
	}
	all := append([]plan.Expr(nil), args...)
	offs = append(offs, koffs...)
	if e.WithinGroup {
		all = append(all, keys...)
	}
	f, to, ret, err := fn.ResolveAgg(name, typesOf(all), off)
	if err != nil {
		return call, ret, err
	}
	if err := b.args(all, to, offs); err != nil {
		return call, ret, err
	}
	call = plan.AggCall{F: f, Args: all[:len(args):len(args)], Distinct: e.Distinct, Ret: ret}
	if e.WithinGroup {
		keys = all[len(args):]
		if e.Distinct {
			return call, ret, sqlerr.At(off, pgerrcode.WrongObjectType, "DISTINCT specified, but %s is an ordered-set aggregate", name)
		}
	}
	for i, k := range e.OrderBy {
		desc, first := direction(k)
		if e.Distinct && !containsExpr(call.Args, keys[i]) {
			return call, ret, sqlerr.At(koffs[i], pgerrcode.InvalidColumnReference, "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
		}
		call.OrderBy = append(call.OrderBy, plan.SortExpr{X: keys[i], Desc: desc, NullsFirst: first})
	}
	return call, ret, nil
}

func containsExpr(list []plan.Expr, e plan.Expr) bool {
	for _, x := range list {
		if plan.Equal(x, e) {
			return true
		}
	}
	return false
}

func direction(k ast.SortKey) (desc, nullsFirst bool) {
	return k.Desc, k.Nulls == ast.NullsFirst || k.Nulls == ast.NullsDefault && k.Desc
}

func (b *binder) grouping(s *scope, e *ast.Func) (plan.Expr, error) {
	if s.sel == nil || s.what != "" || s.inAgg {
		return nil, sqlerr.At(e.Pos(), pgerrcode.GroupingError, "grouping operations are not allowed in %s", s.what)
	}
	args, _, err := b.exprs(s, e.Args)
	if err != nil {
		return nil, err
	}
	if len(args) >= 32 {
		return nil, sqlerr.At(e.Pos(), pgerrcode.TooManyArguments, "GROUPING must have fewer than 32 arguments")
	}
	s.sel.groupings = append(s.sel.groupings, args)
	s.sel.groupingOffs = append(s.sel.groupingOffs, start(e.Args[0]))
	return plan.NewCol(groupingBase+len(s.sel.groupings)-1, "grouping", tInt4), nil
}

func isSRF(name string) bool { return name == "unnest" || name == "generate_series" }

// srfCall is a set-returning call in the select list.
func (b *binder) srfCall(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	if s.sel == nil || !s.srf {
		what := s.what
		switch {
		case s.inAgg:
			return nil, sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, "aggregate function calls cannot contain set-returning function calls").
				WithHint("You might be able to move the set-returning function into a LATERAL FROM item.")
		case what == "":
			what = "HAVING"
		}
		return nil, sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, "set-returning functions are not allowed in %s", what)
	}
	in := *s
	in.srf = false
	call, err := b.setFunc(&in, e, name)
	if err != nil {
		return nil, err
	}
	sel := s.sel
	sel.srfs = append(sel.srfs, call)
	return plan.NewCol(srfBase+len(sel.srfs)-1, name, call.ret), nil
}

// setFunc is a bound unnest or generate_series.
type setFunc struct {
	name string
	args []plan.Expr
	ret  types.Type
	off  int
}

func (b *binder) setFunc(s *scope, e *ast.Func, name string) (setFunc, error) {
	call := setFunc{name: name, off: e.Pos()}
	args, offs, err := b.exprs(s, e.Args)
	if err != nil {
		return call, err
	}
	if name == "unnest" {
		if len(args) != 1 || !args[0].Type().Array {
			if len(args) == 1 && unknown(args[0].Type()) {
				return call, sqlerr.At(e.Pos(), pgerrcode.AmbiguousFunction, "function unnest(unknown) is not unique").
					WithHint("Could not choose a best candidate function. You might need to add explicit type casts.")
			}
			return call, noFunc(name, args, e.Pos())
		}
		call.args, call.ret = args, args[0].Type().Elem().Base()
		return call, nil
	}
	return b.series(call, args, offs)
}

func noFunc(name string, args []plan.Expr, off int) error {
	s := ""
	for i, a := range args {
		if i > 0 {
			s += ", "
		}
		s += a.Type().Base().String()
	}
	return sqlerr.At(off, pgerrcode.UndefinedFunction, "function %s(%s) does not exist", name, s).
		WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
}

// series types generate_series: int4, int8, numeric, timestamp and timestamptz;
// dates go by timestamptz, as Postgres prefers.
func (b *binder) series(call setFunc, args []plan.Expr, offs []int) (setFunc, error) {
	if len(args) < 2 || len(args) > 3 {
		return call, noFunc(call.name, args, call.off)
	}
	var best types.Kind
	rank := map[types.Kind]int{types.Int2: 1, types.Int4: 1, types.Int8: 2, types.Numeric: 3, types.Timestamp: 4, types.Date: 5, types.TimestampTZ: 5}
	for _, a := range args[:2] {
		t := a.Type()
		if unknown(t) {
			continue
		}
		if rank[t.Kind] == 0 || t.Array {
			return call, noFunc(call.name, args, call.off)
		}
		if rank[t.Kind] > rank[best] {
			best = t.Kind
		}
	}
	switch best {
	case types.Int2:
		best = types.Int4
	case types.Date:
		best = types.TimestampTZ
	case types.Invalid:
		return call, noFunc(call.name, args, call.off)
	}
	to := []types.Type{types.Of(best), types.Of(best), types.Of(best)}
	if rank[best] > 3 {
		if len(args) != 3 {
			return call, noFunc(call.name, args, call.off)
		}
		to[2] = types.Of(types.Interval)
	} else if len(args) == 3 && rank[args[2].Type().Kind] > rank[best] && rank[args[2].Type().Kind] <= 3 {
		to[0], to[1], to[2] = args[2].Type(), args[2].Type(), args[2].Type()
	}
	for i, a := range args {
		x, ok, err := b.coerce(a, to[i], fn.CastImplicit, offs[i])
		if err != nil {
			return call, err
		}
		if !ok {
			return call, noFunc(call.name, args, call.off)
		}
		args[i] = x
	}
	call.args, call.ret = args, to[0].Base()
	return call, nil
}
