package op

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// series is generate_series for each input row. Values are made in batches, so
// that an endless one can be cut by a LIMIT.
type series struct {
	q  *Query
	in Cursor
	n  *plan.Series

	b    *vec.Batch
	args []*vec.Vector
	row  int // current input row
	next vec.Datum
	nth  int64 // ordinality of next; 0: the row has not begun
	stop vec.Datum
	step vec.Datum
	up   bool
	over bool
}

func (s *series) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		if s.b == nil {
			b, err := s.in.Next(ctx)
			if b == nil || err != nil {
				return nil, err
			}
			s.b, s.row, s.nth = b, 0, 0
			if s.args, err = s.q.evalAll(s.n.Args, b); err != nil {
				return nil, err
			}
		}
		out, err := s.fill()
		if out != nil || err != nil {
			return out, err
		}
	}
}

// fill makes a batch of values of one or more input rows; nil: none.
func (s *series) fill() (*vec.Batch, error) {
	t := s.n.Args[0].Type()
	vals := vec.NewBuilder(t, 0)
	ord := vec.New(types.Of(types.Int8), 0)
	var rows []int32
	b := s.b
	for s.row < b.N && len(rows) < vec.MaxBatch {
		if s.nth == 0 {
			ok, err := s.begin(t)
			if err != nil {
				return nil, err
			}
			if !ok {
				s.row++
				continue
			}
		}
		for len(rows) < vec.MaxBatch {
			if s.past(t) {
				s.row, s.nth = s.row+1, 0
				break
			}
			rows = append(rows, int32(s.row))
			vals.Append(s.next)
			ord.I64 = append(ord.I64, s.nth)
			s.nth++
			if err := s.advance(t); err != nil {
				return nil, err
			}
		}
	}
	if s.row >= b.N {
		s.b = nil
	}
	if len(rows) == 0 {
		return nil, nil
	}
	out := gather(b, rows)
	out.Cols = append(out.Cols, vals.Finish())
	if s.n.Ordinality {
		ord.N = len(ord.I64)
		out.Cols = append(out.Cols, ord)
	}
	return out, nil
}

// begin reads the bounds of the current row; false when one is NULL.
func (s *series) begin(t types.Type) (bool, error) {
	for _, a := range s.args {
		if a.IsNull(s.row) {
			return false, nil
		}
	}
	s.next, s.stop = s.args[0].Get(s.row), s.args[1].Get(s.row)
	s.over = false
	switch t.Phys() {
	case types.PhysDec:
		s.step = vec.Datum{D: types.DecimalOf(1, 0)}
		for i, a := range s.args {
			if err := finite(a.Get(s.row).D, i); err != nil {
				return false, err
			}
		}
	default:
		s.step = vec.Datum{I: 1}
	}
	if len(s.args) > 2 {
		s.step = s.args[2].Get(s.row)
	}
	sign := 0
	switch {
	case t.Phys() == types.PhysDec:
		sign = s.step.D.Sign()
	case t.Kind == types.Timestamp || t.Kind == types.TimestampTZ:
		v := s.step.V
		sign = vec.Compare(types.Of(types.Interval), vec.Datum{V: v}, vec.Datum{})
	case s.step.I > 0:
		sign = 1
	case s.step.I < 0:
		sign = -1
	}
	if sign == 0 {
		return false, sqlerr.New(pgerrcode.InvalidParameterValue, "step size cannot equal zero")
	}
	s.up, s.nth = sign > 0, 1
	return true, nil
}

// finite refuses the special numerics as numeric.c, generate_series_step_numeric.
func finite(d types.Decimal, arg int) error {
	if d.Form == types.Finite {
		return nil
	}
	what := [...]string{"start", "stop", "step size"}[arg]
	word := "infinity"
	if d.Form == types.NaN {
		word = "NaN"
	}
	if arg == 2 {
		return sqlerr.New(pgerrcode.InvalidParameterValue, "%s cannot be %s", what, word)
	}
	return sqlerr.New(pgerrcode.InvalidParameterValue, "%s value cannot be %s", what, word)
}

func (s *series) past(t types.Type) bool {
	if s.over {
		return true
	}
	c := vec.Compare(t, s.next, s.stop)
	return s.up && c > 0 || !s.up && c < 0
}

// advance adds the step; running over the type's range ends the series.
func (s *series) advance(t types.Type) error {
	switch {
	case t.Phys() == types.PhysDec:
		d, err := s.next.D.Add(s.step.D)
		s.next = vec.Datum{D: d}
		return err
	case t.Kind == types.Timestamp || t.Kind == types.TimestampTZ:
		d, err := s.addInterval(t)
		s.next = d
		return err
	}
	x := s.next.I + s.step.I
	if (x > s.next.I) != (s.step.I > 0) || t.Kind == types.Int4 && x != int64(int32(x)) {
		s.over = true
	}
	s.next = vec.Datum{I: x}
	return nil
}

// addInterval is timestamp + interval by the library's operator.
func (s *series) addInterval(t types.Type) (vec.Datum, error) {
	f, args, ret, err := fn.ResolveOp("+", t.Base(), types.Of(types.Interval), -1)
	if err != nil {
		return vec.Datum{}, err
	}
	l, r := &plan.Const{V: s.next}, &plan.Const{V: s.step}
	l.T, r.T = args[0], args[1]
	c := &plan.Call{F: f, Args: []plan.Expr{l, r}, Off: -1}
	c.T = ret
	return kernel.EvalDatum(s.q.Fn, c)
}

func (s *series) Close() { s.in.Close() }
