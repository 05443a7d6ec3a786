package segment

import (
	"sync"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// MaxCodes is the number of codes, code 0 counted, that a dictionary may have.
const MaxCodes = 1 << 16

// Dict is a growing dictionary of one column's scalar values (of elements for
// an array column). Code 0 is NULL. Safe for concurrent use.
type Dict struct {
	mu    sync.RWMutex
	typ   types.Type
	strs  map[string]uint32
	ints  map[int64]uint32
	vals  *vec.Vector // appended to under mu; views share its memory
	limit int
}

// View is a Dict as it was at one moment; immutable. It implements table.Dict.
type View struct {
	d    *Dict
	vals *vec.Vector
}

var _ table.Dict = (*View)(nil)

// NewDict returns an empty dictionary (code 0 alone) of a scalar type of class
// PhysInt or PhysStr.
func NewDict(t types.Type) *Dict {
	d := &Dict{typ: t.Elem(), limit: MaxCodes}
	d.vals = &vec.Vector{Type: d.typ, N: 1, Nulls: []uint64{1}}
	if d.typ.Phys() == types.PhysInt {
		d.ints = map[int64]uint32{}
		d.vals.I64 = []int64{0}
	} else {
		d.strs = map[string]uint32{}
		d.vals.Str = []string{""}
	}
	return d
}

// Len is the number of codes, code 0 counted.
func (d *Dict) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.vals.N
}

// View returns the dictionary as it is now, cut to n codes (n <= 0: all).
func (d *Dict) View(n int) *View {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if n <= 0 || n > d.vals.N {
		n = d.vals.N
	}
	v := *d.vals
	v.N = n
	if v.I64 != nil {
		v.I64 = v.I64[:n:n]
	} else {
		v.Str = v.Str[:n:n]
	}
	return &View{d: d, vals: &v}
}

// Len implements table.Dict.
func (v *View) Len() int { return v.vals.N }

// Values implements table.Dict.
func (v *View) Values() *vec.Vector { return v.vals }

// Lookup implements table.Dict.
func (v *View) Lookup(x vec.Datum) (uint32, bool) {
	if x.Null {
		return 0, true
	}
	v.d.mu.RLock()
	defer v.d.mu.RUnlock()
	var c uint32
	var ok bool
	if v.d.ints != nil {
		c, ok = v.d.ints[x.I]
	} else {
		c, ok = v.d.strs[x.S]
	}
	return c, ok && int(c) < v.vals.N
}

// Intern appends to dst the code of each value of v (scalars of the
// dictionary's type, any encoding), giving new codes to values that have none.
// ok is false when there are too many: the column must become plain; codes
// given so far stay.
func (d *Dict) Intern(v *vec.Vector, dst []uint32) (codes []uint32, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := len(dst)
	dst = append(dst, make([]uint32, v.N)...)
	out := dst[at:]
	switch {
	case v.Dict != nil:
		return dst, d.internDict(v, out)
	case v.Const:
		if v.N == 0 {
			return dst, true
		}
		c, ok := d.intern1(v, 0)
		for i := range out {
			out[i] = c
		}
		return dst, ok
	case d.ints != nil:
		return dst, d.internInts(v, out)
	}
	return dst, d.internStrs(v, out)
}

// internDict interns only the entries that are used.
func (d *Dict) internDict(v *vec.Vector, out []uint32) bool {
	const unseen = ^uint32(0)
	m := make([]uint32, v.Dict.N)
	for i := range m {
		m[i] = unseen
	}
	for i, c := range v.Codes[:v.N] {
		x := m[c]
		if x == unseen {
			var ok bool
			if x, ok = d.intern1(v.Dict, int(c)); !ok {
				return false
			}
			m[c] = x
		}
		out[i] = x
	}
	return true
}

func (d *Dict) intern1(v *vec.Vector, i int) (uint32, bool) {
	if v.Nulls != nil && v.Nulls[i>>6]>>(i&63)&1 != 0 {
		return 0, true
	}
	if d.ints != nil {
		if c, ok := d.ints[v.I64[i]]; ok {
			return c, true
		}
		return d.addInt(v.I64[i])
	}
	if c, ok := d.strs[v.Str[i]]; ok {
		return c, true
	}
	return d.addStr(v.Str[i])
}

func (d *Dict) internInts(v *vec.Vector, out []uint32) bool {
	for i, x := range v.I64[:v.N] {
		if v.Nulls != nil && v.Nulls[i>>6]>>(i&63)&1 != 0 {
			continue
		}
		c, ok := d.ints[x]
		if !ok {
			if c, ok = d.addInt(x); !ok {
				return false
			}
		}
		out[i] = c
	}
	return true
}

func (d *Dict) internStrs(v *vec.Vector, out []uint32) bool {
	for i, x := range v.Str[:v.N] {
		if v.Nulls != nil && v.Nulls[i>>6]>>(i&63)&1 != 0 {
			continue
		}
		c, ok := d.strs[x]
		if !ok {
			if c, ok = d.addStr(x); !ok {
				return false
			}
		}
		out[i] = c
	}
	return true
}

func (d *Dict) addInt(x int64) (uint32, bool) {
	c := uint32(d.vals.N)
	if int(c) >= d.limit {
		return 0, false
	}
	d.ints[x] = c
	d.vals.I64 = append(d.vals.I64, x)
	d.vals.N++
	d.growNulls()
	return c, true
}

func (d *Dict) addStr(x string) (uint32, bool) {
	c := uint32(d.vals.N)
	if int(c) >= d.limit {
		return 0, false
	}
	x = string(append([]byte(nil), x...)) // the caller's may point into a big buffer
	d.strs[x] = c
	d.vals.Str = append(d.vals.Str, x)
	d.vals.N++
	d.growNulls()
	return c, true
}

// growNulls keeps Nulls long enough; words are appended, never changed.
func (d *Dict) growNulls() {
	if need := (d.vals.N + 63) / 64; need > len(d.vals.Nulls) {
		d.vals.Nulls = append(d.vals.Nulls, 0)
	}
}
