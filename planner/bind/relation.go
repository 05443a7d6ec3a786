package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// relation finds a name: a WITH query, a stored table, a view or a catalog
// relation. oid is the relation's, 0 for a WITH query.
func (b *binder) relation(r *ast.TableName) (n plan.Node, t *types.Table, oid uint32, err error) {
	if r.Name.Schema == "" {
		for c := b.ctes; c != nil; c = c.up {
			if c.name == r.Name.Name {
				n, err := b.useCTE(c, r)
				return n, nil, 0, err
			}
		}
	}
	if err := b.otherDB(r.Name); err != nil {
		return nil, nil, 0, err
	}
	if err := b.mayLook(r.Name); err != nil {
		return nil, nil, 0, err
	}
	if t, st := b.cat.Table(r.Name.Schema, r.Name.Name); t != nil {
		b.useName(r.Name, t)
		b.needTable(t, plan.SelectRows)
		n := ScanAll(t)
		n.EstRows = float64(st.Rows())
		if r.Alias.Name != "" {
			n.Alias = r.Alias.Name
		}
		b.pin(n, r.Name)
		if b.ordinals {
			withOrdinal(n)
		}
		return n, t, t.OID, nil
	}
	if v := b.cat.View(r.Name.Schema, r.Name.Name); v != nil {
		n, err := b.view(v)
		return n, nil, v.OID, err
	}
	if schema, fields := b.cat.Virtual(r.Name.Schema, r.Name.Name); fields != nil {
		n := &plan.CatalogScan{Schema_: schema, Name: r.Name.Name}
		n.Fields = fields
		b.out.Objects = b.cat.Objects()
		b.need(plan.Perm{OID: fields[0].TableOID, Schema: schema, Name: r.Name.Name}, plan.SelectRows)
		return n, nil, fields[0].TableOID, nil
	}
	switch kind := b.cat.Describe(r.Name.Schema, r.Name.Name); kind {
	case "index":
		return nil, nil, 0, sqlerr.At(r.Pos(), pgerrcode.WrongObjectType, "\"%s\" is an index", r.Name.Name)
	case "composite type":
		return nil, nil, 0, sqlerr.At(r.Pos(), pgerrcode.WrongObjectType, "\"%s\" is a composite type", r.Name.Name)
	}
	e := noRelation(r.Name).(*sqlerr.Error)
	if r.Name.Schema == "" && b.future[r.Name.Name] > 0 {
		e.WithDetail("There is a WITH item named \"%s\", but it cannot be referenced from this part of the query.", r.Name.Name).
			WithHint("Use WITH RECURSIVE, or re-order the WITH items to remove forward references.")
	}
	return nil, nil, 0, e.AtIfNone(r.Pos())
}

// pin gives a scan inside a view the columns that the table had when the view
// was made.
func (b *binder) pin(n *plan.Scan, name ast.Name) {
	p, ok := b.cat.(plan.Pins)
	if !ok {
		return
	}
	cols, names := p.Pin(name.Schema, name.Name)
	if cols == nil {
		return
	}
	fields := make([]plan.Field, len(cols))
	for i, c := range cols {
		fields[i] = n.Fields[c]
		fields[i].Name = names[i]
	}
	n.Cols, n.Fields = cols, fields
}

// view binds a view's query as it was meant when the view was made; the result
// has the view's columns.
func (b *binder) view(v *plan.View) (plan.Node, error) {
	b.out.Objects = b.cat.Objects()
	b.need(plan.Perm{OID: v.OID, Name: v.Name}, plan.SelectRows)
	cat, ctes, future, as := b.cat, b.ctes, b.future, b.as
	if b.as = v.OID; v.Invoker {
		b.as = 0
	}
	b.cat, b.ctes, b.future = v.Catalog, nil, map[string]int{}
	b.views++
	n, err := b.query(v.Query, where{nested: true})
	b.views--
	b.cat, b.ctes, b.future, b.as = cat, ctes, future, as
	if err != nil {
		return nil, withoutPos(err)
	}
	fields := append([]plan.Field(nil), n.Schema()...)
	for i := range fields {
		if i < len(v.Columns) {
			fields[i].Name = v.Columns[i].Name
		}
		fields[i].TableOID, fields[i].Attr = v.OID, int16(i+1)
	}
	p, ok := n.(*plan.Project)
	if !ok {
		p = &plan.Project{Input: n}
		for i, f := range n.Schema() {
			p.Exprs = append(p.Exprs, plan.NewCol(i, f.Name, f.Type))
		}
	}
	if len(v.Columns) < len(fields) { // columns that the view got later
		fields, p.Exprs = fields[:len(v.Columns)], p.Exprs[:len(v.Columns)]
	}
	p.Fields = fields
	return p, nil
}

// used notes that the statement itself, not a view of it, names a column.
func (b *binder) used(f *plan.Field) {
	b.reads(f)
	if b.views > 0 || b.naming > 0 || f.TableOID == 0 {
		return
	}
	if b.out.Uses == nil {
		b.out.Uses = map[plan.ColumnUse]bool{}
	}
	b.out.Uses[plan.ColumnUse{OID: f.TableOID, Attr: f.Attr}] = true
}

// otherDB refuses names of other databases.
func (b *binder) otherDB(n ast.Name) error {
	if n.DB == "" || n.DB == b.fn.DB {
		return nil
	}
	return sqlerr.At(n.Pos(), pgerrcode.FeatureNotSupported, "cross-database references are not implemented: \"%s.%s.%s\"", n.DB, n.Schema, n.Name)
}

// change words what a statement does: as an error, as a hint, as a trigger, as
// the error of a materialized view.
type change [4]string

var (
	toInsert = change{"cannot insert into", "inserting into the view", "INSERT", "cannot change"}
	toCopy   = change{"cannot copy to", "copying to the view", "INSERT", "cannot copy to"}
	toUpdate = change{"cannot update", "updating the view", "UPDATE", "cannot change"}
	toDelete = change{"cannot delete from", "deleting from the view", "DELETE", "cannot change"}
	toMerge  = change{"", "", "MERGE", "cannot change"}
)

// table finds a stored table for a statement that changes it.
func (b *binder) table(n ast.Name, how change) (*types.Table, error) {
	if err := b.otherDB(n); err != nil {
		return nil, err
	}
	if err := b.mayLook(n); err != nil {
		return nil, err
	}
	t, _ := b.cat.Table(n.Schema, n.Name)
	if t != nil {
		if t.Kind != "" {
			return nil, sqlerr.New(pgerrcode.WrongObjectType, how[3]+" materialized view \"%s\"", n.Name)
		}
		b.useName(n, t)
		return t, nil
	}
	switch kind := b.cat.Describe(n.Schema, n.Name); kind {
	case "sequence":
		return nil, sqlerr.New(pgerrcode.WrongObjectType, "cannot change sequence \"%s\"", n.Name)
	case "index":
		return nil, sqlerr.At(n.Pos(), pgerrcode.WrongObjectType, "\"%s\" is an index", n.Name)
	case "composite type":
		return nil, sqlerr.At(n.Pos(), pgerrcode.WrongObjectType, "\"%s\" is a composite type", n.Name)
	}
	if real, f := b.cat.Virtual(n.Schema, n.Name); f != nil {
		return nil, sqlerr.At(n.Pos(), pgerrcode.InsufficientPrivilege, "permission denied for table %s", n.Name).
			WithDetail("%s.%s is a system relation.", real, n.Name)
	}
	return nil, noRelation(n)
}

func (b *binder) use(t *types.Table) {
	if !b.touched[t] {
		b.touched[t] = true
		b.out.Tables = append(b.out.Tables, t)
	}
}

// useName notes what a name meant, so that the plan is made again when it means
// something else.
func (b *binder) useName(n ast.Name, t *types.Table) {
	b.use(t)
	if b.views > 0 {
		return
	}
	for _, o := range b.out.Names {
		if o.Schema == n.Schema && o.Name == n.Name {
			return
		}
	}
	b.out.Names = append(b.out.Names, plan.TableName{Schema: n.Schema, Name: n.Name, Def: t})
}
