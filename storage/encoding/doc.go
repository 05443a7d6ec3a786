// Package encoding is the layouts of page bodies, one codec per file: a Put
// function that appends a body and a reader type whose Parse function checks
// the fixed parts and whose methods check the rest as they come to it. Readers
// share the body's memory, are immutable and safe for concurrent use; a fault
// is an XX001 error without names, never a panic. Numbers are little endian.
package encoding

import (
	"encoding/binary"
	"unsafe"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Corrupt returns an XX001 error.
func Corrupt(format string, args ...any) error {
	return sqlerr.New(pgerrcode.DataCorrupted, format, args...)
}

var le = binary.LittleEndian

// native is whether words in pages can be used in place.
var native = func() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}()

// words shows b, whose length is a multiple of 8, as words: in place where the
// machine allows it.
func words(b []byte) []uint64 {
	n := len(b) / 8
	if n == 0 {
		return nil
	}
	if p := unsafe.Pointer(unsafe.SliceData(b)); native && uintptr(p)%8 == 0 {
		return unsafe.Slice((*uint64)(p), n)
	}
	w := make([]uint64, n)
	for i := range w {
		w[i] = le.Uint64(b[8*i:])
	}
	return w
}

// halves shows b, whose length is even, as 16-bit numbers.
func halves(b []byte) []uint16 {
	n := len(b) / 2
	if n == 0 {
		return nil
	}
	if p := unsafe.Pointer(unsafe.SliceData(b)); native && uintptr(p)%2 == 0 {
		return unsafe.Slice((*uint16)(p), n)
	}
	w := make([]uint16, n)
	for i := range w {
		w[i] = le.Uint16(b[2*i:])
	}
	return w
}

func putWords(dst []byte, w []uint64) []byte {
	if native && len(w) > 0 {
		return append(dst, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), 8*len(w))...)
	}
	for _, x := range w {
		dst = le.AppendUint64(dst, x)
	}
	return dst
}

func putHalves(dst []byte, w []uint16) []byte {
	if native && len(w) > 0 {
		return append(dst, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), 2*len(w))...)
	}
	for _, x := range w {
		dst = le.AppendUint16(dst, x)
	}
	return dst
}

// pad8 appends zeros until len(dst)-from is a multiple of 8.
func pad8(dst []byte, from int) []byte {
	for (len(dst)-from)%8 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// nullWords returns ceil(n/64), the length of a null bitmap.
func nullWords(n int) int { return (n + 63) / 64 }

// MaxRows is the largest row count that a page of a column may claim: that of a
// segment.
const MaxRows = 1 << 20
