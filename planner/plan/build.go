package plan

import (
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var boolean = types.Of(types.Bool)

// NewCol returns column idx of the input.
func NewCol(idx int, name string, t types.Type) *Col { return &Col{typed{t}, idx, name} }

// NewConst returns a constant of type t.
func NewConst(t types.Type, d vec.Datum) *Const { return &Const{typed{t}, d} }

// NewParam returns $n.
func NewParam(n int, t types.Type) *Param { return &Param{typed{t}, n} }

// NewCall returns f(args) of result type t; off is the place for errors, -1: none.
func NewCall(f *fn.Func, t types.Type, off int, args ...Expr) *Call {
	return &Call{typed{t}, f, args, off}
}

// NewAnd joins conditions; one condition is itself, none is nil.
func NewAnd(args ...Expr) Expr {
	var flat []Expr
	for _, a := range args {
		if x, ok := a.(*And); ok {
			flat = append(flat, x.Args...)
		} else if a != nil {
			flat = append(flat, a)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return &And{typed{boolean}, flat}
}

// NewOr is the disjunction of at least one condition.
func NewOr(args ...Expr) Expr {
	var flat []Expr
	for _, a := range args {
		if x, ok := a.(*Or); ok {
			flat = append(flat, x.Args...)
		} else {
			flat = append(flat, a)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return &Or{typed{boolean}, flat}
}

// NewNot returns NOT x.
func NewNot(x Expr) *Not { return &Not{typed{boolean}, x} }

// NewIs returns x IS [NOT] what.
func NewIs(x Expr, what Is, negate bool) *IsTest { return &IsTest{typed{boolean}, x, what, negate} }

// NewIn returns x [NOT] IN (list) by the equality eq.
func NewIn(x Expr, list []Expr, eq *fn.Func, negate bool) *In {
	return &In{typed{boolean}, x, list, eq, negate}
}

// NewAnyAll returns l op ANY|ALL (r).
func NewAnyAll(op *fn.Func, all bool, l, r Expr, off int) *AnyAll {
	return &AnyAll{typed{boolean}, op, all, l, r, off}
}

// NewCase returns a searched CASE of type t; els may be nil.
func NewCase(t types.Type, whens []When, els Expr) *Case { return &Case{typed{t}, whens, els} }

// NewCoalesce returns COALESCE(args) of type t.
func NewCoalesce(t types.Type, args []Expr) *Coalesce { return &Coalesce{typed{t}, args} }

// NewArray returns ARRAY[elems] of array type t.
func NewArray(t types.Type, elems []Expr) *Array { return &Array{typed{t}, elems} }

// NewRow returns ROW(elems) with names for its fields, nil: f1, f2 and so on.
func NewRow(elems []Expr, names []string) *Row {
	return &Row{typed{types.Of(types.Record)}, elems, names}
}

// NewRowOf returns a row of the composite type t, whose attributes elems are the
// values of.
func NewRowOf(t types.Type, elems []Expr) *Row {
	attrs := t.Ext.Def().Attrs
	r := &Row{typed{t}, elems, make([]string, len(attrs))}
	for i := range attrs {
		r.Names[i] = attrs[i].Name
	}
	return r
}

// NewFieldOf returns field idx of the record x.
func NewFieldOf(x Expr, idx int, name string, t types.Type) *FieldOf {
	return &FieldOf{typed{t}, x, idx, name}
}

// NewArg returns argument n of the nearest SubPlan or Apply.
func NewArg(n int, t types.Type) *Arg { return &Arg{typed{t}, n} }

// Typed sets the type of a new SubPlan.
func Typed(s *SubPlan, t types.Type) *SubPlan {
	s.typed = typed{t}
	return s
}
