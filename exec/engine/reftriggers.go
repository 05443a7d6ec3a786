package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// setTriggers runs ENABLE and DISABLE TRIGGER. All triggers there are belong to the
// system: those of foreign keys, on either side, and of deferrable keys. Scripts that
// load tables in any order turn them off, and what they load is not checked later.
func (a *alterer) setTriggers(c *ast.AlterAction) error {
	t := c.Triggers
	switch {
	case t.User:
		return nil
	case !t.All:
		return sqlerr.New(pgerrcode.UndefinedObject, `trigger "%s" for table "%s" does not exist`, c.Column, a.def.Name)
	}
	if name := pgcatalog.FirstTrigger(a.e.c.source(a.s), a.def.OID); name != "" && !a.e.c.isSuper() {
		return sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied: "%s" is a system trigger`, name)
	}
	for i := range a.def.Uniques {
		a.def.Uniques[i].Off = t.Off && a.def.Uniques[i].Deferrable
	}
	for i := range a.def.Refs {
		k := &a.def.Refs[i]
		k.GotOff = t.Off
		if k.Table == a.def.OID {
			k.LostOff = t.Off
		}
	}
	for _, f := range a.e.c.referring(a.def.OID) {
		if f.def.OID == a.def.OID {
			continue
		}
		err := a.e.change(f.def.OID, func(o *alterer) error {
			o.def.Foreign(f.key.Name).LostOff = t.Off
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
