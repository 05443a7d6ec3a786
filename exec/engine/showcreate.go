package engine

import (
	"fmt"
	"strings"

	"tagd/sql/types"
)

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
