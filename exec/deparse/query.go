package deparse

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"tagd/sql/ast"
)

// shown are the targets that are no junk.
func (q *query) shown() []*target {
	for i, t := range q.targets {
		if t.junk {
			return q.targets[:i]
		}
	}
	return q.targets
}

// byRef is the expression of a sortgroupref.
func (q *query) byRef(ref int) node {
	for _, t := range q.targets {
		if t.ref == ref {
			return t.x
		}
	}
	return nil
}

// mark gives a target a sortgroupref.
func (q *query) mark(t *target) int {
	if t.ref == 0 {
		n := 0
		for _, o := range q.targets {
			n = max(n, o.ref)
		}
		t.ref = n + 1
	}
	return t.ref
}

// selectStmt is transformStmt of a SELECT.
func (a *analyzer) selectStmt(s *ast.Select, up *level) (*query, error) {
	return a.selectIn(s, up, true)
}

// selectIn is selectStmt; without decide untyped literals stay so, for a set
// operation to settle.
func (a *analyzer) selectIn(s *ast.Select, up *level, decide bool) (*query, error) {
	if err := a.enter(); err != nil {
		return nil, err
	}
	defer func() { a.depth-- }()
	if len(s.Locking) > 0 || s.Into != nil {
		return nil, fmt.Errorf("locking and INTO are not known")
	}
	q := &query{}
	lv := &level{up: up, q: q}
	ctes := a.ctes
	defer func() { a.ctes = ctes }()
	if err := a.with(lv, s); err != nil {
		return nil, err
	}
	var err error
	switch {
	case s.SetOp != ast.NoSetOp:
		err = a.setOperation(lv, s)
	case s.Values != nil:
		err = a.values(lv, s)
	default:
		err = a.plain(lv, s, decide)
	}
	if err != nil {
		return nil, err
	}
	return q, a.limits(lv, s)
}

func (a *analyzer) limits(lv *level, s *ast.Select) (err error) {
	bound := func(e ast.Expr) (node, error) {
		if e == nil {
			return nil, nil
		}
		x, err := a.expr(lv, e)
		if err != nil {
			return nil, err
		}
		return a.coerceTo(x, tInt8, -1, ctxAssign, formImplicit)
	}
	if lv.q.offset, err = bound(s.Offset); err != nil {
		return err
	}
	lv.q.limit, err = bound(s.Limit)
	lv.q.ties = s.WithTies
	return err
}

// with is transformWithClause.
func (a *analyzer) with(lv *level, s *ast.Select) error {
	lv.q.recursive = s.Recursive
	a.ctes = append([]*cteDef(nil), a.ctes...)
	for i := range s.With {
		c := &s.With[i]
		sel, ok := c.Query.(*ast.Select)
		if !ok {
			return fmt.Errorf("WITH changes data")
		}
		d := &cteDef{name: c.Name, columns: c.Columns, materialized: c.Materialized}
		if s.Recursive && refers(sel, c.Name) {
			if err := a.recursiveCTE(lv, d, sel); err != nil {
				return err
			}
		} else {
			q, err := a.selectStmt(sel, lv)
			if err != nil {
				return err
			}
			d.q = q
			d.setColumns(q)
			a.ctes = append(a.ctes, d)
		}
		lv.q.ctes = append(lv.q.ctes, d)
	}
	return nil
}

// refers reports whether a query names a relation.
func refers(q *ast.Select, name string) bool {
	found := false
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer:
			if !v.IsNil() && !found {
				if t, ok := v.Interface().(*ast.TableName); ok && t.Name.Schema == "" && t.Name.Name == name {
					found = true
				}
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(q))
	return found
}

// recursiveCTE takes the columns of the first arm for those of the query.
func (a *analyzer) recursiveCTE(lv *level, d *cteDef, sel *ast.Select) error {
	if sel.SetOp == ast.NoSetOp {
		return fmt.Errorf("recursive query without UNION")
	}
	first, err := a.selectStmt(sel.Left, lv)
	if err != nil {
		return err
	}
	d.setColumns(first)
	a.ctes = append(a.ctes, d)
	if d.q, err = a.selectStmt(sel, lv); err != nil {
		return err
	}
	d.setColumns(d.q)
	return nil
}

func (d *cteDef) setColumns(q *query) {
	d.cols = nil
	for i, t := range q.shown() {
		name := t.name
		if i < len(d.columns) {
			name = d.columns[i]
		}
		d.cols = append(d.cols, rteCol{name: name, real: name, t: t.x.typ(), mod: typmod(t.x)})
	}
}

// plain is transformSelectStmt.
func (a *analyzer) plain(lv *level, s *ast.Select, decide bool) error {
	q := lv.q
	if err := a.from(lv, s.From); err != nil {
		return err
	}
	// OVER needs the named windows, whose keys are looked for among the targets:
	// they are made once before for their names.
	for _, w := range s.Windows {
		q.windows = append(q.windows, &windowClause{name: w.Name})
	}
	if err := a.items(lv, s.Items); err != nil {
		return err
	}
	var err error
	if s.Where != nil {
		if q.where, err = a.condition(lv, s.Where); err != nil {
			return err
		}
	}
	if s.Having != nil {
		if q.having, err = a.condition(lv, s.Having); err != nil {
			return err
		}
	}
	if err := a.orderBy(lv, s.OrderBy); err != nil {
		return err
	}
	if err := a.groupBy(lv, s); err != nil {
		return err
	}
	if err := a.distinctClause(lv, s); err != nil {
		return err
	}
	for i, w := range s.Windows {
		c, err := a.windowDef(lv, w.Name, w.W)
		if err != nil {
			return err
		}
		*q.windows[i] = *c
	}
	for _, p := range q.pending {
		c, err := a.windowDef(lv, "", p.def)
		if err != nil {
			return err
		}
		*p.clause = *c
	}
	if decide {
		return a.decide(q)
	}
	return nil
}

// decide is resolveTargetListUnknowns.
func (a *analyzer) decide(q *query) error {
	for _, t := range q.targets {
		if t.x.typ() != tUnknown {
			continue
		}
		x, err := a.coerceType(t.x, tText, -1, ctxImplicit, formImplicit)
		if err != nil {
			return err
		}
		t.x = x
	}
	return nil
}

// starred is what *, t.* and (x).* stand for in a list; ok is false for others.
func (a *analyzer) starred(lv *level, e ast.Expr) (list []*target, ok bool, err error) {
	if c, is := e.(*ast.Column); is && c.Star {
		list, err = a.star(lv, c)
		return list, true, err
	}
	if f, is := e.(*ast.Field); is && f.Star {
		list, err = a.allFields(lv, f)
		return list, true, err
	}
	return nil, false, nil
}

// rowColumns are the columns of ROW(...).
func (a *analyzer) rowColumns(lv *level, list []ast.Expr) ([]node, error) {
	var out []node
	for _, e := range list {
		more, ok, err := a.starred(lv, e)
		if !ok && err == nil {
			var x node
			x, err = a.expr(lv, e)
			more = []*target{{x: x}}
		}
		if err != nil {
			return nil, err
		}
		for _, t := range more {
			out = append(out, t.x)
		}
	}
	return out, nil
}

func (a *analyzer) items(lv *level, items []ast.Item) error {
	for _, it := range items {
		if more, ok, err := a.starred(lv, it.X); ok || err != nil {
			if err != nil {
				return err
			}
			lv.q.targets = append(lv.q.targets, more...)
			continue
		}
		x, err := a.expr(lv, it.X)
		if err != nil {
			return err
		}
		name := it.As
		if name == "" {
			name = resultName(it.X)
		}
		lv.q.targets = append(lv.q.targets, &target{x: x, name: name})
	}
	return nil
}

// sortTarget finds the target of an ORDER BY, GROUP BY, DISTINCT ON or window
// item, a new junk one if there is none; sql92 looks for output columns first.
func (a *analyzer) sortTarget(lv *level, e ast.Expr, sql92 bool) (int, error) {
	q := lv.q
	if l, ok := e.(*ast.Literal); ok && sql92 && l.Kind == ast.LitInt {
		n, err := strconv.Atoi(l.Text)
		if err != nil || n < 1 || n > len(q.shown()) {
			return 0, fmt.Errorf("position %s is not in select list", l.Text)
		}
		return q.mark(q.targets[n-1]), a.decideTarget(q.targets[n-1])
	}
	if c, ok := e.(*ast.Column); ok && sql92 && len(c.Parts) == 1 {
		for _, t := range q.shown() {
			if t.name == c.Parts[0] {
				return q.mark(t), a.decideTarget(t)
			}
		}
	}
	x, err := a.expr(lv, e)
	if err != nil {
		return 0, err
	}
	for _, t := range q.targets {
		if same(t.x, x) {
			return q.mark(t), a.decideTarget(t)
		}
	}
	t := &target{x: x, name: resultName(e), junk: true}
	q.targets = append(q.targets, t)
	return q.mark(t), a.decideTarget(t)
}

func (a *analyzer) decideTarget(t *target) (err error) {
	if t.x.typ() == tUnknown {
		t.x, err = a.coerceType(t.x, tText, -1, ctxImplicit, formImplicit)
	}
	return err
}

// same is equal() of two expressions.
func same(x, y node) bool { return sameValue(reflect.ValueOf(x), reflect.ValueOf(y)) }

func sameValue(x, y reflect.Value) bool {
	if x.IsValid() != y.IsValid() || x.IsValid() && x.Type() != y.Type() {
		return false
	}
	switch x.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer:
		if x.Pointer() == y.Pointer() {
			return true
		}
		if _, ok := reflect.Zero(x.Type()).Interface().(node); !ok || x.IsNil() || y.IsNil() {
			return false // entries, queries and functions are the same or not
		}
		return sameValue(x.Elem(), y.Elem())
	case reflect.Interface:
		return sameValue(x.Elem(), y.Elem())
	case reflect.Slice:
		if x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if !sameValue(x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range x.NumField() {
			if !sameValue(x.Field(i), y.Field(i)) {
				return false
			}
		}
		return true
	}
	return x.Equal(y)
}

func (a *analyzer) orderBy(lv *level, keys []ast.SortKey) error {
	for _, k := range keys {
		ref, err := a.sortTarget(lv, k.X, true)
		if err != nil {
			return err
		}
		lv.q.sort = sortedBy(lv.q.sort, ref, k)
	}
	return nil
}

// sortedBy adds a key to a list, unless what it sorts by is there already.
func sortedBy(list []sortClause, ref int, k ast.SortKey) []sortClause {
	for _, s := range list {
		if s.ref == ref {
			return list
		}
	}
	return append(list, sortClause{ref, k.Desc, nullsFirst(k)})
}

// groupTarget is findTargetlistEntrySQL92 for GROUP BY: a column of the input is
// preferred to an output name.
func (a *analyzer) groupTarget(lv *level, e ast.Expr) (int, error) {
	if c, ok := e.(*ast.Column); ok && len(c.Parts) == 1 && !c.Star {
		for _, r := range lv.rels {
			if !r.colsHidden && r.find(c.Parts[0]) != -1 {
				return a.sortTarget(lv, e, false)
			}
		}
	}
	return a.sortTarget(lv, e, true)
}

// grouped reports that a single key is in a list already.
func grouped(list []groupSet, g groupSet) bool {
	return g.kind == "" && slices.ContainsFunc(list, func(s groupSet) bool { return s.kind == "" && s.refs[0] == g.refs[0] })
}

func (a *analyzer) groupBy(lv *level, s *ast.Select) error {
	q := lv.q
	q.groupDistinct = s.GroupDistinct
	add := func(ref int) {
		for _, g := range q.group {
			if g == ref {
				return
			}
		}
		q.group = append(q.group, ref)
	}
	var item func(g ast.GroupItem) (groupSet, error)
	item = func(g ast.GroupItem) (groupSet, error) {
		out := groupSet{kind: [...]string{"", "LIST", "ROLLUP", "CUBE", "SETS"}[g.Kind]}
		if g.Kind == ast.GroupExpr {
			ref, err := a.groupTarget(lv, g.X)
			add(ref)
			out.refs = []int{ref}
			return out, err
		}
		for _, sub := range g.Sub {
			s, err := item(sub)
			if err != nil {
				return out, err
			}
			if out.kind != "LIST" || !grouped(out.sub, s) {
				out.sub = append(out.sub, s)
			}
		}
		return out, nil
	}
	var flat []groupSet
	for _, g := range s.GroupBy {
		set, err := item(g)
		if err != nil {
			return err
		}
		if set.kind == "LIST" && len(set.sub) > 0 { // (a, b) beside others is its parts
			for _, sub := range set.sub {
				if !grouped(flat, sub) {
					flat = append(flat, sub)
				}
			}
			continue
		}
		q.hasSets = q.hasSets || set.kind != ""
		if !grouped(flat, set) {
			flat = append(flat, set)
		}
	}
	if q.hasSets {
		q.sets = flat
	}
	return nil
}

func (a *analyzer) distinctClause(lv *level, s *ast.Select) error {
	q := lv.q
	if len(s.DistinctOn) == 0 {
		q.distinct = s.Distinct
		return nil
	}
	q.distinct = true
	var refs []int
	for _, e := range s.DistinctOn {
		ref, err := a.sortTarget(lv, e, true)
		if err != nil {
			return err
		}
		refs = append(refs, ref)
	}
	// The keys of ORDER BY come first, in its order.
	in := func(list []int, ref int) bool {
		for _, r := range list {
			if r == ref {
				return true
			}
		}
		return false
	}
	for _, k := range q.sort {
		if in(refs, k.ref) {
			q.on = append(q.on, k.ref)
		}
	}
	for _, r := range refs {
		if !in(q.on, r) {
			q.on = append(q.on, r)
		}
	}
	return nil
}

// values is transformValuesClause.
func (a *analyzer) values(lv *level, s *ast.Select) error {
	r := &rte{kind: rteValues, eref: "*VALUES*"}
	for _, row := range s.Values {
		xs, err := a.exprs(lv, row)
		if err != nil {
			return err
		}
		r.values = append(r.values, xs)
	}
	for c := range r.values[0] {
		col := make([]node, len(r.values))
		for i := range r.values {
			if c >= len(r.values[i]) {
				return fmt.Errorf("VALUES lists must all be the same length")
			}
			col[i] = r.values[i][c]
		}
		t, err := a.common(col)
		if err != nil {
			return err
		}
		for i := range col {
			r.values[i][c] = col[i]
		}
		r.cols = append(r.cols, rteCol{name: "column" + strconv.Itoa(c+1), real: "column" + strconv.Itoa(c+1), t: t, mod: sameMod(col, t)})
	}
	lv.q.rtable, lv.q.from, lv.rels = []*rte{r}, []joinItem{r}, []*rte{r}
	for i := range r.cols {
		lv.q.targets = append(lv.q.targets, &target{x: r.ref(i), name: r.cols[i].name})
	}
	return a.orderBy(lv, s.OrderBy)
}

// setOperation is transformSetOperationStmt.
func (a *analyzer) setOperation(lv *level, s *ast.Select) error {
	tree, cols, err := a.setTree(lv, s, true)
	if err != nil {
		return err
	}
	lv.q.setOp = tree
	first := tree
	for first.leaf == nil {
		first = first.l
	}
	for i, c := range cols {
		v := first.leaf.ref(i)
		v.t, v.mod = c.t, c.mod
		lv.q.targets = append(lv.q.targets, &target{x: v, name: c.name})
	}
	out := &rte{kind: rteSubquery, eref: "*SELECT*", cols: cols, nameHidden: true}
	lv.rels = []*rte{out}
	for _, k := range s.OrderBy {
		ref, err := a.sortTarget(lv, k.X, true)
		if err != nil {
			return err
		}
		lv.q.sort = sortedBy(lv.q.sort, ref, k)
	}
	lv.rels = nil
	return nil
}

// setTree is transformSetOperationTree.
func (a *analyzer) setTree(lv *level, s *ast.Select, top bool) (*setNode, []rteCol, error) {
	leaf := s.SetOp == ast.NoSetOp || !top && (len(s.OrderBy) > 0 || s.Limit != nil || s.Offset != nil || len(s.With) > 0)
	if leaf {
		q, err := a.selectIn(s, lv, false)
		if err != nil {
			return nil, nil, err
		}
		r := &rte{kind: rteSubquery, eref: "*SELECT* " + strconv.Itoa(len(lv.q.rtable)+1), alias: "*SELECT* " + strconv.Itoa(len(lv.q.rtable)+1), sub: q}
		for _, t := range q.shown() {
			r.cols = append(r.cols, rteCol{name: t.name, real: t.name, t: t.x.typ(), mod: typmod(t.x)})
		}
		lv.q.rtable = append(lv.q.rtable, r)
		return &setNode{leaf: r}, r.cols, nil
	}
	out := &setNode{op: [...]string{"", "UNION", "INTERSECT", "EXCEPT"}[s.SetOp], all: s.All}
	var lc, rc []rteCol
	var err error
	if out.l, lc, err = a.setTree(lv, s.Left, false); err != nil {
		return nil, nil, err
	}
	if out.r, rc, err = a.setTree(lv, s.Right, false); err != nil {
		return nil, nil, err
	}
	if len(lc) != len(rc) {
		return nil, nil, fmt.Errorf("each %s query must have the same number of columns", out.op)
	}
	cols := make([]rteCol, len(lc))
	for i := range cols {
		t, err := a.commonTypeOf([]uint32{lc[i].t, rc[i].t})
		if err != nil {
			return nil, nil, err
		}
		cols[i] = rteCol{name: lc[i].name, real: lc[i].name, t: t, mod: -1}
		if lc[i].mod == rc[i].mod && lc[i].t == rc[i].t {
			cols[i].mod = lc[i].mod
		}
		for _, side := range []*setNode{out.l, out.r} {
			if err := a.settle(side, i, t); err != nil {
				return nil, nil, err
			}
		}
	}
	return out, cols, nil
}

// settle reads the untyped constants of a leaf's column as the type of the set
// operation's.
func (a *analyzer) settle(n *setNode, i int, t uint32) error {
	if n.leaf == nil {
		return nil
	}
	tg := n.leaf.sub.shown()[i]
	if tg.x.typ() != tUnknown {
		return nil
	}
	x, err := a.implicit(tg.x, t)
	tg.x = x
	n.leaf.cols[i].t = t
	return err
}

// hasVar reports whether an expression reads a column of one of the entries.
func hasVar(x node, rels []*rte) bool {
	if v, ok := x.(*varNode); ok {
		for _, r := range rels {
			if r.has(v.rte) {
				return true
			}
		}
	}
	for _, y := range children(x) {
		if y != nil && hasVar(y, rels) {
			return true
		}
	}
	return false
}

// has reports whether o is r or, of a join, one of its sides.
func (r *rte) has(o *rte) bool {
	return r == o || r.join != nil && (r.join.lr.has(o) || r.join.rr.has(o))
}
