package engine

import (
	"slices"
	"sort"
	"strings"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/parse"
	"tagd/sql/types"
)

// addr names an object or a part of one: a column by its ID.
type addr struct {
	class depClass
	oid   uint32
	sub   uint32 // of a composite type: an attribute by its number
}

type depClass byte

const (
	depRelation depClass = iota // with sub: a column
	depDefault                  // of a column
	depType
	depSchema
	depForeign // a foreign key
)

// dependent is an object that depends on another one. own: it goes with the
// other without a word; bound: it cannot go without the other.
type dependent struct {
	addr
	own, bound bool
	// late: of the parts of one object the one with the lower number is told of
	// first, as defaults are objects of their own there.
	late bool
}

// graph tells for every object what depends on it.
type graph struct {
	c       *catalog
	deps    map[addr][]dependent
	foreign map[uint32]referrer // foreign keys by OID
}

// newGraph collects the dependencies of a database.
func newGraph(c *catalog) *graph {
	g := &graph{c: c, deps: map[addr][]dependent{}, foreign: map[uint32]referrer{}}
	for _, def := range c.tables() {
		g.table(def)
	}
	for _, v := range c.objs.Views {
		at := addr{class: depRelation, oid: v.OID}
		if !v.Mat {
			g.add(addr{class: depSchema, oid: v.NS}, at, false)
		}
		for i := range v.Refs {
			g.ref(&v.Refs[i], at)
		}
	}
	for _, q := range c.objs.Sequences {
		at := addr{class: depRelation, oid: q.OID}
		if q.Table == 0 {
			g.add(addr{class: depSchema, oid: q.NS}, at, false)
		} else {
			owner := addr{depRelation, q.Table, q.Col}
			g.deps[owner] = append(g.deps[owner], dependent{addr: at, own: true, bound: q.Identity})
		}
	}
	for _, t := range c.objs.Types {
		at := addr{class: depType, oid: t.OID}
		g.add(addr{class: depSchema, oid: t.NS}, at, false)
		if t.ArrayOID != 0 {
			g.add(at, addr{class: depType, oid: t.ArrayOID}, true)
		}
		for _, a := range t.Attrs {
			if attr, ok := c.exts.Type(a.Type); ok {
				g.uses(addr{depType, t.OID, a.Num}, attr)
			}
		}
		if base, ok := c.exts.Type(t.Base); ok && base.Ext != nil {
			g.add(addr{class: depType, oid: base.Ext.OID}, at, false)
		}
	}
	for _, x := range c.objs.Indexes {
		at := addr{class: depRelation, oid: x.OID}
		g.add(addr{class: depRelation, oid: x.Table}, at, true)
		cols := slices.Clone(x.Cover)
		if def := c.byOID(x.Table); def != nil && x.Where != "" {
			cols = append(cols, exprColumns(def, x.Where)...)
		}
		for _, k := range x.Keys {
			cols = append(append(cols, k.Col), k.Uses...)
		}
		for _, col := range cols {
			if col != 0 {
				g.add(addr{depRelation, x.Table, col}, at, true)
			}
		}
	}
	return g
}

func (g *graph) add(on, who addr, own bool) {
	g.deps[on] = append(g.deps[on], dependent{addr: who, own: own})
}

// table adds what a table and its columns depend on.
func (g *graph) table(def *types.Table) {
	self := addr{class: depRelation, oid: def.OID}
	g.add(addr{class: depSchema, oid: def.NS}, self, false)
	g.foreignKeys(def)
	for i := range def.Columns {
		col := &def.Columns[i]
		at := addr{depRelation, def.OID, col.ID}
		g.uses(at, col.Type)
		for _, oid := range sequencesIn(col.Default) {
			g.add(addr{class: depRelation, oid: oid}, addr{depDefault, def.OID, col.ID}, false)
		}
		for _, used := range exprColumns(def, col.Generated) {
			on := addr{depRelation, def.OID, used}
			g.deps[on] = append(g.deps[on], dependent{addr: at, late: true})
		}
	}
}

// uses adds the dependency of an object on a type that a user has made. Row types
// and their arrays, of which there are many, get their own dependencies only here.
func (g *graph) uses(at addr, t types.Type) {
	if t.Ext == nil {
		return
	}
	oid := t.Ext.OID
	if t.Array && t.Domain() == nil {
		oid = t.OID()
	}
	if rel, _, ok := pgcatalog.RowTypeRelation(oid); ok && t.Domain() == nil {
		row := addr{class: depType, oid: pgcatalog.RowTypeOID(rel)}
		g.part(addr{class: depRelation, oid: rel}, row)
		if oid != row.oid {
			g.part(row, addr{class: depType, oid: oid})
		}
	}
	g.add(addr{class: depType, oid: oid}, at, false)
}

// part adds a dependency of an object that goes with the other, once.
func (g *graph) part(on, who addr) {
	for _, d := range g.deps[on] {
		if d.addr == who {
			return
		}
	}
	g.add(on, who, true)
}

// ref adds a view's dependency on a relation or type.
func (g *graph) ref(r *objects.Ref, who addr) {
	if r.OID == 0 {
		return
	}
	if r.Type {
		if rel, _, ok := pgcatalog.RowTypeRelation(r.OID); ok {
			g.add(addr{class: depRelation, oid: rel}, who, false)
			return
		}
		for _, c := range r.Cols {
			g.add(addr{depType, r.OID, c.ID}, who, false)
		}
		if len(r.Cols) > 0 {
			return
		}
		g.add(addr{class: depType, oid: r.OID}, who, false)
		return
	}
	any := false
	for _, c := range r.Cols {
		if c.Used {
			g.add(addr{depRelation, r.OID, c.ID}, who, false)
			any = true
		}
	}
	if !any {
		g.add(addr{class: depRelation, oid: r.OID}, who, false)
	}
}

// exprColumns returns the IDs of the columns that a stored expression uses.
func exprColumns(def *types.Table, text string) []uint32 {
	if text == "" {
		return nil
	}
	x, err := parse.Expr(text)
	if err != nil {
		return nil
	}
	var out []uint32
	for _, ref := range columnRefs(x) {
		if i := def.Column(ref.Parts[len(ref.Parts)-1]); i >= 0 {
			out = append(out, def.Columns[i].ID)
		}
	}
	return out
}

// on lists what depends on an object; on a whole one, also what depends on its
// parts. Newest first.
func (g *graph) on(a addr) []dependent {
	var out []dependent
	seen := map[addr]bool{a: true}
	take := func(list []dependent) {
		for _, d := range list {
			if !seen[d.addr] && !(a.sub == 0 && d.class == a.class && d.oid == a.oid) && !(a.class == depRelation && a.sub == 0 && d.class == depDefault && d.oid == a.oid) {
				seen[d.addr] = true
				out = append(out, d)
			}
		}
	}
	if a.sub != 0 {
		take(g.deps[a])
	} else {
		for at, list := range g.deps {
			if at.class == a.class && at.oid == a.oid {
				take(list)
			}
		}
	}
	whole := map[addr]bool{} // what depends on a composite type comes before what depends on its attributes
	for _, d := range g.deps[a] {
		whole[d.addr] = a.class == depType
	}
	sort.Slice(out, func(i, j int) bool {
		x, y := out[i], out[j]
		if whole[x.addr] != whole[y.addr] {
			return whole[x.addr]
		}
		if i, j := age(x.addr), age(y.addr); i != j {
			return i > j
		}
		if x.class != y.class {
			return x.class < y.class
		}
		return (x.sub < y.sub) != (x.late && y.late)
	})
	return out
}

// age is the OID by which objects are ordered: row types are as old as their
// relations.
func age(a addr) uint32 {
	if rel, _, ok := pgcatalog.RowTypeRelation(a.oid); ok && a.class == depType {
		return rel
	}
	return a.oid
}

// doomed is an object that a DROP takes along, and because of which other.
type doomed struct {
	dependent
	because addr
	target  bool
}

// doomed lists what goes when the targets go, in the order in which Postgres
// reports it: the targets and, after each object, what depends on it.
func (g *graph) doomed(targets []addr) []doomed {
	seen := map[addr]bool{}
	isTarget := map[addr]bool{}
	for _, t := range targets {
		isTarget[t] = true
	}
	var list []doomed
	var visit func(d doomed)
	visit = func(d doomed) {
		if seen[d.addr] || d.class != depDefault && d.sub != 0 && seen[addr{class: d.class, oid: d.oid}] ||
			d.class == depDefault && (seen[addr{class: depRelation, oid: d.oid}] || seen[addr{depRelation, d.oid, d.sub}]) {
			return
		}
		seen[d.addr] = true
		for _, n := range g.on(d.addr) {
			visit(doomed{n, d.addr, isTarget[n.addr]})
		}
		list = append(list, d)
	}
	for _, t := range targets {
		visit(doomed{dependent: dependent{addr: t}, target: true})
	}
	g.goesAlong(list, seen)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// describe names an object as getObjectDescription does.
func (g *graph) describe(a addr) string {
	switch a.class {
	case depSchema:
		return "schema " + g.c.nsName(a.oid)
	case depType:
		t := g.c.objs.Types[a.oid]
		if t != nil && a.sub != 0 {
			for _, at := range t.Attrs {
				if at.Num == a.sub {
					return "column " + quoteIdent(at.Name) + " of composite type " + g.c.shownType(t.NS, t.Name)
				}
			}
		}
		if t != nil {
			return "type " + g.c.shownType(t.NS, t.Name)
		}
		for _, t := range g.c.objs.Types {
			if t.ArrayOID == a.oid {
				return "type " + g.c.shownType(t.NS, t.Name) + "[]"
			}
		}
		if name, ok := g.c.ownType(a.oid); ok {
			return "type " + name
		}
		return "type"
	case depForeign:
		return g.describeForeign(a.oid)
	case depDefault:
		return "default value for " + g.describe(addr{depRelation, a.oid, a.sub})
	}
	r := g.c.relationOf(a.oid)
	if r == nil {
		return "relation"
	}
	whole := kindWords[r.kind] + " " + g.c.shown(r.ns, r.name)
	if a.sub == 0 {
		return whole
	}
	if r.def != nil && r.kind != 'i' {
		for i := range r.def.Columns {
			if r.def.Columns[i].ID == a.sub {
				return "column " + quoteIdent(r.def.Columns[i].Name) + " of " + whole
			}
		}
	}
	if r.view != nil && int(a.sub) <= len(r.view.Columns) {
		return "column " + quoteIdent(r.view.Columns[a.sub-1].Name) + " of " + whole
	}
	return whole
}

// shownType is a type's name, qualified where it would not be found without.
func (c *catalog) shownType(ns uint32, name string) string {
	for _, p := range c.path {
		if p == ns {
			return quoteIdent(name)
		}
		if c.objs.Type(p, name) != nil {
			break
		}
	}
	return quoteIdent(c.nsName(ns)) + "." + quoteIdent(name)
}

// maxReported is how many dependents a message lists (MAX_REPORTED_DEPS).
const maxReported = 100

// lines joins at most maxReported lines and counts the rest.
func lines(list []string) string {
	if len(list) <= maxReported {
		return strings.Join(list, "\n")
	}
	more := len(list) - maxReported
	tail := "\nand " + itoa(more) + " other object"
	if more > 1 {
		tail += "s"
	}
	return strings.Join(list[:maxReported], "\n") + tail + " (see server log for list)"
}
