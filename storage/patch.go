package storage

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// patch is what one small change did to one segment: rows appended, values
// replaced, rows deleted. The body of its page:
//
//	format u8 = 1
//	first appended offset, appended rows          uvarint
//	deleted offsets: count, ascending differences uvarint
//	columns: count                                uvarint
//	each: ID, 0 (the appended rows) or 1 + offsets (count, differences),
//	      size in bytes                           uvarint
//	      values                                  as appendVector
//
// Values are stored, not codes, and decoded column by column when needed.
type patch struct {
	first, rows uint32
	dels        []uint32
	cols        []patchCol
	size        int64
}

// patchCol is the new values of one column; offs nil: of the appended rows.
type patchCol struct {
	id   uint32
	offs []uint32
	raw  []byte  // as stored, or
	buf  *colBuf // in memory, before the commit
}

func (p *patch) encode() []byte {
	b := []byte{1}
	b = binary.AppendUvarint(b, uint64(p.first))
	b = binary.AppendUvarint(b, uint64(p.rows))
	b = appendOffsets(b, p.dels)
	b = binary.AppendUvarint(b, uint64(len(p.cols)))
	for i := range p.cols {
		c := &p.cols[i]
		b = binary.AppendUvarint(b, uint64(c.id))
		if c.offs == nil {
			b = append(b, 0)
		} else {
			b = appendOffsets(append(b, 1), c.offs)
		}
		raw := c.raw
		if c.buf != nil {
			raw = appendVector(nil, c.buf.vector(), 0, c.buf.n)
		}
		b = binary.AppendUvarint(b, uint64(len(raw)))
		b = append(b, raw...)
	}
	return b
}

func appendOffsets(b []byte, offs []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(offs)))
	last := uint32(0)
	for _, o := range offs {
		b = binary.AppendUvarint(b, uint64(o-last))
		last = o
	}
	return b
}

// offsets reads ascending offsets below limit.
func (r *vecReader) offsets(limit uint64) []uint32 {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	offs := make([]uint32, 0, n)
	at := uint64(0)
	for i := uint64(0); i < n && !r.bad; i++ {
		d := r.uvarint()
		at += d
		if at >= limit || d == 0 && i > 0 {
			r.fail()
			break
		}
		offs = append(offs, uint32(at))
	}
	return offs
}

// decodePatch reads a patch of a segment with at most limit ordinals. It keeps b.
func decodePatch(b []byte, limit uint64) (*patch, error) {
	r := vecReader{b: b}
	p := &patch{size: int64(len(b))}
	if f := r.take(1); len(f) != 1 || f[0] != 1 {
		return nil, errVector
	}
	first, rows := r.uvarint(), r.uvarint()
	if first > limit || rows > limit-first {
		return nil, errVector
	}
	p.first, p.rows = uint32(first), uint32(rows)
	p.dels = r.offsets(limit)
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		return nil, errVector
	}
	for i := uint64(0); i < n && !r.bad; i++ {
		c := patchCol{id: uint32(r.uvarint())}
		if h := r.take(1); len(h) == 1 && h[0] != 0 {
			c.offs = r.offsets(limit)
			if c.offs == nil {
				r.fail()
			}
		}
		c.raw = r.take(r.uvarint())
		p.cols = append(p.cols, c)
	}
	if r.bad || len(r.b) != 0 {
		return nil, errVector
	}
	return p, nil
}

// values returns a column's new values in a buffer of the form of like.
func (p *patch) values(c *patchCol, like *colBuf) (*colBuf, error) {
	if c.buf != nil {
		return c.buf, nil
	}
	v, err := decodeVector(like.t, c.raw)
	if err != nil {
		return nil, err
	}
	want := int(p.rows)
	if c.offs != nil {
		want = len(c.offs)
	}
	if v.N != want {
		return nil, errVector
	}
	b := newColBuf(like.t, like.form, like.dict)
	b.ro = true
	return b, b.appendVec(v, 0, v.N)
}

// lastChanges sorts changes by row and keeps the last of each row.
func lastChanges(over []change) []change {
	slices.SortStableFunc(over, func(a, b change) int { return cmp.Compare(a.off, b.off) })
	out := over[:0]
	for i := range over {
		if i+1 == len(over) || over[i+1].off != over[i].off {
			out = append(out, over[i])
		}
	}
	return out
}
