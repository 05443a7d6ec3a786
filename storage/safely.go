package storage

import (
	"runtime/debug"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// safely calls fn and turns a panic into XX000: in a goroutine of ours it would
// end the process, and every session with it.
func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = sqlerr.New(pgerrcode.InternalError, "panic in the store: %v", p).WithDetail("%s", debug.Stack())
		}
	}()
	return fn()
}
