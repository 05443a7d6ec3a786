package bind

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Columns that stand for something bound later are numbered from these bases;
// the later steps of a select replace them.
const (
	aggBase      = 1 << 24 // the select's i-th aggregate
	groupingBase = 1 << 25 // its i-th GROUPING()
	srfBase      = 1 << 26 // its i-th set-returning call in the select list
	winBase      = 1 << 27 // its i-th window function
)

// rel is one entry of FROM: columns base, base+1, ... of the input, or the
// expressions xs over it (a join with merged columns).
type rel struct {
	name  string
	base  int
	cols  []plan.Field
	xs    []plan.Expr
	table *types.Table
	oid   uint32 // of the table, view or catalog relation that the entry is; 0 for others
	// scalar is a function of one column, whose row is that column; rowOf the
	// composite type of a function's values.
	scalar bool
	rowOf  types.Type
	// shapes are the fields of columns that are records; nil: not known.
	shapes []*plan.Row
	// A join takes the place of what it joins: a hidden name cannot qualify, hidden
	// columns cannot be named without qualifier.
	nameHidden, colsHidden bool
	nullable               bool // an outer join may fill it up
	// ord tells that the ordinals of a table's rows stand behind its columns; written
	// that the statement has just made the rows what they are.
	ord, written bool
}

// level is one query of a statement with all the FROM entries that it has, in
// sight or not, for the hints of errors.
type level struct {
	up   *level
	rels []*rel
	hide *level // as of the query's scope
}

// scope is the name space of one part of a query.
type scope struct {
	lv *level
	// frame is the SubPlan or Apply around, nil at the top; what is referred to
	// outside becomes its arguments.
	frame *frame
	// hide is the query around whose FROM entries to the left are out of sight: for
	// its derived tables without LATERAL and its join conditions. nil: none.
	hide *level
	rels []*rel
	sel  *selectState // nil outside a select
	// what is the clause being bound, as error messages name it; "" allows
	// aggregates.
	what string
	// srf allows set-returning calls.
	srf   bool
	lazy  string // CASE or COALESCE around, which forbids them
	win   bool   // allows window functions
	inAgg bool
	// inWin is inside the arguments of a window function, inWinDef in the
	// definition of a window.
	inWin, inWinDef bool
}

// frame collects the arguments of a SubPlan or Apply: expressions in the scope
// around it.
type frame struct {
	outer   *scope
	lateral bool // the right side of a join, of the same query as its left side
	bad     bool // of a right or full join, which allows no lateral references
	args    []plan.Expr
}

// arg hands an outer expression in.
func (f *frame) arg(x plan.Expr) *plan.Arg {
	for i, a := range f.args {
		if plan.Equal(a, x) {
			return plan.NewArg(i, x.Type())
		}
	}
	f.args = append(f.args, x)
	return plan.NewArg(len(f.args)-1, x.Type())
}

// where is what a query is bound in.
type where struct {
	lv    *level
	frame *frame
	hide  *level
	// keep leaves columns of untyped literals undecided (for INSERT and set
	// operations, which decide).
	keep bool
	// nested tells a query that is not the statement itself; sub is that of the
	// query around a select.
	nested, sub bool
}

func (w where) scope() *scope {
	return &scope{lv: &level{up: w.lv, hide: w.hide}, frame: w.frame, hide: w.hide}
}

// keeping is w for an arm of a set operation and the like.
func (w where) keeping() where {
	w.keep, w.nested = true, true
	return w
}

// lookup calls f for s and then for the scopes around it until one answers; the
// answer comes back as an expression in s. off is the place of the reference.
func lookup(s *scope, name string, off int, f func(*scope) (plan.Expr, error)) (plan.Expr, error) {
	x, err := f(s)
	if x != nil || err != nil || s.frame == nil {
		return x, err
	}
	return lookupOuter(s.frame, s.hide, name, off, f)
}

// hidden reports whether the scope that a frame hands in from is out of sight,
// and what is out of sight beyond it.
func (f *frame) hidden(hide *level) (bool, *level) {
	for hide != nil && f.outer.lv != hide {
		hide = hide.hide
	}
	return f.lateral && hide != nil, hide
}

func lookupOuter(fr *frame, hide *level, name string, off int, f func(*scope) (plan.Expr, error)) (plan.Expr, error) {
	var x plan.Expr
	var err error
	o := fr.outer
	switch hidden, hide := fr.hidden(hide); {
	case hidden && o.frame != nil:
		x, err = lookupOuter(o.frame, hide, name, off, f)
	case hidden:
	case fr.bad:
		if x, err = f(o); x != nil || err != nil {
			return nil, sqlerr.At(off, pgerrcode.InvalidColumnReference, "invalid reference to FROM-clause entry for table \"%s\"", o.owner(x, name)).
				WithDetail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
		}
		x, err = lookup(o, name, off, f)
	default:
		x, err = lookup(o, name, off, f)
	}
	if x == nil || err != nil {
		return nil, err
	}
	return fr.arg(x), nil
}

// owner is the name of the FROM entry that the column x is of.
func (s *scope) owner(x plan.Expr, name string) string {
	if c, ok := x.(*plan.Col); ok {
		for _, r := range s.rels {
			if r.xs == nil && c.Idx >= r.base && c.Idx < r.base+len(r.cols) {
				return r.name
			}
		}
	}
	return name
}

func (b *binder) col(r *rel, i, off int) plan.Expr {
	b.used(&r.cols[i])
	if r.xs != nil {
		if x, ok := r.xs[i].(*plan.Col); ok {
			c := plan.NewCol(x.Idx, r.cols[i].Name, x.T)
			b.at[c] = off
			return c
		}
		return r.xs[i]
	}
	c := plan.NewCol(r.base+i, r.cols[i].Name, r.cols[i].Type)
	b.at[c] = off
	if i < len(r.shapes) && r.shapes[i] != nil {
		b.rows[c] = r.shapes[i]
	}
	return c
}

func (b *binder) column(s *scope, c *ast.Column) (plan.Expr, error) {
	off := c.Pos()
	c, err := b.withoutDB(c)
	if err != nil {
		return nil, err
	}
	if c.Star && len(c.Parts) > 0 { // t.* is the whole row as a value
		name := c.Parts[len(c.Parts)-1]
		x, err := lookup(s, name, off, func(s *scope) (plan.Expr, error) {
			if r := s.rel(name); r != nil {
				return b.wholeRow(r, off), nil
			}
			return nil, nil
		})
		if x == nil && err == nil {
			err = s.noRel(name, off)
		}
		return x, err
	}
	if c.Star {
		return nil, sqlerr.At(off, pgerrcode.FeatureNotSupported, "row expansion via \"*\" is not supported here")
	}
	if len(c.Parts) == 1 {
		return b.bareColumn(s, c.Parts[0], off)
	}
	return b.qualified(s, c.Parts, off)
}

// withoutDB takes the database off a name of four parts, or three and a star.
func (b *binder) withoutDB(c *ast.Column) (*ast.Column, error) {
	name := c.Parts
	if c.Star {
		name = append(name[:len(name):len(name)], "*")
	}
	switch {
	case len(name) < 4:
		return c, nil
	case len(name) > 4:
		return nil, sqlerr.At(c.Pos(), pgerrcode.SyntaxError, "improper qualified name (too many dotted names): %s", strings.Join(name, "."))
	case name[0] != b.fn.DB:
		return nil, sqlerr.At(c.Pos(), pgerrcode.FeatureNotSupported, "cross-database references are not implemented: %s", strings.Join(name, "."))
	}
	own := *c
	own.Parts = c.Parts[1:]
	return &own, nil
}

func (b *binder) bareColumn(s *scope, name string, off int) (plan.Expr, error) {
	x, err := lookup(s, name, off, func(s *scope) (plan.Expr, error) { return b.ownColumn(s, name, off) })
	if x != nil || err != nil {
		return x, err
	}
	x, err = lookup(s, name, off, func(s *scope) (plan.Expr, error) {
		if r := s.rel(name); r != nil {
			return b.wholeRow(r, off), nil
		}
		return nil, nil
	})
	if x != nil || err != nil {
		return x, err
	}
	return nil, hintColumn(s, "", name, sqlerr.At(off, pgerrcode.UndefinedColumn, "column \"%s\" does not exist", name))
}

// ownColumn finds a column of s itself; nil: none.
func (b *binder) ownColumn(s *scope, name string, off int) (plan.Expr, error) {
	var found *rel
	at := 0
	for _, r := range s.rels {
		if r.colsHidden {
			continue
		}
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
		return b.col(found, at, off), nil
	}
	for _, r := range s.rels {
		if r.colsHidden {
			continue
		}
		if x, err := b.systemColumn(r, name, off); x != nil || err != nil {
			return x, err
		}
	}
	return nil, nil
}

func (b *binder) qualified(s *scope, parts []string, off int) (plan.Expr, error) {
	relName, name := parts[len(parts)-2], parts[len(parts)-1]
	x, err := lookup(s, relName, off, func(s *scope) (plan.Expr, error) {
		r := s.rel(relName)
		if r == nil || len(parts) == 3 && !b.inSchema(r, parts[0]) {
			return nil, nil
		}
		at := -1
		for i := range r.cols {
			if r.cols[i].Name != name {
				continue
			}
			if at >= 0 {
				return nil, sqlerr.At(off, pgerrcode.AmbiguousColumn, "column reference \"%s\" is ambiguous", name)
			}
			at = i
		}
		if at < 0 {
			if x, err := b.systemColumn(r, name, off); x != nil || err != nil {
				return x, err
			}
			if x := b.rowCall(r, name, off); x != nil {
				return x, nil
			}
			return nil, hintColumn(s, relName, name, sqlerr.At(off, pgerrcode.UndefinedColumn, "column %s.%s does not exist", relName, name))
		}
		return b.col(r, at, off), nil
	})
	if x == nil && err == nil {
		err = s.noRel(relName, off)
	}
	return x, err
}

// inSchema reports whether r is a table of that schema, named as such.
func (b *binder) inSchema(r *rel, schema string) bool {
	if v := b.cat.View(schema, r.name); v != nil {
		return len(r.cols) > 0 && r.cols[0].TableOID == v.OID
	}
	if r.table == nil {
		_, f := b.cat.Virtual(schema, r.name)
		return f != nil
	}
	t, _ := b.cat.Table(schema, r.table.Name)
	return t != nil && t.OID == r.table.OID && r.name == t.Name
}

func (s *scope) rel(name string) *rel {
	for _, r := range s.rels {
		if r.name == name && !r.nameHidden {
			return r
		}
	}
	return nil
}

// noRel is the error of a qualifier that is no FROM entry in sight
// (errorMissingRTE of parse_relation.c).
func (s *scope) noRel(name string, off int) error {
	for lv := s.lv; lv != nil; lv = lv.up {
		for _, r := range lv.rels {
			if r.name != name && (r.table == nil || r.table.Name != name) {
				continue
			}
			e := sqlerr.At(off, pgerrcode.UndefinedTable, "invalid reference to FROM-clause entry for table \"%s\"", name)
			if r.name != name && s.sees(r) {
				return e.WithHint("Perhaps you meant to reference the table alias \"%s\".", r.name)
			}
			return e.WithHint("There is an entry for table \"%s\", but it cannot be referenced from this part of the query.", r.name)
		}
	}
	return sqlerr.At(off, pgerrcode.UndefinedTable, "missing FROM-clause entry for table \"%s\"", name)
}

// sees reports whether r can be referred to from s by its name.
func (s *scope) sees(r *rel) bool {
	for at := s; at != nil; {
		if at.rel(r.name) == r {
			return true
		}
		fr, hide := at.frame, at.hide
		for fr != nil {
			hidden, beyond := fr.hidden(hide)
			if !hidden {
				break
			}
			fr, hide = fr.outer.frame, beyond
		}
		if fr == nil {
			return false
		}
		at = fr.outer
	}
	return false
}

// hintColumn adds "Perhaps you meant ..." by the rules of parse_relation.c,
// updateFuzzyAttrMatchState: a distance of at most 3 and at most half the
// characters typed; more than two equally near columns give no hint. A column of
// exactly the name that is out of sight is said to be so.
func hintColumn(s *scope, relName, name string, e *sqlerr.Error) error {
	near := nearest{best: 4}
	for lv := s.lv; lv != nil; lv = lv.up {
		for _, r := range lv.rels {
			if r.xs != nil && r.oid == 0 {
				continue // a join repeats what it joins
			}
			if near.look(r, relName, name) {
				return e.WithHint("There is a column named \"%s\" in table \"%s\", but it cannot be referenced from this part of the query.", name, r.name)
			}
		}
	}
	switch len(near.names) {
	case 1:
		e.WithHint("Perhaps you meant to reference the column %s.", near.names[0])
	case 2:
		e.WithHint("Perhaps you meant to reference the column %s or the column %s.", near.names[0], near.names[1])
	}
	return e
}

// nearest keeps the columns that are least different from a name.
type nearest struct {
	best  int
	names []string
}

// look compares the columns of r; true if one has exactly the name.
func (n *nearest) look(r *rel, relName, name string) bool {
	penalty := 0
	if relName != "" {
		penalty = min(levenshtein(relName, r.name), 4)
	}
	for _, c := range r.cols {
		if c.Name == name && penalty == 0 {
			return true
		}
		d := levenshtein(c.Name, name)
		if d > len(name)/2 {
			continue
		}
		d += penalty
		q := "\"" + r.name + "." + c.Name + "\""
		if d < n.best {
			n.best, n.names = d, []string{q}
		} else if d == n.best && d < 4 {
			n.names = append(n.names, q)
		}
	}
	return false
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
