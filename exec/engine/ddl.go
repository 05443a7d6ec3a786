package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// lookupDef returns the definition of a table, nil if there is none.
func (s *Session) lookupDef(n ast.Name) *types.Table {
	cat, release := s.catalog()
	defer release()
	def, _ := cat.Table(n.Schema, n.Name)
	return def
}

func noColumn(col, table string) error {
	return sqlerr.New(pgerrcode.UndefinedColumn, `column "%s" of relation "%s" does not exist`, col, table)
}

// bound is what a definition's stored expressions mean.
type bound struct {
	checks   []plan.BoundCheck
	defaults []plan.Expr // by column
	node     plan.Node   // one row of the defaults
}

// bindDef binds the defaults and checks of a definition by planning an INSERT
// of defaults into it, so that definitions are held to just what later
// statements ask of them.
func (s *Session) bindDef(def *types.Table) (*bound, error) {
	whole, release := s.catalog()
	defer release()
	cat := &oneTable{whole, def}
	ins := &ast.Insert{Table: ast.Name{At: -1, Name: def.Name}}
	pl, err := planner.Plan(ins, cat, planner.Options{Fn: s.fnCtx(noContext), NewDef: true})
	if err != nil {
		return nil, err
	}
	return &bound{checks: pl.Insert.Checks, node: pl.Insert.Input}, nil
}

// bindOne is bindDef for a definition with one default or check alone, so that
// an error is that expression's; off is where the expression stands.
func (s *Session) bindOne(def *types.Table, col int, check *types.Check, off int) (*bound, error) {
	only := def.Clone()
	only.Checks = nil
	for i := range only.Columns {
		if i != col {
			only.Columns[i].Default = ""
		}
	}
	if check != nil {
		only.Checks = []types.Check{*check}
	}
	b, err := s.bindDef(only)
	if err != nil {
		e := *sqlerr.From(err)
		e.Pos = 0
		if check == nil && e.Code == pgerrcode.DatatypeMismatch {
			return nil, &e // the type of a whole default has no place (cookDefault)
		}
		return nil, e.AtIfNone(off)
	}
	return b, nil
}

// checkPlace is where an error in a CHECK is shown: the first name that is no
// column, else the expression's own place.
func checkPlace(def *types.Table, x ast.Expr) int {
	for _, ref := range columnRefs(x) {
		if def.Column(ref.Parts[len(ref.Parts)-1]) < 0 {
			return ref.Pos()
		}
	}
	return x.Pos()
}

// volatile reports whether the row of defaults calls a volatile function.
func volatileNode(n plan.Node) bool {
	found := false
	see := func(list []plan.Expr) {
		for _, e := range list {
			found = found || e != nil && plan.Volatility(e) == volatileFn
		}
	}
	switch n := n.(type) {
	case *plan.Project:
		see(n.Exprs)
	case *plan.Values:
		for _, row := range n.Rows {
			see(row)
		}
	}
	for _, c := range n.Children() {
		found = found || volatileNode(c)
	}
	return found
}

// defaultValue computes the default of a column now. volatile tells that every
// row should have its own.
func (s *Session) defaultValue(r *run, def *types.Table, col, off int) (d vec.Datum, volatile bool, err error) {
	b, err := s.bindOne(def, col, nil, off)
	if err != nil {
		return vec.Datum{}, false, err
	}
	if volatileNode(b.node) {
		return vec.Datum{}, true, nil
	}
	err = r.each(b.node, func(rows *vec.Batch) error {
		d = rows.Cols[col].Get(0)
		return nil
	})
	return d, false, err
}

// countWhere counts the stored rows of a table for which a condition holds.
func (s *Session) countWhere(r *run, def *types.Table, cond ast.Expr) (int64, error) {
	sel := &ast.Select{At: -1,
		Items: []ast.Item{{X: &ast.Func{At: -1, Name: []string{"count"}, Star: true}}},
		From:  []ast.TableRef{&ast.TableName{Name: ast.Name{At: -1, Name: def.Name}}},
		Where: cond,
	}
	snap := s.tx.write.Base()
	base := def
	if t, ok := snap.Table(def.Path()); ok {
		base = t.Def()
	}
	pl, err := planner.Plan(sel, &oneTable{s.catalogOf(snap), base}, planner.Options{Fn: r.q.Fn})
	if err != nil {
		return 0, err
	}
	q := s.newRun(nil)
	defer q.close()
	detach := q.attach(r.ctx)
	defer detach()
	q.q.Snap = snap
	var n int64
	err = q.each(pl.Query, func(b *vec.Batch) error {
		n = b.Cols[0].Get(0).I
		return nil
	})
	return n, q.err(err)
}

// countFalse counts the stored rows that break a CHECK constraint.
func (s *Session) countFalse(r *run, def *types.Table, ck *types.Check) (int64, error) {
	x, err := parse.Expr(ck.Expr)
	if err != nil {
		return 0, err
	}
	n, err := s.countWhere(r, def, &ast.IsTest{At: -1, X: x, What: ast.IsFalse})
	if err != nil {
		e := *sqlerr.From(err)
		e.Pos = 0
		return 0, &e
	}
	return n, nil
}

// baseRows is the number of rows that a table had when the transaction's Write
// began; 0 for one that the transaction made or emptied.
func (s *Session) baseRows(def *types.Table) int64 {
	t, ok := s.tx.write.Base().Table(def.Path())
	if !ok || t.Def().OID != def.OID {
		return 0
	}
	return t.Rows()
}
