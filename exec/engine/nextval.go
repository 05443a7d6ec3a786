package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// counters are the values of the sequences in use. They belong to no
// transaction: what nextval has given out is never given out again, whatever
// becomes of the transaction.
type counters struct {
	mu sync.Mutex
	m  map[string]*counter
}

// counter is one sequence's state.
type counter struct {
	mu     sync.Mutex
	last   int64
	called bool // last was given out; otherwise it is the next value
	// ahead is how many more values may be given out before the file must be told:
	// after a crash the sequence goes on behind all of them.
	ahead int64
}

// stored is a counter in the file.
type storedCounter struct {
	Last   int64 `json:"last"`
	Called bool  `json:"called"`
}

// reserve is how many values are written ahead (SEQ_LOG_VALS).
const reserve = 32

func counterKey(q *objects.Sequence) string { return fmt.Sprintf("seq/%d/%d", q.OID, q.Gen) }

// counter returns the state of a sequence.
func (e *Engine) counter(q *objects.Sequence) (*counter, error) {
	key := counterKey(q)
	e.seqs.mu.Lock()
	defer e.seqs.mu.Unlock()
	if c := e.seqs.m[key]; c != nil {
		return c, nil
	}
	b, err := e.store.Aside(key)
	if err != nil {
		return nil, err
	}
	c := &counter{last: q.Start}
	if q.First != nil {
		c.last = *q.First
	}
	if b != nil {
		var st storedCounter
		if err := json.Unmarshal(b, &st); err != nil {
			return nil, sqlerr.New(pgerrcode.DataCorrupted, `the state of sequence "%s" is damaged: %v`, q.Name, err)
		}
		c.last, c.called = st.Last, st.Called
	}
	if e.seqs.m == nil {
		e.seqs.m = map[string]*counter{}
	}
	e.seqs.m[key] = c
	return c, nil
}

func (e *Engine) keepCounter(q *objects.Sequence, st storedCounter) error {
	b, err := json.Marshal(st)
	if err != nil {
		return sqlerr.New(pgerrcode.InternalError, "sequence: %v", err).WithCause(err)
	}
	return e.store.SetAside(counterKey(q), b)
}

// step computes the value after v.
func step(q *objects.Sequence, v int64) (int64, error) {
	next := v + q.Inc
	switch {
	case q.Inc > 0 && (next < v || next > q.Max):
		if !q.Cycle {
			return 0, sqlerr.New(pgerrcode.SequenceGeneratorLimitExceeded, `nextval: reached maximum value of sequence "%s" (%d)`, q.Name, q.Max)
		}
		return q.Min, nil
	case q.Inc < 0 && (next > v || next < q.Min):
		if !q.Cycle {
			return 0, sqlerr.New(pgerrcode.SequenceGeneratorLimitExceeded, `nextval: reached minimum value of sequence "%s" (%d)`, q.Name, q.Min)
		}
		return q.Max, nil
	}
	return next, nil
}

// nextval gives out the next value of a sequence.
func (e *Engine) nextval(q *objects.Sequence) (int64, error) {
	c, err := e.counter(q)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.last
	if c.called {
		if v, err = step(q, v); err != nil {
			return 0, err
		}
	}
	if c.ahead == 0 {
		end, n := v, int64(0)
		for ; n < reserve; n++ {
			next, err := step(q, end)
			if err != nil || q.Cycle && (next > end) != (q.Inc > 0) {
				break
			}
			end = next
		}
		if err := e.keepCounter(q, storedCounter{end, true}); err != nil {
			return 0, err
		}
		c.ahead = n + 1
	}
	c.last, c.called = v, true
	c.ahead--
	return v, nil
}

// setval puts a sequence at a value.
func (e *Engine) setval(q *objects.Sequence, v int64, called bool) error {
	if v < q.Min || v > q.Max {
		return sqlerr.New(pgerrcode.NumericValueOutOfRange, `setval: value %d is out of bounds for sequence "%s" (%d..%d)`, v, q.Name, q.Min, q.Max)
	}
	c, err := e.counter(q)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := e.keepCounter(q, storedCounter{v, called}); err != nil {
		return err
	}
	c.last, c.called, c.ahead = v, called, 0
	return nil
}

// Save writes down what a clean shutdown keeps: where the sequences stand, so that
// the next start goes on without a gap, and the statistics. Call it before the
// store is closed.
func (e *Engine) Save() error { return errors.Join(e.saveSequences(), e.saveStats()) }

func (e *Engine) saveSequences() error {
	e.seqs.mu.Lock()
	defer e.seqs.mu.Unlock()
	for key, c := range e.seqs.m {
		c.mu.Lock()
		b, err := json.Marshal(storedCounter{c.last, c.called})
		if err == nil && c.ahead > 0 {
			err = e.store.SetAside(key, b)
		}
		c.ahead = 0
		c.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// keepCount gives the new form of a sequence the old one's value where it goes
// on from there: where it counts under another generation it starts anew.
func (e *edit) keepCount(old, q *objects.Sequence) error {
	if q.Gen != old.Gen {
		return nil
	}
	c, err := e.s.e.counter(old)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.called {
		if c.last < q.Min {
			return badSequence("RESTART value (%d) cannot be less than MINVALUE (%d)", c.last, q.Min)
		}
		if c.last > q.Max {
			return badSequence("RESTART value (%d) cannot be greater than MAXVALUE (%d)", c.last, q.Max)
		}
	}
	c.ahead = 0 // what was written ahead counts by the old step
	return e.s.e.keepCounter(old, storedCounter{c.last, c.called})
}

// sequence finds a sequence by OID for a function.
func (s *Session) sequence(oid uint32) (*objects.Sequence, error) {
	c, release := s.catalog()
	defer release()
	if q := c.objs.Sequences[oid]; q != nil {
		return q, nil
	}
	if r := c.relationOf(oid); r != nil {
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a sequence`, r.name)
	}
	return nil, sqlerr.New(pgerrcode.UndefinedTable, "could not open relation with OID %d", oid)
}

// sequenceFn answers the functions of sequences.
func (s *Session) sequenceFn(name string, args []vec.Datum) (vec.Datum, error) {
	if name == "lastval" {
		s.seqMu.Lock()
		defer s.seqMu.Unlock()
		v, ok := s.seqVals[s.lastSeq]
		if !ok {
			return vec.Datum{}, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "lastval is not yet defined in this session")
		}
		q, err := s.sequence(s.lastSeq)
		if err == nil {
			err = s.maySequence(q, roles.Select|roles.Usage)
		}
		return vec.Datum{I: v}, err
	}
	q, err := s.sequence(uint32(args[0].I))
	if err != nil {
		return vec.Datum{}, err
	}
	need := map[string]roles.Mode{"nextval": roles.Usage | roles.Update, "setval": roles.Update, "currval": roles.Select | roles.Usage,
		"pg_sequence_last_value": roles.Select | roles.Usage}
	if err := s.maySequence(q, need[name]); err != nil {
		return vec.Datum{}, err
	}
	if (name == "nextval" || name == "setval") && s.tx.readOnly && !objects.IsTemp(q.NS) {
		return vec.Datum{}, sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "cannot execute %s() in a read-only transaction", name)
	}
	s.seqMu.Lock()
	defer s.seqMu.Unlock()
	switch name {
	case "nextval":
		v, err := s.e.nextval(q)
		if err != nil {
			return vec.Datum{}, err
		}
		s.sawSequence(q.OID, v)
		s.lastSeq = q.OID
		return vec.Datum{I: v}, nil
	case "setval":
		called := len(args) < 3 || args[2].I != 0
		if err := s.e.setval(q, args[1].I, called); err != nil {
			return vec.Datum{}, err
		}
		if called {
			s.sawSequence(q.OID, args[1].I)
		}
		return vec.Datum{I: args[1].I}, nil
	case "currval":
		v, ok := s.seqVals[q.OID]
		if !ok {
			return vec.Datum{}, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `currval of sequence "%s" is not yet defined in this session`, q.Name)
		}
		return vec.Datum{I: v}, nil
	}
	c, err := s.e.counter(q)
	if err != nil {
		return vec.Datum{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return vec.Datum{I: c.last, Null: !c.called}, nil
}

// sawSequence remembers a value for currval; s.seqMu must be held.
func (s *Session) sawSequence(oid uint32, v int64) {
	if s.seqVals == nil {
		s.seqVals = map[uint32]int64{}
	}
	s.seqVals[oid] = v
}

// sequenceCall is a call in the text of a default whose sequence is a literal.
var sequenceCall = regexp.MustCompile(`\b(nextval|currval|setval)\('((?:[^']|'')*)'(?:::regclass)?`)

// pinSequences puts OIDs in place of the names of sequences in the text of a
// default, so that it goes on with the sequence under another name.
func (e *edit) pinSequences(x ast.Expr, text string) (string, error) {
	if !callsSequence(x) {
		return text, nil
	}
	var failed error
	out := sequenceCall.ReplaceAllStringFunc(text, func(m string) string {
		p := sequenceCall.FindStringSubmatch(m)
		oid, err := e.s.regClass(e.c, strings.ReplaceAll(p[2], "''", "'"))
		if err != nil && failed == nil {
			failed = err
		}
		return fmt.Sprintf("%s('%d'::regclass", p[1], oid)
	})
	return out, failed
}

// callsSequence reports whether an expression calls a function of sequences.
func callsSequence(x ast.Expr) bool {
	found := false
	walkFuncs(x, func(f *ast.Func) {
		switch f.Name[len(f.Name)-1] {
		case "nextval", "currval", "setval":
			found = true
		}
	})
	return found
}

// pinnedCall is a call with a pinned sequence.
var pinnedCall = regexp.MustCompile(`\b(nextval|currval|setval)\('(\d+)'::regclass`)

// sequencesIn returns the OIDs of the sequences in the text of a default.
func sequencesIn(text string) []uint32 {
	if !strings.Contains(text, "val('") {
		return nil
	}
	var out []uint32
	for _, m := range pinnedCall.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.ParseUint(m[2], 10, 32); err == nil {
			out = append(out, uint32(n))
		}
	}
	return out
}

// shownDefault is the text of a default with the present names of sequences.
func (c *catalog) shownDefault(text string) string {
	if !strings.Contains(text, "val('") {
		return text
	}
	return pinnedCall.ReplaceAllStringFunc(text, func(m string) string {
		p := pinnedCall.FindStringSubmatch(m)
		n, _ := strconv.ParseUint(p[2], 10, 32)
		q := c.objs.Sequences[uint32(n)]
		if q == nil {
			return m
		}
		return p[1] + "('" + strings.ReplaceAll(c.shown(q.NS, q.Name), "'", "''") + "'::regclass"
	})
}
