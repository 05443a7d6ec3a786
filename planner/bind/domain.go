package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// toDomain converts e to a domain: to the base type, then held to the rules of
// the domain and of those that it is made from.
func (b *binder) toDomain(e plan.Expr, to types.Type, how fn.CastKind, off int) (plan.Expr, bool, error) {
	if e.Type().Domain() == to.Domain() {
		if _, done := e.(*plan.Domain); done {
			return e, true, nil
		}
	}
	b.out.Objects = b.cat.Objects()
	out := &plan.Domain{}
	out.T = to
	var checks []plan.BoundCheck
	base := to
	for base.Domain() != nil {
		def := b.cat.Domain(base.Domain().OID)
		if def == nil {
			return nil, false, sqlerr.New(pgerrcode.UndefinedObject, "type \"%s\" does not exist", base.Domain().Name())
		}
		if out.Name == "" {
			out.Name = def.Name
		}
		out.NotNull = out.NotNull || def.NotNull
		var own []plan.BoundCheck
		for _, c := range def.Checks {
			bound, err := b.domainCheck(c, def.Base.WithoutDomain())
			if err != nil {
				return nil, false, err
			}
			own = append(own, bound)
		}
		checks, base = append(own, checks...), def.Base // those of the base come first
	}
	out.Checks = checks
	if p, is := e.(*plan.Param); is && unknown(e.Type()) {
		e = b.setParam(p, to.Base()) // the client is told of the domain
	}
	x, ok, err := b.coerce(e, base, how, off)
	if !ok || err != nil {
		return x, ok, err
	}
	out.X = x
	return out, true, nil
}

// domainCheck binds a CHECK of a domain over its VALUE.
func (b *binder) domainCheck(c types.Check, base types.Type) (plan.BoundCheck, error) {
	e, err := parse.Expr(c.Expr)
	if err != nil {
		return plan.BoundCheck{}, withoutPos(err)
	}
	t := &types.Table{Name: "value", Key: -1, Columns: []types.Column{{Name: "value", Type: base}}}
	b.own++
	x, err := b.expr(tableScope(t, "", "check constraints"), e)
	b.own--
	if err == nil {
		x, err = b.cond(x, "CHECK", -1)
	}
	return plan.BoundCheck{Name: c.Name, X: x}, withoutPos(err)
}
