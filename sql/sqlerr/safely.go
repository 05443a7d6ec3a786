package sqlerr

import (
	"runtime/debug"

	"github.com/jackc/pgerrcode"
)

// Safely calls fn and turns a panic into XX000: in a goroutine that works for a
// statement it would end the process, and every session with it.
func Safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = New(pgerrcode.InternalError, "internal error: %v", p).WithDetail("%s", debug.Stack())
		}
	}()
	return fn()
}
