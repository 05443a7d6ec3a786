package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/roles"
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
	if err == nil && t.Ext != nil {
		c, release := s.catalog()
		defer release()
		err = c.mayUseType(t)
	}
	return t, err
}

// mayUseType refuses to make something of a type that the current user has no
// USAGE on; of an array its elements' type counts.
func (c *catalog) mayUseType(t types.Type) error {
	if t.Ext == nil || c.isSuper() {
		return nil
	}
	u := c.objs.Types[t.Ext.OID]
	if u == nil || c.Mask(c.typeACL(u.OID), c.user, c.objs.Owner(objects.ClassType, u.OID), roles.Usage) != 0 {
		return nil
	}
	return denied("permission denied for type %s", c.shownType(u.NS, u.Name))
}

// storable reports types that a column can have: all but the pseudo-types.
func storable(t types.Type) bool {
	return t.Kind == types.Record && t.Ext != nil ||
		t.Kind < types.Record && t.Kind > types.Unknown && t.Kind != types.Void
}
