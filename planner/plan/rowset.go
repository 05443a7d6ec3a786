package plan

// RowSet is a condition as algebra over sets of rows. SQL's three-valued logic
// is resolved here: each node stands for the rows for which its condition is
// *true*; NOT has been pushed down to the leaves, where Want false means "the
// rows for which the leaf's expression is false" (not NULL).
type RowSet struct {
	Op   RowOp
	Args []*RowSet
	Leaf *RowLeaf
}

// RowOp is the kind of a RowSet.
type RowOp uint8

// The kinds.
const (
	RowsAll RowOp = iota
	RowsNone
	RowsAnd
	RowsOr
	RowsLeaf
)

// RowLeaf is a condition X over table columns (Col.Idx is a table position), of
// which Cols are the ones used, ascending. With one column the executor answers
// it from that column's dictionary or value slices where it can, and otherwise,
// like every leaf of several columns, by evaluating X on the rows that the other
// conjuncts leave.
type RowLeaf struct {
	X    Expr
	Want bool
	Cols []int
	// Keys makes the leaf "rows whose primary key is among the values of the
	// single column of Keys" (Want false: is not, and Keys is known to have no
	// NULL); X is then nil and Cols the key column.
	Keys Node
	// Est is the estimated fraction of live rows in the set, [0, 1].
	Est float64
}
