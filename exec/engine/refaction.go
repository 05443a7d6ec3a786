package engine

import (
	"context"
	"strconv"
	"strings"

	"tagd/exec/pgcatalog"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
)

// act does what a foreign key says of keys that the other table has lost. While a
// row is known that breaks a constraint, only what else would break is looked for. It
// returns what the action has done to keys: that is checked when the events in hand
// are done with, as PostgreSQL queues it.
func (p *keyPair) act(ctx context.Context, s *Session, e *refEvent, bad *broken) (more []*refEvent, err error) {
	action := p.key.OnDelete
	if e.kind == refMoved {
		action = p.key.OnUpdate
	}
	if action == "a" || action == "r" {
		return nil, p.referred(ctx, s, e, action == "a", bad)
	}
	if bad.err != nil {
		return nil, nil
	}
	q := &keyQuery{s: s, ctx: ctx, child: p.child, parent: p.parent, old: e.cols, new: e.next, n: len(e.seq)}
	err = q.run(p.actionText(q, e.kind, action), func(r *run, pl *plan.Stmt) error {
		if err := r.change(pl); err != nil {
			return err
		}
		more = r.refEvents()
		return s.seal(r.ctx)
	})
	if err != nil {
		return nil, inStatement(err, p.actionWords(s, e.kind, action))
	}
	if action != "d" {
		return more, nil
	}
	// Rows that had the default already refer to what is gone, and were not changed.
	return more, p.referred(ctx, s, e, true, bad)
}

// change runs a planned UPDATE or DELETE.
func (r *run) change(pl *plan.Stmt) (err error) {
	if pl.Delete != nil {
		_, err = r.s.delete(r, pl.Delete)
	} else {
		_, err = r.s.update(r, pl.Update)
	}
	return err
}

// referred finds the first lost key that a row still refers to. again: not where
// another row of the table has the key by now.
func (p *keyPair) referred(ctx context.Context, s *Session, e *refEvent, again bool, bad *broken) error {
	rest := e
	if again {
		idx, err := p.missing(ctx, s, e)
		if err != nil || len(idx) == 0 {
			return err
		}
		rest = e.pick(idx)
	}
	q := &keyQuery{s: s, ctx: ctx, child: p.child, parent: p.parent, old: rest.cols, n: len(rest.seq)}
	i, err := q.firstMet(p.cols)
	if err != nil || i < 0 {
		return err
	}
	verr := p.violation(`update or delete on table "%s" violates foreign key constraint "%s" on table "%s"`, p.parent.Name, p.key.Name, p.child.Name)
	if text := s.shownKey(p.parent, p.refs, rest.cols, i); text != "" {
		verr.WithDetail(`Key %s is still referenced from table "%s".`, text, p.child.Name)
	} else {
		verr.WithDetail(`Key is still referenced from table "%s".`, p.child.Name)
	}
	bad.before(rest.seq[i], verr)
	return nil
}

// actionText is the statement of an action; see keyQuery.
func (p *keyPair) actionText(q *keyQuery, kind refKind, action string) string {
	where := "WHERE " + q.where(p.child, p.cols)
	if action == "c" && kind == refLost {
		return "DELETE FROM ri.child t " + q.also("USING") + where
	}
	var set []string
	for i, c := range p.cols {
		value := "NULL"
		switch {
		case kind == refLost && p.key.SetCols != nil && !p.sets(i):
			continue
		case action == "c":
			value = q.next(i)
		case action == "d":
			value = "DEFAULT"
		}
		set = append(set, quoteIdent(p.child.Columns[c].Name)+" = "+value)
	}
	return "UPDATE ri.child t SET " + strings.Join(set, ", ") + " " + q.also("FROM") + where
}

// sets reports whether ON DELETE SET changes column i of the key.
func (p *keyPair) sets(i int) bool {
	for _, id := range p.key.SetCols {
		if id == p.key.Cols[i] {
			return true
		}
	}
	return false
}

// actionWords is the statement that PostgreSQL runs for an action, for CONTEXT
// (ri_triggers.c).
func (p *keyPair) actionWords(s *Session, kind refKind, action string) string {
	c := s.catalogOf(s.tx.write.Base())
	quote := func(n string) string { return `"` + strings.ReplaceAll(n, `"`, `""`) + `"` }
	name := quote(c.nsName(p.child.NS)) + "." + quote(p.child.Name)
	n := 1
	var set []string
	for i, at := range p.cols {
		col := quote(p.child.Columns[at].Name)
		switch {
		case kind == refLost && p.key.SetCols != nil && !p.sets(i):
		case action == "c":
			set = append(set, col+" = $"+strconv.Itoa(n))
			n++
		case action == "n":
			set = append(set, col+" = NULL")
		default:
			set = append(set, col+" = DEFAULT")
		}
	}
	text := "UPDATE ONLY " + name + " SET " + strings.Join(set, ", ")
	if action == "c" && kind == refLost {
		text, n = "DELETE FROM ONLY "+name, 1
	}
	for i, at := range p.cols {
		word := " AND "
		if i == 0 {
			word = " WHERE "
		}
		pk, fk := p.parent.Columns[p.refs[i]].Type, p.child.Columns[at].Type
		left, right := pgcatalog.KeyCasts(pk, fk)
		text += word + "$" + strconv.Itoa(n+i) + left + " OPERATOR(pg_catalog.=) " + quote(p.child.Columns[at].Name) + right
	}
	return text
}

// inStatement gives an error the CONTEXT of a statement that the system runs.
func inStatement(err error, text string) error {
	e := *sqlerr.From(err)
	where := `SQL statement "` + text + `"`
	if e.Where != "" {
		where = e.Where + "\n" + where
	}
	e.Where, e.Pos = where, 0
	return &e
}
