package op

import (
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// Account counts the bytes that a query, or all queries of a server, hold. It is
// safe for concurrent use. A nil Account counts nothing and never refuses.
type Account struct {
	limit  int64
	used   atomic.Int64
	peak   atomic.Int64
	parent *Account
	nth    int64         // among the parent's, in order of what they first held; of parent.mu
	joined atomic.Bool   // is one of the parent's kids
	dead   atomic.Bool   // shed: every request is refused
	shed   session.Ender // ends the query; nil: it ends at its next request

	mu   sync.Mutex // of what follows
	born int64
	kids map[*Account]bool
}

// NewAccount returns an account that refuses to hold more than limit bytes (0 or
// less: any number); what it holds is also charged to parent, which may be nil.
// When the parent's limit is passed, the newest of its accounts, by when they first
// held something, is shed: shed (nil: nothing) is told of the error, from another
// goroutine's request.
func NewAccount(limit int64, parent *Account, shed session.Ender) *Account {
	a := &Account{}
	a.Init(limit, parent, shed)
	return a
}

// Init makes a zero Account what NewAccount returns.
func (a *Account) Init(limit int64, parent *Account, shed session.Ender) {
	a.limit, a.parent, a.shed = limit, parent, shed
}

// join makes a one of those that its parent may shed.
func (a *Account) join() {
	p := a.parent
	p.mu.Lock()
	defer p.mu.Unlock()
	if a.joined.Load() {
		return
	}
	p.born++
	a.nth = p.born
	if p.kids == nil {
		p.kids = map[*Account]bool{}
	}
	p.kids[a] = true
	a.joined.Store(true)
}

// Add charges n bytes (a negative n gives them back). Over the limit nothing is
// charged and the error is 53200.
func (a *Account) Add(n int64) error {
	if a == nil || n == 0 {
		return nil
	}
	if n > 0 && a.dead.Load() {
		return errShed(n)
	}
	used := a.used.Add(n)
	if n > 0 && a.limit > 0 && used > a.limit {
		a.used.Add(-n)
		return sqlerr.New(pgerrcode.OutOfMemory, "out of memory").
			WithDetail("Failed on request of size %d: %d bytes in use, limit %d.", n, used-n, a.limit).
			WithHint("Reduce the number of groups or rows that are kept, or raise the server's memory limits.")
	}
	if err := a.parent.addFor(a, n); err != nil {
		a.used.Add(-n)
		return err
	}
	a.rise(used)
	return nil
}

func (a *Account) rise(used int64) {
	for {
		p := a.peak.Load()
		if used <= p || a.peak.CompareAndSwap(p, used) {
			return
		}
	}
}

// addFor charges n bytes of kid. Over the limit the newest account that holds
// something is shed; if that is not kid, kid goes on with what the other gives
// back, up to an eighth over the limit meanwhile.
func (a *Account) addFor(kid *Account, n int64) error {
	if a == nil {
		return nil
	}
	if n > 0 && !kid.joined.Load() {
		kid.join()
	}
	used := a.used.Add(n)
	if n > 0 && a.limit > 0 && used > a.limit {
		if used > a.limit+a.limit/8 || !a.makeRoom(used, n, kid) {
			a.used.Add(-n)
			return errShed(n)
		}
	}
	a.rise(used)
	return nil
}

// makeRoom sheds the newest account unless what shed ones still hold is enough;
// false if the newest is kid.
func (a *Account) makeRoom(used, n int64, kid *Account) bool {
	a.mu.Lock()
	var newest *Account
	for k := range a.kids {
		held := k.used.Load()
		switch {
		case k.dead.Load():
			used -= held
		case held > 0 && (newest == nil || k.nth > newest.nth):
			newest = k
		}
	}
	a.mu.Unlock()
	if used <= a.limit {
		return true
	}
	if newest == nil || newest == kid {
		return false
	}
	if newest.dead.CompareAndSwap(false, true) && newest.shed != nil {
		newest.shed.End(errShed(n))
	}
	return true
}

func errShed(n int64) error {
	return sqlerr.New(pgerrcode.OutOfMemory, "out of memory").
		WithDetail("Failed on request of size %d: all queries together have reached the server's limit, and this one is the newest.", n).
		WithHint("Try again when other queries have ended, or raise the server's memory limits.")
}

// Used returns the bytes held now.
func (a *Account) Used() int64 {
	if a == nil {
		return 0
	}
	return a.used.Load()
}

// Peak returns the most bytes held at once.
func (a *Account) Peak() int64 {
	if a == nil {
		return 0
	}
	return a.peak.Load()
}

// Close gives everything back to the parent.
func (a *Account) Close() {
	if a == nil {
		return
	}
	n := a.used.Swap(0)
	if a.parent != nil && a.joined.Load() {
		_ = a.parent.addFor(a, -n)
		a.parent.mu.Lock()
		delete(a.parent.kids, a)
		a.parent.mu.Unlock()
	}
}

// held is one operator's share of an account: it is set to a size, not added to.
type held struct {
	acc  *Account
	n    int64
	most int64
}

func (h *held) set(n int64) error {
	if err := h.acc.Add(n - h.n); err != nil {
		return err
	}
	h.n, h.most = n, max(h.most, n)
	return nil
}

func (h *held) free() {
	_ = h.acc.Add(-h.n)
	h.n = 0
}
