// Package spill keeps batches of rows in temporary files while a query runs.
//
// A file is made, opened and removed from its folder at once, so that it vanishes
// with the query, or with the process however that ends. It is never read by
// another process; what is awkward to write down (types, the shapes of records,
// shared dictionaries) stays in memory and is named by number in the file.
//
// # Format
//
// A file is a run of blocks, one for each batch:
//
//	+---------------------+
//	| payload length (4B) |
//	| CRC-32C        (4B) |  of the payload
//	| payload             |
//	+---------------------+
//
// The payload is the number of rows and of columns (uvarints), then each column
// as codec.go describes. Integers of fixed width are little-endian.
package spill

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// Budget bounds the bytes in the temporary files of a query. The zero value has
// no bound; it is safe for concurrent use.
type Budget struct {
	// Limit is the number of bytes at most; 0 or less: any number.
	Limit int64
	used  atomic.Int64
	total atomic.Int64
}

// Written is the number of bytes that have been written in all.
func (b *Budget) Written() int64 { return b.total.Load() }

// Used is the number of bytes in files that are open.
func (b *Budget) Used() int64 { return b.used.Load() }

func (b *Budget) add(n int64) error {
	if n > 0 && b.Limit > 0 && b.used.Load()+n > b.Limit {
		return sqlerr.New(pgerrcode.ConfigurationLimitExceeded, "temporary file size exceeds temp_file_limit (%dkB)", b.Limit>>10)
	}
	b.used.Add(n)
	if n > 0 {
		b.total.Add(n)
	}
	return nil
}

// File is batches in a temporary file. One goroutine writes at a time; after the
// last Write any number may read.
type File struct {
	f      *os.File
	budget *Budget
	mu     sync.Mutex // of buf and size
	buf    []byte     // written behind size
	size   int64
	rows   int64
	refs   refs
}

// bufferSize is how much is collected before it goes to the file.
const bufferSize = 64 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Create makes an empty file in dir ("": the system's temporary folder). Close
// it.
func Create(dir string, b *Budget) (*File, error) {
	f, err := os.CreateTemp(dir, "tagd-spill-*")
	if err != nil {
		return nil, ioError("create", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, ioError("remove", err)
	}
	return &File{f: f, budget: b}, nil
}

// ioError is the error of a file operation, with Postgres's codes.
func ioError(what string, err error) error {
	code := pgerrcode.IOError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		code = pgerrcode.DiskFull
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		code = pgerrcode.InsufficientResources
	}
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return sqlerr.New(code, "could not %s temporary file: %s", what, err.Error()).WithCause(err)
}

// Rows is the number of rows written.
func (f *File) Rows() int64 { return f.rows }

// Write appends the rows of b and returns where they begin. Columns that are nil
// stay nil when they are read.
func (f *File) Write(b *vec.Batch) (pos int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	pos = f.size + int64(len(f.buf))
	at := len(f.buf)
	f.buf = append(f.buf, make([]byte, 8)...)
	f.buf = f.refs.appendBatch(f.buf, b)
	payload := f.buf[at+8:]
	binary.LittleEndian.PutUint32(f.buf[at:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(f.buf[at+4:], crc32.Checksum(payload, castagnoli))
	f.rows += int64(b.N)
	if len(f.buf) >= bufferSize {
		return pos, f.flush()
	}
	return pos, nil
}

func (f *File) flush() error {
	if err := f.budget.add(int64(len(f.buf))); err != nil {
		return err
	}
	n, err := f.f.WriteAt(f.buf, f.size)
	f.size += int64(n)
	if err != nil {
		return ioError("write to", err)
	}
	f.buf = f.buf[:0]
	return nil
}

// End is where the next batch will begin.
func (f *File) End() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size + int64(len(f.buf))
}

// ReadAt returns the batch at pos and where the next one is; nil at the end.
func (f *File) ReadAt(pos int64) (*vec.Batch, int64, error) {
	f.mu.Lock()
	if len(f.buf) > 0 {
		if err := f.flush(); err != nil {
			f.mu.Unlock()
			return nil, 0, err
		}
	}
	size := f.size
	f.mu.Unlock()
	if pos >= size {
		return nil, pos, nil
	}
	var head [8]byte
	if _, err := f.f.ReadAt(head[:], pos); err != nil {
		return nil, 0, ioError("read", err)
	}
	n := int64(binary.LittleEndian.Uint32(head[:]))
	if n > size-pos-8 {
		return nil, 0, damaged()
	}
	data := make([]byte, n)
	if _, err := f.f.ReadAt(data, pos+8); err != nil {
		return nil, 0, ioError("read", err)
	}
	if crc32.Checksum(data, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, 0, damaged()
	}
	b, err := f.refs.batch(data)
	return b, pos + 8 + n, err
}

func damaged() error {
	return sqlerr.New(pgerrcode.DataCorrupted, "a temporary file is damaged")
}

// Close gives the file's bytes back. It may be called twice, and on nil.
func (f *File) Close() {
	if f == nil || f.f == nil {
		return
	}
	f.f.Close()
	f.f = nil
	_ = f.budget.add(-f.size)
}
