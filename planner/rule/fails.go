package rule

import (
	"errors"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// PostgreSQL computes constant expressions when it plans, and an error in one ends a
// statement that would never have reached it, say inside CASE. Statements with
// parameters are planned with the values of these for their first five executions.
// What has been dropped from the plan is not looked at by PostgreSQL either.

// failure is the error of the first constant expression that is left in a plan and
// cannot be computed.
func (r *rewriter) failure(s *plan.Stmt) error {
	var err error
	eachTop(s, func(e plan.Expr) {
		if err == nil {
			err = r.fails(e)
		}
	})
	return err
}

// fails is failure for an expression, not for the plans in it.
func (r *rewriter) fails(e plan.Expr) error {
	var err error
	plan.Walk(e, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Call); ok && err == nil {
			_, err = r.computed(c)
		}
		return err == nil
	})
	return err
}

// ofParams are the expressions that may fail for the values of parameters, or that
// fail unless these values keep them from being computed. Those with subqueries are
// left out: they fail when they are run.
func (r *rewriter) ofParams(s *plan.Stmt) []plan.Expr {
	var out []plan.Expr
	eachTop(s, func(e plan.Expr) {
		found, sub := false, false
		plan.Walk(e, func(e plan.Expr) bool {
			switch e := e.(type) {
			case *plan.SubPlan:
				sub = true
			case *plan.Call:
				found = found || e.F.Volatility == fn.Immutable && len(e.Args) > 0 && !hardlyFails[e.F.Name] && givenArgs(e)
			}
			return !sub
		})
		if found && !sub {
			out = append(out, e)
		}
	})
	return out
}

// hardlyFails are operators whose errors are so rare that computing them twice would
// not pay: they come when the statement runs.
var hardlyFails = map[string]bool{"+": true, "-": true, "*": true, "=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "||": true}

// givenArgs reports whether a call has constants and parameters for arguments.
func givenArgs(c *plan.Call) bool {
	for _, a := range c.Args {
		switch a := a.(type) {
		case *plan.Const, *plan.Param:
		case *plan.Call:
			if a.F.Volatility != fn.Immutable || !givenArgs(a) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Failure is the error that planning a statement with the values of its parameters
// meets, nil if there is none.
func Failure(s *plan.Stmt, params []vec.Datum, o Options) error {
	r := &rewriter{o: o}
	for _, e := range s.OfParams {
		e, _ = plan.Rewrite(e, func(e plan.Expr) (plan.Expr, error) {
			if p, ok := e.(*plan.Param); ok && p.N <= len(params) {
				return plan.NewConst(p.T, params[p.N-1]), nil
			}
			return nil, nil
		})
		if err := r.fails(r.fold(e)); err != nil {
			return err
		}
	}
	return nil
}

// eachTop hands the expressions of a statement's nodes to f, those in the plans of
// subqueries too.
func eachTop(s *plan.Stmt, f func(plan.Expr)) {
	seen := map[plan.Node]bool{}
	var node func(plan.Node)
	top := func(e plan.Expr) {
		if e == nil {
			return
		}
		f(e)
		plan.Walk(e, func(e plan.Expr) bool {
			if p, ok := e.(*plan.SubPlan); ok {
				node(p.Plan)
				if p.Test != nil {
					f(p.Test)
				}
			}
			return true
		})
	}
	node = func(n plan.Node) {
		if n != nil && !seen[n] {
			seen[n] = true
			plan.EachExpr(n, top)
		}
	}
	switch {
	case s.Query != nil:
		node(s.Query)
	case s.Copy != nil:
		node(s.Copy.Query)
	default:
		mapStmt(s, func(n plan.Node) plan.Node {
			node(n)
			return n
		}, func(e plan.Expr) plan.Expr {
			top(e)
			return e
		})
	}
}

// ofValues reports whether err says that a function cannot be computed for its
// arguments, and not that there was no time or memory for it.
func ofValues(err error) bool {
	var e *sqlerr.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case pgerrcode.QueryCanceled, pgerrcode.OutOfMemory, pgerrcode.FeatureNotSupported, pgerrcode.InternalError:
		return false
	}
	return true
}
