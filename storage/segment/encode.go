package segment

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
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

func fromVector(t types.Type, form table.Form, v *vec.Vector, d *Dict) (in Input, full bool, err error) {
	in = Input{Type: t, Form: form, N: v.N}
	switch form {
	case table.FormDict:
		codes, ok := d.Intern(v, nil)
		in.Codes = codes
		return in, !ok, nil
	case table.FormInt:
		in.Ints, in.Nulls, err = toInts(t, v)
		return in, false, err
	case table.FormFloat:
		in.Floats = make([]float64, v.N)
		for i := range in.Floats {
			w, k := phys(v, i)
			if isNull(w.Nulls, k) {
				in.setNull(i)
				continue
			}
			in.Floats[i] = w.F64[k]
		}
		return in, false, nil
	case table.FormSet:
		full = !in.fillLists(v, d)
		return in, full, nil
	}
	in.Values = v
	return in, false, nil
}

func (in *Input) setNull(i int) {
	if in.Nulls == nil {
		in.Nulls = make([]uint64, (in.N+63)/64)
	}
	in.Nulls[i>>6] |= 1 << (i & 63)
}

// toInts gives the FormInt values of a vector.
func toInts(t types.Type, v *vec.Vector) ([]int64, []uint64, error) {
	in := Input{N: v.N, Ints: make([]int64, v.N)}
	_, scale, _ := t.Precision()
	for i := range in.Ints {
		w, k := phys(v, i)
		if isNull(w.Nulls, k) {
			in.setNull(i)
			continue
		}
		if w.I64 != nil {
			in.Ints[i] = w.I64[k]
			continue
		}
		d := w.Dec[k]
		x, ok := d.Unscaled(int32(scale))
		if !ok || d.Form != types.Finite {
			return nil, nil, sqlerr.New(pgerrcode.FeatureNotSupported, "numeric value %s cannot be stored in a column of type %s", d.String(), t.String())
		}
		in.Ints[i] = x
	}
	return in.Ints, in.Nulls, nil
}

// fillLists interns the elements of arrays.
func (in *Input) fillLists(v *vec.Vector, d *Dict) bool {
	in.Off = make([]int32, v.N+1)
	var m []uint32 // codes of the child's values, interned as a whole when v is flat
	var child *vec.Vector
	for i := range v.N {
		w, k := phys(v, i)
		in.Off[i+1] = in.Off[i]
		if isNull(w.Nulls, k) {
			in.setNull(i)
			continue
		}
		if w.Child == nil || w.Off[k] == w.Off[k+1] {
			continue
		}
		if child != w.Child {
			child = w.Child
			var ok bool
			if m, ok = d.Intern(child, m[:0]); !ok {
				return false
			}
		}
		in.Codes = append(in.Codes, m[w.Off[k]:w.Off[k+1]]...)
		in.Off[i+1] = int32(len(in.Codes))
	}
	return true
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
	body := make([]byte, 0)
	for lo := 0; lo < n; lo += bitmap.BlockRows {
		hi := min(n, lo+bitmap.BlockRows)
		if off == nil {
			b.Add(codes[lo:hi], nil)
		} else {
			b.Add(codes, off[lo:hi+1])
		}
	}
	body = b.Put(body)
	return append(dst, body...)
}

func buildPresent(n int, words []uint64) []byte {
	return page.Finish(page.Present, encoding.PutPresent(page.Frame(n/8+64), n, words))
}

func dictChunk(v *View, from int) []byte {
	n := v.Len() - from
	x := &vec.Vector{Type: v.vals.Type, N: n}
	if v.vals.I64 != nil {
		x.I64 = v.vals.I64[from:]
	} else {
		x.Str = v.vals.Str[from:]
	}
	return page.Finish(page.Dict, encoding.PutVector(page.Frame(16*n), x))
}

func (d *Dict) appendChunk(body []byte) error {
	v, rest, err := encoding.ParseVector(d.typ, body)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(rest) != 0 || v.Nulls != nil {
		return encoding.Corrupt("dictionary page has %d bytes too many, or NULLs", len(rest))
	}
	for i := range v.N {
		ok := false
		if d.ints != nil {
			if _, seen := d.ints[v.I64[i]]; !seen {
				_, ok = d.addInt(v.I64[i])
			}
		} else if _, seen := d.strs[v.Str[i]]; !seen {
			_, ok = d.addStr(v.Str[i])
		}
		// A value twice, or one too many, would shift the codes after it.
		if !ok {
			return encoding.Corrupt("dictionary page has entry %d twice or too many entries", i)
		}
	}
	return nil
}
