package op

import (
	"testing"

	"tagd/sql/sqlerr"
)

// ender is a function as a session.Ender.
type ender func(error)

func (f ender) End(err error) { f(err) }

// TestShed fills a server's account from several queries: the newest one that
// holds something goes, and the oldest goes on.
func TestShed(t *testing.T) {
	all := NewAccount(1000, nil, nil)
	var gone []string
	query := func(name string) *Account {
		return NewAccount(0, all, ender(func(err error) {
			if sqlerr.Code(err) != "53200" {
				t.Error(err)
			}
			gone = append(gone, name)
		}))
	}
	a, b, c, idle := query("a"), query("b"), query("c"), query("idle")
	for _, q := range []*Account{a, b, c} {
		if err := q.Add(300); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Add(150); err != nil || len(gone) != 1 || gone[0] != "c" {
		t.Fatal(err, gone)
	}
	if err := b.Add(50); err != nil || len(gone) != 1 {
		t.Error("what the shed query holds is enough:", err, gone)
	}
	if sqlerr.Code(c.Add(1)) != "53200" {
		t.Error("a shed query may go on")
	}
	c.Close()
	if err := a.Add(250); err != nil || len(gone) != 2 || gone[1] != "b" {
		t.Error(err, gone)
	}
	b.Close()
	if sqlerr.Code(idle.Add(800)) != "53200" {
		t.Error("the newest query is the one that asks, and is not refused")
	}
	a.Close()
	idle.Close()
	if all.Used() != 0 {
		t.Error(all.Used(), "bytes stay charged")
	}
}
