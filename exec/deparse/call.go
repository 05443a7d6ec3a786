package deparse

import (
	"fmt"
	"slices"

	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// valueTypes are the types of CURRENT_DATE and its like (SQLValueFunction).
var valueTypes = map[string]uint32{"current_date": tDate, "current_time": tTimetz, "current_timestamp": tTimestamptz, "localtime": tTime,
	"localtimestamp": tTimestamp, "current_role": tName, "current_user": tName, "user": tName, "session_user": tName,
	"current_catalog": tName, "current_schema": tName}

// call is transformFuncCall and the expressions with a syntax like calls.
func (a *analyzer) call(lv *level, e *ast.Func) (node, error) {
	name := e.Name[len(e.Name)-1]
	if e.Special {
		return a.special(lv, e, name)
	}
	args, err := a.exprs(lv, e.Args)
	if err != nil {
		return nil, err
	}
	if e.WithinGroup {
		for _, k := range e.OrderBy {
			x, err := a.expr(lv, k.X)
			if err != nil {
				return nil, err
			}
			args = append(args, x)
		}
	}
	in := make([]uint32, len(args))
	for i, x := range args {
		in[i] = x.typ()
	}
	var names []string
	for _, n := range e.ArgNames {
		if n != "" {
			names = append(names, n)
		}
	}
	c := a.findFunc(name, in, names, !e.Variadic)
	if c == nil {
		return a.otherCall(e, name, args, in)
	}
	ret, err := a.arguments(args, c.args, c.p.ret)
	if err != nil {
		return nil, err
	}
	variadic := e.Variadic
	if c.expanded > 0 && c.p.variadic != tAny {
		args, variadic = a.spread(c, args), true
	}
	switch {
	case e.Over != nil:
		return a.windowCall(lv, e, c.p, name, args, ret)
	case c.p.kind == 'a':
		return a.aggregate(lv, e, c.p, args, ret, variadic)
	}
	out := &funcNode{p: c.p, name: name, args: args, argNames: e.ArgNames, ret: ret, variadic: variadic, mod: -1}
	if e.Syntax {
		out.form = formSyntax
	}
	return out, nil
}

// spread puts the arguments that a VARIADIC array takes into one.
func (a *analyzer) spread(c *candidate, args []node) []node {
	n := len(args) - c.expanded
	tail := args[n:]
	arr := &arrayNode{elems: tail, t: a.arrayOf(tail[0].typ())}
	return append(append([]node(nil), args[:n]...), arr)
}

// otherCall is a cast in the form of a call, or a function that PostgreSQL does
// not have.
func (a *analyzer) otherCall(e *ast.Func, name string, args []node, in []uint32) (node, error) {
	if t := catalogs().byName[name]; t != nil && len(args) == 1 {
		how, _ := a.pathway(t.oid, in[0], ctxExplicit)
		if in[0] == tUnknown || how == 'r' || how == 'i' {
			return a.coerceType(args[0], t.oid, -1, ctxExplicit, formCast)
		}
	}
	return a.mysqlCall(e, name, args, in)
}

// mysqlCall writes the functions of MySQL's dialect with those of PostgreSQL
// where it has them, and others by their name.
func (a *analyzer) mysqlCall(e *ast.Func, name string, args []node, in []uint32) (node, error) {
	switch {
	case name == "ifnull" && len(args) == 2:
		t, err := a.common(args)
		return &coalesceNode{args, t}, err
	case name == "if" && len(args) == 3:
		cond, err := a.boolean(args[0])
		if err != nil {
			return nil, err
		}
		arms := []node{args[2], args[1]}
		t, err := a.common(arms)
		return &caseNode{whens: []whenNode{{cond, arms[1]}}, els: arms[0], ret: t}, err
	}
	ts := make([]types.Type, len(in))
	for i, t := range in {
		k, ok := types.TypeByOID(t)
		if !ok {
			return nil, fmt.Errorf("function %s is not known", name)
		}
		ts[i] = k
	}
	f, to, ret, err := fn.ResolveFunc(name, ts, -1)
	if err != nil || e.Over != nil || fn.IsAgg(name) {
		return nil, fmt.Errorf("function %s is not known", name)
	}
	for i := range args {
		if i < len(to) && in[i] == tUnknown && to[i].OID() != 0 && !polymorphic(to[i].OID()) && to[i].OID() != tAny {
			if args[i], err = a.implicit(args[i], to[i].OID()); err != nil {
				return nil, err
			}
		}
	}
	return &funcNode{name: f.Name, args: args, ret: ret.OID(), mod: -1}, nil
}

func (a *analyzer) special(lv *level, e *ast.Func, name string) (node, error) {
	if t, ok := valueTypes[name]; ok {
		out := &valueFnNode{name: name, ret: t}
		if len(e.Args) > 0 {
			out.mod = e.Args[0].(*ast.Literal).Text
		}
		return out, nil
	}
	args, err := a.exprs(lv, e.Args)
	if err != nil {
		return nil, err
	}
	switch name {
	case "coalesce":
		t, err := a.common(args)
		return &coalesceNode{args, t}, err
	case "greatest", "least":
		t, err := a.common(args)
		return &minMaxNode{name, args, t}, err
	case "grouping":
		return &groupingNode{args}, nil
	case "nullif":
		o, err := a.makeOp("=", args[0], args[1])
		if err != nil {
			return nil, err
		}
		op := o.(*opNode)
		return &nullIfNode{op.args[0], op.args[1], op.args[0].typ()}, nil
	}
	return nil, fmt.Errorf("%s is not known", name)
}

func (a *analyzer) filter(lv *level, e ast.Expr) (node, error) {
	if e == nil {
		return nil, nil
	}
	return a.condition(lv, e)
}

// aggregate is transformAggregateCall.
func (a *analyzer) aggregate(lv *level, e *ast.Func, p *proc, args []node, ret uint32, variadic bool) (node, error) {
	out := &aggNode{p: p, name: p.name, args: args, star: e.Star, distinct: e.Distinct, variadic: variadic, ret: ret}
	var err error
	if out.filter, err = a.filter(lv, e.Filter); err != nil {
		return nil, err
	}
	if p.aggKind == 'o' || p.aggKind == 'h' {
		n := len(args) - len(e.OrderBy)
		if p.aggKind == 'h' {
			if err := a.unify(args[:n], args[n:]); err != nil {
				return nil, err
			}
		}
		out.direct, out.args = args[:n], args[n:]
		for i, k := range e.OrderBy {
			x := out.args[i]
			if x.typ() == tUnknown {
				if x, err = a.implicit(x, tText); err != nil {
					return nil, err
				}
			}
			out.order = append(out.order, sortExpr{x, k.Desc, nullsFirst(k)})
		}
		return out, nil
	}
	for i, x := range args {
		if e.Distinct && x.typ() == tUnknown { // what is compared is decided
			if args[i], err = a.implicit(x, tText); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range e.OrderBy {
		x, err := a.expr(lv, k.X)
		if err == nil && x.typ() == tUnknown {
			x, err = a.implicit(x, tText)
		}
		if err != nil {
			return nil, err
		}
		for _, arg := range args { // an argument that is the same gives its type
			if same(withoutImplicit(arg), x) {
				x = arg
				break
			}
		}
		if !slices.ContainsFunc(out.order, func(s sortExpr) bool { return same(s.x, x) }) {
			out.order = append(out.order, sortExpr{x, k.Desc, nullsFirst(k)})
		}
	}
	return out, nil
}

// unify is unify_hypothetical_args: each direct argument and the ordered one that
// it is compared with have one type.
func (a *analyzer) unify(direct, ordered []node) error {
	for i := range ordered {
		at := len(direct) - len(ordered) + i
		if at < 0 {
			continue
		}
		pair := []node{direct[at], ordered[i]}
		if _, err := a.common(pair); err != nil {
			return err
		}
		direct[at], ordered[i] = pair[0], pair[1]
	}
	return nil
}

func nullsFirst(k ast.SortKey) bool {
	return k.Nulls == ast.NullsFirst || k.Nulls == ast.NullsDefault && k.Desc
}

// windowCall is transformWindowFuncCall.
func (a *analyzer) windowCall(lv *level, e *ast.Func, p *proc, name string, args []node, ret uint32) (node, error) {
	out := &windowNode{p: p, name: name, args: args, star: e.Star, ret: ret}
	var err error
	if out.filter, err = a.filter(lv, e.Filter); err != nil {
		return nil, err
	}
	out.win, err = a.over(lv, e.Over)
	return out, err
}

// over is the window clause that OVER names or defines.
func (a *analyzer) over(lv *level, w *ast.Window) (*windowClause, error) {
	if w.Named {
		for _, c := range lv.q.windows {
			if c.name == w.Ref {
				return c, nil
			}
		}
		return nil, fmt.Errorf("window %s does not exist", w.Ref)
	}
	for _, p := range lv.q.pending {
		if ast.Same(p.def, w) {
			return p.clause, nil
		}
	}
	// Its keys are looked for among the targets, which come first.
	c := &windowClause{}
	lv.q.pending = append(lv.q.pending, pendingWindow{w, c})
	return c, nil
}

// pendingWindow is a window that OVER defines, before its keys are known.
type pendingWindow struct {
	def    *ast.Window
	clause *windowClause
}

// windowDef is one entry of transformWindowDefinitions.
func (a *analyzer) windowDef(lv *level, name string, w *ast.Window) (*windowClause, error) {
	out := &windowClause{name: name, ref: w.Ref}
	for _, e := range w.PartitionBy {
		ref, err := a.sortTarget(lv, e, false)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out.partition, ref) {
			out.partition = append(out.partition, ref)
		}
	}
	for _, k := range w.OrderBy {
		ref, err := a.sortTarget(lv, k.X, false)
		if err != nil {
			return nil, err
		}
		out.order = sortedBy(out.order, ref, k)
	}
	if w.Frame == nil {
		return out, nil
	}
	f := &frameClause{unit: w.Frame.Unit, start: w.Frame.Start.Kind, end: w.Frame.End.Kind, between: bool(w.Frame.Between), exclude: w.Frame.Exclude}
	var err error
	if f.startOff, err = a.offset(lv, out, f.unit, w.Frame.Start.Offset); err != nil {
		return nil, err
	}
	if f.endOff, err = a.offset(lv, out, f.unit, w.Frame.End.Offset); err != nil {
		return nil, err
	}
	out.frame = f
	return out, nil
}

// offset is transformFrameOffset.
func (a *analyzer) offset(lv *level, w *windowClause, unit string, e ast.Expr) (node, error) {
	if e == nil {
		return nil, nil
	}
	x, err := a.expr(lv, e)
	if err != nil {
		return nil, err
	}
	if unit != "RANGE" {
		return a.coerceTo(x, tInt8, -1, ctxImplicit, formImplicit)
	}
	if x.typ() != tUnknown || len(w.order) != 1 {
		return x, nil
	}
	to := lv.q.byRef(w.order[0].ref).typ()
	switch to {
	case tDate, tTimestamp, tTimestamptz, tTime, tTimetz:
		to = tInterval
	}
	return a.implicit(x, to)
}
