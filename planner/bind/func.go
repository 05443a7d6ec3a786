package bind

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// maxArgs is FUNC_MAX_ARGS of PostgreSQL.
const maxArgs = 100

func (b *binder) funcCall(s *scope, e *ast.Func) (plan.Expr, error) {
	off := e.Pos()
	if x, ok, err := b.mysqlCall(s, e); ok {
		return x, err
	}
	name := funcName(e)
	if len(e.Name) > 1 && e.Name[0] != "pg_catalog" && !fn.OfExtension(name) {
		if e.Name[0] != infoSchema && !b.cat.HasSchema(e.Name[0]) {
			return nil, sqlerr.At(off, pgerrcode.InvalidSchemaName, "schema \"%s\" does not exist", e.Name[0])
		}
		if e.Name[0] != infoSchema {
			name = e.Name[0] + "." + name
		}
		if !fn.Exists(name) && !isSRF(name) {
			args, _, err := b.exprs(s, e.Args)
			if err != nil {
				return nil, err
			}
			return nil, noFunc(name, args, off)
		}
	}
	if len(e.Args) > maxArgs && !e.Special {
		return nil, sqlerr.At(off, pgerrcode.TooManyArguments, "cannot pass more than %d arguments to a function", maxArgs)
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
	if fn.IsAgg(name) || fn.IsWindow(name) {
		if err := noNames(e); err != nil {
			return nil, err
		}
	}
	if isSRF(name) {
		b.calling(name, nil)
		return b.srfCall(s, e, name)
	}
	if e.Over != nil && (fn.IsWindow(name) || fn.IsAgg(name)) {
		b.calling(name, nil)
		return b.windowCall(s, e, name)
	}
	if fn.IsWindow(name) && (!fn.IsAgg(name) || len(e.Args) == 0 && !e.WithinGroup) {
		return nil, b.noOver(s, e, name)
	}
	if fn.IsAgg(name) {
		b.calling(name, nil)
		return b.aggregate(s, e, name)
	}
	if err := b.notAggregate(s, e, name); err != nil {
		return nil, err
	}
	args, offs, err := b.funcArgs(s, e)
	if err != nil {
		return nil, err
	}
	if e.ArgNames != nil {
		if args, offs, err = b.namedArgs(e, name, args, offs); err != nil {
			return nil, err
		}
	}
	call := b.call
	if e.Variadic {
		call = b.spreadCall
	}
	x, err := call(name, args, offs, off)
	if err == nil && e.Over != nil {
		err = sqlerr.At(off, pgerrcode.WrongObjectType, "OVER specified, but %s is not a window function nor an aggregate function", name)
	}
	return x, err
}

// notAggregate is the error of what only an aggregate may have in its call.
func (b *binder) notAggregate(s *scope, e *ast.Func, name string) error {
	off := e.Pos()
	switch {
	case (e.Star || e.Distinct || e.WithinGroup || len(e.OrderBy) > 0 || e.Filter != nil) && !fn.Exists(name):
		args, _, err := b.exprs(s, e.Args)
		if err != nil {
			return err
		}
		return noFunc(name, args, off)
	case e.Star || e.WithinGroup:
		args, _, err := b.exprs(s, e.Args)
		for i := 0; i < len(e.OrderBy) && err == nil; i++ {
			var x plan.Expr
			x, err = b.expr(s, e.OrderBy[i].X)
			args = append(args, x)
		}
		if err == nil {
			_, _, _, err = fn.ResolveFunc(name, typesOf(args), off)
		}
		if err != nil {
			return err
		}
		if e.WithinGroup {
			return sqlerr.At(off, pgerrcode.WrongObjectType, "WITHIN GROUP specified, but %s is not an aggregate function", name)
		}
		return sqlerr.At(off, pgerrcode.WrongObjectType, "%s(*) specified, but %s is not an aggregate function", name, name)
	case e.Distinct:
		return sqlerr.At(off, pgerrcode.WrongObjectType, "DISTINCT specified, but %s is not an aggregate function", name)
	case len(e.OrderBy) > 0:
		return sqlerr.At(off, pgerrcode.WrongObjectType, "ORDER BY specified, but %s is not an aggregate function", name)
	case e.Filter != nil:
		return sqlerr.At(off, pgerrcode.WrongObjectType, "FILTER specified, but %s is not an aggregate function", name)
	}
	return nil
}

const infoSchema = "information_schema"

// funcName is the name that a call's function is registered by: those outside of
// pg_catalog have their schema before it.
func funcName(e *ast.Func) string {
	name := e.Name[len(e.Name)-1]
	if len(e.Name) == 2 && e.Name[0] == infoSchema {
		return infoSchema + "." + name
	}
	return name
}

// funcArgs binds the arguments of a call. Parameters of type void are left out, as
// PostgreSQL does for JDBC, which marks the places of results by them.
func (b *binder) funcArgs(s *scope, e *ast.Func) (args []plan.Expr, offs []int, err error) {
	all, at, err := b.exprs(s, e.Args)
	if err != nil || e.ArgNames != nil {
		return all, at, err
	}
	for i, x := range all {
		if _, param := x.(*plan.Param); !param || x.Type().Kind != types.Void {
			args, offs = append(args, x), append(offs, at[i])
		}
	}
	return args, offs, nil
}

// spreadCall applies a function to the elements of its last argument.
func (b *binder) spreadCall(name string, args []plan.Expr, offs []int, off int) (plan.Expr, error) {
	f, to, ret, err := fn.ResolveSpread(name, typesOf(args), off, offs[len(offs)-1])
	if err != nil {
		return nil, err
	}
	if err := b.args(args, to, offs); err != nil {
		return nil, err
	}
	b.calling(name, nil)
	return plan.NewCall(f, ret, off, args...), nil
}

// call applies a scalar function. A name that is a type's is a cast, as in
// date('2024-01-01') or int4(x).
func (b *binder) call(name string, args []plan.Expr, offs []int, off int) (plan.Expr, error) {
	if name == "pg_collation_for" && len(args) == 1 {
		return b.collationFor(args[0])
	}
	if x, ok, err := b.literalCall(name, args, offs); ok || err != nil {
		return x, err
	}
	ts := typesOf(args)
	f, to, ret, err := fn.ResolveFunc(name, ts, off)
	if err != nil {
		if x := b.attribute(name, args); x != nil {
			return x, nil
		}
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
	b.calling(name, append([]types.Type{}, to...))
	x, err := b.newCall(f, ret, off, args)
	if err == nil && strings.HasSuffix(name, "_populate_record") {
		return b.held(x, -1)
	}
	return x, err
}

// literalCall is a call with one untyped literal whose name is a type's, built-in or
// a user's but no row type: no function comes before the literal of the type.
func (b *binder) literalCall(name string, args []plan.Expr, offs []int) (plan.Expr, bool, error) {
	if len(args) != 1 || !unknown(args[0].Type()) {
		return nil, false, nil
	}
	k, builtin := types.TypeNamed(name)
	t := types.Of(k)
	if !builtin {
		own, ok, err := UserType(ast.TypeName{At: ast.At(offs[0]), Name: name}, b.cat)
		if !ok || err != nil || own.IsRecord() {
			return nil, false, nil
		}
		b.out.Objects = b.cat.Objects()
		t = own
	} else if k == types.Unknown || k == types.Void || k >= types.Record {
		return nil, false, nil
	}
	return b.coerce(args[0], t, fn.CastExplicit, offs[0])
}

func typesOf(es []plan.Expr) []types.Type {
	ts := make([]types.Type, len(es))
	for i, e := range es {
		ts[i] = e.Type()
	}
	return ts
}

func (b *binder) coalesce(s *scope, e *ast.Func) (plan.Expr, error) {
	s = s.within("COALESCE")
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

// nullif is CASE WHEN a = b THEN NULL ELSE a END, where a is of the type that = takes:
// text for varchar, numeric for an integer beside a numeric.
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
	_, to, _, err := fn.ResolveOp("=", x.Type(), args[1].Type(), e.Pos())
	if err == nil && to[0].Kind != types.Record { // a composite stays what it is
		x, _, err = b.coerce(x, to[0], fn.CastImplicit, offs[0])
	}
	if err != nil {
		return nil, err
	}
	null := plan.NewConst(x.Type(), vec.Datum{Null: true})
	return plan.NewCase(x.Type(), []plan.When{{Cond: eq, Then: null}}, x), nil
}

// resolveAgg finds an aggregate for its direct arguments, and those with the
// keys of WITHIN GROUP.
func resolveAgg(name string, direct, all []types.Type, off int, offs []int) (*fn.Agg, []types.Type, types.Type, error) {
	if fn.IsHypothetical(name) {
		return fn.ResolveHypothetical(name, direct, all[len(direct):], off, offs)
	}
	return fn.ResolveAgg(name, all, off)
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
	f, to, ret, err := resolveAgg(name, typesOf(args), typesOf(all), off, offs)
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
	coll, err := b.collationAmong(all)
	if err != nil {
		return call, ret, err
	}
	if coll.c != nil {
		if e.WithinGroup {
			return call, ret, sqlerr.Unsupported(coll.off, "COLLATE in an ordered-set aggregate is not supported")
		}
		call.F = coll.c.ApplyAgg(f)
	}
	for i, k := range e.OrderBy {
		desc, first := direction(k)
		if e.Distinct && !containsExpr(call.Args, keys[i]) {
			return call, ret, sqlerr.At(koffs[i], pgerrcode.InvalidColumnReference, "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
		}
		by, err := b.sortable(keys[i])
		if err != nil {
			return call, ret, err
		}
		call.OrderBy = append(call.OrderBy, plan.SortExpr{X: by, Desc: desc, NullsFirst: first})
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
