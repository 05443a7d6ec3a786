package storage

import (
	"bytes"
	"maps"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// changes are what a Write has changed: they can be laid over any committed state in
// which the same things are as they were. They stay as they were made.
type changes struct {
	tables             map[string]ownTable // by name
	metas              map[string]ownMeta
	nextTable, nextOID uint32
}

// ownTable is a name's table: as it was committed, and as the Write has it; nil is
// none.
type ownTable struct{ was, now *tableState }

type ownMeta struct{ was, now []byte }

// changesOf finds what a state has changed of the committed one it came from; keys
// are the Meta values that may have changed.
func changesOf(over, now *state, keys map[string]bool) *changes {
	o := &changes{tables: map[string]ownTable{}, metas: map[string]ownMeta{}, nextTable: now.nextTable, nextOID: now.nextOID}
	for name, t := range now.tables {
		if was := over.tables[name]; was != t {
			o.tables[name] = ownTable{was, t}
		}
	}
	for name, was := range over.tables {
		if now.tables[name] == nil {
			o.tables[name] = ownTable{was, nil}
		}
	}
	for key := range keys {
		if m := (ownMeta{over.meta[key], now.meta[key]}); !sameMeta(m.was, m.now) {
			o.metas[key] = m
		}
	}
	return o
}

// over lays the changes over a committed state, as a sealed state of a version. It
// is an error if that state has changed the same things: claims keep that from
// happening.
func (o *changes) over(cur *state, ver uint64) (*state, error) {
	st := cur.clone()
	st.ver = ver
	st.nextTable, st.nextOID = max(st.nextTable, o.nextTable), max(st.nextOID, o.nextOID)
	for name, t := range o.tables {
		if cur.tables[name] != t.was {
			return nil, errOverlap(name)
		}
		if t.now == nil {
			delete(st.tables, name)
		} else {
			st.tables[name] = t.now
		}
	}
	for key, m := range o.metas {
		if !sameMeta(cur.meta[key], m.was) {
			return nil, errOverlap(key)
		}
		if m.now == nil {
			delete(st.meta, key)
		} else {
			st.meta[key] = m.now
		}
	}
	if maps.Equal(st.tables, cur.tables) {
		st.defs = cur.defs
	} else {
		st.seal()
	}
	return st, nil
}

func sameMeta(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

func errOverlap(name string) error {
	return sqlerr.New(pgerrcode.SerializationFailure, "could not serialize access due to concurrent update").
		WithDetail("Another transaction has changed %q.", name)
}
