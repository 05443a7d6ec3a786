package tidb

import (
	"reflect"
	"sort"
	"strings"
	"unicode"

	"github.com/jackc/pgerrcode"
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// maxDepth bounds the recursion over a tree.
const maxDepth = 1000

// tooDeep is Postgres's error (src/backend/tcop/postgres.c, check_stack_depth).
func tooDeep() *sqlerr.Error {
	return sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded").
		WithHint(`Increase the configuration parameter "max_stack_depth" (currently 2048kB), after ensuring the platform's stack depth limit is adequate.`)
}

// lowerer lowers one statement. Its first error sticks: methods go on returning
// zero values, which nobody looks at.
type lowerer struct {
	text  string
	toks  []token
	base  int // where text begins in the client's text: added to every position
	depth int
	err   error
	// newRow is the alias of INSERT ... AS new, "" without one; in ON DUPLICATE
	// KEY UPDATE it names the row that was to be inserted.
	newRow string
	// target is the table that names without one belong to in ON DUPLICATE KEY
	// UPDATE, where Postgres finds two rows; "" elsewhere.
	target string
	// from is where the next name without a position of its own is looked for:
	// it moves forward with the lowering, which goes through a text in order.
	from int
}

// pos gives an offset in text as a position in the client's text.
func (l *lowerer) pos(off int) ast.At {
	if off < 0 {
		return -1
	}
	return ast.At(off + l.base)
}

// at is the position of an expression: its first character.
func (l *lowerer) at(n tast.Node) ast.At { return l.pos(n.OriginTextPosition()) }

func (l *lowerer) fail(err *sqlerr.Error) {
	if l.err == nil {
		l.err = err
	}
}

// no refuses what tagd does not have; off is an offset in text.
func (l *lowerer) no(off int, format string, args ...any) {
	l.fail(sqlerr.Unsupported(int(l.pos(off)), format, args...))
}

// noIf refuses a clause that is there, at the first of the words that show it
// (the statement's beginning if none is found).
func (l *lowerer) noIf(there bool, what string, shown ...string) {
	if there {
		l.no(max(l.find(0, shown...), 0), "%s is not supported", what)
	}
}

// unknown refuses a node that has no lowering.
func (l *lowerer) unknown(n tast.Node) {
	l.no(n.OriginTextPosition(), "%s is not supported", words(n))
}

// words names a node for a message: *ast.CreateViewStmt is "CREATE VIEW".
func words(n tast.Node) string {
	name := reflect.TypeOf(n).String()
	name = name[strings.LastIndexByte(name, '.')+1:]
	name = strings.TrimSuffix(strings.TrimSuffix(name, "Stmt"), "Expr")
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// enter counts a level of recursion; false means that it is one too many.
func (l *lowerer) enter() bool {
	if l.depth++; l.depth > maxDepth {
		l.fail(tooDeep())
	}
	return l.err == nil
}

func (l *lowerer) leave() { l.depth-- }

// tokAt is the number of the first token that begins at off or later.
func (l *lowerer) tokAt(off int) int {
	return sort.Search(len(l.toks), func(i int) bool { return l.toks[i].start >= off })
}

// tok is token i, a zero one outside the text.
func (l *lowerer) tok(i int) token {
	if i < 0 || i >= len(l.toks) {
		return token{start: -1, kind: tokSign}
	}
	return l.toks[i]
}

// signBefore is the offset of the operator in front of the operand that begins
// at off: its first word if it is of two (NOT LIKE). A parenthesis of a list
// that stands between is skipped.
func (l *lowerer) signBefore(off int) int {
	i := l.tokAt(off) - 1
	for i > 0 && l.tok(i).word == "(" {
		i--
	}
	switch l.tok(i).word {
	case "any", "some", "all":
		i--
	}
	if l.tok(i-1).word == "not" && l.tok(i).kind == tokWord {
		i--
	}
	return l.tok(i).start
}

// find is the offset of the first of some words at or after an offset, outside
// all brackets that are open there; -1 if there is none.
func (l *lowerer) find(off int, wanted ...string) int {
	depth := 0
	for i := l.tokAt(off); i < len(l.toks); i++ {
		switch t := l.toks[i]; {
		case t.word == "(":
			depth++
		case t.word == ")":
			if depth--; depth < 0 {
				return -1
			}
		}
		for _, w := range wanted {
			if l.toks[i].word == w && depth <= 0 {
				return l.toks[i].start
			}
		}
	}
	return -1
}

// name finds a name that carries no position: the first one spelled like that
// from where the lowering stands. -1 if it is not there.
func (l *lowerer) name(parts ...string) ast.At {
	for i := l.tokAt(l.from); i < len(l.toks); i++ {
		if l.spelled(i, parts) {
			l.from = l.toks[i].end
			return l.pos(l.toks[i].start)
		}
	}
	return -1
}

func (l *lowerer) spelled(i int, parts []string) bool {
	for k, p := range parts {
		if k > 0 && l.tok(i+2*k-1).word != "." {
			return false
		}
		if l.identOf(l.tok(i+2*k)) != p {
			return false
		}
	}
	return true
}

// identOf is the name that a token stands for, "" if it is none.
func (l *lowerer) identOf(t token) string {
	switch {
	case t.start < 0:
		return ""
	case t.kind == tokWord:
		return t.word
	case t.kind == tokName && t.end-t.start >= 2:
		q := l.text[t.start : t.start+1]
		return strings.ReplaceAll(l.text[t.start+1:t.end-1], q+q, q)
	}
	return ""
}

// seek moves the place where names are looked for forward to off.
func (l *lowerer) seek(off int) {
	if off > l.from {
		l.from = off
	}
}

// relation is a table's name.
func (l *lowerer) relation(t *tast.TableName) ast.Name {
	if t == nil {
		return ast.Name{At: -1}
	}
	parts := []string{t.Name.O}
	if t.Schema.O != "" {
		parts = []string{t.Schema.O, t.Name.O}
	}
	out := ast.Name{At: l.name(parts...), Schema: t.Schema.O, Name: t.Name.O}
	if t.IsAlias {
		l.no(int(out.At)-l.base, "this use of an alias is not supported")
	}
	return out
}

// plainTable is the name of a table that is written to or defined: the clauses
// of a table in FROM are refused.
func (l *lowerer) plainTable(t *tast.TableName) ast.Name {
	out := l.relation(t)
	if t != nil {
		here := max(int(out.At)-l.base, 0)
		if len(t.IndexHints) > 0 || len(t.PartitionNames) > 0 || t.TableSample != nil || t.AsOf != nil {
			l.no(here, "a clause of this table is not supported")
		}
	}
	return out
}

// columnName is a column in a list: it may be qualified only with its table.
func (l *lowerer) columnName(c *tast.ColumnName) ast.ColName {
	parts := []string{c.Name.O}
	if c.Table.O != "" {
		parts = []string{c.Table.O, c.Name.O}
	}
	if c.Schema.O != "" {
		parts = append([]string{c.Schema.O}, parts...)
	}
	return ast.ColName{At: l.name(parts...), Name: c.Name.O}
}
