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

// run is the number of subscripts in a row at the start of parts, which are one
// operation; slice reports whether one of them is a slice.
func run(parts []ast.Part) (n int, slice bool) {
	for n < len(parts) && parts[n].Sub != nil {
		slice = slice || parts[n].Sub.Slice
		n++
	}
	return n, slice
}

// targetType is the type of what INSERT and SET assign to: a column, or the part
// of it that n leads to (transformAssignmentIndirection of parse_target.c).
func targetType(col *types.Column, n *ast.ColName) (types.Type, error) {
	t, name := col.Type, n.Name
	for parts := n.Parts; len(parts) > 0; {
		base := t.WithoutDomain()
		if k, slice := run(parts); k > 0 {
			switch {
			case base.Kind == types.JSONB && !base.Array:
			case !base.Array:
				off := -1 // of a field it has none
				if len(parts) == len(n.Parts) {
					off = n.Pos()
				}
				return t, sqlerr.At(off, pgerrcode.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting", t.Base())
			case !slice:
				base = base.Elem()
			}
			t, parts = base, parts[k:]
			continue
		}
		f := parts[0].Field
		if !base.IsComposite() {
			return t, sqlerr.At(n.Pos(), pgerrcode.DatatypeMismatch, "cannot assign to field \"%s\" of column \"%s\" because its type %s is not a composite type",
				f, name, t.Base())
		}
		at := base.Ext.Def().Attr(f)
		if at < 0 {
			return t, sqlerr.At(n.Pos(), pgerrcode.UndefinedColumn,
				"cannot assign to field \"%s\" of column \"%s\" because there is no such column in data type %s", f, name, t)
		}
		t, name, parts = base.Ext.Def().Attrs[at].Type, f, parts[1:]
	}
	return t, nil
}

// assignTo binds the value e for a target: the column's whole new value, of which
// old has the parts that n does not lead to.
func (b *binder) assignTo(s *scope, col *types.Column, n *ast.ColName, old plan.Expr, e ast.Expr) (plan.Expr, error) {
	t, err := targetType(col, n)
	if err != nil {
		return nil, err
	}
	if _, ok := e.(*ast.Default); ok {
		what := "a subfield"
		if n.Parts[0].Sub != nil {
			what = "an array element"
		}
		return nil, sqlerr.At(n.Pos(), pgerrcode.FeatureNotSupported, "cannot set %s to DEFAULT", what)
	}
	x, err := b.exprFor(s, e, t)
	if err != nil {
		return nil, err
	}
	return b.assignPart(&partTarget{s: s, n: n, off: start(e)}, col.Type, 0, old, x)
}

// partTarget is a target of which parts are assigned to: its subscripts are bound
// in s, and the value stands at off.
type partTarget struct {
	s   *scope
	n   *ast.ColName
	off int
}

// assignPart puts x into the part n.Parts[depth:] of old, a value of type t; of
// NULL all other parts are NULL.
func (b *binder) assignPart(p *partTarget, t types.Type, depth int, old, x plan.Expr) (plan.Expr, error) {
	if depth == len(p.n.Parts) {
		return b.assignLast(p, t, x)
	}
	base := t.WithoutDomain()
	old, _, err := b.coerce(old, base, fn.CastImplicit, -1)
	if err != nil {
		return nil, err
	}
	var y plan.Expr
	switch {
	case p.n.Parts[depth].Sub == nil:
		y, err = b.assignField(p, base, depth, old, x)
	case base.Array:
		y, err = b.assignElem(p, base, depth, old, x)
	default:
		y, err = b.assignJSON(p, base, depth, old, x)
	}
	if err != nil || t.Domain() == nil {
		return y, err
	}
	y, _, err = b.coerce(y, t, fn.CastAssign, -1)
	return y, err
}

// assignLast is the value itself, in the type of the part.
func (b *binder) assignLast(p *partTarget, t types.Type, x plan.Expr) (plan.Expr, error) {
	y, ok, err := b.coerce(x, t, fn.CastAssign, p.off)
	if err != nil || ok {
		return y, err
	}
	last, name := p.n.Parts[len(p.n.Parts)-1], p.n.Name
	for _, q := range p.n.Parts {
		if q.Sub == nil {
			name = q.Field
		}
	}
	text := "subfield \"%s\" is of type %s but expression is of type %s"
	if last.Sub != nil {
		text = "subscripted assignment to \"%s\" requires type %s but expression is of type %s"
	}
	return nil, sqlerr.At(p.n.Pos(), pgerrcode.DatatypeMismatch, text, name, t, x.Type().Base()).
		WithHint("You will need to rewrite or cast the expression.")
}

func (b *binder) assignField(p *partTarget, t types.Type, depth int, old, x plan.Expr) (plan.Expr, error) {
	attrs := t.Ext.Def().Attrs
	elems := make([]plan.Expr, len(attrs))
	for i, a := range attrs {
		elems[i] = b.fieldOf(old, i, &plan.Field{Name: a.Name, Type: a.Type})
		if a.Name != p.n.Parts[depth].Field {
			continue
		}
		var err error
		if elems[i], err = b.assignPart(p, a.Type, depth+1, elems[i], x); err != nil {
			return nil, err
		}
	}
	return plan.NewRowOf(t, elems), nil
}

// assignElem puts x into an element or a slice of the array old.
func (b *binder) assignElem(p *partTarget, t types.Type, depth int, old, x plan.Expr) (plan.Expr, error) {
	k, slice := run(p.n.Parts[depth:])
	subs := subscripts(p.n.Parts[depth : depth+k])
	args, given, err := b.bounds(p.s, subs, slice)
	if err != nil {
		return nil, err
	}
	part, f := t.Elem(), fn.AssignElement
	var was plan.Expr
	switch {
	case !slice:
		was = plan.NewCall(fn.Subscript, part, p.n.Pos(), append([]plan.Expr{old}, args...)...)
	default:
		part, f = t, fn.AssignSlice(given)
		was = plan.NewCall(fn.Slice(given), t, p.n.Pos(), append([]plan.Expr{old}, args...)...)
	}
	if x, err = b.assignPart(p, part, depth+k, was, x); err != nil {
		return nil, err
	}
	return plan.NewCall(f, t, p.n.Pos(), append([]plan.Expr{old, x}, args...)...), nil
}

// assignJSON puts x into a part of the jsonb old.
func (b *binder) assignJSON(p *partTarget, t types.Type, depth int, old, x plan.Expr) (plan.Expr, error) {
	k, _ := run(p.n.Parts[depth:])
	steps, list, err := b.jsonSteps(p.s, subscripts(p.n.Parts[depth:depth+k]), p.n.Pos())
	if err != nil {
		return nil, err
	}
	if x, err = b.assignPart(p, t, depth+k, old, x); err != nil {
		return nil, err
	}
	begins := plan.NewConst(tBool, vec.Datum{})
	if list {
		begins.V.I = 1
	}
	return plan.NewCall(fn.AssignJSON, t, p.n.Pos(), old, x, steps, begins), nil
}

func subscripts(parts []ast.Part) []*ast.Subscript {
	out := make([]*ast.Subscript, len(parts))
	for i, p := range parts {
		out[i] = p.Sub
	}
	return out
}

// insertPart is assignPart for the column of a new row; old is what other parts
// have made of it, nil for nothing.
func (b *binder) insertPart(col *types.Column, n *ast.ColName, old, x plan.Expr, off int) (plan.Expr, error) {
	if _, err := targetType(col, n); err != nil {
		return nil, err
	}
	if old == nil {
		old = plan.NewConst(col.Type, vec.Datum{Null: true})
	}
	s := &scope{lv: &level{}, what: "INSERT"}
	return b.assignPart(&partTarget{s: s, n: n, off: off}, col.Type, 0, old, x)
}

// columnValue binds a value of VALUES for a column, or for the part of it that n
// leads to; old is the column's value so far, which counts unless it is the first.
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

// namedPart is the i-th name of an INSERT's column list, nil where it has none or
// names a whole column.
func namedPart(list []ast.ColName, i int) *ast.ColName {
	if i < len(list) && len(list[i].Parts) > 0 {
		return &list[i]
	}
	return nil
}
