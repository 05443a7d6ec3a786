package vec

import "tagd/sql/types"

// Flat returns v in flat encoding: v itself if it is flat. An array vector's
// Child may stay a dictionary vector.
func (v *Vector) Flat() *Vector {
	if v.Dict == nil && !v.Const {
		return v
	}
	if v.Dict != nil {
		return takeU32(v.Dict, v.Codes[:v.N])
	}
	return takeU32(v.flatOne(), make([]uint32, v.N))
}

// flatOne returns a constant vector's value as a flat vector of one.
func (v *Vector) flatOne() *Vector {
	c := *v
	c.Const, c.N = false, 1
	return &c
}

// index is the type of positions in take.
type index interface{ ~int32 | ~uint32 }

func takeU32(v *Vector, idx []uint32) *Vector { return take(v, idx) }

// take gathers flat v by idx; v has no index that is negative.
func take[I index](v *Vector, idx []I) *Vector {
	out := &Vector{Type: v.Type, N: len(idx)}
	switch v.Type.Phys() {
	case types.PhysInt:
		out.I64 = pick(v.I64, idx)
	case types.PhysFloat:
		out.F64 = pick(v.F64, idx)
	case types.PhysStr:
		out.Str = pick(v.Str, idx)
	case types.PhysDec:
		out.Dec = pick(v.Dec, idx)
	case types.PhysIvl:
		out.Ivl = pick(v.Ivl, idx)
	case types.PhysArr:
		takeArrays(v, idx, out)
		if v.Dims != nil {
			out.Dims = pick(v.Dims, idx)
		}
	case types.PhysRec:
		out.Rec = pick(v.Rec, idx)
	}
	if v.Nulls != nil {
		for i, j := range idx {
			if v.Nulls[j>>6]>>(uint(j)&63)&1 != 0 {
				out.SetNull(i)
			}
		}
	}
	return out
}

func pick[T any, I index](src []T, idx []I) []T {
	dst := make([]T, len(idx))
	for i, j := range idx {
		dst[i] = src[j]
	}
	return dst
}

func takeArrays[I index](v *Vector, idx []I, out *Vector) {
	out.Off = make([]int32, len(idx)+1)
	n := int32(0)
	for i, j := range idx {
		n += v.Off[j+1] - v.Off[j]
		out.Off[i+1] = n
	}
	child := make([]int32, 0, n)
	for _, j := range idx {
		for k := v.Off[j]; k < v.Off[j+1]; k++ {
			child = append(child, k)
		}
	}
	out.Child = v.Child.Gather(child)
}

// Gather returns the values at idx, keeping a dictionary encoding; -1 gives
// NULL.
func (v *Vector) Gather(idx []int32) *Vector {
	outer := false
	for _, j := range idx {
		if j < 0 {
			outer = true
			break
		}
	}
	if outer {
		return v.gatherOuter(idx)
	}
	switch {
	case v.Dict != nil:
		return &Vector{Type: v.Type, N: len(idx), Dict: v.Dict, Codes: pick(v.Codes, idx)}
	case v.Const:
		c := *v
		c.N = len(idx)
		return &c
	}
	return take(v, idx)
}

// gatherOuter is Gather with NULLs for -1.
func (v *Vector) gatherOuter(idx []int32) *Vector {
	if v.Dict != nil {
		return v.gatherOuterDict(idx)
	}
	fixed := make([]int32, len(idx))
	src := v
	if v.Const {
		src = v.flatOne()
	}
	if v.N == 0 { // every index is -1
		out := New(v.Type, len(idx))
		for i := range idx {
			out.SetNull(i)
		}
		return out
	}
	for i, j := range idx {
		if j > 0 && !v.Const {
			fixed[i] = j
		}
	}
	out := take(src, fixed)
	for i, j := range idx {
		if j < 0 {
			out.SetNull(i)
		}
	}
	return out
}

func (v *Vector) gatherOuterDict(idx []int32) *Vector {
	dict, null := v.Dict, -1
	for i := range dict.N {
		if dict.IsNull(i) {
			null = i
			break
		}
	}
	if null < 0 {
		null = dict.N
		b := NewBuilder(dict.Type, dict.N+1)
		for i := range dict.N {
			b.AppendFrom(dict, i)
		}
		b.AppendNull()
		dict = b.Finish()
	}
	codes := make([]uint32, len(idx))
	for i, j := range idx {
		if j < 0 {
			codes[i] = uint32(null)
		} else {
			codes[i] = v.Codes[j]
		}
	}
	return NewDict(dict, codes)
}

// Slice returns values lo..hi (hi exclusive), sharing memory.
func (v *Vector) Slice(lo, hi int) *Vector {
	s := *v
	s.N = hi - lo
	if v.Const {
		return &s
	}
	if v.Dict != nil {
		s.Codes = v.Codes[lo:hi:hi]
		return &s
	}
	switch v.Type.Phys() {
	case types.PhysInt:
		s.I64 = v.I64[lo:hi:hi]
	case types.PhysFloat:
		s.F64 = v.F64[lo:hi:hi]
	case types.PhysStr:
		s.Str = v.Str[lo:hi:hi]
	case types.PhysDec:
		s.Dec = v.Dec[lo:hi:hi]
	case types.PhysIvl:
		s.Ivl = v.Ivl[lo:hi:hi]
	case types.PhysArr:
		s.Off = v.Off[lo : hi+1 : hi+1]
		if v.Dims != nil {
			s.Dims = v.Dims[lo:hi:hi]
		}
	case types.PhysRec:
		s.Rec = v.Rec[lo:hi:hi]
	}
	if v.Nulls != nil {
		s.Nulls = sliceBits(v.Nulls, lo, hi)
	}
	return &s
}

// sliceBits returns bits lo..hi moved to 0; it shares when lo is aligned, which
// is safe because readers stop at N and writers own their vectors.
func sliceBits(bits []uint64, lo, hi int) []uint64 {
	words := (hi - lo + 63) / 64
	w, sh := lo>>6, uint(lo)&63
	if sh == 0 {
		return bits[w : w+words : w+words]
	}
	out := make([]uint64, words)
	for i := range out {
		out[i] = bits[w+i] >> sh
		if w+i+1 < len(bits) {
			out[i] |= bits[w+i+1] << (64 - sh)
		}
	}
	return out
}

// Concat returns the values of vs one after the other, as a flat vector, or as
// a dictionary vector when all of vs share one dictionary.
func Concat(t types.Type, vs []*Vector) *Vector {
	return ConcatWhile(t, vs, func() bool { return true })
}

// ConcatWhile is Concat that gives up, with nil, when goOn says no: it is asked every
// few vectors.
func ConcatWhile(t types.Type, vs []*Vector, goOn func() bool) *Vector {
	const few = 16
	n := 0
	for _, v := range vs {
		n += v.N
	}
	if len(vs) == 1 {
		return vs[0]
	}
	if d := sharedDict(vs); d != nil {
		codes := make([]uint32, 0, n)
		for i, v := range vs {
			if i%few == 0 && !goOn() {
				return nil
			}
			codes = append(codes, v.Codes[:v.N]...)
		}
		return &Vector{Type: t, N: n, Dict: d, Codes: codes}
	}
	b := NewBuilder(t, n)
	for i, v := range vs {
		if i%few == 0 && !goOn() {
			return nil
		}
		b.AppendVector(v)
	}
	return b.Finish()
}

func sharedDict(vs []*Vector) *Vector {
	if len(vs) == 0 || vs[0].Dict == nil {
		return nil
	}
	for _, v := range vs {
		if v.Dict != vs[0].Dict {
			return nil
		}
	}
	return vs[0].Dict
}
