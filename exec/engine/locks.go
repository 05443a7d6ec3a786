package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// locks are the locks that sessions wait for: advisory ones, those of tables that
// are changed, and the turn to write, all here so that a circle of waiting through
// several of them is seen.
type locks struct {
	mu  sync.Mutex
	by  map[lockTag]*lock
	num int // held or waited for, of all sessions
	tx  uint32
}

// maxLocks bounds what all sessions together may hold.
const maxLocks = 100_000

// lockTag names what is locked. kind is pg_locks.locktype.
type lockTag struct {
	kind           string
	db, class, obj uint32
	sub            uint16
}

// txKind is the kind of what others wait for until a transaction ends, or gives
// the turn to write on: PostgreSQL would show them as waiting for the transaction.
const txKind = "transactionid"

// writerTag is the turn to write.
var writerTag = lockTag{kind: txKind}

// lockMode is one of the two modes that are asked for.
type lockMode uint8

const (
	shareLock lockMode = iota
	exclusiveLock
)

var lockModeNames = [...]string{"ShareLock", "ExclusiveLock"}

// lock is the state of one tag.
type lock struct {
	held  map[*Session]*holding
	queue []*waiter // in the order of asking
}

// holding counts what a session holds of a lock, by mode: for itself, and until
// the end of its transaction.
type holding struct{ session, tx [2]int }

func (h *holding) has(m lockMode) bool { return h != nil && h.session[m]+h.tx[m] > 0 }

// waiter waits for a lock; ready is closed when it has it.
type waiter struct {
	s     *Session
	tag   lockTag
	mode  lockMode
	tx    bool
	since time.Time
	ready chan struct{}
}

// txLock is a lock that goes with the transaction.
type txLock struct {
	tag  lockTag
	mode lockMode
}

func conflicts(a, b lockMode) bool { return a == exclusiveLock || b == exclusiveLock }

// blockers are the other sessions that keep s from a lock: those that hold it, and
// those before it in the queue.
func (l *lock) blockers(s *Session, m lockMode) []*Session {
	var out []*Session
	for h, c := range l.held {
		if h != s && (c.has(exclusiveLock) || m == exclusiveLock && c.has(shareLock)) {
			out = append(out, h)
		}
	}
	if l.held[s] != nil {
		return out // who holds some of it does not stand behind others
	}
	for _, w := range l.queue {
		if w.s == s {
			break
		}
		if conflicts(w.mode, m) {
			out = append(out, w.s)
		}
	}
	return out
}

// try takes a lock if nobody is in the way.
func (k *locks) try(s *Session, t lockTag, m lockMode, tx bool) (bool, error) {
	l := k.by[t]
	if l == nil {
		if k.num >= maxLocks {
			return false, sqlerr.New(pgerrcode.OutOfMemory, "out of shared memory").
				WithHint("You might need to increase max_locks_per_transaction.")
		}
		if k.by == nil {
			k.by = map[lockTag]*lock{}
		}
		l = &lock{held: map[*Session]*holding{}}
		k.by[t] = l
	}
	if len(l.blockers(s, m)) > 0 {
		return false, nil
	}
	k.give(l, s, t, m, tx)
	return true, nil
}

func (k *locks) give(l *lock, s *Session, t lockTag, m lockMode, tx bool) {
	h := l.held[s]
	if h == nil {
		h = &holding{}
		l.held[s] = h
		k.num++
	}
	if tx {
		h.tx[m]++
		s.txLocks = append(s.txLocks, txLock{t, m})
	} else {
		h.session[m]++
	}
	if t.kind == txKind {
		if s.txNumber == 0 {
			k.tx++
			s.txNumber = k.tx
		}
	}
}

// tryLock is try for callers from outside.
func (k *locks) tryLock(s *Session, t lockTag, m lockMode, tx bool) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.try(s, t, m, tx)
}

// lock takes a lock and waits for it as long as ctx and lock_timeout allow. A wait
// that would close a circle is 40P01.
func (k *locks) lock(ctx context.Context, s *Session, t lockTag, m lockMode, tx bool) error {
	k.mu.Lock()
	ok, err := k.try(s, t, m, tx)
	if ok || err != nil {
		k.mu.Unlock()
		return err
	}
	w := &waiter{s: s, tag: t, mode: m, tx: tx, since: s.e.opt.Now(), ready: make(chan struct{})}
	l := k.by[t]
	l.queue = append(l.queue, w)
	s.waits = w
	if circle := k.circle(s); circle != nil {
		err := k.deadlock(circle)
		k.leave(w)
		k.mu.Unlock()
		s.counts.Deadlocks.Add(1)
		return err
	}
	k.mu.Unlock()
	return k.wait(ctx, w)
}

// wait waits for a lock that is asked for.
func (k *locks) wait(ctx context.Context, w *waiter) error {
	var limit <-chan time.Time
	if w.s.lockTimeout > 0 {
		t := time.NewTimer(w.s.lockTimeout)
		defer t.Stop()
		limit = t.C
	}
	err := error(errLockTimeout)
	select {
	case <-w.ready:
		return nil
	case <-limit:
	case <-ctx.Done():
		err = causeError(context.Cause(ctx))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-w.ready: // it came meanwhile
		return nil
	default:
	}
	k.leave(w)
	return err
}

// leave takes a waiter out of its queue.
func (k *locks) leave(w *waiter) {
	l := k.by[w.tag]
	l.queue = slices.DeleteFunc(l.queue, func(x *waiter) bool { return x == w })
	w.s.waits = nil
	k.wake(w.tag, l)
}

// wake gives a lock to those who wait and have nobody before them any more.
func (k *locks) wake(t lockTag, l *lock) {
	for i := 0; i < len(l.queue); {
		w := l.queue[i]
		if len(l.blockers(w.s, w.mode)) > 0 {
			i++
			continue
		}
		l.queue = slices.Delete(l.queue, i, i+1)
		w.s.waits = nil
		k.give(l, w.s, t, w.mode, w.tx)
		close(w.ready)
	}
	if len(l.held) == 0 && len(l.queue) == 0 {
		delete(k.by, t)
	}
}

// drop gives back one count of a lock; false: it was not held so.
func (k *locks) drop(s *Session, t lockTag, m lockMode, tx bool) bool {
	l := k.by[t]
	if l == nil || l.held[s] == nil {
		return false
	}
	h := l.held[s]
	n := &h.session[m]
	if tx {
		n = &h.tx[m]
	}
	if *n == 0 {
		return false
	}
	*n--
	if *h == (holding{}) {
		delete(l.held, s)
		k.num--
	}
	k.wake(t, l)
	return true
}

// unlock is drop of a lock held for the session.
func (k *locks) unlock(s *Session, t lockTag, m lockMode) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.drop(s, t, m, false)
}

// endTx gives back the transaction's locks from number n on.
func (k *locks) endTx(s *Session, n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(s.txLocks) <= n {
		return
	}
	for _, x := range s.txLocks[n:] {
		k.drop(s, x.tag, x.mode, true)
	}
	s.txLocks = s.txLocks[:n]
}

// endNumber forgets the number of the session's transaction, which has ended.
func (k *locks) endNumber(s *Session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.txNumber = 0
}

// holds reports whether a session has a lock, as it is asked for or stronger.
func (k *locks) holds(s *Session, t lockTag, m lockMode) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	l := k.by[t]
	return l != nil && (l.held[s].has(exclusiveLock) || l.held[s].has(m))
}

// endSession gives back what is held for the session itself.
func (k *locks) endSession(s *Session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for t, l := range k.by {
		h := l.held[s]
		if h == nil || h.session == [2]int{} {
			continue
		}
		h.session = [2]int{}
		if h.tx == [2]int{} {
			delete(l.held, s)
			k.num--
		}
		k.wake(t, l)
	}
}

// circle finds a circle of waiting through s: each waits for the next, the last
// one for s. nil: there is none.
func (k *locks) circle(s *Session) []*waiter {
	seen := map[*Session]bool{}
	var path []*waiter
	var visit func(x *Session) bool
	visit = func(x *Session) bool {
		w := x.waits
		if w == nil || seen[x] {
			return false
		}
		seen[x] = true
		path = append(path, w)
		for _, b := range k.by[w.tag].blockers(x, w.mode) {
			if b == s || visit(b) {
				return true
			}
		}
		path = path[:len(path)-1]
		return false
	}
	if visit(s) {
		return path
	}
	return nil
}

// deadlock is the error of a circle, as DeadLockReport of deadlock.c writes it.
func (k *locks) deadlock(circle []*waiter) error {
	var lines []string
	for i, w := range circle {
		next := circle[(i+1)%len(circle)].s
		lines = append(lines, fmt.Sprintf("Process %d waits for %s on %s; blocked by process %d.",
			w.s.pid, w.modeName(), k.describe(w.tag), next.pid))
	}
	return sqlerr.New(pgerrcode.DeadlockDetected, "deadlock detected").
		WithDetail("%s", strings.Join(lines, "\n")).WithHint("See server log for query details.")
}

// modeName is the mode as Postgres would show it: who waits for the writer waits
// for the end of its transaction.
func (w *waiter) modeName() string {
	if w.tag.kind == txKind {
		return "ShareLock"
	}
	return lockModeNames[w.mode]
}

// describe names a tag as DescribeLockTag does.
func (k *locks) describe(t lockTag) string {
	if t.kind == txKind {
		return fmt.Sprintf("transaction %d", k.number(t))
	}
	return fmt.Sprintf("advisory lock [%d,%d,%d,%d]", t.db, t.class, t.obj, t.sub)
}

// number is that of a transaction that has a lock.
func (k *locks) number(t lockTag) uint32 {
	n := uint32(0)
	for s := range k.by[t].held {
		n = max(n, s.txNumber)
	}
	return n
}

// blockedBy are the PIDs that keep the session of a PID waiting.
func (k *locks) blockedBy(s *Session) []int32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.waits == nil {
		return nil
	}
	var out []int32
	for _, b := range k.by[s.waits.tag].blockers(s, s.waits.mode) {
		out = append(out, b.pid)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lockRow is one row of pg_locks.
type lockRow struct {
	tag     lockTag
	s       *Session
	mode    string
	granted bool
	since   time.Time // of waiting
	number  uint32    // of a transaction
}

// rows lists all locks.
func (k *locks) rows() []lockRow {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []lockRow
	shown := map[*Session]bool{}
	for t, l := range k.by {
		for s, h := range l.held {
			if t.kind == txKind { // however much it has, it is one transaction
				if !shown[s] {
					shown[s] = true
					out = append(out, lockRow{tag: writerTag, s: s, mode: lockModeNames[exclusiveLock], granted: true, number: s.txNumber})
				}
				continue
			}
			for m := range lockModeNames {
				if h.has(lockMode(m)) {
					out = append(out, lockRow{tag: t, s: s, mode: lockModeNames[m], granted: true})
				}
			}
		}
		for _, w := range l.queue {
			row := lockRow{tag: t, s: w.s, mode: w.modeName(), since: w.since}
			if t.kind == txKind {
				row.tag, row.number = writerTag, k.number(t)
			}
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b lockRow) int {
		return strings.Compare(fmt.Sprint(a.tag, !a.granted, a.s.pid, a.mode), fmt.Sprint(b.tag, !b.granted, b.s.pid, b.mode))
	})
	return out
}
