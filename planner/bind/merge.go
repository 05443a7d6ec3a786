package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// merge binds MERGE (parse_merge.c).
func (b *binder) merge(s *ast.Merge) error {
	saved := b.ctes
	defer func() { b.ctes = saved }()
	for i := range s.With {
		if _, ok := s.With[i].Query.(*ast.Select); !ok {
			return sqlerr.Unsupported(s.With[i].Pos(), "a WITH query that changes data is not supported in MERGE")
		}
	}
	if s.Recursive {
		return sqlerr.New(pgerrcode.SyntaxError, "WITH RECURSIVE is not supported for MERGE statement")
	}
	with, err := b.with(s.With, s.Recursive, where{})
	if err != nil {
		return err
	}
	inserts, err := mergeOrder(s.When)
	if err != nil {
		return err
	}
	t, err := b.mergeTarget(s.Table)
	if err != nil {
		return err
	}
	m := &plan.Merge{Table: t}
	b.needMerge(t, s.When)
	d := &dest{t: t, rel: *tableScope(t, "", "").rels[0]}
	d.rel.ord = true
	sc := d.scope(s.Alias, "MERGE WHEN conditions")
	source, err := b.mergeInput(sc, d, s, m, inserts)
	if err != nil {
		return err
	}
	m.Input = with.over(m.Input)
	for i := range s.When {
		w, when := &s.When[i], sc
		if !w.Matched {
			when = source
		}
		a, err := b.mergeAction(when, t, w)
		if err != nil {
			return err
		}
		m.Actions = append(m.Actions, *a)
	}
	m.Checks, err = b.checks(t)
	b.out.Merge = m
	return err
}

// mergeOrder reports whether rows without a partner have a clause, and refuses
// clauses that are never reached.
func mergeOrder(list []ast.MergeWhen) (unmatched bool, err error) {
	var always [2]bool
	for i := range list {
		kind := 0
		if list[i].Matched {
			kind = 1
		}
		if always[kind] {
			return false, sqlerr.New(pgerrcode.SyntaxError, "unreachable WHEN clause specified after unconditional WHEN clause")
		}
		always[kind] = list[i].Cond == nil
		unmatched = unmatched || !list[i].Matched
	}
	return unmatched, nil
}

// mergeTarget finds the table that is changed.
func (b *binder) mergeTarget(n ast.Name) (*types.Table, error) {
	e := sqlerr.New(pgerrcode.FeatureNotSupported, "cannot execute MERGE on relation \"%s\"", n.Name)
	if t, _ := b.cat.Table(n.Schema, n.Name); t != nil && t.Kind != "" {
		return nil, e.WithDetail("This operation is not supported for materialized views.")
	} else if t == nil && b.cat.View(n.Schema, n.Name) != nil {
		return nil, e.WithDetail("This operation is not supported for views.")
	}
	return b.table(n, toMerge)
}

// needMerge notes the privileges on the target.
func (b *binder) needMerge(t *types.Table, list []ast.MergeWhen) {
	perm := b.needTable(t, 0)
	for i := range list {
		switch list[i].Do {
		case ast.MergeInsert:
			perm.Need |= plan.InsertRows
		case ast.MergeUpdate:
			perm.Need |= plan.UpdateRows
		case ast.MergeDelete:
			perm.Need |= plan.DeleteRows
		}
	}
}

// mergeInput joins the target with the source, whose names join sc, and returns
// the scope of rows without a partner: the source alone.
func (b *binder) mergeInput(sc *scope, d *dest, s *ast.Merge, m *plan.Merge, outer bool) (*scope, error) {
	target := sc.rels[0]
	scan, err := b.changeInput(sc, d, s.Alias, nil, nil)
	if err != nil {
		return nil, err
	}
	source := &scope{lv: sc.lv, what: sc.what, sel: &selectState{aggOff: -1}}
	from, err := b.from(source, []ast.TableRef{s.Source})
	if err != nil {
		return nil, err
	}
	if conflict(sc.rels, source.rels) != nil {
		return nil, sqlerr.New(pgerrcode.DuplicateAlias, "name \"%s\" specified more than once", target.name).
			WithDetail("The name is used both as MERGE target table and data source.")
	}
	it := &fromItem{node: from, rels: source.rels, out: &rel{}}
	it.shift(len(scan.Schema()))
	sc.rels = append(sc.rels, it.rels...)
	kind := plan.JoinInner
	if outer {
		kind = plan.JoinRight
	}
	m.Input = combine(kind, scan, from, nil)
	on := *sc
	on.what = "JOIN conditions"
	x, err := b.expr(&on, s.On)
	if err != nil {
		return nil, err
	}
	if x, err = b.cond(x, "JOIN/ON", start(s.On)); err != nil {
		return nil, err
	}
	m.Input = withCond(m.Input, x)
	source.sel, source.rels = nil, it.rels
	return source, nil
}

// mergeAction binds a WHEN clause in the scope of what it sees.
func (b *binder) mergeAction(sc *scope, t *types.Table, w *ast.MergeWhen) (*plan.MergeAction, error) {
	a := &plan.MergeAction{Matched: w.Matched, Do: w.Do}
	var err error
	if w.Cond != nil {
		if a.Cond, err = b.expr(sc, w.Cond); err != nil {
			return nil, err
		}
		if a.Cond, err = b.cond(a.Cond, "WHEN", start(w.Cond)); err != nil {
			return nil, err
		}
	}
	in := *sc
	switch w.Do {
	case ast.MergeUpdate:
		in.what = "UPDATE"
		return a, b.mergeUpdate(&in, t, w, a)
	case ast.MergeInsert:
		in.what = "VALUES"
		return a, b.mergeInsert(&in, t, w, a)
	}
	return a, nil
}

func (b *binder) mergeUpdate(sc *scope, t *types.Table, w *ast.MergeWhen, a *plan.MergeAction) (err error) {
	if a.Cols, a.Set, err = b.assigns(sc, t, w.Set); err != nil {
		return err
	}
	needColumns(&b.needTable(t, 0).Update, a.Cols)
	gen, err := b.generated(t)
	if err != nil || gen == nil {
		return err
	}
	for i, x := range a.Set {
		if plan.Volatility(x) == fn.Volatile {
			return sqlerr.Unsupported(start(w.Set[min(i, len(w.Set)-1)].X), "a volatile value in MERGE of a table with generated columns is not supported")
		}
	}
	a.Cols, a.Set, err = b.regenerate(t, a.Cols, a.Set)
	return err
}

func (b *binder) mergeInsert(sc *scope, t *types.Table, w *ast.MergeWhen, a *plan.MergeAction) error {
	cols, err := columnList(t, w.Columns)
	if err != nil {
		return err
	}
	if w.Values == nil {
		cols = nil
	} else if err := insertWidth(w.Columns, cols, len(w.Values), func(i int) int { return start(w.Values[i]) }); err != nil {
		return err
	} else {
		cols = cols[:len(w.Values)]
	}
	needColumns(&b.needTable(t, 0).Insert, cols)
	a.Set = make([]plan.Expr, len(t.Columns))
	if err := b.insertValue(sc, t, cols, w.Columns, w.Values, w.Overriding, a.Set); err != nil {
		return err
	}
	if a.Generated, err = b.generated(t); err != nil {
		return err
	}
	return b.fillDefaults(t, a.Set)
}
