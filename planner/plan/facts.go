package plan

import "tagd/sql/types"

// Facts are what the executor asks of a plan at every execution, answered once.
type Facts struct {
	// Changed are the tables whose rows the statement changes, its CTEs' too; nil: it
	// only reads.
	Changed []*types.Table
	// Changes: a query with CTEs that change data.
	Changes bool
	// Appends: a statement that adds rows and reads no table. What others of its
	// kind did before it need not be sealed for it.
	Appends bool
}

// FactsOf finds the facts of a plan that is done.
func FactsOf(s *Stmt) Facts {
	if s.Query != nil {
		return Facts{Changes: ChangesData(s.Query), Changed: changed(s)}
	}
	return Facts{Appends: onlyAppends(s), Changed: changed(s)}
}

// ChangesData reports whether a query has CTEs that change data, at any depth: such
// ones stand at the top only, but rules may have put nodes around them.
func ChangesData(n Node) bool {
	if w, ok := n.(*With); ok {
		for _, c := range w.CTEs {
			if c.Change != nil {
				return true
			}
		}
	}
	for _, k := range n.Children() {
		if ChangesData(k) {
			return true
		}
	}
	return false
}

func onlyAppends(s *Stmt) bool {
	if s.Copy != nil {
		return s.Copy.In
	}
	ins := s.Insert
	if ins == nil || ins.Conflict != nil || len(ins.Returning) > 0 {
		return false
	}
	v, ok := ins.Input.(*Values)
	if !ok {
		return false
	}
	for _, row := range v.Rows {
		for _, e := range row {
			if hasSubPlan(e) {
				return false
			}
		}
	}
	return true
}

// hasSubPlan reports whether an expression runs a plan.
func hasSubPlan(e Expr) bool {
	found := false
	Walk(e, func(e Expr) bool {
		_, is := e.(*SubPlan)
		found = found || is
		return !found
	})
	return found
}
