package segment

import (
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/page"
	"tagd/storage/table"
)

func isNull(nulls []uint64, i int) bool { return nulls != nil && nulls[i>>6]>>(i&63)&1 != 0 }

// phys finds the physical value i of v.
func phys(v *vec.Vector, i int) (*vec.Vector, int) {
	switch {
	case v.Dict != nil:
		return v.Dict, int(v.Codes[i])
	case v.Const:
		return v, 0
	}
	return v, i
}

func build(in Input) (Pages, Stats, error) {
	var p Pages
	st := Stats{N: in.N}
	put := func(k page.Kind, guess int, f func([]byte) []byte) {
		p[k] = page.Finish(k, f(page.Frame(guess)))
		st.Bytes += len(p[k])
	}
	switch in.Form {
	case table.FormDict:
		put(page.Codes, in.N+64, func(b []byte) []byte { return encoding.PutCodes(b, in.Codes) })
		hi := uint32(0)
		for _, c := range in.Codes {
			hi = max(hi, c)
			if c == 0 {
				st.Nulls++
			}
		}
		if hi < encoding.MaxInverted && in.N > 0 {
			put(page.Inverted, 2*in.N, func(b []byte) []byte { return invert(b, in.Codes, nil, int(hi)+1) })
		}
	case table.FormInt:
		st.Nulls = countNulls(in.Nulls, in.N)
		st.bounds(in.Ints, in.Nulls)
		put(page.Packed, 4*in.N, func(b []byte) []byte { return encoding.PutPacked(b, in.Ints, in.Nulls) })
		if !in.NoSlices && !st.Sorted && st.Nulls < in.N && encoding.SliceBits(in.Ints, in.Nulls) <= encoding.MaxSliceBits {
			put(page.Slices, 4*in.N, func(b []byte) []byte { return encoding.PutSlices(b, in.Ints, in.Nulls) })
		}
	case table.FormFloat:
		st.Nulls = countNulls(in.Nulls, in.N)
		put(page.Floats, 8*in.N+64, func(b []byte) []byte { return encoding.PutFloats(b, in.Floats, in.Nulls) })
	case table.FormSet:
		st.Nulls = countNulls(in.Nulls, in.N)
		put(page.Lists, 2*len(in.Codes)+2*in.N, func(b []byte) []byte { return encoding.PutLists(b, in.Off, in.Codes, in.Nulls) })
		hi := uint32(0)
		for _, c := range in.Codes {
			hi = max(hi, c)
		}
		if hi < encoding.MaxInverted && in.N > 0 {
			put(page.Inverted, 2*len(in.Codes), func(b []byte) []byte { return invert(b, in.Codes, in.Off, int(hi)+1) })
		}
	default:
		for i := range in.N {
			if w, k := phys(in.Values, i); isNull(w.Nulls, k) {
				st.Nulls++
			}
		}
		put(page.Plain, 8*in.N, func(b []byte) []byte { return encoding.PutPlain(b, in.Values) })
	}
	return p, st, nil
}

func countNulls(nulls []uint64, n int) int {
	if nulls == nil {
		return 0
	}
	return bitmap.CountRange(nulls, 0, n)
}

func (st *Stats) bounds(vals []int64, nulls []uint64) {
	st.Min, st.Max = 1<<63-1, -1<<63
	st.Sorted = st.Nulls == 0
	for i, x := range vals {
		if nulls != nil && isNull(nulls, i) {
			continue
		}
		if i > 0 && st.Sorted && x <= vals[i-1] {
			st.Sorted = false
		}
		st.Min, st.Max = min(st.Min, x), max(st.Max, x)
	}
}

func invert(dst []byte, codes []uint32, off []int32, k int) []byte {
	b := encoding.NewInvBuilder(k)
	n := len(codes)
	if off != nil {
		n = len(off) - 1
	}
	for lo := 0; lo < n; lo += bitmap.BlockRows {
		hi := min(n, lo+bitmap.BlockRows)
		if off == nil {
			b.Add(codes[lo:hi], nil)
		} else {
			b.Add(codes, off[lo:hi+1])
		}
	}
	return b.Put(dst)
}

func buildPresent(n int, words []uint64) []byte {
	return page.Finish(page.Present, encoding.PutPresent(page.Frame(n/8+64), n, words))
}
