package storage

import (
	"slices"

	"unsafe"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/segment"
	"tagd/storage/table"
)

// colBuf holds the values of one column of one segment while they are put
// together: rows of a load, or base pages with patches. Which fields are used
// follows from the form:
//
//	FormDict   codes, one per row
//	FormInt    ints and nulls
//	FormFloat  floats and nulls
//	FormSet    off, codes (of elements) and nulls
//	FormPlain  off and text and nulls for strings, else b
//
// A FormDict or FormSet buffer whose dictionary is full turns itself into a
// FormPlain one, and so does a FormInt buffer of decimals that gets NaN.
type colBuf struct {
	t    types.Type
	form table.Form
	n    int
	dict *dict

	nulls  []uint64 // bit per row, as long as needed; nil: no NULL so far
	codes  []uint32
	ints   []int64
	floats []float64
	off    []int32
	text   []byte
	b      *vec.Builder

	// done is the whole as a vector, once asked for; nil after an append. A
	// builder's values live here, and not in b, from then on.
	done *vec.Vector
	// ro: not the writer's; codes are looked up and never given out.
	ro bool

	memo    dictMemo
	scratch []uint32
	err     error // a value that the form cannot hold
}

// isText says that plain values of the type are strings.
func isText(t types.Type) bool { return t.Phys() == types.PhysStr }

func newColBuf(t types.Type, form table.Form, d *dict) *colBuf {
	c := &colBuf{t: t, form: form, dict: d}
	c.reset()
	return c
}

// reset empties the buffer and keeps its memory.
func (c *colBuf) reset() {
	c.n, c.err, c.done = 0, nil, nil
	c.nulls = c.nulls[:0]
	c.codes, c.ints, c.floats = c.codes[:0], c.ints[:0], c.floats[:0]
	c.off, c.text = c.off[:0], c.text[:0]
	if c.form == table.FormSet || c.form == table.FormPlain && isText(c.t) {
		c.off = append(c.off, 0)
	}
	if c.form == table.FormPlain && !isText(c.t) {
		c.b = vec.NewBuilder(c.t, 0)
	}
}

func (c *colBuf) setNull(row int) {
	for len(c.nulls) <= row>>6 {
		c.nulls = append(c.nulls, 0)
	}
	c.nulls[row>>6] |= 1 << (row & 63)
}

func (c *colBuf) isNull(row int) bool {
	return row>>6 < len(c.nulls) && c.nulls[row>>6]>>(row&63)&1 != 0
}

// appendVec appends rows [lo, hi) of a vector of the column's type. Only the
// writer may call it: it gives out codes.
func (c *colBuf) appendVec(v *vec.Vector, lo, hi int) error {
	if lo == hi {
		return nil
	}
	c.open()
	switch c.form {
	case table.FormDict:
		if !c.appendDict(v, lo, hi) {
			c.toPlain()
			return c.appendVec(v, lo, hi)
		}
	case table.FormInt:
		if !c.appendInts(v, lo, hi) {
			c.toPlain()
			return c.appendVec(v, lo, hi)
		}
	case table.FormFloat:
		c.appendFloats(v, lo, hi)
	case table.FormSet:
		if !c.appendSets(v, lo, hi) {
			c.toPlain()
			return c.appendVec(v, lo, hi)
		}
	case table.FormPlain:
		c.appendPlain(v, lo, hi)
	}
	c.n += hi - lo
	return c.err
}

func (c *colBuf) room(n int) []uint32 {
	if cap(c.scratch) < n {
		c.scratch = make([]uint32, n)
	}
	return c.scratch[:n]
}

func (c *colBuf) appendDict(v *vec.Vector, lo, hi int) bool {
	tmp := c.room(hi - lo)
	if !c.dict.internAll(v, lo, hi, tmp, &c.memo, c.ro) {
		return false
	}
	c.codes = append(ample(c.codes, len(tmp)), tmp...)
	return true
}

// ample makes room for k more elements: once a buffer is large it will mostly be
// filled to a whole segment, so that growing step by step would copy it often.
func ample[T any](s []T, k int) []T {
	if len(s)+k <= cap(s) || len(s) < bitmap.BlockRows {
		return s
	}
	return slices.Grow(s, max(k, bitmap.SegmentRows-len(s)))
}

// appendInts appends integers or decimals; false if one has no integer form, and
// the buffer is as before.
func (c *colBuf) appendInts(v *vec.Vector, lo, hi int) bool {
	if v.Type.Phys() == types.PhysDec {
		return c.appendDecimals(v, lo, hi)
	}
	if v.Dict != nil || v.Const {
		for i := lo; i < hi; i++ {
			d := v.Get(i)
			if d.Null {
				c.setNull(c.n + i - lo)
				d.I = 0
			}
			c.ints = append(c.ints, d.I)
		}
		return true
	}
	at := len(c.ints)
	c.ints = append(ample(c.ints, hi-lo), v.I64[lo:hi]...)
	c.copyNulls(v, lo, hi, func(i int) { c.ints[at+i] = 0 })
	return true
}

// copyNulls takes over the NULLs of rows lo..hi of a flat vector and calls clear
// with the row, counted from lo, of each.
func (c *colBuf) copyNulls(v *vec.Vector, lo, hi int, clear func(i int)) {
	if v.Nulls == nil {
		return
	}
	for i := lo; i < hi; i++ {
		if v.Nulls[i>>6] == 0 && i&63 == 0 {
			i += 63
			continue
		}
		if v.Nulls[i>>6]>>(i&63)&1 != 0 {
			c.setNull(c.n + i - lo)
			clear(i - lo)
		}
	}
}

func (c *colBuf) appendDecimals(v *vec.Vector, lo, hi int) bool {
	before := len(c.ints)
	c.ints = ample(c.ints, hi-lo)
	flat := v.Dict == nil && !v.Const
	_, scale, _ := c.t.Precision()
	for i := lo; i < hi; i++ {
		if flat && v.Nulls == nil || flat && v.Nulls[i>>6]>>(i&63)&1 == 0 {
			if d := &v.Dec[i]; d.Big == nil && d.Scale == int32(scale) && d.Form == types.Finite {
				c.ints = append(c.ints, d.Coef)
				continue
			}
		}
		d := v.Get(i)
		if d.Null {
			c.setNull(c.n + i - lo)
			c.ints = append(c.ints, 0)
			continue
		}
		u, ok := d.D.Coef, d.D.Big == nil && d.D.Scale == int32(scale) && d.D.Form == types.Finite
		if !ok && d.D.Form == types.Finite {
			u, ok = d.D.Unscaled(int32(scale))
		}
		if !ok {
			c.ints = c.ints[:before]
			return false
		}
		c.ints = append(c.ints, u)
	}
	return true
}

func (c *colBuf) appendFloats(v *vec.Vector, lo, hi int) {
	if v.Dict != nil || v.Const {
		for i := lo; i < hi; i++ {
			d := v.Get(i)
			if d.Null {
				c.setNull(c.n + i - lo)
				d.F = 0
			}
			c.floats = append(c.floats, d.F)
		}
		return
	}
	at := len(c.floats)
	c.floats = append(ample(c.floats, hi-lo), v.F64[lo:hi]...)
	c.copyNulls(v, lo, hi, func(i int) { c.floats[at+i] = 0 })
}

// appendSets appends arrays as element codes. When the dictionary is full the
// buffer is as before.
func (c *colBuf) appendSets(v *vec.Vector, lo, hi int) bool {
	nOff, nCodes := len(c.off), len(c.codes)
	c.off = ample(c.off, hi-lo)
	for i := lo; i < hi; i++ {
		p := i
		switch {
		case v.Dict != nil:
			if !c.appendSet(v.Dict, int(v.Codes[i]), i-lo) {
				c.off, c.codes = c.off[:nOff], c.codes[:nCodes]
				return false
			}
			continue
		case v.Const:
			p = 0
		}
		if !c.appendSet(v, p, i-lo) {
			c.off, c.codes = c.off[:nOff], c.codes[:nCodes]
			return false
		}
	}
	return true
}

// appendSet appends array p of a flat vector as the row'th of this call.
func (c *colBuf) appendSet(v *vec.Vector, p, row int) bool {
	if v.Nulls != nil && v.Nulls[p>>6]>>(p&63)&1 != 0 {
		c.setNull(c.n + row)
	} else if v.Dims != nil && v.Dims[p] != nil {
		return false // codes cannot tell the shape: the column becomes plain
	} else if lo, hi := int(v.Off[p]), int(v.Off[p+1]); lo < hi {
		tmp := c.room(hi - lo)
		if !c.dict.internAll(v.Child, lo, hi, tmp, &c.memo, c.ro) {
			return false
		}
		c.codes = append(c.codes, tmp...)
	}
	c.off = append(c.off, int32(len(c.codes)))
	return true
}

func (c *colBuf) appendPlain(v *vec.Vector, lo, hi int) {
	if !isText(c.t) {
		for i := lo; i < hi; i++ {
			c.b.AppendFrom(v, i)
		}
		return
	}
	c.off = ample(c.off, hi-lo)
	for i := lo; i < hi; i++ {
		if v.Dict == nil && !v.Const && v.Nulls == nil {
			c.text = append(c.text, v.Str[i]...)
			c.off = append(c.off, int32(len(c.text)))
			continue
		}
		d := v.Get(i)
		if d.Null {
			c.setNull(c.n + i - lo)
		} else {
			c.text = append(c.text, d.S...)
		}
		c.off = append(c.off, int32(len(c.text)))
	}
	if int64(len(c.text)) > 1<<31-1 && c.err == nil {
		c.err = sqlerr.New(pgerrcode.ProgramLimitExceeded, "the values of one column in %d rows are larger than 2 GB", bitmap.SegmentRows)
	}
}

// toPlain turns coded values into plain ones.
func (c *colBuf) toPlain() {
	v, n := c.vector(), c.n
	c.codes, c.off, c.text, c.n = nil, nil, nil, 0
	c.nulls = nil
	c.form = table.FormPlain
	c.reset()
	c.appendPlain(v, 0, n)
	c.n = n
}

// open makes the buffer ready for an append after vector.
func (c *colBuf) open() {
	if c.done != nil && c.form == table.FormPlain && !isText(c.t) {
		c.b = vec.NewBuilder(c.t, c.n)
		for i := range c.n {
			c.b.AppendFrom(c.done, i)
		}
	}
	c.done = nil
}

// vector returns the rows as a vector of the column's type; it shares memory
// with the buffer, and is good until the next append.
func (c *colBuf) vector() *vec.Vector {
	if c.done == nil {
		c.done = c.makeVector()
	}
	return c.done
}

func (c *colBuf) makeVector() *vec.Vector {
	v := &vec.Vector{Type: c.t, N: c.n}
	if len(c.nulls) > 0 {
		v.Nulls = make([]uint64, (c.n+63)/64)
		copy(v.Nulls, c.nulls)
	}
	switch c.form {
	case table.FormDict:
		v.Nulls = nil
		v.Dict, v.Codes = c.dict.view().Values(), c.codes
	case table.FormInt:
		v.I64 = c.ints
		if c.t.Phys() == types.PhysDec {
			_, scale, _ := c.t.Precision()
			v.I64, v.Dec = nil, make([]types.Decimal, c.n)
			for i, u := range c.ints {
				v.Dec[i] = types.DecimalOf(u, int32(scale))
			}
		}
	case table.FormFloat:
		v.F64 = c.floats
	case table.FormSet:
		v.Off = c.off
		v.Child = &vec.Vector{Type: c.t.Elem(), N: len(c.codes), Dict: c.dict.view().Values(), Codes: c.codes}
	case table.FormPlain:
		if !isText(c.t) {
			return c.b.Finish()
		}
		v.Str = make([]string, c.n)
		for i := range v.Str {
			if lo, hi := c.off[i], c.off[i+1]; lo < hi {
				v.Str[i] = unsafe.String(&c.text[lo], int(hi-lo))
			}
		}
	}
	return v
}

// appendBuf appends rows [lo, hi) of a buffer of the same column. Where the two
// differ in form, both become plain in effect: c does, and takes values.
func (c *colBuf) appendBuf(s *colBuf, lo, hi int) error {
	if lo == hi {
		return nil
	}
	c.open()
	if c.form != s.form || c.form == table.FormPlain {
		if c.form != table.FormPlain {
			c.toPlain()
		}
		c.appendPlain(s.vector(), lo, hi)
		c.n += hi - lo
		return c.err
	}
	for i := lo; i < hi && len(s.nulls) > 0; i++ {
		if s.isNull(i) {
			c.setNull(c.n + i - lo)
		}
	}
	switch c.form {
	case table.FormDict:
		c.codes = append(c.codes, s.codes[lo:hi]...)
	case table.FormInt:
		c.ints = append(c.ints, s.ints[lo:hi]...)
	case table.FormFloat:
		c.floats = append(c.floats, s.floats[lo:hi]...)
	case table.FormSet:
		base := int32(len(c.codes)) - s.off[lo]
		c.codes = append(c.codes, s.codes[s.off[lo]:s.off[hi]]...)
		for _, o := range s.off[lo+1 : hi+1] {
			c.off = append(c.off, base+o)
		}
	}
	c.n += hi - lo
	return nil
}

// bytes is about what the buffer holds in memory.
func (c *colBuf) bytes() int64 {
	return int64(cap(c.codes)*4 + cap(c.ints)*8 + cap(c.floats)*8 + cap(c.off)*4 + cap(c.text))
}

// maxText is how long the text of a plain column grows before the segment is
// closed early: offsets in it are 31 bits.
const maxText = 1 << 30

// fullNulls returns the NULL bits of all rows, nil if there are none.
func (c *colBuf) fullNulls() []uint64 {
	if len(c.nulls) == 0 {
		return nil
	}
	for len(c.nulls) < (c.n+63)/64 {
		c.nulls = append(c.nulls, 0)
	}
	return c.nulls
}

// input is the buffer as the segment builder takes it; it shares memory.
func (c *colBuf) input(key bool) *segment.Input {
	in := &segment.Input{Type: c.t, Form: c.form, N: c.n, NoSlices: key}
	switch c.form {
	case table.FormDict:
		in.Codes = c.codes
	case table.FormInt:
		in.Ints, in.Nulls = c.ints, c.fullNulls()
	case table.FormFloat:
		in.Floats, in.Nulls = c.floats, c.fullNulls()
	case table.FormSet:
		in.Off, in.Codes, in.Nulls = c.off, c.codes, c.fullNulls()
	case table.FormPlain:
		in.Values = c.vector()
	}
	return in
}
