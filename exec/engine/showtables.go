package engine

import (
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func showDatabases(s *Session, _ *ast.ShowObjects) ([][]*string, error) {
	snap, release := s.snapshot()
	defer release()
	var out [][]*string
	for _, d := range databasesOf(snap).list {
		if !d.Template {
			out = append(out, cells(d.Name))
		}
	}
	sort.Slice(out, func(i, j int) bool { return *out[i][0] < *out[j][0] })
	return out, nil
}

// shownRelation is a table or view that SHOW TABLES lists.
type shownRelation struct {
	name, comment string
	def           *types.Table  // nil for a view
	view          *objects.View // nil for a table
}

// listed gives the tables and views of FROM schema, or of the search path. A
// database's name stands for the path in it: MySQL's schemas are databases.
func (s *Session) listed(u *ast.ShowObjects) ([]shownRelation, error) {
	c, release := s.catalog()
	defer release()
	visible := c.visible
	if in := u.Table.Schema; in != "" && in != s.db {
		ns, ok := c.namespace(in)
		if !ok {
			return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, in)
		}
		visible = func(at uint32, _ string) bool { return at == ns }
	}
	var out []shownRelation
	for _, def := range c.tables() {
		if visible(def.NS, def.Name) {
			out = append(out, shownRelation{name: def.Name, comment: def.Comment, def: def})
		}
	}
	for _, v := range c.objs.Views {
		if !v.Mat && visible(v.NS, v.Name) {
			out = append(out, shownRelation{name: v.Name, view: v})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out, nil
}

func showTablesCols(s *Session, u *ast.ShowObjects) []string {
	name := s.db
	if u.Table.Schema != "" {
		name = u.Table.Schema
	}
	if u.Full {
		return []string{"Tables_in_" + name, "Table_type"}
	}
	return []string{"Tables_in_" + name}
}

func showTables(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	list, err := s.listed(u)
	var out [][]*string
	for _, r := range list {
		kind := "BASE TABLE"
		if r.view != nil {
			kind = "VIEW"
		}
		if u.Full {
			out = append(out, cells(r.name, kind))
		} else {
			out = append(out, cells(r.name))
		}
	}
	return out, err
}

func showTableStatus(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	list, err := s.listed(u)
	if err != nil {
		return nil, err
	}
	c, release := s.catalog()
	defer release()
	var out [][]*string
	for _, r := range list {
		if r.def == nil {
			out = append(out, cells(r.name, null, null, null, "VIEW"))
			continue
		}
		n := int64(0)
		if t, ok := c.snap.Table(r.def.Path()); ok {
			n = t.Rows()
		}
		out = append(out, cells(r.name, "tagd", n, "utf8mb4_bin", r.comment))
	}
	return out, nil
}

// shownTable is the relation that a SHOW is about.
func (s *Session) shownTable(u *ast.ShowObjects) (*relation, func(), error) {
	c, release := s.catalog()
	n := u.Table
	if n.Schema == s.db {
		n.Schema = ""
	}
	rel := c.find(n.Schema, n.Name)
	if rel == nil || rel.def == nil && rel.view == nil {
		release()
		return nil, nil, noRelationAt(u.Table)
	}
	return rel, release, nil
}
