package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// locking refuses FOR UPDATE where no rows of tables can be told from the
// result, as CheckSelectLocking of PostgreSQL's analyze.c does.
func (b *binder) locking(s *ast.Select) error {
	if len(s.Locking) == 0 {
		return nil
	}
	clause := "FOR " + s.Locking[0].Strength
	what := ""
	switch {
	case s.SetOp != ast.NoSetOp:
		what = "UNION/INTERSECT/EXCEPT"
	case s.Values != nil:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "%s cannot be applied to VALUES", clause)
	case s.Distinct || len(s.DistinctOn) > 0:
		what = "DISTINCT clause"
	case len(s.GroupBy) > 0:
		what = "GROUP BY clause"
	case s.Having != nil:
		what = "HAVING clause"
	default:
		return nil
	}
	return sqlerr.New(pgerrcode.FeatureNotSupported, "%s is not allowed with %s", clause, what)
}

// lockRows checks the FOR UPDATE clauses of a bound select and notes them in the
// statement.
func (b *binder) lockRows(sc *scope, s *ast.Select) error {
	for _, k := range s.Locking {
		clause, what := "FOR "+k.Strength, ""
		switch {
		case sc.sel.aggOff >= 0:
			what = "aggregate functions"
		case len(sc.sel.wins) > 0:
			what = "window functions"
		case len(sc.sel.srfs) > 0:
			what = "set-returning functions in the target list"
		}
		if what != "" {
			return sqlerr.New(pgerrcode.FeatureNotSupported, "%s is not allowed with %s", clause, what)
		}
		lock := &plan.RowLock{Clause: "SELECT " + clause, NoWait: k.Wait == ast.LockNoWait}
		for _, r := range sc.rels {
			if r.table != nil && lock.Table == "" {
				lock.Table = r.table.Name
			}
		}
		for _, n := range k.Of {
			r, err := lockOf(sc, s, n, clause)
			if err != nil {
				return err
			}
			if lock.Table = n.Name; r.table != nil {
				lock.Table = r.table.Name
			}
		}
		if b.out.Lock == nil || lock.NoWait {
			b.out.Lock = lock
		}
	}
	return nil
}

// lockOf finds what one name of FOR UPDATE OF means.
func lockOf(sc *scope, s *ast.Select, n ast.Name, clause string) (*rel, error) {
	if n.Schema != "" || n.DB != "" {
		return nil, sqlerr.At(n.Pos(), pgerrcode.SyntaxError, "%s must specify unqualified relation names", clause)
	}
	for _, r := range sc.rels {
		if r.name == n.Name && !r.nameHidden {
			return r, lockable(s.From, n, clause)
		}
	}
	return nil, sqlerr.At(n.Pos(), pgerrcode.UndefinedTable, `relation "%s" in %s clause not found in FROM clause`, n.Name, clause)
}

// lockable refuses functions in FOR UPDATE OF.
func lockable(from []ast.TableRef, n ast.Name, clause string) error {
	for _, r := range from {
		if f, ok := r.(*ast.FuncRef); ok && f.Alias.Name == n.Name {
			return sqlerr.At(n.Pos(), pgerrcode.FeatureNotSupported, "%s cannot be applied to a function", clause)
		}
	}
	return nil
}
