package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
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
	b.useType(to)
	attrs := to.Ext.Def().Attrs
	if b.views > 0 || b.stored > 0 && !b.newDef {
		row = asStored(row, attrs)
	}
	elems := make([]plan.Expr, len(attrs))
	for i, a := range attrs {
		if i >= len(row.Elems) {
			return nil, false, bad.WithDetail("Input has too few columns.")
		}
		x := row.Elems[i]
		at, placed := b.at[x]
		if !placed || how == fn.CastExplicit && !unknown(x.Type()) {
			at = off
		}
		y, ok, err := b.coerce(x, a.Type, how, at)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			return nil, false, sqlerr.At(at, bad.Code, "%s", bad.Message).WithDetail("Cannot cast type %s to %s in column %d.", x.Type().Base(), a.Type, i+1)
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

// useType notes that the plan knows the attributes of a composite type, so that it
// is made again when they change.
func (b *binder) useType(t types.Type) {
	if t.Kind != types.Record || t.Ext == nil {
		return
	}
	d := t.Ext.Def()
	if def, ok := d.From.(*types.Table); ok {
		b.use(def)
	} else {
		b.out.Objects = b.cat.Objects()
	}
	for _, a := range d.Attrs {
		b.useType(a.Type)
	}
}

// asStored is the ROW of an expression that was stored when its type may have had
// other attributes: what the type has got since is NULL, what it has lost goes.
func asStored(row *plan.Row, attrs []types.Attr) *plan.Row {
	if len(row.Elems) == len(attrs) {
		return row
	}
	elems := make([]plan.Expr, len(attrs))
	for i, a := range attrs {
		if at := int(a.Num) - 1; at >= 0 && at < len(row.Elems) {
			elems[i] = row.Elems[at]
		} else {
			elems[i] = plan.NewConst(tUnknown, vec.Datum{Null: true})
		}
	}
	return plan.NewRow(elems, nil)
}

// held holds the fields of domains in the composite values of x to their rules; a
// literal has been read without them.
func (b *binder) held(x plan.Expr, off int) (plan.Expr, error) {
	domains := domainsIn(x.Type(), nil)
	if len(domains) == 0 || isNull(x) {
		return x, nil
	}
	out := &plan.Domain{X: x, Off: off}
	out.T = x.Type()
	for _, t := range domains {
		y, ok, err := b.coerce(plan.NewCol(0, "value", t.WithoutDomain()), t, fn.CastAssign, -1)
		if err != nil || !ok {
			return nil, err
		}
		out.Inner = append(out.Inner, y.(*plan.Domain))
	}
	return out, nil
}

// domainsIn adds the domains of the attributes of a composite type, at any depth.
func domainsIn(t types.Type, to []types.Type) []types.Type {
	if t.Kind != types.Record || t.Ext == nil {
		return to
	}
	for _, a := range t.Ext.Def().Attrs {
		if a.Type.Domain() == nil {
			to = domainsIn(a.Type, to)
		} else if !slices.Contains(to, a.Type) {
			to = append(to, a.Type)
		}
	}
	return to
}
