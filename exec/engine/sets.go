package engine

import (
	"fmt"
	"slices"

	"tagd/exec/objects"
	"tagd/sql/types"
	"tagd/storage/table"
)

// objectsKey is where the store keeps the objects of a database.
func objectsKey(db uint32) string { return fmt.Sprintf("objects/%d", db) }

// tempName is the name of a temporary schema.
func tempName(ns uint32) string { return fmt.Sprintf("pg_temp_%d", ns-objects.TempBase) }

// edit is a change of objects in hand: a clone that nobody else sees until store.
type edit struct {
	s *Session
	r *run
	w table.Write
	c *catalog
	o *objects.Set
}

// edit begins a change; what names the statement for the error of a read-only
// transaction.
func (s *Session) edit(r *run, what string) (*edit, error) {
	if !s.tx.readOnly {
		if err := s.lockCatalog(r.ctx); err != nil {
			return nil, err
		}
	}
	w, err := s.writer(r.ctx, what)
	if err != nil {
		return nil, err
	}
	return s.editing(r, w)
}

func (s *Session) editing(r *run, w table.Write) (*edit, error) {
	c, release := s.catalog()
	defer release()
	if c.err != nil {
		return nil, c.err
	}
	e := &edit{s: s, r: r, w: w, c: c, o: c.objs.Clone()}
	return e, nil
}

// store puts the changed objects in place; the edit goes on with a new clone.
func (e *edit) store() error {
	b, err := e.o.Encode()
	if err != nil {
		return err
	}
	if err := e.w.SetMeta(objectsKey(e.s.dbOID), b); err != nil {
		return err
	}
	e.s.tx.objs, e.s.tx.changed = e.o, true
	return e.again()
}

// again takes a new clone, after others have changed objects or tables.
func (e *edit) again() error {
	next, err := e.s.editing(e.r, e.w)
	if err == nil {
		*e = *next
	}
	return err
}

// tempSpace returns the session's temporary schema, made when first needed: the
// database keeps it for the sessions that will have its number.
func (e *edit) tempSpace() (uint32, error) {
	e.s.temp = objects.TempBase + e.s.slot
	if slices.Contains(e.o.Temps, e.s.slot) {
		if e.c.temp == e.s.temp {
			return e.s.temp, nil
		}
		return e.s.temp, e.again() // the catalog in hand does not look there yet
	}
	e.o.Temps = append(e.o.Temps, e.s.slot)
	return e.s.temp, e.store()
}

// alter stores a changed definition of a table.
func (e *edit) alter(old, def *types.Table) error {
	if err := e.w.AlterTable(old.Path(), def); err != nil {
		return err
	}
	if def.Path() != old.Path() {
		e.s.define(old.Path(), nil)
	}
	e.s.define(def.Path(), def)
	e.c.defs = e.s.tx.defs
	return nil
}
