package storage

import (
	"errors"
	"fmt"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/segment"
	"tagd/storage/table"
)

// reader reads the stored parts of tables. Pages of the version own are an
// uncommitted Write's own, which may yet change: they bypass the cache, and
// patches of it are in memory.
//
// Pages of a Write that are not in the file yet are in its output.
type reader struct {
	db    *DB
	out   *output // of the Write that is read, nil: none
	own   uint64
	draft func(tab uint32, seg int) *patch // own's patch of a segment, nil if none
	meta  func(key string) []byte          // small values of the state that is read; nil: the committed one's
}

func (db *DB) reader() *reader { return &reader{db: db} }

// place names table, column (-1: none) and segment in a corruption error.
func place(t *tableState, col, seg int, err error) error {
	if err == nil {
		return nil
	}
	var e *sqlerr.Error
	if errors.As(err, &e) && (e.Code != pgerrcode.DataCorrupted || e.Table != "") {
		return err
	}
	if e != nil && e.Cause != nil && e.Code == pgerrcode.DataCorrupted {
		err = e.Cause // named for a column by itself
	}
	if col < 0 {
		n := sqlerr.New(pgerrcode.DataCorrupted, "table %q, live rows of segment %d: %v", t.def.Name, seg, err).WithCause(err)
		n.Table = t.def.Name
		return n
	}
	name := t.def.Columns[col].Name
	n := sqlerr.New(pgerrcode.DataCorrupted, "table %q, column %q, segment %d: %v", t.def.Name, name, seg, err).WithCause(err)
	n.Table, n.Column = t.def.Name, name
	return n
}

// plain takes the message of a corruption error, which a place will be put before.
func plain(err error) error {
	var e *sqlerr.Error
	if errors.As(err, &e) && e.Code == pgerrcode.DataCorrupted {
		return errors.New(e.Message)
	}
	return err
}

// body returns the checked body of a page.
func (r *reader) body(s kv.Space, tab, seg, col uint32, kind page.Kind, ver uint64) ([]byte, error) {
	load := func() (any, int64, error) {
		p := r.out.get(pageKey(tab, seg, col, kind, ver))
		if p != nil {
			_, body, err := page.Open(p)
			return body, 200, err
		}
		err := r.db.kv.View(func(v *kv.View) error {
			b := v.Get(s, pageKey(tab, seg, col, kind, ver))
			if b == nil {
				return sqlerr.New(pgerrcode.DataCorrupted, "the %v page of version %d is not in the file", kind, ver)
			}
			p = append(make([]byte, 0, len(b)), b...)
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
		k, body, err := page.Open(p)
		if err == nil && k != kind {
			err = sqlerr.New(pgerrcode.DataCorrupted, "page is of kind %v, not %v", k, kind)
		}
		return body, int64(len(p)) + 200, err
	}
	b, err := r.cached(cacheKey{tab, seg, col, cacheKind(kind), ver}, load)
	if err != nil {
		return nil, err
	}
	return b.([]byte), nil
}

// cached goes through the cache, but for what the reader's own version wrote.
func (r *reader) cached(k cacheKey, load func() (any, int64, error)) (any, error) {
	if k.ver == r.own {
		v, _, err := load()
		return v, err
	}
	return r.db.cache.get(k, load)
}

// patch returns a patch of a segment; an error names column col, -1: the live rows.
func (r *reader) patch(t *tableState, seg, col int, ref *patchRef) (*patch, error) {
	if ref.Ver == r.own {
		if p := r.draft(t.def.ID, seg); p != nil {
			return p, nil
		}
	}
	p, err := r.db.cache.get(cacheKey{t.def.ID, uint32(seg), 0, cachePatch, ref.Ver}, func() (any, int64, error) {
		b, err := r.body(kv.Small, t.def.ID, uint32(seg), 0, page.Patch, ref.Ver)
		if err != nil {
			return nil, 0, err
		}
		p, err := decodePatch(b, bitmap.SegmentRows)
		return p, 200, err
	})
	if err != nil {
		return nil, place(t, col, seg, fmt.Errorf("patch of version %d: %w", ref.Ver, plain(err)))
	}
	return p.(*patch), nil
}

// column is what the base pages of a column are.
func baseColumn(t *tableState, col int, form table.Form) segment.Column {
	c := segment.Column{Form: t.form(col)}
	if form == table.FormDict || form == table.FormSet || form == table.FormInt {
		c.Coded = c.Form == table.FormPlain
	}
	if d := t.dict(col); d != nil {
		c.Dict = d
	}
	return c
}

// base reads the base pages of a column back into a buffer; one without has no rows.
func (r *reader) base(t *tableState, seg, col int) (*colBuf, error) {
	s := t.segs[seg]
	def := &t.def.Columns[col]
	cs := s.col(def.ID)
	var d *dict
	if v := t.dict(col); v != nil {
		d = v.d
	}
	if cs.Ver == 0 {
		c := newColBuf(def.Type, t.form(col), d)
		c.ro = true
		return c, nil
	}
	bc := baseColumn(t, col, cs.Form)
	if cs.Ver == r.own && d != nil {
		bc.Dict = d.view() // the Write's own pages have codes that the table's view lacks yet
	}
	in, err := segment.Decode(def.Type, bc, int(cs.N), func(k page.Kind) ([]byte, error) {
		if !hasKind(&cs, k) {
			return nil, nil
		}
		return r.body(kv.Pages, t.def.ID, uint32(seg), def.ID, k, cs.Ver)
	})
	if err != nil {
		return nil, place(t, col, seg, err)
	}
	return bufOf(&in, def.Type, d), nil
}

func hasKind(cs *colState, k page.Kind) bool {
	for _, x := range cs.Kinds {
		if x == k {
			return true
		}
	}
	return false
}

// bufOf makes a buffer of decoded rows; it shares their memory and must not be
// reset.
func bufOf(in *segment.Input, t types.Type, d *dict) *colBuf {
	c := &colBuf{t: t, form: in.Form, n: in.N, dict: d, ro: true}
	c.nulls = in.Nulls
	switch in.Form {
	case table.FormDict:
		c.codes, c.nulls = in.Codes, nil
	case table.FormInt:
		c.ints = in.Ints
	case table.FormFloat:
		c.floats = in.Floats
	case table.FormSet:
		c.off, c.codes = in.Off, in.Codes
	case table.FormPlain:
		c.nulls, c.done = nil, in.Values
	}
	return c
}

// change is one row that patches put over the base: row j of source k.
type change struct {
	off  uint32
	k, j int32
}

// merge returns all rows of a column, patches applied. A draft patch of the
// reader's own version counts even if the base pages are of that version: they
// hold what the Write appended, and its updates come on top.
func (r *reader) merge(t *tableState, seg, col int) (*colBuf, error) {
	s := t.segs[seg]
	def := &t.def.Columns[col]
	base, err := r.base(t, seg, col)
	if err != nil {
		return nil, err
	}
	cs := s.col(def.ID)
	var srcs []*colBuf
	var over []change
	for i := range s.Patches {
		ref := &s.Patches[i]
		if ref.Ver <= cs.Ver && !(ref.Ver == r.own && cs.Ver == r.own) || !ref.has(def.ID) {
			continue
		}
		p, err := r.patch(t, seg, col, ref)
		if err != nil {
			return nil, err
		}
		for k := range p.cols {
			c := &p.cols[k]
			if c.id != def.ID {
				continue
			}
			b, err := p.values(c, base)
			if err != nil {
				return nil, place(t, col, seg, err)
			}
			for j := range b.n {
				off := p.first + uint32(j)
				if c.offs != nil {
					off = c.offs[j]
				}
				over = append(over, change{off, int32(len(srcs)), int32(j)})
			}
			srcs = append(srcs, b)
		}
	}
	if len(over) == 0 && base.n == int(s.N) {
		return base, nil
	}
	return overlay(t, col, int(s.N), base, srcs, over)
}

// overlay puts changes over the base rows; where neither has a row it is older
// than the column. Later changes of a row win.
func overlay(t *tableState, col, n int, base *colBuf, srcs []*colBuf, over []change) (*colBuf, error) {
	over = lastChanges(over)
	dst := newColBuf(base.t, base.form, base.dict)
	dst.ro = true
	miss, err := t.missingOf(col)
	if err != nil {
		return nil, err
	}
	upTo := func(hi int) error { // base or missing rows up to hi
		if lo := dst.n; lo < min(hi, base.n) {
			if err := dst.appendBuf(base, lo, min(hi, base.n)); err != nil {
				return err
			}
		}
		if k := hi - dst.n; k > 0 {
			return dst.appendVec(vec.NewConst(base.t, miss, k), 0, k)
		}
		return nil
	}
	for i := 0; i < len(over); {
		c := over[i]
		if int(c.off) >= n {
			return nil, place(t, col, -1, errVector)
		}
		run := 1
		for i+run < len(over) && over[i+run].k == c.k && over[i+run].j == c.j+int32(run) && over[i+run].off == c.off+uint32(run) {
			run++
		}
		if err := upTo(int(c.off)); err != nil {
			return nil, err
		}
		if err := dst.appendBuf(srcs[c.k], int(c.j), int(c.j)+run); err != nil {
			return nil, err
		}
		i += run
	}
	return dst, upTo(n)
}

// merged is a column built in memory from pages and patches.
type merged struct {
	form  table.Form
	pages [page.NumKinds][]byte // bodies
}

// mergedColumn returns a column whose patches must be applied, from the cache if
// it is there.
func (r *reader) mergedColumn(t *tableState, seg, col int) (*merged, error) {
	s := t.segs[seg]
	id := t.def.Columns[col].ID
	cs := s.col(id)
	m, err := r.cached(cacheKey{t.def.ID, uint32(seg), id, cacheMerged, cs.version()}, func() (any, int64, error) {
		buf, err := r.merge(t, seg, col)
		if err != nil {
			return nil, 0, err
		}
		pages, _, err := segment.Build(*buf.input(col == t.def.Key))
		if err != nil {
			return nil, 0, err
		}
		m := &merged{form: buf.form}
		size := int64(200)
		for k, p := range pages {
			if len(p) > 0 {
				m.pages[k] = p[page.HeaderSize:]
				size += int64(len(p))
			}
		}
		return m, size, nil
	})
	if err != nil {
		return nil, place(t, col, seg, err)
	}
	return m.(*merged), nil
}

// present returns the body of the present page of a segment as it stands; nil:
// all rows live.
func (r *reader) present(t *tableState, seg int) ([]byte, error) {
	s := t.segs[seg]
	if s.presentVersion() == 0 {
		return nil, nil
	}
	b, err := r.cached(cacheKey{t.def.ID, uint32(seg), s.N, cachePresent, s.presentVersion()}, func() (any, int64, error) {
		words, err := r.liveWords(t, seg)
		if err != nil {
			return nil, 0, err
		}
		p := segment.BuildPresent(int(s.N), words)[page.HeaderSize:]
		return p, int64(len(p)) + 200, nil
	})
	if err != nil {
		return nil, place(t, -1, seg, err)
	}
	return b.([]byte), nil
}

// liveWords returns a bitmap of the live rows, padded to whole blocks, for the
// caller to keep.
func (r *reader) liveWords(t *tableState, seg int) ([]uint64, error) {
	s := t.segs[seg]
	n := int(s.N)
	if s.err != nil {
		return nil, place(t, -1, seg, s.err)
	}
	words := make([]uint64, bitmap.Blocks(n)*bitmap.BlockWords)
	bitmap.FillRange(words, 0, n)
	if s.Present != 0 {
		b, err := r.body(kv.Pages, t.def.ID, uint32(seg), presentCol, page.Present, s.Present)
		if err != nil {
			return nil, place(t, -1, seg, err)
		}
		p, err := encoding.ParsePresent(b)
		if err != nil || p.N() > n {
			return nil, place(t, -1, seg, errVector)
		}
		clear(words)
		for blk := range bitmap.Blocks(p.N()) {
			if err := p.Block(blk, words[blk*bitmap.BlockWords:(blk+1)*bitmap.BlockWords]); err != nil {
				return nil, place(t, -1, seg, err)
			}
		}
		bitmap.FillRange(words, p.N(), n)
	}
	for i := range s.Patches {
		ref := &s.Patches[i]
		if ref.Dels == 0 || ref.Ver <= s.Present {
			continue
		}
		p, err := r.patch(t, seg, -1, ref)
		if err != nil {
			return nil, err
		}
		for _, o := range p.dels {
			if int(o) >= n {
				return nil, place(t, -1, seg, errVector)
			}
			words[o>>6] &^= 1 << (o & 63)
		}
	}
	return words, nil
}
