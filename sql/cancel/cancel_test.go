package cancel

import (
	"context"
	"errors"
	"testing"
)

var errWhy = errors.New("why")

// told remembers what it was told.
type told struct{ causes []error }

func (t *told) End(cause error) { t.causes = append(t.causes, cause) }

func TestEnd(t *testing.T) {
	var c Context
	if c.Err() != nil || c.Used() {
		t.Fatal("a new context has ended")
	}
	outer, inner := &told{}, &told{}
	if before := c.Attach(outer); before != nil {
		t.Fatalf("attached before anybody was: %v", before)
	}
	before := c.Attach(inner)
	child, stop := context.WithCancel(&c)
	defer stop()
	c.End(errWhy)
	c.End(errors.New("later"))
	<-c.Done()
	<-child.Done()
	if context.Cause(&c) != errWhy || context.Cause(child) != errWhy || c.Err() != context.Canceled {
		t.Errorf("causes %v and %v, error %v", context.Cause(&c), context.Cause(child), c.Err())
	}
	c.Detach(before)
	if len(inner.causes) != 1 || inner.causes[0] != errWhy || len(outer.causes) != 0 {
		t.Errorf("told %v and %v", inner.causes, outer.causes)
	}
	late := &told{}
	if c.Attach(late); len(late.causes) != 1 {
		t.Error("who attaches after the end is not told of it")
	}
}

func TestCauseBeforeWait(t *testing.T) {
	var c Context
	c.End(errWhy)
	if context.Cause(&c) != errWhy {
		t.Error("a cause given before anybody waited is lost")
	}
	if !c.Used() {
		t.Error("an ended context counts as unused")
	}
}

func TestNoAllocation(t *testing.T) {
	w := &told{}
	var c Context
	if n := testing.AllocsPerRun(100, func() {
		before := c.Attach(w)
		_ = c.Err()
		c.Detach(before)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
