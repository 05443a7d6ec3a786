package engine

import (
	"fmt"
	"strings"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// showColumns are the columns of SHOW TABLES and its kin.
func showColumns(u *ast.ShowObjects) ([]session.Column, error) {
	var names []string
	switch u.Kind {
	case "TABLES":
		names = []string{"Table"}
		if u.Full {
			names = append(names, "Comment")
		}
	case "COLUMNS":
		names = []string{"Field", "Type", "Null", "Key", "Default"}
		if u.Full {
			names = append(names, "Comment")
		}
	case "CREATE TABLE":
		names = []string{"Table", "Create Table"}
	case "DATABASES":
		names = []string{"Database"}
	case "PROCESSLIST":
		names = []string{"Id", "User", "db", "Application", "State", "Query"}
	default:
		return nil, sqlerr.Unsupported(u.Pos(), "SHOW %s is not supported", u.Kind)
	}
	out := make([]session.Column, len(names))
	for i, n := range names {
		out[i] = textColumn(n)
	}
	return out, nil
}

// showObjects runs SHOW TABLES and its kin.
func (s *Session) showObjects(r *run, u *ast.ShowObjects, cols []session.Column) (session.Result, error) {
	var out [][]string
	switch u.Kind {
	case "TABLES":
		c, release := s.catalog()
		defer release()
		for _, def := range c.shownTables() {
			if u.Like == nil || likeMatch(*u.Like, def.Name) {
				out = append(out, []string{def.Name, def.Comment}[:len(cols)])
			}
		}
	case "DATABASES":
		out = [][]string{{s.db}}
	case "PROCESSLIST":
		for _, a := range s.e.live.list() {
			out = append(out, []string{fmt.Sprint(a.pid), a.user, a.db, a.app, a.state, a.query})
		}
	default:
		def := s.lookupDef(u.Table)
		if def == nil {
			return nil, noRelation(u.Table)
		}
		if u.Kind == "CREATE TABLE" {
			out = [][]string{{def.Name, createText(def)}}
			break
		}
		for i := range def.Columns {
			c := &def.Columns[i]
			if u.Like != nil && !likeMatch(*u.Like, c.Name) {
				continue
			}
			null, key := "YES", ""
			if c.NotNull {
				null = "NO"
			}
			if i == def.Key {
				key = "PRI"
			}
			out = append(out, []string{c.Name, c.Type.String(), null, key, c.Default, c.Comment}[:len(cols)])
		}
	}
	return textRows("SHOW", cols, out), nil
}

// likeMatch is LIKE with % and _ on bytes of a name.
func likeMatch(pattern, s string) bool {
	if pattern == "" {
		return s == ""
	}
	switch pattern[0] {
	case '%':
		for i := 0; i <= len(s); i++ {
			if likeMatch(pattern[1:], s[i:]) {
				return true
			}
		}
		return false
	case '\\':
		if len(pattern) > 1 {
			pattern = pattern[1:]
		}
	case '_':
		if s == "" {
			return false
		}
		_, rest := firstRune(s)
		return likeMatch(pattern[1:], rest)
	}
	return s != "" && s[0] == pattern[0] && likeMatch(pattern[1:], s[1:])
}

func firstRune(s string) (rune, string) {
	for i, r := range s {
		if i > 0 {
			return 0, s[i:]
		}
		_ = r
	}
	return 0, ""
}

// createText writes the statements that make a table again.
func createText(def *types.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", quoteIdent(def.Name))
	for i := range def.Columns {
		c := &def.Columns[i]
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n    %s %s", quoteIdent(c.Name), c.Type.String())
		if c.Default != "" {
			b.WriteString(" DEFAULT " + c.Default)
		}
		if c.NotNull {
			b.WriteString(" NOT NULL")
		}
	}
	if def.Key >= 0 {
		fmt.Fprintf(&b, ",\n    CONSTRAINT %s PRIMARY KEY (%s)", quoteIdent(def.KeyName), quoteIdent(def.Columns[def.Key].Name))
	}
	for _, k := range def.Checks {
		fmt.Fprintf(&b, ",\n    CONSTRAINT %s CHECK (%s)", quoteIdent(k.Name), k.Expr)
	}
	b.WriteString("\n);")
	text := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	if def.Comment != "" {
		fmt.Fprintf(&b, "\nCOMMENT ON TABLE %s IS %s;", quoteIdent(def.Name), text(def.Comment))
	}
	for i := range def.Columns {
		if c := &def.Columns[i]; c.Comment != "" {
			fmt.Fprintf(&b, "\nCOMMENT ON COLUMN %s.%s IS %s;", quoteIdent(def.Name), quoteIdent(c.Name), text(c.Comment))
		}
	}
	return b.String()
}
