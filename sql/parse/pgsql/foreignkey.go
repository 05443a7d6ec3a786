package pgsql

import (
	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// references lowers REFERENCES of a foreign key.
func (l *lowerer) references(c *pg.Constraint) *ast.References {
	out := &ast.References{Table: l.rangeVar(c.Pktable), Full: c.FkMatchtype == "f", OnUpdate: c.FkUpdAction, OnDelete: c.FkDelAction,
		SetCols: l.strs(c.FkDelSetCols)}
	for _, k := range c.PkAttrs {
		out.Columns = append(out.Columns, l.str(k))
	}
	return out
}

// deferral collects what stands after a constraint of a column: DEFERRABLE and its
// kin (transformConstraintAttrs).
type deferral struct {
	deferrable, initially bool // said already
}

// attribute applies one such clause to the last constraint; false for a constraint.
func (d *deferral) attribute(l *lowerer, c *pg.Constraint, list []ast.Constraint) bool {
	word, initially := "", false
	switch c.GetContype() {
	case pg.ConstrType_CONSTR_ATTR_DEFERRABLE:
		word = "DEFERRABLE"
	case pg.ConstrType_CONSTR_ATTR_NOT_DEFERRABLE:
		word = "NOT DEFERRABLE"
	case pg.ConstrType_CONSTR_ATTR_DEFERRED:
		word, initially = "INITIALLY DEFERRED", true
	case pg.ConstrType_CONSTR_ATTR_IMMEDIATE:
		word, initially = "INITIALLY IMMEDIATE", true
	default:
		*d = deferral{}
		return false
	}
	bad := func(format string, args ...any) bool {
		l.fail(sqlerr.At(int(l.at(c.Location)), pgerrcode.SyntaxError, format, args...))
		return true
	}
	k := &ast.Constraint{}
	if len(list) > 0 {
		k = &list[len(list)-1]
	}
	switch {
	case k.Kind != ast.PrimaryKey && k.Kind != ast.Unique && k.Kind != ast.ForeignKey:
		return bad("misplaced %s clause", word)
	case initially && d.initially:
		return bad("multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed")
	case !initially && d.deferrable:
		return bad("multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed")
	case word == "INITIALLY DEFERRED" && d.deferrable && !k.Deferrable, word == "NOT DEFERRABLE" && k.Deferred:
		return bad("constraint declared INITIALLY DEFERRED must be DEFERRABLE")
	case word == "INITIALLY DEFERRED":
		k.Deferred, k.Deferrable = true, true
	case !initially:
		k.Deferrable = word == "DEFERRABLE"
	}
	d.initially, d.deferrable = d.initially || initially, d.deferrable || !initially
	return true
}
