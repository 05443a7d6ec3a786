package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// stmt lowers a statement.
func (l *lowerer) stmt(n tast.StmtNode) ast.Stmt {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.(type) {
	case *tast.SelectStmt, *tast.SetOprStmt:
		return l.query(x)
	case *tast.InsertStmt:
		return l.insert(x)
	case *tast.UpdateStmt:
		return l.update(x)
	case *tast.DeleteStmt:
		return l.delete(x)
	case *tast.ShowStmt:
		return l.show(x)
	case *tast.ExplainStmt:
		return l.explain(x)
	}
	if s, ok := l.define(n); ok {
		return s
	}
	return l.utility(n)
}

// explain lowers EXPLAIN; DESCRIBE t is EXPLAIN of a SHOW COLUMNS here.
func (l *lowerer) explain(x *tast.ExplainStmt) ast.Stmt {
	if s, ok := x.Stmt.(*tast.ShowStmt); ok && !x.Analyze {
		return l.show(s)
	}
	if x.Stmt == nil || x.Explore || x.SQLDigest != "" || x.PlanDigest != "" {
		l.no(0, "this form of EXPLAIN is not supported")
		return nil
	}
	out := &ast.Explain{Stmt: l.stmt(x.Stmt)}
	if x.Analyze {
		out.Options = append(out.Options, ast.Option{At: l.pos(l.find(0, "analyze")), Name: "analyze"})
	}
	switch f := strings.ToLower(x.Format); f {
	case "", "row", "traditional", "brief", "tree":
	case "json":
		out.Options = append(out.Options, ast.Option{At: l.pos(l.find(0, "format")), Name: "format", Value: []string{f}})
	default:
		l.no(max(l.find(0, "format"), 0), "EXPLAIN FORMAT = %s is not supported", f)
	}
	return out
}
