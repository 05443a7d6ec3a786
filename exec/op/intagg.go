package op

import (
	"math/big"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// intCall is an aggregate that is computed from counts and integer sums: what it
// needs of which rows.
type intCall struct {
	kind intKind
	col  int         // table column of a FormInt argument, -1: rows are counted
	rows *table.Rows // rows that count, nil: all of the scan's
	ret  types.Type
	arg  types.Type
	// intPercentile: the key, a function of the column that keeps its order, and
	// the fraction; cont interpolates.
	key  plan.Expr
	frac float64
	cont bool
}

type intKind uint8

const (
	intCount intKind = iota
	intSum
	intAvg
	intMin
	intMax
	intPercentile
)

// intCalls prepares the aggregates of an Agg right over a scan; ok is false when
// one of them needs the values themselves.
func (q *Query) intCalls(s *source, aggs []plan.AggCall) ([]intCall, bool, error) {
	out := make([]intCall, len(aggs))
	for i := range aggs {
		c, ok, err := q.intCall(s, &aggs[i])
		if err != nil || !ok {
			return nil, false, err
		}
		out[i] = c
	}
	return out, true, nil
}

func (q *Query) intCall(s *source, a *plan.AggCall) (c intCall, ok bool, err error) {
	if a.Distinct || !a.F.Ordered && len(a.OrderBy) > 0 {
		return c, false, nil
	}
	c = intCall{col: -1, ret: a.Ret}
	var sets []*table.Rows
	if a.Filter != nil {
		x, ok := remap(a.Filter, s.n.Cols)
		if !ok || volatile(x) {
			return c, false, nil
		}
		r, err := q.condition(s.t, x, true)
		if err != nil {
			return c, false, err
		}
		sets = append(sets, r)
	}
	switch {
	case a.F.Ordered:
		if !c.percentile(q, s, a) {
			return c, false, nil
		}
	case a.F.Name == "count" && len(a.Args) == 0:
	case len(a.Args) != 1:
		return c, false, nil
	default:
		if ok := c.argument(s, a); !ok {
			return c, false, nil
		}
		if c.kind == intCount {
			if k, is := a.Args[0].(*plan.Const); is {
				if k.V.Null {
					sets = append(sets, noRows)
				}
			} else {
				sets = append(sets, not(isNull(s.n.Cols[a.Args[0].(*plan.Col).Idx])))
			}
		}
	}
	if len(sets) > 0 {
		c.rows = and(sets...)
	}
	return c, true, nil
}

// argument recognises the one argument: any column or constant for count, a
// FormInt column for the others.
func (c *intCall) argument(s *source, a *plan.AggCall) bool {
	kinds := map[string]intKind{"count": intCount, "sum": intSum, "avg": intAvg, "min": intMin, "max": intMax}
	kind, ok := kinds[a.F.Name]
	if !ok {
		return false
	}
	c.kind, c.arg = kind, a.Args[0].Type()
	if kind == intCount {
		if _, is := a.Args[0].(*plan.Const); is {
			return true
		}
	}
	// sum and avg of an int4 column may come with a cast that keeps the value.
	x, is := a.Args[0].(*plan.Col)
	if !is || x.Idx >= len(s.n.Cols) || s.n.Cols[x.Idx] < 0 {
		return false
	}
	if kind == intCount {
		return true
	}
	c.col = s.n.Cols[x.Idx]
	c.arg = s.t.Def().Columns[c.col].Type
	if s.t.Form(c.col) != table.FormInt {
		return false
	}
	switch c.arg.Kind {
	case types.Int2, types.Int4, types.Int8, types.Numeric:
		return true
	}
	return (kind == intMin || kind == intMax) && c.ret.Same(c.arg)
}

// percentile recognises percentile_cont and percentile_disc of a FormInt column
// with one constant fraction. What is not one, also a fraction that is an error,
// is left to the rows.
func (c *intCall) percentile(q *Query, s *source, a *plan.AggCall) bool {
	c.cont = a.F.Name == "percentile_cont"
	if !c.cont && a.F.Name != "percentile_disc" || len(a.Args) != 1 || len(a.OrderBy) != 1 || a.OrderBy[0].Desc {
		return false
	}
	if t := a.Args[0].Type(); t.Array || t.Kind != types.Float8 || !constant(a.Args[0]) {
		return false
	}
	k, err := kernel.EvalDatum(q.Fn, a.Args[0])
	if err != nil || k.Null || !(k.F >= 0 && k.F <= 1) {
		return false
	}
	key := a.OrderBy[0].X
	x := key
	if call, ok := x.(*plan.Call); ok && call.F.Cast && len(call.Args) == 1 && number(call.T) && number(call.Args[0].Type()) {
		x = call.Args[0]
	}
	col, ok := x.(*plan.Col)
	if !ok || col.Idx >= len(s.n.Cols) || s.n.Cols[col.Idx] < 0 || c.cont && a.Ret.Kind != types.Float8 {
		return false
	}
	c.kind, c.key, c.frac, c.col = intPercentile, key, k.F, s.n.Cols[col.Idx]
	c.arg = s.t.Def().Columns[c.col].Type
	return s.t.Form(c.col) == table.FormInt
}

// add joins two partial results.
func addSums(a *table.IntSum, b table.IntSum) {
	if b.Count == 0 {
		return
	}
	if a.Count == 0 {
		*a = b
		return
	}
	a.Count += b.Count
	lo := a.Lo + b.Lo
	carry := int64(0)
	if lo < a.Lo {
		carry = 1
	}
	a.Hi, a.Lo = a.Hi+b.Hi+carry, lo
	a.Min, a.Max = min(a.Min, b.Min), max(a.Max, b.Max)
}

// value is the result of the aggregate, with Postgres's types and scales.
func (c *intCall) value(s table.IntSum) (vec.Datum, error) {
	if c.kind == intCount {
		return vec.Datum{I: s.Count}, nil
	}
	if s.Count == 0 {
		return vec.Datum{Null: true}, nil
	}
	scale := int32(0)
	if _, sc, ok := c.arg.Precision(); ok {
		scale = int32(sc)
	}
	switch c.kind {
	case intMin, intMax:
		x := s.Min
		if c.kind == intMax {
			x = s.Max
		}
		if c.arg.Kind == types.Numeric {
			return vec.Datum{D: types.DecimalOf(x, scale)}, nil
		}
		return vec.Datum{I: x}, nil
	}
	sum := new(big.Int).Lsh(big.NewInt(s.Hi), 64)
	sum.Add(sum, new(big.Int).SetUint64(s.Lo))
	if c.kind == intSum && c.ret.Kind == types.Int8 {
		if !sum.IsInt64() {
			return vec.Datum{}, sqlerr.New(pgerrcode.NumericValueOutOfRange, "bigint out of range")
		}
		return vec.Datum{I: sum.Int64()}, nil
	}
	d := types.BigDecimal(sum, scale)
	if c.kind == intAvg {
		var err error
		if d, err = d.Div(types.DecimalOf(s.Count, 0)); err != nil {
			return vec.Datum{}, err
		}
	}
	return vec.Datum{D: d}, nil
}
