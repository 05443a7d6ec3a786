package engine

import (
	"context"
	"maps"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// deferral is what SET CONSTRAINTS has said in a transaction. The zero value: nothing.
type deferral struct {
	all  *bool           // of ALL, nil: not said
	some map[string]bool // by constraint, as conKey names them; said after all
}

// conKey names a constraint of a table for deferral.
func conKey(table uint32, name string) string { return itoa(int(table)) + "/" + name }

// of tells whether a constraint that says for itself what initially holds waits for
// COMMIT now.
func (d *deferral) of(table uint32, name string, initially bool) bool {
	if v, ok := d.some[conKey(table, name)]; ok {
		return v
	}
	if d.all != nil {
		return *d.all
	}
	return initially
}

// isDeferred reports whether an event waits: only that of a check does, never an
// action.
func (s *Session) isDeferred(c *catalog, e *refEvent) bool {
	if e.kind == refTwice {
		def := c.byOID(e.child)
		for i := range def.Uniques {
			if u := &def.Uniques[i]; u.Name == e.name {
				return u.Deferrable && s.tx.deferral.of(def.OID, u.Name, u.Deferred)
			}
		}
		return false
	}
	p := c.pairOf(e)
	if p == nil || !p.key.Deferrable || e.kind == refLost && p.key.OnDelete != "a" || e.kind == refMoved && p.key.OnUpdate != "a" {
		return false
	}
	return s.tx.deferral.of(p.child.OID, p.key.Name, p.key.Deferred)
}

// postpone puts the events that wait to those that do, and returns the others.
func (s *Session) postpone(events []*refEvent) []*refEvent {
	if len(events) == 0 {
		return nil
	}
	c := s.catalogOf(s.tx.write.Base())
	now := events[:0:0]
	for _, e := range events {
		if s.isDeferred(c, e) {
			s.tx.late = append(s.tx.late, e)
		} else {
			now = append(now, e)
		}
	}
	return now
}

// fireLate checks what waits and need not any more; all: for COMMIT, all of it.
func (s *Session) fireLate(ctx context.Context, all bool) error {
	for len(s.tx.late) > 0 && s.tx.write != nil {
		if err := s.seal(ctx); err != nil {
			return err
		}
		c := s.catalogOf(s.tx.write.Base())
		var now, wait []*refEvent
		for _, e := range s.tx.late {
			if all || !s.isDeferred(c, e) {
				now = append(now, e)
			} else {
				wait = append(wait, e)
			}
		}
		s.tx.late = wait
		if len(now) == 0 {
			return nil
		}
		if err := s.fireRefs(ctx, now); err != nil {
			return err
		}
	}
	return nil
}

// setConstraints runs SET CONSTRAINTS.
func (s *Session) setConstraints(ctx context.Context, u *ast.SetConstraints) (session.Result, error) {
	if !s.tx.block && !s.several {
		s.warning(pgerrcode.NoActiveSQLTransaction, "SET CONSTRAINTS can only be used in transaction blocks")
	}
	d := &s.tx.deferral
	if len(u.Names) == 0 {
		*d = deferral{all: &u.Deferred}
	} else {
		keys, err := s.namedConstraints(u)
		if err != nil {
			return nil, err
		}
		d.some = maps.Clone(d.some)
		if d.some == nil {
			d.some = map[string]bool{}
		}
		for _, k := range keys {
			d.some[k] = u.Deferred
		}
	}
	if !u.Deferred {
		if err := s.fireLate(ctx, false); err != nil {
			return nil, err
		}
	}
	return tag("SET CONSTRAINTS"), s.finishLone(ctx)
}

// namedConstraints finds the constraints of a SET CONSTRAINTS: all of a name in the
// first schema of the path that has one.
func (s *Session) namedConstraints(u *ast.SetConstraints) ([]string, error) {
	c, release := s.catalog()
	defer release()
	var out []string
	for _, n := range u.Names {
		path := c.path
		if n.DB != "" && n.DB != s.db {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, `cross-database references are not implemented: "%s.%s.%s"`, n.DB, n.Schema, n.Name)
		}
		if n.Schema != "" {
			ns, ok := c.namespace(n.Schema)
			if !ok {
				return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
			}
			path = []uint32{ns}
		}
		found := false
		for _, ns := range path {
			for _, def := range c.tables() {
				if def.NS != ns || !hasConstraint(def, n.Name) {
					continue
				}
				found = true
				if u.Deferred && !deferrable(def, n.Name) {
					return nil, sqlerr.New(pgerrcode.WrongObjectType, `constraint "%s" is not deferrable`, n.Name)
				}
				out = append(out, conKey(def.OID, n.Name))
			}
			if found {
				break
			}
		}
		if !found {
			return nil, sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" does not exist`, n.Name)
		}
	}
	return out, nil
}

// deferrable reports whether the constraint of a name may wait for COMMIT.
func deferrable(def *types.Table, name string) bool {
	if k := def.Foreign(name); k != nil {
		return k.Deferrable
	}
	for i := range def.Uniques {
		if u := &def.Uniques[i]; u.Name == name && !u.Index {
			return u.Deferrable
		}
	}
	return false
}
