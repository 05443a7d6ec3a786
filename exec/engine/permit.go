package engine

import (
	"slices"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/planner/plan"
)

// permitted refuses a statement whose user lacks a privilege. It is asked at
// every execution, as PostgreSQL does, so that no plan outlives a REVOKE.
func (s *Session) permitted(p *prepared) error {
	plans := [2]*plan.Stmt{p.plan}
	if p.inner != nil {
		plans[1] = p.inner.plan
	}
	s.perms = p.plan.Perms
	version, known := s.version()
	now := permittedAt{seenAt{version, s.temp}, s.current}
	known = known && s.tx.roles == nil && p.inner == nil
	if at := p.may.Load(); known && at != nil && *at == now {
		return nil
	}
	for _, pl := range plans {
		if pl == nil {
			continue
		}
		s.perms = pl.Perms
		if len(pl.Perms) == 0 && len(pl.Calls) == 0 {
			continue
		}
		c, release := s.catalog()
		err := c.permitted(pl)
		release()
		if err != nil {
			return err
		}
	}
	if known {
		at := now
		p.may.Store(&at)
	}
	return nil
}

// permittedAt is where the privileges for a plan were found: they are there again
// for the same role in the same state.
type permittedAt struct {
	at   seenAt
	user uint32
}

// permitted is that for one plan (execMain.c, ExecCheckRTEPerms).
func (c *catalog) permitted(pl *plan.Stmt) error {
	for _, p := range pl.Perms {
		role := c.user
		if p.As != 0 {
			role = c.objs.Owner(objects.ClassRelation, p.As)
		}
		if c.IsSuper(role) {
			continue
		}
		rel := c.permRelation(p)
		if rel != nil && !c.permits(rel, role, p) {
			return denied("permission denied for %s %s", c.relWord(rel), rel.name)
		}
	}
	return c.mayCall(pl.Calls)
}

// mayCall refuses functions that not everybody may call.
func (c *catalog) mayCall(calls []plan.FuncUse) error {
	if len(calls) == 0 || c.isSuper() {
		return nil
	}
	for _, call := range calls {
		for _, f := range pgcatalog.Functions("", call.Name) {
			if !slices.Equal(f.Args, call.Args) && !call.Any {
				continue
			}
			if c.Mask(c.builtinACL('f', objects.ClassFunction, f.OID), c.user, roles.Super, roles.Execute) == 0 {
				return denied("permission denied for function %s", call.Name)
			}
		}
	}
	return nil
}

// relWord is what a relation is in messages.
func (c *catalog) relWord(rel *relation) string {
	if rel.kind == 'V' && pgcatalog.IsTable(c.nsName(rel.ns), rel.name) {
		return "table"
	}
	return kindWords[rel.kind]
}

// permRelation is the relation that a privilege is needed on.
func (c *catalog) permRelation(p *plan.Perm) *relation {
	switch {
	case p.Table != nil:
		rel := &relation{kind: 'r', oid: p.OID, ns: p.Table.NS, name: p.Table.Name, def: p.Table}
		if p.Table.Kind != "" {
			rel.kind = 'm'
		}
		return rel
	case p.Schema == "":
		return c.relationOf(p.OID)
	}
	ns, _ := c.namespace(p.Schema)
	return c.in(ns, p.Name)
}

var accessModes = []struct {
	access plan.Access
	mode   roles.Mode
	cols   func(p *plan.Perm) map[int16]bool
}{
	{plan.SelectRows, roles.Select, func(p *plan.Perm) map[int16]bool { return p.Select }},
	{plan.InsertRows, roles.Insert, func(p *plan.Perm) map[int16]bool { return p.Insert }},
	{plan.UpdateRows, roles.Update, func(p *plan.Perm) map[int16]bool { return p.Update }},
	{plan.DeleteRows, roles.Delete, nil},
}

// permits tells whether a role has what is needed, on the relation or on each of
// the columns.
func (c *catalog) permits(rel *relation, role uint32, p *plan.Perm) bool {
	for _, a := range accessModes {
		if p.Need&a.access == 0 || c.relMask(rel, role, a.mode) != 0 {
			continue
		}
		if a.cols == nil {
			return false
		}
		cols := a.cols(p)
		if len(cols) == 0 && !c.anyCol(rel, role, a.mode) {
			return false
		}
		for attr := range cols {
			if c.colMask(rel, int(attr), role, a.mode) == 0 {
				return false
			}
		}
	}
	return true
}

// mayRead reports whether the current user may read all the given columns of a
// table, by position: only then errors may show their values.
func (c *catalog) mayRead(rel *relation, cols []int) bool {
	if c.relMask(rel, c.user, roles.Select) != 0 {
		return true
	}
	for _, i := range cols {
		if c.colMask(rel, i+1, c.user, roles.Select) == 0 {
			return false
		}
	}
	return true
}
