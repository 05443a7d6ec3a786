package kernel

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// domain evaluates an expression of a domain's type: 23502 and 23514 for values
// that the domain does not allow.
func (ev *Evaluator) domain(x *plan.Domain, b *vec.Batch) (*vec.Vector, error) {
	v, err := ev.Eval(x.X, b)
	if err != nil {
		return nil, err
	}
	if x.NotNull && v.HasNulls() {
		for i := range v.N {
			if v.IsNull(i) {
				e := sqlerr.New(pgerrcode.NotNullViolation, "domain %s does not allow null values", x.Name)
				return nil, ofDomain(e, x)
			}
		}
	}
	one := &vec.Batch{N: b.N, Cols: []*vec.Vector{v}}
	for i := range x.Checks {
		ok, err := ev.Eval(x.Checks[i].X, one)
		if err != nil {
			return nil, err
		}
		ok = ok.Flat()
		for row := range ok.N {
			if ok.I64[row] == 0 && !ok.IsNull(row) {
				e := sqlerr.New(pgerrcode.CheckViolation, `value for domain %s violates check constraint "%s"`, x.Name, x.Checks[i].Name)
				e.Constraint = x.Checks[i].Name
				return nil, ofDomain(e, x)
			}
		}
	}
	out := *v
	out.Type = x.T
	return &out, nil
}

// ofDomain names the domain in the fields of an error.
func ofDomain(e *sqlerr.Error, x *plan.Domain) *sqlerr.Error {
	e.Object, e.DataType = x.T.Domain().OID, x.Name
	return e
}
