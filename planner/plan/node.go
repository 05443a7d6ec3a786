// Package plan holds bound plans: expressions whose columns are numbers, nodes
// from Scan to Limit, statements that change data, and their printing for
// EXPLAIN. The set of nodes is closed; a test prints every one. Plans are
// immutable once planned and may be executed many times, also at once.
package plan

import (
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// Field is one output column of a node.
type Field struct {
	Name string
	Type types.Type
	// TableOID and Attr say which stored column it is a plain copy of; 0: none.
	TableOID uint32
	Attr     int16
}

// Node is a relational operator.
type Node interface {
	Schema() []Field
	Children() []Node
	node()
}

type schema struct{ Fields []Field }

// Schema returns the output columns.
func (s schema) Schema() []Field { return s.Fields }
func (schema) node()             {}

// Out makes the schema part of a node.
func Out(f []Field) schema { return schema{f} }

// The nodes.
type (
	// OneRow is one row without columns: SELECT without FROM.
	OneRow struct{ schema }
	// Values is a list of rows of expressions without columns.
	Values struct {
		schema
		Rows [][]Expr
	}
	// Scan reads the live rows of a stored table in ordinal order (when run by
	// one worker; otherwise segments come in any order unless Ordered). Output
	// column i is table column Cols[i]; -1 is the row's ordinal as int8. Where is
	// a condition over the *table's* columns (Col.Idx is a table position), nil
	// for none; Set is its row-set form, made by planner/rule.
	Scan struct {
		schema
		Table   *types.Table
		Alias   string
		Cols    []int
		Where   Expr
		Set     *RowSet
		Ordered bool
		// EstRows is the planner's guess of the rows that pass, -1: unknown.
		EstRows float64
	}
	// CatalogScan reads a virtual relation of pg_catalog or information_schema.
	CatalogScan struct {
		schema
		Schema_, Name string
	}
	// Unnest appends to each input row the elements of the arrays Args side by
	// side (padded with NULL), one output row per element, and with Ordinality
	// their number: FROM t, unnest(t.set) v. Other set-returning functions in
	// FROM (generate_series) are SeriesScan.
	Unnest struct {
		schema
		Input      Node
		Args       []Expr
		Ordinality bool
		Left       bool // LEFT JOIN LATERAL ... ON true: rows without elements stay
	}
	// Series is generate_series(Lo, Hi, Step) for each input row.
	Series struct {
		schema
		Input      Node
		Args       []Expr // 2 or 3, of int4, int8, numeric, timestamp or timestamptz (with interval)
		Ordinality bool
	}
	// Filter keeps rows for which Cond is true.
	Filter struct {
		schema
		Input Node
		Cond  Expr
	}
	// Project computes Exprs.
	Project struct {
		schema
		Input Node
		Exprs []Expr
	}
	// Agg groups. Output: the Keys, then the Aggs, then one int4 per Grouping
	// (the bit mask of GROUPING(keys...)). Sets lists the grouping sets as
	// positions in Keys; one set of all keys for a plain GROUP BY, one empty set
	// for none. Keys not in a set are NULL in its rows. With an empty set there is
	// one row even without input.
	Agg struct {
		schema
		Input    Node
		Keys     []Expr
		Sets     [][]int
		Aggs     []AggCall
		Grouping [][]int
	}
	// CodeAgg is an Agg right over a Scan whose keys are functions of one
	// dictionary, set or small-range integer column each: it counts codes under
	// row sets without making rows. Fallback answers the same and is run when a
	// column's form is no longer what planning saw.
	CodeAgg struct {
		schema
		Scan     *Scan
		Keys     []CodeKey
		Fallback Node
		// Agg is the aggregation that is answered (keys, sets, aggs, grouping)
		// over the columns of Scan, plus the unnested element if a key has Unnest.
		Agg *Agg
	}
	// CodeKey is one key: the expression X over table column Col alone (Col.Idx
	// 0 in X is the value of Col, or with Unnest one element of it).
	CodeKey struct {
		Col    int
		X      Expr
		Unnest bool
	}
	// Distinct removes duplicate rows.
	Distinct struct {
		schema
		Input Node
		// On: only these columns decide and the first row in input order stays
		// (DISTINCT ON); nil: all columns.
		On []int
	}
	// Sort orders by keys; ties keep the input order. Limit > 0 keeps that many
	// rows (a top-N heap); TopN needs no memory for the rest.
	Sort struct {
		schema
		Input Node
		Keys  []SortKey
		Limit int64 // 0: all
	}
	// Limit skips Offset rows and passes Count (nil: all). Both are int8
	// expressions without columns. With Ties, rows after the last one pass as long
	// as they are equal to it in these columns, by which the input is ordered.
	Limit struct {
		schema
		Input         Node
		Count, Offset Expr
		Ties          []int
	}
	// SetOp is UNION, INTERSECT or EXCEPT of inputs with equal types.
	SetOp struct {
		schema
		Op   ast.SetOp
		All  bool
		L, R Node
	}
	// Join combines the rows of two inputs that do not depend on each other. A
	// pair of rows matches if every key pair is equal and Cond is true. Output: L's
	// columns, then R's; of JoinSemi, JoinAnti and JoinAntiNull only L's. On the
	// side that an outer join fills up, columns are NULL.
	Join struct {
		schema
		Kind JoinKind
		L, R Node
		Keys []JoinKey
		Cond Expr // over L's columns, then R's; nil: none
	}
	// Apply runs R once for each row of L (LATERAL, correlated subqueries): Arg N
	// inside R, where it belongs to this node, is Args[N] over L's row. Kind is
	// JoinInner, JoinLeft, JoinSemi or JoinAnti; output and Cond are as for Join.
	Apply struct {
		schema
		Kind JoinKind
		L, R Node
		Args []Expr
		Cond Expr
	}
	// With makes the results of CTEs available to CTEScans below Input and below
	// later CTEs. A query among them runs when it is first read, whole; one with
	// Change runs always, before Input, and all see the snapshot of the statement.
	With struct {
		schema
		CTEs  []CTE
		Input Node
	}
	// CTEScan reads the rows of the CTE ID of a With above it.
	CTEScan struct {
		schema
		ID   int
		Name string
	}
	// Recursive is WITH RECURSIVE: the rows of Init, and of Step as long as it
	// gives new ones; WorkScans of ID in Step read the rows of the round before.
	// Without All, rows that came before are dropped. It stands as a CTE's Plan.
	Recursive struct {
		schema
		ID         int
		Name       string
		Init, Step Node
		All        bool
	}
	// WorkScan reads the working table of the Recursive ID above it.
	WorkScan struct {
		schema
		ID   int
		Name string
	}
	// Window appends one column per call to the rows of Input. All calls share
	// the partition and the order; calls of other windows are other nodes. Output
	// order is by partition, then by order, ties as they came.
	Window struct {
		schema
		Input     Node
		Partition []Expr
		Order     []SortExpr
		Calls     []WinCall
	}
	// FuncScan appends to each input row the rows of Calls side by side, padded
	// with NULLs to the longest, and with Ordinality their number as int8.
	FuncScan struct {
		schema
		Input      Node
		Calls      []SetCall
		Ordinality bool
		Left       bool // input rows without function rows stay, padded
	}
	// Sample is TABLESAMPLE: about Percent of 100 rows of Input, chosen by the
	// hash of Seed (NULL: a random one) and the row's place. System chooses whole
	// runs of rows.
	Sample struct {
		schema
		Input         Node
		System        bool
		Percent, Seed Expr
	}
)

// JoinKind is the kind of a Join or Apply.
type JoinKind uint8

// The kinds. JoinAntiNull is NOT IN: a row of L stays only if for no row of R
// the keys and Cond are true or NULL.
const (
	JoinInner JoinKind = iota
	JoinLeft
	JoinRight
	JoinFull
	JoinSemi
	JoinAnti
	JoinAntiNull
)

// JoinKey is a pair of expressions of the same type (apart from modifiers), L
// over the left input's columns and R over the right one's, that must be equal
// by the type's default order. With NullEq NULLs are equal to each other.
type JoinKey struct {
	L, R   Expr
	NullEq bool
}

// CTE is one query of a With.
type CTE struct {
	ID     int
	Name   string
	Plan   Node  // nil with Change
	Change *Stmt // an Insert, Update or Delete; its RETURNING rows are read
	// Materialized is what the statement says; nil: the planner decides whether
	// the query takes the place of its scans.
	Materialized *bool
}

// WinCall is one window function of a Window: exactly one of F and Agg is set.
type WinCall struct {
	F      *fn.Window
	Agg    *fn.Agg
	Args   []Expr // over Input
	Filter Expr   // nil: none; with Agg only
	Frame  Frame
	Ret    types.Type
	Off    int
}

// Frame is a window frame. Of RANGE frames with an offset Key is the position in
// Window.Order (always 0 by Postgres's rule that there is exactly one key), and
// the bounds are compared with the functions Add and Sub of the key's type.
type Frame struct {
	Unit       FrameUnit
	Start, End FrameBound
	Exclude    FrameExclude
}

// FrameBound is one end of a frame; Offset is without columns, set for
// BoundPreceding and BoundFollowing only. For RANGE frames At is the bound's
// value as an expression over two columns: 0 the current row's order key, 1 the
// offset (key - offset or key + offset, as the direction and the end ask for).
type FrameBound struct {
	Kind   BoundKind
	Offset Expr
	At     Expr
}

// FrameUnit is ROWS, RANGE or GROUPS.
type FrameUnit uint8

// The units.
const (
	FrameRange FrameUnit = iota
	FrameRows
	FrameGroups
)

// BoundKind is the kind of a FrameBound.
type BoundKind uint8

// The kinds, in the order of the rows they mean.
const (
	BoundUnboundedPreceding BoundKind = iota
	BoundPreceding
	BoundCurrent
	BoundFollowing
	BoundUnboundedFollowing
)

// FrameExclude is what a frame leaves out.
type FrameExclude uint8

// The exclusions.
const (
	ExcludeNone FrameExclude = iota
	ExcludeCurrent
	ExcludeGroup
	ExcludeTies
)

// SetCall is one set-returning function of a FuncScan; it makes Width columns.
type SetCall struct {
	F     *fn.SetFunc
	Args  []Expr // over Input
	Width int
	Off   int
}

// AggCall is one aggregate of an Agg.
type AggCall struct {
	F        *fn.Agg
	Args     []Expr // over the input; for ordered-set aggregates the direct ones
	Distinct bool
	Filter   Expr // nil: none
	// OrderBy is the order inside the call, or the WITHIN GROUP keys.
	OrderBy []SortExpr
	Ret     types.Type
}

// SortExpr is an ordering by an expression over the input.
type SortExpr struct {
	X          Expr
	Desc       bool
	NullsFirst bool
}

// SortKey is an ordering by a column of the input.
type SortKey struct {
	Col        int
	Desc       bool
	NullsFirst bool
}

// Children of every node, in order.
func (*OneRow) Children() []Node      { return nil }
func (*Values) Children() []Node      { return nil }
func (*Scan) Children() []Node        { return nil }
func (*CatalogScan) Children() []Node { return nil }
func (n *Unnest) Children() []Node    { return []Node{n.Input} }
func (n *Series) Children() []Node    { return []Node{n.Input} }
func (n *Filter) Children() []Node    { return []Node{n.Input} }
func (n *Project) Children() []Node   { return []Node{n.Input} }
func (n *Agg) Children() []Node       { return []Node{n.Input} }
func (n *CodeAgg) Children() []Node   { return []Node{n.Scan} }
func (n *Distinct) Children() []Node  { return []Node{n.Input} }
func (n *Sort) Children() []Node      { return []Node{n.Input} }
func (n *Limit) Children() []Node     { return []Node{n.Input} }
func (n *SetOp) Children() []Node     { return []Node{n.L, n.R} }
func (n *Join) Children() []Node      { return []Node{n.L, n.R} }
func (n *Apply) Children() []Node     { return []Node{n.L, n.R} }
func (*CTEScan) Children() []Node     { return nil }
func (n *Recursive) Children() []Node { return []Node{n.Init, n.Step} }
func (*WorkScan) Children() []Node    { return nil }
func (n *Window) Children() []Node    { return []Node{n.Input} }
func (n *FuncScan) Children() []Node  { return []Node{n.Input} }
func (n *Sample) Children() []Node    { return []Node{n.Input} }

// Children are the plans of the queries, then the input.
func (n *With) Children() []Node {
	var out []Node
	for _, c := range n.CTEs {
		if c.Plan != nil {
			out = append(out, c.Plan)
		}
	}
	return append(out, n.Input)
}
