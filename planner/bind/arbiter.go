package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// arbiter finds the constraint or unique index of the table that ON CONFLICT names,
// by its name or by its keys (infer_arbiter_indexes of plancat.c).
func (b *binder) arbiter(c *ast.Conflict, t *types.Table) (int, error) {
	if c.Constraint != "" {
		if t.Key >= 0 && c.Constraint == t.KeyName {
			return plan.ArbiterKey, nil
		}
		for i := range t.Uniques {
			if t.Uniques[i].Name == c.Constraint && !t.Uniques[i].Index {
				return i, nil
			}
		}
		return 0, sqlerr.New(pgerrcode.UndefinedObject, "constraint \"%s\" for table \"%s\" does not exist", c.Constraint, t.Name)
	}
	if len(c.Columns) == 0 && len(c.Exprs) == 0 {
		return plan.ArbiterAny, nil
	}
	want, err := b.arbiterKeys(c, t)
	if err != nil {
		return 0, err
	}
	if len(want.exprs) == 0 {
		if len(want.cols) == 1 && want.cols[0] == t.Key {
			return plan.ArbiterKey, nil
		}
		for i := range t.Uniques {
			if u := &t.Uniques[i]; !u.Computed() && sameCols(u.Cols, want.cols) {
				return i, nil
			}
		}
	}
	for i := range t.Uniques {
		u := &t.Uniques[i]
		if !u.Computed() {
			continue
		}
		has, err := b.uniqueKeys(t, u)
		if err != nil {
			return 0, err
		}
		if sameCols(has.cols, want.cols) && within(has.exprs, want.exprs) && within(want.exprs, has.exprs) && within(has.pred, want.pred) {
			return i, nil
		}
	}
	return 0, sqlerr.New(pgerrcode.InvalidColumnReference, "there is no unique or exclusion constraint matching the ON CONFLICT specification")
}

// uniqueKeys are the keys of a unique index or of the target of ON CONFLICT: columns
// and expressions, and the terms of the predicate.
type uniqueKeys struct {
	cols        []int
	exprs, pred []plan.Expr
}

// add adds a key.
func (k *uniqueKeys) add(x plan.Expr) {
	if c, ok := x.(*plan.Col); ok {
		k.cols = union(k.cols, []int{c.Idx})
		return
	}
	k.exprs = append(k.exprs, x)
}

// arbiterKeys binds the target of ON CONFLICT.
func (b *binder) arbiterKeys(c *ast.Conflict, t *types.Table) (out uniqueKeys, err error) {
	for _, n := range c.Columns {
		i := t.Column(n.Name)
		if i < 0 {
			return out, sqlerr.At(n.Pos(), pgerrcode.UndefinedColumn, "column \"%s\" does not exist", n.Name)
		}
		out.cols = union(out.cols, []int{i})
	}
	sc := tableScope(t, "", "ON CONFLICT")
	for _, e := range c.Exprs {
		x, err := b.expr(sc, e)
		if err != nil {
			return out, err
		}
		out.add(x)
	}
	if c.Pred == nil {
		return out, nil
	}
	x, err := b.expr(sc, c.Pred)
	if err == nil {
		x, err = b.cond(x, "WHERE", start(c.Pred))
	}
	out.pred = terms(x)
	return out, err
}

// uniqueKeys binds the keys of a unique index.
func (b *binder) uniqueKeys(t *types.Table, u *types.Unique) (out uniqueKeys, err error) {
	keys, where, err := b.keyExprs(t, u)
	if err != nil {
		return out, err
	}
	for _, x := range keys {
		out.add(x)
	}
	if where != nil {
		out.pred = terms(where)
	}
	return out, nil
}

// keyExprs binds the keys of a unique index whose keys are computed, and its
// predicate, nil for none, over the columns of the table.
func (b *binder) keyExprs(t *types.Table, u *types.Unique) (keys []plan.Expr, where plan.Expr, err error) {
	b.own++
	b.stored++
	defer func() { b.own--; b.stored-- }()
	sc := tableScope(t, "", "index expressions")
	bound := func(text string) (plan.Expr, error) {
		e, err := parse.Expr(text)
		if err != nil {
			return nil, withoutPos(err)
		}
		x, err := b.expr(sc, e)
		if err == nil {
			x, err = b.decided(x, -1)
		}
		return x, withoutPos(err)
	}
	for _, k := range u.Exprs {
		x, err := bound(k.Text)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, x)
	}
	if u.Where != "" {
		if where, err = bound(u.Where); err == nil {
			where, err = b.cond(where, "WHERE", -1)
		}
	}
	return keys, where, err
}

// KeyExprs binds the keys of a unique index whose keys are computed, and its
// predicate, nil for none, over the columns of the table.
func KeyExprs(t *types.Table, u *types.Unique, cat plan.Catalog, o Options) (keys []plan.Expr, where plan.Expr, err error) {
	return newBinder(cat, o, false).keyExprs(t, u)
}

func sameCols(a, b []int) bool { return len(a) == len(b) && len(union(a, b)) == len(a) }

// within reports whether each of a is one of b.
func within(a, b []plan.Expr) bool {
	for _, x := range a {
		if !slices.ContainsFunc(b, func(y plan.Expr) bool { return plan.Equal(x, y) }) {
			return false
		}
	}
	return true
}

// terms are the terms of a condition that AND joins.
func terms(x plan.Expr) []plan.Expr {
	if a, ok := x.(*plan.And); ok {
		var out []plan.Expr
		for _, t := range a.Args {
			out = append(out, terms(t)...)
		}
		return out
	}
	return []plan.Expr{x}
}
