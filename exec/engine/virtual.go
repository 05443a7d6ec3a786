package engine

import (
	"time"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
)

// pgEpoch is 2000-01-01, from which timestamps count.
var pgEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// virtual makes the rows of a catalog relation for the statement in hand.
func (s *Session) virtual(schema, name string) (*vec.Batch, error) {
	c, release := s.catalog()
	defer release()
	if r := c.find(schema, name); r != nil && r.seq != nil {
		return s.sequenceRow(r.seq)
	}
	src := c.source(s)
	src.Live = func(name string, add func(...any)) { s.live(c, name, add) }
	return pgcatalog.Rows(src, schema, name), nil
}

// source is what the catalog relations are made from.
func (c *catalog) source(s *Session) *pgcatalog.Source {
	src := &pgcatalog.Source{
		Objects: c.objs, Exts: c.exts, Temp: c.temp, DB: s.db, User: s.user, Roles: c.In, Current: c.user, Texts: texts{c, s},
		Rows: func(def *types.Table) int64 {
			if t, ok := c.snap.Table(def.Path()); ok {
				return t.Rows()
			}
			return 0
		},
		Pages: c.pages,
		Count: func(q *objects.Sequence) (int64, bool) {
			n, err := s.e.counter(q)
			if err != nil {
				return 0, false
			}
			n.mu.Lock()
			defer n.mu.Unlock()
			return n.last, n.called
		},
	}
	if k := c.listed(); k != nil {
		src.Lists = &k.lists
	}
	for _, def := range c.tables() {
		if !objects.IsTemp(def.NS) || def.NS == c.temp {
			src.Tables = append(src.Tables, def)
		}
	}
	for _, d := range databasesOf(c.snap).list {
		limit := -1
		if d.Limit != nil {
			limit = *d.Limit
		}
		x := pgcatalog.Database{OID: d.OID, Name: d.Name, Template: d.Template, Closed: d.Closed, Limit: limit, Comment: d.Comment, Owner: d.owner()}
		if d.ACL != nil {
			x.ACL = *d.ACL
		}
		for _, k := range sortedKeys(d.Settings) {
			name := k
			if def := settingByName[k]; def != nil {
				name = def.shown()
			}
			x.Settings = append(x.Settings, name+"="+d.Settings[k])
		}
		src.Databases = append(src.Databases, x)
	}
	return src
}

// pages is how many blocks the ctids of a table's rows have.
func (c *catalog) pages(def *types.Table) int64 {
	t, ok := c.snap.Table(def.Path())
	if !ok || t.Segments() == 0 {
		return 0
	}
	last := t.Segments() - 1
	n := int64(last) * bitmap.SegmentRows
	if seg, err := t.Segment(last); err == nil {
		n += int64(seg.N())
		seg.Close()
	}
	return (n + types.TidBlockRows - 1) / types.TidBlockRows
}

// sequenceFields are the columns of a sequence that is read like a table.
var sequenceFields = []plan.Field{{Name: "last_value", Type: types.Of(types.Int8)}, {Name: "log_cnt", Type: types.Of(types.Int8)},
	{Name: "is_called", Type: types.Of(types.Bool)}}

// sequenceRow is the row of such a reading.
func (s *Session) sequenceRow(q *objects.Sequence) (*vec.Batch, error) {
	n, err := s.e.counter(q)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	vals := []vec.Datum{{I: n.last}, {I: n.ahead}, boolDatum(n.called)}
	b := &vec.Batch{N: 1}
	for i, f := range sequenceFields {
		b.Cols = append(b.Cols, vec.NewConst(f.Type, vals[i], 1))
	}
	return b, nil
}
