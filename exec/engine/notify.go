package engine

import (
	"slices"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Limits of async.c: a channel is an identifier, a payload goes into one page.
const (
	maxChannel = 63
	maxPayload = 8000
)

// channels says which sessions listen to what. Commits that notify hold its lock
// until their notifications are handed out, so that these come in commit order.
type channels struct {
	mu sync.Mutex
	by map[channel]map[*Session]bool
}

// channel is a name within a database.
type channel struct {
	db   uint32
	name string
}

// news is what a transaction will say and listen to when it commits.
type news struct {
	mu    sync.Mutex // functions may run beside each other
	notes []note
	seen  map[note]bool
	steps []ast.Listen
}

type note struct{ channel, payload string }

// add queues a notification unless the transaction has it already.
func (n *news) add(x note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[x] {
		return
	}
	if n.seen == nil {
		n.seen = map[note]bool{}
	}
	n.seen[x] = true
	n.notes = append(n.notes, x)
}

// cut forgets what came after a savepoint.
func (n *news) cut(notes, steps int) {
	for _, x := range n.notes[notes:] {
		delete(n.seen, x)
	}
	n.notes, n.steps = n.notes[:notes], n.steps[:steps]
}

// notify queues a notification for commit.
func (s *Session) notify(name, payload string) error {
	switch {
	case name == "":
		return sqlerr.New(pgerrcode.InvalidParameterValue, "channel name cannot be empty")
	case len(name) > maxChannel:
		return sqlerr.New(pgerrcode.InvalidParameterValue, "channel name too long")
	case len(payload) >= maxPayload:
		return sqlerr.New(pgerrcode.InvalidParameterValue, "payload string too long")
	}
	s.news.add(note{name, payload})
	return nil
}

// notifyStmt runs NOTIFY, listenStmt LISTEN and UNLISTEN.
func (s *Session) notifyStmt(u *ast.Notify) (session.Result, error) {
	if err := s.notify(u.Channel, u.Payload); err != nil {
		return nil, err
	}
	return tag("NOTIFY"), s.finishLone(noContext)
}

func (s *Session) listenStmt(u *ast.Listen) (session.Result, error) {
	s.news.steps = append(s.news.steps, *u)
	word := "LISTEN"
	if u.Stop {
		word = "UNLISTEN"
	}
	return tag(word), s.finishLone(noContext)
}

// publish takes the lock of notifications before a commit that has some; what it
// returns ends the commit: with ok they are sent.
func (s *Session) publish() func(ok bool) {
	if len(s.news.notes) == 0 && len(s.news.steps) == 0 {
		return func(bool) {}
	}
	c := &s.e.channels
	c.mu.Lock()
	return func(ok bool) {
		defer c.mu.Unlock()
		if !ok {
			return
		}
		for _, u := range s.news.steps {
			c.apply(s, u)
		}
		for _, x := range s.news.notes {
			c.send(s, x)
		}
	}
}

// apply does what LISTEN or UNLISTEN asks.
func (c *channels) apply(s *Session, u ast.Listen) {
	k := channel{s.dbOID, u.Channel}
	switch {
	case !u.Stop:
		if c.by == nil {
			c.by = map[channel]map[*Session]bool{}
		}
		if c.by[k] == nil {
			c.by[k] = map[*Session]bool{}
		}
		c.by[k][s] = true
	case u.Channel == "":
		c.forget(s)
	default:
		c.drop(k, s)
	}
}

func (c *channels) drop(k channel, s *Session) {
	delete(c.by[k], s)
	if len(c.by[k]) == 0 {
		delete(c.by, k)
	}
}

// forget ends all listening of a session.
func (c *channels) forget(s *Session) {
	for k := range c.by {
		c.drop(k, s)
	}
}

// send hands a notification to those who listen. A client that does not read is
// disconnected rather than left with a gap that it cannot see.
func (c *channels) send(from *Session, x note) {
	for s := range c.by[channel{from.dbOID, x.channel}] {
		h, ok := s.peer.(session.PeerHost)
		if ok && !h.Notify(session.Notification{PID: from.pid, Channel: x.channel, Payload: x.payload}) {
			h.Interrupt(true)
		}
	}
}

// listening are the channels of a session, in order.
func (c *channels) listening(s *Session) vec.Datum {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for k, set := range c.by {
		if set[s] {
			names = append(names, k.name)
		}
	}
	slices.Sort(names)
	v := vec.New(types.Of(types.Text), len(names))
	copy(v.Str, names)
	return vec.Datum{A: v}
}

// unlistenAll ends all listening at once, as DISCARD ALL and the end of the
// session do.
func (s *Session) unlistenAll() {
	s.e.channels.mu.Lock()
	defer s.e.channels.mu.Unlock()
	s.e.channels.forget(s)
}
