package engine

import (
	"strconv"
	"strings"

	"tagd/planner"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// null is a cell without a value.
var null *string

// cells makes a row of texts; a nil *string is NULL.
func cells(vals ...any) []*string {
	out := make([]*string, len(vals))
	for i, v := range vals {
		switch v := v.(type) {
		case *string:
			out[i] = v
		case string:
			out[i] = &v
		case int64:
			t := strconv.FormatInt(v, 10)
			out[i] = &t
		case int:
			t := strconv.Itoa(v)
			out[i] = &t
		}
	}
	return out
}

// show is one kind of SHOW: its columns, and its rows, the first column of
// which LIKE looks at.
type show struct {
	cols func(s *Session, u *ast.ShowObjects) []string
	rows func(s *Session, u *ast.ShowObjects) ([][]*string, error)
}

func fixedCols(names ...string) func(*Session, *ast.ShowObjects) []string {
	return func(*Session, *ast.ShowObjects) []string { return names }
}

// nothing is for kinds of object that do not exist here.
func nothing(*Session, *ast.ShowObjects) ([][]*string, error) { return nil, nil }

// shows are the kinds of SHOW; the columns are called as MySQL calls them. It
// is filled by init, for its functions plan statements that may be SHOWs.
var shows map[string]show

func init() {
	variables := fixedCols("Variable_name", "Value")
	diagnostics := func(_ *Session, u *ast.ShowObjects) []string {
		if u.Count {
			return []string{"count"}
		}
		return []string{"Level", "Code", "Message"}
	}
	shows = map[string]show{
		"DATABASES":    {fixedCols("Database"), showDatabases},
		"TABLES":       {showTablesCols, showTables},
		"TABLE STATUS": {fixedCols("Name", "Engine", "Rows", "Collation", "Comment"), showTableStatus},
		"COLUMNS":      {showColumnsCols, showColumns},
		"INDEX": {fixedCols("Table", "Non_unique", "Key_name", "Seq_in_index", "Column_name", "Null", "Index_type", "Comment"),
			showIndex},
		"CREATE TABLE":     {fixedCols("Table", "Create Table"), showCreateTable},
		"CREATE VIEW":      {fixedCols("View", "Create View"), showCreateView},
		"CREATE DATABASE":  {fixedCols("Database", "Create Database"), showCreateDatabase},
		"PROCESSLIST":      {fixedCols("Id", "User", "Host", "db", "Command", "Time", "State", "Info"), showProcesses},
		"VARIABLES":        {variables, showVariables},
		"STATUS":           {variables, showStatus},
		"WARNINGS":         {diagnostics, showDiagnostics},
		"ERRORS":           {diagnostics, showDiagnostics},
		"ENGINES":          {fixedCols("Engine", "Support", "Comment", "Transactions", "Savepoints"), showEngines},
		"CHARACTER SET":    {fixedCols("Charset", "Description", "Default collation", "Maxlen"), showCharsets},
		"COLLATION":        {fixedCols("Collation", "Charset", "Default"), showCollations},
		"TRIGGERS":         {fixedCols("Trigger", "Event", "Table", "Statement", "Timing"), nothing},
		"EVENTS":           {fixedCols("Db", "Name", "Definer", "Type", "Status"), nothing},
		"PROCEDURE STATUS": {fixedCols("Db", "Name", "Type", "Definer", "Comment"), nothing},
		"FUNCTION STATUS":  {fixedCols("Db", "Name", "Type", "Definer", "Comment"), nothing},
	}
}

// showCols are the columns of a SHOW.
func (s *Session) showCols(u *ast.ShowObjects) ([]session.Column, error) {
	k, ok := shows[u.Kind]
	if !ok {
		return nil, sqlerr.Unsupported(u.Pos(), "SHOW %s is not supported", u.Kind)
	}
	names := k.cols(s, u)
	out := make([]session.Column, len(names))
	for i, n := range names {
		out[i] = textColumn(n)
	}
	return out, nil
}

// showObjects runs SHOW TABLES and its kin.
func (s *Session) showObjects(r *run, u *ast.ShowObjects, cols []session.Column) (session.Result, error) {
	data, err := shows[u.Kind].rows(s, u)
	if err != nil {
		return nil, err
	}
	if u.Like != nil {
		kept := data[:0]
		for _, row := range data {
			if row[0] != nil && likeMatch(*u.Like, *row[0]) {
				kept = append(kept, row)
			}
		}
		data = kept
	}
	b := cellBatch(len(cols), data)
	if u.Where != nil || u.Limit != nil {
		if b, err = s.filterShow(r, u, cols, data); err != nil {
			return nil, err
		}
	}
	return &rows{command: command{"SHOW"}, cols: cols, batches: []*vec.Batch{b}}, nil
}

func cellBatch(n int, data [][]*string) *vec.Batch {
	b := &vec.Batch{N: len(data), Cols: make([]*vec.Vector, n)}
	for c := range b.Cols {
		v := vec.New(types.Of(types.Text), len(data))
		for i := range data {
			if data[i][c] == nil {
				v.SetNull(i)
			} else {
				v.Str[i] = *data[i][c]
			}
		}
		b.Cols[c] = v
	}
	return b
}

// filterShow applies WHERE and LIMIT to the rows by the query SELECT * FROM
// (VALUES ...) WHERE ...: they mean there what they mean in every query. A first
// row of NULLs stands for an empty list and is left out.
func (s *Session) filterShow(r *run, u *ast.ShowObjects, cols []session.Column, data [][]*string) (*vec.Batch, error) {
	list := [][]ast.Expr{make([]ast.Expr, len(cols)+1)}
	list[0][len(cols)] = &ast.Literal{At: -1, Kind: ast.LitBool, Text: "false"}
	alias := ast.Alias{Name: "show"}
	for i := range cols {
		text := ast.TypeName{At: -1, Name: "text"}
		list[0][i] = &ast.Cast{At: -1, X: &ast.Literal{At: -1, Kind: ast.LitNull}, Type: text}
		alias.Columns = append(alias.Columns, strings.ToLower(cols[i].Name))
	}
	alias.Columns = append(alias.Columns, " shown")
	for _, row := range data {
		vals := make([]ast.Expr, 0, len(row)+1)
		for _, v := range row {
			if v == nil {
				vals = append(vals, &ast.Literal{At: -1, Kind: ast.LitNull})
			} else {
				vals = append(vals, &ast.Literal{At: -1, Kind: ast.LitString, Text: *v})
			}
		}
		list = append(list, append(vals, &ast.Literal{At: -1, Kind: ast.LitBool, Text: "true"}))
	}
	var where ast.Expr = &ast.Column{At: -1, Parts: []string{" shown"}}
	if u.Where != nil {
		where = &ast.Bool{At: -1, Kind: ast.And, Args: []ast.Expr{where, u.Where}}
	}
	q := &ast.Select{At: -1, Where: where, Limit: u.Limit, Offset: u.Offset}
	for _, c := range alias.Columns[:len(cols)] {
		q.Items = append(q.Items, ast.Item{X: &ast.Column{At: -1, Parts: []string{c}}})
	}
	d := &ast.Derived{Query: &ast.Select{At: -1, Values: list}, Alias: alias}
	q.From = []ast.TableRef{d}
	cat, release := s.catalog()
	pl, err := planner.Plan(q, cat, planner.Options{Fn: r.q.Fn})
	release()
	if err != nil {
		return nil, err
	}
	r.read()
	var out []*vec.Batch
	n := 0
	err = r.each(pl.Query, func(b *vec.Batch) error {
		out = append(out, b)
		n += b.N
		return nil
	})
	if err != nil || n == 0 {
		return cellBatch(len(cols), nil), err
	}
	all := &vec.Batch{N: n, Cols: make([]*vec.Vector, len(cols))}
	for c := range cols {
		var parts []*vec.Vector
		for _, b := range out {
			parts = append(parts, b.Cols[c].Flat())
		}
		all.Cols[c] = vec.Concat(types.Of(types.Text), parts)
	}
	return all, nil
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
