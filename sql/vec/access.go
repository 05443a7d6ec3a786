package vec

import "tagd/sql/types"

// New returns a flat vector of n zero values without nulls. An array vector's
// values are all empty arrays.
func New(t types.Type, n int) *Vector {
	v := &Vector{Type: t, N: n}
	switch t.Phys() {
	case types.PhysInt:
		v.I64 = make([]int64, n)
	case types.PhysFloat:
		v.F64 = make([]float64, n)
	case types.PhysStr:
		v.Str = make([]string, n)
	case types.PhysDec:
		v.Dec = make([]types.Decimal, n)
	case types.PhysIvl:
		v.Ivl = make([]types.IntervalValue, n)
	case types.PhysArr:
		v.Off = make([]int32, n+1)
		v.Child = New(t.Elem(), 0)
	case types.PhysRec:
		v.Rec = make([]*Record, n)
	}
	return v
}

// NewConst returns a constant vector that shows d n times.
func NewConst(t types.Type, d Datum, n int) *Vector {
	v := New(t, 1)
	if t.Phys() == types.PhysArr {
		if !d.Null && d.A != nil {
			v.Child = d.A.Flat()
			v.Off[1] = int32(d.A.N)
			if d.Dims != nil {
				v.Dims = []*ArrayDims{d.Dims}
			}
		}
		if d.Null {
			v.SetNull(0)
		}
	} else {
		v.Set(0, d)
	}
	v.N, v.Const = n, true
	return v
}

// NewDict returns a dictionary vector; it keeps both arguments. dict is flat.
func NewDict(dict *Vector, codes []uint32) *Vector {
	return &Vector{Type: dict.Type, N: len(codes), Dict: dict, Codes: codes}
}

// at returns the vector and the place in it that physically hold value i.
func (v *Vector) at(i int) (*Vector, int) {
	if v.Dict != nil {
		return v.Dict, int(v.Codes[i])
	}
	if v.Const {
		return v, 0
	}
	return v, i
}

// IsNull reports whether value i is NULL.
func (v *Vector) IsNull(i int) bool {
	p, j := v.at(i)
	return p.Nulls != nil && p.Nulls[j>>6]>>(uint(j)&63)&1 != 0
}

// SetNull makes value i of a flat vector NULL.
func (v *Vector) SetNull(i int) {
	if v.Nulls == nil {
		v.Nulls = make([]uint64, (v.phys()+63)/64)
	}
	v.Nulls[i>>6] |= 1 << (uint(i) & 63)
}

// phys is the number of physical values of a flat or constant vector.
func (v *Vector) phys() int {
	if v.Const {
		return 1
	}
	return v.N
}

// HasNulls reports whether any value is NULL.
func (v *Vector) HasNulls() bool {
	if v.N == 0 {
		return false
	}
	if v.Dict != nil {
		if !v.Dict.HasNulls() {
			return false
		}
		for _, c := range v.Codes[:v.N] {
			if v.Dict.IsNull(int(c)) {
				return true
			}
		}
		return false
	}
	n := v.phys()
	for w, bits := range v.Nulls {
		if rest := n - w*64; rest < 64 {
			if rest <= 0 {
				break
			}
			bits &= 1<<uint(rest) - 1
		}
		if bits != 0 {
			return true
		}
	}
	return false
}

// Get returns value i of a vector of any encoding; an array's A shares memory.
func (v *Vector) Get(i int) Datum {
	p, j := v.at(i)
	if p.Nulls != nil && p.Nulls[j>>6]>>(uint(j)&63)&1 != 0 {
		return Datum{Null: true}
	}
	switch {
	case p.I64 != nil:
		return Datum{I: p.I64[j]}
	case p.Str != nil:
		return Datum{S: p.Str[j]}
	case p.F64 != nil:
		return Datum{F: p.F64[j]}
	case p.Dec != nil:
		return Datum{D: p.Dec[j]}
	case p.Ivl != nil:
		return Datum{V: p.Ivl[j]}
	case p.Off != nil:
		d := Datum{A: p.Child.Slice(int(p.Off[j]), int(p.Off[j+1])).Flat()}
		if p.Dims != nil {
			d.Dims = p.Dims[j]
		}
		return d
	case p.Rec != nil:
		return Datum{R: p.Rec[j]}
	}
	return Datum{}
}

// Set stores d as value i of a flat vector that is not of an array type. It
// does not clear a NULL that was there before.
func (v *Vector) Set(i int, d Datum) {
	if d.Null {
		v.SetNull(i)
		return
	}
	switch v.Type.Phys() {
	case types.PhysInt:
		v.I64[i] = d.I
	case types.PhysFloat:
		v.F64[i] = d.F
	case types.PhysStr:
		v.Str[i] = d.S
	case types.PhysDec:
		v.Dec[i] = d.D
	case types.PhysIvl:
		v.Ivl[i] = d.V
	case types.PhysRec:
		v.Rec[i] = d.R
	}
}

// Bytes estimates the memory that v holds, shared parts included.
func (v *Vector) Bytes() int64 {
	if v == nil {
		return 0
	}
	n := int64(len(v.I64))*8 + int64(len(v.F64))*8 + int64(len(v.Str))*16 + int64(len(v.Dec))*32 +
		int64(len(v.Ivl))*16 + int64(len(v.Off))*4 + int64(len(v.Codes))*4 + int64(len(v.Nulls))*8 + 160
	for i := range v.Str {
		n += int64(len(v.Str[i]))
	}
	for i := range v.Dec {
		if b := v.Dec[i].Big; b != nil {
			n += int64(len(b.Bits()))*8 + 24
		}
	}
	for _, r := range v.Rec {
		n += r.Bytes() + 8
	}
	return n + int64(len(v.Dims))*8 + v.Child.Bytes() + v.Dict.Bytes()
}
