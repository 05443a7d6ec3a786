package engine

import (
	"container/list"
	"encoding/binary"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/table"
)

// prepared is a bound statement. The zero value is the empty one.
type prepared struct {
	st       *parse.Statement
	given    []types.Type // parameter types as the client gave them
	plan     *plan.Stmt
	cols     []session.Column
	styleKey string    // the settings under which it was planned
	inner    *prepared // the query of a DECLARE
	seen     bool      // it was current at version of the store, see fresh
	version  uint64
	made     time.Time
	may      *atomic.Pointer[permittedAt] // of plan, shared with all who have it
	runs     int64                        // executions so far
}

// generic is how many executions PostgreSQL would count as of its generic plan: all
// without parameters, those after the fifth with some.
func (p *prepared) generic() int64 {
	if len(p.Params()) == 0 {
		return p.runs
	}
	return max(p.runs-5, 0)
}

// Empty reports an empty statement.
func (p *prepared) Empty() bool { return p.st == nil }

// Params returns the types of the parameters.
func (p *prepared) Params() []types.Type {
	switch {
	case p.plan == nil:
		return nil
	case p.inner != nil:
		return p.inner.Params()
	}
	return p.plan.Params
}

// Columns returns the result's columns, nil without rows.
func (p *prepared) Columns() []session.Column { return p.cols }

// prepare plans a statement.
func (s *Session) prepare(st *parse.Statement, given []types.Type) (*prepared, error) {
	if !isDiagnostic(st.Ast) {
		s.diagnostics = nil
	}
	if s.tx.aborted && !isTxEnd(st.Ast) {
		return nil, errAborted
	}
	p := &prepared{st: st, given: given, made: s.e.opt.Now()}
	if err := s.bind(p); err != nil {
		return nil, err
	}
	return p, nil
}

// prepareParams plans a statement of the protocol. What PostgreSQL calls a utility
// statement is looked at when it runs: COPY takes no parameters, and of all others
// that hold queries CREATE TABLE AS takes them.
func (s *Session) prepareParams(st *parse.Statement, given []types.Type) (*prepared, error) {
	if c, ok := st.Ast.(*ast.Copy); ok {
		if s.tx.aborted {
			return nil, errAborted
		}
		return &prepared{st: st, given: given, plan: &plan.Stmt{Utility: c, Params: given}, styleKey: s.styleKey, made: s.e.opt.Now()}, nil
	}
	p, err := s.prepare(st, given)
	c, ok := st.Ast.(*ast.CreateTable)
	if !ok || err != nil || c.Query == nil {
		return p, err
	}
	at, _ := paramAt(c.Query)
	switch {
	case at < 0:
		return p, nil
	case c.Mat:
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "materialized views may not be defined using bound parameters")
	}
	cat, release := s.catalog()
	defer release()
	pl, err := planner.Plan(c.Query, cat, planner.Options{ParamTypes: given, Fn: s.fnCtx(noContext)})
	if err != nil {
		return nil, err
	}
	with := *p.plan
	with.Params = pl.Params
	p.plan = &with
	return p, nil
}

// bind plans p in the present state, from the cache if it can.
func (s *Session) bind(p *prepared) error {
	key := s.planKey(p.st, p.given)
	kept := s.e.plans.get(key)
	if v, ok := s.version(); ok && kept.pl != nil && kept.seen == (seenAt{v, s.temp}) && !kept.pl.Fresh {
		p.plan, p.cols, p.may, p.styleKey, p.seen, p.version = kept.pl, kept.cols, kept.may, s.styleKey, true, v
		return nil
	}
	snap, release := s.snapshot()
	defer release()
	cat := s.catalogOf(snap)
	pl := kept.pl
	if pl == nil || !current(pl, cat) {
		var err error
		pl, err = planner.Plan(p.st.Ast, cat, planner.Options{
			ParamTypes: p.given, Fn: s.fnCtx(noContext), NoBitmaps: s.noBitmaps,
		})
		if err != nil {
			return err
		}
	}
	cols, err := s.describe(pl)
	if err != nil {
		return err
	}
	p.plan, p.cols, p.may, p.styleKey = pl, cols, &atomic.Pointer[permittedAt]{}, s.styleKey
	s.checked(p, snap)
	if cacheable(pl, p.st.Text) {
		kept = planned{pl: pl, cols: cols, may: p.may}
		if p.seen {
			kept.seen = seenAt{p.version, s.temp}
		}
		s.e.plans.put(key, kept)
	}
	p.inner, err = s.declared(p)
	return err
}

// refresh plans p again where tables or settings have changed since.
func (s *Session) refresh(p *prepared) error {
	if p.styleKey == s.styleKey && s.fresh(p) {
		return nil
	}
	snap, release := s.snapshot()
	ok := p.styleKey == s.styleKey && current(p.plan, s.catalogOf(snap)) && (p.inner == nil || current(p.inner.plan, s.catalogOf(snap)))
	release()
	if ok {
		s.checked(p, snap)
		return nil
	}
	before := *p
	if err := s.bind(p); err != nil {
		return err
	}
	same := len(before.cols) == len(p.cols)
	for i := 0; same && i < len(p.cols); i++ {
		same = before.cols[i].Type == p.cols[i].Type && before.cols[i].Name == p.cols[i].Name
	}
	if !same {
		*p = before // what the client was told stays true: every use fails
		e := sqlerr.New(pgerrcode.FeatureNotSupported, "cached plan must not change result type")
		e.Routine = "RevalidateCachedQuery" // by which pgjdbc knows that preparing again helps
		return e
	}
	return nil
}

// fresh reports whether p was found current in the very state that is read next,
// which no statement of this transaction has changed.
func (s *Session) fresh(p *prepared) bool {
	v, ok := s.version()
	return ok && p.seen && p.version == v && !p.plan.Fresh
}

// checked notes the state in which p was found current.
func (s *Session) checked(p *prepared, snap table.Snapshot) {
	p.seen, p.version = s.tx.write == nil, snap.Version()
}

// current reports whether the tables of a plan are still defined as they were.
func current(pl *plan.Stmt, cat *catalog) bool {
	if pl.Fresh {
		return false
	}
	for _, def := range pl.Tables {
		if cat.stored(def.Path()) != def {
			return false
		}
	}
	for _, n := range pl.Names {
		if def, _ := cat.Table(n.Schema, n.Name); def != n.Def {
			return false
		}
	}
	return pl.Objects == nil || pl.Objects == cat.objs
}

// describe returns the columns that a planned statement gives.
func (s *Session) describe(pl *plan.Stmt) ([]session.Column, error) {
	switch {
	case pl.Query != nil:
		return columns(pl.Query.Schema()), nil
	case pl.Insert != nil:
		return returning(pl.Insert.Returning != nil, pl.Insert.Out), nil
	case pl.Update != nil:
		return returning(pl.Update.Returning != nil, pl.Update.Out), nil
	case pl.Delete != nil:
		return returning(pl.Delete.Returning != nil, pl.Delete.Out), nil
	case pl.Explain != nil:
		return []session.Column{planColumn(pl.Explain)}, nil
	case pl.Utility != nil:
		return s.describeUtility(pl.Utility)
	}
	return nil, nil
}

func returning(yes bool, out []plan.Field) []session.Column {
	if !yes {
		return nil
	}
	return columns(out)
}

func (s *Session) describeUtility(u ast.Stmt) ([]session.Column, error) {
	switch u := u.(type) {
	case *ast.Show:
		if strings.EqualFold(u.Name, "all") {
			return []session.Column{textColumn("name"), textColumn("setting"), textColumn("description")}, nil
		}
		name := strings.ToLower(u.Name)
		if d := settingByName[name]; d != nil {
			name = d.shown()
		}
		return []session.Column{textColumn(name)}, nil
	case *ast.ShowObjects:
		return s.showCols(u)
	case *ast.Fetch:
		if !u.Move {
			return s.cursorColumns(u.Name), nil
		}
	case *ast.Execute:
		p, err := s.sqlPrepared(u)
		if err != nil {
			return nil, err
		}
		return p.p.cols, nil
	}
	return nil, nil
}

func textColumn(name string) session.Column {
	return session.Column{Name: name, Type: types.Of(types.Text)}
}

func columns(fields []plan.Field) []session.Column {
	out := make([]session.Column, len(fields))
	for i, f := range fields {
		out[i] = session.Column{Name: f.Name, Type: f.Type, TableID: f.TableOID, Attr: f.Attr}
	}
	return out
}

// The plan cache keeps the plans of the texts seen last, for all sessions: a
// dashboard's repeated query is planned once. A hit is used only while the
// definitions it was planned with are in force; statistics may have changed,
// which costs speed and never a right answer.
const (
	maxPlans    = 1000
	maxPlanText = 16 << 10
)

type planCache struct {
	mu    sync.Mutex
	order *list.List // of *planEntry, most recently used first
	byKey map[planKey]*list.Element
}

// planKey is what a plan depends on beside the catalog.
type planKey struct {
	text  string
	off   int
	style string // the settings, see derive
	given string // the types of the parameters
}

// planned is a plan, nil for none, with the columns of its rows.
type planned struct {
	pl   *plan.Stmt
	cols []session.Column
	may  *atomic.Pointer[permittedAt]
	seen seenAt // where it was found current
}

// seenAt is a state of the store as sessions see it that have the same temporary
// schema, or none.
type seenAt struct {
	version uint64
	temp    uint32
}

type planEntry struct {
	key planKey
	planned
}

func newPlanCache() *planCache {
	return &planCache{order: list.New(), byKey: map[planKey]*list.Element{}}
}

func (s *Session) planKey(st *parse.Statement, given []types.Type) planKey {
	key := planKey{text: st.Text, off: st.Off, style: s.styleKey}
	if len(given) > 0 {
		var b []byte
		for _, t := range given {
			b = binary.BigEndian.AppendUint32(b, t.OID())
		}
		key.given = string(b)
	}
	return key
}

// cacheable leaves out utilities (planned at no cost, and they may hold other
// statements), long texts, and constants that mean another day tomorrow: input
// of 'now' and 'today' is folded into the plan.
func cacheable(pl *plan.Stmt, text string) bool {
	if len(text) > maxPlanText || pl.Utility != nil || pl.Explain != nil {
		return false
	}
	low := strings.ToLower(text)
	for _, w := range []string{"now", "today", "tomorrow", "yesterday"} {
		if strings.Contains(low, w) {
			return false
		}
	}
	return true
}

func (c *planCache) get(key planKey) planned {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return planned{}
	}
	c.order.MoveToFront(e)
	return e.Value.(*planEntry).planned
}

func (c *planCache) put(key planKey, p planned) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		e.Value.(*planEntry).planned = p
		c.order.MoveToFront(e)
		return
	}
	c.byKey[key] = c.order.PushFront(&planEntry{key, p})
	if c.order.Len() > maxPlans {
		last := c.order.Remove(c.order.Back()).(*planEntry)
		delete(c.byKey, last.key)
	}
}
