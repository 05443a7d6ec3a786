package vec

import "tagd/sql/types"

// Builder grows a flat vector value by value.
type Builder struct {
	v     *Vector
	child *Builder // element values of an array type
}

// NewBuilder returns a builder of type t with room for capacity values.
func NewBuilder(t types.Type, capacity int) *Builder {
	v := &Vector{Type: t}
	b := &Builder{v: v}
	switch t.Phys() {
	case types.PhysInt:
		v.I64 = make([]int64, 0, capacity)
	case types.PhysFloat:
		v.F64 = make([]float64, 0, capacity)
	case types.PhysStr:
		v.Str = make([]string, 0, capacity)
	case types.PhysDec:
		v.Dec = make([]types.Decimal, 0, capacity)
	case types.PhysIvl:
		v.Ivl = make([]types.IntervalValue, 0, capacity)
	case types.PhysArr:
		v.Off = make([]int32, 1, capacity+1)
		b.child = NewBuilder(t.Elem(), capacity)
	case types.PhysRec:
		v.Rec = make([]*Record, 0, capacity)
	}
	return b
}

// Len returns the number of values so far.
func (b *Builder) Len() int { return b.v.N }

// Bytes estimates the memory held so far, strings without their bytes.
func (b *Builder) Bytes() int64 {
	v := b.v
	n := int64(cap(v.I64))*8 + int64(cap(v.F64))*8 + int64(cap(v.Str))*16 + int64(cap(v.Dec))*32 +
		int64(cap(v.Ivl))*16 + int64(cap(v.Off))*4 + int64(cap(v.Dims))*8 + int64(cap(v.Nulls))*8
	if b.child != nil {
		n += b.child.Bytes()
	}
	return n
}

// Append adds one value.
func (b *Builder) Append(d Datum) {
	if d.Null {
		b.AppendNull()
		return
	}
	v := b.v
	switch v.Type.Phys() {
	case types.PhysInt:
		v.I64 = append(v.I64, d.I)
	case types.PhysFloat:
		v.F64 = append(v.F64, d.F)
	case types.PhysStr:
		v.Str = append(v.Str, d.S)
	case types.PhysDec:
		v.Dec = append(v.Dec, d.D)
	case types.PhysIvl:
		v.Ivl = append(v.Ivl, d.V)
	case types.PhysArr:
		if d.A != nil {
			b.child.AppendVector(d.A)
		}
		v.Off = append(v.Off, int32(b.child.Len()))
		b.shape(d.Dims)
	case types.PhysRec:
		v.Rec = append(v.Rec, d.R)
	}
	b.grown()
}

// shape records the dimensions of the array that is being added.
func (b *Builder) shape(d *ArrayDims) {
	if d == nil && b.v.Dims == nil {
		return
	}
	for len(b.v.Dims) < b.v.N {
		b.v.Dims = append(b.v.Dims, nil)
	}
	b.v.Dims = append(b.v.Dims, d)
}

// grown counts one more value and keeps the null bits as long as the values.
func (b *Builder) grown() {
	v := b.v
	v.N++
	if v.Nulls != nil && len(v.Nulls)*64 < v.N {
		v.Nulls = append(v.Nulls, 0)
	}
}

// AppendNull adds a NULL.
func (b *Builder) AppendNull() {
	v := b.v
	switch v.Type.Phys() {
	case types.PhysInt:
		v.I64 = append(v.I64, 0)
	case types.PhysFloat:
		v.F64 = append(v.F64, 0)
	case types.PhysStr:
		v.Str = append(v.Str, "")
	case types.PhysDec:
		v.Dec = append(v.Dec, types.Decimal{})
	case types.PhysIvl:
		v.Ivl = append(v.Ivl, types.IntervalValue{})
	case types.PhysArr:
		v.Off = append(v.Off, int32(b.child.Len()))
		b.shape(nil)
	case types.PhysRec:
		v.Rec = append(v.Rec, nil)
	}
	b.grown()
	v.SetNull(v.N - 1)
}

// AppendFrom adds value i of src, which has the builder's physical class.
func (b *Builder) AppendFrom(src *Vector, i int) {
	p, j := src.at(i)
	if p.Nulls != nil && p.Nulls[j>>6]>>(uint(j)&63)&1 != 0 {
		b.AppendNull()
		return
	}
	v := b.v
	switch v.Type.Phys() {
	case types.PhysInt:
		v.I64 = append(v.I64, p.I64[j])
	case types.PhysFloat:
		v.F64 = append(v.F64, p.F64[j])
	case types.PhysStr:
		v.Str = append(v.Str, p.Str[j])
	case types.PhysDec:
		v.Dec = append(v.Dec, p.Dec[j])
	case types.PhysIvl:
		v.Ivl = append(v.Ivl, p.Ivl[j])
	case types.PhysArr:
		for k := p.Off[j]; k < p.Off[j+1]; k++ {
			b.child.AppendFrom(p.Child, int(k))
		}
		v.Off = append(v.Off, int32(b.child.Len()))
		if p.Dims != nil {
			b.shape(p.Dims[j])
		} else {
			b.shape(nil)
		}
	case types.PhysRec:
		v.Rec = append(v.Rec, p.Rec[j])
	}
	b.grown()
}

// AppendVector adds every value of src.
func (b *Builder) AppendVector(src *Vector) {
	v := b.v
	if src.Dict == nil && !src.Const && !src.HasNulls() && v.Nulls == nil && src.Dims == nil && v.Dims == nil {
		n := src.N
		switch v.Type.Phys() {
		case types.PhysInt:
			v.I64 = append(v.I64, src.I64[:n]...)
		case types.PhysFloat:
			v.F64 = append(v.F64, src.F64[:n]...)
		case types.PhysStr:
			v.Str = append(v.Str, src.Str[:n]...)
		case types.PhysDec:
			v.Dec = append(v.Dec, src.Dec[:n]...)
		case types.PhysIvl:
			v.Ivl = append(v.Ivl, src.Ivl[:n]...)
		case types.PhysArr:
			base := int32(b.child.Len()) - src.Off[0]
			b.child.AppendVector(src.Child.Slice(int(src.Off[0]), int(src.Off[n])))
			for _, o := range src.Off[1 : n+1] {
				v.Off = append(v.Off, base+o)
			}
		case types.PhysRec:
			v.Rec = append(v.Rec, src.Rec[:n]...)
		}
		v.N += n
		return
	}
	for i := range src.N {
		b.AppendFrom(src, i)
	}
}

// Finish returns the vector; the builder must not be used after it.
func (b *Builder) Finish() *Vector {
	if b.child != nil {
		b.v.Child = b.child.Finish()
	}
	return b.v
}
