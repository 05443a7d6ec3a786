package op

import (
	"math"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/types"
	"tagd/storage/table"
)

// The prices of PostgreSQL's planner (cost.h): the unit is one block of 8 kB read in
// sequence.
const (
	costPage     = 1.0
	costTuple    = 0.01
	costOperator = 0.0025
)

// pageBytes is what a price of a block stands for.
const pageBytes = 8192

// Costing estimates what the nodes of plans cost, from what the snapshot knows.
// It is used by one goroutine.
type Costing struct {
	q    *Query
	done map[plan.Node]plan.Cost
	defs map[uint32]*types.Table
}

// NewCosting starts the estimates of one query.
func NewCosting(q *Query) *Costing {
	c := &Costing{q: q, done: map[plan.Node]plan.Cost{}, defs: map[uint32]*types.Table{}}
	for _, def := range q.Snap.Tables() {
		c.defs[def.OID] = def
	}
	return c
}

// Of is the estimate of a node with everything below it.
func (c *Costing) Of(n plan.Node) plan.Cost {
	if k, ok := c.done[n]; ok {
		return k
	}
	k := c.node(n)
	k.Rows = clampRows(k.Rows)
	for _, f := range n.Schema() {
		k.Width += avgWidth(f.Type)
	}
	c.done[n] = k
	return k
}

// clampRows is clamp_row_est: whole numbers from 1.
func clampRows(rows float64) float64 {
	if math.IsNaN(rows) || rows <= 1 {
		return 1
	}
	return math.RoundToEven(min(rows, 1e100))
}

// avgWidth is get_typavgwidth: the bytes of a value where nothing is known of it.
func avgWidth(t types.Type) int {
	if n := t.Len(); n > 0 {
		return int(n)
	}
	n := int(t.WireMod()) - 4
	switch {
	case t.Kind != types.Varchar && t.Kind != types.BPChar || n <= 0 || t.Array:
		return 32
	case t.Kind == types.BPChar || n <= 32:
		return n
	case n < 1000:
		return 32 + (n-32)/2
	}
	return 32 + (1000-32)/2
}

func (c *Costing) node(n plan.Node) plan.Cost {
	switch n := n.(type) {
	case *plan.OneRow:
		return plan.Cost{Total: costTuple, Rows: 1}
	case *plan.Values:
		rows := float64(len(n.Rows))
		return plan.Cost{Total: rows * (costTuple + costOperator/2), Rows: rows}
	case *plan.Scan:
		return c.scan(n)
	case *plan.CodeAgg:
		return c.codeAgg(n)
	case *plan.Agg:
		return c.agg(n)
	case *plan.Distinct:
		return c.distinct(n)
	case *plan.Sort:
		return c.sort(n)
	case *plan.Limit:
		return c.limit(n)
	case *plan.Join:
		return c.join(n)
	case *plan.Apply:
		l, r := c.Of(n.L), c.Of(n.R)
		rows := l.Rows * r.Rows
		if n.Kind >= plan.JoinSemi {
			rows = l.Rows / 2
		}
		return plan.Cost{Startup: l.Startup + r.Startup, Total: l.Total + l.Rows*r.Total + rows*costTuple, Rows: rows}
	case *plan.SetOp:
		return c.setOp(n)
	case *plan.Window:
		in := c.Of(n.Input)
		s := sortCost(in, 0)
		per := costTuple + costOperator*float64(len(n.Calls)+len(n.Partition)+len(n.Order))
		return plan.Cost{Startup: s.Startup, Total: s.Total + in.Rows*per, Rows: in.Rows}
	case *plan.With:
		return c.with(n)
	case *plan.Recursive:
		init, step := c.Of(n.Init), c.Of(n.Step)
		rows := init.Rows + 10*step.Rows // cost_recursive_union
		return plan.Cost{Startup: init.Startup, Total: init.Total + 10*step.Total + costTuple*rows, Rows: rows}
	case *plan.CatalogScan, *plan.CTEScan, *plan.WorkScan:
		rows := c.q.estimate(n)
		return plan.Cost{Total: rows * costTuple, Rows: rows}
	}
	return c.streamed(n)
}

// streamed is a node that works row by row over its only input.
func (c *Costing) streamed(n plan.Node) plan.Cost {
	kids := n.Children()
	if len(kids) != 1 {
		return plan.Cost{Rows: 1}
	}
	in := c.Of(kids[0])
	rows, per := c.q.estimate(n), costOperator
	switch n := n.(type) {
	case *plan.Project:
		rows, per = in.Rows, 0
		for _, e := range n.Exprs {
			if _, ok := e.(*plan.Col); !ok {
				per += costOperator
			}
		}
	case *plan.Filter:
		rows = in.Rows / 3
	}
	return plan.Cost{Startup: in.Startup, Total: in.Total + in.Rows*per + max(0, rows-in.Rows)*costTuple, Rows: rows}
}

// scan is the reading of the columns' part of a table's pages, of the rows of a row
// set where there is one.
func (c *Costing) scan(n *plan.Scan) plan.Cost {
	t, ok := c.q.Snap.Table(n.Table.Path())
	if !ok {
		return plan.Cost{Rows: 0}
	}
	rows := c.q.estimateScan(n)
	pages := float64(t.Bytes()) / pageBytes
	if cols := len(n.Table.Columns); cols > 0 {
		pages *= float64(min(cols, len(n.Cols)+1)) / float64(cols)
	}
	k := plan.Cost{Rows: rows, Total: pages*costPage + rows*costTuple}
	switch {
	case n.Set != nil:
		// Row sets are made of whole words of bitmaps before the first row comes.
		k.Startup = float64(leaves(n.Set)) * float64(t.Rows()) / 64 * costOperator
		k.Total += k.Startup
	case n.Where != nil:
		k.Total += float64(t.Rows()) * costOperator
	}
	return k
}

// leaves is how many columns' pages a row set asks.
func leaves(r *plan.RowSet) int {
	n := 0
	if r.Op == plan.RowsLeaf {
		n = 1
	}
	for _, a := range r.Args {
		n += leaves(a)
	}
	return n
}

// groups is how many different values some expressions have together.
func (c *Costing) groups(keys []plan.Expr, in []plan.Field, rows float64) float64 {
	n := 1.0
	for _, e := range keys {
		one := 200.0 // DEFAULT_NUM_DISTINCT
		if col, ok := e.(*plan.Col); ok && col.Idx < len(in) {
			one = c.values(in[col.Idx])
		}
		n *= one
	}
	return max(1, min(n, rows))
}

// values is how many different values a column may have.
func (c *Costing) values(f plan.Field) float64 {
	def := c.defs[f.TableOID]
	if def == nil || f.Attr < 1 || int(f.Attr) > len(def.Columns) {
		return 200
	}
	t, ok := c.q.Snap.Table(def.Path())
	if !ok {
		return 200
	}
	for i := range def.Columns {
		if def.Columns[i].ID != uint32(f.Attr) {
			continue
		}
		if t.Form(i) == table.FormDict {
			return float64(max(1, t.Dict(i).Len()-1))
		}
		if lo, hi, ok := t.Range(i); ok {
			return min(float64(hi)-float64(lo)+1, float64(t.Rows()))
		}
	}
	return max(1, float64(t.Rows()))
}

func (c *Costing) agg(n *plan.Agg) plan.Cost {
	in := c.Of(n.Input)
	work := in.Total + in.Rows*costOperator*float64(len(n.Keys)+len(n.Aggs))
	if len(n.Keys) == 0 {
		return plan.Cost{Startup: work, Total: work + costTuple, Rows: 1}
	}
	rows := c.groups(n.Keys, n.Input.Schema(), in.Rows) * float64(max(1, len(n.Sets)))
	return plan.Cost{Startup: work, Total: work + rows*costTuple, Rows: rows}
}

// codeAgg counts codes a word of bitmaps at a time.
func (c *Costing) codeAgg(n *plan.CodeAgg) plan.Cost {
	in := c.Of(n.Scan)
	rows := 1.0
	if len(n.Keys) > 0 {
		fields := n.Scan.Schema()
		rows = c.groups(n.Agg.Keys, fields, max(in.Rows, 1))
	}
	work := in.Total - in.Rows*costTuple + in.Rows*costOperator*float64(len(n.Keys)+1)/8
	return plan.Cost{Startup: work, Total: work + rows*costTuple, Rows: rows}
}

func (c *Costing) distinct(n *plan.Distinct) plan.Cost {
	in := c.Of(n.Input)
	keys := n.On
	if keys == nil {
		for i := range n.Input.Schema() {
			keys = append(keys, i)
		}
	}
	rows := 1.0
	for _, k := range keys {
		rows *= c.values(n.Input.Schema()[k])
	}
	rows = min(rows, in.Rows)
	work := in.Total + in.Rows*costOperator*float64(len(keys))
	return plan.Cost{Startup: in.Startup, Total: work + rows*costTuple, Rows: rows}
}

// sortCost is cost_tuplesort in memory; limit is how many rows are kept, 0 for all.
func sortCost(in plan.Cost, limit float64) plan.Cost {
	n := max(2, in.Rows)
	keep := n
	if limit > 0 {
		keep = max(2, min(n, 2*limit))
	}
	k := plan.Cost{Startup: in.Total + 2*costOperator*n*math.Log2(keep), Rows: in.Rows}
	if limit > 0 {
		k.Rows = min(in.Rows, limit)
	}
	k.Total = k.Startup + costOperator*k.Rows
	return k
}

func (c *Costing) sort(n *plan.Sort) plan.Cost { return sortCost(c.Of(n.Input), float64(n.Limit)) }

// limit is adjust_limit_rows_costs: the part of the input that is read.
func (c *Costing) limit(n *plan.Limit) plan.Cost {
	in := c.Of(n.Input)
	k := in
	k.Width = 0
	run := in.Total - in.Startup
	number := func(e plan.Expr) (float64, bool) {
		x, ok := e.(*plan.Const)
		if !ok || x.V.Null || x.V.I < 0 {
			return in.Rows / 10, e != nil
		}
		return float64(x.V.I), true
	}
	if skip, ok := number(n.Offset); ok {
		skip = min(skip, k.Rows)
		k.Startup += run * skip / in.Rows
		k.Rows = clampRows(k.Rows - skip)
	}
	if count, ok := number(n.Count); ok && count < k.Rows {
		k.Total = k.Startup + run*count/in.Rows
		k.Rows = count
	}
	return k
}

// join is a hash join, or a nested loop where there are no keys.
func (c *Costing) join(n *plan.Join) plan.Cost {
	l, r := c.Of(n.L), c.Of(n.R)
	rows := c.q.estimate(n)
	switch n.Kind {
	case plan.JoinLeft:
		rows = max(rows, l.Rows)
	case plan.JoinRight:
		rows = max(rows, r.Rows)
	case plan.JoinFull:
		rows = max(rows, l.Rows, r.Rows)
	}
	if len(n.Keys) == 0 {
		return plan.Cost{Startup: l.Startup + r.Startup, Total: l.Total + r.Total + l.Rows*r.Rows*(costOperator+costTuple), Rows: rows}
	}
	hash := costOperator * float64(len(n.Keys))
	start := r.Total + r.Rows*(hash+costTuple)
	return plan.Cost{Startup: l.Startup + start, Total: l.Total + start + l.Rows*hash + rows*costTuple, Rows: rows}
}

func (c *Costing) setOp(n *plan.SetOp) plan.Cost {
	l, r := c.Of(n.L), c.Of(n.R)
	rows, total := l.Rows+r.Rows, l.Total+r.Total
	if n.Op == ast.Union && n.All {
		return plan.Cost{Startup: l.Startup, Total: total, Rows: rows}
	}
	work := total + rows*costOperator*float64(len(n.Schema()))
	if n.Op != ast.Union {
		rows = l.Rows
	}
	return plan.Cost{Startup: work, Total: work + rows*costTuple, Rows: rows}
}

// with adds the queries, each of which is read once.
func (c *Costing) with(n *plan.With) plan.Cost {
	k := c.Of(n.Input)
	k.Width = 0
	for _, cte := range n.CTEs {
		if cte.Plan != nil {
			one := c.Of(cte.Plan).Total
			k.Startup, k.Total = k.Startup+one, k.Total+one
		}
	}
	return k
}
