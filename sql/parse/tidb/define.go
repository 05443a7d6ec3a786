package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// define lowers the statements that define things; false leaves others to the
// caller.
func (l *lowerer) define(n tast.StmtNode) (ast.Stmt, bool) {
	switch x := n.(type) {
	case *tast.CreateTableStmt:
		return l.createTable(x), true
	case *tast.AlterTableStmt:
		return l.alterTable(x), true
	case *tast.RenameTableStmt:
		return l.renameTables(x), true
	case *tast.DropTableStmt:
		return l.dropTable(x), true
	case *tast.TruncateTableStmt:
		return &ast.Truncate{Names: []ast.Name{l.plainTable(x.Table)}}, true
	case *tast.CreateViewStmt:
		return l.createView(x), true
	case *tast.CreateDatabaseStmt:
		l.databaseOptions(x.Options)
		l.noIf(x.IfNotExists, "CREATE DATABASE IF NOT EXISTS", "if")
		return &ast.Database{At: l.pos(0), Verb: "CREATE", Name: x.Name.O}, true
	case *tast.DropDatabaseStmt:
		return &ast.Database{At: l.pos(0), Verb: "DROP", Name: x.Name.O, IfExists: x.IfExists}, true
	case *tast.CreateIndexStmt:
		return l.createIndex(x), true
	case *tast.DropIndexStmt:
		l.noIf(x.IsHypo, "HYPO INDEX", "hypo")
		l.seek(l.find(0, "index"))
		n := ast.Name{At: l.name(x.IndexName), Schema: x.Table.Schema.O, Name: x.IndexName}
		return &ast.Drop{Kind: "INDEX", Names: []ast.Name{n}, IfExists: x.IfExists}, true
	}
	return nil, false
}

// createView lowers CREATE VIEW. ALGORITHM says only how to run it, and DEFINER
// and SQL SECURITY have one meaning here.
func (l *lowerer) createView(x *tast.CreateViewStmt) ast.Stmt {
	l.noIf(x.CheckOption != tast.CheckOptionCascaded || l.hasCheckOption(), "WITH CHECK OPTION", "check")
	out := &ast.CreateView{Name: l.plainTable(x.ViewName), Replace: x.OrReplace}
	for _, c := range x.Cols {
		out.Columns = append(out.Columns, c.O)
	}
	if q := l.query(x.Select); q != nil {
		out.Query = q
	}
	out.Text = l.queryText()
	return out
}

// hasCheckOption reports the words WITH ... CHECK OPTION at the end, which this
// grammar takes for its default.
func (l *lowerer) hasCheckOption() bool {
	n := len(l.toks)
	return n > 2 && l.toks[n-1].word == "option" && l.toks[n-2].word == "check"
}

func (l *lowerer) createIndex(x *tast.CreateIndexStmt) ast.Stmt {
	out := &ast.CreateIndex{At: l.pos(0), Name: x.IndexName, IfNotExists: x.IfNotExists, Unique: x.KeyType == tast.IndexKeyTypeUnique, Method: "btree"}
	if x.KeyType != tast.IndexKeyTypeNone && !out.Unique {
		l.no(0, "this kind of index is not supported")
	}
	out.Table = l.plainTable(x.Table)
	for _, p := range x.IndexPartSpecifications {
		k := ast.IndexKey{Desc: p.Desc}
		if p.Expr != nil {
			k.X = l.expr(p.Expr)
			k.Text = l.textOf(k.X)
		} else {
			k.Column = l.columnName(p.Column).Name
		}
		if p.Length > 0 && out.Unique {
			l.no(max(l.from, 0), "a key over a part of a column is not supported")
		}
		out.Keys = append(out.Keys, k)
	}
	if x.IndexOption != nil && x.IndexOption.Condition != nil {
		out.Where = l.cond(x.IndexOption.Condition)
		out.WhereText = l.textOf(out.Where)
	}
	return out
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
