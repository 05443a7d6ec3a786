// Package tidb reads what only the TiDB grammar knows and lowers it into
// sql/ast: SHOW TABLES, DATABASES, COLUMNS, CREATE TABLE, PROCESSLIST and
// WARNINGS, DESCRIBE. It is the only importer of that grammar. Nodes that are
// not listed here are refused with 0A000, never ignored.
package tidb

import (
	"strings"
	"sync"

	"github.com/jackc/pgerrcode"
	"github.com/pingcap/tidb/pkg/parser"
	tast "github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	driver "github.com/pingcap/tidb/pkg/parser/test_driver"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// maxText bounds what is tried again after Postgres's grammar: the statements
// read here are short, and the text of a failed bulk INSERT is not worth it.
const maxText = 64 << 10

// A parser of this grammar is not safe for concurrent use and reuses its result,
// so each is taken from the pool until its tree is lowered.
var pool = sync.Pool{New: func() any {
	p := parser.New()
	p.SetSQLMode(mysql.ModeANSIQuotes | mysql.ModePipesAsConcat | mysql.ModeNoBackslashEscapes)
	return p
}}

// Raw is one statement with the span of its text.
type Raw struct {
	Ast      ast.Stmt
	Off, Len int
}

// Parse reads a text of one statement. Errors are *sqlerr.Error: 42601 where
// this grammar rejects the text too, 0A000 where it reads what tagd has not.
func Parse(text string) (out []Raw, err error) {
	s, err := read(text)
	if err != nil {
		return nil, err
	}
	off := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	x, err := lower(s, off)
	if err != nil {
		// Of an ordinary statement Postgres's own complaint says more, unless the
		// client plainly speaks the other dialect.
		if _, ok := s.(tast.DMLNode); ok {
			if i := strings.IndexByte(text, '`'); i >= 0 {
				return nil, sqlerr.Unsupported(i, "names in backquotes are not supported").WithHint("Write names in double quotes.")
			}
			return nil, syntaxError()
		}
		return nil, err
	}
	return []Raw{{Ast: x, Off: off, Len: len(strings.TrimRight(text[off:], " \t\r\n;"))}}, nil
}

// Show reads a statement that Postgres's grammar takes for SHOW of a setting; ok
// is false if it means nothing else. off is where text begins in the whole.
func Show(text string, off int) (s ast.Stmt, ok bool) {
	n, err := read(text)
	if err != nil {
		return nil, false
	}
	s, err = lower(n, off)
	return s, err == nil
}

func syntaxError() error { return sqlerr.New(pgerrcode.SyntaxError, "syntax error") }

// read gives the tree of a text of one statement. The tree is this call's own:
// the parser hands out fresh nodes for each text and keeps only its list.
func read(text string) (s tast.StmtNode, err error) {
	if len(text) > maxText {
		return nil, syntaxError()
	}
	p := pool.Get().(*parser.Parser)
	defer func() {
		// A parser that panicked is not put back.
		if r := recover(); r != nil {
			s, err = nil, syntaxError()
			return
		}
		pool.Put(p)
	}()
	list, _, perr := p.ParseSQL(text)
	if perr != nil || len(list) != 1 {
		return nil, syntaxError()
	}
	return list[0], nil
}

func lower(n tast.StmtNode, off int) (ast.Stmt, error) {
	switch x := n.(type) {
	case *tast.ShowStmt:
		return lowerShow(x, off)
	case *tast.ExplainStmt:
		// DESCRIBE t is EXPLAIN of a SHOW COLUMNS in this grammar.
		if s, ok := x.Stmt.(*tast.ShowStmt); ok && !x.Analyze && !x.Explore {
			return lowerShow(s, off)
		}
	}
	return nil, unsupported(off)
}

func unsupported(off int) error {
	return sqlerr.Unsupported(off, "this statement of the MySQL dialect is not supported")
}

var showKinds = map[tast.ShowStmtType]string{
	tast.ShowTables: "TABLES", tast.ShowDatabases: "DATABASES", tast.ShowColumns: "COLUMNS",
	tast.ShowCreateTable: "CREATE TABLE", tast.ShowProcessList: "PROCESSLIST", tast.ShowWarnings: "WARNINGS",
}

func lowerShow(s *tast.ShowStmt, off int) (ast.Stmt, error) {
	kind, ok := showKinds[s.Tp]
	if !ok || s.Where != nil || s.Extended || s.Column != nil || s.Limit != nil || s.CountWarningsOrErrors || s.GlobalScope {
		return nil, unsupported(off)
	}
	out := &ast.ShowObjects{At: ast.At(off), Kind: kind, Full: s.Full, Table: ast.Name{At: -1, Schema: s.DBName}}
	if s.Table != nil {
		out.Table.Name = s.Table.Name.O
		if out.Table.Schema == "" {
			out.Table.Schema = s.Table.Schema.O
		}
	}
	if p := s.Pattern; p != nil {
		v, ok := p.Pattern.(*driver.ValueExpr)
		if !ok || p.Not || !p.IsLike || p.EscapeExplicit {
			return nil, unsupported(off)
		}
		out.Like = v.GetString()
	}
	return out, nil
}
