package kernel

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// domain evaluates an expression of a domain's type: 23502 and 23514 for values
// that the domain does not allow.
func (ev *Evaluator) domain(x *plan.Domain, b *vec.Batch) (*vec.Vector, error) {
	v, err := ev.Eval(x.X, b)
	if err != nil {
		return nil, err
	}
	if len(x.Inner) > 0 {
		return v, ev.fields(x, v)
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

// fields holds the fields of domains in composite values to their rules.
func (ev *Evaluator) fields(x *plan.Domain, v *vec.Vector) error {
	found := make([]*vec.Builder, len(x.Inner))
	for i, d := range x.Inner {
		found[i] = vec.NewBuilder(d.T.WithoutDomain(), 0)
	}
	for i := range v.N {
		collect(v.Type, v.Get(i), x.Inner, found)
		if v.Const {
			break
		}
	}
	for i, d := range x.Inner {
		col := found[i].Finish()
		if _, err := ev.domain(d, &vec.Batch{N: col.N, Cols: []*vec.Vector{col}}); err != nil {
			return sqlerr.From(err).AtIfNone(x.Off)
		}
	}
	return nil
}

// collect finds the values of domains in a value of type t.
func collect(t types.Type, d vec.Datum, domains []*plan.Domain, found []*vec.Builder) {
	if x := t.Domain(); x != nil {
		for i := range domains {
			if domains[i].T.Domain() == x {
				found[i].Append(d)
			}
		}
		return
	}
	switch {
	case d.Null || t.Kind != types.Record:
	case t.Array:
		for i := 0; d.A != nil && i < d.A.N; i++ {
			collect(t.Elem(), d.A.Get(i), domains, found)
		}
	default:
		for i, f := range d.R.Fields {
			collect(d.R.Types[i], f, domains, found)
		}
	}
}
