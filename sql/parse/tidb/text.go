package tidb

import (
	"fmt"
	"strings"

	"tagd/sql/ast"
)

// textOf writes an expression in Postgres's grammar, as definitions keep it;
// everything that stands below an operator is in parentheses.
func (l *lowerer) textOf(x ast.Expr) string {
	w := writer{}
	w.expr(x)
	if w.bad != nil && l.err == nil {
		l.no(max(posOf(w.bad)-l.base, 0), "this expression is not supported in a definition")
	}
	return w.b.String()
}

type writer struct {
	b   strings.Builder
	bad ast.Expr // the first node that has no text
}

func (w *writer) put(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.b.WriteString(p)
		case ast.Expr:
			w.operand(p)
		}
	}
}

// operand writes an expression so that nothing binds into it.
func (w *writer) operand(x ast.Expr) {
	switch x := x.(type) {
	case *ast.Literal:
		if !strings.HasPrefix(x.Text, "-") || x.Kind == ast.LitString {
			w.expr(x)
			return
		}
	case *ast.Column, *ast.Func, *ast.Cast, *ast.Array:
		w.expr(x)
		return
	}
	w.b.WriteByte('(')
	w.expr(x)
	w.b.WriteByte(')')
}

func (w *writer) list(xs []ast.Expr) {
	for i, x := range xs {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.expr(x)
	}
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// typeText is a type's name: those that the lowering uses need no quotes.
func typeText(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" {
		return s
	}
	return quoteName(s)
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func not(yes bool) string {
	if yes {
		return "NOT "
	}
	return ""
}

func (w *writer) expr(x ast.Expr) {
	switch x := x.(type) {
	case *ast.Literal:
		w.literal(x)
	case *ast.Column:
		for i, p := range x.Parts {
			if i > 0 {
				w.b.WriteByte('.')
			}
			w.b.WriteString(quoteName(p))
		}
	case *ast.Op:
		if x.L == nil {
			w.put(x.Name, " ", x.R)
		} else {
			w.put(x.L, " ", x.Name, " ", x.R)
		}
	case *ast.AnyAll:
		w.put(x.L, " ", x.Name, map[bool]string{false: " ANY (", true: " ALL ("}[x.All], x.R, ")")
	case *ast.Bool:
		if x.Kind == ast.Not {
			w.put("NOT ", x.Args[0])
			return
		}
		for i, a := range x.Args {
			if i > 0 {
				w.put([...]string{" AND ", " OR "}[x.Kind])
			}
			w.put(a)
		}
	case *ast.IsTest:
		w.put(x.X, " IS ", not(x.Not), [...]string{"NULL", "TRUE", "FALSE", "UNKNOWN"}[x.What])
	case *ast.Distinct:
		w.put(x.L, " IS ", not(x.Not), "DISTINCT FROM ", x.R)
	case *ast.In:
		w.put(x.X, " ", not(x.Not), "IN (")
		w.list(x.List)
		w.put(")")
	case *ast.Between:
		w.put(x.X, " ", not(x.Not), "BETWEEN ", x.Lo, " AND ", x.Hi)
	default:
		w.more(x)
	}
}

func (w *writer) literal(x *ast.Literal) {
	switch x.Kind {
	case ast.LitNull:
		w.put("NULL")
	case ast.LitString:
		w.put(quoteText(x.Text))
	case ast.LitBits:
		w.put(x.Text[:1], quoteText(x.Text[1:]))
	default:
		w.put(x.Text)
	}
}

func (w *writer) more(x ast.Expr) {
	switch x := x.(type) {
	case *ast.Func:
		w.call(x)
	case *ast.Case:
		w.put("CASE ")
		if x.X != nil {
			w.put(x.X, " ")
		}
		for _, k := range x.Whens {
			w.put("WHEN ", k.Cond, " THEN ", k.Then, " ")
		}
		if x.Else != nil {
			w.put("ELSE ", x.Else, " ")
		}
		w.put("END")
	case *ast.Cast:
		w.put("CAST(")
		w.expr(x.X)
		w.put(" AS ")
		w.typeName(x.Type)
		w.put(")")
	case *ast.Array:
		w.put("ARRAY[")
		w.list(x.Elems)
		w.put("]")
	case *ast.Row:
		w.put("ROW(")
		w.list(x.Elems)
		w.put(")")
	default:
		if w.bad == nil {
			w.bad = x
		}
	}
}

func (w *writer) call(x *ast.Func) {
	if x.Star || x.Distinct || x.Over != nil || x.Filter != nil || len(x.OrderBy) > 0 {
		w.bad = x
		return
	}
	name := x.Name[len(x.Name)-1]
	switch {
	case x.Special && len(x.Args) == 0:
		w.put(name)
		return
	case len(x.Name) > 1:
		w.put(quoteName(x.Name[0]), ".", quoteName(name), "(")
	case name == "extract" || name == "position":
		w.put("pg_catalog.", quoteName(name), "(")
	case x.Special:
		w.put(name, "(")
	default:
		w.put(quoteName(name), "(")
	}
	w.list(x.Args)
	w.put(")")
}

func (w *writer) typeName(t ast.TypeName) {
	if t.Schema != "" {
		w.put(typeText(t.Schema), ".")
	}
	w.put(typeText(t.Name))
	if len(t.Mods) > 0 {
		w.put("(")
		w.list(t.Mods)
		w.put(")")
	}
	w.put(strings.Repeat("[]", t.Dims))
}

// column makes an unqualified reference for a check that the lowering writes.
func column(at ast.At, name string) *ast.Column { return &ast.Column{At: at, Parts: []string{name}} }

func integer(at ast.At, n any) *ast.Literal {
	return &ast.Literal{At: at, Kind: ast.LitInt, Text: fmt.Sprint(n)}
}
