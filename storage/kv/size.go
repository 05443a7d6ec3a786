package kv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"runtime"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// checkSize refuses a file that is shorter than its own records say, before bbolt
// maps it: reading past the end would be a fault at any later time. What else is
// wrong with a file bbolt finds.
func checkSize(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return nil // bbolt says it better
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || st.IsDir() {
		return nil
	}
	if st.Size() == 0 {
		return cut(path, "is empty: it has 0 bytes")
	}
	head := make([]byte, 8192+metaSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	if need := neededSize(head[:n]); st.Size() < need {
		return cut(path, fmt.Sprintf("is cut short: it has %d bytes and needs %d", st.Size(), need))
	}
	return nil
}

func cut(path, what string) error {
	return sqlerr.New(pgerrcode.DataCorrupted, "data file %q %s", path, what).
		WithHint("Restore it from a copy; if its data is not needed, remove the file and tagd makes a new one.")
}

// A meta page of bbolt: a header of 16 bytes, then magic, version, page size,
// flags (u32 each), root (u64, u64), freelist, number of pages, transaction and
// the FNV-64a of what stands before (u64 each), in the machine's byte order. There
// are two, in pages 0 and 1; the valid one of the later transaction counts.
const (
	metaHeader = 16
	metaSize   = metaHeader + 4*4 + 6*8
	metaMagic  = 0xED0CDAED
)

// neededSize returns the size in bytes that the file's beginning tells, 0 if it
// tells none.
func neededSize(head []byte) int64 {
	var size int64
	var last uint64
	for _, at := range []int{0, 4096, 8192} {
		if len(head) < at+metaSize {
			break
		}
		m, e := head[at+metaHeader:at+metaSize], binary.NativeEndian
		sum := fnv.New64a()
		sum.Write(m[:len(m)-8])
		if e.Uint32(m) != metaMagic || e.Uint64(m[len(m)-8:]) != sum.Sum64() {
			continue
		}
		pageSize, pages, txid := int64(e.Uint32(m[8:])), e.Uint64(m[40:]), e.Uint64(m[48:])
		if txid >= last && pages < 1<<40 {
			size, last = pageSize*int64(pages), txid
		}
	}
	return size
}

// fault words a panic of bbolt over a damaged file.
func fault(p any) string {
	if _, ok := p.(runtime.Error); ok {
		return "a page of the file's structure cannot be read"
	}
	return fmt.Sprint(p)
}
