package kernel

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Evaluator evaluates expressions for one goroutine and remembers what it
// computed per dictionary and per constant list, so a stream of batches over the
// same dictionaries costs one evaluation per entry in all.
type Evaluator struct {
	c    *fn.Ctx
	dict map[dictKey]*vec.Vector // nil value: evaluation failed, use the rows
	sets map[plan.Expr]*constSet
}

const (
	// rememberFactor bounds the work on a dictionary for the first batch that
	// uses it, rememberMax the results that are kept at a time.
	rememberFactor = 8
	rememberMax    = 256
)

type dictKey struct {
	e plan.Expr
	d *vec.Vector
}

// NewEvaluator returns an empty evaluator.
func NewEvaluator(c *fn.Ctx) *Evaluator {
	return &Evaluator{c: c, dict: map[dictKey]*vec.Vector{}, sets: map[plan.Expr]*constSet{}}
}

// Reset forgets what was remembered.
func (ev *Evaluator) Reset() {
	clear(ev.dict)
	clear(ev.sets)
}

// Eval computes e for every row of b. The result has b.N values, in any
// encoding, and may alias a column of b. It is not changed afterwards.
func Eval(c *fn.Ctx, e plan.Expr, b *vec.Batch) (*vec.Vector, error) {
	ev := Evaluator{c: c}
	return ev.Eval(e, b)
}

// EvalDatum computes an expression without columns.
func EvalDatum(c *fn.Ctx, e plan.Expr) (vec.Datum, error) {
	if k, ok := e.(*plan.Const); ok {
		return k.V, nil
	}
	v, err := Eval(c, e, &vec.Batch{N: 1})
	if err != nil {
		return vec.Datum{}, err
	}
	return v.Get(0), nil
}

// Select appends to dst the rows of b for which cond is true, ascending.
func Select(c *fn.Ctx, cond plan.Expr, b *vec.Batch, dst []int32) ([]int32, error) {
	ev := Evaluator{c: c}
	return ev.Select(cond, b, dst)
}

// Select appends to dst the rows of b for which cond is true, ascending.
func (ev *Evaluator) Select(cond plan.Expr, b *vec.Batch, dst []int32) ([]int32, error) {
	v, err := ev.Eval(cond, b)
	if err != nil {
		return dst, err
	}
	return appendTrue(v, dst), nil
}

// Eval is the package's Eval with memory.
func (ev *Evaluator) Eval(e plan.Expr, b *vec.Batch) (*vec.Vector, error) {
	switch x := e.(type) {
	case *plan.Col:
		return b.Cols[x.Idx], nil
	case *plan.Const:
		return vec.NewConst(x.T, x.V, b.N), nil
	case *plan.Param:
		return nil, sqlerr.New(pgerrcode.UndefinedParameter, "there is no parameter $%d", x.N)
	}
	if b.N == 0 {
		return vec.New(e.Type(), 0), nil
	}
	if v := ev.overDict(e, b); v != nil {
		return v, nil
	}
	return ev.rows(e, b)
}

// rows evaluates an inner node without looking for a dictionary.
func (ev *Evaluator) rows(e plan.Expr, b *vec.Batch) (*vec.Vector, error) {
	switch x := e.(type) {
	case *plan.Call:
		return ev.call(x, b)
	case *plan.And:
		return ev.junction(x.Args, b, 0)
	case *plan.Or:
		return ev.junction(x.Args, b, 1)
	case *plan.Not:
		v, err := ev.Eval(x.X, b)
		if err != nil {
			return nil, err
		}
		return not(v), nil
	case *plan.IsTest:
		v, err := ev.Eval(x.X, b)
		if err != nil {
			return nil, err
		}
		return isTest(v, x.What, x.Negate), nil
	case *plan.In:
		return ev.in(x, b)
	case *plan.AnyAll:
		return ev.anyAll(x, b)
	case *plan.Case:
		return ev.caseWhen(x, b)
	case *plan.Coalesce:
		return ev.coalesce(x, b)
	case *plan.Array:
		return ev.array(x, b)
	case *plan.Row:
		return ev.record(x, b)
	case *plan.FieldOf:
		v, err := ev.Eval(x.X, b)
		if err != nil {
			return nil, err
		}
		return vec.FieldAt(v, x.Idx, x.T), nil
	case *plan.Domain:
		return ev.domain(x, b)
	case *plan.SubPlan:
		return ev.subPlan(x, b)
	}
	return nil, sqlerr.New(pgerrcode.InternalError, "expression %T cannot be evaluated", e)
}

// overDict evaluates e once per dictionary entry when the only column it uses is
// a dictionary vector; nil when that cannot be done or does not pay.
func (ev *Evaluator) overDict(e plan.Expr, b *vec.Batch) *vec.Vector {
	col := soleColumn(e, -1)
	if col < 0 || col >= len(b.Cols) {
		return nil
	}
	v := b.Cols[col]
	if v == nil || v.Dict == nil {
		return nil
	}
	key := dictKey{e, v.Dict}
	if ev.dict != nil {
		if r, ok := ev.dict[key]; ok {
			return rewrap(r, v.Codes, b.N)
		}
		if v.Dict.N > rememberFactor*b.N {
			return nil
		}
		if len(ev.dict) >= rememberMax {
			clear(ev.dict)
		}
	} else if v.Dict.N > b.N {
		return nil
	}
	cols := make([]*vec.Vector, len(b.Cols))
	cols[col] = v.Dict
	r, err := ev.rows(e, &vec.Batch{N: v.Dict.N, Cols: cols})
	if err != nil {
		r = nil
	} else if r.Dict != nil {
		r = r.Flat()
	}
	if ev.dict != nil {
		ev.dict[key] = r
	}
	return rewrap(r, v.Codes, b.N)
}

func rewrap(r *vec.Vector, codes []uint32, n int) *vec.Vector {
	if r == nil {
		return nil
	}
	if r.Const {
		c := *r
		c.N = n
		return &c
	}
	return vec.NewDict(r, codes)
}

// soleColumn returns the only column that e uses: -1 none yet, -2 several or a
// volatile call. seen is the column found so far.
func soleColumn(e plan.Expr, seen int) int {
	switch x := e.(type) {
	case *plan.Col:
		if seen == -1 || seen == x.Idx {
			return x.Idx
		}
		return -2
	case *plan.Const:
		return seen
	case *plan.Call:
		if x.F.Volatility == fn.Volatile {
			return -2
		}
	case *plan.Param, *plan.Arg, *plan.SubPlan:
		return -2
	}
	plan.EachOperand(e, func(k plan.Expr) bool {
		seen = soleColumn(k, seen)
		return seen != -2
	})
	return seen
}

// used marks the columns of e.
func used(e plan.Expr, mark []bool) {
	plan.Walk(e, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok {
			mark[c.Idx] = true
		}
		return true
	})
}

// narrow returns the rows idx of the columns of b that e uses.
func narrow(e plan.Expr, b *vec.Batch, idx []int32) *vec.Batch {
	if len(idx) == b.N {
		return b
	}
	mark := make([]bool, len(b.Cols))
	used(e, mark)
	out := &vec.Batch{N: len(idx), Cols: make([]*vec.Vector, len(b.Cols))}
	for i, c := range b.Cols {
		if mark[i] && c != nil {
			out.Cols[i] = c.Gather(idx)
		}
	}
	return out
}

func bitOf(b []uint64, i int) bool { return b != nil && b[i>>6]>>(uint(i)&63)&1 != 0 }

func newBool(n int) *vec.Vector { return vec.New(types.Of(types.Bool), n) }
