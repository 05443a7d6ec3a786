package storage

import (
	"context"
	"fmt"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/table"
)

// Check verifies a data file: the structure of the file, every page, and
// dictionaries, bitmaps, codes, values, counts and the key index against each
// other, and foreign keys against the tables that they refer to. report gets one line per fault. The error is that of a file that
// cannot be opened at all. keys computes keys as for Options.
func Check(path string, keys table.NewKeyer, report func(fault string)) error {
	faults := 0
	tell := func(format string, args ...any) {
		faults++
		report(fmt.Sprintf(format, args...))
	}
	db, err := Open(path, Options{ReadOnly: true, NoBackground: true, Keys: keys, Logf: func(format string, args ...any) {
		tell(format, args...) // what could not be loaded
	}})
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.kv.View(func(v *kv.View) error {
		v.Verify(func(f string) { tell("%s", f) })
		return nil
	})
	if err != nil {
		tell("%v", err)
	}
	c := &checker{db: db, r: db.reader(), tell: tell}
	if err := c.pages(); err != nil {
		tell("%v", err)
	}
	for _, def := range db.current().defs {
		c.table(db.current().tables[def.Path()])
		c.foreignKeys(db.current().tables[def.Path()])
	}
	return nil
}

// checker compares what the file says in several places.
type checker struct {
	db   *DB
	r    *reader
	tell func(format string, args ...any)
}

func message(err error) string {
	e := sqlerr.From(err)
	return e.Message
}

// pages verifies the frame of every stored page, those of no use included.
func (c *checker) pages() error {
	for _, s := range []kv.Space{kv.Pages, kv.Small} {
		err := c.db.kv.View(func(v *kv.View) error {
			return v.Scan(s, nil, func(k, p []byte) error {
				tab, seg, col, kind, ver, ok := keyParts(k)
				if !ok {
					c.tell("%s: key %x is not one of a page", string(s), k)
					return nil
				}
				got, _, err := page.Open(p)
				if err == nil && got != kind {
					err = fmt.Errorf("page is of kind %v", got)
				}
				if err != nil {
					c.tell("%s: %v", c.name(tab, seg, col, kind, ver), err)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// name names a page by what it belongs to.
func (c *checker) name(tab, seg, col uint32, kind page.Kind, ver uint64) string {
	for _, t := range c.db.current().tables {
		if t.def.ID == tab {
			return fmt.Sprintf("table %q, %s, %v page of version %d", t.def.Name, place2(t, seg, col), kind, ver)
		}
	}
	return fmt.Sprintf("table %d, segment %d, column %d, %v page of version %d", tab, seg, col, kind, ver)
}

func place2(t *tableState, seg, col uint32) string {
	name := fmt.Sprint(col)
	for i := range t.def.Columns {
		if t.def.Columns[i].ID == col {
			name = fmt.Sprintf("%q", t.def.Columns[i].Name)
		}
	}
	switch {
	case seg == segRun:
		return fmt.Sprintf("key index chunk %d", col)
	case seg == segDict:
		return "dictionary of column " + name
	case col == presentCol:
		return fmt.Sprintf("segment %d, live rows", seg)
	case col == bornCol:
		return fmt.Sprintf("segment %d, versions of rows", seg)
	case col == 0:
		return fmt.Sprintf("segment %d", seg)
	}
	return fmt.Sprintf("segment %d, column %s", seg, name)
}

func (c *checker) table(t *tableState) {
	var rows int64
	for i, s := range t.segs {
		if s.err != nil {
			continue // reported at load
		}
		rows += int64(s.Live)
		c.segment(t, i)
	}
	c.deferrable(t)
	if rows != t.rows {
		c.tell("table %q: segments have %d live rows, the table %d", t.def.Name, rows, t.rows)
	}
}

func (c *checker) segment(t *tableState, i int) {
	words, err := c.r.liveWords(t, i)
	if err != nil {
		c.tell("%s", message(err))
		return
	}
	if _, err := c.r.born(t, i); err != nil {
		c.tell("%s", message(err))
	}
	if n := bitmap.Count(words); n != int(t.segs[i].Live) {
		c.tell("table %q, segment %d: %d rows live, the catalog says %d", t.def.Name, i, n, t.segs[i].Live)
	}
	seg, err := c.r.segment(t, i)
	if err != nil {
		c.tell("%s", message(err))
		return
	}
	defer seg.Close()
	for col := range t.def.Columns {
		if t.segs[i].Live == 0 {
			break
		}
		if err := c.column(t, i, col, seg); err != nil {
			c.tell("%s", message(place(t, col, i, err)))
		}
	}
	for _, ix := range t.indexes() {
		if t.segs[i].Live == 0 {
			break
		}
		if err := c.keys(t, ix, i, words, seg); err != nil {
			c.tell("%s", message(place(t, ix.cols[0], i, err)))
		}
	}
}

// column compares the forms in which a column's values are kept.
func (c *checker) column(t *tableState, i, col int, seg table.Segment) error {
	buf, err := c.r.merge(t, i, col)
	if err != nil {
		return err
	}
	if buf.n != seg.N() {
		return fmt.Errorf("column has %d rows, the segment %d", buf.n, seg.N())
	}
	set := bitmap.NewSet(seg.N())
	ctx := context.Background()
	if err := seg.Eval(ctx, &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafNull, Col: col}}, set); err != nil {
		return err
	}
	live := bitmap.NewSet(seg.N())
	if err := seg.Eval(ctx, &table.Rows{Op: table.OpAll}, live); err != nil {
		return err
	}
	v := buf.vector()
	for o := live.Next(0); o >= 0; o = live.Next(o + 1) {
		if v.IsNull(o) != set.Has(o) {
			return fmt.Errorf("row %d: NULL in one page and not in another", o)
		}
	}
	switch form := t.form(col); {
	case form == table.FormDict && buf.form == form:
		return c.codes(t, col, seg, live, buf)
	case form == table.FormInt:
		return c.ints(col, seg, live, buf)
	case form == table.FormSet && buf.form == form:
		return c.sets(t, col, seg, live, buf)
	case form == table.FormFloat:
		return nil
	}
	return c.plain(col, seg, live, v)
}

// codes compares the bitmaps of codes with the code lanes.
func (c *checker) codes(t *tableState, col int, seg table.Segment, live *bitmap.Set, buf *colBuf) error {
	n := t.dict(col).Len()
	groups := groupsOf(n)
	want := make([]int64, groups)
	for o := live.Next(0); o >= 0; o = live.Next(o + 1) {
		if int(buf.codes[o]) >= n {
			return fmt.Errorf("row %d has code %d, the dictionary %d", o, buf.codes[o], n)
		}
		want[int(buf.codes[o])%groups]++
	}
	set := bitmap.NewSet(seg.N())
	for g := range want {
		if err := evalGroup(seg, table.LeafCodes, col, g, groups, n, set); err != nil {
			return err
		}
		if int64(set.Count()) != want[g] {
			return fmt.Errorf("code %d has %d rows in its bitmap, %d in the codes", g, set.Count(), want[g])
		}
		for o := set.Next(0); o >= 0; o = set.Next(o + 1) {
			if int(buf.codes[o])%groups != g {
				return fmt.Errorf("row %d is in the bitmap of code %d but has code %d", o, g, buf.codes[o])
			}
		}
	}
	return nil
}

// groupsOf is into how many groups codes are put for checking: each by itself if
// they are few, else by remainder.
func groupsOf(codes int) int {
	if codes <= 1024 {
		return codes
	}
	return 61
}

// evalGroup evaluates the rows that have a code of group g.
func evalGroup(seg table.Segment, kind table.LeafKind, col, g, groups, n int, set *bitmap.Set) error {
	bits := make([]uint64, (n+63)/64)
	for code := g; code < n; code += groups {
		bits[code>>6] |= 1 << (code & 63)
	}
	return seg.Eval(context.Background(), &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: kind, Col: col, Codes: bits}}, set)
}

// sets compares the bitmaps of element codes with the lists.
func (c *checker) sets(t *tableState, col int, seg table.Segment, live *bitmap.Set, buf *colBuf) error {
	n := t.dict(col).Len()
	groups := groupsOf(n)
	want := make([]int64, groups)
	last := make([]int, groups)
	for o := live.Next(0); o >= 0; o = live.Next(o + 1) {
		for _, code := range buf.codes[buf.off[o]:buf.off[o+1]] {
			if int(code) >= n {
				return fmt.Errorf("row %d has code %d, the dictionary %d", o, code, n)
			}
			if g := int(code) % groups; last[g] != o+1 { // a duplicate counts once
				last[g] = o + 1
				want[g]++
			}
		}
	}
	set := bitmap.NewSet(seg.N())
	for g := range want {
		if err := evalGroup(seg, table.LeafAny, col, g, groups, n, set); err != nil {
			return err
		}
		if int64(set.Count()) != want[g] {
			return fmt.Errorf("value %d has %d rows in its bitmap, %d in the lists", g, set.Count(), want[g])
		}
	}
	return nil
}

// ints compares the bit slices with the packed values: the sum, and the count
// below and above a few bounds.
func (c *checker) ints(col int, seg table.Segment, live *bitmap.Set, buf *colBuf) error {
	var lo, hi int64
	var n int64
	for o := live.Next(0); o >= 0; o = live.Next(o + 1) {
		if buf.isNull(o) {
			continue
		}
		v := buf.ints[o]
		if n == 0 {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
		n++
	}
	got, err := seg.Sum(context.Background(), col, nil)
	if err != nil {
		return err
	}
	if got.Count != n || n > 0 && (got.Min != lo || got.Max != hi) {
		return fmt.Errorf("sum says %d values in %d..%d, the values are %d in %d..%d", got.Count, got.Min, got.Max, n, lo, hi)
	}
	for _, at := range []uint64{1, 2, 3} {
		mid := lo + int64((uint64(hi)-uint64(lo))/4*at)
		want := int64(0)
		for o := live.Next(0); o >= 0; o = live.Next(o + 1) {
			if !buf.isNull(o) && buf.ints[o] <= mid {
				want++
			}
		}
		leaf := &table.Leaf{Kind: table.LeafRange, Col: col, Lo: lo, Hi: mid}
		got, err := seg.Count(context.Background(), &table.Rows{Op: table.OpLeaf, Leaf: leaf})
		if err != nil {
			return err
		}
		if n > 0 && got != want {
			return fmt.Errorf("%d values in %d..%d by the slices, %d by the values", got, lo, mid, want)
		}
	}
	return nil
}

// plain reads every live value of a column through Gather.
func (c *checker) plain(col int, seg table.Segment, live *bitmap.Set, v *vec.Vector) error {
	offs := make([]uint32, 0, vec.MaxBatch)
	for lo := 0; lo < seg.N(); lo += vec.MaxBatch {
		offs = live.Offsets(offs[:0], lo, min(lo+vec.MaxBatch, seg.N()))
		g, err := seg.Gather(col, offs)
		if err != nil {
			return err
		}
		for k, o := range offs {
			if g.IsNull(k) != v.IsNull(int(o)) || !g.IsNull(k) && vec.CompareAt(g, k, v, int(o)) != 0 {
				return fmt.Errorf("row %d reads differently by itself", o)
			}
		}
	}
	return nil
}

// keys looks every live key of an index up.
func (c *checker) keys(t *tableState, ix *index, i int, words []uint64, seg table.Segment) error {
	offs := make([]uint32, 0, bitmap.BlockRows)
	for b := range bitmap.Blocks(seg.N()) {
		offs = bitmap.AppendOffsets(offs[:0], words[b*bitmap.BlockWords:(b+1)*bitmap.BlockWords], 0, bitmap.BlockRows)
		for k := range offs {
			offs[k] += uint32(b * bitmap.BlockRows)
		}
		keys := make([]*vec.Vector, len(ix.cols))
		for k, col := range ix.cols {
			var err error
			if keys[k], err = seg.Gather(col, offs); err != nil {
				return err
			}
		}
		ords := make([]int64, len(offs))
		if err := c.r.lookup(context.Background(), t, ix, keys, ords); err != nil {
			return err
		}
		keys, in, err := c.r.computed(t, ix, keys, len(offs))
		if err != nil {
			return err
		}
		for k, o := range offs {
			if _, null := table.AppendKey(nil, keys, k); null && !ix.nulls || in != nil && !in[k] {
				continue
			}
			if want := int64(i)*bitmap.SegmentRows + int64(o); ords[k] != want {
				return fmt.Errorf("%s of row %d is at row %d in the index of \"%s\"", table.KeyText(c.r.keyNames(t, ix), keys, k), want, ords[k], ix.name)
			}
		}
	}
	return nil
}

// deferrable compares the keys of deferrable constraints, of which there is no index,
// with each other.
func (c *checker) deferrable(t *tableState) {
	for u := range t.def.Uniques {
		if q := &t.def.Uniques[u]; !q.Deferrable || q.Off {
			continue
		}
		ix := t.index(u)
		if err := c.twice(t, ix); err != nil {
			c.tell("%s", message(place(t, ix.cols[0], 0, err)))
		}
	}
}

// twice is the error of a key that two live rows have.
func (c *checker) twice(t *tableState, ix *index) error {
	var es []entry
	for i, s := range t.segs {
		if s.Live == 0 || s.err != nil {
			continue
		}
		var err error
		if es, err = c.r.segmentEntries(es, t, ix, i, 0); err != nil {
			return err
		}
	}
	es, err := c.r.liveEntries(t, es)
	if err != nil {
		return err
	}
	bad, err := c.r.firstTwice(t, ix, sortEntries(es))
	if err != nil || bad < 0 {
		return err
	}
	text := ""
	err = c.r.keysOf(t, ix, []candidate{{uint32(bad), 0}}, func(_ candidate, vals []*vec.Vector, j int) {
		text = table.KeyText(c.r.keyNames(t, ix), vals, j)
	})
	if err == nil {
		err = fmt.Errorf("%s of row %d is in another row, too, against \"%s\"", text, bad, ix.name)
	}
	return err
}
