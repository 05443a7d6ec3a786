package engine

import (
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// checker holds rows to a table's NOT NULL and CHECK constraints.
type checker struct {
	def    *types.Table
	fn     *fn.Ctx
	ev     *kernel.Evaluator
	notNil []int // columns to look at
	checks []plan.BoundCheck
}

// newChecker returns a checker; cols limits it to the constraints that changes
// of those columns can break, nil: all.
func newChecker(c *fn.Ctx, def *types.Table, checks []plan.BoundCheck, cols []int) *checker {
	k := &checker{def: def, fn: c, ev: kernel.NewEvaluator(c)}
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
		hit := cols == nil
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
			if v.I64[row] == 0 && !v.IsNull(row) {
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
	return bad.WithDetail("%s", failingRow(b, len(k.def.Columns), row, k.fn.Style))
}

func (k *checker) nullError(col int) *sqlerr.Error {
	name := k.def.Columns[col].Name
	e := sqlerr.New(pgerrcode.NotNullViolation, `null value in column "%s" of relation "%s" violates not-null constraint`, name, k.def.Name)
	e.Table, e.Column = k.def.Name, name
	return e
}

func (k *checker) checkError(c *plan.BoundCheck) *sqlerr.Error {
	e := sqlerr.New(pgerrcode.CheckViolation, `new row for relation "%s" violates check constraint "%s"`, k.def.Name, c.Name)
	e.Table, e.Constraint = k.def.Name, c.Name
	return e
}

// failingRow words a row as ExecBuildSlotValueDescription does: values longer
// than 64 bytes are cut.
func failingRow(b *vec.Batch, cols, row int, st *types.Style) string {
	out := []byte("Failing row contains (")
	for i := 0; i < cols; i++ {
		if i > 0 {
			out = append(out, ", "...)
		}
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
	return string(append(out, ")."...))
}
