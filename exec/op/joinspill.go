package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/vec"
)

// graceJoin is a join whose sides have been divided into files by their keys:
// each pair of files is joined by itself.
type graceJoin struct {
	j    *join
	l, r *partitions
	part int
	sub  *join
	none bool // NOT IN of a right side with a NULL: no row stays
}

// divide writes both sides to files; parts have been read of the right one.
func (j *join) divide(ctx context.Context, parts []*vec.Batch) error {
	g := &graceJoin{j: j, l: j.q.newPartitions(j.n, j.level), r: j.q.newPartitions(j.n, j.level)}
	j.grace = g
	for i, b := range parts {
		if err := g.put(g.r, j.right, b); err != nil {
			return err
		}
		parts[i] = nil
	}
	if err := g.drain(ctx, g.r, j.right, j.r); err != nil {
		return err
	}
	return g.drain(ctx, g.l, j.left, j.l)
}

// put writes b by the values of keys.
func (g *graceJoin) put(p *partitions, keys []plan.Expr, b *vec.Batch) error {
	vals, err := g.j.q.evalAll(keys, b)
	if err != nil {
		return err
	}
	if g.j.n.Kind == plan.JoinAntiNull {
		if b, vals = g.withoutNulls(p, b, vals); b == nil {
			return nil
		}
	}
	return p.add(b, vals)
}

// withoutNulls drops the rows of a NOT IN, of one key and no other condition, whose
// key is NULL: a left one of them never stays, for the right side has rows, and a
// right one lets none stay. It returns nil where no row is left.
func (g *graceJoin) withoutNulls(p *partitions, b *vec.Batch, vals []*vec.Vector) (*vec.Batch, []*vec.Vector) {
	var idx []int32
	for i := range b.N {
		if !vals[0].IsNull(i) {
			idx = append(idx, int32(i))
		}
	}
	if len(idx) == b.N {
		return b, vals
	}
	if p == g.r {
		g.none = true
	}
	if len(idx) == 0 {
		return nil, nil
	}
	return gatherSome(b, idx), []*vec.Vector{vals[0].Gather(idx)}
}

func (g *graceJoin) drain(ctx context.Context, p *partitions, keys []plan.Expr, c Cursor) error {
	for {
		b, err := c.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			c.Close()
			return nil
		}
		if err := g.put(p, keys, b); err != nil {
			return err
		}
	}
}

func (g *graceJoin) next(ctx context.Context) (*vec.Batch, error) {
	for {
		if g.sub != nil {
			b, err := g.sub.Next(ctx)
			if b != nil || err != nil {
				return b, err
			}
			g.sub.Close()
			g.sub = nil
		}
		if g.part == fanOut || g.none {
			return nil, nil
		}
		l, r := g.l.take(g.part), g.r.take(g.part)
		g.part++
		g.sub = newJoinOf(g.j.q, g.j.n, orNone(l), orNone(r))
		g.sub.level = g.j.level + 1
	}
}

func (g *graceJoin) close() {
	if g == nil {
		return
	}
	if g.sub != nil {
		g.sub.Close()
	}
	g.l.close()
	g.r.close()
}

// blockJoin is a join without keys whose right side is on disk: for each block of
// left rows it is read once.
type blockJoin struct {
	j     *join
	right *spool
	first []int // of the right side's rows in each of its batches; the last is all
	used  []bool

	left  *vec.Batch // nil: read the next block
	hit   []bool
	at    int // right batch
	p     *probe
	over  bool // the left side is used up
	batch int  // right batch whose rows without a partner are given
	rest  int
}

// start counts the right rows.
func (k *blockJoin) start() error {
	k.first = []int{0}
	for i := range k.right.len() {
		b, err := k.right.get(i)
		if err != nil {
			return err
		}
		k.first = append(k.first, k.first[i]+b.N)
	}
	if k.j.keepsRight() {
		k.used = make([]bool, k.first[len(k.first)-1])
	}
	return nil
}

// block reads left rows up to a part of the memory.
func (k *blockJoin) block(ctx context.Context) error {
	var parts []*vec.Batch
	var size int64
	var sizes dictSizes
	for size < k.j.q.workMem()/4+1 {
		b, err := k.j.l.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			k.over = true
			break
		}
		parts = append(parts, b)
		size += sizes.batch(b)
	}
	if err := k.j.mem.set(2 * size); err != nil {
		return err
	}
	left, err := concatCtx(ctx, k.j.n.L.Schema(), parts)
	if err != nil {
		return err
	}
	k.left = left
	k.hit, k.at = make([]bool, k.left.N), 0
	return nil
}

func (k *blockJoin) next(ctx context.Context) (*vec.Batch, error) {
	if k.first == nil {
		if err := k.start(); err != nil {
			return nil, err
		}
	}
	for {
		if k.left == nil {
			if k.over {
				return k.unused()
			}
			if err := k.block(ctx); err != nil {
				return nil, err
			}
		}
		out, err := k.step(ctx)
		if out != nil || err != nil {
			return out, err
		}
	}
}

// step joins the block with one right batch, or ends it.
func (k *blockJoin) step(ctx context.Context) (*vec.Batch, error) {
	if k.p == nil {
		if k.at == k.right.len() {
			p := &probe{j: k.j, b: k.left, hit: k.hit, t: &joinTable{rows: emptyBatch(k.j.n.R.Schema())}}
			k.left = nil
			return p.remaining(), nil
		}
		r, err := k.right.get(k.at)
		if err != nil {
			return nil, err
		}
		t := &joinTable{rows: r}
		k.p = &probe{j: k.j, t: t, b: k.left, l: &lookup{t: t}, hit: k.hit}
		if k.used != nil {
			k.p.used = k.used[k.first[k.at]:k.first[k.at+1]]
		}
		k.at++
	}
	if !k.j.pairless() {
		out, err := k.p.matches(ctx)
		if out != nil || err != nil {
			return out, err
		}
	} else if err := k.p.decide(ctx); err != nil {
		return nil, err
	}
	k.p = nil
	return nil, nil
}

// unused gives the right rows without a partner.
func (k *blockJoin) unused() (*vec.Batch, error) {
	for k.used != nil && k.batch < k.right.len() {
		r, err := k.right.get(k.batch)
		if err != nil {
			return nil, err
		}
		out := k.j.unused(r, k.used[k.first[k.batch]:k.first[k.batch+1]], &k.rest)
		if out != nil {
			return out, nil
		}
		k.batch, k.rest = k.batch+1, 0
	}
	return nil, nil
}

func (k *blockJoin) close() {
	if k != nil {
		if k.right.file != nil {
			k.j.q.spilled(k.j.n, k.right.file.End())
		}
		k.right.close()
	}
}
