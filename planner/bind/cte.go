package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// cte is a WITH query in sight.
type cte struct {
	up     *cte
	name   string
	id     int
	def    *ast.CTE
	fields []plan.Field
	// noRows is a change of data without RETURNING.
	noRows bool
	// Of a recursive WITH: bound is done, binding while its query is being bound;
	// work tells that its working table may be read, in the recursive term.
	bound, binding, work bool
	bind                 func(*cte) error
}

// withList is a WITH clause being bound.
type withList struct {
	ctes []plan.CTE
}

// with binds a WITH clause; the names stay in sight until the caller takes
// b.ctes back.
func (b *binder) with(list []ast.CTE, recursive bool, w where) (*withList, error) {
	out := &withList{}
	for i := range list {
		for _, o := range list[:i] {
			if o.Name == list[i].Name {
				return nil, sqlerr.At(list[i].Pos(), pgerrcode.DuplicateAlias, "WITH query name \"%s\" specified more than once", o.Name)
			}
		}
		if _, ok := list[i].Query.(*ast.Select); !ok && w.nested {
			return nil, sqlerr.At(list[i].Pos(), pgerrcode.FeatureNotSupported, "WITH clause containing a data-modifying statement must be at the top level")
		}
	}
	if recursive {
		return out, b.withRecursive(list, w, out)
	}
	for i := range list {
		b.future[list[i].Name]++
	}
	for i := range list {
		c := &cte{name: list[i].Name, def: &list[i]}
		err := b.bindCTE(c, w, out)
		if err != nil {
			return nil, err
		}
		b.future[c.name]--
		c.up = b.ctes
		b.ctes = c
	}
	return out, nil
}

// bindCTE binds one query of a WITH and adds it to the list.
func (b *binder) bindCTE(c *cte, w where, out *withList) error {
	b.cteID++
	c.id = b.cteID
	p := plan.CTE{ID: c.id, Name: c.name, Materialized: c.def.Materialized}
	q, ok := c.def.Query.(*ast.Select)
	if !ok {
		if err := b.changeCTE(c, w, &p); err != nil {
			return err
		}
		out.ctes = append(out.ctes, p)
		return nil
	}
	w.keep, w.nested = false, true
	n, err := b.query(q, w)
	if err != nil {
		return err
	}
	if p.Plan, err = c.rename(n); err != nil {
		return err
	}
	c.fields = p.Plan.Schema()
	out.ctes = append(out.ctes, p)
	return nil
}

// rename applies the column names of WITH name (columns).
func (c *cte) rename(n plan.Node) (plan.Node, error) {
	if len(c.def.Columns) > len(n.Schema()) {
		return nil, sqlerr.At(c.def.Pos(), pgerrcode.InvalidColumnReference, "WITH query \"%s\" has %d columns available but %d columns specified", c.name, len(n.Schema()), len(c.def.Columns))
	}
	return renamed(n, c.def.Columns), nil
}

// changeCTE binds a data-modifying statement of a WITH.
func (b *binder) changeCTE(c *cte, w where, p *plan.CTE) error {
	if _, merge := c.def.Query.(*ast.Merge); merge {
		return sqlerr.At(c.def.Pos(), pgerrcode.FeatureNotSupported, "MERGE not supported in WITH query")
	}
	outer := b.out
	b.out = &plan.Stmt{Tables: outer.Tables, Notices: outer.Notices}
	err := b.stmt(c.def.Query)
	p.Change = b.out
	outer.Tables, outer.Notices = b.out.Tables, b.out.Notices
	b.out = outer
	if err != nil {
		return err
	}
	p.Change.Tables, p.Change.Notices = nil, nil
	switch s := p.Change; {
	case s.Insert != nil:
		c.fields = s.Insert.Out
	case s.Update != nil:
		c.fields = s.Update.Out
	case s.Delete != nil:
		c.fields = s.Delete.Out
	default:
		return sqlerr.Unsupported(c.def.Pos(), "this statement in WITH is not supported")
	}
	c.fields = append([]plan.Field(nil), c.fields...)
	c.noRows = len(c.fields) == 0
	if len(c.def.Columns) > len(c.fields) && !c.noRows {
		return sqlerr.At(c.def.Pos(), pgerrcode.InvalidColumnReference, "WITH query \"%s\" has %d columns available but %d columns specified", c.name, len(c.fields), len(c.def.Columns))
	}
	for i := range c.fields {
		if i < len(c.def.Columns) {
			c.fields[i].Name = c.def.Columns[i]
		}
	}
	return nil
}

// over puts the WITH queries over what uses them.
func (l *withList) over(n plan.Node) plan.Node {
	if l == nil || len(l.ctes) == 0 {
		return n
	}
	out := &plan.With{CTEs: l.ctes, Input: n}
	out.Fields = n.Schema()
	return out
}

// useCTE reads the rows of a WITH query.
func (b *binder) useCTE(c *cte, r *ast.TableName) (plan.Node, error) {
	if c.noRows {
		return nil, sqlerr.At(r.Pos(), pgerrcode.FeatureNotSupported, "WITH query \"%s\" does not have a RETURNING clause", c.name)
	}
	if c.work {
		b.selfReads++
		n := &plan.WorkScan{ID: c.id, Name: c.name}
		n.Fields = c.fields
		return n, nil
	}
	if c.bind != nil && !c.bound {
		if c.binding {
			return nil, sqlerr.At(c.def.Pos(), pgerrcode.FeatureNotSupported, "mutual recursion between WITH items is not implemented")
		}
		if err := c.bind(c); err != nil {
			return nil, err
		}
	}
	n := &plan.CTEScan{ID: c.id, Name: c.name}
	n.Fields = c.fields
	return n, nil
}

// renamed gives the first columns other names.
func renamed(n plan.Node, names []string) plan.Node {
	if len(names) == 0 {
		return n
	}
	if p, ok := n.(*plan.Project); ok {
		c := *p
		c.Fields = append([]plan.Field(nil), p.Fields...)
		for i, name := range names {
			c.Fields[i].Name = name
		}
		return &c
	}
	var ts []target
	for i, f := range n.Schema() {
		name := f.Name
		if i < len(names) {
			name = names[i]
		}
		ts = append(ts, target{x: plan.NewCol(i, name, f.Type), name: name, off: -1})
	}
	return project(n, ts)
}
