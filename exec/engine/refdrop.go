package engine

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// foreignKeys adds the foreign keys of a table to the graph: they go with the columns
// that refer, and columns and unique indexes that they refer to cannot go without
// them.
func (g *graph) foreignKeys(def *types.Table) {
	for i := range def.Refs {
		k := &def.Refs[i]
		at := addr{class: depForeign, oid: k.OID}
		g.foreign[k.OID] = referrer{def, k}
		for _, id := range k.Cols {
			g.add(addr{depRelation, def.OID, id}, at, true)
		}
		for _, id := range k.RefCols {
			if !(k.Table == def.OID && k.Uses(id)) {
				g.add(addr{depRelation, k.Table, id}, at, false)
			}
		}
		p := g.c.pair(def, k)
		if p == nil {
			continue
		}
		u, ok := p.parent.KeyOver(p.refs)
		if !ok || u < 0 || !p.parent.Uniques[u].Index {
			continue
		}
		for _, x := range g.c.objs.Indexes {
			if x.Table == p.parent.OID && x.Name == p.parent.Uniques[u].Name {
				g.add(addr{class: depRelation, oid: x.OID}, at, false)
			}
		}
	}
}

// goesAlong marks foreign keys whose own table goes too: nobody is told of them.
func (g *graph) goesAlong(list []doomed, seen map[addr]bool) {
	for i := range list {
		if list[i].class == depForeign && seen[addr{class: depRelation, oid: g.foreign[list[i].oid].def.OID}] {
			list[i].own = true
		}
	}
}

// describeForeign names a foreign key.
func (g *graph) describeForeign(oid uint32) string {
	f := g.foreign[oid]
	if f.def == nil {
		return "constraint"
	}
	return "constraint " + f.key.Name + " on table " + g.c.shown(f.def.NS, f.def.Name)
}

// removeForeign drops a foreign key of another table.
func (e *edit) removeForeign(g *graph, oid uint32) error {
	f := g.foreign[oid]
	if f.def == nil {
		return nil
	}
	return e.change(f.def.OID, func(a *alterer) error {
		a.dropForeign(oid)
		return nil
	})
}

// dropForeign takes a foreign key away.
func (a *alterer) dropForeign(oid uint32) {
	for _, k := range a.def.Refs {
		if k.OID == oid {
			a.moveComment(k.Name, "")
		}
	}
	a.def.Refs = slices.DeleteFunc(a.def.Refs, func(k types.ForeignKey) bool { return k.OID == oid })
}

// keyNeeded refuses to drop the key of a name that foreign keys refer to, or with
// cascade drops those.
func (a *alterer) keyNeeded(name string, cascade bool) error {
	u := -2
	if a.def.Key >= 0 && a.def.KeyName == name {
		u = -1
	}
	for i := range a.def.Uniques {
		if q := &a.def.Uniques[i]; q.Name == name && !q.Index {
			u = i
		}
	}
	if u == -2 {
		return nil
	}
	g := newGraph(a.e.c)
	var told []string
	var gone []referrer
	shown := name + " on table " + a.e.c.shown(a.old.NS, a.old.Name)
	index := a.e.c.shown(a.old.NS, name)
	list := a.e.c.referring(a.def.OID)
	slices.Reverse(list)
	for _, f := range list {
		k := f.key
		if f.def.OID == a.def.OID {
			if k = a.def.Foreign(k.Name); k == nil {
				continue // the statement has dropped it already
			}
		}
		if at, ok := a.def.KeyOver(a.def.Places(k.RefCols)); !ok || at != u {
			continue
		}
		gone = append(gone, f)
		if cascade {
			told = append(told, "drop cascades to "+g.describeForeign(k.OID))
		} else {
			told = append(told, g.describeForeign(k.OID)+" depends on index "+index)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if !cascade {
		return sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop constraint %s because other objects depend on it", shown).
			WithDetail("%s", lines(told)).WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
	}
	a.e.cascades(told)
	a.objects = true // comments go too
	for _, f := range gone {
		if f.def.OID == a.def.OID {
			a.dropForeign(f.key.OID)
		} else if err := a.e.removeForeign(g, f.key.OID); err != nil {
			return err
		}
	}
	return nil
}

// truncated completes the list of tables of a TRUNCATE by those that refer to them,
// or without cascade refuses to leave one out (heap_truncate_check_FKs).
func (e *edit) truncated(defs []*types.Table, cascade bool) ([]*types.Table, error) {
	for i := 0; i < len(defs); i++ {
		for _, f := range e.c.referring(defs[i].OID) {
			if slices.ContainsFunc(defs, func(d *types.Table) bool { return d.OID == f.def.OID }) {
				continue
			}
			if !cascade {
				return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot truncate a table referenced in a foreign key constraint").
					WithDetail(`Table "%s" references "%s".`, f.def.Name, defs[i].Name).
					WithHint(`Truncate table "%s" at the same time, or use TRUNCATE ... CASCADE.`, f.def.Name)
			}
			e.s.notice(sqlerr.Notice(`truncate cascades to table "%s"`, f.def.Name))
			rel := &relation{kind: 'r', oid: f.def.OID, ns: f.def.NS, name: f.def.Name, def: f.def}
			if e.c.relMask(rel, e.c.user, roles.Truncate) == 0 {
				return nil, denied("permission denied for table %s", rel.name)
			}
			defs = append(defs, f.def)
		}
	}
	return defs, nil
}

// emptiedAtCommit holds tables that lose their rows at commit to foreign keys among
// themselves.
func (e *edit) emptiedAtCommit(defs []*types.Table) error {
	for _, def := range defs {
		for _, f := range e.c.referring(def.OID) {
			if !slices.ContainsFunc(defs, func(d *types.Table) bool { return d.OID == f.def.OID }) {
				return sqlerr.New(pgerrcode.FeatureNotSupported, "unsupported ON COMMIT and foreign key combination").
					WithDetail(`Table "%s" references "%s", but they do not have the same ON COMMIT setting.`, f.def.Name, def.Name)
			}
		}
	}
	return nil
}

// setUnlogged changes whether a table is logged, which foreign keys may forbid
// (ATPrepChangePersistence).
func (a *alterer) setUnlogged(unlogged bool) error {
	if unlogged == a.def.Unlogged {
		return nil
	}
	refuse := func(format, other string) error {
		e := sqlerr.New(pgerrcode.InvalidTableDefinition, format, a.def.Name, other)
		e.Object, e.Table = a.def.OID, a.def.Name
		return e
	}
	for i := range a.def.Refs {
		to := a.e.c.byOID(a.def.Refs[i].Table)
		if !unlogged && to != nil && to.OID != a.def.OID && to.Unlogged {
			return refuse(`could not change table "%s" to logged because it references unlogged table "%s"`, to.Name)
		}
	}
	for _, f := range a.e.c.referring(a.def.OID) {
		if unlogged && f.def.OID != a.def.OID && !f.def.Unlogged {
			return refuse(`could not change table "%s" to unlogged because it references logged table "%s"`, f.def.Name)
		}
	}
	a.def.Unlogged = unlogged
	return nil
}
