package storage

import (
	"encoding/binary"

	"tagd/storage/page"
)

// Segment numbers that are not segments; see the package comment.
const (
	segRun  = 0xFFFFFFFE
	segDict = 0xFFFFFFFD
)

// presentCol stands for the present bitmap where a column ID is due.
const presentCol = 0xFFFFFFFF

// keyLen is the length of keys in the spaces of pages.
const keyLen = 4 + 4 + 4 + 1 + 8

// pageKey is the key of a page.
func pageKey(tab, seg, col uint32, kind page.Kind, ver uint64) []byte {
	k := make([]byte, 0, keyLen)
	k = binary.BigEndian.AppendUint32(k, tab)
	k = binary.BigEndian.AppendUint32(k, seg)
	k = binary.BigEndian.AppendUint32(k, col)
	k = append(k, byte(kind))
	return binary.BigEndian.AppendUint64(k, ver)
}

// keyParts takes a key of pageKey apart; false if it is not one.
func keyParts(k []byte) (tab, seg, col uint32, kind page.Kind, ver uint64, ok bool) {
	if len(k) != keyLen {
		return
	}
	b := binary.BigEndian
	return b.Uint32(k), b.Uint32(k[4:]), b.Uint32(k[8:]), page.Kind(k[12]), b.Uint64(k[13:]), true
}

var keyDB = []byte("d")

func keyMeta(name string) []byte { return append([]byte("m"), name...) }

func keyAside(name string) []byte { return append([]byte("a"), name...) }

func keyTable(tab uint32) []byte { return binary.BigEndian.AppendUint32([]byte("t"), tab) }

func keySegment(tab, seg uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("s"), tab), seg)
}

func keyVersion(ver uint64) []byte { return binary.BigEndian.AppendUint64([]byte("v"), ver) }

func keyPending(ver uint64, n uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64([]byte("p"), ver), n)
}

func keyGarbage(ver uint64) []byte { return binary.BigEndian.AppendUint64([]byte("g"), ver) }

// A list of keys in a journal record is the keys one after the other, each
// after one byte: 0 for the large pages' space, 1 for the small pages'.
func appendJournal(dst []byte, small bool, key []byte) []byte {
	s := byte(0)
	if small {
		s = 1
	}
	return append(append(dst, s), key...)
}

// journalKeys calls fn for every key of a list; a torn tail is ignored.
func journalKeys(list []byte, fn func(small bool, key []byte)) {
	for len(list) >= 1+keyLen {
		fn(list[0] == 1, list[1:1+keyLen])
		list = list[1+keyLen:]
	}
}
