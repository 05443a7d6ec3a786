package stats

import (
	"encoding/json"
	"math"
	"sort"
	"sync"
	"time"
)

// StatementKey names statements of one shape by one role in one database.
type StatementKey struct {
	Role, DB uint32
	ID       int64
}

// Statement is what was counted of the executions of statements of one shape.
type Statement struct {
	StatementKey
	Text                  string
	Calls, Rows           int64
	Total, Min, Max, Mean float64 // milliseconds
	Squares               float64 // sum of the squared differences from the mean
	TempRead, TempWritten int64   // blocks of 8 kB

	mu    sync.Mutex
	usage float64
}

// Deviation is the population standard deviation of the times.
func (s *Statement) Deviation() float64 {
	if s.Calls <= 1 {
		return 0
	}
	return math.Sqrt(s.Squares / float64(s.Calls))
}

// Statements are the statements that a server has run, the most used ones. The zero
// value is ready; it is safe for concurrent use.
type Statements struct {
	mu      sync.RWMutex
	m       map[StatementKey]*Statement
	bytes   int // of texts
	dropped int64
	reset   time.Time
}

const (
	// maxText bounds one text, maxTexts all of them, in bytes.
	maxText  = 64 << 10
	maxTexts = 32 << 20
	// decay is what usages lose when entries are dropped; dropped are dropPercent of
	// them (pg_stat_statements.c).
	decay       = 0.99
	dropPercent = 5
	minDropped  = 10
)

// Count counts an execution of a statement of shape text; there are at most limit
// entries afterwards.
func (a *Statements) Count(k StatementKey, limit int, text string, took time.Duration, rows, tempBlocks int64) {
	a.mu.RLock()
	s := a.m[k]
	a.mu.RUnlock()
	if s == nil {
		s = a.add(k, limit, text)
	}
	ms := float64(took) / 1e6
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Calls++
	s.Rows += rows
	s.TempWritten += tempBlocks
	s.usage++
	s.Total += ms
	if s.Calls == 1 {
		s.Min, s.Max, s.Mean = ms, ms, ms
		return
	}
	old := s.Mean // Welford's method
	s.Mean += (ms - old) / float64(s.Calls)
	s.Squares += (ms - old) * (ms - s.Mean)
	s.Min, s.Max = min(s.Min, ms), max(s.Max, ms)
}

func (a *Statements) add(k StatementKey, limit int, text string) *Statement {
	if len(text) > maxText {
		text = text[:maxText]
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.m[k]; s != nil {
		return s
	}
	if a.m == nil {
		a.m = map[StatementKey]*Statement{}
	}
	for len(a.m) > 0 && (len(a.m) >= limit || a.bytes+len(text) > maxTexts) {
		a.drop()
	}
	s := &Statement{StatementKey: k, Text: text}
	a.m[k] = s
	a.bytes += len(text)
	return s
}

// drop drops the least used entries; a.mu must be held.
func (a *Statements) drop() {
	list := make([]*Statement, 0, len(a.m))
	for _, s := range a.m {
		s.mu.Lock()
		s.usage *= decay
		s.mu.Unlock()
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].usage < list[j].usage })
	n := min(max(minDropped, len(list)*dropPercent/100), len(list))
	for _, s := range list[:n] {
		a.remove(s)
	}
	a.dropped++
}

func (a *Statements) remove(s *Statement) {
	delete(a.m, s.StatementKey)
	a.bytes -= len(s.Text)
}

// List returns copies of all entries.
func (a *Statements) List() []*Statement {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := make([]*Statement, 0, len(a.m))
	for _, s := range a.m {
		s.mu.Lock()
		out = append(out, &Statement{StatementKey: s.StatementKey, Text: s.Text, Calls: s.Calls, Rows: s.Rows, Total: s.Total, Min: s.Min, Max: s.Max,
			Mean: s.Mean, Squares: s.Squares, TempRead: s.TempRead, TempWritten: s.TempWritten, usage: s.usage})
		s.mu.Unlock()
	}
	return out
}

// Info is how often entries were dropped for want of room, and when all of them were
// forgotten, the zero time for never.
func (a *Statements) Info() (dropped int64, reset time.Time) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.dropped, a.reset
}

// Reset forgets the entries that agree with k where it is not zero.
func (a *Statements) Reset(k StatementKey, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if k == (StatementKey{}) {
		a.m, a.bytes, a.dropped, a.reset = nil, 0, 0, now
		return
	}
	for at, s := range a.m {
		if (k.Role == 0 || at.Role == k.Role) && (k.DB == 0 || at.DB == k.DB) && (k.ID == 0 || at.ID == k.ID) {
			a.remove(s)
		}
	}
}

// storedStatements is the form in which they survive a restart.
type storedStatements struct {
	List    []*Statement
	Usages  []float64
	Dropped int64
	Reset   time.Time
}

// Encode writes the entries down.
func (a *Statements) Encode() ([]byte, error) {
	s := storedStatements{List: a.List()}
	s.Dropped, s.Reset = a.Info()
	for _, x := range s.List {
		s.Usages = append(s.Usages, x.usage)
	}
	return json.Marshal(&s)
}

// Decode takes over what Encode wrote, at most limit entries; what it cannot read it
// leaves out.
func (a *Statements) Decode(b []byte, limit int) {
	var s storedStatements
	if json.Unmarshal(b, &s) != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.m, a.bytes, a.dropped, a.reset = map[StatementKey]*Statement{}, 0, s.Dropped, s.Reset
	for i, x := range s.List {
		if x == nil || len(a.m) >= limit || a.bytes+len(x.Text) > maxTexts {
			continue
		}
		if i < len(s.Usages) {
			x.usage = s.Usages[i]
		}
		a.m[x.StatementKey] = x
		a.bytes += len(x.Text)
	}
}
