package encoding

import (
	"sync"

	"github.com/klauspost/compress/zstd"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// Plain is values of any type in compressed blocks of PlainRows rows.
//
//	u32 n | u32 nulls | null bitmap, ceil(n/64) words, if there are nulls
//	u32 end of each block in the data | data: zstd of PutVector
type Plain struct {
	n, nullCount int
	typ          types.Type
	nulls        []uint64
	ends         []byte
	data         []byte
}

// PlainRows is the rows of a block: small, for a list of a few rows must not
// decompress much.
const PlainRows = 1024

// maxPlain bounds what a block may unpack to.
const maxPlain = 1 << 30

// zstdEnc and zstdDec are made at first use, for that takes memory; EncodeAll
// and DecodeAll may be called from many goroutines.
var (
	zstdEnc = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // options are constant
		}
		return e
	})
	zstdDec = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxPlain), zstd.WithDecoderConcurrency(0))
		if err != nil {
			panic(err) // options are constant
		}
		return d
	})
)

// PutPlain appends the body.
func PutPlain(dst []byte, v *vec.Vector) []byte {
	n := v.N
	nulls := make([]uint64, nullWords(n))
	ix := indexer{v}
	k := 0
	for i := range n {
		if ix.null(i) {
			nulls[i>>6] |= 1 << (i & 63)
			k++
		}
	}
	dst = le.AppendUint32(dst, uint32(n))
	dst = le.AppendUint32(dst, uint32(k))
	if k > 0 {
		dst = putWords(dst, nulls)
	}
	var data, raw []byte
	for lo := 0; lo < n; lo += PlainRows {
		raw = PutVector(raw[:0], slice(v, lo, min(n, lo+PlainRows)))
		data = zstdEnc().EncodeAll(raw, data)
		dst = le.AppendUint32(dst, uint32(len(data)))
	}
	return append(dst, data...)
}

// slice is v[lo:hi] for PutVector alone: physical slices stay whole.
func slice(v *vec.Vector, lo, hi int) *vec.Vector {
	if v.Const {
		c := *v
		c.N = hi - lo
		return &c
	}
	s := &vec.Vector{Type: v.Type, N: hi - lo, Dict: v, Codes: make([]uint32, hi-lo)}
	for i := range s.Codes {
		s.Codes[i] = uint32(lo + i)
		if v.Dict != nil {
			s.Codes[i] = v.Codes[lo+i]
		}
	}
	if v.Dict != nil {
		s.Dict = v.Dict
	}
	return s
}

// ParsePlain checks the fixed parts of a body of type t.
func ParsePlain(t types.Type, b []byte) (*Plain, error) {
	if len(b) < 8 {
		return nil, Corrupt("plain page is too short")
	}
	p := &Plain{typ: t, n: int(le.Uint32(b)), nullCount: int(le.Uint32(b[4:]))}
	b = b[8:]
	if p.n > MaxRows || p.nullCount > p.n {
		return nil, Corrupt("plain page has %d rows, %d nulls", p.n, p.nullCount)
	}
	if p.nullCount > 0 {
		if len(b) < 8*nullWords(p.n) {
			return nil, Corrupt("plain page is cut short")
		}
		p.nulls, b = words(b[:8*nullWords(p.n)]), b[8*nullWords(p.n):]
	}
	k := (p.n + PlainRows - 1) / PlainRows
	if len(b) < 4*k {
		return nil, Corrupt("plain page is cut short")
	}
	p.ends, p.data = b[:4*k], b[4*k:]
	if last, err := ends(p.ends, k); err != nil || int(last) != len(p.data) {
		return nil, Corrupt("plain page has %d bytes in its blocks, %d are there", last, len(p.data))
	}
	return p, nil
}

// N is the number of rows.
func (p *Plain) N() int { return p.n }

// Nulls is the null bitmap, nil if there are none.
func (p *Plain) Nulls() []uint64 { return p.nulls }

// IsNull reports whether row i is NULL.
func (p *Plain) IsNull(i int) bool { return isNull(p.nulls, i) }

// Block unpacks rows k*PlainRows and on as a flat vector of its own memory.
func (p *Plain) Block(k int) (*vec.Vector, error) {
	lo := uint32(0)
	if k > 0 {
		lo = le.Uint32(p.ends[4*k-4:])
	}
	raw, err := zstdDec().DecodeAll(p.data[lo:le.Uint32(p.ends[4*k:])], nil)
	if err != nil {
		return nil, Corrupt("plain page, block %d: %s", k, err)
	}
	v, _, err := ParseVector(p.typ, raw)
	if err != nil {
		return nil, err
	}
	if want := min(PlainRows, p.n-k*PlainRows); v.N != want {
		return nil, Corrupt("plain page has %d rows in block %d, %d are expected", v.N, k, want)
	}
	return v, nil
}
