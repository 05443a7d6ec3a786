package deparse

import (
	"strings"

	"tagd/sql/ast"
)

// Select writes a view's query; columns are the names of the view's columns now.
func Select(cat Catalog, q *ast.Select, columns []string, st Style) (string, error) {
	a := &analyzer{cat: cat}
	out, err := a.selectStmt(q, nil)
	if err != nil {
		return "", err
	}
	p := &printer{cat: cat, b: &strings.Builder{}, style: st}
	p.query(out, true, columns, true)
	return p.b.String(), nil
}

// Cond is what Expr makes of an expression beside writing it.
type Cond uint8

// What an expression is coerced to.
const (
	Value     Cond = iota // a default or a generated column: to the type of a column
	Condition             // a CHECK, or the predicate of an index
	Key                   // of an index: not at all
)

// Expr writes an expression over one relation, nil for none. to and mod are the
// type of the column that a Value is for. looksLikeFunction tells whether an
// index key needs no parentheses.
func Expr(cat Catalog, e ast.Expr, rel *Relation, what Cond, to uint32, mod int32, paren bool) (text string, looksLikeFunction bool, err error) {
	a := &analyzer{cat: cat}
	return a.single(e, rel, what, to, mod, paren)
}

// DomainCheck writes the condition of a domain over a type, in which value is
// VALUE.
func DomainCheck(cat Catalog, e ast.Expr, base uint32, mod int32, paren bool) (string, error) {
	a := &analyzer{cat: cat, value: &domainValueNode{base, mod}}
	text, _, err := a.single(e, nil, Condition, 0, -1, paren)
	return text, err
}

func (a *analyzer) single(e ast.Expr, rel *Relation, what Cond, to uint32, mod int32, paren bool) (string, bool, error) {
	q := &query{}
	lv := &level{q: q}
	if rel != nil {
		r := &rte{kind: rteRelation, rel: rel, eref: rel.Name}
		for _, c := range rel.Columns {
			r.cols = append(r.cols, rteCol{name: c.Name, real: c.Real, t: c.Type, mod: c.Mod})
		}
		q.rtable, q.from, lv.rels = []*rte{r}, []joinItem{r}, []*rte{r}
	}
	x, err := a.expr(lv, e)
	switch {
	case err != nil:
	case what == Condition:
		x, err = a.boolean(x)
	case what == Value:
		x, err = a.coerceTo(x, to, mod, ctxAssign, formImplicit)
	case x.typ() == tUnknown:
		x, err = a.implicit(x, tText)
	}
	if err != nil {
		return "", false, err
	}
	p := &printer{cat: a.cat, b: &strings.Builder{}, style: Style{Paren: paren, Indent: true}}
	p.ns = []*names{p.name(q)}
	p.q = q
	p.expr(x, false)
	looks := false
	switch x := x.(type) {
	case *funcNode:
		looks = x.form == formCall || x.form == formSyntax
	case *coalesceNode, *minMaxNode, *nullIfNode, *valueFnNode:
		looks = true
	}
	return p.b.String(), looks, nil
}
