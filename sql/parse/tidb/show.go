package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

var showKinds = map[tast.ShowStmtType]string{
	tast.ShowTables: "TABLES", tast.ShowDatabases: "DATABASES", tast.ShowColumns: "COLUMNS", tast.ShowIndex: "INDEX",
	tast.ShowCreateTable: "CREATE TABLE", tast.ShowCreateView: "CREATE VIEW", tast.ShowCreateDatabase: "CREATE DATABASE",
	tast.ShowProcessList: "PROCESSLIST", tast.ShowWarnings: "WARNINGS", tast.ShowErrors: "ERRORS", tast.ShowVariables: "VARIABLES",
	tast.ShowStatus: "STATUS", tast.ShowEngines: "ENGINES", tast.ShowTableStatus: "TABLE STATUS", tast.ShowCharset: "CHARACTER SET",
	tast.ShowCollation: "COLLATION", tast.ShowGrants: "GRANTS", tast.ShowTriggers: "TRIGGERS", tast.ShowProcedureStatus: "PROCEDURE STATUS",
	tast.ShowFunctionStatus: "FUNCTION STATUS", tast.ShowEvents: "EVENTS", tast.ShowPlugins: "PLUGINS", tast.ShowPrivileges: "PRIVILEGES",
}

// show lowers SHOW and DESCRIBE. GLOBAL and SESSION mean the same here.
func (l *lowerer) show(s *tast.ShowStmt) ast.Stmt {
	kind, ok := showKinds[s.Tp]
	if !ok || s.Procedure != nil || s.Partition.O != "" || s.ResourceGroupName != "" || s.ShowProfileTypes != nil || s.ShowProfileArgs != nil ||
		s.ShowProfileLimit != nil || s.ShowGroupKey != "" || s.ImportJobID != nil || s.ImportJobRaw || s.DistributionJobID != nil {
		l.no(0, "this form of SHOW is not supported")
		return nil
	}
	l.noIf(s.Extended, "SHOW EXTENDED", "extended")
	l.noIf(s.User != nil || s.Roles != nil, "SHOW GRANTS FOR", "for")
	out := &ast.ShowObjects{At: l.pos(0), Kind: kind, Full: s.Full, Count: s.CountWarningsOrErrors, Table: ast.Name{At: -1, Schema: s.DBName}}
	l.from = l.find(0, "from", "in", "like", "where")
	if s.Table != nil {
		l.from = 0
		out.Table = l.plainTable(s.Table)
		if out.Table.Schema == "" {
			out.Table.Schema = s.DBName
		}
	}
	if s.IndexName.O != "" {
		l.no(0, "this form of SHOW is not supported")
	}
	if s.Column != nil {
		out.Column = s.Column.Name.O
	}
	if s.Pattern != nil {
		l.showLike(s.Pattern, out)
	}
	if s.Where != nil {
		out.Where = l.cond(s.Where)
		foldNames(out.Where) // the columns of SHOW are called in either case
	}
	if s.Limit != nil {
		out.Limit, out.Offset = l.limit(s.Limit)
	}
	return out
}

func (l *lowerer) showLike(p *tast.PatternLikeOrIlikeExpr, out *ast.ShowObjects) {
	text, ok := stringOf(p.Pattern)
	if !ok || p.Not || p.EscapeExplicit {
		l.no(0, "this form of SHOW is not supported")
		return
	}
	out.Like = &text
}
