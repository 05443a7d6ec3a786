package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"
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
	eachColumn(val.ProtoReflect(), func(c *pg.ColumnRef) {
		last := c.Fields[len(c.Fields)-1].GetString_()
		if last != nil && last.Sval == from {
			last.Sval = to
		}
	})
	return exprText(val)
}

// eachColumn calls f for every column reference below a node.
func eachColumn(m protoreflect.Message, f func(*pg.ColumnRef)) {
	if c, ok := m.Interface().(*pg.ColumnRef); ok && len(c.Fields) > 0 {
		f(c)
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if fd.Kind() != protoreflect.MessageKind || fd.IsMap() {
			return true
		}
		if !fd.IsList() {
			eachColumn(v.Message(), f)
			return true
		}
		for i := 0; i < v.List().Len(); i++ {
			eachColumn(v.List().Get(i).Message(), f)
		}
		return true
	})
}
