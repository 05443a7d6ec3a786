package server

import (
	"strings"
	"testing"
	"time"

	"tagd/sql/session"
)

// TestNotify holds when notifications are sent: at once to an idle client, after
// the transaction to one inside a block, before ReadyForQuery to a busy one.
func TestNotify(t *testing.T) {
	s, addr := start(t, &fakeEngine{}, Options{})
	c := login(t, addr)
	tell := func(channel string) {
		s.mu.Lock()
		k := s.mu.conns[c.key.ProcessID]
		s.mu.Unlock()
		if !k.Notify(session.Notification{PID: 7, Channel: channel, Payload: "信"}) {
			t.Error("the queue is full")
		}
	}
	time.Sleep(20 * time.Millisecond)
	tell("idle")
	if got := show(c.recv(t)); !strings.Contains(got, `"PID":7,"Channel":"idle","Payload":"信"`) {
		t.Error(got)
	}
	c.send(t, q("begin")...)
	c.untilReady(1)
	tell("block")
	c.send(t, q("nothing")...)
	if got := c.untilReady(1); strings.Contains(got, "block") {
		t.Error("inside a transaction block: " + got)
	}
	c.send(t, q("commit")...)
	if got := c.untilReady(1); strings.Index(got, "block") < strings.Index(got, "COMMIT") {
		t.Error(got)
	}
	c.send(t, q("nap")...)
	time.Sleep(20 * time.Millisecond)
	tell("busy")
	if got := c.untilReady(1); strings.Index(got, "busy") < strings.Index(got, "NAP") {
		t.Error(got)
	}
}

// TestNotifyBound holds that a client that does not read is not written to
// without end.
func TestNotifyBound(t *testing.T) {
	s, addr := start(t, &fakeEngine{}, Options{})
	c := login(t, addr)
	c.send(t, q("begin")...)
	c.untilReady(1)
	s.mu.Lock()
	k := s.mu.conns[c.key.ProcessID]
	s.mu.Unlock()
	n := 0
	for k.Notify(session.Notification{Channel: "c", Payload: strings.Repeat("x", 8000)}) {
		n++
	}
	if n < 1000 || n > 10000 {
		t.Errorf("%d notifications wait", n)
	}
}
