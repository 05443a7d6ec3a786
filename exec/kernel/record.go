package kernel

import (
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// record is ROW(...): row i is the record of the i-th values of all arguments.
func (ev *Evaluator) record(x *plan.Row, b *vec.Batch) (*vec.Vector, error) {
	cols := make([]*vec.Vector, len(x.Elems))
	for i, e := range x.Elems {
		v, err := ev.Eval(e, b)
		if err != nil {
			return nil, err
		}
		if v.Type != e.Type() { // records tell their types
			c := *v
			c.Type = e.Type()
			v = &c
		}
		cols[i] = v
	}
	return vec.RecordsOf(x.T, cols, x.Names, b.N), nil
}

// recordsNull is IS [NOT] NULL of records: whether all fields are NULL, or none
// is. Fields that are records are not looked into.
func recordsNull(v *vec.Vector, negate bool) *vec.Vector {
	out := newBool(v.N)
	for i := range out.I64 {
		d := v.Get(i)
		yes := true
		if d.Null {
			yes = !negate
		} else {
			for _, f := range d.R.Fields {
				yes = yes && f.Null != negate
			}
		}
		if yes {
			out.I64[i] = 1
		}
	}
	return out
}

func isRecord(t types.Type) bool { return t.Kind == types.Record && !t.Array }
