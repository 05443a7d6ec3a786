package engine

import (
	"slices"
	"sync"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/storage/table"
)

// catalog is what planning sees: a snapshot with what the open transaction has
// changed laid over it, and the session's search path.
type catalog struct {
	snap table.Snapshot
	defs map[string]*types.Table // nil entry: dropped
	db   uint32
	objs *objects.Set
	err  error // the objects could not be read: objs is empty and must not be stored
	exts *types.Exts

	roles.In            // the roles of the file, seen from the database
	user     uint32     // the current user
	last     *lastKnown // keeps what is listed of this state; nil for one of an open change
	known    *known     // see listed

	temp     uint32   // the session's temporary schema, 0 for none yet
	path     []uint32 // schemas in the order of search
	explicit []uint32 // those that search_path names
	create   uint32   // where new objects go
}

// catalogOf returns the catalog of the session at a snapshot.
func (s *Session) catalogOf(snap table.Snapshot) *catalog {
	c := &catalog{snap: snap, defs: s.tx.defs, db: s.dbOID, objs: s.tx.objs, temp: s.temp, exts: s.e.store.Exts()}
	if c.objs == nil {
		c.objs, c.err = s.e.sets.get(snap, s.dbOID)
	}
	if s.tx.write == nil && len(s.tx.defs) == 0 {
		c.last = &s.known
	}
	c.In, c.user = s.rolesOf(snap), s.current
	c.setPath(s)
	return c
}

// catalog returns what the next statement sees. Call release when done.
func (s *Session) catalog() (c *catalog, release func()) {
	snap, release := s.snapshot()
	return s.catalogOf(snap), release
}

// stored returns the definition of a table by its path, nil for none.
func (c *catalog) stored(path string) *types.Table {
	if def, ok := c.defs[path]; ok {
		return def
	}
	t, ok := c.snap.Table(path)
	if !ok {
		return nil
	}
	return t.Def()
}

// Table returns a stored table and its statistics. See plan.Catalog.
func (c *catalog) Table(schema, name string) (*types.Table, plan.Stats) {
	r := c.find(schema, name)
	if r == nil || r.kind != 'r' && r.kind != 'm' {
		return nil, nil
	}
	return r.def, c.Stats(r.def)
}

// Stats returns a table's statistics. See plan.Catalog.
func (c *catalog) Stats(def *types.Table) plan.Stats {
	if _, ok := c.defs[def.Path()]; !ok {
		if t, ok := c.snap.Table(def.Path()); ok {
			return tableStats{t}
		}
	}
	return noStats{}
}

// oneTable is a catalog in which every table's name is that of one definition,
// which need not be stored: for its own expressions.
type oneTable struct {
	*catalog
	def *types.Table
}

// Table returns the definition. See plan.Catalog.
func (c *oneTable) Table(_, _ string) (*types.Table, plan.Stats) { return c.def, c.Stats(c.def) }

// View finds none: every name is the table's. See plan.Catalog.
func (c *oneTable) View(_, _ string) *plan.View { return nil }

// Virtual returns the columns of a catalog relation. See plan.Catalog.
func (c *catalog) Virtual(schema, name string) (string, []plan.Field) {
	if r := c.find(schema, name); r != nil {
		return c.virtual(r)
	}
	return "", nil
}

// virtual returns the schema and columns of a catalog relation or a sequence.
func (c *catalog) virtual(r *relation) (string, []plan.Field) {
	switch r.kind {
	case 'V':
		return pgcatalog.Fields(c.nsName(r.ns), r.name)
	case 'S':
		fields := slices.Clone(sequenceFields)
		for i := range fields {
			fields[i].TableOID, fields[i].Attr = r.oid, int16(i+1)
		}
		return c.nsName(r.ns), fields
	}
	return "", nil
}

// Type returns a user's type. See plan.Catalog.
func (c *catalog) Type(schema, name string) (types.Type, bool) {
	if t, ok := infoTypes[name]; ok && schema == "information_schema" {
		return t, true
	}
	if t, r := c.findAnyType(schema, name); t != nil {
		return c.typeOf(t)
	} else if r != nil {
		return c.rowType(r)
	}
	return types.Type{}, false
}

// findAnyType finds a type that a user has made, or the relation whose row type
// has a name.
func (c *catalog) findAnyType(schema, name string) (*objects.Type, *relation) {
	path := c.path
	if schema != "" {
		ns, ok := c.namespace(schema)
		if !ok {
			return nil, nil
		}
		path = []uint32{ns}
	}
	for _, ns := range path {
		if t := c.objs.Type(ns, name); t != nil {
			return t, nil
		}
		if r := c.in(ns, name); r != nil && (r.kind == 'r' || r.kind == 'v' || r.kind == 'm') {
			return nil, r
		}
	}
	return nil, nil
}

// findType finds a user's type by schema and name, or along the search path.
func (c *catalog) findType(schema, name string) *objects.Type {
	if schema != "" {
		ns, ok := c.namespace(schema)
		if !ok {
			return nil
		}
		return c.objs.Type(ns, name)
	}
	for _, ns := range c.path {
		if t := c.objs.Type(ns, name); t != nil {
			return t
		}
	}
	return nil
}

// typeOf is the Type of an enum, a domain or a composite type.
func (c *catalog) typeOf(t *objects.Type) (types.Type, bool) {
	ext := c.exts.Get(t.OID)
	switch t.Kind {
	case "e":
		return types.Type{Kind: types.Enum, Ext: ext}, true
	case "c":
		return types.Type{Kind: types.Record, Ext: ext}, true
	case "d":
		base, ok := c.exts.Type(t.Base)
		base.Ext = ext
		return base, ok
	}
	return types.Type{}, false
}

// Domain returns a domain. See plan.Catalog.
func (c *catalog) Domain(oid uint32) *plan.DomainDef {
	t := c.objs.Types[oid]
	if t == nil || t.Kind != "d" {
		return nil
	}
	base, _ := c.exts.Type(t.Base)
	return &plan.DomainDef{Name: c.shownType(t.NS, t.Name), Base: base, NotNull: t.NotNull, Default: t.Default, Checks: t.Checks}
}

// setCache keeps the decoded objects of databases by the bytes that they were
// read from, which a store hands out again as long as nothing changes.
type setCache struct {
	mu sync.Mutex
	m  map[*byte]*objects.Set
}

// maxSets is how many decoded sets are kept.
const maxSets = 64

// get returns the objects of a database in a snapshot.
func (s *setCache) get(snap table.Snapshot, db uint32) (*objects.Set, error) {
	raw := snap.Meta(objectsKey(db))
	if len(raw) == 0 {
		return freshSet, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.m[&raw[0]]; o != nil {
		return o, nil
	}
	o, err := objects.Decode(raw)
	if err != nil {
		return freshSet, err
	}
	if s.m == nil || len(s.m) >= maxSets {
		s.m = map[*byte]*objects.Set{}
	}
	s.m[&raw[0]] = o
	return o, nil
}

// freshSet is the objects of a database in which nothing was made yet.
var freshSet = objects.New()

// tableStats are a stored table's statistics.
type tableStats struct{ t table.Table }

func (s tableStats) Rows() int64 { return s.t.Rows() }

func (s tableStats) Codes(col int) int {
	if s.t.Form(col) != table.FormDict {
		return 0
	}
	return s.t.Dict(col).Len()
}

func (s tableStats) IsSet(col int) bool { return s.t.Form(col) == table.FormSet }

func (s tableStats) Range(col int) (lo, hi int64, ok bool) { return s.t.Range(col) }

// noStats are those of a table that only the open transaction knows.
type noStats struct{}

func (noStats) Rows() int64                    { return 0 }
func (noStats) Codes(int) int                  { return 0 }
func (noStats) IsSet(int) bool                 { return false }
func (noStats) Range(int) (int64, int64, bool) { return 0, 0, false }
