package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

// typeName lowers a type as written.
func (l *lowerer) typeName(t *pg.TypeName) ast.TypeName {
	if t == nil {
		return ast.TypeName{At: -1}
	}
	l.noIf(t.Setof, t.Location, "SETOF")
	l.noIf(t.PctType, t.Location, "%TYPE")
	n := l.nameList(t.Names, t.Location)
	return ast.TypeName{At: l.at(t.Location), Schema: n.Schema, Name: n.Name, Mods: l.exprs(t.Typmods), Dims: len(t.ArrayBounds)}
}
