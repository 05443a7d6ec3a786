package engine

import (
	"slices"

	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// dropColumn runs DROP COLUMN; what needs the column is in its way without CASCADE.
func (a *alterer) dropColumn(c *ast.AlterAction) error {
	i := a.def.Column(c.Column)
	if i < 0 {
		if c.IfExists {
			a.s.notice(sqlerr.Notice(`column "%s" of relation "%s" does not exist, skipping`, c.Column, a.def.Name))
			return nil
		}
		return noColumn(c.Column, a.def.Name)
	}
	if err := a.dependents(a.def.Columns[i].ID, c.Cascade); err != nil {
		return err
	}
	if i = a.def.Column(c.Column); i < 0 {
		return nil
	}
	return a.removeColumn(a.def.Columns[i].ID)
}

// dependents drops, or without cascade refuses to leave behind, what depends on
// a column that is about to go.
func (a *alterer) dependents(id uint32, cascade bool) error {
	g := newGraph(a.e.c)
	target := addr{depRelation, a.def.OID, id}
	list := g.doomed([]addr{target})
	if err := a.e.tell(g, list, []addr{target}, cascade); err != nil {
		return err
	}
	for _, d := range list {
		if d.target {
			continue
		}
		a.objects = true
		var err error
		if d.class == depRelation && d.oid == a.def.OID && d.sub != 0 {
			err = a.removeColumn(d.sub)
		} else if d.class == depForeign && g.foreign[d.oid].def.OID == a.def.OID {
			a.dropForeign(d.oid)
		} else {
			err = a.e.removeOne(g, d.addr)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeColumn takes a column out of the definition. Constraints that use the
// column go with it.
func (a *alterer) removeColumn(id uint32) error {
	i := columnByID(a.def, id)
	if i < 0 {
		return nil
	}
	if i == a.def.Key {
		a.def.Key, a.def.KeyName = -1, ""
	}
	kept := a.def.Checks[:0:0]
	for _, k := range a.def.Checks {
		if !checkUses(&k, a.def.Columns[i].Name) {
			kept = append(kept, k)
		}
	}
	a.def.Checks = kept
	uniques := a.def.Uniques[:0:0]
	for _, u := range a.def.Uniques {
		uses := false
		for k, c := range u.Cols {
			uses = uses || c == i
			if c > i {
				u.Cols[k]--
			}
		}
		if !uses {
			uniques = append(uniques, u)
		}
	}
	a.def.Uniques = uniques
	a.def.Refs = slices.DeleteFunc(a.def.Refs, func(k types.ForeignKey) bool {
		return k.Uses(id) || k.Table == a.def.OID && slices.Contains(k.RefCols, id)
	})
	a.def.Columns = append(a.def.Columns[:i], a.def.Columns[i+1:]...)
	if a.def.Key > i {
		a.def.Key--
	}
	return nil
}

// columnByID is the position of a column, -1 for none.
func columnByID(def *types.Table, id uint32) int {
	for i := range def.Columns {
		if def.Columns[i].ID == id {
			return i
		}
	}
	return -1
}

// dropDefault takes a column's default away.
func (a *alterer) dropDefault(id uint32) {
	if i := columnByID(a.def, id); i >= 0 {
		a.def.Columns[i].Default = ""
	}
}

// dropUnique takes a UNIQUE constraint or a unique index away.
func (a *alterer) dropUnique(name string) {
	for i := range a.def.Uniques {
		if a.def.Uniques[i].Name == name {
			a.def.Uniques = append(a.def.Uniques[:i:i], a.def.Uniques[i+1:]...)
			return
		}
	}
}

// checkUses reports whether a CHECK names a column.
func checkUses(k *types.Check, col string) bool {
	x, err := parse.Expr(k.Expr)
	if err != nil {
		return true
	}
	for _, ref := range columnRefs(x) {
		if ref.Star || ref.Parts[len(ref.Parts)-1] == col {
			return true
		}
	}
	return false
}
