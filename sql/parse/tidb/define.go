package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// define lowers the statements that define things; false leaves others to the
// caller.
func (l *lowerer) define(n tast.StmtNode) (ast.Stmt, bool) {
	switch x := n.(type) {
	case *tast.DropTableStmt:
		return l.dropTable(x), true
	case *tast.TruncateTableStmt:
		return &ast.Truncate{Names: []ast.Name{l.plainTable(x.Table)}}, true
	}
	return nil, false
}

func (l *lowerer) dropTable(x *tast.DropTableStmt) ast.Stmt {
	out := &ast.Drop{Kind: "TABLE", IfExists: x.IfExists}
	if x.IsView {
		out.Kind = "VIEW"
	}
	l.noIf(x.TemporaryKeyword == tast.TemporaryGlobal, "GLOBAL TEMPORARY", "global")
	for _, t := range x.Tables {
		out.Names = append(out.Names, l.plainTable(t))
	}
	out.Cascade = l.cascade()
	return out
}

// cascade reports a last word CASCADE, which this grammar reads and forgets.
func (l *lowerer) cascade() bool {
	return len(l.toks) > 0 && l.toks[len(l.toks)-1].word == "cascade"
}
