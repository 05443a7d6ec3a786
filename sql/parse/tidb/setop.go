package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// setOperation lowers UNION, INTERSECT and EXCEPT.
func (l *lowerer) setOperation(s *tast.SetOprStmt) *ast.Select {
	with, recursive := l.with(s.With)
	out := l.setList(s.SelectList)
	if out == nil {
		return nil
	}
	if s.SelectList.With != nil || s.SelectList.Limit != nil || s.SelectList.OrderBy != nil {
		l.unknown(s.SelectList)
	}
	return l.outer(out, with, recursive, s.OrderBy, s.Limit)
}

// setGroup is an operand in parentheses with clauses of its own.
func (l *lowerer) setGroup(s *tast.SetOprSelectList) *ast.Select {
	// A lone SELECT in parentheses carries its WITH twice.
	var with []ast.CTE
	recursive := false
	if sel, ok := s.Selects[0].(*tast.SelectStmt); !ok || len(s.Selects) > 1 || sel.With == nil {
		with, recursive = l.with(s.With)
	}
	out := l.setList(s)
	if out == nil {
		return nil
	}
	return l.outer(out, with, recursive, s.OrderBy, s.Limit)
}

// outer gives a query the clauses that stand behind its parentheses.
func (l *lowerer) outer(out *ast.Select, with []ast.CTE, recursive bool, order *tast.OrderByClause, limit *tast.Limit) *ast.Select {
	if with != nil && out.With != nil || order != nil && out.OrderBy != nil || limit != nil && (out.Limit != nil || out.Offset != nil) {
		l.no(max(l.from, 0), "two clauses of the same kind around parentheses are not supported")
		return nil
	}
	if with != nil {
		out.With, out.Recursive = with, recursive
	}
	l.tail(out, order, limit)
	out.At = selectAt(out)
	return out
}

// setOps are the operations; INTERSECT binds closer than the others.
var setOps = map[tast.SetOprType]struct {
	op  ast.SetOp
	all bool
}{
	tast.Union: {ast.Union, false}, tast.UnionAll: {ast.Union, true}, tast.Except: {ast.Except, false}, tast.ExceptAll: {ast.Except, true},
	tast.Intersect: {ast.Intersect, false}, tast.IntersectAll: {ast.Intersect, true},
}

// setList folds the flat list of this grammar from the left.
func (l *lowerer) setList(s *tast.SetOprSelectList) *ast.Select {
	type operand struct {
		q   *ast.Select
		op  ast.SetOp
		all bool
	}
	var list []operand
	for i, n := range s.Selects {
		o := operand{q: l.query(n)}
		if o.q == nil {
			return nil
		}
		if i > 0 {
			k, ok := setOps[afterOp(n)]
			if !ok {
				l.unknown(n)
				return nil
			}
			o.op, o.all = k.op, k.all
		}
		// A chain of INTERSECT is put together as it comes.
		if last := len(list) - 1; i > 0 && o.op == ast.Intersect {
			list[last].q = combine(list[last].q, o.q, o.op, o.all)
			continue
		}
		list = append(list, o)
	}
	out := list[0].q
	for _, o := range list[1:] {
		out = combine(out, o.q, o.op, o.all)
	}
	return out
}

func afterOp(n tast.Node) tast.SetOprType {
	var t *tast.SetOprType
	switch x := n.(type) {
	case *tast.SelectStmt:
		t = x.AfterSetOperator
	case *tast.SetOprSelectList:
		t = x.AfterSetOperator
	}
	if t == nil {
		return tast.SetOprType(255)
	}
	return *t
}

func combine(left, right *ast.Select, op ast.SetOp, all bool) *ast.Select {
	out := &ast.Select{SetOp: op, All: all, Left: left, Right: right}
	out.At = selectAt(out)
	return out
}
