package kernel

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/vec"
)

// Truth values in a byte.
const (
	isFalse byte = iota
	isTrue
	isNull
)

// truths expands a Boolean vector into one byte a row.
func truths(v *vec.Vector) []byte {
	out := make([]byte, v.N)
	switch {
	case v.Const:
		t := truth(v, 0)
		for i := range out {
			out[i] = t
		}
	case v.Dict != nil:
		of := truths(v.Dict)
		for i, c := range v.Codes {
			out[i] = of[c]
		}
	default:
		for i, x := range v.I64 {
			out[i] = byte(x)
		}
		for i := range out {
			if bitOf(v.Nulls, i) {
				out[i] = isNull
			}
		}
	}
	return out
}

func truth(v *vec.Vector, i int) byte {
	if bitOf(v.Nulls, i) {
		return isNull
	}
	return byte(v.I64[i])
}

func fromTruths(t []byte) *vec.Vector {
	v := newBool(len(t))
	for i, x := range t {
		if x == isNull {
			v.SetNull(i)
			continue
		}
		v.I64[i] = int64(x)
	}
	return v
}

func appendTrue(v *vec.Vector, dst []int32) []int32 {
	switch {
	case v.Const:
		if truth(v, 0) == isTrue {
			for i := 0; i < v.N; i++ {
				dst = append(dst, int32(i))
			}
		}
	case v.Dict != nil:
		of := truths(v.Dict)
		for i, c := range v.Codes {
			if of[c] == isTrue {
				dst = append(dst, int32(i))
			}
		}
	case v.Nulls == nil:
		for i, x := range v.I64 {
			if x != 0 {
				dst = append(dst, int32(i))
			}
		}
	default:
		for i, x := range v.I64 {
			if x != 0 && !bitOf(v.Nulls, i) {
				dst = append(dst, int32(i))
			}
		}
	}
	return dst
}

// junction is AND (decides 0) or OR (decides 1): a row leaves as soon as an
// argument has the deciding value.
func (ev *Evaluator) junction(args []plan.Expr, b *vec.Batch, decides byte) (*vec.Vector, error) {
	var state []byte // of every row; nil before the first argument
	var open []int32 // rows that are not decided; nil: all
	for _, a := range args {
		if state != nil && len(open) == 0 {
			break
		}
		sub := b
		whole := state == nil || len(open) == b.N
		if !whole && !total(a) {
			sub = narrow(a, b, open)
		}
		v, err := ev.Eval(a, sub)
		if err != nil {
			return nil, err
		}
		t := truths(v)
		if state == nil {
			state = t
		} else if sub == b && !whole {
			for _, r := range open {
				state[r] = joinTruth(state[r], t[r], decides)
			}
		} else {
			for i, r := range open {
				state[r] = joinTruth(state[r], t[i], decides)
			}
		}
		open = undecided(state, decides, open)
	}
	return fromTruths(state), nil
}

func joinTruth(a, b, decides byte) byte {
	if b == decides {
		return decides
	}
	if a == isNull || b == isNull {
		return isNull
	}
	return b
}

func undecided(state []byte, decides byte, open []int32) []int32 {
	open = open[:0]
	for i, s := range state {
		if s != decides {
			open = append(open, int32(i))
		}
	}
	return open
}

// total reports whether e can be evaluated on rows that need not be: nothing in
// it can fail.
func total(e plan.Expr) bool {
	switch x := e.(type) {
	case *plan.Col, *plan.Const:
		return true
	case *plan.Call:
		if !totalFunc(x.F) {
			return false
		}
		for _, a := range x.Args {
			if !total(a) {
				return false
			}
		}
		return true
	case *plan.Not:
		return total(x.X)
	case *plan.IsTest:
		return total(x.X)
	case *plan.In:
		if !totalFunc(x.Eq) || !total(x.X) {
			return false
		}
		for _, a := range x.List {
			if !total(a) {
				return false
			}
		}
		return true
	case *plan.AnyAll:
		return totalFunc(x.Op) && total(x.L) && total(x.R)
	}
	return false
}

// totalFunc: comparisons and set operators never fail.
func totalFunc(f *fn.Func) bool {
	switch f.Name {
	case "=", "<>", "<", "<=", ">", ">=", "@>", "<@", "&&":
		return true
	}
	return false
}

func not(v *vec.Vector) *vec.Vector {
	if v.Dict != nil {
		return vec.NewDict(not(v.Dict), v.Codes)
	}
	c := *v
	c.I64 = make([]int64, len(v.I64))
	for i, x := range v.I64 {
		c.I64[i] = x ^ 1
	}
	return &c
}

func isTest(v *vec.Vector, what plan.Is, negate bool) *vec.Vector {
	if what == plan.IsNull && isRecord(v.Type) {
		return recordsNull(v, negate)
	}
	if v.Dict != nil {
		return vec.NewDict(isTest(v.Dict, what, negate), v.Codes)
	}
	n := v.N
	if v.Const {
		n = 1
	}
	out := newBool(n)
	neg := int64(0)
	if negate {
		neg = 1
	}
	for i := range out.I64 {
		hit := bitOf(v.Nulls, i)
		switch what {
		case plan.IsTrue:
			hit = !hit && v.I64[i] != 0
		case plan.IsFalse:
			hit = !hit && v.I64[i] == 0
		}
		out.I64[i] = neg
		if hit {
			out.I64[i] = neg ^ 1
		}
	}
	if v.Const {
		out.Const = true
		out.N = v.N
	}
	return out
}
