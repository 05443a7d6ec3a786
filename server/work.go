package server

import (
	"context"
	"sync"
	"time"

	"tagd/sql/session"
)

// work is the context of what one client message asks for. There is one a
// message, and hardly one is ever canceled or waited for: the real context below
// it is made when somebody asks for more than Attach gives.
type work struct {
	mu     sync.Mutex
	cause  error // nil: not ended
	target func(error)
	real   context.Context
	cancel context.CancelCauseFunc
}

var _ session.Work = (*work)(nil)

// end ends the work for a reason; the first one counts.
func (w *work) end(cause error) {
	w.mu.Lock()
	if w.cause != nil {
		w.mu.Unlock()
		return
	}
	w.cause = cause
	target, cancel := w.target, w.cancel
	w.mu.Unlock()
	if target != nil {
		target(cause)
	}
	if cancel != nil {
		cancel(cause)
	}
}

// Attach makes cancel the one that is told of the end. See session.Work.
func (w *work) Attach(cancel func(error)) (detach func()) {
	w.mu.Lock()
	before, cause := w.target, w.cause
	w.target = cancel
	w.mu.Unlock()
	if cause != nil {
		cancel(cause)
	}
	return func() {
		w.mu.Lock()
		w.target = before
		w.mu.Unlock()
	}
}

// inner is the real context.
func (w *work) inner() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.real == nil {
		w.real, w.cancel = context.WithCancelCause(context.Background())
		if w.cause != nil {
			w.cancel(w.cause)
		}
	}
	return w.real
}

// finish gives back what the context holds, when the message has been handled.
func (w *work) finish() {
	w.mu.Lock()
	cancel := w.cancel
	w.mu.Unlock()
	if cancel != nil {
		cancel(nil)
	}
}

// Err is context.Canceled after the end. See context.Context.
func (w *work) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cause != nil {
		return context.Canceled
	}
	return nil
}

// Deadline, Done and Value make it a context.
func (w *work) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done is closed at the end.
func (w *work) Done() <-chan struct{} { return w.inner().Done() }

// Value finds the cause, for context.Cause and the contexts made of this one.
func (w *work) Value(key any) any { return w.inner().Value(key) }
