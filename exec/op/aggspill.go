package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/vec"
)

// Aggregation over its share of memory: the groups that are there stay and go on
// counting; rows of other groups wait in files by the hash of their keys, to be
// aggregated when the input has ended, each file as if it were the input.

// full stops the table of every grouping set with keys from growing.
func (h *hashAgg) full(st *state) {
	for s := range st.sets {
		ss := &st.sets[s]
		if len(h.n.Sets[s]) > 0 && ss.find == nil {
			ss.find = &finder{k: ss.table}
			ss.wait = h.q.newPartitions(h.n, h.level)
		}
	}
}

// feedKnown adds the rows of b whose groups are there; the others go to files.
func (h *hashAgg) feedKnown(s int, ss *setState, b *vec.Batch, keys []*vec.Vector) error {
	ss.groups = ss.find.find(keys, b.N, ss.groups)
	var in, out []int32
	for i, g := range ss.groups[:b.N] {
		if g == noGroup {
			out = append(out, int32(i))
		} else {
			ss.groups[len(in)] = g
			in = append(in, int32(i))
		}
	}
	if len(out) > 0 {
		if err := ss.wait.add(gatherSome(h.needed(b), out), gatherAll(keys, out)); err != nil {
			return err
		}
	}
	if len(in) == 0 {
		return nil
	}
	sub := gatherSome(h.needed(b), in)
	calls := callsOf(h.n, h.n.Sets[s])
	for i := range ss.accs {
		var input aggInput
		if err := input.eval(h.q.Fn, calls[i], sub); err != nil {
			return err
		}
		if err := ss.accs[i].add(ss.groups[:len(in)], ss.table.n, &input); err != nil {
			return err
		}
	}
	return nil
}

// needed is b with only the columns that the aggregation reads.
func (h *hashAgg) needed(b *vec.Batch) *vec.Batch {
	if h.cols == nil {
		h.cols = append([]int{}, exprCols(h.n.Keys...)...)
		for _, a := range h.n.Aggs {
			all := append([]plan.Expr{a.Filter}, a.Args...)
			for _, o := range a.OrderBy {
				all = append(all, o.X)
			}
			for _, e := range all {
				if e != nil {
					for _, c := range plan.Columns(e) {
						h.cols = addSorted(h.cols, c)
					}
				}
			}
		}
	}
	out := &vec.Batch{N: b.N, Cols: make([]*vec.Vector, len(b.Cols))}
	for _, c := range h.cols {
		out.Cols[c] = b.Cols[c]
	}
	return out
}

// replay feeds st, which is full, the rows that other workers' states could not
// take: their groups may be in st.
func (h *hashAgg) replay(ctx context.Context, st *state, waits []*partitions, s int) error {
	for _, w := range waits {
		for f := range fanOut {
			c := w.take(f)
			if c == nil {
				continue
			}
			err := h.replayFile(ctx, st, s, c)
			c.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *hashAgg) replayFile(ctx context.Context, st *state, s int, c Cursor) error {
	for {
		b, err := c.Next(ctx)
		if b == nil || err != nil {
			return err
		}
		keys, err := h.q.evalAll(h.n.Keys, b)
		if err != nil {
			return err
		}
		if err := h.feedKnown(s, &st.sets[s], b, setKeys(keys, h.n.Sets[s])); err != nil {
			return err
		}
	}
}

// setKeys are the keys of one grouping set.
func setKeys(keys []*vec.Vector, set []int) []*vec.Vector {
	out := make([]*vec.Vector, len(set))
	for i, k := range set {
		out[i] = keys[k]
	}
	return out
}

// waiting gives the groups of the rows in files, a file after the other; nil at
// the end.
func (h *hashAgg) waiting(ctx context.Context) (*vec.Batch, error) {
	for {
		if h.sub != nil {
			b, err := h.sub.Next(ctx)
			if b != nil || err != nil {
				return b, err
			}
			h.sub.Close()
			h.sub = nil
		}
		for h.set < len(h.waits) && (h.waits[h.set] == nil || h.part == fanOut) {
			h.set, h.part = h.set+1, 0
		}
		if h.set == len(h.waits) {
			return nil, nil
		}
		c := h.waits[h.set].take(h.part)
		h.part++
		if c == nil {
			continue
		}
		n := *h.n
		n.Sets = [][]int{h.n.Sets[h.set]}
		h.q.Stats.Same(h.n, &n)
		h.sub = &hashAgg{q: h.q, n: &n, in: c, mem: held{acc: h.q.Mem}, level: h.level + 1}
	}
}
