package encoding

import (
	"tagd/storage/bitmap"
)

// Lists is the element codes of each row of a set column.
//
//	u32 n | u32 elements | u8 bytes of a count (1, 2, 4) | u8 bytes of a code (1, 2) | u8 flags: 1 nulls, 2 a row
//	has a code twice | 5 zero
//	u32 elements before each 64 rows, and in all, pad to 8
//	null bitmap, ceil(n/64) words, if there are nulls
//	n counts, pad to 8; codes, pad to 8
type Lists struct {
	n, total int
	cw, ew   int
	dups     bool
	base     []byte
	nulls    []uint64
	counts   []byte
	codes    []byte
}

// PutLists appends the body: row i has codes[off[i]:off[i+1]], each below 2^16.
func PutLists(dst []byte, off []int32, codes []uint32, nulls []uint64) []byte {
	from := len(dst)
	n := len(off) - 1
	longest, hi := int32(0), uint32(0)
	for i := range n {
		longest = max(longest, off[i+1]-off[i])
	}
	codes = codes[off[0]:off[n]]
	for _, c := range codes {
		hi = max(hi, c)
	}
	cw, ew, flags := 1, 1, byte(0)
	if longest > 0xff {
		cw = 2
	}
	if longest > 0xffff {
		cw = 4
	}
	if hi > 0xff {
		ew = 2
	}
	if countNulls(nulls, n) > 0 {
		flags |= 1
	}
	if hasDups(off, codes, int(hi)+1) {
		flags |= 2
	}
	dst = le.AppendUint32(dst, uint32(n))
	dst = le.AppendUint32(dst, uint32(len(codes)))
	dst = append(dst, byte(cw), byte(ew), flags, 0, 0, 0, 0, 0)
	for i := 0; i < n; i += 64 {
		dst = le.AppendUint32(dst, uint32(off[i]-off[0]))
	}
	dst = le.AppendUint32(dst, uint32(len(codes)))
	dst = pad8(dst, from)
	if flags&1 != 0 {
		dst = putNulls(dst, nulls, n)
	}
	for i := range n {
		dst = appendUint(dst, uint32(off[i+1]-off[i]), cw)
	}
	dst = pad8(dst, from)
	for _, c := range codes {
		dst = appendUint(dst, c, ew)
	}
	return pad8(dst, from)
}

func appendUint(dst []byte, x uint32, w int) []byte {
	switch w {
	case 1:
		return append(dst, byte(x))
	case 2:
		return append(dst, byte(x), byte(x>>8))
	}
	return le.AppendUint32(dst, x)
}

func hasDups(off []int32, codes []uint32, k int) bool {
	last := make([]int32, k)
	for i := range len(off) - 1 {
		for _, c := range codes[off[i]-off[0] : off[i+1]-off[0]] {
			if last[c] == int32(i)+1 {
				return true
			}
			last[c] = int32(i) + 1
		}
	}
	return false
}

// ParseLists checks the fixed parts of a body.
func ParseLists(b []byte) (*Lists, error) {
	if len(b) < 16 {
		return nil, Corrupt("lists page is too short")
	}
	l := &Lists{n: int(le.Uint32(b)), total: int(le.Uint32(b[4:])), cw: int(b[8]), ew: int(b[9]), dups: b[10]&2 != 0}
	if l.n > MaxRows || l.cw != 1 && l.cw != 2 && l.cw != 4 || l.ew != 1 && l.ew != 2 {
		return nil, Corrupt("lists page has %d rows, counts of %d and codes of %d bytes", l.n, l.cw, l.ew)
	}
	nulls := 0
	if b[10]&1 != 0 {
		nulls = 8 * nullWords(l.n)
	}
	base := 4 * (nullWords(l.n) + 1)
	sizes := []int{(base + 7) &^ 7, nulls, (l.n*l.cw + 7) &^ 7, (l.total*l.ew + 7) &^ 7}
	if len(b) != 16+sizes[0]+sizes[1]+sizes[2]+sizes[3] {
		return nil, Corrupt("lists page has %d bytes for %d rows and %d elements", len(b), l.n, l.total)
	}
	b = b[16:]
	l.base, b = b[:base], b[sizes[0]:]
	if nulls > 0 {
		l.nulls = words(b[:nulls])
	}
	b = b[nulls:]
	l.counts, l.codes = b[:l.n*l.cw], b[sizes[2]:][:l.total*l.ew]
	return l, nil
}

// N is the number of rows.
func (l *Lists) N() int { return l.n }

// Total is the number of elements of all rows.
func (l *Lists) Total() int { return l.total }

// HasDups reports whether some row has a code twice.
func (l *Lists) HasDups() bool { return l.dups }

// Nulls is the null bitmap, nil if there are none.
func (l *Lists) Nulls() []uint64 { return l.nulls }

// IsNull reports whether row i is NULL.
func (l *Lists) IsNull(i int) bool { return isNull(l.nulls, i) }

// Len is the number of elements of row i; 0 for NULL.
func (l *Lists) Len(i int) int {
	switch l.cw {
	case 1:
		return int(l.counts[i])
	case 2:
		return int(le.Uint16(l.counts[2*i:]))
	}
	return int(le.Uint32(l.counts[4*i:]))
}

// Start is the number of elements before row i.
func (l *Lists) Start(i int) int {
	at := int(le.Uint32(l.base[i>>6*4:]))
	if l.cw == 1 {
		for _, c := range l.counts[i&^63 : i] {
			at += int(c)
		}
		return at
	}
	for k := i &^ 63; k < i; k++ {
		at += l.Len(k)
	}
	return at
}

// Append appends the k codes that start with element at to dst.
func (l *Lists) Append(dst []uint16, at, k int) ([]uint16, error) {
	if at < 0 || k < 0 || at+k > l.total {
		return dst, Corrupt("lists page has a row of elements %d-%d of %d", at, at+k, l.total)
	}
	if l.ew == 2 {
		return append(dst, halves(l.codes[2*at:2*(at+k)])...), nil
	}
	for _, c := range l.codes[at : at+k] {
		dst = append(dst, uint16(c))
	}
	return dst, nil
}

// Bytes returns the codes at one byte each, nil if they have two.
func (l *Lists) Bytes() []byte {
	if l.ew == 1 {
		return l.codes
	}
	return nil
}

// Halves returns the codes at two bytes each, nil if they have one.
func (l *Lists) Halves() []uint16 {
	if l.ew == 2 {
		return halves(l.codes)
	}
	return nil
}

// Block writes block b: row i has the appended codes [off[i], off[i+1]) minus
// off[0], which is 0.
func (l *Lists) Block(b int, off []uint32, dst []uint16) (int, []uint16, error) {
	lo := b * bitmap.BlockRows
	n := max(0, min(bitmap.BlockRows, l.n-lo))
	off[0] = 0
	if n == 0 {
		return 0, dst, nil
	}
	at := uint64(0)
	for i := range n {
		at += uint64(l.Len(lo + i))
		off[i+1] = uint32(at)
	}
	if at > uint64(l.total) {
		return 0, dst, Corrupt("lists page has %d elements in block %d, %d in all", at, b, l.total)
	}
	dst, err := l.Append(dst, l.Start(lo), int(at))
	return n, dst, err
}
