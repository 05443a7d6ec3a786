package deparse

import (
	"fmt"

	"tagd/sql/ast"
)

// rowCompare is make_row_comparison_op: = and <> are ANDs and ORs of columns.
func (a *analyzer) rowCompare(lv *level, name string, l, r *ast.Row) (node, error) {
	if len(l.Elems) != len(r.Elems) {
		return nil, fmt.Errorf("unequal number of entries in row expressions")
	}
	var parts []node
	out := &rowCompareNode{op: name}
	for i := range l.Elems {
		x, err := a.opExpr(lv, &ast.Op{Name: name, L: l.Elems[i], R: r.Elems[i]})
		if err != nil {
			return nil, err
		}
		o, ok := x.(*opNode)
		if !ok {
			return nil, fmt.Errorf("nested row comparison")
		}
		parts = append(parts, x)
		out.op, out.l, out.r = o.name, append(out.l, o.args[0]), append(out.r, o.args[1])
	}
	switch {
	case len(parts) == 1:
		return parts[0], nil
	case name == "=":
		return &boolNode{"AND", parts}, nil
	case name == "<>" || name == "!=":
		return &boolNode{"OR", parts}, nil
	}
	return out, nil
}

// anyAll is make_scalar_array_op.
func (a *analyzer) anyAll(lv *level, e *ast.AnyAll) (node, error) {
	l, err := a.expr(lv, e.L)
	if err != nil {
		return nil, err
	}
	r, err := a.expr(lv, e.R)
	if err != nil {
		return nil, err
	}
	return a.makeAnyAll(e.Name, e.All, l, r)
}

func (a *analyzer) makeAnyAll(name string, all bool, l, r node) (node, error) {
	if name == "!=" {
		name = "<>"
	}
	rt := uint32(tUnknown)
	if r.typ() != tUnknown {
		if rt = a.elemOf(r.typ()); rt == 0 {
			return nil, fmt.Errorf("op ANY/ALL (array) requires array on right side")
		}
	}
	o, err := a.findOp(name, l.typ(), rt)
	if err != nil {
		return nil, err
	}
	to, _ := a.resolveGeneric([]uint32{l.typ(), rt}, []uint32{o.left, o.right}, o.result)
	if polymorphic(to[0]) {
		to[0] = l.typ()
	}
	arr := r.typ()
	if !polymorphic(to[1]) {
		arr = a.arrayOf(to[1])
	}
	if l, err = a.implicit(l, to[0]); err != nil {
		return nil, err
	}
	if r, err = a.implicit(r, arr); err != nil {
		return nil, err
	}
	return &anyAllNode{name, all, l, r}, nil
}

func (a *analyzer) boolExpr(lv *level, e *ast.Bool) (node, error) {
	out := &boolNode{op: [...]string{"AND", "OR", "NOT"}[e.Kind]}
	for _, x := range e.Args {
		y, err := a.condition(lv, x)
		if err != nil {
			return nil, err
		}
		out.args = append(out.args, y)
	}
	return out, nil
}

func (a *analyzer) condition(lv *level, e ast.Expr) (node, error) {
	x, err := a.expr(lv, e)
	if err != nil {
		return nil, err
	}
	return a.boolean(x)
}

func (a *analyzer) isTest(lv *level, e *ast.IsTest) (node, error) {
	x, err := a.expr(lv, e.X)
	if err != nil {
		return nil, err
	}
	if e.What == ast.IsNull {
		_, row := x.(*rowNode)
		return &nullTestNode{x, e.Not, row || x.typ() == tRecord || a.composite(x.typ())}, nil
	}
	if x, err = a.boolean(x); err != nil {
		return nil, err
	}
	what := [...]string{"", "TRUE", "FALSE", "UNKNOWN"}[e.What]
	if e.Not {
		what = "NOT " + what
	}
	return &boolTestNode{x, what}, nil
}

// distinct is transformAExprDistinct.
func (a *analyzer) distinct(lv *level, e *ast.Distinct) (node, error) {
	if isNullConst(e.R) || isNullConst(e.L) {
		x := e.L
		if isNullConst(e.L) {
			x = e.R
		}
		y, err := a.expr(lv, x)
		if err != nil {
			return nil, err
		}
		_, row := y.(*rowNode)
		return &nullTestNode{y, !e.Not, row}, nil
	}
	if lr, ok := e.L.(*ast.Row); ok {
		if rr, ok := e.R.(*ast.Row); ok {
			return a.rowDistinct(lv, lr, rr, e.Not)
		}
	}
	o, err := a.opExpr(lv, &ast.Op{Name: "=", L: e.L, R: e.R})
	if err != nil {
		return nil, err
	}
	op, ok := o.(*opNode)
	if !ok {
		return nil, fmt.Errorf("IS DISTINCT FROM of rows")
	}
	var out node = &distinctNode{op.args[0], op.args[1]}
	if e.Not {
		out = &boolNode{"NOT", []node{out}}
	}
	return out, nil
}

func (a *analyzer) rowDistinct(lv *level, l, r *ast.Row, not bool) (node, error) {
	if len(l.Elems) != len(r.Elems) {
		return nil, fmt.Errorf("unequal number of entries in row expressions")
	}
	or := &boolNode{op: "OR"}
	for i := range l.Elems {
		o, err := a.opExpr(lv, &ast.Op{Name: "=", L: l.Elems[i], R: r.Elems[i]})
		if err != nil {
			return nil, err
		}
		op := o.(*opNode)
		or.args = append(or.args, &distinctNode{op.args[0], op.args[1]})
	}
	var out node = or
	if len(or.args) == 1 {
		out = or.args[0]
	}
	if not {
		out = &boolNode{"NOT", []node{out}}
	}
	return out, nil
}

// in is transformAExprIn: constants make one array, the others an OR.
func (a *analyzer) in(lv *level, e *ast.In) (node, error) {
	x, err := a.expr(lv, e.X)
	if err != nil {
		return nil, err
	}
	name, word := "=", "OR"
	if e.Not {
		name, word = "<>", "AND"
	}
	var plain, vars []node
	var exprs []node
	for _, r := range e.List {
		y, err := a.expr(lv, r)
		if err != nil {
			return nil, err
		}
		exprs = append(exprs, y)
		if hasVar(y, lv.rels) {
			vars = append(vars, y)
		} else {
			plain = append(plain, y)
		}
	}
	var parts []node
	if len(plain) > 1 {
		arr, ok := a.inArray(x, plain)
		if ok {
			y, err := a.makeAnyAll(name, e.Not, x, arr)
			if err != nil {
				return nil, err
			}
			parts = append(parts, y)
		} else {
			vars = exprs
		}
	} else {
		vars = exprs
	}
	row, isRow := x.(*rowNode)
	for _, y := range vars {
		var cmp node
		if rr, ok := y.(*rowNode); ok && isRow {
			cmp, err = a.rowOf(name, row, rr)
		} else {
			cmp, err = a.makeOp(name, x, y)
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, cmp)
	}
	out := parts[0]
	for _, y := range parts[1:] { // one on top of the other, as PostgreSQL makes them
		out = &boolNode{word, []node{out, y}}
	}
	return out, nil
}

func (a *analyzer) rowOf(name string, l, r *rowNode) (node, error) {
	if len(l.args) != len(r.args) {
		return nil, fmt.Errorf("unequal number of entries in row expressions")
	}
	out := &boolNode{op: "AND"}
	if name == "<>" {
		out.op = "OR"
	}
	for i := range l.args {
		x, err := a.makeOp(name, l.args[i], r.args[i])
		if err != nil {
			return nil, err
		}
		out.args = append(out.args, x)
	}
	if len(out.args) == 1 {
		return out.args[0], nil
	}
	return out, nil
}

// inArray is the array of an IN list, if its values have a type together.
func (a *analyzer) inArray(x node, list []node) (node, bool) {
	ts := []uint32{x.typ()}
	for _, y := range list {
		if _, ok := y.(*rowNode); ok {
			return nil, false
		}
		ts = append(ts, y.typ())
	}
	t, err := a.commonTypeOf(ts)
	if err != nil || t == tRecord {
		return nil, false
	}
	for _, y := range ts {
		if !a.canCoerce([]uint32{y}, []uint32{t}, ctxImplicit) {
			return nil, false
		}
	}
	arr := a.arrayOf(t)
	if arr == 0 {
		return nil, false
	}
	out := &arrayNode{t: arr}
	for _, y := range list {
		z, err := a.implicit(y, t)
		if err != nil {
			return nil, false
		}
		out.elems = append(out.elems, z)
	}
	return out, true
}

func (a *analyzer) between(lv *level, e *ast.Between) (node, error) {
	side := func(lo, hi ast.Expr) (node, error) {
		l, err := a.opExpr(lv, &ast.Op{Name: ">=", L: e.X, R: lo})
		if err != nil {
			return nil, err
		}
		h, err := a.opExpr(lv, &ast.Op{Name: "<=", L: e.X, R: hi})
		return &boolNode{"AND", []node{l, h}}, err
	}
	not := func(lo, hi ast.Expr) (node, error) {
		l, err := a.opExpr(lv, &ast.Op{Name: "<", L: e.X, R: lo})
		if err != nil {
			return nil, err
		}
		h, err := a.opExpr(lv, &ast.Op{Name: ">", L: e.X, R: hi})
		return &boolNode{"OR", []node{l, h}}, err
	}
	f, word := side, "OR"
	if e.Not {
		f, word = not, "AND"
	}
	x, err := f(e.Lo, e.Hi)
	if err != nil || !e.Sym {
		return x, err
	}
	y, err := f(e.Hi, e.Lo)
	return &boolNode{word, []node{x, y}}, err
}
