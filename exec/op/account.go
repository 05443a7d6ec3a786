package op

import (
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Account counts the bytes that a query, or all queries of a server, hold. It is
// safe for concurrent use. A nil Account counts nothing and never refuses.
type Account struct {
	limit  int64
	used   atomic.Int64
	peak   atomic.Int64
	parent *Account
}

// NewAccount returns an account that refuses to hold more than limit bytes (0 or
// less: any number); what it holds is also charged to parent, which may be nil.
func NewAccount(limit int64, parent *Account) *Account {
	return &Account{limit: limit, parent: parent}
}

// Add charges n bytes (a negative n gives them back). Over the limit nothing is
// charged and the error is 53200.
func (a *Account) Add(n int64) error {
	if a == nil || n == 0 {
		return nil
	}
	used := a.used.Add(n)
	if n > 0 && a.limit > 0 && used > a.limit {
		a.used.Add(-n)
		return sqlerr.New(pgerrcode.OutOfMemory, "out of memory").
			WithDetail("Failed on request of size %d: %d bytes in use, limit %d.", n, used-n, a.limit).
			WithHint("Reduce the number of groups or rows that are kept, or raise the server's memory limits.")
	}
	if err := a.parent.Add(n); err != nil {
		a.used.Add(-n)
		return err
	}
	for {
		p := a.peak.Load()
		if used <= p || a.peak.CompareAndSwap(p, used) {
			return nil
		}
	}
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
	if a != nil {
		n := a.used.Swap(0)
		_ = a.parent.Add(-n)
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
