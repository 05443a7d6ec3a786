package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/bind"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// resolveType turns a type as written into a type.
func (s *Session) resolveType(n ast.TypeName) (types.Type, error) {
	cat, release := s.catalog()
	defer release()
	if t, ok, err := bind.UserType(n, cat); ok || err != nil {
		return t, err
	}
	return bind.TypeName(n)
}

// columnType is resolveType for a stored column.
func (s *Session) columnType(name string, n ast.TypeName) (types.Type, error) {
	t, err := s.resolveType(n)
	if err == nil && !storable(t) {
		err = sqlerr.New(pgerrcode.InvalidTableDefinition, "column \"%s\" has pseudo-type %s", name, t.String())
	}
	return t, err
}

// storable reports types that a column can have: all but the pseudo-types.
func storable(t types.Type) bool {
	return t.Kind == types.Record && t.Ext != nil ||
		t.Kind < types.Record && t.Kind > types.Unknown && t.Kind != types.Void
}
