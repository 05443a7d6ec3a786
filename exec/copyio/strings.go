package copyio

import (
	"hash/maphash"
	"strings"

	"tagd/sql/charset"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// maxDict is the number of distinct values up to which a text column of a
// chunk becomes a dictionary vector.
const maxDict = 4096

var seed = maphash.MakeSeed()

// dictionary maps strings to codes 0, 1, ... in open addressing.
type dictionary struct {
	slots []uint32 // code+1, 0: empty; a power of two
	tags  []uint32 // the upper half of each slot's hash
	vals  []string
	last  string // the last one looked up: values come in runs
	code  uint32
}

func (d *dictionary) clear() {
	if d.slots == nil {
		d.slots = make([]uint32, maxDict*4)
		d.tags = make([]uint32, maxDict*4)
	} else if len(d.vals) > 0 {
		clear(d.slots)
	}
	d.vals, d.last, d.code = d.vals[:0], "", 0
}

// find returns the code of s; added tells that it is new. When the dictionary
// is full, ok is false.
func (d *dictionary) find(s string) (code uint32, added, ok bool) {
	if s == d.last && len(d.vals) > 0 && s != "" {
		return d.code, false, true
	}
	h := maphash.String(seed, s)
	tag, mask := uint32(h>>32), uint32(len(d.slots)-1)
	i := uint32(h) & mask
	for ; d.slots[i] != 0; i = (i + 1) & mask {
		if c := d.slots[i] - 1; d.tags[i] == tag && d.vals[c] == s {
			d.last, d.code = s, c
			return c, false, true
		}
	}
	if len(d.vals) >= maxDict {
		return 0, false, false
	}
	d.vals = append(d.vals, s)
	d.slots[i], d.tags[i] = uint32(len(d.vals)), tag
	d.last, d.code = s, uint32(len(d.vals)-1)
	return d.code, true, true
}

// texts converts text and varchar: a dictionary vector while there are few
// values, a flat one else.
func (d *decoder) texts(c, n int, t types.Type) *vec.Vector {
	d.dict.clear()
	codes := make([]uint32, n)
	null := uint32(0) // code of NULL + 1
	for i := range codes {
		sp := d.at(i, c)
		if d.null(sp, c) {
			if null == 0 {
				// A NULL takes the next code with a value that nothing finds.
				d.dict.vals = append(d.dict.vals, "")
				null = uint32(len(d.dict.vals))
			}
			codes[i] = null - 1
			continue
		}
		s := d.text(sp)
		code, added, ok := d.dict.find(s)
		if added {
			if err := d.checkText(t, s); err != nil {
				d.fail(i, c, err)
				return nil
			}
		}
		if !ok || i == 1024 && len(d.dict.vals) > 768 {
			return d.flatTexts(c, vec.New(t, n))
		}
		codes[i] = code
	}
	dict := vec.New(t, len(d.dict.vals))
	copy(dict.Str, d.dict.vals)
	if t.MaxLen() > 0 {
		for i, s := range dict.Str {
			dict.Str[i], _ = vec.FitVarchar(t, s)
		}
	}
	if null > 0 {
		dict.SetNull(int(null - 1))
	}
	return vec.NewDict(dict, codes)
}

func (d *decoder) checkText(t types.Type, s string) error {
	if err := charset.CheckUTF8(s); err != nil {
		return err
	}
	_, err := vec.FitVarchar(t, s)
	return err
}

func (d *decoder) flatTexts(c int, v *vec.Vector) *vec.Vector {
	limit := v.Type.MaxLen()
	for i := range v.Str {
		sp := d.at(i, c)
		if d.null(sp, c) {
			v.SetNull(i)
			continue
		}
		s := d.text(sp)
		err := charset.CheckUTF8(s)
		if err == nil && limit > 0 && len(s) > limit {
			s, err = vec.FitVarchar(v.Type, s)
		}
		if err != nil {
			d.fail(i, c, err)
			return v
		}
		v.Str[i] = s
	}
	return v
}

// arrays converts an array column; text elements become a dictionary vector.
func (d *decoder) arrays(c, n int, t types.Type) *vec.Vector {
	if t.Kind != types.Text {
		return d.anyArrays(c, n, t)
	}
	v := vec.New(t, n)
	d.elems.clear()
	codes := make([]uint32, 0, n*3)
	null := uint32(0)
	for i := range n {
		sp := d.at(i, c)
		if d.null(sp, c) {
			v.SetNull(i)
			v.Off[i+1] = int32(len(codes))
			continue
		}
		var ok bool
		if codes, ok = d.plainArray(d.text(sp), codes); !ok {
			var err error
			codes, null, err = d.quotedArray(d.text(sp), codes[:v.Off[i]], null)
			if err != nil {
				d.fail(i, c, err)
				return v
			}
			if null == full {
				return d.anyArrays(c, n, t)
			}
		}
		v.Off[i+1] = int32(len(codes))
	}
	dict := vec.New(t.Elem(), len(d.elems.vals))
	copy(dict.Str, d.elems.vals)
	if null > 0 {
		dict.SetNull(int(null - 1))
	}
	for i, s := range dict.Str {
		if err := charset.CheckUTF8(s); err != nil {
			d.badElement(c, v, codes, uint32(i), err)
			return v
		}
	}
	v.Child = vec.NewDict(dict, codes)
	return v
}

// badElement finds the first row that has a faulty element.
func (d *decoder) badElement(c int, v *vec.Vector, codes []uint32, code uint32, err error) {
	for i := range v.N {
		for _, x := range codes[v.Off[i]:v.Off[i+1]] {
			if x == code {
				d.fail(i, c, err)
				return
			}
		}
	}
}

// full is quotedArray's sign that there are too many distinct elements, or that
// an array is not a plain list.
const full = ^uint32(0)

// plainArray reads {a,b,c} without quotes, escapes, blanks and nesting.
func (d *decoder) plainArray(s string, codes []uint32) ([]uint32, bool) {
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return codes, false
	}
	s = s[1 : len(s)-1]
	for s != "" {
		k := 0
		for ; k < len(s) && s[k] != ','; k++ {
			switch s[k] {
			case '"', '\\', '{', '}', ' ', '\t', '\n', '\r', '\v', '\f':
				return codes, false
			}
		}
		item := s[:k]
		if item == "" || len(item) == 4 && strings.EqualFold(item, "null") {
			return codes, false
		}
		code, _, ok := d.elems.find(item)
		if !ok {
			return codes, false
		}
		codes = append(codes, code)
		if k == len(s) {
			break
		}
		if s = s[k+1:]; s == "" {
			return codes, false // a comma before the brace
		}
	}
	return codes, true
}

// quotedArray reads any array literal; null is the code of NULL + 1.
func (d *decoder) quotedArray(s string, codes []uint32, null uint32) ([]uint32, uint32, error) {
	over := false
	err := vec.ScanArray(s, func(item string, isNull bool) error {
		if isNull {
			if null == 0 {
				d.elems.vals = append(d.elems.vals, "")
				null = uint32(len(d.elems.vals))
			}
			codes = append(codes, null-1)
			return nil
		}
		code, _, ok := d.elems.find(item)
		if !ok {
			over = true
		}
		codes = append(codes, code)
		return nil
	})
	if err == vec.ErrNested {
		return codes, full, nil // codes cannot tell the shape
	}
	if over && err == nil {
		null = full
	}
	return codes, null, err
}

// anyArrays converts arrays by the type's input function.
func (d *decoder) anyArrays(c, n int, t types.Type) *vec.Vector {
	b := vec.NewBuilder(t, n)
	for i := range n {
		sp := d.at(i, c)
		if d.null(sp, c) {
			b.AppendNull()
			continue
		}
		x, err := d.parse(t, d.text(sp))
		if err != nil {
			d.fail(i, c, err)
			break
		}
		b.Append(x)
	}
	return b.Finish()
}
