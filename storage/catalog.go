package storage

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/table"
)

// formatVersion is the layout of the catalog; a file of another one is refused.
const formatVersion = 1

// dbRecord is the record of the database.
type dbRecord struct {
	Format    int    `json:"format"`
	Version   uint64 `json:"version"`
	NextTable uint32 `json:"next_table"`
	NextOID   uint32 `json:"next_oid"`
}

// tableRecord is the record of a table. The names of types are stored, not
// their numbers, which may change between releases.
type tableRecord struct {
	Def      *types.Table `json:"def"`
	Types    []string     `json:"types"`
	Segments int          `json:"segments"`
	Plain    []uint32     `json:"plain,omitempty"`
	Dicts    []dictRecord `json:"dicts,omitempty"`
	Runs     []*keyRun    `json:"runs,omitempty"`
	Uniques  []uniqRecord `json:"uniques,omitempty"`
}

// uniqRecord is the index of a UNIQUE constraint.
type uniqRecord struct {
	ID   uint32    `json:"id"`
	Runs []*keyRun `json:"runs,omitempty"`
	Idx  []uint32  `json:"idx,omitempty"` // by segment: keys of rows below are in runs
}

type dictRecord struct {
	Col    uint32      `json:"col"`
	Chunks []dictChunk `json:"chunks"`
}

// logRecord is one line of the version log.
type logRecord struct {
	Time time.Time `json:"t"`
	Kind string    `json:"k"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record makes a catalog value: a CRC-32C and JSON.
func record(v any) ([]byte, error) {
	js, err := json.Marshal(v)
	if err != nil {
		return nil, sqlerr.New(pgerrcode.InternalError, "catalog record: %v", err).WithCause(err)
	}
	return append(binary.LittleEndian.AppendUint32(nil, crc32.Checksum(js, castagnoli)), js...), nil
}

// readRecord reads a catalog value.
func readRecord(b []byte, v any, what string) error {
	if len(b) < 4 || crc32.Checksum(b[4:], castagnoli) != binary.LittleEndian.Uint32(b) {
		return sqlerr.New(pgerrcode.DataCorrupted, "%s: checksum of the catalog record does not match", what)
	}
	if err := json.Unmarshal(b[4:], v); err != nil {
		return sqlerr.New(pgerrcode.DataCorrupted, "%s: catalog record: %v", what, err).WithCause(err)
	}
	return nil
}

// tableRecordOf makes the record of a table as it stands.
func tableRecordOf(t *tableState) *tableRecord {
	r := &tableRecord{Def: t.def, Segments: len(t.segs), Runs: t.runs}
	for i := range t.def.Columns {
		c := &t.def.Columns[i]
		r.Types = append(r.Types, c.Type.Stored())
		if t.plain[c.ID] {
			r.Plain = append(r.Plain, c.ID)
		}
		if d := t.dicts[c.ID]; d != nil && len(d.d.chunks) > 0 {
			r.Dicts = append(r.Dicts, dictRecord{Col: c.ID, Chunks: d.d.chunks})
		}
	}
	for i := range t.def.Uniques {
		id := t.def.Uniques[i].ID
		if u := t.uniq[id]; u != nil {
			r.Uniques = append(r.Uniques, uniqRecord{id, u.runs, u.idx})
		}
	}
	return r
}

// loader reads the state at Open.
type loader struct {
	v     *kv.View
	st    *state
	exts  *types.Exts
	fault func(err error) // told of what cannot be read; the rest is loaded
}

// load reads the catalog. A record of a table that cannot be read leaves the
// table out, one of a segment makes the segment fail when it is used.
func (l *loader) load() (*state, error) {
	l.st = &state{nextTable: 1, nextOID: 16384, tables: map[string]*tableState{}, meta: map[string][]byte{}}
	if b := l.v.Get(kv.Catalog, keyDB); b != nil {
		var r dbRecord
		if err := readRecord(b, &r, "database"); err != nil {
			return nil, err
		}
		if r.Format != formatVersion {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "data file has format %d, this tagd reads %d", r.Format, formatVersion)
		}
		l.st.ver, l.st.data, l.st.nextTable, l.st.nextOID = r.Version, r.Version, r.NextTable, r.NextOID
	}
	err := l.v.Scan(kv.Catalog, []byte("m"), func(k, val []byte) error {
		l.st.meta[string(k[1:])] = append([]byte{}, val...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = l.v.Scan(kv.Catalog, []byte("t"), func(k, val []byte) error {
		t, err := l.table(k, val)
		if err != nil {
			l.fault(err)
			return nil
		}
		l.st.tables[t.def.Path()] = t
		return nil
	})
	l.st.seal()
	return l.st, err
}

func (l *loader) table(k, val []byte) (*tableState, error) {
	var r tableRecord
	what := fmt.Sprintf("table record %x", k[1:])
	if err := readRecord(val, &r, what); err != nil {
		return nil, err
	}
	if r.Def == nil || len(r.Types) != len(r.Def.Columns) {
		return nil, sqlerr.New(pgerrcode.DataCorrupted, "%s: not a table", what)
	}
	for i, s := range r.Types {
		t, ok := l.exts.Type(s)
		if !ok {
			return nil, sqlerr.New(pgerrcode.DataCorrupted, "table %q: column %q has the unknown type %q", r.Def.Name, r.Def.Columns[i].Name, s)
		}
		r.Def.Columns[i].Type = t
	}
	t := &tableState{def: r.Def, dicts: map[uint32]*dictView{}, plain: map[uint32]bool{}, runs: r.Runs, fresh: &freshKeyset{}, uniq: map[uint32]*uniqueState{}, defs: &defCache{}, changed: l.st.data}
	for i := range r.Def.Uniques {
		t.uniq[r.Def.Uniques[i].ID] = &uniqueState{fresh: &freshKeyset{}}
	}
	for _, u := range r.Uniques {
		t.uniq[u.ID] = &uniqueState{u.Runs, &freshKeyset{}, u.Idx}
	}
	for _, id := range r.Plain {
		t.plain[id] = true
	}
	for _, d := range r.Dicts {
		if err := l.dict(t, d); err != nil {
			l.fault(err)
			if t.short == nil {
				t.short = map[uint32]error{}
			}
			t.short[d.Col] = err
		}
	}
	addDicts(t)
	for i := range r.Segments {
		t.segs = append(t.segs, l.segment(t, uint32(i)))
	}
	t.sum()
	return t, nil
}

func (l *loader) segment(t *tableState, i uint32) *segState {
	s := &segState{}
	what := fmt.Sprintf("table %q, segment %d", t.def.Name, i)
	err := sqlerr.New(pgerrcode.DataCorrupted, "%s: no catalog record", what)
	if b := l.v.Get(kv.Catalog, keySegment(t.def.ID, i)); b != nil {
		if rerr := readRecord(b, s, what); rerr != nil {
			err = sqlerr.From(rerr)
		} else {
			return s
		}
	}
	l.fault(err)
	return &segState{err: err}
}

// dict loads a dictionary's chunks. One that is damaged makes a dictionary that
// is short of values: the column shows itself as a plain one, so that nobody
// concludes from the dictionary that a value does not occur, and fails with
// XX001 when it is read; the table refuses changes.
func (l *loader) dict(t *tableState, r dictRecord) error {
	pos := -1
	for i := range t.def.Columns {
		if t.def.Columns[i].ID == r.Col {
			pos = i
		}
	}
	if pos < 0 {
		return nil // of a dropped column
	}
	d := newDict(t.def.Columns[pos].Type.Elem())
	t.dicts[r.Col] = d.view()
	for _, ch := range r.Chunks {
		b := l.v.Get(kv.Small, pageKey(t.def.ID, segDict, r.Col, page.Dict, ch.Ver))
		err := errVector
		if b != nil {
			var body []byte
			if _, body, err = page.Open(append([]byte(nil), b...)); err == nil {
				var v *vec.Vector
				if v, err = decodeVector(d.t, body); err == nil {
					err = d.load(v)
				}
			}
		}
		if err != nil || d.len() != ch.Len {
			return sqlerr.New(pgerrcode.DataCorrupted, "table %q, column %q: dictionary is damaged: %v", t.def.Name, t.def.Columns[pos].Name, err)
		}
		d.chunks = append(d.chunks, ch)
	}
	t.dicts[r.Col] = d.view()
	return nil
}

// addDicts gives every coded column that has no dictionary an empty one.
func addDicts(t *tableState) {
	for i := range t.def.Columns {
		c := &t.def.Columns[i]
		if f := t.form(i); (f == table.FormDict || f == table.FormSet) && t.dicts[c.ID] == nil {
			t.dicts[c.ID] = newDict(c.Type.Elem()).view()
		}
	}
}
