package op

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"tagd/sql/types"
	"tagd/storage/table"
)

// and, or and not build row sets, folding the constant ones away.
func and(rs ...*table.Rows) *table.Rows {
	var out []*table.Rows
	for _, r := range rs {
		switch r.Op {
		case table.OpAll:
		case table.OpNone:
			return noRows
		case table.OpAnd:
			out = append(out, r.Args...)
		default:
			out = append(out, r)
		}
	}
	switch len(out) {
	case 0:
		return allRows
	case 1:
		return out[0]
	}
	return &table.Rows{Op: table.OpAnd, Args: out}
}

func or(rs ...*table.Rows) *table.Rows {
	var out []*table.Rows
	for _, r := range rs {
		switch r.Op {
		case table.OpNone:
		case table.OpAll:
			return allRows
		case table.OpOr:
			out = append(out, r.Args...)
		default:
			out = append(out, r)
		}
	}
	switch len(out) {
	case 0:
		return noRows
	case 1:
		return out[0]
	}
	return &table.Rows{Op: table.OpOr, Args: out}
}

func not(r *table.Rows) *table.Rows {
	switch r.Op {
	case table.OpAll:
		return noRows
	case table.OpNone:
		return allRows
	case table.OpNot:
		return r.Args[0]
	}
	return &table.Rows{Op: table.OpNot, Args: []*table.Rows{r}}
}

func isNull(col int) *table.Rows {
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafNull, Col: col}}
}

// sortedOrds drops the -1s and duplicates, ascending.
func sortedOrds(ords []int64) []int64 {
	slices.Sort(ords)
	ords = slices.Compact(ords)
	for len(ords) > 0 && ords[0] < 0 {
		ords = ords[1:]
	}
	return ords
}

// describe prints a row set with its forms for EXPLAIN ANALYZE.
func describe(r *table.Rows, def *types.Table) string {
	switch r.Op {
	case table.OpAll:
		return "all"
	case table.OpNone:
		return "none"
	case table.OpLeaf:
		return describeLeaf(r.Leaf, def)
	case table.OpNot:
		return "NOT " + describe(r.Args[0], def)
	}
	word := " AND "
	if r.Op == table.OpOr {
		word = " OR "
	}
	parts := make([]string, len(r.Args))
	for i, a := range r.Args {
		parts[i] = describe(a, def)
	}
	return "(" + strings.Join(parts, word) + ")"
}

func describeLeaf(l *table.Leaf, def *types.Table) string {
	name := func(c int) string { return def.Columns[c].Name }
	switch l.Kind {
	case table.LeafCodes, table.LeafAny:
		n := 0
		for _, w := range l.Codes {
			n += bits.OnesCount64(w)
		}
		kind := "codes"
		if l.Kind == table.LeafAny {
			kind = "any of codes"
		}
		return fmt.Sprintf("%s %s (%d)", name(l.Col), kind, n)
	case table.LeafRange:
		return fmt.Sprintf("%s slices [%d, %d]", name(l.Col), l.Lo, l.Hi)
	case table.LeafFloat:
		return fmt.Sprintf("%s floats [%g, %g]", name(l.Col), l.FLo, l.FHi)
	case table.LeafCard:
		return fmt.Sprintf("%s cardinality [%d, %d]", name(l.Col), l.Lo, l.Hi)
	case table.LeafNull:
		return name(l.Col) + " null"
	case table.LeafOffsets:
		return fmt.Sprintf("%s key index (%d rows)", name(l.Col), len(l.Ords))
	}
	names := make([]string, len(l.Cols))
	for i, c := range l.Cols {
		names[i] = name(c)
	}
	return "rows of " + strings.Join(names, ", ")
}
