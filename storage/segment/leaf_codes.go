package segment

import (
	"context"
	"math/bits"

	"tagd/sql/sqlerr"
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/table"
)

func trailing(x uint64) int { return bits.TrailingZeros64(x) }

// codesLeaf keeps the rows whose code (for sets: one of whose codes) is in a
// set. Where the column has an Inverted page and containers are cheaper than a
// scan of the codes, block by block, list's containers are joined; flip says
// that list is the complement of the set, so that they are taken out instead.
type codesLeaf struct {
	col   *column
	multi bool // a set column: complements do not work, lists are scanned
	set   []uint64
	inv   *encoding.Inverted
	list  []uint32
	flip  bool
	codes *encoding.Codes
	lut   *encoding.LUT
	lists *encoding.Lists
}

// maxList is the number of containers of a block beyond which a scan is always
// cheaper: looking each of them up costs about 20 ns.
const maxList = 1500

// compileCodes prepares LeafCodes and LeafAny.
func (s *Segment) compileCodes(c *column, set []uint64) (node, error) {
	multi := c.form == table.FormSet
	if c.miss {
		yes := false
		if multi {
			for _, k := range c.melem {
				yes = yes || hasCode(set, k)
			}
		} else {
			yes = hasCode(set, c.mcode)
		}
		return constant(yes), nil
	}
	some := 0
	for _, w := range set {
		some += bits.OnesCount64(w)
	}
	if some == 0 {
		return constant(false), nil
	}
	l := &codesLeaf{col: c, multi: multi, set: set}
	inv, err := s.invOf(c)
	if err != nil {
		return node{}, err
	}
	n := node{op: table.OpLeaf, leaf: l, cost: 30000, keep: 0.3}
	if inv == nil {
		return n, nil
	}
	if err := l.choose(inv); err != nil {
		return node{}, s.fault(c.pos, err)
	}
	if l.inv == nil {
		return n, nil
	}
	if len(l.list) == 0 {
		return constant(l.flip), nil
	}
	return n, l.estimate(s, &n)
}

// choose lists the containers to be joined: those of the set, or of its
// complement when that is shorter.
func (l *codesLeaf) choose(inv *encoding.Inverted) error {
	k := inv.Codes()
	in := 0
	for i, w := range l.set {
		if 64*i >= k {
			break
		}
		if k-64*i < 64 {
			w &= 1<<(k-64*i) - 1
		}
		in += bits.OnesCount64(w)
	}
	l.flip = !l.multi && in > k/2
	want := in
	if l.flip {
		want = k - in
	}
	if want > maxList && !l.multi {
		l.flip = false
		return nil
	}
	l.inv = inv
	l.list = make([]uint32, 0, want)
	for c := range k {
		if (l.set != nil && hasCode(l.set, uint16(c))) != l.flip {
			l.list = append(l.list, uint32(c))
		}
	}
	return nil
}

// estimate sets n's cost and keep from the first containers.
func (l *codesLeaf) estimate(s *Segment, n *node) error {
	rows, step := 0, max(1, len(l.list)/32)
	tried := 0
	for i := 0; i < len(l.list); i += step {
		k, err := l.inv.Card(int(l.list[i]))
		if err != nil {
			return s.fault(l.col.pos, err)
		}
		rows += k
		tried++
	}
	share := float64(rows) / float64(tried) * float64(len(l.list)) / float64(max(s.n, 1))
	n.keep = min(share, 0.99)
	if l.flip {
		n.keep = 1 - n.keep
	}
	per := share / float64(len(l.list)) * bitmap.BlockRows
	n.cost = min(float64(len(l.list))*(20+min(per, 300)), 40000) + 200
	return nil
}

// scanCost is the nanoseconds that a scan of a block of lanes takes, by bits.
var scanCost = [17]int{0: 100, 2: 8000, 4: 15000, 8: 32000, 16: 60000}

// join ors the containers of the block into t; ok is false when a scan is
// cheaper and nothing was done.
func (l *codesLeaf) join(s *Segment, b int, t []uint64) (ok bool, err error) {
	if l.inv == nil {
		return false, nil
	}
	if len(l.list) > 8 && !l.multi {
		budget := scanCost[16]
		if l.codes != nil {
			budget = scanCost[l.codes.Bits()]
		}
		cost := 0
		for _, c := range l.list {
			k, err := l.inv.CardIn(int(c), b)
			if err != nil {
				return false, err
			}
			if cost += 20 + min(k, 300); cost > budget {
				return false, nil
			}
		}
	}
	clear(t)
	var x bitmap.Container
	for _, c := range l.list {
		found, err := l.inv.Find(int(c), b, &x)
		if err != nil {
			return false, err
		}
		if found {
			x.Or(t)
		}
	}
	return true, nil
}

// rows sets t to the rows of the block that are in the set, or, with flip, to
// those that are not; rows outside acc may be in t or not.
func (l *codesLeaf) rows(s *Segment, b int, acc, t []uint64) (flip bool, err error) {
	ok, err := l.join(s, b, t)
	if ok || err != nil {
		return l.flip, s.fault(l.col.pos, err)
	}
	clear(t)
	if l.multi {
		return false, l.scanLists(s, b, acc, t)
	}
	if l.codes == nil {
		if l.codes, err = s.codesOf(l.col); err != nil {
			return false, err
		}
		l.lut = l.codes.NewLUT(nil, l.set)
	}
	if few(acc) {
		return false, eachInto(acc, t, func(o int) bool {
			return hasCode(l.set, l.codes.At(b*bitmap.BlockRows+o))
		})
	}
	l.codes.Scan(b, l.lut, t)
	return false, nil
}

// few reports whether so few rows are left that looking at each beats a scan.
func few(acc []uint64) bool { return bitmap.Count(acc) < 2048 }

func eachInto(acc, t []uint64, f func(o int) bool) error {
	copy(t, acc)
	return eachWord(t, f)
}

// scanLists finds rows without an Inverted page.
func (l *codesLeaf) scanLists(s *Segment, b int, acc, t []uint64) error {
	if l.lists == nil {
		p, err := s.listsOf(l.col)
		if err != nil {
			return err
		}
		l.lists = p
	}
	var buf []uint16
	var fault error
	err := eachInto(acc, t, func(o int) bool {
		i := b*bitmap.BlockRows + o
		k := l.lists.Len(i)
		if k == 0 || fault != nil {
			return false
		}
		if buf, fault = l.lists.Append(buf[:0], l.lists.Start(i), k); fault != nil {
			return false
		}
		for _, c := range buf {
			if hasCode(l.set, c) {
				return true
			}
		}
		return false
	})
	if fault != nil {
		err = s.fault(l.col.pos, sqlerr.From(fault))
	}
	return err
}

// one finds the only container; false if the block has none.
func (l *codesLeaf) one(s *Segment, b int, x *bitmap.Container) (found bool, err error) {
	found, err = l.inv.Find(int(l.list[0]), b, x)
	return found, s.fault(l.col.pos, err)
}

func (l *codesLeaf) filter(_ context.Context, s *Segment, b int, acc []uint64) error {
	return l.narrow(s, b, acc, false)
}

func (l *codesLeaf) filterNot(_ context.Context, s *Segment, b int, acc []uint64) error {
	return l.narrow(s, b, acc, true)
}

func (l *codesLeaf) narrow(s *Segment, b int, acc []uint64, neg bool) error {
	if l.inv != nil && len(l.list) == 1 {
		var x bitmap.Container
		found, err := l.one(s, b, &x)
		out := neg != l.flip
		switch {
		case err != nil:
			return err
		case !found && !out:
			clear(acc)
		case !found:
		case out:
			x.AndNot(acc)
		case x.W != nil:
			x.And(acc, nil)
		default:
			t := s.get()
			x.And(acc, t[:])
			s.put(t)
		}
		return nil
	}
	t := s.get()
	defer s.put(t)
	flip, err := l.rows(s, b, acc, t[:])
	if err != nil {
		return err
	}
	if flip != neg {
		bitmap.AndNotInto(acc, t[:])
	} else {
		bitmap.AndInto(acc, t[:])
	}
	return nil
}
