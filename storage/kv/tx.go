package kv

import (
	"bytes"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// View is a consistent state of the file. It belongs to the function that it
// was given to.
type View struct{ tx *bolt.Tx }

// View calls fn with the newest state. Keep fn short.
func (db *DB) View(fn func(v *View) error) (err error) {
	defer caught(db, &err)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return wrap(db.bolt.View(func(tx *bolt.Tx) error { return fn(&View{tx}) }), "could not read data file %q", db.path)
}

// Get returns the value of a key, nil if there is none. The bytes are those of
// the mapped file: gone when the View ends.
func (v *View) Get(s Space, key []byte) []byte {
	return v.tx.Bucket([]byte(s)).Get(key)
}

// Scan calls fn for the keys with a prefix in order, until it returns an error.
// Key and value live as Get's.
func (v *View) Scan(s Space, prefix []byte, fn func(key, value []byte) error) error {
	c := v.tx.Bucket([]byte(s)).Cursor()
	for k, val := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, val = c.Next() {
		if err := fn(k, val); err != nil {
			return err
		}
	}
	return nil
}

// Verify walks the file's own structure and reports what is wrong with it, one
// line per fault.
func (v *View) Verify(report func(fault string)) {
	for err := range v.tx.Check() {
		report(fmt.Sprintf("file structure: %v", err))
	}
}

// Batch is a set of changes that becomes visible at once. It belongs to the
// function that it was given to.
type Batch struct{ View }

// Write calls fn and commits what it did; if fn fails nothing is changed. One
// Write runs at a time, others wait. Keep a batch at or below 32 MB: larger ones
// are slower, not faster (measured: 128 MB takes twice as long per byte).
func (db *DB) Write(fn func(b *Batch) error) (err error) {
	defer caught(db, &err)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return wrap(db.bolt.Update(func(tx *bolt.Tx) error {
		// Pages arrive mostly in key order: full leaves, since nothing will be
		// put between them.
		tx.Bucket([]byte(Pages)).FillPercent = 1
		return fn(&Batch{View{tx}})
	}), "could not write to data file %q", db.path)
}

// Put sets the value of a key. The value is read at commit: leave it alone until
// Write returns. Keys are at most 32 KB.
func (b *Batch) Put(s Space, key, value []byte) error {
	bk := b.tx.Bucket([]byte(s))
	if s == Pages {
		bk.FillPercent = 1
	}
	return bk.Put(key, value)
}

// Delete removes a key; one that is not there is no error.
func (b *Batch) Delete(s Space, key []byte) error {
	return b.tx.Bucket([]byte(s)).Delete(key)
}

// caught turns a panic of bbolt over damaged file pages, or a fault in the map
// of a file that was cut short, into XX001. Panics of
// ours do not come here: callbacks of this package's users must not panic.
func caught(db *DB, err *error) {
	if p := recover(); p != nil {
		*err = sqlerr.New(pgerrcode.DataCorrupted, "data file %q is damaged: %s", db.path, fault(p)).
			WithHint("\"tagd check\" tells what can still be read; restore the file from a copy.")
	}
}
