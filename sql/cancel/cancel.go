// Package cancel is a context for work that takes microseconds: one is made for
// every message and for every statement, and hardly one is ever canceled or
// waited for.
package cancel

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"tagd/sql/session"
)

// Context is a context.Context that costs nothing until somebody waits for it: the
// real context below it is made when more is asked for than Err and Attach give.
// The zero value is one that has not ended. It must not be copied.
type Context struct {
	ended atomic.Bool

	mu     sync.Mutex // of what follows
	cause  error      // nil: not ended
	target session.Ender
	real   context.Context
	cancel context.CancelCauseFunc
}

var _ session.Work = (*Context)(nil)

// End ends the context for a reason, which is not nil; the first one counts.
func (c *Context) End(cause error) {
	c.mu.Lock()
	if c.cause != nil {
		c.mu.Unlock()
		return
	}
	c.cause = cause
	c.ended.Store(true)
	target, cancel := c.target, c.cancel
	c.mu.Unlock()
	if target != nil {
		target.End(cause)
	}
	if cancel != nil {
		cancel(cause)
	}
}

// Attach makes to the one that is told of the end, and returns who was before. See
// session.Work.
func (c *Context) Attach(to session.Ender) (before session.Ender) {
	c.mu.Lock()
	before, cause := c.target, c.cause
	c.target = to
	c.mu.Unlock()
	if cause != nil && to != nil {
		to.End(cause)
	}
	return before
}

// Detach goes back to the one that Attach returned.
func (c *Context) Detach(before session.Ender) {
	c.mu.Lock()
	c.target = before
	c.mu.Unlock()
}

// Used reports whether the context has ended or was waited for: one that was not
// may stand for the next work, too.
func (c *Context) Used() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause != nil || c.real != nil
}

// inner is the real context.
func (c *Context) inner() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil {
		c.real, c.cancel = context.WithCancelCause(context.Background())
		if c.cause != nil {
			c.cancel(c.cause)
		}
	}
	return c.real
}

// Err is context.Canceled after the end. See context.Context.
func (c *Context) Err() error {
	if c.ended.Load() {
		return context.Canceled
	}
	return nil
}

// Deadline is none. See context.Context.
func (c *Context) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done is closed at the end.
func (c *Context) Done() <-chan struct{} { return c.inner().Done() }

// Value finds the cause, for context.Cause and the contexts made of this one.
func (c *Context) Value(key any) any { return c.inner().Value(key) }
