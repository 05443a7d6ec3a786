package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// exprFor binds an expression that is going to be a value of type to: the untyped
// literals and parameters of a ROW(...) then take the types of the attributes.
func (b *binder) exprFor(s *scope, e ast.Expr, to types.Type) (plan.Expr, error) {
	row, ok := e.(*ast.Row)
	if !ok || !to.IsComposite() {
		return b.expr(s, e)
	}
	attrs := to.Ext.Def().Attrs
	elems := make([]plan.Expr, len(row.Elems))
	for i, x := range row.Elems {
		var t types.Type
		if i < len(attrs) {
			t = attrs[i].Type
		}
		var err error
		if elems[i], err = b.exprFor(s, x, t); err != nil {
			return nil, err
		}
		b.at[elems[i]] = start(x)
	}
	return plan.NewRow(elems, nil), nil
}

// toComposite converts the record e to a composite type: its fields to the types
// of the attributes, as many as there are (coerce_record_to_complex of
// parse_coerce.c). Only of a row that is written out are the fields known.
func (b *binder) toComposite(e plan.Expr, to types.Type, how fn.CastKind, off int) (plan.Expr, bool, error) {
	bad := sqlerr.At(off, pgerrcode.CannotCoerce, "cannot cast type record to %s", to)
	if c, ok := e.(*plan.Case); ok && b.rows[c] != nil {
		e = b.rows[c]
	}
	row, ok := e.(*plan.Row)
	if !ok {
		return nil, false, bad
	}
	attrs := to.Ext.Def().Attrs
	elems := make([]plan.Expr, len(attrs))
	for i, a := range attrs {
		if i >= len(row.Elems) {
			return nil, false, bad.WithDetail("Input has too few columns.")
		}
		x := row.Elems[i]
		at, placed := b.at[x]
		if !placed {
			at = off
		}
		y, ok, err := b.coerce(x, a.Type, how, at)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			return nil, false, bad.WithDetail("Cannot cast type %s to %s in column %d.", x.Type().Base(), a.Type, i+1)
		}
		if y.Type() != a.Type {
			y = b.convert(y, nil, a.Type, at)
		}
		elems[i] = y
	}
	if len(row.Elems) > len(attrs) {
		return nil, false, bad.WithDetail("Input has too many columns.")
	}
	return plan.NewRowOf(to, elems), true, nil
}
