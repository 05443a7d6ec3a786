package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/vec"
)

// probe joins one left batch with a joinTable. Kinds that give pairs go through
// the rows and their candidates in order; those that ask only whether there is a
// partner go in rounds, in each of which every undecided row tries some more.
type probe struct {
	j *join
	t *joinTable
	b *vec.Batch
	l *lookup

	hit   []bool // by left row: has a partner
	used  []bool // by right row; nil: not asked
	row   int    // next to give candidates
	at    int32  // next candidate of row
	begun bool   // row has given candidates
	ended bool   // the unmatched rows have been given
}

func (j *join) newProbe(t *joinTable, f *finder, b *vec.Batch) (*probe, error) {
	l, err := t.lookup(j.q, f, j.left, b)
	if err != nil {
		return nil, err
	}
	return &probe{j: j, t: t, b: b, l: l, hit: make([]bool, b.N), used: j.used}, nil
}

// pairless reports the kinds that give left rows only.
func (j *join) pairless() bool {
	switch j.n.Kind {
	case plan.JoinSemi, plan.JoinAnti, plan.JoinAntiNull:
		return true
	}
	return false
}

// next returns the next batch of output, nil when the left batch is used up.
func (p *probe) next(ctx context.Context) (*vec.Batch, error) {
	if p.ended {
		return nil, nil
	}
	if p.j.pairless() {
		if err := p.decide(ctx); err != nil {
			return nil, err
		}
	} else if out, err := p.matches(ctx); out != nil || err != nil {
		return out, err
	}
	p.ended = true
	return p.remaining(), nil
}

// matches gives the next pairs, nil when all rows have been through.
func (p *probe) matches(ctx context.Context) (*vec.Batch, error) {
	for p.row < p.b.N {
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		out, err := p.pairs()
		if out != nil || err != nil {
			return out, err
		}
	}
	return nil, nil
}

// remaining gives what the kind wants of left rows once it is known which have a
// partner.
func (p *probe) remaining() *vec.Batch {
	switch p.j.n.Kind {
	case plan.JoinLeft, plan.JoinFull:
		return p.unmatched()
	case plan.JoinInner, plan.JoinRight:
		return nil
	}
	return p.filter()
}

// pairs gives the next matching pairs; nil if none of a chunk matches.
func (p *probe) pairs() (*vec.Batch, error) {
	li, ri := make([]int32, 0, vec.MaxBatch), make([]int32, 0, vec.MaxBatch)
	for p.row < p.b.N && len(li) < vec.MaxBatch {
		if !p.begun {
			p.at, p.begun = p.start(p.row), true
		}
		for p.at >= 0 && len(li) < vec.MaxBatch {
			li, ri = append(li, int32(p.row)), append(ri, p.at)
			p.at = p.following(p.at)
		}
		if p.at < 0 {
			p.row, p.begun = p.row+1, false
		}
	}
	if len(li) == 0 {
		return nil, nil
	}
	v, err := p.j.cond.eval(p.b, p.t.rows, li, ri)
	if err != nil {
		return nil, err
	}
	n := 0
	for k := range li {
		if isTrueAt(v, k) {
			p.hit[li[k]] = true
			if p.used != nil {
				p.used[ri[k]] = true
			}
			li[n], ri[n] = li[k], ri[k]
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	return glue(p.b, p.t.rows, li[:n], ri[:n]), nil
}

// start and following walk the candidates of a left row.
func (p *probe) start(row int) int32 {
	if p.t.table != nil {
		return p.t.first(p.l.groups[row])
	}
	if p.t.rows.N == 0 {
		return -1
	}
	return 0
}

func (p *probe) following(r int32) int32 {
	if p.t.table != nil {
		return p.t.after(r)
	}
	if int(r)+1 >= p.t.rows.N {
		return -1
	}
	return r + 1
}

// unmatched are the left rows without a partner, with NULLs at their right.
func (p *probe) unmatched() *vec.Batch {
	var li []int32
	for i, hit := range p.hit {
		if !hit {
			li = append(li, int32(i))
		}
	}
	if len(li) == 0 {
		return nil
	}
	return glue(p.b, p.t.rows, li, missing(len(li)))
}

// missing are n indexes of no row.
func missing(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// filter gives the left rows that stay for the kinds that give no pairs.
func (p *probe) filter() *vec.Batch {
	var keep []int32
	for i, hit := range p.hit {
		if hit == (p.j.n.Kind == plan.JoinSemi) {
			keep = append(keep, int32(i))
		}
	}
	switch len(keep) {
	case 0:
		return nil
	case p.b.N:
		return p.b
	}
	return gather(p.b, keep)
}

// decide sets hit for the left rows that have a partner.
func (p *probe) decide(ctx context.Context) error {
	anti := p.j.n.Kind == plan.JoinAntiNull
	if p.j.cond.x != nil {
		return p.rounds(ctx, anti)
	}
	for i := range p.hit {
		switch {
		case p.hit[i]:
		case anti:
			t, err := p.l.truth(ctx, i)
			if err != nil {
				return err
			}
			p.hit[i] = t != truthFalse
		default:
			p.hit[i] = p.start(i) >= 0
		}
	}
	return nil
}

// rounds tries candidates until every row has one that counts or none left; a
// row tries few at first, because the first often decides.
func (p *probe) rounds(ctx context.Context, anti bool) error {
	open := make([]candidates, 0, p.b.N)
	for i := range p.b.N {
		if !p.hit[i] {
			open = append(open, p.candidates(i, anti))
		}
	}
	for quota := 1; len(open) > 0; quota = min(quota*8, vec.MaxBatch) {
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		var li, ri []int32
		try := func() error {
			v, err := p.j.cond.eval(p.b, p.t.rows, li, ri)
			if err != nil {
				return err
			}
			for k, i := range li {
				p.hit[i] = p.hit[i] || (anti && notFalseAt(v, k) || isTrueAt(v, k))
			}
			li, ri = li[:0], ri[:0]
			return nil
		}
		for o := range open {
			c := &open[o]
			for range quota {
				r := c.next(p, anti)
				if r < 0 {
					break
				}
				li, ri = append(li, int32(c.row)), append(ri, r)
			}
			if len(li) >= vec.MaxBatch {
				if err := try(); err != nil {
					return err
				}
				if ctx.Err() != nil {
					return ctxErr(ctx)
				}
			}
		}
		if len(li) > 0 {
			if err := try(); err != nil {
				return err
			}
		}
		left := open[:0]
		for _, c := range open {
			if !p.hit[c.row] && !c.over {
				left = append(left, c)
			}
		}
		open = left
	}
	return nil
}

// candidates walks the right rows that left row row must be compared with.
type candidates struct {
	row   int
	at    int32 // next of the chain, or of all rows
	all   bool  // every row is one: a NULL key of NOT IN, or no keys
	nulls int   // of NOT IN: next of the rows with NULL keys
	over  bool
}

func (p *probe) candidates(i int, anti bool) candidates {
	c := candidates{row: i}
	c.all = p.t.table == nil || anti && p.l.null != nil && p.l.null[i]
	if !c.all {
		c.at = p.t.first(p.l.groups[i])
	}
	return c
}

// next is the next row, -1 when there is none.
func (c *candidates) next(p *probe, anti bool) int32 {
	for c.all {
		if int(c.at) >= p.t.rows.N {
			c.over = true
			return -1
		}
		r := c.at
		c.at++
		if p.t.table == nil || p.l.mayMatch(c.row, r) {
			return r
		}
	}
	if c.at >= 0 {
		r := c.at
		c.at = p.t.after(r)
		return r
	}
	for anti && c.nulls < len(p.t.nulls) {
		r := p.t.nulls[c.nulls]
		c.nulls++
		if p.l.mayMatch(c.row, r) {
			return r
		}
	}
	c.over = true
	return -1
}
