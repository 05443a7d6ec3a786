package engine

import (
	"reflect"

	"github.com/jackc/pgerrcode"

	"tagd/exec/op"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// usedCols adds the positions of the columns that e reads.
func usedCols(e plan.Expr, into map[int]bool) {
	if e == nil {
		return
	}
	for _, c := range plan.Columns(e) {
		into[c] = true
	}
}

// subst puts parameter values into an expression (nil stays nil).
func subst(e plan.Expr, params []vec.Datum) plan.Expr {
	if e == nil {
		return nil
	}
	return substAll([]plan.Expr{e}, params)[0]
}

// substAll is subst for a list; a nil list stays nil. Parameters without a value
// fail when they are evaluated.
func substAll(list []plan.Expr, params []vec.Datum) []plan.Expr {
	out, err := op.BindExprs(list, params)
	if err != nil {
		return list
	}
	return out
}

// columnRefs lists the column references of an expression.
func columnRefs(e ast.Expr) []*ast.Column {
	var out []*ast.Column
	eachNode(reflect.ValueOf(e), func(n any) bool {
		c, ok := n.(*ast.Column)
		if ok {
			out = append(out, c)
		}
		return !ok
	})
	return out
}

// walkFuncs calls f for every function call in an expression.
func walkFuncs(e ast.Expr, f func(*ast.Func)) {
	eachNode(reflect.ValueOf(e), func(n any) bool {
		if c, ok := n.(*ast.Func); ok {
			f(c)
		}
		return true
	})
}

// parseTypeName reads a type as SQL writes it.
func parseTypeName(text string) (ast.TypeName, error) {
	x, err := parse.Expr("NULL::" + text)
	if c, ok := x.(*ast.Cast); err == nil && ok {
		t := c.Type
		t.At = -1
		return t, nil
	}
	return ast.TypeName{}, sqlerr.New(pgerrcode.SyntaxError, `invalid type name "%s"`, text)
}

// withValue returns a copy of a domain's condition with x in place of VALUE.
func withValue(e, x ast.Expr) ast.Expr {
	out := swapValue(reflect.ValueOf(&e).Elem(), x)
	return out.Interface().(ast.Expr)
}

func swapValue(v reflect.Value, x ast.Expr) reflect.Value {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return v
		}
		if c, ok := v.Interface().(*ast.Column); ok && len(c.Parts) == 1 && c.Parts[0] == "value" {
			return reflect.ValueOf(x)
		}
		out := reflect.New(v.Type()).Elem()
		inner := swapValue(v.Elem(), x)
		if v.Kind() == reflect.Pointer {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(inner)
			out.Set(p)
		} else {
			out.Set(inner)
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := 0; i < v.Len(); i++ {
			out.Index(i).Set(swapValue(v.Index(i), x))
		}
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := 0; i < v.NumField(); i++ {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(swapValue(v.Field(i), x))
			}
		}
		return out
	}
	return v
}

// subqueryAt is the place of the first subquery in an expression, -1 for none.
func subqueryAt(e ast.Expr) int {
	at := -1
	eachNode(reflect.ValueOf(e), func(n any) bool {
		q, ok := n.(*ast.Subquery)
		if ok && at < 0 {
			at = q.Pos()
		}
		return !ok
	})
	return at
}

// paramAt is the place and the number of the first parameter of a query.
func paramAt(q ast.Stmt) (at, n int) {
	at = -1
	eachNode(reflect.ValueOf(q), func(x any) bool {
		if p, ok := x.(*ast.Param); ok && at < 0 {
			at, n = p.Pos(), p.N
		}
		return true
	})
	return at, n
}

// eachNode calls f for the pointers of a tree of plain structs; false does not go
// into one.
func eachNode(v reflect.Value, f func(n any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			eachNode(v.Elem(), f)
		}
	case reflect.Pointer:
		if !v.IsNil() && f(v.Interface()) {
			eachNode(v.Elem(), f)
		}
	case reflect.Slice:
		if list, ok := v.Interface().([]ast.Expr); ok { // there may be a million of constants
			for _, x := range list {
				if l, ok := x.(*ast.Literal); ok {
					f(l)
				} else {
					eachNode(reflect.ValueOf(x), f)
				}
			}
			return
		}
		for i := 0; i < v.Len(); i++ {
			eachNode(v.Index(i), f)
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			if v.Type().Field(i).IsExported() {
				eachNode(v.Field(i), f)
			}
		}
	}
}
