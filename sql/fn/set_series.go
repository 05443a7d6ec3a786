package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// emitFunc takes one row of a set-returning function.
type emitFunc = func(row []vec.Datum) error

// scalarSet registers a set-returning function of one column.
func scalarSet(name string, args ts, ret types.Type, rows func(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func(vec.Datum) error) error) *SetFunc {
	f := &SetFunc{Name: name, Args: args, Strict: true, Cols: []SetCol{{name, ret}}, Scalar: true}
	f.Rows = func(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func([]vec.Datum) error) error {
		return rows(c, args, argTypes, oneColumn(c, emit))
	}
	defSet(f)
	return f
}

// oneColumn hands single values on as rows and looks for cancellation now and
// then.
func oneColumn(c *Ctx, emit emitFunc) func(vec.Datum) error {
	row, n := make([]vec.Datum, 1), 0
	return func(d vec.Datum) error {
		if n++; n&1023 == 0 {
			if err := c.canceled(); err != nil {
				return err
			}
		}
		row[0] = d
		return emit(row)
	}
}

// canceled is the error of a query that was canceled, nil otherwise.
func (c *Ctx) canceled() error {
	if c == nil || c.Context == nil {
		return nil
	}
	return c.Context.Err()
}

func init() {
	for _, t := range []types.Type{tI4, tI8} {
		for n := 2; n <= 3; n++ {
			scalarSet("generate_series", ts{t, t, t}[:n], t, intSeries(t))
		}
	}
	for n := 2; n <= 3; n++ {
		scalarSet("generate_series", ts{tNum, tNum, tNum}[:n], tNum, decSeries)
	}
	scalarSet("generate_series", ts{tTS, tTS, tIvl}, tTS, timeSeries)
	scalarSet("generate_series", ts{tTZ, tTZ, tIvl}, tTZ, timeSeries).Volatility = Stable
	for n := 2; n <= 3; n++ {
		scalarSet("generate_subscripts", ts{tArr, tI4, tBool}[:n], tI4, subscripts)
	}
	scalarSet("unnest", ts{tArr}, tElem, unnest)
}

func errZeroStep() error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "step size cannot equal zero")
}

func intSeries(t types.Type) func(*Ctx, []vec.Datum, []types.Type, func(vec.Datum) error) error {
	lim := intLimit(t)
	return func(_ *Ctx, args []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
		step := int64(1)
		if len(args) > 2 {
			step = args[2].I
		}
		if step == 0 {
			return errZeroStep()
		}
		for at, to := args[0].I, args[1].I; step > 0 && at <= to || step < 0 && at >= to; at += step {
			if err := emit(dI(at)); err != nil {
				return err
			}
			if step > 0 && at > lim-step || step < 0 && at < -lim-1-step {
				return nil // the next one does not fit the type
			}
		}
		return nil
	}
}

func decSeries(_ *Ctx, args []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
	step := types.DecimalOf(1, 0)
	if len(args) > 2 {
		step = args[2].D
	}
	for i, what := range []string{"start", "stop"} {
		switch args[i].D.Form {
		case types.NaN:
			return sqlerr.New(pgerrcode.InvalidParameterValue, "%s value cannot be NaN", what)
		case types.Infinity, types.NegInfinity:
			return sqlerr.New(pgerrcode.InvalidParameterValue, "%s value cannot be infinity", what)
		}
	}
	switch {
	case step.Form == types.NaN:
		return sqlerr.New(pgerrcode.InvalidParameterValue, "step size cannot be NaN")
	case step.Form != types.Finite:
		return sqlerr.New(pgerrcode.InvalidParameterValue, "step size cannot be infinity")
	case step.Sign() == 0:
		return errZeroStep()
	}
	for at, to := args[0].D, args[1].D; at.Cmp(to)*step.Sign() <= 0; {
		if err := emit(dD(at)); err != nil {
			return err
		}
		var err error
		if at, err = at.Add(step); err != nil {
			return err
		}
	}
	return nil
}

// timeSeries is generate_series over timestamps with or without time zone.
func timeSeries(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func(vec.Datum) error) error {
	step := args[2].V
	sign := vec.Compare(tIvl, args[2], vec.Datum{})
	if sign == 0 {
		return errZeroStep()
	}
	for at, to := args[0].I, args[1].I; sign > 0 && at <= to || sign < 0 && at >= to; {
		if err := emit(dI(at)); err != nil {
			return err
		}
		var err error
		if argTypes[0].Kind == types.TimestampTZ {
			at, err = addIntervalTZ(at, step, c.zone())
		} else {
			at, err = addInterval(at, step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// subscripts is generate_subscripts; arrays have one dimension that starts at 1.
func subscripts(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func(vec.Datum) error) error {
	if args[0].A == nil {
		return nil
	}
	length, lower := datums(c, args, argTypes).dims(0)
	d := args[1].I
	if d < 1 || d > int64(len(length)) {
		return nil
	}
	n, low := int64(length[d-1]), int64(lower[d-1])
	for i := range n {
		at := low + i
		if len(args) > 2 && args[2].I != 0 {
			at = low + n - 1 - i
		}
		if err := emit(dI(at)); err != nil {
			return err
		}
	}
	return nil
}

func unnest(_ *Ctx, args []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
	if args[0].A == nil {
		return nil
	}
	for i := range args[0].A.N {
		if err := emit(args[0].A.Get(i)); err != nil {
			return err
		}
	}
	return nil
}
