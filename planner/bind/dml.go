package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// tableScope is the name space of one table's rows, of which base is the first
// column.
func tableScope(t *types.Table, alias, what string) *scope {
	name := t.Name
	if alias != "" {
		name = alias
	}
	r := &rel{name: name, cols: tableFields(t), table: t, oid: t.OID}
	return &scope{lv: &level{rels: []*rel{r}}, what: what, rels: []*rel{r}}
}

// defaultOf binds a column's DEFAULT, NULL where there is none. A column of a
// domain has the domain's where it has none of its own.
func (b *binder) defaultOf(c *types.Column) (plan.Expr, error) {
	text := c.Default
	if c.Identity != "" {
		text = identityDefault(c)
	}
	if d := c.Type.Domain(); d != nil && text == "" && c.Generated == "" {
		return b.domainDefault(c)
	}
	if text == "" {
		return plan.NewConst(c.Type, vec.Datum{Null: true}), nil
	}
	b.stored++
	defer func() { b.stored-- }()
	e, err := parse.Expr(text)
	if err != nil {
		return nil, withoutPos(err)
	}
	x, err := b.expr(&scope{lv: &level{}, what: "DEFAULT expressions"}, e)
	if err != nil {
		return nil, withoutPos(err)
	}
	x, err = b.assignDefault(x, c)
	return x, withoutPos(err)
}

// domainDefault is the default of a domain, or of one that it is made from, held
// to the domain's rules.
func (b *binder) domainDefault(c *types.Column) (plan.Expr, error) {
	for t := c.Type; t.Domain() != nil; {
		def := b.cat.Domain(t.Domain().OID)
		if def == nil {
			break
		}
		if def.Default != "" {
			own := *c
			own.Default = def.Default
			return b.defaultOf(&own)
		}
		t = def.Base
	}
	x, _, err := b.coerce(plan.NewConst(c.Type.WithoutDomain(), vec.Datum{Null: true}), c.Type, fn.CastAssign, -1)
	return x, err
}

// withoutPos drops a position that is not one in the client's text.
func withoutPos(err error) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.From(err)
	e.Pos = 0
	return &e
}

func (b *binder) checks(t *types.Table) ([]plan.BoundCheck, error) {
	var out []plan.BoundCheck
	b.own++
	b.stored++
	defer func() { b.own--; b.stored-- }()
	for _, c := range t.Checks {
		e, err := parse.Expr(c.Expr)
		if err != nil {
			return nil, withoutPos(err)
		}
		x, err := b.expr(tableScope(t, "", "check constraints"), e)
		if err != nil {
			return nil, withoutPos(err)
		}
		if x, err = b.cond(x, "CHECK", -1); err != nil {
			return nil, withoutPos(err)
		}
		out = append(out, plan.BoundCheck{Name: c.Name, X: x})
	}
	return out, nil
}

// columnList resolves the columns of INSERT, COPY and SET; an empty list is all.
func columnList(t *types.Table, list []ast.ColName) ([]int, error) {
	var out []int
	if len(list) == 0 {
		for i := range t.Columns {
			out = append(out, i)
		}
		return out, nil
	}
	for _, c := range list {
		i := t.Column(c.Name)
		if i < 0 {
			return nil, sqlerr.At(c.Pos(), pgerrcode.UndefinedColumn, "column \"%s\" of relation \"%s\" does not exist", c.Name, t.Name)
		}
		if k := slices.Index(out, i); k >= 0 && (len(c.Parts) == 0 || len(list[k].Parts) == 0) {
			return nil, sqlerr.At(c.Pos(), pgerrcode.DuplicateColumn, "column \"%s\" specified more than once", c.Name)
		}
		out = append(out, i)
	}
	return out, nil
}

func (b *binder) insert(s *ast.Insert) error {
	saved := b.ctes
	defer func() { b.ctes = saved }()
	with, err := b.with(s.With, s.Recursive, where{})
	if err != nil {
		return err
	}
	d, err := b.dest(s.Table, destUse{how: toInsert, access: plan.InsertRows, rows: true, reads: len(s.Returning) > 0 || s.Conflict != nil})
	if err != nil {
		return err
	}
	t, named := d.t, *s
	if named.Columns, err = d.names(s.Columns, "insert into"); err != nil {
		return err
	}
	cols, err := d.columns(named.Columns)
	if err != nil {
		return err
	}
	ins := &plan.Insert{Table: t}
	switch q := s.Query; {
	case q != nil && q.Values != nil && len(q.Values[0]) < len(cols):
		d.gives(insertedCols, cols[:len(q.Values[0])])
	case q != nil:
		d.gives(insertedCols, cols)
	}
	if ins.Input, err = b.insertRows(&named, d, cols); err != nil {
		return err
	}
	if ins.Input, err = b.generate(t, ins.Input); err != nil {
		return err
	}
	ins.Input = with.over(ins.Input)
	if ins.Checks, err = b.checks(t); err != nil {
		return err
	}
	ins.Checks = append(ins.Checks, d.checks...)
	if s.Conflict != nil {
		if ins.Conflict, err = b.conflict(s, d); err != nil {
			return err
		}
	}
	sc := d.scope(s.Alias, "RETURNING")
	sc.rels[0].written, sc.rels[0].ord = true, s.Conflict == nil && d.view == nil
	ins.Returning, ins.Out, err = b.returning(s.Returning, sc)
	b.out.Insert = ins
	return err
}

func (b *binder) insertRows(s *ast.Insert, d *dest, cols []int) (plan.Node, error) {
	q, t := s.Query, d.shown
	if q == nil {
		return b.insertValues([][]ast.Expr{{}}, t, nil, nil, "")
	}
	if q.Values != nil && len(q.With) == 0 && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		width := len(q.Values[0])
		if err := insertWidth(s.Columns, cols, width, func(i int) int { return start(q.Values[0][i]) }); err != nil {
			return nil, err
		}
		if err := d.takes(cols[:width]); err != nil {
			return nil, err
		}
		return b.insertValues(q.Values, t, cols[:width], s.Columns, s.Overriding)
	}
	n, err := b.query(q, where{keep: true})
	if err != nil {
		return nil, err
	}
	f := n.Schema()
	if err := insertWidth(s.Columns, cols, len(f), func(i int) int { return itemPos(q, i) }); err != nil {
		return nil, err
	}
	if err := d.takes(cols[:len(f)]); err != nil {
		return nil, err
	}
	top, direct := n.(*plan.Project)
	p := &plan.Project{Input: n}
	if direct {
		p.Input = top.Input
	}
	p.Fields = tableFields(t)
	p.Exprs = make([]plan.Expr, len(t.Columns))
	for i, c := range cols[:len(f)] {
		var x plan.Expr = plan.NewCol(i, f[i].Name, f[i].Type)
		if direct {
			x = top.Exprs[i]
		}
		if n := namedPart(s.Columns, i); n != nil {
			x, err = b.insertPart(&t.Columns[c], n, p.Exprs[c], x, itemPos(q, i))
		} else {
			x, err = b.assign(x, &t.Columns[c], itemPos(q, i))
		}
		if err != nil {
			return nil, err
		}
		if err := mayInsert(&t.Columns[c], s.Overriding); err != nil {
			return nil, err
		}
		if t.Columns[c].Identity == "" || s.Overriding != "USER VALUE" {
			p.Exprs[c] = x
		}
	}
	return p, b.fillDefaults(t, p.Exprs)
}

func insertWidth(named []ast.ColName, cols []int, width int, at func(int) int) error {
	switch {
	case width > len(cols):
		return sqlerr.At(at(len(cols)), pgerrcode.SyntaxError, "INSERT has more expressions than target columns")
	case width < len(cols) && len(named) > 0:
		return sqlerr.At(named[width].Pos(), pgerrcode.SyntaxError, "INSERT has more target columns than expressions")
	}
	return nil
}

func (b *binder) fillDefaults(t *types.Table, row []plan.Expr) error {
	for i := range row {
		if row[i] == nil {
			x, err := b.defaultOf(&t.Columns[i])
			if err != nil {
				return err
			}
			row[i] = x
		}
	}
	return nil
}

// insertValues binds the rows of VALUES; names is the column list as it was written.
func (b *binder) insertValues(list [][]ast.Expr, t *types.Table, cols []int, names []ast.ColName, overriding string) (plan.Node, error) {
	target := tableScope(t, "", "VALUES")
	sc := &scope{lv: target.lv, what: "VALUES"}
	if len(list) == 1 {
		// A single row is like a SELECT and may have set-returning calls.
		sc.sel, sc.srf = &selectState{aggOff: -1}, true
	}
	n := &plan.Values{Rows: make([][]plan.Expr, len(list))}
	n.Fields = tableFields(t)
	defaults := make([]plan.Expr, len(t.Columns))
	if err := b.fillDefaults(t, defaults); err != nil {
		return nil, err
	}
	for r, vals := range list {
		if len(vals) != len(cols) {
			off := -1
			if len(vals) > 0 {
				off = start(vals[0])
			}
			return nil, sqlerr.At(off, pgerrcode.SyntaxError, "VALUES lists must all be the same length")
		}
		row := append([]plan.Expr(nil), defaults...)
		if err := b.insertValue(sc, t, cols, names, vals, overriding, row); err != nil {
			return nil, err
		}
		n.Rows[r] = row
	}
	if sc.sel != nil && len(sc.sel.srfs) > 0 {
		in, move := srfPlan(sc.sel, &plan.OneRow{})
		p := &plan.Project{Input: in}
		p.Fields = n.Fields
		for _, x := range n.Rows[0] {
			p.Exprs = append(p.Exprs, move(x))
		}
		return p, nil
	}
	return n, nil
}

// insertValue binds one list of VALUES to row, whose columns that get DEFAULT stay
// as they are.
func (b *binder) insertValue(sc *scope, t *types.Table, cols []int, names []ast.ColName, vals []ast.Expr, overriding string, row []plan.Expr) error {
	for i, v := range vals {
		if _, ok := v.(*ast.Default); ok && namedPart(names, i) == nil {
			continue
		}
		col := &t.Columns[cols[i]]
		x, err := b.columnValue(sc, col, namedPart(names, i), row[cols[i]], !slices.Contains(cols[:i], cols[i]), v)
		if err != nil {
			return err
		}
		if err := mayInsert(col, overriding); err != nil {
			return err
		}
		if col.Identity == "" || overriding != "USER VALUE" {
			row[cols[i]] = x
		}
	}
	return nil
}

func (b *binder) conflict(s *ast.Insert, d *dest) (*plan.Conflict, error) {
	c, t := s.Conflict, d.t
	out := &plan.Conflict{DoUpdate: c.DoUpdate}
	set, err := d.assigned(c.Set)
	if err != nil {
		return nil, err
	}
	if c.AnyKey {
		var ok bool
		if set, ok = anyKey(c, t, out); !ok {
			return nil, nil
		}
	} else if out.Arbiter, err = b.arbiter(c, d.shown); err != nil {
		return nil, err
	}
	switch {
	case c.AnyKey:
	case c.DoUpdate && len(c.Columns) == 0 && len(c.Exprs) == 0 && c.Constraint == "":
		return nil, sqlerr.At(c.Pos(), pgerrcode.SyntaxError, "ON CONFLICT DO UPDATE requires inference specification or constraint name").
			WithHint("For example, ON CONFLICT (column_name).")
	}
	if on := arbiterColumns(t, out.Arbiter, len(c.Columns) > 0 || len(c.Exprs) > 0 || c.Constraint != ""); len(on) > 0 {
		d.need(plan.SelectRows)
		d.gives(func(p *plan.Perm) *map[int16]bool { return &p.Select }, on)
	}
	if !out.DoUpdate {
		return out, nil
	}
	d.need(plan.UpdateRows)
	sc := d.scope(s.Alias, "UPDATE")
	sc.rels = append(sc.rels, d.excluded())
	sc.lv.rels = append(sc.lv.rels, sc.rels[1])
	if out.Cols, out.Set, err = b.assigns(sc, d.forSet(), set); err != nil {
		return nil, err
	}
	d.gives(updatedCols, out.Cols)
	for i, x := range out.Set {
		if gen, err := b.generated(t); gen != nil && plan.Volatility(x) == fn.Volatile {
			return nil, sqlerr.Unsupported(start(set[i].X), "a volatile value in ON CONFLICT DO UPDATE of a table with generated columns is not supported")
		} else if err != nil {
			return nil, err
		}
	}
	if out.Cols, out.Set, err = b.regenerate(t, out.Cols, out.Set); err != nil {
		return nil, err
	}
	if c.Where != nil {
		sc.what = "WHERE"
		x, err := b.expr(sc, c.Where)
		if err != nil {
			return nil, err
		}
		if out.Where, err = b.cond(x, "WHERE", start(c.Where)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// arbiterColumns are the columns of the constraint that ON CONFLICT names.
func arbiterColumns(t *types.Table, arbiter int, named bool) []int {
	switch {
	case !named:
		return nil
	case arbiter >= 0:
		return t.Uniques[arbiter].Cols
	case arbiter == plan.ArbiterKey && t.Key >= 0:
		return []int{t.Key}
	}
	return nil
}

// assigns binds SET lists.
func (b *binder) assigns(sc *scope, t *types.Table, list []ast.Assign) (cols []int, set []plan.Expr, err error) {
	in := &assigning{sc: sc, t: t, parts: map[int]bool{}}
	for _, a := range list {
		if len(a.Columns) == 1 {
			if err := b.assignOne(in, &a.Columns[0], a.X); err != nil {
				return nil, nil, err
			}
			continue
		}
		if q, ok := a.X.(*ast.Subquery); ok && q.Kind == ast.SubScalar {
			if err := b.assignQuery(in, a, q); err != nil {
				return nil, nil, err
			}
			continue
		}
		row, ok := a.X.(*ast.Row)
		if !ok {
			return nil, nil, sqlerr.Unsupported(start(a.X), "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
		}
		if len(row.Elems) != len(a.Columns) {
			return nil, nil, sqlerr.At(row.Pos(), pgerrcode.SyntaxError, "number of columns does not match number of values")
		}
		for i, c := range a.Columns {
			if err := b.assignOne(in, &c, row.Elems[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	return in.cols, in.set, nil
}

// assigning is a SET list so far: the columns and their values, and of which of
// them only parts are assigned to.
type assigning struct {
	sc    *scope
	t     *types.Table
	cols  []int
	set   []plan.Expr
	parts map[int]bool
}

// target is the column that n names, and the value of it so far if n leads to a
// part of one that has others assigned to; at is then the place of it, else -1.
func (in *assigning) target(n *ast.ColName) (col *types.Column, old plan.Expr, at int, err error) {
	i := in.t.Column(n.Name)
	if i < 0 {
		return nil, nil, 0, sqlerr.At(n.Pos(), pgerrcode.UndefinedColumn, "column \"%s\" of relation \"%s\" does not exist", n.Name, in.t.Name)
	}
	col, at = &in.t.Columns[i], slices.Index(in.cols, i)
	if at >= 0 && (len(n.Parts) == 0 || !in.parts[i]) {
		return nil, nil, 0, sqlerr.New(pgerrcode.SyntaxError, "multiple assignments to same column \"%s\"", n.Name)
	}
	if at >= 0 {
		return col, in.set[at], at, nil
	}
	return col, plan.NewCol(i, n.Name, col.Type), at, nil
}

// put adds the value x of the column that n names; at is that of target.
func (in *assigning) put(n *ast.ColName, at int, x plan.Expr) {
	i := in.t.Column(n.Name)
	in.parts[i] = len(n.Parts) > 0
	if at >= 0 {
		in.set[at] = x
		return
	}
	in.cols, in.set = append(in.cols, i), append(in.set, x)
}

// assignOne binds n = e of a SET list.
func (b *binder) assignOne(in *assigning, n *ast.ColName, e ast.Expr) error {
	col, old, at, err := in.target(n)
	if err != nil {
		return err
	}
	var x plan.Expr
	if len(n.Parts) > 0 {
		x, err = b.assignTo(in.sc, col, n, old, e)
	} else if _, ok := e.(*ast.Default); ok {
		x, err = b.defaultOf(col)
	} else if x, err = b.exprFor(in.sc, e, col.Type); err == nil {
		x, err = b.assign(x, col, start(e))
	}
	if err == nil {
		err = mayUpdate(col, e)
	}
	in.put(n, at, x)
	return err
}

// assignQuery is (a, b) = (SELECT ...).
func (b *binder) assignQuery(in *assigning, a ast.Assign, q *ast.Subquery) error {
	n, f, err := b.inner(in.sc, q.Query)
	if err != nil {
		return err
	}
	if len(n.Schema()) != len(a.Columns) {
		return sqlerr.At(q.Pos(), pgerrcode.SyntaxError, "number of columns does not match number of values")
	}
	for i := range a.Columns {
		c := &a.Columns[i]
		col, old, at, err := in.target(c)
		if err != nil {
			return err
		}
		x := columnOf(n, f, i, q.Pos())
		if len(c.Parts) > 0 {
			if _, err = targetType(col, c); err == nil {
				x, err = b.assignPart(&partTarget{s: in.sc, n: c, off: q.Pos()}, col.Type, 0, old, x)
			}
		} else {
			x, err = b.assign(x, col, q.Pos())
		}
		if err != nil {
			return err
		}
		in.put(c, at, x)
	}
	return nil
}

// changeInput reads the rows that UPDATE and DELETE change: all columns, the
// ordinal, then the columns of the other relations, whose names join sc.
func (b *binder) changeInput(sc *scope, d *dest, alias string, others []ast.TableRef, cond ast.Expr) (plan.Node, error) {
	scan := ScanAll(d.t)
	if alias != "" {
		scan.Alias = alias
	}
	withOrdinal(scan)
	var n plan.Node = scan
	for _, x := range d.quals {
		n = filter(n, x)
	}
	if len(others) > 0 {
		fs := &scope{lv: sc.lv, sel: &selectState{aggOff: -1}}
		from, err := b.from(fs, others)
		if err != nil {
			return nil, err
		}
		if err := conflict(sc.rels, fs.rels); err != nil {
			return nil, err
		}
		it := &fromItem{node: from, rels: fs.rels, out: &rel{}}
		it.shift(len(scan.Fields))
		sc.rels = append(sc.rels, it.rels...)
		n = combine(plan.JoinInner, n, from, nil)
	}
	if cond == nil {
		return n, nil
	}
	return b.where(sc, n, cond)
}

func (b *binder) update(s *ast.Update) error {
	saved := b.ctes
	defer func() { b.ctes = saved }()
	with, err := b.with(s.With, s.Recursive, where{})
	if err != nil {
		return err
	}
	d, err := b.dest(s.Table, destUse{how: toUpdate, access: plan.UpdateRows, rows: true, reads: s.Where != nil || len(s.Returning) > 0})
	if err != nil {
		return err
	}
	t := d.t
	up := &plan.Update{Table: t}
	sc := d.scope(s.Alias, "UPDATE")
	if up.Input, err = b.changeInput(sc, d, s.Alias, s.From, s.Where); err != nil {
		return err
	}
	up.Input = with.over(up.Input)
	set, err := d.assigned(s.Set)
	if err != nil {
		return err
	}
	if up.Cols, up.Set, err = b.assigns(sc, d.forSet(), set); err != nil {
		return err
	}
	d.gives(updatedCols, up.Cols)
	up.Input, up.Set = settle(t, up.Input, up.Set)
	if up.Cols, up.Set, err = b.regenerate(t, up.Cols, up.Set); err != nil {
		return err
	}
	if up.Checks, err = b.checks(t); err != nil {
		return err
	}
	up.Checks = append(up.Checks, d.checks...)
	sc.what, sc.rels[0].written = "RETURNING", true
	up.Returning, up.Out, err = b.returning(s.Returning, sc)
	b.out.Update = up
	return err
}

func (b *binder) delete(s *ast.Delete) error {
	saved := b.ctes
	defer func() { b.ctes = saved }()
	with, err := b.with(s.With, s.Recursive, where{})
	if err != nil {
		return err
	}
	d, err := b.dest(s.Table, destUse{how: toDelete, access: plan.DeleteRows, reads: s.Where != nil || len(s.Returning) > 0})
	if err != nil {
		return err
	}
	del := &plan.Delete{Table: d.t}
	sc := d.scope(s.Alias, "DELETE")
	if del.Input, err = b.changeInput(sc, d, s.Alias, s.Using, s.Where); err != nil {
		return err
	}
	del.Input = with.over(del.Input)
	sc.what = "RETURNING"
	del.Returning, del.Out, err = b.returning(s.Returning, sc)
	b.out.Delete = del
	return err
}

// returning binds a RETURNING list over the table's columns.
func (b *binder) returning(items []ast.Item, sc *scope) ([]plan.Expr, []plan.Field, error) {
	if len(items) == 0 {
		return nil, nil, nil
	}
	tmp := *sc
	tmp.sel = &selectState{aggOff: -1}
	if err := b.items(&tmp, items); err != nil {
		return nil, nil, err
	}
	if len(tmp.sel.srfs) > 0 {
		return nil, nil, sqlerr.At(tmp.sel.srfs[0].off, pgerrcode.FeatureNotSupported, "set-returning functions are not allowed in RETURNING")
	}
	for i := range tmp.sel.targets {
		if _, err := b.decidedTarget(tmp.sel, i); err != nil {
			return nil, nil, err
		}
	}
	var xs []plan.Expr
	var fs []plan.Field
	for _, t := range tmp.sel.targets {
		f := plan.Field{Name: t.name, Type: t.x.Type()}
		if c, ok := t.x.(*plan.Col); ok {
			if i := sc.rels[0].column(c); i >= 0 {
				f.TableOID, f.Attr = sc.rels[0].cols[i].TableOID, sc.rels[0].cols[i].Attr
			}
		}
		xs, fs = append(xs, t.x), append(fs, f)
	}
	return xs, fs, nil
}

// column is the column of r that c is, -1 for none.
func (r *rel) column(c *plan.Col) int {
	if r.xs == nil {
		if c.Idx < len(r.cols) {
			return c.Idx
		}
		return -1
	}
	return slices.IndexFunc(r.xs, func(x plan.Expr) bool {
		o, ok := x.(*plan.Col)
		return ok && o.Idx == c.Idx
	})
}
