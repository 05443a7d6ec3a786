package kernel

import (
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// pieces collects results for disjoint sets of rows and puts them together.
type pieces struct {
	t     types.Type
	parts []*vec.Vector
	part  []int32 // per row: its part, -1 for NULL
	pos   []int32 // per row: its place there
}

func newPieces(t types.Type, n int) *pieces {
	p := &pieces{t: t, part: make([]int32, n), pos: make([]int32, n)}
	for i := range p.part {
		p.part[i] = -1
	}
	return p
}

// add says that rows[i] has value i of v.
func (p *pieces) add(v *vec.Vector, rows []int32) {
	k := int32(len(p.parts))
	p.parts = append(p.parts, v)
	for i, r := range rows {
		p.part[r], p.pos[r] = k, int32(i)
	}
}

func (p *pieces) vector() *vec.Vector {
	n := len(p.part)
	if p.t.Phys() == types.PhysArr || p.t.Phys() == types.PhysNone {
		b := vec.NewBuilder(p.t, n)
		for r, k := range p.part {
			if k < 0 {
				b.AppendNull()
			} else {
				b.AppendFrom(p.parts[k], int(p.pos[r]))
			}
		}
		return b.Finish()
	}
	out := vec.New(p.t, n)
	flat := make([]*vec.Vector, len(p.parts))
	for i, v := range p.parts {
		flat[i] = v.Flat()
	}
	for r, k := range p.part {
		if k < 0 {
			out.SetNull(r)
			continue
		}
		v, at := flat[k], p.pos[r]
		if bitOf(v.Nulls, int(at)) {
			out.SetNull(r)
			continue
		}
		switch p.t.Phys() {
		case types.PhysInt:
			out.I64[r] = v.I64[at]
		case types.PhysFloat:
			out.F64[r] = v.F64[at]
		case types.PhysStr:
			out.Str[r] = v.Str[at]
		case types.PhysDec:
			out.Dec[r] = v.Dec[at]
		case types.PhysIvl:
			out.Ivl[r] = v.Ivl[at]
		case types.PhysRec:
			out.Rec[r] = v.Rec[at]
		}
	}
	return out
}

func allRows(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// caseWhen evaluates each condition on the rows that no arm took yet and each
// arm on the rows that it takes.
func (ev *Evaluator) caseWhen(x *plan.Case, b *vec.Batch) (*vec.Vector, error) {
	p := newPieces(x.T, b.N)
	rest := allRows(b.N)
	for _, w := range x.Whens {
		if len(rest) == 0 {
			break
		}
		cond, err := ev.Eval(w.Cond, narrow(w.Cond, b, rest))
		if err != nil {
			return nil, err
		}
		var hit, miss []int32
		for i, t := range truths(cond) {
			if t == isTrue {
				hit = append(hit, rest[i])
			} else {
				miss = append(miss, rest[i])
			}
		}
		if err := ev.arm(p, w.Then, b, hit); err != nil {
			return nil, err
		}
		rest = miss
	}
	if x.Else != nil {
		if err := ev.arm(p, x.Else, b, rest); err != nil {
			return nil, err
		}
	}
	return p.vector(), nil
}

// arm evaluates e for rows of b into p.
func (ev *Evaluator) arm(p *pieces, e plan.Expr, b *vec.Batch, rows []int32) error {
	if len(rows) == 0 {
		return nil
	}
	v, err := ev.Eval(e, narrow(e, b, rows))
	if err != nil {
		return err
	}
	p.add(v, rows)
	return nil
}

func (ev *Evaluator) coalesce(x *plan.Coalesce, b *vec.Batch) (*vec.Vector, error) {
	p := newPieces(x.T, b.N)
	rest := allRows(b.N)
	for _, a := range x.Args {
		if len(rest) == 0 {
			break
		}
		v, err := ev.Eval(a, narrow(a, b, rest))
		if err != nil {
			return nil, err
		}
		if len(rest) == b.N && !v.HasNulls() {
			return v, nil
		}
		p.add(v, rest)
		var miss []int32
		for i, r := range rest {
			if v.IsNull(i) {
				miss = append(miss, r)
			}
		}
		rest = miss
	}
	return p.vector(), nil
}
