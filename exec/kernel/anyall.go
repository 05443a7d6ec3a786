package kernel

import (
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// anyAll is L op ANY (R) or L op ALL (R).
func (ev *Evaluator) anyAll(x *plan.AnyAll, b *vec.Batch) (*vec.Vector, error) {
	l, err := ev.Eval(x.L, b)
	if err != nil {
		return nil, err
	}
	r, err := ev.Eval(x.R, b)
	if err != nil {
		return nil, err
	}
	if r.Const {
		v, err := ev.anyConst(x, l, r, b.N)
		if err != nil {
			return nil, place(err, x.Off)
		}
		return v, nil
	}
	if r.Dict != nil {
		r = r.Flat()
	}
	v, err := ev.anyRows(x, l, r, b.N)
	if err != nil {
		return nil, place(err, x.Off)
	}
	return v, nil
}

// anyConst compares a column with one array.
func (ev *Evaluator) anyConst(x *plan.AnyAll, l, r *vec.Vector, n int) (*vec.Vector, error) {
	if r.IsNull(0) {
		return vec.NewConst(x.T, vec.Datum{Null: true}, n), nil
	}
	lo, hi := int(r.Off[0]), int(r.Off[1])
	eq := x.Op.Name == "=" && !x.All || x.Op.Name == "<>" && x.All
	if eq && hi-lo > 2 && l.Type.Phys() == r.Type.Elem().Phys() {
		list := make([]vec.Datum, 0, hi-lo)
		for i := lo; i < hi; i++ {
			list = append(list, r.Child.Get(i))
		}
		if s := setOf(l.Type, x.Op, list); s.ok {
			if l.Dict != nil {
				return vec.NewDict(s.test(l.Dict, x.All), l.Codes), nil
			}
			return s.test(l, x.All), nil
		}
	}
	decides, start := isTrue, isFalse
	if x.All {
		decides, start = isFalse, isTrue
	}
	state := make([]byte, n)
	for i := range state {
		state[i] = start
	}
	for k := lo; k < hi; k++ {
		el := vec.NewConst(r.Type.Elem(), r.Child.Get(k), n)
		v, err := ev.apply(x.Op, []*vec.Vector{l, el}, n)
		if err != nil {
			return nil, err
		}
		for i, t := range truths(v) {
			if state[i] != decides {
				state[i] = joinTruth(state[i], t, decides)
			}
		}
	}
	return fromTruths(state), nil
}

// anyRows compares with an array of each row: the operator runs once over all
// elements of all rows.
func (ev *Evaluator) anyRows(x *plan.AnyAll, l, r *vec.Vector, n int) (*vec.Vector, error) {
	lo, hi := int(r.Off[0]), int(r.Off[n])
	child := r.Child.Slice(lo, hi)
	if !l.Const {
		idx := make([]int32, hi-lo)
		for i := 0; i < n; i++ {
			for k := int(r.Off[i]) - lo; k < int(r.Off[i+1])-lo; k++ {
				idx[k] = int32(i)
			}
		}
		l = l.Gather(idx)
	} else {
		c := *l
		c.N = hi - lo
		l = &c
	}
	var t []byte
	if hi > lo {
		v, err := ev.apply(x.Op, []*vec.Vector{l, child}, hi-lo)
		if err != nil {
			return nil, err
		}
		t = truths(v)
	}
	decides, start := isTrue, isFalse
	if x.All {
		decides, start = isFalse, isTrue
	}
	state := make([]byte, n)
	for i := 0; i < n; i++ {
		if bitOf(r.Nulls, i) {
			state[i] = isNull
			continue
		}
		s := start
		for k := int(r.Off[i]) - lo; k < int(r.Off[i+1])-lo && s != decides; k++ {
			s = joinTruth(s, t[k], decides)
		}
		state[i] = s
	}
	return fromTruths(state), nil
}
