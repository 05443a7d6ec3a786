// Package kv is the small ground under the store: ordered keys in a few spaces,
// short read views and atomic write batches, in one file. It is the only
// importer of bbolt and knows nothing of what the values mean.
//
// Rules that the store above relies on:
//
//   - A Batch is visible and durable whole or not at all, over a crash at any
//     instant.
//   - Bytes that a View shows live only until its function returns: bbolt moves
//     neighbours of a rewritten value. Copy what must live longer, and never
//     keep a View open across anything slow: superseded pages of the file are
//     not reused while one is open.
//   - The file is mapped with 64 GB of address space at once, so that a growing
//     file never makes a writer wait for the readers (bbolt remaps otherwise;
//     measured 558 ms behind one reader, and a deadlock when one goroutine has
//     both).
package kv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgerrcode"
	bolt "go.etcd.io/bbolt"
	bolterr "go.etcd.io/bbolt/errors"

	"tagd/sql/sqlerr"
)

// Space is one ordered key space (a bbolt bucket). Large values have spaces of
// their own: a bbolt leaf that is rewritten rewrites the values in it.
type Space string

// The spaces. All of them exist in every file.
const (
	Pages   Space = "pages"   // sealed pages, large
	Small   Space = "small"   // patches and other small pages
	Catalog Space = "catalog" // definitions and records
	Journal Space = "journal" // unfinished work: keys to remove
)

var spaces = []Space{Pages, Small, Catalog, Journal}

// mapSize is the address space taken at open; see the package comment.
const mapSize = 64 << 30

// lockWait is how long Open waits for the file lock: enough for a predecessor
// that is just ending.
const lockWait = 300 * time.Millisecond

// Options are for Open. The zero value is right for production.
type Options struct {
	ReadOnly bool
	NoSync   bool // tests only: a crash of the machine may corrupt the file
	MaxBytes int  // the file may not grow beyond; 0: no limit. Tests use it to make a full disk.
	NoWarm   bool // do not read the file into the page cache at open
}

// DB is an open file. It is safe for concurrent use; one Write runs at a time.
type DB struct {
	bolt *bolt.DB
	path string
	stop chan struct{}  // closed by Close: ends the warm-up
	warm sync.WaitGroup // the warm-up goroutine
	once sync.Once
}

// Open opens or creates the file. A file that another process has open is
// 55006, one that is not ours XX001.
func Open(path string, o Options) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && !o.ReadOnly {
		if err := create(path); err != nil {
			return nil, wrap(err, "could not create data file %q", path)
		}
	}
	if err := checkSize(path); err != nil {
		return nil, err
	}
	b, err := openBolt(path, o)
	if err != nil {
		return nil, err
	}
	db := &DB{bolt: b, path: path, stop: make(chan struct{})}
	if err := db.haveSpaces(); err != nil {
		b.Close()
		return nil, err
	}
	if !o.NoWarm {
		db.warm.Add(1)
		go db.warmUp()
	}
	return db, nil
}

func options(o Options) *bolt.Options {
	return &bolt.Options{
		Timeout:         lockWait,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: mapSize,
		ReadOnly:        o.ReadOnly,
		NoSync:          o.NoSync,
		NoStatistics:    true,
		MaxSize:         o.MaxBytes,
	}
}

// openBolt opens an existing file. bbolt panics on some damaged meta pages and
// freelists: that is XX001 here.
func openBolt(path string, o Options) (b *bolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, corrupt(path, errors.New(fault(p)))
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	b, err = bolt.Open(path, 0o600, options(o))
	switch {
	case err == nil:
		return b, nil
	case errors.Is(err, bolterr.ErrTimeout):
		return nil, sqlerr.New(pgerrcode.ObjectInUse, "another tagd has this file open: %q", path).WithCause(err)
	case errors.Is(err, bolterr.ErrInvalid), errors.Is(err, bolterr.ErrVersionMismatch), errors.Is(err, bolterr.ErrChecksum):
		return nil, corrupt(path, err)
	}
	return nil, wrap(err, "could not open data file %q", path)
}

func corrupt(path string, err error) error {
	return sqlerr.New(pgerrcode.DataCorrupted, "%q is not a tagd data file or is damaged: %v", path, err).WithCause(err)
}

// create makes an empty file with its spaces aside and renames it into place,
// so that a crash while creating leaves no half-made file (bbolt issue 567).
func create(path string) error {
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	b, err := bolt.Open(tmp, 0o600, options(Options{}))
	if err != nil {
		return err
	}
	err = b.Update(func(tx *bolt.Tx) error {
		for _, s := range spaces {
			if _, err := tx.CreateBucket([]byte(s)); err != nil {
				return err
			}
		}
		return nil
	})
	if cerr := b.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(tmp)
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (db *DB) haveSpaces() error {
	return db.View(func(v *View) error {
		for _, s := range spaces {
			if v.tx.Bucket([]byte(s)) == nil {
				return corrupt(db.path, fmt.Errorf("no space %q", string(s)))
			}
		}
		return nil
	})
}

// Close ends the warm-up, waits for running views and batches, and closes the
// file. Closing twice is harmless.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() {
		close(db.stop)
		db.warm.Wait()
		err = db.bolt.Close()
	})
	return err
}

// Size is the size of the file in bytes.
func (db *DB) Size() int64 {
	st, err := os.Stat(db.path)
	if err != nil {
		return 0
	}
	return st.Size()
}

// wrap gives an error of the file system its SQLSTATE.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf(format, args...)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, bolterr.ErrMaxSizeReached):
		return sqlerr.New(pgerrcode.DiskFull, "%s: No space left on device", what).WithHint("Check free disk space.").WithCause(err)
	case errors.Is(err, bolterr.ErrDatabaseNotOpen):
		return sqlerr.New(pgerrcode.AdminShutdown, "the data file is closed").WithCause(err)
	case errors.Is(err, bolterr.ErrDatabaseReadOnly), errors.Is(err, bolterr.ErrTxNotWritable):
		return sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "the data file is open for reading only").WithCause(err)
	}
	var se *sqlerr.Error
	if errors.As(err, &se) {
		return err
	}
	return sqlerr.New(pgerrcode.IOError, "%s: %v", what, err).WithCause(err)
}
