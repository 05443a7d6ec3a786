package engine

import (
	"sync"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/types"
)

// known are lists over all tables of one committed state. Functions of the
// catalog are called for every row, and would list them each time.
type known struct {
	version uint64
	db      uint32
	objs    *objects.Set
	temp    uint32
	tables  []*types.Table
	byOID   map[uint32]*types.Table
	lists   pgcatalog.Lists

	refsOnce sync.Once
	refs     map[uint32][]referrer
}

// referring is catalog.referring.
func (k *known) referring(oid uint32) []referrer {
	k.refsOnce.Do(func() {
		k.refs = map[uint32][]referrer{}
		for _, def := range k.tables {
			for i := range def.Refs {
				k.refs[def.Refs[i].Table] = nil
			}
		}
		for oid := range k.refs {
			k.refs[oid] = referring(k.tables, oid)
		}
	})
	return k.refs[oid]
}

// lastKnown keeps what a session has listed last.
type lastKnown struct {
	mu sync.Mutex
	k  *known
}

// listed returns the lists of a catalog, nil for one with changes of its own.
func (c *catalog) listed() *known {
	if c.known == nil && c.last != nil {
		c.known = c.last.of(c)
	}
	return c.known
}

func (l *lastKnown) of(c *catalog) *known {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.k; k != nil && k.version == c.snap.Version() && k.db == c.db && k.objs == c.objs && k.temp == c.temp {
		return k
	}
	k := &known{version: c.snap.Version(), db: c.db, objs: c.objs, temp: c.temp, tables: c.listTables(), byOID: map[uint32]*types.Table{}}
	for _, def := range k.tables {
		k.byOID[def.OID] = def
	}
	l.k = k
	return k
}
