package op

import (
	"slices"

	"math"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// keyTable numbers distinct rows of key values densely in order of first
// appearance. NULLs are equal to each other, as GROUP BY and DISTINCT want.
type keyTable struct {
	cols  []keyCol
	slots []uint32 // group + 1; 0: free. len is a power of two
	hash  []uint64 // by group
	n     int

	exact bool     // values are told apart that are equal but not the same
	seed  []uint64 // scratch
	codes *codeMap // single dictionary key
}

// codeMap remembers the groups of a dictionary's codes.
type codeMap struct {
	dict   *vec.Vector
	groups []uint32 // group + 1 by code; 0: not seen
}

// keyCol holds one key column of all groups, in the physical class of its type.
type keyCol struct {
	t     types.Type
	nulls []uint64
	some  bool // there are nulls
	i64   []int64
	f64   []float64
	str   []string
	dat   []vec.Datum // numeric, interval, arrays
	bytes int64       // of what dat and str point at
}

func newKeyTable(ts []types.Type) *keyTable {
	k := &keyTable{cols: make([]keyCol, len(ts)), slots: make([]uint32, 64)}
	for i, t := range ts {
		k.cols[i].t = t
	}
	return k
}

// newExactTable is a key table that tells values apart that are only equal, as
// numeric 1.0 and 1.00 (vec.Same): for what is computed from the keys.
func newExactTable(ts []types.Type) *keyTable {
	k := newKeyTable(ts)
	k.exact = true
	return k
}

// groups writes the group of each of n rows of keys to dst (grown as needed).
func (k *keyTable) groups(keys []*vec.Vector, n int, dst []uint32) []uint32 {
	dst = grow(dst, n)
	if len(keys) == 0 {
		if k.n == 0 && n > 0 {
			k.n = 1
			k.hash = append(k.hash, 0)
		}
		clear(dst)
		return dst
	}
	if len(keys) == 1 && keys[0].Dict != nil {
		k.byCode(keys[0], dst)
		return dst
	}
	k.byHash(keys, n, dst)
	return dst
}

// byCode looks each code of a dictionary vector up once.
func (k *keyTable) byCode(v *vec.Vector, dst []uint32) {
	if k.codes == nil || k.codes.dict != v.Dict {
		k.codes = &codeMap{dict: v.Dict, groups: make([]uint32, v.Dict.N)}
	}
	seen := k.codes.groups
	var one [1]uint32
	for i, c := range v.Codes[:v.N] {
		g := seen[c]
		if g == 0 {
			k.byHash([]*vec.Vector{v.Dict.Slice(int(c), int(c)+1)}, 1, one[:])
			g = one[0] + 1
			seen[c] = g
		}
		dst[i] = g - 1
	}
}

func (k *keyTable) byHash(keys []*vec.Vector, n int, dst []uint32) {
	k.seed = grow(k.seed, n)
	h := k.seed
	clear(h)
	flat := make([]*vec.Vector, len(keys))
	for i, v := range keys {
		vec.Hash(v, h)
		flat[i] = v.Flat()
	}
	for i := range n {
		x := slotHash(h[i])
		mask := uint64(len(k.slots) - 1)
		p := x & mask
		for {
			s := k.slots[p]
			if s == 0 {
				dst[i] = k.add(flat, i, x, p)
				break
			}
			if g := s - 1; k.hash[g] == x && k.equal(flat, i, int(g)) {
				dst[i] = g
				break
			}
			p = (p + 1) & mask
		}
	}
}

// noGroup is what find gives for a row whose key is not in the table.
const noGroup = ^uint32(0)

// finder looks keys up in a table that does not change meanwhile. One goroutine
// uses it; several may have one over the same table.
type finder struct {
	k    *keyTable
	seed []uint64
	dict *vec.Vector // of the last dictionary key
	memo []uint32    // by its code: 0 unknown, 1 none, group + 2
}

// find writes the group of each of n rows of keys to dst, noGroup where there
// is none.
func (f *finder) find(keys []*vec.Vector, n int, dst []uint32) []uint32 {
	dst = grow(dst, n)
	if len(keys) == 0 {
		g := noGroup
		if f.k.n > 0 {
			g = 0
		}
		for i := range dst {
			dst[i] = g
		}
		return dst
	}
	if len(keys) == 1 && keys[0].Dict != nil {
		f.byCode(keys[0], dst)
		return dst
	}
	f.byHash(keys, n, dst)
	return dst
}

func (f *finder) byCode(v *vec.Vector, dst []uint32) {
	if f.dict != v.Dict {
		f.dict, f.memo = v.Dict, make([]uint32, v.Dict.N)
	}
	var one [1]uint32
	for i, c := range v.Codes[:v.N] {
		m := f.memo[c]
		if m == 0 {
			f.byHash([]*vec.Vector{v.Dict.Slice(int(c), int(c)+1)}, 1, one[:])
			m = 1
			if one[0] != noGroup {
				m = one[0] + 2
			}
			f.memo[c] = m
		}
		dst[i] = m - 2 // 1 gives noGroup
	}
}

func (f *finder) byHash(keys []*vec.Vector, n int, dst []uint32) {
	k := f.k
	f.seed = grow(f.seed, n)
	h := f.seed
	clear(h)
	flat := make([]*vec.Vector, len(keys))
	for i, v := range keys {
		vec.Hash(v, h)
		flat[i] = v.Flat()
	}
	if len(flat) == 1 && flat[0].I64 != nil && !k.cols[0].some && flat[0].Nulls == nil {
		f.byInt(flat[0].I64, h, dst)
		return
	}
	mask := uint64(len(k.slots) - 1)
	for i := range n {
		x := slotHash(h[i])
		p := x & mask
		dst[i] = noGroup
		for k.slots[p] != 0 {
			if g := k.slots[p] - 1; k.hash[g] == x && k.equal(flat, i, int(g)) {
				dst[i] = g
				break
			}
			p = (p + 1) & mask
		}
	}
}

// byInt is byHash for one integer key without NULLs.
func (f *finder) byInt(vals []int64, h []uint64, dst []uint32) {
	k := f.k
	mask := uint64(len(k.slots) - 1)
	have := k.cols[0].i64
	for i := range dst {
		p := slotHash(h[i]) & mask
		dst[i] = noGroup
		for k.slots[p] != 0 {
			if g := k.slots[p] - 1; have[g] == vals[i] {
				dst[i] = g
				break
			}
			p = (p + 1) & mask
		}
	}
}

// slotHash is a last mix: slots are taken from the low bits.
func slotHash(h uint64) uint64 { return h ^ h>>32 }

func (k *keyTable) add(keys []*vec.Vector, i int, h, slot uint64) uint32 {
	g := uint32(k.n)
	k.n++
	k.hash = append(k.hash, h)
	for c := range k.cols {
		k.cols[c].append(keys[c], i, int(g))
	}
	k.slots[slot] = g + 1
	if k.n*2 > len(k.slots) {
		k.rehash(len(k.slots) * 2)
	}
	return g
}

// reserve makes room for n groups at once. Growing there step by step takes longer,
// and the last steps so long that a cancel would wait for them.
func (k *keyTable) reserve(n int) {
	slots := len(k.slots)
	for n*2 > slots {
		slots *= 2
	}
	if slots > len(k.slots) {
		k.hash = slices.Grow(k.hash, n-k.n)
		for i := range k.cols {
			k.cols[i].reserve(n - k.n)
		}
		k.rehash(slots)
	}
}

// reserve makes room for n more values.
func (c *keyCol) reserve(n int) {
	switch c.t.Phys() {
	case types.PhysInt:
		c.i64 = slices.Grow(c.i64, n)
	case types.PhysFloat:
		c.f64 = slices.Grow(c.f64, n)
	case types.PhysStr:
		c.str = slices.Grow(c.str, n)
	default:
		c.dat = slices.Grow(c.dat, n)
	}
}

func (k *keyTable) rehash(slots int) {
	k.slots = make([]uint32, slots)
	mask := uint64(len(k.slots) - 1)
	for g, h := range k.hash {
		p := h & mask
		for k.slots[p] != 0 {
			p = (p + 1) & mask
		}
		k.slots[p] = uint32(g) + 1
	}
}

func (k *keyTable) equal(keys []*vec.Vector, i, g int) bool {
	for c := range k.cols {
		if !k.cols[c].equal(keys[c], i, g) || k.exact && !k.cols[c].same(keys[c], i, g) {
			return false
		}
	}
	return true
}

func (c *keyCol) append(v *vec.Vector, i, g int) {
	null := v.IsNull(i)
	if null {
		c.some = true
		for len(c.nulls) <= g>>6 {
			c.nulls = append(c.nulls, 0)
		}
		c.nulls[g>>6] |= 1 << (g & 63)
	}
	switch c.t.Phys() {
	case types.PhysInt:
		c.i64 = append(c.i64, v.I64[i])
	case types.PhysFloat:
		c.f64 = append(c.f64, v.F64[i])
	case types.PhysStr:
		s := v.Str[i]
		c.str = append(c.str, s)
		c.bytes += int64(len(s))
	default:
		d := v.Get(i)
		c.dat = append(c.dat, d)
		if d.A != nil {
			c.bytes += d.A.Bytes()
		}
		c.bytes += d.R.Bytes()
	}
}

func (c *keyCol) isNull(g int) bool {
	return c.some && g>>6 < len(c.nulls) && c.nulls[g>>6]>>(g&63)&1 != 0
}

func (c *keyCol) equal(v *vec.Vector, i, g int) bool {
	vn, gn := v.IsNull(i), c.isNull(g)
	if vn || gn {
		return vn && gn
	}
	switch c.t.Phys() {
	case types.PhysInt:
		return c.i64[g] == v.I64[i]
	case types.PhysFloat:
		a, b := c.f64[g], v.F64[i]
		return a == b || math.IsNaN(a) && math.IsNaN(b)
	case types.PhysStr:
		return c.str[g] == v.Str[i] || !c.t.ByBytes() && vec.Compare(c.t, vec.Datum{S: c.str[g]}, vec.Datum{S: v.Str[i]}) == 0
	}
	return vec.Compare(c.t, c.dat[g], v.Get(i)) == 0
}

// same is equal for keys of exact tables; the values are equal.
func (c *keyCol) same(v *vec.Vector, i, g int) bool {
	switch c.t.Phys() {
	case types.PhysInt:
		return true
	case types.PhysFloat:
		return c.isNull(g) || math.Float64bits(c.f64[g]) == math.Float64bits(v.F64[i])
	case types.PhysStr:
		return c.str[g] == v.Str[i] || c.isNull(g)
	}
	return vec.Same(c.t, c.dat[g], v.Get(i))
}

// column returns key column c of all groups; plain classes share memory with
// the table, which must not grow any more.
func (k *keyTable) column(c int) *vec.Vector {
	col := &k.cols[c]
	v := &vec.Vector{Type: col.t, N: k.n}
	if col.some {
		v.Nulls = make([]uint64, (k.n+63)/64)
		copy(v.Nulls, col.nulls)
	}
	switch col.t.Phys() {
	case types.PhysInt:
		v.I64 = col.i64
	case types.PhysFloat:
		v.F64 = col.f64
	case types.PhysStr:
		v.Str = col.str
	default:
		b := vec.NewBuilder(col.t, k.n)
		for g, d := range col.dat {
			if col.isNull(g) {
				b.AppendNull()
			} else {
				b.Append(d)
			}
		}
		return b.Finish()
	}
	return v
}

// bytes is the memory held.
func (k *keyTable) bytes() int64 {
	n := int64(cap(k.slots))*4 + int64(cap(k.hash))*8 + int64(cap(k.seed))*8
	for i := range k.cols {
		c := &k.cols[i]
		n += int64(cap(c.i64)+cap(c.f64))*8 + int64(cap(c.str))*16 + int64(cap(c.dat))*120 + c.bytes + int64(cap(c.nulls))*8
	}
	return n
}

// grow returns a slice of length n, reusing s.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
