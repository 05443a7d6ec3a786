package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// createAs runs CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW.
func (e *edit) createAs(u *ast.CreateTable, ns uint32, word string) (session.Result, error) {
	def := &types.Table{DB: e.s.dbOID, NS: ns, Name: u.Name.Name, Key: -1, Unlogged: u.Unlogged}
	src, err := e.rowsOf(u)
	if err != nil {
		return nil, err
	}
	if err := asColumns(def, src.node.Schema(), u.Columns); err != nil {
		return nil, err
	}
	for i := range def.Columns {
		if err := e.c.mayUseType(def.Columns[i].Type); err != nil {
			return nil, err
		}
	}
	if u.Mat {
		def.Kind = types.KindMat
		if u.NoData {
			def.Kind = types.KindUnfilled
		}
		if k := uniqueKey(src.node); k >= 0 && keyType(def.Columns[k].Type) {
			def.Key = k
		}
	}
	if err := e.createTable(def, u.OnCommit); err != nil {
		return nil, err
	}
	if u.Mat {
		v := src.view
		v.Head, v.Mat, v.Filled = objects.Head{OID: def.OID, NS: ns, Name: def.Name}, true, !u.NoData
		e.o.Views[v.OID] = v
		if err := e.store(); err != nil {
			return nil, err
		}
	}
	switch {
	case u.NoData && u.Execute != nil:
		return tag("SELECT 0"), nil
	case u.NoData:
		return tag(word), nil
	}
	n, err := e.s.fill(e.r, def, src.node, src.params)
	if err != nil {
		return nil, err
	}
	return tag(countTag("SELECT", n)), nil
}

// rowSource is what a CREATE ... AS makes rows from.
type rowSource struct {
	node   plan.Node
	params []vec.Datum   // of an EXECUTE
	view   *objects.View // of a materialized view, without its name
}

// rowsOf plans the rows of a statement: a materialized view's query, an EXECUTE
// or a query, which the user must be allowed to run.
func (e *edit) rowsOf(u *ast.CreateTable) (rowSource, error) {
	switch {
	case u.Mat:
		return e.matRows(u)
	case u.Execute != nil:
		p, vals, err := e.s.executed(e.r.ctx, u.Execute)
		if err != nil {
			return rowSource{}, err
		}
		if p.plan.Query == nil {
			return rowSource{}, sqlerr.New(pgerrcode.WrongObjectType, "prepared statement is not a SELECT")
		}
		return rowSource{node: p.plan.Query, params: vals}, e.c.permitted(p.plan)
	}
	pl, err := planner.Plan(u.Query, e.c, planner.Options{ParamTypes: e.r.paramTypes, Fn: e.r.q.Fn})
	if err != nil {
		return rowSource{}, err
	}
	return rowSource{node: pl.Query, params: e.r.q.Params}, e.c.permitted(pl)
}

func (e *edit) matRows(u *ast.CreateTable) (rowSource, error) {
	if modifies(u.Query) {
		return rowSource{}, sqlerr.New(pgerrcode.FeatureNotSupported, "materialized views must not use data-modifying statements in WITH")
	}
	names := make([]string, len(u.Columns))
	for i := range u.Columns {
		names[i] = u.Columns[i].Name
	}
	v, temp, err := e.bindView(u.Query, u.QueryText, names, "too many column names were specified")
	if err != nil {
		return rowSource{}, err
	}
	if temp {
		return rowSource{}, sqlerr.New(pgerrcode.FeatureNotSupported, "materialized views must not use temporary tables or views")
	}
	node, err := e.planView(v)
	return rowSource{node: node, view: v}, err
}

// asColumns makes the columns of a table from those of a query.
func asColumns(def *types.Table, fields []plan.Field, names []ast.ColumnDef) error {
	if len(names) > len(fields) {
		return sqlerr.New(pgerrcode.SyntaxError, "too many column names were specified")
	}
	for i, f := range fields {
		name := f.Name
		if i < len(names) {
			name = names[i].Name
		}
		switch {
		case def.Column(name) >= 0:
			return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, name)
		case systemColumns[name]:
			return sqlerr.New(pgerrcode.DuplicateColumn, `column name "%s" conflicts with a system column name`, name)
		case !storable(f.Type):
			return sqlerr.New(pgerrcode.InvalidTableDefinition, `column "%s" has pseudo-type %s`, name, f.Type.String())
		}
		def.Columns = append(def.Columns, types.Column{Name: name, Type: f.Type})
	}
	return nil
}

// fill appends the rows of a plan to a new table.
func (s *Session) fill(r *run, def *types.Table, n plan.Node, params []vec.Datum) (int64, error) {
	r.read()
	r.q.Params = params
	var count int64
	err := r.each(n, func(b *vec.Batch) error {
		count += int64(b.N)
		for i, c := range b.Cols { // a column of the table has just its type
			if c.Type != def.Columns[i].Type {
				v := *c
				v.Type = def.Columns[i].Type
				b.Cols[i] = &v
			}
		}
		s.inserted(def, b.N)
		return s.tx.write.Append(r.ctx, def.Path(), b)
	})
	return count, err
}

// planView plans the query of a materialized view.
func (e *edit) planView(v *objects.View) (plan.Node, error) {
	view := e.c.planView(v)
	if view.Query == nil {
		return nil, sqlerr.New(pgerrcode.DataCorrupted, `the query of "%s" cannot be read`, v.Name)
	}
	pl, err := planner.Plan(view.Query, view.Catalog, planner.Options{Fn: e.r.q.Fn, NoBitmaps: e.s.values["enable_bitmapscan"] == "off"})
	if err != nil {
		err2 := *sqlerr.From(err)
		err2.Pos = 0
		return nil, &err2
	}
	return pl.Query, nil
}

// uniqueKey is the column of a plan that is the key of a tag table and has no
// value twice, -1 for none: a frozen audience then has a key index, too.
func uniqueKey(n plan.Node) int {
	switch n := n.(type) {
	case *plan.Scan:
		for i, c := range n.Cols {
			if c == n.Table.Key && c >= 0 {
				return i
			}
		}
	case *plan.Project:
		k := uniqueKey(n.Input)
		for i, x := range n.Exprs {
			if c, ok := x.(*plan.Col); ok && k >= 0 && c.Idx == k {
				return i
			}
		}
	case *plan.Filter:
		return uniqueKey(n.Input)
	case *plan.Sort:
		return uniqueKey(n.Input)
	case *plan.Limit:
		return uniqueKey(n.Input)
	case *plan.Distinct:
		return uniqueKey(n.Input)
	}
	return -1
}

// refresh runs REFRESH MATERIALIZED VIEW.
func (s *Session) refreshView(r *run, u *ast.Refresh) (session.Result, error) {
	e, err := s.edit(r, "REFRESH MATERIALIZED VIEW")
	if err != nil {
		return nil, err
	}
	if err := s.otherDB(u.Name); err != nil {
		return nil, err
	}
	if err := e.c.Denied(u.Name.Schema); err != nil {
		return nil, err
	}
	rel := e.c.find(u.Name.Schema, u.Name.Name)
	switch {
	case rel == nil:
		return nil, noRelation(u.Name)
	case !e.c.owns(e.c.relOwner(rel)):
		return nil, e.c.needOwner(rel)
	case rel.kind != 'm' || rel.view == nil:
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, `"%s" is not a materialized view`, u.Name.Name)
	case u.Concurrently && u.NoData:
		return nil, sqlerr.New(pgerrcode.SyntaxError, "CONCURRENTLY and WITH NO DATA options cannot be used together")
	case u.Concurrently && rel.def.Kind == types.KindUnfilled:
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "CONCURRENTLY cannot be used when the materialized view is not populated")
	case u.Concurrently && len(rel.def.Uniques) == 0:
		return nil, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `cannot refresh materialized view "%s.%s" concurrently`, e.c.nsName(rel.ns), rel.name).
			WithHint("Create a unique index with no WHERE clause on one or more columns of the materialized view.")
	}
	node, err := e.planView(rel.view)
	if err != nil {
		return nil, err
	}
	def := rel.def.Clone()
	def.Kind = types.KindMat
	if u.NoData {
		def.Kind = types.KindUnfilled
	}
	if def.Key >= 0 && uniqueKey(node) != def.Key {
		def.Key = -1
	}
	if err := e.w.Truncate(rel.def.Path()); err != nil {
		return nil, err
	}
	s.truncated(rel.def)
	if err := e.alter(rel.def, def); err != nil {
		return nil, err
	}
	v := *rel.view
	v.Filled = !u.NoData
	e.o.Views[v.OID] = &v
	if err := e.store(); err != nil {
		return nil, err
	}
	if !u.NoData {
		if _, err := s.fill(r, def, node, nil); err != nil {
			return nil, err
		}
	}
	return tag("REFRESH MATERIALIZED VIEW"), nil
}
