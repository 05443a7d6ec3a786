package deparse

import (
	"strings"
)

func (p *printer) list(xs []node, implicit bool) {
	for i, x := range xs {
		if i > 0 {
			p.str(", ")
		}
		p.expr(x, implicit)
	}
}

// wrap writes f's text, in parentheses where the style is not to leave them out.
func (p *printer) wrap(f func()) {
	if !p.style.Paren {
		p.str("(")
	}
	f()
	if !p.style.Paren {
		p.str(")")
	}
}

// paren is get_rule_expr_paren.
func (p *printer) paren(x node, implicit bool, parent node) {
	need := p.style.Paren && !simple(x, parent)
	if need {
		p.str("(")
	}
	p.expr(x, implicit)
	if need {
		p.str(")")
	}
}

// expr is get_rule_expr; implicit shows the outermost cast even where nobody
// wrote it.
func (p *printer) expr(x node, implicit bool) {
	switch x := x.(type) {
	case *varNode:
		p.variable(x, false)
	case *constNode:
		p.constant(x, 0)
	case *funcNode:
		p.function(x, implicit)
	case *opNode:
		p.wrap(func() {
			if len(x.args) == 2 {
				p.paren(x.args[0], true, x)
				p.str(" " + x.name + " ")
				p.paren(x.args[1], true, x)
				return
			}
			p.str(x.name + " ")
			p.paren(x.args[0], true, x)
		})
	case *distinctNode:
		p.wrap(func() {
			p.paren(x.l, true, x)
			p.str(" IS DISTINCT FROM ")
			p.paren(x.r, true, x)
		})
	case *nullIfNode:
		p.named("NULLIF", []node{x.l, x.r})
	case *anyAllNode:
		p.anyAll(x)
	case *boolNode:
		p.boolean(x)
	case *aggNode:
		p.aggregate(x)
	case *windowNode:
		p.windowCall(x)
	case *groupingNode:
		p.named("GROUPING", x.args)
	case *subscriptNode:
		p.subscript(x, implicit)
	case *subLinkNode:
		p.subLink(x)
	case *relabelNode:
		if x.form == formImplicit && !implicit {
			p.paren(x.x, false, x)
			return
		}
		p.coercion(x.x, x.t, x.mod, x)
	default:
		p.exprMore(x, implicit)
	}
}

func (p *printer) named(name string, args []node) {
	p.str(name + "(")
	p.list(args, true)
	p.str(")")
}

func (p *printer) exprMore(x node, implicit bool) {
	switch x := x.(type) {
	case *fieldNode:
		_, sub := x.x.(*subscriptNode)
		_, field := x.x.(*fieldNode)
		if !sub && !field {
			p.str("(")
		}
		p.expr(x.x, true)
		if !sub && !field {
			p.str(")")
		}
		p.str(".")
		p.quote(x.name)
	case *collateNode:
		p.wrap(func() {
			p.paren(x.x, implicit, x)
			p.str(" COLLATE ")
			p.quote(x.name)
		})
	case *caseNode:
		p.caseExpr(x)
	case *arrayNode:
		p.str("ARRAY[")
		p.list(x.elems, true)
		p.str("]")
		if len(x.elems) == 0 {
			p.str("::" + p.cat.Format(x.t, -1))
		}
	case *rowNode:
		p.row(x.args, x.pad)
		if x.t != 0 && x.form == formCast {
			p.str("::" + p.cat.Format(x.t, -1))
		}
	case *rowCompareNode:
		p.str("(")
		p.row(x.l, 0)
		p.str(" " + x.op + " ")
		p.row(x.r, 0)
		p.str(")")
	case *coalesceNode:
		p.named("COALESCE", x.args)
	case *minMaxNode:
		p.named(strings.ToUpper(x.name), x.args)
	case *valueFnNode:
		p.str(strings.ToUpper(x.name))
		if x.mod != "" {
			p.str("(" + x.mod + ")")
		}
	case *nullTestNode:
		p.wrap(func() {
			p.paren(x.x, true, x)
			p.str(nullTest(x))
		})
	case *boolTestNode:
		p.wrap(func() {
			p.paren(x.x, false, x)
			p.str(" IS " + x.what)
		})
	case *domainValueNode:
		p.str("VALUE")
	}
}

func nullTest(x *nullTestNode) string {
	v, ok := x.x.(*varNode)
	whole := ok && v.att == 0 && v.rte != nil && !x.row
	switch {
	case whole && x.not:
		return " IS DISTINCT FROM NULL"
	case whole:
		return " IS NOT DISTINCT FROM NULL"
	case x.not:
		return " IS NOT NULL"
	}
	return " IS NULL"
}

// row writes ROW(...) with pad NULLs at the end.
func (p *printer) row(args []node, pad int) {
	p.str("ROW(")
	for i, a := range args {
		if i > 0 {
			p.str(", ")
		}
		p.top(a, true)
	}
	for i := range pad {
		if i > 0 || len(args) > 0 {
			p.str(", ")
		}
		p.str("NULL")
	}
	p.str(")")
}

func (p *printer) boolean(x *boolNode) {
	p.wrap(func() {
		if x.op == "NOT" {
			p.str("NOT ")
			p.paren(x.args[0], false, x)
			return
		}
		for i, a := range x.args {
			if i > 0 {
				p.str(" " + x.op + " ")
			}
			p.paren(a, false, x)
		}
	})
}

func (p *printer) anyAll(x *anyAllNode) {
	word := " ANY ("
	if x.all {
		word = " ALL ("
	}
	p.wrap(func() {
		p.paren(x.l, true, x)
		p.str(" " + x.name + word)
		p.paren(x.r, true, x)
		if s, ok := x.r.(*subLinkNode); ok && s.kind == "EXPR" {
			p.str("::" + p.cat.Format(s.ret, s.mod))
		}
		p.str(")")
	})
}

// caseExpr writes CASE; of a simple one the comparisons' right sides.
func (p *printer) caseExpr(x *caseNode) {
	p.keyword("CASE", 0, indentVar, 0)
	if x.x != nil {
		p.str(" ")
		p.expr(x.x, true)
	}
	gap := func() {
		if !p.style.Indent {
			p.str(" ")
		}
	}
	for _, w := range x.whens {
		cond := w.cond
		if o, ok := cond.(*opNode); ok && x.x != nil && len(o.args) == 2 && isCaseTest(o.args[0]) {
			cond = o.args[1]
		}
		gap()
		p.keyword("WHEN ", 0, 0, 0)
		p.expr(cond, false)
		p.str(" THEN ")
		p.expr(w.then, true)
	}
	gap()
	p.keyword("ELSE ", 0, 0, 0)
	p.expr(x.els, true)
	gap()
	p.keyword("END", -indentVar, 0, 0)
}

// isCaseTest reports whether x is what a simple CASE compares.
func isCaseTest(x node) bool {
	_, ok := withoutImplicit(x).(*caseTestNode)
	return ok
}

// withoutImplicit is strip_implicit_coercions.
func withoutImplicit(x node) node {
	for {
		switch y := x.(type) {
		case *relabelNode:
			if y.form != formImplicit {
				return x
			}
			x = y.x
		case *funcNode:
			if y.form != formImplicit {
				return x
			}
			x = y.args[0]
		default:
			return x
		}
	}
}

// coercion is get_coercion_expr.
func (p *printer) coercion(x node, t uint32, mod int32, parent node) {
	if c, ok := x.(*constNode); ok && c.t == t && c.mod == -1 {
		p.constant(c, -1)
	} else {
		p.wrap(func() { p.paren(x, false, parent) })
	}
	p.str("::" + p.cat.Format(t, mod))
}

// function is get_func_expr.
func (p *printer) function(x *funcNode, implicit bool) {
	switch {
	case x.form == formImplicit && !implicit:
		p.paren(x.args[0], false, x)
		return
	case x.form == formImplicit || x.form == formCast:
		p.coercion(x.args[0], x.ret, x.mod, x)
		return
	case x.form == formSyntax && p.syntax(x):
		return
	}
	p.funcName(x.name)
	p.str("(")
	for i, a := range x.args {
		if i > 0 {
			p.str(", ")
		}
		if x.variadic && i == len(x.args)-1 {
			p.str("VARIADIC ")
		}
		if i < len(x.argNames) && x.argNames[i] != "" {
			p.quote(x.argNames[i])
			p.str(" => ")
		}
		p.expr(a, true)
	}
	p.str(")")
}

// funcName is generate_function_name of a function of pg_catalog.
func (p *printer) funcName(name string) {
	if p.group && (name == "cube" || name == "rollup") {
		p.str("pg_catalog.")
	}
	p.quote(name)
}

// syntax is get_func_sql_syntax; false for a function without one.
func (p *printer) syntax(x *funcNode) bool {
	arg := func(i int) { p.expr(x.args[i], false) }
	switch name := x.name; name {
	case "timezone":
		p.str("(")
		p.paren(x.args[1], false, x)
		p.str(" AT TIME ZONE ")
		p.paren(x.args[0], false, x)
		p.str(")")
	case "overlaps":
		p.str("((")
		p.list(x.args[:2], false)
		p.str(") OVERLAPS (")
		p.list(x.args[2:], false)
		p.str("))")
	case "extract":
		c, ok := x.args[0].(*constNode)
		if !ok {
			return false
		}
		p.str("EXTRACT(" + c.text + " FROM ")
		arg(1)
		p.str(")")
	case "overlay", "substring":
		if name == "substring" && len(x.args) == 3 && x.args[1].typ() == tText {
			p.pieces("SUBSTRING(", x.args, " SIMILAR ", " ESCAPE ")
			break
		}
		if name == "substring" && x.args[1].typ() == tText {
			return false
		}
		if name == "substring" {
			p.pieces("SUBSTRING(", x.args, " FROM ", " FOR ")
			break
		}
		p.pieces("OVERLAY(", x.args, " PLACING ", " FROM ", " FOR ")
	case "position":
		p.str("POSITION((")
		arg(1)
		p.str(") IN (")
		arg(0)
		p.str("))")
	case "btrim", "ltrim", "rtrim":
		p.str("TRIM(" + map[string]string{"btrim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}[name])
		if len(x.args) == 2 {
			p.str(" ")
			arg(1)
		}
		p.str(" FROM ")
		arg(0)
		p.str(")")
	case "normalize":
		p.str("NORMALIZE(")
		arg(0)
		if c, ok := x.args[len(x.args)-1].(*constNode); ok && len(x.args) == 2 {
			p.str(", " + c.text)
		}
		p.str(")")
	case "is_normalized":
		p.str("(")
		p.paren(x.args[0], false, x)
		p.str(" IS")
		if c, ok := x.args[len(x.args)-1].(*constNode); ok && len(x.args) == 2 {
			p.str(" " + c.text)
		}
		p.str(" NORMALIZED)")
	case "pg_collation_for":
		p.str("COLLATION FOR (")
		arg(0)
		p.str(")")
	default:
		return false
	}
	return true
}

func (p *printer) pieces(open string, args []node, words ...string) {
	p.str(open)
	for i, a := range args {
		if i > 0 {
			p.str(words[i-1])
		}
		p.expr(a, false)
	}
	p.str(")")
}

// aggregate is get_agg_expr.
func (p *printer) aggregate(x *aggNode) {
	p.funcName(x.name)
	p.str("(")
	if x.distinct {
		p.str("DISTINCT ")
	}
	if x.p.aggKind == 'o' || x.p.aggKind == 'h' {
		p.list(x.direct, true)
		p.str(") WITHIN GROUP (ORDER BY ")
		p.sortExprs(x.order)
	} else {
		if x.star {
			p.str("*")
		}
		for i, a := range x.args {
			if i > 0 {
				p.str(", ")
			}
			if x.variadic && i == len(x.args)-1 {
				p.str("VARIADIC ")
			}
			p.expr(a, true)
		}
		if len(x.order) > 0 {
			p.str(" ORDER BY ")
			p.sortExprs(x.order)
		}
	}
	if x.filter != nil {
		p.str(") FILTER (WHERE ")
		p.expr(x.filter, false)
	}
	p.str(")")
}

func (p *printer) sortExprs(list []sortExpr) {
	for i, k := range list {
		if i > 0 {
			p.str(", ")
		}
		p.sortItem(k.x)
		p.direction(k.desc, k.nullsFirst)
	}
}

// windowCall is get_windowfunc_expr.
func (p *printer) windowCall(x *windowNode) {
	p.funcName(x.name)
	p.str("(")
	if x.star {
		p.str("*")
	}
	p.list(x.args, true)
	if x.filter != nil {
		p.str(") FILTER (WHERE ")
		p.expr(x.filter, false)
	}
	p.str(") OVER ")
	if x.win.name != "" {
		p.quote(x.win.name)
		return
	}
	p.window(p.q, x.win)
}

func (p *printer) subscript(x *subscriptNode, implicit bool) {
	_, v := x.x.(*varNode)
	_, f := x.x.(*fieldNode)
	if !v && !f {
		p.str("(")
	}
	p.expr(x.x, implicit)
	if !v && !f {
		p.str(")")
	}
	slice := false
	for _, s := range x.slice {
		slice = slice || s
	}
	for i := range x.up {
		p.str("[")
		if slice {
			switch {
			case x.lo[i] != nil:
				p.expr(x.lo[i], false)
			case !x.slice[i]:
				p.str("1")
			}
			p.str(":")
		}
		if x.up[i] != nil {
			p.expr(x.up[i], false)
		}
		p.str("]")
	}
}

// subLink is get_sublink_expr.
func (p *printer) subLink(x *subLinkNode) {
	if x.kind == "ARRAY" {
		p.str("ARRAY(")
	} else {
		p.str("(")
	}
	switch len(x.test) {
	case 0:
	case 1:
		p.expr(x.test[0], true)
	default:
		p.str("(")
		p.list(x.test, true)
		p.str(")")
	}
	paren := true
	switch {
	case x.kind == "EXISTS":
		p.str("EXISTS ")
	case x.kind == "ANY" && x.op == "=":
		p.str(" IN ")
	case x.kind == "ANY" || x.kind == "ALL":
		p.str(" " + x.op + " " + x.kind + " ")
	default:
		paren = false
	}
	if paren {
		p.str("(")
	}
	p.query(x.q, false, nil, false)
	if paren {
		p.str(")")
	}
	p.str(")")
}

// constant is get_const_expr; show 1 always labels the type, -1 never.
func (p *printer) constant(c *constNode, show int) {
	if c.null {
		p.str("NULL")
		if show >= 0 {
			p.str("::" + p.cat.Format(c.t, c.mod))
		}
		return
	}
	label := false
	text := c.text
	if c.t == tRegclass && c.reg != 0 {
		text = p.cat.RegClass(c.reg)
	}
	switch c.t {
	case tInt4:
		if label = strings.HasPrefix(text, "-"); label {
			text = "'" + text + "'"
		}
	case tNumeric:
		if text[0] >= '0' && text[0] <= '9' && strings.ContainsAny(text, "eE.") {
			label = c.mod >= 0
		} else {
			text, label = "'"+text+"'", true
		}
	case tBool:
	case tUnknown:
		text = quoted(text)
	default:
		text, label = quoted(text), true
	}
	p.str(text)
	if show >= 0 && (label || show > 0) {
		p.str("::" + p.cat.Format(c.t, c.mod))
	}
}

// quoted is simple_quote_literal, which knows no E'...'.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// simple is isSimpleNode.
func simple(x, parent node) bool {
	switch x := x.(type) {
	case *varNode, *constNode, *domainValueNode, *subscriptNode, *arrayNode, *rowNode, *coalesceNode, *minMaxNode, *valueFnNode, *nullIfNode,
		*aggNode, *groupingNode, *windowNode, *funcNode, *caseNode:
		return true
	case *fieldNode:
		_, field := parent.(*fieldNode)
		return !field
	case *relabelNode:
		return simple(x.x, x)
	case *opNode:
		if o, ok := parent.(*opNode); ok {
			return binds(x, o)
		}
		return separated(parent, false)
	case *subLinkNode, *nullTestNode, *boolTestNode, *distinctNode:
		return separated(parent, false)
	case *boolNode:
		if o, ok := parent.(*boolNode); ok {
			if x.op == "OR" {
				return o.op == "OR"
			}
			return o.op == "AND" || o.op == "OR"
		}
		return separated(parent, true)
	}
	return false
}

// binds reports whether an arithmetic operation needs no parentheses in another.
func binds(x, parent *opNode) bool {
	low := func(o *opNode) bool { return len(o.args) == 2 && (o.name == "+" || o.name == "-") }
	high := func(o *opNode) bool { return len(o.args) == 2 && (o.name == "*" || o.name == "/" || o.name == "%") }
	switch {
	case !low(x) && !high(x) || !low(parent) && !high(parent):
		return false
	case high(x) && low(parent):
		return true
	case low(x) && high(parent):
		return false
	}
	return parent.args[0] == node(x)
}

// separated reports whether a parent's own syntax sets its parts apart.
func separated(parent node, isBool bool) bool {
	switch q := parent.(type) {
	case *funcNode:
		return q.form == formCall
	case *boolNode:
		return !isBool
	case *subscriptNode, *arrayNode, *rowNode, *coalesceNode, *minMaxNode, *nullIfNode, *aggNode, *groupingNode, *windowNode, *caseNode:
		return true
	}
	return false
}
