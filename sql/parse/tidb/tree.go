package tidb

import (
	"strconv"
	"strings"

	"tagd/sql/ast"
)

func itoa(n int) string { return strconv.Itoa(n) }

// aggregates are the functions that make an alias one of an aggregate.
var aggregates = map[string]bool{"count": true, "sum": true, "avg": true, "min": true, "max": true, "group_concat": true, "string_agg": true,
	"std": true, "stddev": true, "stddev_pop": true, "stddev_samp": true, "variance": true, "var_pop": true, "var_samp": true,
	"bit_and": true, "bit_or": true, "bit_xor": true, "any_value": true, "json_arrayagg": true, "json_objectagg": true, "bool_and": true,
	"bool_or": true, "every": true, "array_agg": true}

// children are pointers to the expressions directly below one; a subquery's own
// expressions are not among them.
func children(x ast.Expr) []*ast.Expr {
	var out []*ast.Expr
	list := func(es []ast.Expr) {
		for i := range es {
			out = append(out, &es[i])
		}
	}
	switch x := x.(type) {
	case *ast.Op:
		out = append(out, &x.L, &x.R)
	case *ast.AnyAll:
		out = append(out, &x.L, &x.R)
	case *ast.Bool:
		list(x.Args)
	case *ast.IsTest:
		out = append(out, &x.X)
	case *ast.Distinct:
		out = append(out, &x.L, &x.R)
	case *ast.In:
		out = append(out, &x.X)
		list(x.List)
	case *ast.Between:
		out = append(out, &x.X, &x.Lo, &x.Hi)
	case *ast.Func:
		list(x.Args)
	case *ast.Case:
		out = append(out, &x.X, &x.Else)
		for i := range x.Whens {
			out = append(out, &x.Whens[i].Cond, &x.Whens[i].Then)
		}
	case *ast.Cast:
		out = append(out, &x.X)
	case *ast.Row:
		list(x.Elems)
	case *ast.Array:
		list(x.Elems)
	case *ast.Subquery:
		out = append(out, &x.X)
	}
	return out
}

// foldNames writes unqualified names in lower case, in place.
func foldNames(x ast.Expr) {
	if c, ok := x.(*ast.Column); ok && len(c.Parts) == 1 {
		c.Parts[0] = strings.ToLower(c.Parts[0])
	}
	for _, c := range children(x) {
		if *c != nil {
			foldNames(*c)
		}
	}
}

func hasAggregate(x ast.Expr) bool {
	if f, ok := x.(*ast.Func); ok && f.Over == nil && aggregates[f.Name[len(f.Name)-1]] {
		return true
	}
	for _, c := range children(x) {
		if *c != nil && hasAggregate(*c) {
			return true
		}
	}
	return false
}

// replaceColumns puts expressions in place of unqualified names, outside of
// aggregates; the tree is the lowering's own, so it is changed in place.
func replaceColumns(x ast.Expr, with map[string]ast.Expr) ast.Expr {
	if c, ok := x.(*ast.Column); ok && len(c.Parts) == 1 && !c.Star {
		if e := with[c.Parts[0]]; e != nil {
			return e
		}
		return x
	}
	if f, ok := x.(*ast.Func); ok && aggregates[f.Name[len(f.Name)-1]] {
		return x
	}
	for _, c := range children(x) {
		if *c != nil {
			*c = replaceColumns(*c, with)
		}
	}
	return x
}
