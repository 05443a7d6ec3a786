package storage

import (
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// dict is the dictionary of one column: the values by code. It only grows, and
// only in the hands of the writer; an aborted Write cuts off what it added.
// Snapshots see it through a dictView of the length that was committed.
//
// mu guards the maps. vals is append-only below any published length, so views
// read it without the lock.
type dict struct {
	t types.Type // of the values: the element type for an array column

	mu   sync.RWMutex
	strs map[string]uint32
	ints map[int64]uint32
	str  []string
	i64  []int64

	// stored are the codes that the file has; only the writer uses it.
	stored int
	// chunks are the versions of the chunks in the file, and the length after each.
	chunks []dictChunk
}

// dictChunk is one stored part of a dictionary.
type dictChunk struct {
	Ver uint64 `json:"v"`
	Len int    `json:"n"` // codes after it
}

func newDict(t types.Type) *dict {
	d := &dict{t: t, stored: 1}
	if t.Phys() == types.PhysInt {
		d.ints, d.i64 = map[int64]uint32{}, make([]int64, 1, 16)
	} else {
		d.strs, d.str = map[string]uint32{}, make([]string, 1, 16)
	}
	return d
}

func (d *dict) len() int {
	if d.ints != nil {
		return len(d.i64)
	}
	return len(d.str)
}

// internStr returns the code of s, giving one out if needed; false if the
// dictionary is full. Only the writer calls it, one goroutine per dictionary, so
// it may read the map without the lock.
func (d *dict) internStr(s string) (uint32, bool) {
	if c, ok := d.strs[s]; ok {
		return c, true
	}
	c := uint32(len(d.str))
	if c >= maxDict {
		return 0, false
	}
	s = string(append([]byte(nil), s...)) // let go of the caller's buffer
	d.mu.Lock()
	d.strs[s] = c
	d.str = append(d.str, s)
	d.mu.Unlock()
	return c, true
}

func (d *dict) internInt(v int64) (uint32, bool) {
	if c, ok := d.ints[v]; ok {
		return c, true
	}
	c := uint32(len(d.i64))
	if c >= maxDict {
		return 0, false
	}
	d.mu.Lock()
	d.ints[v] = c
	d.i64 = append(d.i64, v)
	d.mu.Unlock()
	return c, true
}

// internAll writes the codes of the values lo..hi of a vector to dst, which has
// hi-lo entries; false if the dictionary is full (some codes may have been given
// out). A dictionary vector is looked up once per entry that occurs. With ro no
// code is given out (false then means that one is missing) and any goroutine may
// call it.
func (d *dict) internAll(v *vec.Vector, lo, hi int, dst []uint32, memo *dictMemo, ro bool) bool {
	if ro {
		d.mu.RLock()
		defer d.mu.RUnlock()
	}
	switch {
	case v.Dict != nil:
		return d.internCoded(v, lo, hi, dst, memo, ro)
	case v.Const:
		c, ok := d.internAt(v, 0, ro)
		for i := range dst {
			dst[i] = c
		}
		return ok
	}
	for i := lo; i < hi; i++ {
		c, ok := d.internAt(v, i, ro)
		if !ok {
			return false
		}
		dst[i-lo] = c
	}
	return true
}

// internAt is the code of entry i of a flat vector, or of entry 0 of a constant.
func (d *dict) internAt(v *vec.Vector, i int, ro bool) (uint32, bool) {
	if v.Nulls != nil && v.Nulls[i>>6]>>(i&63)&1 != 0 {
		return 0, true
	}
	if ro && d.ints != nil {
		c, ok := d.ints[v.I64[i]]
		return c, ok
	} else if ro {
		c, ok := d.strs[v.Str[i]]
		return c, ok
	}
	if d.ints != nil {
		return d.internInt(v.I64[i])
	}
	return d.internStr(v.Str[i])
}

// dictMemo remembers the codes of another dictionary's entries, as batches of
// one load mostly share one. The zero value is empty.
type dictMemo struct {
	of   *vec.Vector
	n    int
	code []uint32 // code + 1 by entry, 0: not looked up yet
}

func (d *dict) internCoded(v *vec.Vector, lo, hi int, dst []uint32, memo *dictMemo, ro bool) bool {
	if memo.of != v.Dict || memo.n != v.Dict.N {
		memo.of, memo.n = v.Dict, v.Dict.N
		if cap(memo.code) < v.Dict.N {
			memo.code = make([]uint32, v.Dict.N)
		}
		memo.code = memo.code[:v.Dict.N]
		clear(memo.code)
	}
	for i, e := range v.Codes[lo:hi] {
		c := memo.code[e]
		if c == 0 {
			code, ok := d.internAt(v.Dict, int(e), ro)
			if !ok {
				return false
			}
			c = code + 1
			memo.code[e] = c
		}
		dst[i] = c - 1
	}
	return true
}

// truncate cuts the dictionary back to n codes: what an aborted Write added was
// never visible.
func (d *dict) truncate(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ints != nil {
		for _, v := range d.i64[n:] {
			delete(d.ints, v)
		}
		d.i64 = d.i64[:n:n] // a later append must not overwrite what a reader may hold
		return
	}
	for _, s := range d.str[n:] {
		delete(d.strs, s)
	}
	d.str = d.str[:n:n]
}

// lookup returns the code of a value; any goroutine may call it.
func (d *dict) lookup(v vec.Datum) (uint32, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.ints != nil {
		c, ok := d.ints[v.I]
		return c, ok
	}
	c, ok := d.strs[v.S]
	return c, ok
}

// values returns the codes [lo, hi) as a flat vector without NULLs.
func (d *dict) values(lo, hi int) *vec.Vector {
	d.mu.RLock()
	defer d.mu.RUnlock()
	v := &vec.Vector{Type: d.t, N: hi - lo}
	if d.ints != nil {
		v.I64 = d.i64[lo:hi:hi]
	} else {
		v.Str = d.str[lo:hi:hi]
	}
	return v
}

// load appends the values of a stored chunk.
func (d *dict) load(v *vec.Vector) error {
	for i := range v.N {
		before := d.len()
		var ok bool
		if d.ints != nil {
			_, ok = d.internInt(v.I64[i])
		} else {
			_, ok = d.internStr(v.Str[i])
		}
		if !ok || d.len() != before+1 {
			return sqlerr.New(pgerrcode.DataCorrupted, "dictionary has a value twice or too many values")
		}
	}
	d.stored = d.len()
	return nil
}

// dictView is a dictionary at a committed length: it implements table.Dict.
type dictView struct {
	d    *dict
	n    int
	once sync.Once
	vals *vec.Vector
}

func (d *dict) view() *dictView { return &dictView{d: d, n: d.len()} }

func (v *dictView) Len() int { return v.n }

// Values implements table.Dict.
func (v *dictView) Values() *vec.Vector {
	v.once.Do(func() {
		v.vals = v.d.values(0, v.n)
		v.vals.Nulls = make([]uint64, (v.n+63)/64)
		v.vals.Nulls[0] = 1
	})
	return v.vals
}

// Lookup implements table.Dict.
func (v *dictView) Lookup(d vec.Datum) (uint32, bool) {
	if d.Null {
		return 0, true
	}
	c, ok := v.d.lookup(d)
	if !ok || int(c) >= v.n {
		return 0, false
	}
	return c, true
}
