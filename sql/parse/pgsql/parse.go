package pgsql

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// Raw is one statement with the span of its text, without the semicolon and the
// blanks around it.
type Raw struct {
	Ast      ast.Stmt
	Off, Len int
	// Warning is what the grammar warns of, nil: of nothing.
	Warning *sqlerr.Error
}

// Parse reads a text of any number of statements. text must be UTF-8 without
// NUL. Errors are *sqlerr.Error: 42601 where the grammar rejects it, 0A000 where
// tagd has no such thing, 54001 where it is nested too deeply.
func Parse(text string) ([]Raw, error) {
	if short, lists := cutLists(text); lists != nil {
		// Errors are those of the whole text, and so is whatever else uses IN.
		if tree, err := grammar(short); err == nil {
			out, taken, err := lower(tree, text, lists)
			if err == nil && taken == len(lists) {
				return out, nil
			}
		}
	}
	tree, err := grammar(text)
	if err != nil {
		return nil, err
	}
	out, _, err := lower(tree, text, nil)
	return out, err
}

// lower makes our statements of a tree; taken is how many of the lists it has.
func lower(tree *pg.ParseResult, text string, lists longLists) (out []Raw, taken int, err error) {
	for _, s := range tree.Stmts {
		if s.Stmt == nil {
			continue
		}
		off, end := int(s.StmtLocation), int(s.StmtLocation+s.StmtLen)
		if s.StmtLen == 0 {
			end = len(text)
		}
		off = max(0, min(off, len(text)))
		end = max(off, min(end, len(text)))
		off = end - len(strings.TrimLeft(text[off:end], " \t\r\n\f\v"))
		end = off + len(strings.TrimRight(text[off:end], " \t\r\n\f\v"))
		l := &lowerer{text: text, start: off, lists: lists}
		a := l.stmt(s.Stmt)
		if l.err != nil {
			return nil, 0, l.err
		}
		taken += l.taken
		r := Raw{Ast: a, Off: off, Len: end - off}
		if l.temp {
			r.Warning = globalTemporary(text[off:end], off)
		}
		out = append(out, r)
	}
	return out, taken, nil
}

// Expr reads one scalar expression.
func Expr(text string) (ast.Expr, error) {
	const head = "SELECT "
	tree, err := grammar(head + text)
	if err != nil {
		return nil, shifted(err, len(head))
	}
	if len(tree.Stmts) == 1 {
		s := tree.Stmts[0].Stmt.GetSelectStmt()
		if s != nil && len(s.TargetList) == 1 && isBare(s) {
			if t := s.TargetList[0].GetResTarget(); t != nil && t.Name == "" && len(t.Indirection) == 0 {
				l := &lowerer{shift: len(head)}
				x := l.expr(t.Val)
				if l.err != nil {
					return nil, l.err
				}
				return x, nil
			}
		}
	}
	return nil, sqlerr.New(pgerrcode.SyntaxError, "not an expression: %s", text)
}

// isBare reports whether a SELECT has nothing but its list.
func isBare(s *pg.SelectStmt) bool {
	return len(s.DistinctClause) == 0 && s.IntoClause == nil && len(s.FromClause) == 0 && s.WhereClause == nil &&
		len(s.GroupClause) == 0 && s.HavingClause == nil && len(s.WindowClause) == 0 && len(s.ValuesLists) == 0 &&
		len(s.SortClause) == 0 && s.LimitOffset == nil && s.LimitCount == nil && len(s.LockingClause) == 0 &&
		s.WithClause == nil && s.Larg == nil && s.Rarg == nil
}

func grammar(text string) (*pg.ParseResult, error) {
	if err := checkDepth(text); err != nil {
		return nil, err
	}
	tree, err := parseTree(text)
	if err == nil {
		return tree, nil
	}
	msg, fn, cursor, ok := grammarError(err)
	if !ok {
		// The tree's bytes nest deeper than their decoder reads.
		return nil, tooDeep()
	}
	e := sqlerr.New(codeOf(msg, fn), "%s", msg)
	if strings.HasPrefix(msg, "LIMIT #,#") {
		e.Code = pgerrcode.SyntaxError
		e.Hint = "Use separate LIMIT and OFFSET clauses."
	}
	if cursor > 0 {
		e.Pos = byteOffset(text, cursor-1) + 1
	}
	return nil, e
}

// codeOf gives the SQLSTATE that PostgreSQL's scanner and grammar raise with a
// message (src/backend/parser/{scan.l,gram.y,parser.c}); libpg_query keeps only
// the message. What is not listed is a syntax error.
func codeOf(msg, fn string) string {
	switch {
	case strings.Contains(msg, "stack depth limit"):
		return pgerrcode.StatementTooComplex
	case strings.Contains(msg, "is not supported"), strings.Contains(msg, "not implemented"),
		strings.Contains(msg, "not yet implemented"), strings.Contains(msg, "are not supported"),
		strings.Contains(msg, "is only supported for"), strings.Contains(msg, "cannot be marked"),
		strings.HasSuffix(msg, "is not allowed here") && strings.Contains(fn, "yyparse"):
		return pgerrcode.FeatureNotSupported
	case strings.HasPrefix(msg, "invalid Unicode escape value"), strings.Contains(msg, "invalid byte sequence"):
		if strings.HasPrefix(msg, "invalid byte") {
			return pgerrcode.CharacterNotInRepertoire
		}
		return pgerrcode.SyntaxError
	case strings.HasPrefix(msg, "invalid Unicode escape"):
		return pgerrcode.InvalidEscapeSequence
	case strings.HasPrefix(msg, "zero-length delimited identifier"):
		return pgerrcode.SyntaxError
	case strings.HasPrefix(msg, "unsafe use of"):
		return pgerrcode.NonstandardUseOfEscapeCharacter
	case strings.HasPrefix(msg, "interval precision specified twice"):
		return pgerrcode.SyntaxError
	case strings.HasPrefix(msg, "precision for type float must be"):
		return pgerrcode.InvalidParameterValue
	case strings.HasPrefix(msg, "frame "):
		return pgerrcode.WindowingError
	}
	return pgerrcode.SyntaxError
}

// byteOffset turns a 0-based character position into a byte offset.
func byteOffset(text string, chars int) int {
	off := 0
	for ; chars > 0 && off < len(text); chars-- {
		_, n := utf8.DecodeRuneInString(text[off:])
		off += n
	}
	return off
}

// shifted moves the position of an error back by n bytes.
func shifted(err error, n int) error {
	e, ok := err.(*sqlerr.Error)
	if !ok || e.Pos == 0 {
		return err
	}
	c := *e
	c.Pos = max(1, e.Pos-n)
	return &c
}
