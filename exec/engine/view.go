package engine

import (
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// createView runs CREATE [OR REPLACE] VIEW.
func (s *Session) createView(r *run, u *ast.CreateView) (session.Result, error) {
	q, ok := u.Query.(*ast.Select)
	if !ok {
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "views must not contain SELECT INTO")
	}
	if modifies(q) {
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "views must not contain data-modifying statements in WITH")
	}
	e, err := s.edit(r, "CREATE VIEW")
	if err != nil {
		return nil, err
	}
	v, temp, err := e.bindView(q, u.Text, u.Columns, "CREATE VIEW specifies more column names than columns")
	if err != nil {
		return nil, err
	}
	if temp && !u.Temp {
		s.notice(sqlerr.Notice(`view "%s" will be a temporary view`, u.Name.Name))
	}
	ns, err := e.target(u.Name, u.Temp || temp)
	if err != nil {
		return nil, err
	}
	v.Head = objects.Head{NS: ns, Name: u.Name.Name}
	old := e.c.in(ns, u.Name.Name)
	switch {
	case old == nil && !e.c.taken(ns, u.Name.Name):
		v.OID = e.w.NewOID()
	case !u.Replace || old == nil:
		return nil, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, u.Name.Name)
	case old.kind != 'v':
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a view`, u.Name.Name)
	case !e.c.owns(e.c.relOwner(old)):
		return nil, e.c.needOwner(old)
	default:
		if err := e.replaces(v, old.view); err != nil {
			return nil, err
		}
	}
	opts := u.Options
	if u.CheckOption != "" {
		opts = append(slices.Clone(opts), ast.Option{Name: "check_option", Value: []string{u.CheckOption}})
	}
	if err := e.viewOptions(v, opts); err != nil {
		return nil, err
	}
	e.o.Views[v.OID] = v
	if old == nil {
		if err := e.born(objects.ClassRelation, v.OID, v.NS, "r"); err != nil {
			return nil, err
		}
	}
	return tag("CREATE VIEW"), e.store()
}

// replaces holds the new form of a view to the old one's columns.
func (e *edit) replaces(v, old *objects.View) error {
	if len(v.Columns) < len(old.Columns) {
		return sqlerr.New(pgerrcode.InvalidTableDefinition, "cannot drop columns from view")
	}
	for i := range old.Columns {
		was, is := &old.Columns[i], &v.Columns[i]
		if was.Name != is.Name {
			return sqlerr.New(pgerrcode.InvalidTableDefinition, `cannot change name of view column "%s" to "%s"`, was.Name, is.Name).
				WithHint("Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.")
		}
		if was.Type != is.Type {
			from, _ := e.c.exts.Type(was.Type)
			to, _ := e.c.exts.Type(is.Type)
			return sqlerr.New(pgerrcode.InvalidTableDefinition, `cannot change data type of view column "%s" from %s to %s`, was.Name, from, to)
		}
	}
	v.OID = old.OID
	for _, r := range v.Refs {
		if r.OID == v.OID {
			return sqlerr.New(pgerrcode.InvalidObjectDefinition, `infinite recursion detected in rules for relation "%s"`, v.Name)
		}
	}
	return nil
}

// bindView binds the query of a view and notes what its names mean. temp tells
// that one of them is temporary.
func (e *edit) bindView(q *ast.Select, text string, names []string, tooMany string) (v *objects.View, temp bool, err error) {
	rec := &recorder{catalog: e.c}
	pl, err := planner.Plan(q, rec, planner.Options{Fn: e.r.q.Fn})
	if err != nil {
		return nil, false, err
	}
	if len(pl.Params) > 0 {
		at, n := paramAt(q)
		return nil, false, sqlerr.At(at, pgerrcode.UndefinedParameter, "there is no parameter $%d", n)
	}
	v = &objects.View{Text: text, Refs: rec.taken(pl.Uses)}
	fields := pl.Query.Schema()
	v.Columns, err = viewColumns(fields, names, tooMany)
	for i := 0; err == nil && i < len(fields); i++ {
		err = e.c.mayUseType(fields[i].Type)
	}
	return v, rec.temp, err
}

func viewColumns(fields []plan.Field, names []string, tooMany string) ([]objects.Column, error) {
	if len(names) > len(fields) {
		return nil, sqlerr.New(pgerrcode.SyntaxError, "%s", tooMany)
	}
	var out []objects.Column
	for i, f := range fields {
		name := f.Name
		if i < len(names) {
			name = names[i]
		}
		out = append(out, objects.Column{Name: name, Type: f.Type.Stored()})
	}
	for i := range out {
		for j := range out[i+1:] {
			if out[i].Name == out[i+1+j].Name {
				return nil, sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, out[i].Name)
			}
		}
		if t := fields[i].Type; t.Kind == types.Record && t.Ext == nil || t.Kind == types.Void {
			return nil, sqlerr.New(pgerrcode.InvalidTableDefinition, `column "%s" has pseudo-type %s`, out[i].Name, t)
		}
	}
	return out, nil
}

// modifies reports whether a query's WITH changes rows.
func modifies(q *ast.Select) bool {
	for _, c := range q.With {
		if _, ok := c.Query.(*ast.Select); !ok {
			return true
		}
	}
	return false
}

// renameViewColumn runs ALTER VIEW ... RENAME COLUMN.
func (e *edit) renameViewColumn(rel *relation, from, to string) error {
	if rel.view == nil {
		return sqlerr.New(pgerrcode.WrongObjectType, `cannot rename columns of relation "%s"`, rel.name)
	}
	v := *rel.view
	v.Columns = append([]objects.Column(nil), v.Columns...)
	at := -1
	for i := range v.Columns {
		switch v.Columns[i].Name {
		case from:
			at = i
		case to:
			return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" already exists`, to, rel.name)
		}
	}
	if at < 0 {
		return sqlerr.New(pgerrcode.UndefinedColumn, `column "%s" does not exist`, from)
	}
	v.Columns[at].Name = to
	e.o.Views[v.OID] = &v
	if rel.kind == 'm' {
		def := rel.def.Clone()
		def.Columns[at].Name = to
		if err := e.alter(rel.def, def); err != nil {
			return err
		}
	}
	return e.store()
}

// alterView runs ALTER VIEW ... SET and RESET of options, and ALTER COLUMN ... SET
// DEFAULT.
func (s *Session) alterView(r *run, u *ast.AlterView) (session.Result, error) {
	e, err := s.edit(r, "ALTER VIEW")
	if err != nil {
		return nil, err
	}
	rel, err := e.named(u.Name, "VIEW", u.IfExists)
	if rel == nil || err != nil {
		return tag("ALTER VIEW"), err
	}
	if u.Column != "" {
		return nil, sqlerr.Unsupported(u.Name.Pos(), "defaults of view columns are not supported")
	}
	v := *rel.view
	var opts []ast.Option
	for _, o := range v.Options {
		name, value, _ := strings.Cut(o, "=")
		given := func(n ast.Option) bool { return n.Name == name }
		if !slices.ContainsFunc(u.Set, given) && !slices.ContainsFunc(u.Reset, given) {
			opts = append(opts, ast.Option{Name: name, Value: []string{value}})
		}
	}
	if err := e.viewOptions(&v, append(opts, u.Set...)); err != nil {
		return nil, err
	}
	e.o.Views[v.OID] = &v
	return tag("ALTER VIEW"), e.store()
}
