package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"
)

// RenameColumn rewrites the text of an expression for a column that gets another
// name: references by the name alone and by the table's name.
func RenameColumn(text, from, to string) (string, error) {
	tree, err := grammar("SELECT " + text)
	if err != nil {
		return "", err
	}
	s := tree.Stmts[0].Stmt.GetSelectStmt()
	if s == nil || len(s.TargetList) != 1 {
		return text, nil
	}
	val := s.TargetList[0].GetResTarget().GetVal()
	each(val.ProtoReflect(), func(c *pg.ColumnRef) {
		if len(c.Fields) == 0 {
			return
		}
		last := c.Fields[len(c.Fields)-1].GetString_()
		if last != nil && last.Sval == from {
			last.Sval = to
		}
	})
	return exprText(val)
}
