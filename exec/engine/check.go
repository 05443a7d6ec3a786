package engine

import (
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/exec/roles"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// checker holds rows to a table's NOT NULL and CHECK constraints.
type checker struct {
	s      *Session
	def    *types.Table
	fn     *fn.Ctx
	ev     *kernel.Evaluator
	notNil []int // columns to look at
	checks []plan.BoundCheck
}

// newChecker returns a checker; cols limits it to the constraints that changes
// of those columns can break, nil: all.
func newChecker(r *run, def *types.Table, checks []plan.BoundCheck, cols []int) *checker {
	k := &checker{s: r.s, def: def, fn: r.q.Fn, ev: kernel.NewEvaluator(r.q.Fn)}
	changed := map[int]bool{}
	for _, i := range cols {
		changed[i] = true
	}
	for i := range def.Columns {
		if def.Columns[i].NotNull && (cols == nil || changed[i]) {
			k.notNil = append(k.notNil, i)
		}
	}
	for _, ch := range checks {
		used := map[int]bool{}
		usedCols(ch.X, used)
		hit := cols == nil || ch.View
		for i := range used {
			hit = hit || changed[i]
		}
		if hit {
			k.checks = append(k.checks, ch)
		}
	}
	return k
}

// check returns the first row of b (with the table's columns) that breaks a
// constraint and its error without DETAIL, or -1.
func (k *checker) check(b *vec.Batch) (int, *sqlerr.Error, error) {
	bad, err := b.N, (*sqlerr.Error)(nil)
	for _, i := range k.notNil {
		v := b.Cols[i]
		if !v.HasNulls() {
			continue
		}
		for row := 0; row < bad; row++ {
			if v.IsNull(row) {
				bad, err = row, k.nullError(i)
			}
		}
	}
	for i := range k.checks {
		v, everr := k.ev.Eval(k.checks[i].X, b)
		if everr != nil {
			return -1, nil, everr
		}
		v = v.Flat()
		for row := 0; row < bad; row++ {
			if null := v.IsNull(row); k.checks[i].View && null || v.I64[row] == 0 && !null {
				bad, err = row, k.checkError(&k.checks[i])
			}
		}
	}
	if err == nil {
		bad = -1
	}
	return bad, err, nil
}

// rows checks b and completes the error with the failing row.
func (k *checker) rows(b *vec.Batch) error {
	row, bad, err := k.check(b)
	if err != nil || bad == nil {
		return err
	}
	return k.s.failingRow(bad, k.def, b, row, k.fn.Style)
}

func (k *checker) nullError(col int) *sqlerr.Error {
	name := k.def.Columns[col].Name
	e := sqlerr.New(pgerrcode.NotNullViolation, `null value in column "%s" of relation "%s" violates not-null constraint`, name, k.def.Name)
	e.Object, e.Table, e.Column = k.def.OID, k.def.Name, name
	return e
}

func (k *checker) checkError(c *plan.BoundCheck) *sqlerr.Error {
	if c.View {
		return sqlerr.New(pgerrcode.WithCheckOptionViolation, `new row violates check option for view "%s"`, c.Name)
	}
	e := sqlerr.New(pgerrcode.CheckViolation, `new row for relation "%s" violates check constraint "%s"`, k.def.Name, c.Name)
	e.Object, e.Table, e.Constraint = k.def.OID, k.def.Name, c.Name
	return e
}

// failingRow gives an error the row that it is about, worded as by
// ExecBuildSlotValueDescription: values longer than 64 bytes are cut, and of
// columns that the user may not read only those that the statement has given are
// shown.
func (s *Session) failingRow(e *sqlerr.Error, def *types.Table, b *vec.Batch, row int, st *types.Style) *sqlerr.Error {
	cols, all := s.readable(def)
	if len(cols) == 0 {
		return e
	}
	var names []string
	out := []byte("(")
	for n, i := range cols {
		if n > 0 {
			out = append(out, ", "...)
		}
		names = append(names, def.Columns[i].Name)
		v := b.Cols[i]
		if v.IsNull(row) {
			out = append(out, "null"...)
			continue
		}
		start := len(out)
		out = v.AppendText(out, row, st)
		if len(out)-start > 64 {
			end := start + 64
			for end > start && !utf8.RuneStart(out[end]) {
				end--
			}
			out = append(out[:end], "..."...)
		}
	}
	if all {
		return e.WithDetail("Failing row contains %s).", out)
	}
	return e.WithDetail("Failing row contains (%s) = %s).", strings.Join(names, ", "), out)
}

// readable are the columns of a table that errors of the statement in hand may
// show; all tells that the user may read the table as a whole.
func (s *Session) readable(def *types.Table) (cols []int, all bool) {
	c, release := s.catalog()
	defer release()
	rel := &relation{kind: 'r', oid: def.OID, ns: def.NS, name: def.Name, def: def}
	all = c.relMask(rel, c.user, roles.Select) != 0
	given := map[int16]bool{}
	for _, p := range s.perms {
		if p.OID == def.OID {
			maps.Copy(given, p.Insert)
			maps.Copy(given, p.Update)
		}
	}
	for i := range def.Columns {
		if all || given[int16(i+1)] || c.colMask(rel, i+1, c.user, roles.Select) != 0 {
			cols = append(cols, i)
		}
	}
	return cols, all
}

// hideKey takes the DETAIL from an error about a key whose columns the user may
// not read (BuildIndexValueDescription).
func (s *Session) hideKey(err error) error {
	e := sqlerr.From(err)
	if e.Code != pgerrcode.UniqueViolation || e.Detail == "" || e.Constraint == "" {
		return err
	}
	c, release := s.catalog()
	defer release()
	if c.isSuper() {
		return err
	}
	for _, def := range c.tables() {
		if def.Name != e.Table {
			continue
		}
		rel := &relation{kind: 'r', oid: def.OID, ns: def.NS, name: def.Name, def: def}
		for u := -1; u < len(def.Uniques); u++ {
			name := def.KeyName
			if u >= 0 {
				name = def.Uniques[u].Name
			}
			if name == e.Constraint && !c.mayRead(rel, constraintCols(def, u)) {
				hidden := *e
				hidden.Detail = ""
				return &hidden
			}
		}
	}
	return err
}
