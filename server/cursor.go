package server

import (
	"context"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/server/wire"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// Portals and the cursors of SQL are one name space and the same thing. A portal
// is the connection's until FETCH, MOVE or their kin ask for it by name: the
// session takes it over then, and the messages of the protocol about that name go
// to the session, as those about cursors of DECLARE do.

// isCursor reports whether the session has a cursor of the name.
func (k *conn) isCursor(name string) bool {
	o, ok := k.sess.(session.CursorOwner)
	if ok {
		_, _, ok = o.Cursor(name)
	}
	return ok
}

func noPortal(name string) error {
	return sqlerr.New(pgerrcode.InvalidCursorName, "portal \"%s\" does not exist", name)
}

// describeCursor describes a cursor of the session as a portal.
func (k *conn) describeCursor(ctx context.Context, name string) error {
	if o, ok := k.sess.(session.CursorOwner); ok {
		if cols, formats, ok := o.Cursor(name); ok {
			if k.sess.Tx() == session.TxFailed {
				_, err := o.RunCursor(ctx, name, 1)
				return err
			}
			k.columns(cols, formats)
			return nil
		}
	}
	return noPortal(name)
}

// executeCursor reads on in a cursor of the session.
func (k *conn) executeCursor(ctx context.Context, m wire.Execute) error {
	o, ok := k.sess.(session.CursorOwner)
	if !ok {
		return noPortal(m.Portal)
	}
	_, formats, ok := o.Cursor(m.Portal)
	if !ok {
		return noPortal(m.Portal)
	}
	max := m.MaxRows
	if int32(max) < 0 {
		max = 0
	}
	res, err := o.RunCursor(ctx, m.Portal, max)
	if err != nil {
		return err
	}
	defer res.Close()
	sent, enc := 0, wire.NewRowEncoder(k.style(), formatOf(formats))
	for {
		b, err := res.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		if err := k.w.Rows(enc, b, 0, b.N); err != nil {
			return lostClient(err)
		}
		sent += b.N
	}
	if max > 0 && sent == int(max) {
		k.w.PortalSuspended()
		return nil
	}
	k.w.Complete(countedTag(res.Tag(), sent))
	return nil
}

// Portal makes the connection a session.PortalHost.
func (k *conn) Portal(name string) session.Prepared {
	if p := k.portals[name]; p != nil {
		return p.st.p
	}
	return nil
}

// TakePortal hands a portal over to the session.
func (k *conn) TakePortal(name string) (*session.Portal, error) {
	p := k.portals[name]
	switch {
	case p == nil:
		return nil, nil
	case p == k.running, p.res != nil && p.res.Kind() != session.KindRows:
		return nil, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "portal \"%s\" cannot be run", name)
	}
	delete(k.portals, name)
	return &session.Portal{
		Text: p.st.text, Of: p.st.p, Params: p.params, Formats: p.formats, Made: p.made,
		Result: p.res, Rest: p.rest(), Sent: p.sent, Done: p.done,
	}, nil
}

// rest are the rows that have been read and not sent, nil without any.
func (p *portal) rest() *vec.Batch {
	if p.batch == nil || p.next >= p.batch.N {
		return nil
	}
	out := &vec.Batch{N: p.batch.N - p.next, Cols: make([]*vec.Vector, len(p.batch.Cols))}
	for i, c := range p.batch.Cols {
		out.Cols[i] = c.Slice(p.next, p.batch.N)
	}
	return out
}

// ClosePortal closes a portal by its name.
func (k *conn) ClosePortal(name string) (bool, error) {
	p := k.portals[name]
	if p != nil && p == k.running {
		return false, sqlerr.New(pgerrcode.InvalidCursorState, "cannot drop active portal \"%s\"", name)
	}
	k.dropPortal(name)
	return p != nil, nil
}

// ClosePortals closes all portals but the one that runs.
func (k *conn) ClosePortals() {
	for name, p := range k.portals {
		if p != k.running {
			k.dropPortal(name)
		}
	}
}

// LeaveLevel ends the portals of savepoints that are gone, or raises them.
func (k *conn) LeaveLevel(level int, ended bool) {
	for name, p := range k.portals {
		switch {
		case p.level <= level:
		case !ended:
			p.level = level
		case p != k.running:
			k.dropPortal(name)
		}
	}
}

// EachPortal lists the portals.
func (k *conn) EachPortal(f func(name, text string, made time.Time)) {
	for name, p := range k.portals {
		f(name, p.st.text, p.made)
	}
}

var _ session.PortalHost = (*conn)(nil)
