package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Columns that stand for something bound later are numbered from these bases;
// the grouping step replaces them.
const (
	aggBase      = 1 << 24 // the select's i-th aggregate
	groupingBase = 1 << 25 // its i-th GROUPING()
	srfBase      = 1 << 26 // its i-th set-returning call in the select list
)

// rel is one entry of FROM: columns base, base+1, ... of the input.
type rel struct {
	name  string
	base  int
	cols  []plan.Field
	table *types.Table
}

// scope is the name space of one query level; up is the surrounding one.
type scope struct {
	up   *scope
	rels []*rel
	sel  *selectState // nil outside a select
	// what is the clause being bound, as error messages name it; "" allows
	// aggregates.
	what string
	// srf allows set-returning calls.
	srf   bool
	inAgg bool
}

func (s *scope) width() int {
	n := 0
	for _, r := range s.rels {
		n = max(n, r.base+len(r.cols))
	}
	return n
}

func (b *binder) col(s *scope, r *rel, i, off int) plan.Expr {
	c := plan.NewCol(r.base+i, r.cols[i].Name, r.cols[i].Type)
	b.at[c] = off
	return c
}

func (b *binder) column(s *scope, c *ast.Column) (plan.Expr, error) {
	off := c.Pos()
	if c.Star {
		return nil, sqlerr.At(off, pgerrcode.SyntaxError, "row expansion via \"*\" is not supported here")
	}
	switch len(c.Parts) {
	case 1:
		return b.bareColumn(s, c.Parts[0], off)
	case 2, 3:
		return b.qualified(s, c.Parts, off)
	}
	return nil, sqlerr.At(off, pgerrcode.SyntaxError, "improper qualified name (too many dotted names)")
}

func (b *binder) bareColumn(s *scope, name string, off int) (plan.Expr, error) {
	var found *rel
	at := 0
	for _, r := range s.rels {
		for i := range r.cols {
			if r.cols[i].Name != name {
				continue
			}
			if found != nil {
				return nil, sqlerr.At(off, pgerrcode.AmbiguousColumn, "column reference \"%s\" is ambiguous", name)
			}
			found, at = r, i
		}
	}
	if found != nil {
		return b.col(s, found, at, off), nil
	}
	for _, r := range s.rels {
		if r.name == name {
			return nil, sqlerr.Unsupported(off, "whole-row reference to \"%s\" is not supported", name)
		}
	}
	return nil, hintColumn(s, "", name, sqlerr.At(off, pgerrcode.UndefinedColumn, "column \"%s\" does not exist", name))
}

func (b *binder) qualified(s *scope, parts []string, off int) (plan.Expr, error) {
	relName, name := parts[len(parts)-2], parts[len(parts)-1]
	r := s.rel(relName)
	if r == nil {
		return nil, s.noRel(relName, off)
	}
	at := -1
	for i := range r.cols {
		if r.cols[i].Name == name {
			if at >= 0 {
				return nil, sqlerr.At(off, pgerrcode.AmbiguousColumn, "column reference \"%s\" is ambiguous", name)
			}
			at = i
		}
	}
	if at < 0 {
		return nil, hintColumn(s, relName, name, sqlerr.At(off, pgerrcode.UndefinedColumn, "column %s.%s does not exist", relName, name))
	}
	return b.col(s, r, at, off), nil
}

func (s *scope) rel(name string) *rel {
	for _, r := range s.rels {
		if r.name == name {
			return r
		}
	}
	return nil
}

// noRel is the error of a qualifier that is no FROM entry; a table that has an
// alias goes by that alone.
func (s *scope) noRel(name string, off int) error {
	for _, r := range s.rels {
		if r.table != nil && r.table.Name == name {
			return sqlerr.At(off, pgerrcode.UndefinedTable, "invalid reference to FROM-clause entry for table \"%s\"", name).
				WithHint("Perhaps you meant to reference the table alias \"%s\".", r.name)
		}
	}
	return sqlerr.At(off, pgerrcode.UndefinedTable, "missing FROM-clause entry for table \"%s\"", name)
}

// hintColumn adds "Perhaps you meant ..." by the rules of parse_relation.c,
// updateFuzzyAttrMatchState: a distance of at most 3 and at most half the
// characters typed; more than two equally near columns give no hint.
func hintColumn(s *scope, relName, name string, e *sqlerr.Error) error {
	best := 4
	var near []string
	for _, r := range s.rels {
		penalty := 0
		if relName != "" {
			penalty = levenshtein(relName, r.name)
		}
		for _, c := range r.cols {
			d := levenshtein(c.Name, name)
			if d > len(name)/2 {
				continue
			}
			d += penalty
			q := "\"" + r.name + "." + c.Name + "\""
			if d < best {
				best, near = d, []string{q}
			} else if d == best && d < 4 {
				near = append(near, q)
			}
		}
	}
	switch len(near) {
	case 1:
		e.WithHint("Perhaps you meant to reference the column %s.", near[0])
	case 2:
		e.WithHint("Perhaps you meant to reference the column %s or the column %s.", near[0], near[1])
	}
	return e
}

// levenshtein is the edit distance in characters.
func levenshtein(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range x {
		diag := row[0]
		row[0] = i + 1
		for j, d := range y {
			cost := diag
			if c != d {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, diag+1, row[j]+1)
		}
	}
	return row[len(y)]
}

func equalAll(a, b []plan.Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !plan.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// tableFields are the columns of a stored table as output columns.
func tableFields(t *types.Table) []plan.Field { return ScanAll(t).Fields }
