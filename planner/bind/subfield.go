package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// targetType is the type of what INSERT and SET assign to: a column, or the field
// of it that n names (transformAssignmentIndirection of parse_target.c).
func targetType(col *types.Column, n *ast.ColName) (types.Type, error) {
	t, name := col.Type, n.Name
	for _, f := range n.Fields {
		if !t.IsComposite() {
			return t, sqlerr.At(n.Pos(), pgerrcode.DatatypeMismatch, "cannot assign to field \"%s\" of column \"%s\" because its type %s is not a composite type",
				f, name, t.Base())
		}
		at := t.Ext.Def().Attr(f)
		if at < 0 {
			return t, sqlerr.At(n.Pos(), pgerrcode.UndefinedColumn,
				"cannot assign to field \"%s\" of column \"%s\" because there is no such column in data type %s", f, name, t)
		}
		t, name = t.Ext.Def().Attrs[at].Type, f
	}
	return t, nil
}

// assignTo binds the value e for a target: the column's whole new value, of which
// old has the fields that n does not name.
func (b *binder) assignTo(s *scope, col *types.Column, n *ast.ColName, old plan.Expr, e ast.Expr) (plan.Expr, error) {
	t, err := targetType(col, n)
	if err != nil {
		return nil, err
	}
	if _, ok := e.(*ast.Default); ok {
		return nil, sqlerr.At(n.Pos(), pgerrcode.FeatureNotSupported, "cannot set a subfield to DEFAULT")
	}
	x, err := b.exprFor(s, e, t)
	if err != nil {
		return nil, err
	}
	return b.assignField(col.Type, n, 0, old, x, start(e))
}

// assignField puts x into the field n.Fields[depth:] of old, a value of the
// composite type t; of NULL all other fields are NULL.
func (b *binder) assignField(t types.Type, n *ast.ColName, depth int, old, x plan.Expr, off int) (plan.Expr, error) {
	if depth == len(n.Fields) {
		y, ok, err := b.coerce(x, t, fn.CastAssign, off)
		if err == nil && !ok {
			err = sqlerr.At(n.Pos(), pgerrcode.DatatypeMismatch, "subfield \"%s\" is of type %s but expression is of type %s",
				n.Fields[depth-1], t, x.Type().Base()).WithHint("You will need to rewrite or cast the expression.")
		}
		return y, err
	}
	attrs := t.Ext.Def().Attrs
	elems := make([]plan.Expr, len(attrs))
	for i, a := range attrs {
		elems[i] = b.fieldOf(old, i, &plan.Field{Name: a.Name, Type: a.Type})
		if a.Name != n.Fields[depth] {
			continue
		}
		var err error
		if elems[i], err = b.assignField(a.Type, n, depth+1, elems[i], x, off); err != nil {
			return nil, err
		}
	}
	return plan.NewRowOf(t, elems), nil
}

// insertField is assignField for the column of a new row; old is what other fields
// have made of it, nil for nothing.
func (b *binder) insertField(col *types.Column, n *ast.ColName, old, x plan.Expr, off int) (plan.Expr, error) {
	if _, err := targetType(col, n); err != nil {
		return nil, err
	}
	if old == nil {
		old = plan.NewConst(col.Type, vec.Datum{Null: true})
	}
	return b.assignField(col.Type, n, 0, old, x, off)
}

// columnValue binds a value of VALUES for a column, or for the field of it that n
// names; old is the column's value so far, which counts unless it is the first.
func (b *binder) columnValue(s *scope, col *types.Column, n *ast.ColName, old plan.Expr, first bool, v ast.Expr) (plan.Expr, error) {
	if n == nil {
		x, err := b.exprFor(s, v, col.Type)
		if err != nil {
			return nil, err
		}
		return b.assign(x, col, start(v))
	}
	if first {
		old = plan.NewConst(col.Type, vec.Datum{Null: true})
	}
	return b.assignTo(s, col, n, old, v)
}

// namedField is the i-th name of an INSERT's column list, nil where it has none or
// names a whole column.
func namedField(list []ast.ColName, i int) *ast.ColName {
	if i < len(list) && len(list[i].Fields) > 0 {
		return &list[i]
	}
	return nil
}
