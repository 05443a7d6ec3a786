package planner

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagd/planner/plan"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// testCatalog has one tag table and one event table.
type testCatalog struct{ tables map[string]*types.Table }

type testStats struct{ t *types.Table }

func newCatalog() *testCatalog {
	text := types.Of(types.Text)
	tags := &types.Table{ID: 1, OID: 16384, Name: "tags", Key: 0, KeyName: "tags_pkey", Columns: []types.Column{
		{ID: 1, Name: "user_id", Type: types.Of(types.Int8), NotNull: true},
		{ID: 2, Name: "gender", Type: text},
		{ID: 3, Name: "province", Type: text},
		{ID: 4, Name: "city", Type: types.Type{Kind: types.Varchar, Mod: 24}},
		{ID: 5, Name: "age", Type: types.Of(types.Int2), Default: "18"},
		{ID: 6, Name: "balance", Type: types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)}},
		{ID: 7, Name: "hobby", Type: text.ArrayOf()},
		{ID: 8, Name: "brand", Type: text.ArrayOf()},
		{ID: 9, Name: "registered", Type: types.Of(types.Date), Default: "current_date"},
		{ID: 10, Name: "last_login", Type: types.Of(types.TimestampTZ)},
		{ID: 11, Name: "vip", Type: types.Of(types.Bool)},
		{ID: 12, Name: "score", Type: types.Of(types.Float8)},
	}, Checks: []types.Check{{Name: "tags_age_check", Expr: "age >= 0"}}}
	orders := &types.Table{ID: 2, OID: 16400, Name: "orders", Key: -1, Columns: []types.Column{
		{ID: 1, Name: "user_id", Type: types.Of(types.Int8)},
		{ID: 2, Name: "amount", Type: types.Of(types.Numeric)},
		{ID: 3, Name: "at", Type: types.Of(types.Timestamp)},
	}}
	return &testCatalog{map[string]*types.Table{"tags": tags, "orders": orders}}
}

func (c *testCatalog) Table(schema, name string) (*types.Table, plan.Stats) {
	if t := c.tables[name]; t != nil && (schema == "" || schema == "public") {
		return t, testStats{t}
	}
	return nil, nil
}

func (c *testCatalog) Stats(t *types.Table) plan.Stats {
	_, st := c.Table("", t.Name)
	return st
}

func (c *testCatalog) View(_, _ string) *plan.View         { return nil }
func (c *testCatalog) Type(_, _ string) (types.Type, bool) { return types.Type{}, false }
func (c *testCatalog) Domain(uint32) *plan.DomainDef       { return nil }
func (c *testCatalog) RowType(uint32) (types.Type, bool)   { return types.Type{}, false }
func (c *testCatalog) Describe(_, _ string) string         { return "" }
func (c *testCatalog) Objects() any                        { return nil }

func (c *testCatalog) Denied(string) error { return nil }

func (c *testCatalog) HasSchema(string) bool { return false }

func (c *testCatalog) Virtual(schema, name string) (string, []plan.Field) {
	if name == "pg_class" && (schema == "" || schema == "pg_catalog") {
		return "pg_catalog", []plan.Field{{Name: "oid", Type: types.Of(types.Oid)}, {Name: "relname", Type: types.Of(types.Name)}}
	}
	return "", nil
}

func (s testStats) Rows() int64 { return 1_000_000 }

func (s testStats) Codes(col int) int {
	switch s.t.Columns[col].Name {
	case "gender":
		return 3
	case "province":
		return 32
	case "city":
		return 301
	case "vip":
		return 3
	case "hobby", "brand":
		return 121
	}
	return 0
}

func (s testStats) IsSet(col int) bool { return s.t.Columns[col].Type.Array }

func (s testStats) Range(col int) (int64, int64, bool) {
	switch s.t.Columns[col].Name {
	case "age":
		return 0, 99, true
	case "registered":
		return 7000, 9000, true
	case "user_id":
		return 1, 1 << 60, true
	}
	return 0, 0, false
}

// show is the golden text of one statement.
func show(text string, o Options) string {
	sts, err := parse.Statements(text)
	if err != nil {
		return showErr(text, err)
	}
	var b strings.Builder
	for _, st := range sts {
		p, err := Plan(st.Ast, newCatalog(), o)
		if err != nil {
			b.WriteString(showErr(text, err))
			continue
		}
		b.WriteString(showStmt(p))
	}
	return b.String()
}

func showErr(text string, err error) string {
	e := sqlerr.From(err)
	s := fmt.Sprintf("ERROR %s: %s\n", e.Code, e.Message)
	if e.Pos > 0 {
		s += fmt.Sprintf("POSITION %d: %.20s\n", sqlerr.CharPos(text, e.Pos), text[min(e.Pos-1, len(text)):])
	}
	if e.Detail != "" {
		s += "DETAIL " + e.Detail + "\n"
	}
	if e.Hint != "" {
		s += "HINT " + e.Hint + "\n"
	}
	return s
}

func showStmt(p *plan.Stmt) string {
	var b strings.Builder
	if p.Query != nil {
		var cols []string
		for _, f := range p.Query.Schema() {
			cols = append(cols, f.Name+" "+f.Type.String())
		}
		b.WriteString("columns: " + strings.Join(cols, ", ") + "\n")
	}
	for i, t := range p.Params {
		fmt.Fprintf(&b, "$%d: %s\n", i+1, t)
	}
	for _, n := range p.Notices {
		b.WriteString("NOTICE " + n + "\n")
	}
	if t := plan.DescribeStmt(p); t != nil {
		for _, l := range t.Text(true) {
			b.WriteString(l + "\n")
		}
	} else {
		fmt.Fprintf(&b, "utility %T\n", p.Utility)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) { golden(t, f) })
	}
}

// golden reads blocks "statement;\n----\nexpected\n\n".
func golden(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, block := range strings.Split(strings.TrimSpace(string(raw)), "\n\n") {
		text, want, _ := strings.Cut(block, "\n----")
		got := strings.TrimRight(show(text, Options{}), "\n")
		fmt.Fprintf(&out, "%s\n----\n%s\n\n", text, got)
		if !*rewrite && got != strings.Trim(want, "\n") {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", text, got, want)
		}
	}
	if *rewrite {
		if err := os.WriteFile(file, bytes.TrimRight(out.Bytes(), "\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzPlan: no text makes the planner panic or answer without a code.
func FuzzPlan(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.golden")
	for _, name := range files {
		raw, _ := os.ReadFile(name)
		for _, block := range strings.Split(string(raw), "\n\n") {
			text, _, _ := strings.Cut(block, "\n----")
			f.Add(text)
		}
	}
	cat := newCatalog()
	f.Fuzz(func(t *testing.T, text string) {
		sts, err := parse.Statements(text)
		if err != nil {
			return
		}
		for _, st := range sts {
			p, err := Plan(st.Ast, cat, Options{})
			if err != nil {
				if sqlerr.Code(err) == "XX000" {
					t.Fatalf("%q: %v", text, err)
				}
				continue
			}
			showStmt(p)
			checkWidths(t, p)
		}
	})
}

// checkWidths verifies that every column reference is inside its input and that
// nodes have one field per output.
func checkWidths(t *testing.T, p *plan.Stmt) {
	if p.Query != nil {
		checkNode(t, p.Query)
	}
	if p.Explain != nil {
		checkWidths(t, p.Explain.Target)
	}
}

func checkNode(t *testing.T, n plan.Node) {
	cols := func(w int, es ...plan.Expr) {
		for _, e := range es {
			for _, c := range plan.Columns(e) {
				if c < 0 || c >= w {
					t.Errorf("%T reads column %d of %d: %s", n, c, w, plan.String(e))
				}
			}
		}
	}
	in := 0
	if k := n.Children(); len(k) > 0 {
		in = len(k[0].Schema())
	}
	width := len(n.Schema())
	switch n := n.(type) {
	case *plan.Project:
		cols(in, n.Exprs...)
		in = len(n.Exprs)
	case *plan.Filter:
		cols(in, n.Cond)
	case *plan.Scan:
		cols(len(n.Table.Columns), n.Where)
		in = len(n.Cols)
	case *plan.Agg:
		cols(in, n.Keys...)
		for _, a := range n.Aggs {
			cols(in, a.Args...)
		}
		in = len(n.Keys) + len(n.Aggs) + len(n.Grouping)
	case *plan.CodeAgg:
		checkNode(t, n.Fallback)
		in = len(n.Fallback.Schema())
	case *plan.Unnest:
		cols(in, n.Args...)
		in = width
	case *plan.Series:
		cols(in, n.Args...)
		in = width
	case *plan.Sort:
		for _, k := range n.Keys {
			if k.Col >= in {
				t.Errorf("sort by column %d of %d", k.Col, in)
			}
		}
	default:
		in = width
	}
	if width != in {
		t.Errorf("%T has %d fields for %d columns", n, width, in)
	}
	for _, k := range n.Children() {
		checkNode(t, k)
	}
}
