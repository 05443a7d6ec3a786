package segment

import (
	"math/bits"

	"tagd/storage/bitmap"
	"tagd/storage/encoding"
)

// setBlock counts a block of a crosstab with a set column: by containers when
// many rows are selected, by row lists when few are (or when a row may hold a
// code twice, which containers do not know).
func (x *crosstab) setBlock(b int, w []uint64, n int) error {
	s, d := x.s, *x.set
	if d.c.miss {
		return x.setMissing(b, w)
	}
	l, err := s.listsOf(d.c)
	if err != nil {
		return err
	}
	inv, err := s.invOf(d.c)
	if err != nil {
		return err
	}
	if inv != nil && !l.HasDups() && n >= s.blockRows(b)*3/10 {
		return x.setContainers(inv, b, w, n)
	}
	idx, err := x.indices(b, 0, s.blockRows(b))
	if err != nil {
		return err
	}
	if bs := l.Bytes(); bs != nil {
		err = walkLists(x, l, bs, b, w, idx)
	} else {
		err = walkLists(x, l, l.Halves(), b, w, idx)
	}
	return s.fault(d.c.pos, err)
}

// walkLists counts the elements of the selected rows.
func walkLists[T byte | uint16](x *crosstab, l *encoding.Lists, codes []T, b int, w []uint64, idx []uint32) error {
	d := x.set
	base := b * bitmap.BlockRows
	for i, m := range w {
		if m == 0 {
			continue
		}
		at, row := l.Start(base+i<<6), 0
		for ; m != 0; m &= m - 1 {
			o := bits.TrailingZeros64(m)
			if i<<6+o >= len(idx) {
				break
			}
			for ; row < o; row++ {
				at += l.Len(base + i<<6 + row)
			}
			k := l.Len(base + i<<6 + o)
			if at+k > len(codes) {
				return encoding.Corrupt("lists page has a row of elements %d-%d of %d", at, at+k, len(codes))
			}
			cell := int(idx[i<<6+o])
			for _, c := range codes[at : at+k] {
				if int(c) >= d.k {
					return encoding.Corrupt("code %d in a dictionary of %d", c, d.k)
				}
				x.counts[cell+int(c)*d.mult]++
			}
			at, row = at+k, o+1
		}
	}
	return nil
}

// setContainers counts each element's container under w: as a histogram over
// the other columns' indices, or by intersections with the containers of the
// only other column when its codes are few and the container is full.
func (x *crosstab) setContainers(inv *encoding.Inverted, b int, w []uint64, n int) error {
	s, d := x.s, *x.set
	if inv.Codes() > d.k {
		return x.badCode(d, inv.Codes()-1)
	}
	all := n == s.blockRows(b)
	others, err := x.others(b, w)
	if err != nil {
		return err
	}
	defer func() {
		for _, o := range others {
			s.put(o.w)
		}
	}()
	var idx []uint32
	if len(x.dims) > 0 {
		if idx, err = x.indices(b, 0, s.blockRows(b)); err != nil {
			return err
		}
	}
	var c bitmap.Container
	for k := range inv.Codes() {
		found, err := inv.Find(k, b, &c)
		if err != nil {
			return s.fault(d.c.pos, err)
		}
		if !found {
			continue
		}
		out := x.counts[k*d.mult:]
		switch {
		case len(x.dims) == 0 && all:
			out[0] += int64(c.Card)
		case len(x.dims) == 0:
			out[0] += int64(c.AndCount(w))
		case others != nil && c.W != nil && c.Card > 250*len(others):
			for _, o := range others {
				out[o.cell] += int64(bitmap.AndCount(c.W, o.w[:]))
			}
		default:
			c.CountAt(idx, w, all, out)
		}
	}
	return nil
}

// slot is the rows of one code of the other column.
type slot struct {
	cell int
	w    *[bitmap.BlockWords]uint64
}

// maxOthers bounds the codes that others prepares.
const maxOthers = 32

// others prepares the selected rows of each code of the only other column, nil
// if that does not pay.
func (x *crosstab) others(b int, w []uint64) ([]slot, error) {
	if len(x.dims) != 1 || x.dims[0].c.miss || x.dims[0].k > maxOthers {
		return nil, nil
	}
	d := x.dims[0]
	inv, err := x.s.invOf(d.c)
	if err != nil || inv == nil {
		return nil, err
	}
	var out []slot
	var c bitmap.Container
	for k := range min(inv.Codes(), d.k) {
		found, err := inv.Find(k, b, &c)
		if err != nil {
			return nil, x.s.fault(d.c.pos, err)
		}
		if found {
			t := x.s.get()
			clear(t[:])
			c.Or(t[:])
			bitmap.AndInto(t[:], w)
			out = append(out, slot{k * d.mult, t})
		}
	}
	return out, nil
}

// setMissing counts a set column of which every row has the same value.
func (x *crosstab) setMissing(b int, w []uint64) error {
	if len(x.set.c.melem) == 0 {
		return nil
	}
	idx, err := x.indices(b, 0, x.s.blockRows(b))
	if err != nil {
		return err
	}
	for i, m := range w {
		for ; m != 0; m &= m - 1 {
			cell := int(idx[i<<6+bits.TrailingZeros64(m)])
			for _, c := range x.set.c.melem {
				if int(c) >= x.set.k {
					return x.badCode(*x.set, int(c))
				}
				x.counts[cell+int(c)*x.set.mult]++
			}
		}
	}
	return nil
}
