package engine

import (
	"fmt"

	"tagd/sql/ast"
	"tagd/sql/types"
)

func showColumnsCols(_ *Session, u *ast.ShowObjects) []string {
	if u.Full {
		return []string{"Field", "Type", "Collation", "Null", "Key", "Default", "Extra", "Comment"}
	}
	return []string{"Field", "Type", "Null", "Key", "Default", "Extra"}
}

func showColumns(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	rel, release, err := s.shownTable(u)
	if err != nil {
		return nil, err
	}
	defer release()
	var out [][]*string
	add := func(name, typ string, collation *string, null, key string, def *string, extra, comment string) {
		switch {
		case u.Column != "" && u.Column != name:
		case u.Full:
			out = append(out, cells(name, typ, collation, null, key, def, extra, comment))
		default:
			out = append(out, cells(name, typ, null, key, def, extra))
		}
	}
	if rel.def == nil {
		c, done := s.catalog()
		defer done()
		for _, col := range rel.view.Columns {
			t, _ := c.exts.Type(col.Type)
			add(col.Name, t.String(), nil, "YES", "", nil, "", "")
		}
		return out, nil
	}
	for i := range rel.def.Columns {
		col := &rel.def.Columns[i]
		null := "YES"
		if col.NotNull {
			null = "NO"
		}
		var collation, def *string
		if k := col.Type.Kind; !col.Type.Array && (k == types.Text || k == types.Varchar || k == types.BPChar) {
			c := "utf8mb4_bin"
			collation = &c
		}
		if col.Default != "" {
			def = &col.Default
		}
		add(col.Name, col.Type.String(), collation, null, keyWord(rel.def, i), def, extraWord(col), col.Comment)
	}
	return out, nil
}

// keyWord is PRI, UNI or MUL as MySQL says it.
func keyWord(def *types.Table, col int) string {
	if col == def.Key {
		return "PRI"
	}
	word := ""
	for _, q := range def.Uniques {
		for i, c := range q.Cols {
			switch {
			case c != col:
			case q.Primary:
				return "PRI"
			case len(q.Cols) == 1:
				word = "UNI"
			case i == 0 && word == "":
				word = "MUL"
			}
		}
	}
	return word
}

func extraWord(c *types.Column) string {
	switch {
	case c.Identity != "":
		return "auto_increment"
	case c.Generated != "":
		return "STORED GENERATED"
	}
	return ""
}

// showIndex lists the primary key, the unique constraints and the indexes that
// were asked for.
func showIndex(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	rel, release, err := s.shownTable(u)
	if err != nil {
		return nil, err
	}
	defer release()
	def := rel.def
	if def == nil {
		return nil, nil
	}
	var out [][]*string
	add := func(nonUnique int, name string, seq int, col, comment string) {
		null := ""
		if i := def.Column(col); i >= 0 && !def.Columns[i].NotNull {
			null = "YES"
		}
		out = append(out, cells(def.Name, nonUnique, name, seq, col, null, "BTREE", comment))
	}
	if def.Key >= 0 {
		add(0, "PRIMARY", 1, def.Columns[def.Key].Name, "")
	}
	for _, q := range def.Uniques {
		name := q.Name
		if q.Primary {
			name = "PRIMARY"
		}
		for i, c := range q.Cols {
			add(0, name, i+1, def.Columns[c].Name, "")
		}
	}
	c, done := s.catalog()
	defer done()
	for _, oid := range sortedKeys(c.objs.Indexes) {
		x := c.objs.Indexes[oid]
		if x.Table != def.OID || x.Unique {
			continue
		}
		for i, k := range x.Keys {
			add(1, x.Name, i+1, indexed(def, k.Col, k.Expr), "")
		}
	}
	return out, nil
}

// indexed is a key of an index: a column's name or an expression.
func indexed(def *types.Table, id uint32, expr string) string {
	for i := range def.Columns {
		if id != 0 && def.Columns[i].ID == id {
			return def.Columns[i].Name
		}
	}
	return fmt.Sprintf("(%s)", expr)
}
