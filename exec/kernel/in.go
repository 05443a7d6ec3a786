package kernel

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// constSet is a constant IN list as a set; nil maps where it cannot be one.
type constSet struct {
	ok      bool
	hasNull bool
	ints    map[int64]struct{}
	strs    map[string]struct{}
}

// setOf makes a set of constants when equality is identity of the stored form.
func setOf(t types.Type, eq *fn.Func, list []vec.Datum) *constSet {
	s := &constSet{}
	if len(eq.Args) != 2 || !eq.Args[0].Same(eq.Args[1]) {
		return s
	}
	switch t.Phys() {
	case types.PhysInt:
		s.ints = make(map[int64]struct{}, len(list))
	case types.PhysStr:
		if !t.ByBytes() {
			return s
		}
		s.strs = make(map[string]struct{}, len(list))
	default:
		return s
	}
	s.ok = true
	for _, d := range list {
		switch {
		case d.Null:
			s.hasNull = true
		case s.ints != nil:
			s.ints[d.I] = struct{}{}
		default:
			s.strs[d.S] = struct{}{}
		}
	}
	return s
}

// test fills out for the flat or constant values v.
func (s *constSet) test(v *vec.Vector, negate bool) *vec.Vector {
	n := v.N
	if v.Const {
		n = 1
	}
	out := newBool(n)
	yes, no := int64(1), int64(0)
	if negate {
		yes, no = 0, 1
	}
	for i := range out.I64 {
		if bitOf(v.Nulls, i) {
			out.SetNull(i)
			continue
		}
		var hit bool
		if s.ints != nil {
			_, hit = s.ints[v.I64[i]]
		} else {
			_, hit = s.strs[v.Str[i]]
		}
		switch {
		case hit:
			out.I64[i] = yes
		case s.hasNull:
			out.SetNull(i)
		default:
			out.I64[i] = no
		}
	}
	out.Const = v.Const
	out.N = v.N
	return out
}

func (ev *Evaluator) in(x *plan.In, b *vec.Batch) (*vec.Vector, error) {
	v, err := ev.Eval(x.X, b)
	if err != nil {
		return nil, err
	}
	if len(x.List) > 2 {
		if s := ev.listSet(x); s.ok {
			if v.Dict != nil {
				return vec.NewDict(s.test(v.Dict, x.Negate), v.Codes), nil
			}
			return s.test(v, x.Negate), nil
		}
	}
	state := make([]byte, b.N) // all false
	for _, e := range x.List {
		y, err := ev.Eval(e, b)
		if err != nil {
			return nil, err
		}
		r, err := ev.apply(x.Eq, []*vec.Vector{v, y}, b.N)
		if err != nil {
			return nil, err
		}
		for i, t := range truths(r) {
			if state[i] != isTrue {
				state[i] = joinTruth(state[i], t, isTrue)
			}
		}
	}
	out := fromTruths(state)
	if x.Negate {
		return not(out), nil
	}
	return out, nil
}

// listSet returns the list of x as a set, remembered if ev remembers.
func (ev *Evaluator) listSet(x *plan.In) *constSet {
	if s := ev.sets[x]; s != nil {
		return s
	}
	list := make([]vec.Datum, len(x.List))
	s := &constSet{}
	constant := x.X.Type().Phys() == x.List[0].Type().Phys()
	for i, e := range x.List {
		k, ok := e.(*plan.Const)
		if !ok {
			constant = false
			break
		}
		list[i] = k.V
	}
	if constant {
		s = setOf(x.X.Type(), x.Eq, list)
	}
	if ev.sets != nil {
		ev.sets[x] = s
	}
	return s
}
