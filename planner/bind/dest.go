package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// dest is what a statement changes: a table, or a view whose rows are rows of one
// (rewriteTargetView of rewriteHandler.c).
type dest struct {
	t     *types.Table
	shown *types.Table // t; for a view with its names, "" for columns that it does not have
	rel   rel          // what the statement's names see, over the columns of t
	view  *plan.View   // nil: the table itself
	at    []int        // columns of t by those of the view, -1: none
	quals []plan.Expr  // which rows the view has, over the columns of t
	// checks are what WITH CHECK OPTION asks of new rows, the innermost view's first.
	checks []plan.BoundCheck
	levels []destLevel
}

// destLevel is a relation on the way to the table, with its columns by those of
// the table; nil: they are the same.
type destLevel struct {
	perm *plan.Perm
	at   []int
}

// destUse is what a statement does to its dest.
type destUse struct {
	how    change
	access plan.Access
	reads  bool // it reads columns, too
	rows   bool // it makes new rows or new values
	casc   bool // the view around has WITH CASCADED CHECK OPTION
}

// dest finds the table or view that a statement changes.
func (b *binder) dest(n ast.Name, use destUse) (*dest, error) {
	if b.otherDB(n) == nil && b.mayLook(n) == nil {
		if t, _ := b.cat.Table(n.Schema, n.Name); t == nil {
			if v := b.cat.View(n.Schema, n.Name); v != nil {
				return b.viewDest(v, use)
			}
		}
	}
	t, err := b.table(n, use.how)
	if err != nil {
		return nil, err
	}
	d := &dest{t: t, shown: t, rel: *tableScope(t, "", "").rels[0], levels: []destLevel{{perm: b.needTable(t, use.access)}}}
	d.rel.ord = use.access != plan.InsertRows
	return d, nil
}

// viewDest is the dest of a view: its query is bound over the columns of the table
// under it, with the rights of the view's owner.
func (b *binder) viewDest(v *plan.View, use destUse) (*dest, error) {
	why := NotUpdatable(v.Query)
	if why != "" {
		return nil, notWritable(v, use.how, why)
	}
	b.out.Objects = b.cat.Objects()
	perm := b.need(plan.Perm{OID: v.OID, Name: v.Name}, use.access)
	cat, ctes, future, as := b.cat, b.ctes, b.future, b.as
	if b.as = v.OID; v.Invoker {
		b.as = 0
	}
	b.cat, b.ctes, b.future = v.Catalog, nil, map[string]int{}
	b.views++
	if !use.reads {
		b.own++
	}
	d, err := b.underView(v, use)
	if !use.reads {
		b.own--
	}
	b.views--
	b.cat, b.ctes, b.future, b.as = cat, ctes, future, as
	if err != nil {
		return nil, withoutPos(err)
	}
	d.levels = append([]destLevel{{perm, d.at}}, d.levels...)
	return d, nil
}

// underView binds the query of a view in the view's own catalog.
func (b *binder) underView(v *plan.View, use destUse) (*dest, error) {
	from := v.Query.From[0].(*ast.TableName)
	if t, _ := b.cat.Table(from.Name.Schema, from.Name.Name); t != nil && t.Kind != "" {
		return nil, notWritable(v, use.how, notSingle)
	}
	check, casc := v.Check != "" || use.casc, v.Check == "cascaded" || use.casc
	inner := use
	inner.casc = check && casc
	d, err := b.dest(from.Name, inner)
	if err != nil {
		return nil, err
	}
	d.pin(b.cat, from)
	sc := &scope{lv: &level{rels: []*rel{&d.rel}}, rels: []*rel{&d.rel}, sel: &selectState{aggOff: -1}, srf: true, win: true}
	if err := b.items(sc, v.Query.Items); err != nil {
		return nil, err
	}
	switch {
	case sc.sel.aggOff >= 0:
		return nil, notWritable(v, use.how, "Views that return aggregate functions are not automatically updatable.")
	case len(sc.sel.wins) > 0:
		return nil, notWritable(v, use.how, "Views that return window functions are not automatically updatable.")
	case len(sc.sel.srfs) > 0:
		return nil, notWritable(v, use.how, "Views that return set-returning functions are not automatically updatable.")
	}
	if v.Query.Where != nil {
		own := *sc
		own.what, own.sel, own.srf, own.win = "WHERE", nil, false, false
		x, err := b.expr(&own, v.Query.Where)
		if err == nil {
			x, err = b.cond(x, "WHERE", -1)
		}
		if err != nil {
			return nil, err
		}
		d.quals = append(d.quals, x)
		if check && use.rows {
			d.checks = append(d.checks, plan.BoundCheck{Name: v.Name, X: x, View: true})
		}
	}
	targets, err := b.viewTargets(sc, v)
	if err != nil {
		return nil, err
	}
	d.show(v, targets)
	if use.rows && !slices.ContainsFunc(d.at, func(i int) bool { return i >= 0 }) {
		return nil, notWritable(v, use.how, "Views that have no updatable columns are not automatically updatable.")
	}
	return d, nil
}

// viewTargets are the columns of a view as expressions; the query may have more,
// which a relation of its got later.
func (b *binder) viewTargets(sc *scope, v *plan.View) ([]plan.Expr, error) {
	var out []plan.Expr
	for i := range sc.sel.targets[:min(len(v.Columns), len(sc.sel.targets))] {
		if _, err := b.decidedTarget(sc.sel, i); err != nil {
			return nil, err
		}
		out = append(out, sc.sel.targets[i].x)
	}
	return out, nil
}

// pin gives the names of a dest inside a view the columns that the relation had
// when the view was made, and its alias.
func (d *dest) pin(cat plan.Catalog, from *ast.TableName) {
	r := &d.rel
	if r.name = from.Name.Name; from.Alias.Name != "" {
		r.name = from.Alias.Name
	}
	if p, ok := cat.(plan.Pins); ok && d.view == nil {
		if cols, names := p.Pin(from.Name.Schema, from.Name.Name); cols != nil {
			fields := make([]plan.Field, len(cols))
			r.xs = make([]plan.Expr, len(cols))
			for i, c := range cols {
				fields[i] = r.cols[c]
				fields[i].Name = names[i]
				r.xs[i] = plan.NewCol(c, names[i], fields[i].Type)
			}
			r.cols = fields
		}
	}
	r.cols = slices.Clone(r.cols)
	for i := range min(len(from.Alias.Columns), len(r.cols)) {
		r.cols[i].Name = from.Alias.Columns[i]
	}
}

// show makes a dest have the columns of a view over it.
func (d *dest) show(v *plan.View, xs []plan.Expr) {
	shown := *d.t
	shown.Name, shown.Columns = v.Name, slices.Clone(d.t.Columns)
	for i := range shown.Columns {
		shown.Columns[i].Name = ""
	}
	d.rel = rel{name: v.Name, cols: slices.Clone(v.Columns), xs: xs, oid: v.OID}
	d.at = make([]int, len(xs))
	for i, x := range xs {
		d.rel.cols[i].TableOID, d.rel.cols[i].Attr = v.OID, int16(i+1)
		c, ok := x.(*plan.Col)
		if d.at[i] = -1; !ok || c.Idx >= len(d.t.Columns) {
			continue
		}
		d.at[i] = c.Idx
		if shown.Columns[c.Idx].Name == "" {
			shown.Columns[c.Idx].Name = v.Columns[i].Name
		}
	}
	d.shown, d.view = &shown, v
}

// forSet is shown for SET: there DEFAULT of a column of a view is the view's own,
// which is NULL.
func (d *dest) forSet() *types.Table {
	if d.view == nil {
		return d.shown
	}
	out := *d.shown
	out.Columns = slices.Clone(out.Columns)
	for i := range out.Columns {
		out.Columns[i].Default = ""
	}
	return &out
}

// scope is the name space of the rows of a dest.
func (d *dest) scope(alias, what string) *scope {
	r := d.rel
	if alias != "" {
		r.name = alias
	}
	return &scope{lv: &level{rels: []*rel{&r}}, what: what, rels: []*rel{&r}}
}

// excluded is the row that INSERT has proposed, behind the columns of the stored
// one.
func (d *dest) excluded() *rel {
	w := len(d.t.Columns)
	r := &rel{name: "excluded", base: w, cols: d.rel.cols}
	for _, x := range d.rel.xs {
		r.xs = append(r.xs, plan.MapCols(x, func(c *plan.Col) plan.Expr { return plan.NewCol(c.Idx+w, c.Name, c.T) }))
	}
	return r
}

// gives notes the columns of the table that get values at each relation on the way.
func (d *dest) gives(of func(*plan.Perm) *map[int16]bool, cols []int) {
	for _, l := range d.levels {
		if l.at == nil {
			needColumns(of(l.perm), cols)
			continue
		}
		for _, c := range cols {
			if i := slices.Index(l.at, c); i >= 0 {
				needColumns(of(l.perm), []int{i})
			}
		}
	}
}

// need notes one more thing that is done to each relation on the way.
func (d *dest) need(access plan.Access) {
	for _, l := range d.levels {
		l.perm.Need |= access
	}
}

func insertedCols(p *plan.Perm) *map[int16]bool { return &p.Insert }
func updatedCols(p *plan.Perm) *map[int16]bool  { return &p.Update }

// names are the columns of INSERT or SET by the names of d.shown; those of a view
// that are no columns of the table are refused.
func (d *dest) names(list []ast.ColName, verb string) ([]ast.ColName, error) {
	if d.view == nil {
		return list, nil
	}
	out := slices.Clone(list)
	for k := range out {
		for i := range d.at {
			if d.rel.cols[i].Name != out[k].Name {
				continue
			}
			if d.at[i] < 0 {
				return nil, d.notColumn(i, verb)
			}
			out[k].Name = d.shown.Columns[d.at[i]].Name
			break
		}
	}
	return out, nil
}

// assigned is names for SET.
func (d *dest) assigned(list []ast.Assign) ([]ast.Assign, error) {
	if d.view == nil {
		return list, nil
	}
	out := slices.Clone(list)
	for i := range out {
		var err error
		if out[i].Columns, err = d.names(out[i].Columns, "update"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// notColumn is the error of a value for column i of a view that is none of the
// table's.
func (d *dest) notColumn(i int, verb string) error {
	why := "View columns that are not columns of their base relation are not updatable."
	switch d.rel.xs[i].(type) {
	case *plan.Row:
		why = "View columns that return whole-row references are not updatable."
	case *plan.Call:
		if c := d.rel.xs[i].(*plan.Call); c.F == ctidOf || c.F == oldXmin || c.F == newXmin {
			why = "View columns that refer to system columns are not updatable."
		}
	}
	return sqlerr.New(pgerrcode.FeatureNotSupported, "cannot %s column \"%s\" of view \"%s\"", verb, d.rel.cols[i].Name, d.view.Name).WithDetail("%s", why)
}

// columns are the columns of the table that INSERT without a list of columns means,
// in order; -1 for columns of a view that are none.
func (d *dest) columns(list []ast.ColName) ([]int, error) {
	if d.view != nil && len(list) == 0 {
		return d.at, nil
	}
	return columnList(d.shown, list)
}

// takes refuses values for the columns cols if one is none of the table's.
func (d *dest) takes(cols []int) error {
	if i := slices.Index(cols, -1); i >= 0 {
		return d.notColumn(i, "insert into")
	}
	return nil
}

const notSingle = "Views that do not select from a single table or view are not automatically updatable."

// NotUpdatable says why a view of the query cannot be changed like a table, as far
// as its clauses tell; "" for nothing (view_query_is_auto_updatable).
func NotUpdatable(q *ast.Select) string {
	clause := ""
	switch {
	case q.Distinct || len(q.DistinctOn) > 0:
		clause = "DISTINCT"
	case len(q.GroupBy) > 0:
		clause = "GROUP BY"
	case q.Having != nil:
		clause = "HAVING"
	case q.SetOp != ast.NoSetOp:
		clause = "UNION, INTERSECT, or EXCEPT"
	case len(q.With) > 0:
		clause = "WITH"
	case q.Limit != nil || q.Offset != nil:
		clause = "LIMIT or OFFSET"
	}
	if clause != "" {
		return "Views containing " + clause + " are not automatically updatable."
	}
	if q.Values != nil || len(q.From) != 1 {
		return notSingle
	}
	from, ok := q.From[0].(*ast.TableName)
	switch {
	case !ok:
		return notSingle
	case from.Sample != nil:
		return "Views containing TABLESAMPLE are not automatically updatable."
	}
	return ""
}

// notWritable is the error of a change of a view that cannot be changed.
func notWritable(v *plan.View, how change, why string) error {
	e := sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "%s view \"%s\"", how[0], v.Name)
	return e.WithCause(viewCause(v.Name)).WithDetail("%s", why).WithHint("To enable %s, provide an INSTEAD OF %s trigger or an unconditional ON %s DO INSTEAD rule.", how[1], how[2], how[2])
}

// viewCause names the view that cannot be changed, which may be one under the view
// that the statement names.
type viewCause string

func (v viewCause) Error() string { return "view " + string(v) }

// ViewColumns tells which columns of a view INSERT and UPDATE may give values. why
// is why the view cannot be changed at all, "" where it can; of names the view whose
// query is the reason: v, or one under it.
func ViewColumns(v *plan.View, o Options) (can []bool, why, of string, err error) {
	b := newBinder(v.Catalog, o, true)
	d, err := b.viewDest(v, destUse{how: toDelete, access: plan.DeleteRows})
	if err != nil {
		if e := sqlerr.From(err); e.Code == pgerrcode.ObjectNotInPrerequisiteState {
			name, _ := e.Cause.(viewCause)
			return nil, e.Detail, string(name), nil
		}
		return nil, "", "", err
	}
	for _, c := range d.at {
		can = append(can, c >= 0)
	}
	return can, "", "", nil
}
