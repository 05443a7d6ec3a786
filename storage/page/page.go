// Package page is the frame that every stored page wears, and the one place
// where page kinds are numbered.
//
//	 0        4    5    6       8              16        20        24
//	+--------+----+----+-------+--------------+---------+---------+------ ... -+
//	| "TGPG" | v  |kind| zero  | body length  | CRC-32C | zero    | body       |
//	+--------+----+----+-------+--------------+---------+---------+------ ... -+
//
// Numbers are little endian. The CRC (Castagnoli) covers bytes 0..15 and the
// body. The body starts at a multiple of eight so that its words can be used in
// place; package encoding gives each kind's body layout.
//
// Version history:
//
//	1  first
package page

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// HeaderSize is the length of the frame before the body.
const HeaderSize = 24

// Version is the format version that Seal writes.
const Version = 1

const magic = "TGPG"

// Kind is what a page's body holds. The numbers are stored.
type Kind uint8

// The kinds.
const (
	None     Kind = 0
	Inverted Kind = 1 // one row bitmap per code
	Codes    Kind = 2 // dictionary codes in lanes
	Slices   Kind = 3 // bit-sliced integers
	Packed   Kind = 4 // bit-packed integers
	Floats   Kind = 5 // doubles
	Plain    Kind = 6 // compressed blocks of values
	Lists    Kind = 7 // element codes by row
	Dict     Kind = 8 // a chunk of a dictionary
	Present  Kind = 9 // the live rows of a segment
	Patch    Kind = 10
	Keys     Kind = 11 // a run of a key index
	Born     Kind = 12 // which version made each row what it is
	NumKinds      = 13
)

var names = [NumKinds]string{"none", "inverted", "codes", "slices", "packed", "floats", "plain",
	"lists", "dict", "present", "patch", "keys", "born"}

func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func corrupt(format string, args ...any) error {
	return sqlerr.New(pgerrcode.DataCorrupted, format, args...)
}

// Frame returns an empty page whose body is to be appended; Finish seals it.
// capacity is a guess of the body's length.
func Frame(capacity int) []byte { return make([]byte, HeaderSize, HeaderSize+capacity) }

// Finish fills in the header of a page begun with Frame and returns it.
func Finish(kind Kind, p []byte) []byte {
	copy(p, magic)
	p[4], p[5], p[6], p[7] = Version, byte(kind), 0, 0
	binary.LittleEndian.PutUint64(p[8:], uint64(len(p)-HeaderSize))
	binary.LittleEndian.PutUint32(p[16:], sum(p))
	binary.LittleEndian.PutUint32(p[20:], 0)
	return p
}

// Seal returns a page with a copy of body.
func Seal(kind Kind, body []byte) []byte { return Finish(kind, append(Frame(len(body)), body...)) }

func sum(p []byte) uint32 {
	return crc32.Update(crc32.Checksum(p[:16], castagnoli), castagnoli, p[HeaderSize:])
}

// Open checks a page and returns its kind and its body, which shares p. The
// error is XX001 without the names of table and column: the caller knows them.
func Open(p []byte) (Kind, []byte, error) {
	switch {
	case len(p) < HeaderSize:
		return None, nil, corrupt("page of %d bytes is shorter than its header", len(p))
	case string(p[:4]) != magic:
		return None, nil, corrupt("page does not start with %s", magic)
	case p[4] != Version:
		return None, nil, corrupt("page has format version %d, this program reads %d", p[4], Version)
	case p[5] == 0 || p[5] >= NumKinds:
		return None, nil, corrupt("page has unknown kind %d", p[5])
	case binary.LittleEndian.Uint32(p[20:]) != 0:
		return None, nil, corrupt("page header does not end in zeros")
	case binary.LittleEndian.Uint64(p[8:]) != uint64(len(p)-HeaderSize):
		return None, nil, corrupt("page body has %d bytes, its header says %d", len(p)-HeaderSize,
			binary.LittleEndian.Uint64(p[8:]))
	case binary.LittleEndian.Uint32(p[16:]) != sum(p):
		return None, nil, corrupt("page checksum is %08x, its header says %08x", sum(p),
			binary.LittleEndian.Uint32(p[16:]))
	}
	return Kind(p[5]), p[HeaderSize:], nil
}
