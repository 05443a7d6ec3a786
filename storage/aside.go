package storage

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/kv"
)

// Exts implements table.Store.
func (db *DB) Exts() *types.Exts { return db.exts }

// Pages implements table.Store.
func (db *DB) Pages(id uint32) (read, hit int64) { return db.cache.counted(id) }

// Aside implements table.Store.
func (db *DB) Aside(key string) (value []byte, err error) {
	if db.ctx.Err() != nil {
		return nil, errClosed()
	}
	err = db.kv.View(func(v *kv.View) error {
		if b := v.Get(kv.Catalog, keyAside(key)); b != nil {
			value = append([]byte{}, b...)
		}
		return nil
	})
	return value, err
}

// SetAside implements table.Store.
func (db *DB) SetAside(key string, value []byte) error {
	switch {
	case db.opts.ReadOnly:
		return sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "the data file is open for reading only")
	case db.ctx.Err() != nil:
		return errClosed()
	case len(value) > maxAside || len(key) > 1024:
		return sqlerr.New(pgerrcode.ProgramLimitExceeded, "value of %q is too large", strings.ToValidUTF8(key, "?"))
	}
	return db.kv.Write(func(b *kv.Batch) error {
		if value == nil {
			return b.Delete(kv.Catalog, keyAside(key))
		}
		return b.Put(kv.Catalog, keyAside(key), value)
	})
}
