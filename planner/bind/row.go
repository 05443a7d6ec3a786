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

// row is ROW(...).
func (b *binder) row(s *scope, e *ast.Row) (plan.Expr, error) {
	elems, offs, err := b.rowColumns(s, e.Elems)
	if err != nil {
		return nil, err
	}
	for i, x := range elems {
		if isConst(x) {
			continue // a literal of a row stays untyped
		}
		if elems[i], err = b.decided(x, offs[i]); err != nil {
			return nil, err
		}
	}
	return plan.NewRow(elems, nil), nil
}

// rowColumns binds the columns of ROW(...), in which t.* and (x).* stand for their
// columns (transformExpressionList).
func (b *binder) rowColumns(s *scope, list []ast.Expr) ([]plan.Expr, []int, error) {
	var xs []plan.Expr
	var offs []int
	for _, e := range list {
		var more []target
		var err error
		c, isCol := e.(*ast.Column)
		f, isField := e.(*ast.Field)
		switch {
		case isCol && c.Star && len(c.Parts) > 0:
			more, err = b.relStar(s, c)
		case isField && f.Star:
			more, err = b.allFields(s, f)
		default:
			var x plan.Expr
			x, err = b.expr(s, e)
			more = []target{{x: x, off: start(e)}}
		}
		if err != nil {
			return nil, nil, err
		}
		for _, t := range more {
			xs, offs = append(xs, t.x), append(offs, t.off)
		}
	}
	return xs, offs, nil
}

// wholeRow is the row of a FROM entry as a value: of a relation of its row type,
// else a record with the entry's names. A side that an outer join has filled up is
// NULL itself.
func (b *binder) wholeRow(r *rel, off int) plan.Expr {
	var elems, null []plan.Expr
	var names []string
	for i, c := range r.cols {
		x := b.col(r, i, off)
		elems, names = append(elems, x), append(names, c.Name)
		null = append(null, isNullValue(x, false))
	}
	// A function's only column is its row.
	if len(elems) == 1 && (r.scalar || r.table == nil && r.cols[0].Name == r.name) {
		return elems[0]
	}
	row := plan.NewRow(elems, names)
	if t, ok := b.rowType(r); ok {
		row = plan.NewRowOf(t, elems)
	}
	if !r.nullable {
		return row
	}
	c := plan.NewCase(row.T, []plan.When{{Cond: plan.NewAnd(null...), Then: plan.NewConst(row.T, vec.Datum{Null: true})}}, row)
	b.rows[c] = row
	return c
}

// rowType is the type of the rows of a FROM entry that is a relation with all its
// columns.
func (b *binder) rowType(r *rel) (types.Type, bool) {
	if r.oid == 0 {
		return r.rowOf, r.rowOf.IsComposite()
	}
	t, ok := b.cat.RowType(r.oid)
	return t, ok && len(t.Ext.Def().Attrs) == len(r.cols)
}

// sameShape says that record e has the fields of record as, if they are known.
func (b *binder) sameShape(e, as plan.Expr) {
	if r := b.rowOf(as); r != nil {
		b.rows[e] = r
	}
}

// keepShape says that y, which x has been rewritten to, has x's fields.
func (b *binder) keepShape(y, x plan.Expr) {
	if _, ok := y.(*plan.Row); !ok {
		b.sameShape(y, x)
	}
}

// rowOf is the row expression whose fields the record e has; nil: not known.
func (b *binder) rowOf(e plan.Expr) *plan.Row {
	if r, ok := e.(*plan.Row); ok {
		return r
	}
	return b.rows[e]
}

// fieldsOf are the fields of a record: of a composite type its attributes, else
// what is known of the expression; ok is false where nothing is.
func (b *binder) fieldsOf(x plan.Expr) (fields []plan.Field, ok bool) {
	if t := x.Type(); t.IsComposite() {
		for _, a := range t.Ext.Def().Attrs {
			fields = append(fields, plan.Field{Name: a.Name, Type: a.Type})
		}
		return fields, true
	}
	r := b.rowOf(x)
	if r == nil {
		return nil, false
	}
	for i, e := range r.Elems {
		fields = append(fields, plan.Field{Name: fieldName(r, i), Type: e.Type()})
	}
	return fields, true
}

// field is (x).name.
func (b *binder) field(s *scope, e *ast.Field) (plan.Expr, error) {
	x, err := b.expr(s, e.X)
	if err != nil {
		return nil, err
	}
	t := x.Type()
	if !t.IsRecord() {
		return nil, sqlerr.At(start(e.X), pgerrcode.WrongObjectType, "column notation .%s applied to type %s, which is not a composite type", e.Name, t.Base())
	}
	fields, ok := b.fieldsOf(x)
	for i := range fields {
		if fields[i].Name == e.Name {
			b.usedAttr(t, i)
			return b.fieldOf(x, i, &fields[i]), nil
		}
	}
	if c, isCol := e.X.(*ast.Column); ok && isCol && len(c.Parts) == 1 {
		if _, whole := x.(*plan.Row); whole || b.rows[x] != nil {
			return nil, sqlerr.At(start(e.X), pgerrcode.UndefinedColumn, "column %s.%s does not exist", c.Parts[0], e.Name)
		}
	}
	if t.IsComposite() {
		return nil, sqlerr.At(start(e.X), pgerrcode.UndefinedColumn, "column \"%s\" not found in data type %s", e.Name, t)
	}
	return nil, sqlerr.At(start(e.X), pgerrcode.UndefinedColumn, "could not identify column \"%s\" in record data type", e.Name)
}

func fieldName(r *plan.Row, i int) string {
	if i < len(r.Names) {
		return r.Names[i]
	}
	return "f" + itoa(i+1)
}

// attribute is name(x), which is (x).name where there is no such function; nil if
// it is not that either.
func (b *binder) attribute(name string, args []plan.Expr) plan.Expr {
	if len(args) != 1 || !args[0].Type().IsRecord() {
		return nil
	}
	fields, _ := b.fieldsOf(args[0])
	for i := range fields {
		if fields[i].Name == name {
			b.usedAttr(args[0].Type(), i)
			return b.fieldOf(args[0], i, &fields[i])
		}
	}
	return nil
}

// rowCall is r.name, which is name(r) where there is no such column; nil if there
// is no such function either.
func (b *binder) rowCall(r *rel, name string, off int) plan.Expr {
	if !fn.Exists(name) || fn.IsAgg(name) {
		return nil
	}
	row := b.wholeRow(r, off)
	if !row.Type().IsRecord() {
		return nil
	}
	x, err := b.call(name, []plan.Expr{row}, []int{off}, off)
	if err != nil {
		return nil
	}
	return x
}

// usedAttr notes that the statement itself names attribute i of a composite type.
func (b *binder) usedAttr(t types.Type, i int) {
	if b.views > 0 || !t.IsComposite() {
		return
	}
	if b.out.Uses == nil {
		b.out.Uses = map[plan.ColumnUse]bool{}
	}
	b.out.Uses[plan.ColumnUse{OID: t.Ext.OID, Attr: int16(t.Ext.Def().Attrs[i].Num)}] = true
}

// fieldOf is field i of x.
func (b *binder) fieldOf(x plan.Expr, i int, f *plan.Field) plan.Expr {
	b.useType(x.Type())
	r := b.rowOf(x)
	switch x.(type) {
	case *plan.Row, *plan.Case:
		if r != nil {
			return r.Elems[i]
		}
	}
	out := plan.NewFieldOf(x, i, f.Name, f.Type)
	if r != nil {
		b.sameShape(out, r.Elems[i])
	}
	return out
}

// allFields is (x).*.
func (b *binder) allFields(s *scope, e *ast.Field) ([]target, error) {
	x, err := b.expr(s, e.X)
	if err != nil {
		return nil, err
	}
	if t := x.Type(); !t.IsRecord() {
		return nil, sqlerr.At(start(e.X), pgerrcode.WrongObjectType, "type %s is not composite", t.Base())
	}
	fields, ok := b.fieldsOf(x)
	if !ok {
		return nil, sqlerr.At(start(e.X), pgerrcode.SyntaxError, "record type has not been registered")
	}
	var out []target
	for i := range fields {
		b.usedAttr(x.Type(), i)
		out = append(out, target{x: b.fieldOf(x, i, &fields[i]), name: fields[i].Name, off: start(e.X)})
	}
	return out, nil
}

// boundRow are the columns of a row written as such and where each begins.
type boundRow struct {
	xs   []plan.Expr
	offs []int
}

// rowPair binds two rows that stand on the sides of an operator at off; they
// must have as many columns.
func (b *binder) rowPair(s *scope, l, r *ast.Row, off int) (left, right boundRow, err error) {
	if left.xs, left.offs, err = b.rowColumns(s, l.Elems); err != nil {
		return left, right, err
	}
	if right.xs, right.offs, err = b.rowColumns(s, r.Elems); err != nil {
		return left, right, err
	}
	if len(left.xs) != len(right.xs) {
		err = sqlerr.At(off, pgerrcode.SyntaxError, "unequal number of entries in row expressions")
	}
	return left, right, err
}

// rowOp compares two rows written as such, column by column.
func (b *binder) rowOp(s *scope, name string, l, r *ast.Row, off int) (plan.Expr, error) {
	ls, rs, err := b.rowPair(s, l, r, off)
	if err != nil {
		return nil, err
	}
	return rowCompare(opName(name), len(ls.xs), off, func(op string, i int) (plan.Expr, error) {
		c, err := b.apply(op, ls.xs[i], rs.xs[i], off, ls.offs[i], rs.offs[i])
		if err == nil && !c.Type().Same(tBool) {
			err = sqlerr.At(off, pgerrcode.DatatypeMismatch, "row comparison operator must yield type boolean, not type %s", c.Type())
		}
		return c, err
	})
}

// rowDistinct is ROW(...) IS [NOT] DISTINCT FROM ROW(...): whether any column is
// distinct.
func (b *binder) rowDistinct(s *scope, e *ast.Distinct, l, r *ast.Row) (plan.Expr, error) {
	ls, rs, err := b.rowPair(s, l, r, e.Pos())
	if err != nil {
		return nil, err
	}
	var same []plan.Expr
	for i := range ls.xs {
		x, err := b.notDistinct(ls.xs[i], rs.xs[i], e.Pos(), ls.offs[i], rs.offs[i])
		if err != nil {
			return nil, err
		}
		same = append(same, x)
	}
	out := plan.NewAnd(same...)
	if out == nil {
		out = plan.NewConst(tBool, vec.Datum{I: 1})
	}
	if e.Not {
		return out, nil
	}
	return plan.NewNot(out), nil
}

// rowIn is (a, b) IN ((..), (..)).
func (b *binder) rowIn(s *scope, e *ast.In, x *ast.Row) (plan.Expr, error) {
	op := "="
	if e.Not {
		op = "<>"
	}
	var parts []plan.Expr
	for _, l := range e.List {
		r, ok := l.(*ast.Row)
		if !ok {
			y, err := b.expr(s, l)
			if err != nil {
				return nil, err
			}
			return nil, sqlerr.At(e.Pos(), pgerrcode.UndefinedFunction, "operator does not exist: record %s %s", op, y.Type().Base()).
				WithHint("No operator matches the given name and argument types. You might need to add explicit type casts.")
		}
		c, err := b.rowOp(s, op, x, r, e.Pos())
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
	}
	if e.Not {
		return plan.NewAnd(parts...), nil
	}
	return plan.NewOr(parts...), nil
}

// recordOp compares two records whose columns are known as record_eq does: NULLs
// are equal to each other, and the result is never NULL. ok is false for others.
func (b *binder) recordOp(name string, l, r plan.Expr, off int) (plan.Expr, bool, error) {
	x, y := b.rowOf(l), b.rowOf(r)
	name = opName(name)
	if x != l || y != r || x == nil || y == nil || name != "=" && name != "<>" || len(x.Elems) != len(y.Elems) {
		return nil, false, nil
	}
	var same []plan.Expr
	for i := range x.Elems {
		if t := x.Elems[i].Type(); !t.Same(y.Elems[i].Type()) || unknown(t) || t.IsRecord() {
			return nil, false, nil
		}
		c, err := b.notDistinct(x.Elems[i], y.Elems[i], off, off, off)
		if err != nil {
			return nil, false, err
		}
		same = append(same, c)
	}
	out := plan.NewAnd(same...)
	if out == nil {
		return nil, false, nil
	}
	if name == "<>" {
		out = plan.NewNot(out)
	}
	return out, true, nil
}
