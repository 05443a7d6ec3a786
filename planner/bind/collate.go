package bind

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Collations are decided while a query is bound: COLLATE leaves a marking call in
// the tree, and what orders text looks for marks below it (parse_collate.c). The
// default order is that of bytes; an explicit "C" is marked only as long as it
// is needed to find conflicts.

// collation is what an expression's text is ordered by.
type collation struct {
	c        *fn.Collation // nil: bytes
	name     string
	explicit bool
	off      int // of the COLLATE clause
}

func (b *binder) collate(s *scope, e *ast.Collate) (plan.Expr, error) {
	x, err := b.expr(s, e.X)
	if err != nil {
		return nil, err
	}
	name := ""
	if len(e.Name) > 0 {
		name = e.Name[len(e.Name)-1]
	}
	c, ok := fn.FindCollation(name)
	if !ok || len(e.Name) > 1 && e.Name[0] != "pg_catalog" {
		return nil, sqlerr.At(e.Pos(), pgerrcode.UndefinedObject, "collation \"%s\" for encoding \"UTF8\" does not exist", strings.Join(e.Name, "."))
	}
	if x, err = b.decided(x, start(e.X)); err != nil {
		return nil, err
	}
	if !fn.Collatable(x.Type()) {
		return nil, sqlerr.At(e.Pos(), pgerrcode.DatatypeMismatch, "collations are not supported by type %s", x.Type().Base())
	}
	b.collates = true
	mark := fn.ByteOrder(name)
	if c != nil {
		mark = c.Mark()
	}
	return plan.NewCall(mark, x.Type(), e.Pos(), x), nil
}

// collationOf finds the collation of an expression.
func (b *binder) collationOf(e plan.Expr) (collation, error) {
	var out collation
	if e == nil || !b.collates || !fn.Collatable(e.Type()) {
		return out, nil
	}
	var parts []plan.Expr
	switch x := e.(type) {
	case *plan.Call:
		if c, name, ok := fn.Marked(x.F); ok {
			return collation{c, name, true, x.Off}, nil
		}
		parts = x.Args
	case *plan.Case:
		for _, w := range x.Whens {
			parts = append(parts, w.Then)
		}
		parts = append(parts, x.Else)
	case *plan.Coalesce:
		parts = x.Args
	case *plan.Array:
		parts = x.Elems
	case *plan.Col:
		return b.collated[x], nil
	}
	return b.collationAmong(parts)
}

// collationAmong is the collation that expressions have together; two explicit
// ones that differ are 42P21.
func (b *binder) collationAmong(list []plan.Expr) (collation, error) {
	var out collation
	for _, e := range list {
		c, err := b.collationOf(e)
		switch {
		case err != nil:
			return out, err
		case !c.explicit:
		case !out.explicit:
			out = c
		case c.name != out.name:
			return out, sqlerr.At(c.off, pgerrcode.CollationMismatch, "collation mismatch between explicit collations \"%s\" and \"%s\"", out.name, c.name)
		}
	}
	return out, nil
}

// newCall is a call of a resolved function under the collation of its arguments.
func (b *binder) newCall(f *fn.Func, ret types.Type, off int, args []plan.Expr) (plan.Expr, error) {
	if b.collates {
		c, err := b.collationAmong(args)
		if err != nil {
			return nil, err
		}
		if c.c != nil {
			f = c.c.Apply(f)
		}
	}
	return plan.NewCall(f, ret, off, args...), nil
}

// sortable is an expression to sort by: under a collation its sort key.
func (b *binder) sortable(e plan.Expr) (plan.Expr, error) {
	c, err := b.collationOf(e)
	if err != nil || c.c == nil || e.Type().Array {
		return e, err
	}
	return plan.NewCall(c.c.Key(), types.Of(types.Bytea), -1, e), nil
}

// collateOutputs sorts by keys where a collation asks for them. The collation of
// a subquery's column would be lost: it is refused.
func (b *binder) collateOutputs(sel *selectState) error {
	if !b.collates {
		return nil
	}
	for _, t := range sel.targets {
		c, err := b.collationOf(t.x)
		if err != nil {
			return err
		}
		if sel.sub && c.c != nil && !t.junk {
			return sqlerr.Unsupported(c.off, "a column of a subquery with a collation of its own is not supported")
		}
	}
	for i := range sel.order {
		t := sel.targets[sel.order[i].target]
		x, err := b.sortable(t.x)
		if err != nil {
			return err
		}
		if x != t.x {
			sel.order[i].target = len(sel.targets)
			sel.targets = append(sel.targets, target{x: x, name: t.name, off: t.off, junk: true})
		}
	}
	return nil
}

// collationFor is pg_collation_for.
func (b *binder) collationFor(x plan.Expr) (plan.Expr, error) {
	if !fn.Collatable(x.Type()) && !unknown(x.Type()) {
		return nil, sqlerr.New(pgerrcode.DatatypeMismatch, "collations are not supported by type %s", x.Type().Base())
	}
	if unknown(x.Type()) {
		return plan.NewConst(tText, vec.Datum{Null: true}), nil
	}
	c, err := b.collationOf(x)
	if err != nil {
		return nil, err
	}
	name := "default"
	if c.explicit {
		name = c.name
	}
	return plan.NewConst(tText, vec.Datum{S: `"` + name + `"`}), nil
}
