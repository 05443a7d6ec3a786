package engine

import (
	"reflect"

	"tagd/exec/op"
	"tagd/planner/plan"
	"tagd/sql/ast"
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

// columnRefs returns the column references in an expression as written.
func columnRefs(e ast.Expr) []*ast.Column {
	var out []*ast.Column
	collectRefs(reflect.ValueOf(e), &out)
	return out
}

// collectRefs goes through a tree of plain structs. It is used for the few
// expressions of definitions, so reflection's cost does not matter.
func collectRefs(v reflect.Value, out *[]*ast.Column) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			collectRefs(v.Elem(), out)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if c, ok := v.Interface().(*ast.Column); ok {
			*out = append(*out, c)
			return
		}
		collectRefs(v.Elem(), out)
	case reflect.Slice:
		for i := 0; i < v.Len(); i++ {
			collectRefs(v.Index(i), out)
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			if v.Type().Field(i).IsExported() {
				collectRefs(v.Field(i), out)
			}
		}
	}
}
