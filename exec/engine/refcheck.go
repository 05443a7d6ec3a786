package engine

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// A statement tells its run of the keys that rows get (in tables that refer) and lose
// (in tables that are referred to); when it has ended they are checked, all at once,
// against the state that it has left. Keys that rows get are looked up in the other
// table's key index as soon as there are many of them, and only those that are not
// found there are kept: a load holds no more than that.

// refEvent is the keys of one constraint that one statement has touched.
type refEvent struct {
	kind  refKind
	child uint32 // OID of the table that refers, or of the table of a deferrable key
	key   uint32 // OID of the foreign key
	name  string // of a deferrable key
	stmt  int64  // numbers the statements of a session
	// cols are the columns of the keys, next of what they become (refMoved); seq are
	// the numbers of their rows in the statement, ascending.
	cols, next []*vec.Vector
	seq        []int64
	mixed      int64 // of refGot: the first row that MATCH FULL forbids, -1 for none
}

// refKind is what has happened to the keys of an event.
type refKind byte

const (
	refLost  refKind = iota // deleted from the table that is referred to
	refMoved                // updated there
	refGot                  // inserted or updated in the table that refers
	refTwice                // of a deferrable key: inserted or updated
)

// keyWatch collects the events of one table in one statement.
type keyWatch struct {
	r     *run
	def   *types.Table
	got   []*keyBuffer // by the table's own keys
	lost  []*keyBuffer // by the keys that refer to it, those of DELETE
	moved []*keyBuffer // and those of UPDATE
	twice []*keyBuffer // by its deferrable keys
	seq   int64
}

// keyBuffer collects the keys of one event.
type keyBuffer struct {
	refEvent
	at    []int // positions in the watched table
	full  bool
	nulls bool // keys with NULLs are kept
	parts [][]*vec.Vector
	then  [][]*vec.Vector
}

// refsKept is how many keys an event collects before it looks them up.
const refsKept = 1 << 18

// watch returns the watch of a table that the run changes, nil where no key has to
// do with it. The same table has the same watch for the whole run.
func (r *run) watch(def *types.Table) *keyWatch {
	for _, w := range r.watches {
		if w.def.OID == def.OID {
			return w
		}
	}
	if r.s.values["session_replication_role"] == "replica" {
		return nil
	}
	w := &keyWatch{r: r, def: def}
	for i := range def.Refs {
		k := &def.Refs[i]
		if k.GotOff {
			continue
		}
		w.got = append(w.got, &keyBuffer{refEvent: refEvent{kind: refGot, child: def.OID, key: k.OID, mixed: -1}, at: def.Places(k.Cols), full: k.Full})
	}
	for i := range def.Uniques {
		if u := &def.Uniques[i]; u.Deferrable && !u.Off {
			w.twice = append(w.twice, &keyBuffer{refEvent: refEvent{kind: refTwice, child: def.OID, name: u.Name, mixed: -1}, at: u.Cols, nulls: u.NullsSame})
		}
	}
	c, release := r.s.catalog()
	defer release()
	for _, f := range c.referring(def.OID) {
		if f.key.LostOff {
			continue
		}
		one := refEvent{child: f.def.OID, key: f.key.OID, mixed: -1}
		lost, moved := one, one
		moved.kind = refMoved
		at := def.Places(f.key.RefCols)
		w.lost = append(w.lost, &keyBuffer{refEvent: lost, at: at})
		w.moved = append(w.moved, &keyBuffer{refEvent: moved, at: at})
	}
	if w.got == nil && w.lost == nil && w.twice == nil {
		return nil
	}
	r.watches = append(r.watches, w)
	return w
}

// referrer is a table with one of its foreign keys.
type referrer struct {
	def *types.Table
	key *types.ForeignKey
}

// referring lists the foreign keys that refer to a table, in the order in which
// PostgreSQL's triggers run: that of their names, which end in their OIDs.
func (c *catalog) referring(oid uint32) []referrer {
	if k := c.listed(); k != nil {
		return k.referring(oid)
	}
	return referring(c.listTables(), oid)
}

func referring(tables []*types.Table, oid uint32) []referrer {
	var out []referrer
	for _, def := range tables {
		for i := range def.Refs {
			if def.Refs[i].Table == oid {
				out = append(out, referrer{def, &def.Refs[i]})
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key.OID < out[j].key.OID })
	return out
}

// need adds to used the columns whose old values the watch asks for when the given
// columns change (nil: rows go).
func (w *keyWatch) need(cols []int, used map[int]bool) {
	if w == nil {
		return
	}
	for _, list := range [][]*keyBuffer{w.got, w.lost, w.twice} {
		for _, b := range list {
			if cols != nil && !b.touched(cols) || cols == nil && b.kind != refLost {
				continue
			}
			for _, c := range b.at {
				used[c] = true
			}
		}
	}
}

func (b *keyBuffer) touched(cols []int) bool {
	return slices.ContainsFunc(b.at, func(c int) bool { return slices.Contains(cols, c) })
}

// inserted takes note of new rows, with the table's columns.
func (w *keyWatch) inserted(b *vec.Batch) error {
	if w == nil || b.N == 0 {
		return nil
	}
	for _, list := range [][]*keyBuffer{w.got, w.twice} {
		for _, k := range list {
			if err := k.add(w.r, keysOf(b, k.at), nil, nil, w.seq); err != nil {
				return err
			}
		}
	}
	w.seq += int64(b.N)
	return nil
}

// deleted takes note of rows that go.
func (w *keyWatch) deleted(b *vec.Batch) error {
	if w == nil || b.N == 0 {
		return nil
	}
	for _, k := range w.lost {
		if err := k.add(w.r, keysOf(b, k.at), nil, nil, w.seq); err != nil {
			return err
		}
	}
	w.seq += int64(b.N)
	return nil
}

// updated takes note of rows whose given columns change.
func (w *keyWatch) updated(old, now *vec.Batch, cols []int) error {
	if w == nil || old.N == 0 {
		return nil
	}
	for _, list := range [][]*keyBuffer{w.moved, w.got, w.twice} {
		for _, k := range list {
			if !k.touched(cols) {
				continue
			}
			was, is := keysOf(old, k.at), keysOf(now, k.at)
			idx := changedKeys(was, is, old.N)
			var err error
			if k.kind == refMoved {
				err = k.add(w.r, was, is, idx, w.seq)
			} else {
				err = k.add(w.r, is, nil, idx, w.seq)
			}
			if err != nil {
				return err
			}
		}
	}
	w.seq += int64(old.N)
	return nil
}

// changedKeys are the rows in which two keys differ.
func changedKeys(a, b []*vec.Vector, n int) []int32 {
	idx := []int32{}
	for i := range n {
		for k := range a {
			an, bn := a[k].IsNull(i), b[k].IsNull(i)
			if an != bn || !an && !vec.EqualAt(a[k], i, b[k], i) {
				idx = append(idx, int32(i))
				break
			}
		}
	}
	return idx
}

// add keeps the keys of the rows idx (nil: all) that have no NULL; then are what
// they become.
func (k *keyBuffer) add(r *run, cols, then []*vec.Vector, idx []int32, seq int64) error {
	n := cols[0].N
	if idx == nil {
		idx = sequence(n)
	}
	if !k.nulls && slices.ContainsFunc(cols, (*vec.Vector).HasNulls) {
		idx = k.whole(cols, idx, seq)
	}
	if len(idx) == 0 {
		return nil
	}
	var size int64
	keep := func(list []*vec.Vector) []*vec.Vector {
		out := make([]*vec.Vector, len(list))
		for i, v := range list {
			out[i] = v.Gather(idx)
			size += out[i].Bytes()
		}
		return out
	}
	k.parts = append(k.parts, keep(cols))
	if then != nil {
		k.then = append(k.then, keep(then))
	}
	for _, i := range idx {
		k.seq = append(k.seq, seq+int64(i))
	}
	if err := r.q.Mem.Add(size + 8*int64(len(idx))); err != nil {
		return err
	}
	if k.kind != refGot || len(k.seq) < refsKept {
		return nil
	}
	return k.thin(r)
}

// whole are those of the rows idx whose keys have no NULL. With MATCH FULL a key
// that has some is taken note of.
func (k *keyBuffer) whole(cols []*vec.Vector, idx []int32, seq int64) []int32 {
	var out []int32
	for _, i := range idx {
		nulls := 0
		for _, v := range cols {
			if v.IsNull(int(i)) {
				nulls++
			}
		}
		switch {
		case nulls == 0:
			out = append(out, i)
		case k.full && nulls < len(cols) && k.mixed < 0:
			k.mixed = seq + int64(i)
		}
	}
	return out
}

// event makes one event of what was collected.
func (k *keyBuffer) event() *refEvent {
	e := k.refEvent
	e.cols, e.next = joinParts(k.parts), joinParts(k.then)
	return &e
}

// joinParts puts the columns of several sets of keys under each other.
func joinParts(parts [][]*vec.Vector) []*vec.Vector {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	out := make([]*vec.Vector, len(parts[0]))
	for c := range out {
		list := make([]*vec.Vector, len(parts))
		for i, p := range parts {
			list[i] = p[c]
		}
		out[c] = vec.Concat(parts[0][c].Type, list)
	}
	return out
}

// thin drops the keys that the other table has: should it lose one later, that is an
// event of its own.
func (k *keyBuffer) thin(r *run) error {
	e := k.event()
	c := r.s.catalogOf(r.s.tx.write.Base())
	p := c.pairOf(e)
	if p == nil {
		return nil
	}
	idx, err := p.missing(r.ctx, r.s, e)
	if err != nil {
		return err
	}
	var freed int64
	for _, v := range e.cols {
		freed += v.Bytes()
	}
	k.parts, k.seq = nil, nil
	if len(idx) > 0 {
		rest := e.pick(idx)
		k.parts, k.seq = [][]*vec.Vector{rest.cols}, rest.seq
	}
	return r.q.Mem.Add(-freed)
}

// pick is the event with the keys idx alone.
func (e *refEvent) pick(idx []int32) *refEvent {
	out := *e
	out.cols, out.next, out.seq = nil, nil, nil
	for _, v := range e.cols {
		out.cols = append(out.cols, v.Gather(idx))
	}
	for _, v := range e.next {
		out.next = append(out.next, v.Gather(idx))
	}
	for _, i := range idx {
		out.seq = append(out.seq, e.seq[i])
	}
	return &out
}

// keyPair is a foreign key and the two tables, as they are now.
type keyPair struct {
	child, parent *types.Table
	key           *types.ForeignKey
	cols, refs    []int // positions in the one and in the other
}

// pairOf finds the foreign key of an event, nil if it is gone.
func (c *catalog) pairOf(e *refEvent) *keyPair {
	child := c.byOID(e.child)
	if child == nil {
		return nil
	}
	for i := range child.Refs {
		if k := &child.Refs[i]; k.OID == e.key {
			return c.pair(child, k)
		}
	}
	return nil
}

func (c *catalog) pair(child *types.Table, k *types.ForeignKey) *keyPair {
	parent := child
	if k.Table != child.OID {
		parent = c.byOID(k.Table)
	}
	if parent == nil {
		return nil
	}
	return &keyPair{child, parent, k, child.Places(k.Cols), parent.Places(k.RefCols)}
}

// missing are the keys of an event of either side that the table that is referred to
// does not have now.
func (p *keyPair) missing(ctx context.Context, s *Session, e *refEvent) ([]int32, error) {
	n := len(e.seq)
	if n == 0 {
		return nil, nil
	}
	base := s.tx.write.Base()
	t, ok := base.Table(p.parent.Path())
	if !ok {
		return sequence(n), nil
	}
	keys, err := p.parentKeys(ctx, s, e)
	if err != nil {
		return nil, err
	}
	u, _ := p.parent.KeyOver(p.refs)
	ords := make([]int64, n)
	if u < 0 {
		err = t.Lookup(ctx, keys[0].Flat(), ords)
	} else {
		byKey := make([]*vec.Vector, len(keys))
		for i, c := range p.parent.Uniques[u].Cols {
			byKey[i] = keys[slices.Index(p.refs, c)]
		}
		err = t.LookupUnique(ctx, u, byKey, ords)
	}
	if err != nil {
		return nil, err
	}
	var out []int32
	for i, o := range ords {
		if o < 0 {
			out = append(out, int32(i))
		}
	}
	return out, nil
}

// parentKeys gives the keys of an event the types of the columns that are referred
// to, where they are kept in another form.
func (p *keyPair) parentKeys(ctx context.Context, s *Session, e *refEvent) ([]*vec.Vector, error) {
	var casts []string
	for i, v := range e.cols {
		to, from := p.parent.Columns[p.refs[i]].Type.WithoutDomain(), v.Type.WithoutDomain()
		text := "k.k" + itoa(i)
		if to.Kind != from.Kind && to.Phys() != from.Phys() {
			text += "::" + to.Base().String()
		}
		casts = append(casts, text)
	}
	if !slices.ContainsFunc(casts, func(t string) bool { return strings.Contains(t, "::") }) {
		return e.cols, nil
	}
	q := &keyQuery{s: s, ctx: ctx, child: p.child, parent: p.parent, old: e.cols, n: len(e.seq)}
	var parts [][]*vec.Vector
	err := q.run("SELECT "+strings.Join(casts, ", ")+" FROM ri.keys k ORDER BY k.i", func(r *run, pl *plan.Stmt) error {
		r.read()
		return r.each(pl.Query, func(b *vec.Batch) error {
			parts = append(parts, copyBatch(b).Cols)
			return nil
		})
	})
	return joinParts(parts), err
}

// broken is a row that breaks a constraint.
type broken struct {
	seq int64
	err *sqlerr.Error
}

// before keeps the earlier one of two.
func (b *broken) before(seq int64, err *sqlerr.Error) {
	if b.err == nil || seq < b.seq {
		b.seq, b.err = seq, err
	}
}

// absent finds the first key of a refGot event that a row still has and that is not
// in the other table.
func (p *keyPair) absent(ctx context.Context, s *Session, e *refEvent, bad *broken) error {
	if e.mixed >= 0 {
		err := p.violation(`insert or update on table "%s" violates foreign key constraint "%s"`, p.child.Name, p.key.Name)
		bad.before(e.mixed, err.WithDetail("MATCH FULL does not allow mixing of null and nonnull key values."))
	}
	idx, err := p.missing(ctx, s, e)
	if err != nil || len(idx) == 0 {
		return err
	}
	rest := e.pick(idx)
	q := &keyQuery{s: s, ctx: ctx, child: p.child, parent: p.parent, old: rest.cols, n: len(rest.seq)}
	i, err := q.firstMet(p.cols)
	if err != nil || i < 0 {
		return err
	}
	verr := p.violation(`insert or update on table "%s" violates foreign key constraint "%s"`, p.child.Name, p.key.Name)
	bad.before(rest.seq[i], p.absentDetail(s, verr, rest.cols, i))
	return nil
}

// absentDetail gives an error key i, which is not in the table that is referred to.
func (p *keyPair) absentDetail(s *Session, err *sqlerr.Error, cols []*vec.Vector, i int) *sqlerr.Error {
	if text := s.shownKey(p.child, p.cols, cols, i); text != "" {
		return err.WithDetail(`Key %s is not present in table "%s".`, text, p.parent.Name)
	}
	return err.WithDetail(`Key is not present in table "%s".`, p.parent.Name)
}

func (p *keyPair) violation(format string, args ...any) *sqlerr.Error {
	e := sqlerr.New(pgerrcode.ForeignKeyViolation, format, args...)
	e.Object, e.Table, e.Constraint = p.child.OID, p.child.Name, p.key.Name
	return e
}

// shownKey words key i as ri_ReportViolation does, "" where the user may not read
// it.
func (s *Session) shownKey(def *types.Table, cols []int, vals []*vec.Vector, i int) string {
	c := s.catalogOf(s.tx.write.Base())
	rel := &relation{kind: 'r', oid: def.OID, ns: def.NS, name: def.Name, def: def}
	if !c.mayRead(rel, cols) {
		return ""
	}
	var names, texts []string
	for k, at := range cols {
		names = append(names, def.Columns[at].Name)
		text := "null"
		if d := vals[k].Get(i); !d.Null {
			text = string(vec.AppendDatumText(nil, vals[k].Type, d, s.style))
		}
		texts = append(texts, text)
	}
	return "(" + strings.Join(names, ", ") + ")=(" + strings.Join(texts, ", ") + ")"
}

// settleRefs checks what the statement of a run has done to keys, and does what keys
// ask for. It seals the step where the answer is not in the state before it.
func (s *Session) settleRefs(r *run) error {
	events := r.refEvents()
	if len(events) == 0 {
		return nil
	}
	now := s.postpone(events)
	if found, err := s.foundAlready(r.ctx, now); err != nil || found {
		return err
	}
	if err := s.seal(r.ctx); err != nil {
		return err
	}
	return s.fireRefs(r.ctx, now)
}

// refEvents are the events of a run, the statement's number in them; the run has
// none afterwards.
func (r *run) refEvents() []*refEvent {
	if len(r.watches) == 0 {
		return nil
	}
	r.s.stmts++
	var out []*refEvent
	for _, w := range r.watches {
		for _, list := range [][]*keyBuffer{w.lost, w.moved, w.twice, w.got} {
			for _, k := range list {
				if len(k.seq) > 0 || k.mixed >= 0 {
					k.stmt = r.s.stmts
					out = append(out, k.event())
				}
			}
		}
	}
	r.watches = nil
	return out
}

// foundAlready reports that all keys of rows that refer are in the sealed state, and
// that the statement has taken none away: no need to seal for them.
func (s *Session) foundAlready(ctx context.Context, events []*refEvent) (bool, error) {
	for _, e := range events {
		if e.kind != refGot || e.mixed >= 0 {
			return false, nil
		}
	}
	c := s.catalogOf(s.tx.write.Base())
	for _, e := range events {
		p := c.pairOf(e)
		if p == nil {
			return false, nil
		}
		if idx, err := p.missing(ctx, s, e); err != nil || len(idx) > 0 {
			return false, err
		}
	}
	return true, nil
}

// fireRefs checks events against the sealed state. Those of one statement are
// checked in the order of PostgreSQL's triggers; of several rows that break
// constraints of the same side the first is told. What actions do to keys comes
// after what is known already.
func (s *Session) fireRefs(ctx context.Context, events []*refEvent) error {
	for len(events) > 0 {
		n := 1
		for n < len(events) && events[n].stmt == events[0].stmt {
			n++
		}
		more, err := s.fireStatement(ctx, events[:n])
		if err != nil {
			return err
		}
		events = append(events[n:len(events):len(events)], s.postpone(more)...)
	}
	return nil
}

// fireStatement checks the events of one statement and returns those of the actions
// that it runs.
func (s *Session) fireStatement(ctx context.Context, events []*refEvent) ([]*refEvent, error) {
	var bad broken
	var more []*refEvent
	for i, e := range events {
		if i > 0 && bad.err != nil && (e.kind == refGot) != (events[i-1].kind == refGot) {
			break // what the other side says comes later
		}
		c := s.catalogOf(s.tx.write.Base())
		if e.kind == refTwice {
			if err := s.uniqueAgain(ctx, c, e, &bad); err != nil {
				return nil, err
			}
			continue
		}
		p := c.pairOf(e)
		if p == nil {
			continue
		}
		if e.kind == refGot {
			if err := p.absent(ctx, s, e, &bad); err != nil {
				return nil, err
			}
			continue
		}
		list, err := p.act(ctx, s, e, &bad)
		if err != nil {
			return nil, err
		}
		more = append(more, list...)
	}
	if bad.err != nil {
		return nil, bad.err
	}
	return more, nil
}
