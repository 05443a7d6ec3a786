package pgsql

import (
	"reflect"
	"strings"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// lowerer lowers one statement. Its first error sticks: methods go on returning
// zero values, which nobody looks at.
type lowerer struct {
	text  string // the whole text
	start int    // byte offset of the statement
	shift int    // subtracted from every position
	depth int
	temp  bool // a relation is to be temporary
	lists longLists
	taken int // of lists
	err   error
}

// at gives a position of the grammar as ours.
func (l *lowerer) at(loc int32) ast.At {
	if loc < 0 {
		return -1
	}
	return ast.At(max(0, int(loc)-l.shift))
}

func (l *lowerer) fail(err *sqlerr.Error) {
	if l.err == nil {
		l.err = err
	}
}

// no refuses what tagd does not have.
func (l *lowerer) no(loc int32, format string, args ...any) {
	l.fail(sqlerr.Unsupported(int(l.at(loc)), format, args...))
}

// noIf refuses a clause that is there.
func (l *lowerer) noIf(there bool, loc int32, what string) {
	if there {
		l.no(loc, "%s is not supported", what)
	}
}

// enter counts a level of recursion; false means that it is one too many.
func (l *lowerer) enter() bool {
	if l.depth++; l.depth > maxDepth {
		l.fail(tooDeep())
	}
	return l.err == nil
}

func (l *lowerer) leave() { l.depth-- }

// str is the text of a String node.
func (l *lowerer) str(n *pg.Node) string {
	s, ok := n.GetNode().(*pg.Node_String_)
	if !ok {
		l.no(locationOf(n), "%s is not supported here", words(n))
		return ""
	}
	return s.String_.GetSval()
}

// strs is a list of String nodes.
func (l *lowerer) strs(ns []*pg.Node) []string {
	var out []string
	for _, n := range ns {
		out = append(out, l.str(n))
	}
	return out
}

// rangeVar is a relation's name.
func (l *lowerer) rangeVar(r *pg.RangeVar) ast.Name {
	if r == nil {
		return ast.Name{At: -1}
	}
	l.temp = l.temp || r.Relpersistence == "t"
	return ast.Name{At: l.at(r.Location), DB: r.Catalogname, Schema: r.Schemaname, Name: r.Relname}
}

// nameList is a dotted name.
func (l *lowerer) nameList(ns []*pg.Node, loc int32) ast.Name {
	p := l.strs(ns)
	switch len(p) {
	case 1:
		return ast.Name{At: l.at(loc), Name: p[0]}
	case 2:
		return ast.Name{At: l.at(loc), Schema: p[0], Name: p[1]}
	case 3:
		return ast.Name{At: l.at(loc), DB: p[0], Schema: p[1], Name: p[2]}
	default:
		l.fail(sqlerr.At(int(l.at(loc)), pgerrcode.SyntaxError, "improper qualified name (too many dotted names): %s", strings.Join(p, ".")))
	}
	return ast.Name{At: l.at(loc)}
}

// locationOf is the position a node carries, -1 if it has none.
func locationOf(n *pg.Node) int32 {
	if n == nil || n.Node == nil {
		return -1
	}
	v := reflect.ValueOf(n.Node).Elem().Field(0)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		if f := v.Elem().FieldByName("Location"); f.IsValid() && f.Kind() == reflect.Int32 {
			return int32(f.Int())
		}
	}
	return -1
}

// words names a node for a message: Node_CreateViewStmt is "CREATE VIEW".
func words(n *pg.Node) string {
	if n == nil || n.Node == nil {
		return "an empty clause"
	}
	name := strings.TrimPrefix(reflect.TypeOf(n.Node).Elem().Name(), "Node_")
	if w, ok := stmtWords[name]; ok {
		return w
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_"), "Stmt")
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// stmtWords are the statements whose node is not called as they are written.
var stmtWords = map[string]string{
	"ViewStmt": "CREATE VIEW", "IndexStmt": "CREATE INDEX", "CreateSeqStmt": "CREATE SEQUENCE", "AlterSeqStmt": "ALTER SEQUENCE",
	"CreateTrigStmt": "CREATE TRIGGER", "CreatePlangStmt": "CREATE LANGUAGE", "CreateEnumStmt": "CREATE TYPE",
	"CompositeTypeStmt": "CREATE TYPE", "CreateRangeStmt": "CREATE TYPE", "AlterEnumStmt": "ALTER TYPE", "AlterTypeStmt": "ALTER TYPE",
	"DefineStmt": "CREATE", "RuleStmt": "CREATE RULE", "CreatedbStmt": "CREATE DATABASE", "DropdbStmt": "DROP DATABASE",
	"RefreshMatViewStmt": "REFRESH MATERIALIZED VIEW", "DeclareCursorStmt": "DECLARE CURSOR", "ClosePortalStmt": "CLOSE",
	"LockStmt": "LOCK TABLE", "GrantStmt": "GRANT", "GrantRoleStmt": "GRANT", "AlterOwnerStmt": "ALTER ... OWNER TO",
	"AlterObjectSchemaStmt": "ALTER ... SET SCHEMA", "ConstraintsSetStmt": "SET CONSTRAINTS",
	"SqlvalueFunction": "this value function", "XmlExpr": "XML", "AExpr": "this operator", "AIndirection": "this subscript",
	"JsonFuncExpr": "this JSON function", "DoStmt": "DO", "CallStmt": "CALL",
}
