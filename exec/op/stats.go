package op

import (
	"context"
	"math"
	"sync"
	"time"

	"tagd/planner/plan"
	"tagd/sql/vec"
)

// Stats is what a run of a plan did, by node. Safe for concurrent use.
type Stats struct {
	mu    sync.Mutex
	nodes map[plan.Node]*NodeStats
}

// NodeStats is what one node did.
type NodeStats struct {
	Rows    int64         // rows that it gave
	Batches int64         // batches that it gave
	Time    time.Duration // spent in Next, with the nodes below
	First   time.Duration // of it until the first batch
	Loops   int64         // how often it was started
	Memory  int64         // the most bytes that it held at once
	Spilled int64         // bytes that it wrote to temporary files
	// Notes tell how it was done: forms chosen, leaves with their actual counts.
	Notes []string
	mu    sync.Mutex
}

// Node returns the entry of a node, made when needed.
func (s *Stats) Node(n plan.Node) *NodeStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nodes == nil {
		s.nodes = map[plan.Node]*NodeStats{}
	}
	e := s.nodes[n]
	if e == nil {
		e = &NodeStats{}
		s.nodes[n] = e
	}
	return e
}

// Same lets node to, which is run in place of from, share its entry. s may be nil.
func (s *Stats) Same(from, to plan.Node) {
	if s == nil {
		return
	}
	e := s.Node(from)
	s.mu.Lock()
	s.nodes[to] = e
	s.mu.Unlock()
}

// alias lets the nodes of a plan with parameters put in share the entries of the
// plan that the caller knows.
func (s *Stats) alias(from, to plan.Node) {
	if from == to {
		return
	}
	s.Same(from, to)
	fc, tc := from.Children(), to.Children()
	for i := range fc {
		s.alias(fc[i], tc[i])
	}
}

// forget drops the entries of a plan's nodes.
func (s *Stats) forget(n plan.Node) {
	s.mu.Lock()
	delete(s.nodes, n)
	s.mu.Unlock()
	for _, c := range n.Children() {
		s.forget(c)
	}
}

// note adds a line to a node's notes; nothing is collected without Stats.
func (q *Query) note(n plan.Node, text string) {
	if q.Stats == nil {
		return
	}
	e := q.Stats.Node(n)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, have := range e.Notes {
		if have == text {
			return
		}
	}
	e.Notes = append(e.Notes, text)
}

// counted measures a cursor.
type counted struct {
	Cursor
	s     *NodeStats
	begun bool
}

func (c *counted) Next(ctx context.Context) (*vec.Batch, error) {
	t := time.Now()
	b, err := c.Cursor.Next(ctx)
	d := time.Since(t)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.Time += d
	if !c.begun {
		c.begun = true
		c.s.First += d
		c.s.Loops++
	}
	if b != nil {
		c.s.Rows += int64(b.N)
		c.s.Batches++
	}
	return b, err
}

// remember notes the most that an operator of node n has held.
func (q *Query) remember(n plan.Node, h *held) {
	if q.Stats == nil || h.most == 0 {
		return
	}
	e := q.Stats.Node(n)
	e.mu.Lock()
	e.Memory = max(e.Memory, h.most)
	e.mu.Unlock()
}

// spilled adds to the bytes that node n wrote to temporary files.
func (q *Query) spilled(n plan.Node, bytes int64) {
	if q.Stats == nil {
		return
	}
	e := q.Stats.Node(n)
	e.mu.Lock()
	e.Spilled += bytes
	e.mu.Unlock()
}

// Actual is what the node has done on average.
func (n *NodeStats) Actual(timing bool) *plan.Actual {
	n.mu.Lock()
	defer n.mu.Unlock()
	a := &plan.Actual{Loops: n.Loops, First: -1, Total: -1}
	if n.Loops == 0 {
		a.First, a.Total = 0, 0
		return a
	}
	a.Rows = int64(math.Round(float64(n.Rows) / float64(n.Loops)))
	if timing {
		per := float64(n.Loops) * 1e6
		a.First, a.Total = float64(n.First)/per, float64(n.Time)/per
	}
	return a
}

// countRows adds to the rows of a node that runs without a cursor of its own.
func (q *Query) countRows(n plan.Node, rows int) {
	if q.Stats == nil {
		return
	}
	e := q.Stats.Node(n)
	e.mu.Lock()
	e.Rows += int64(rows)
	e.Batches++
	e.Loops = max(e.Loops, 1)
	e.mu.Unlock()
}
