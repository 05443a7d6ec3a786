package copyio

import (
	"context"
	"encoding/json"
	"math/rand"
	"os"
	"strings"
	"testing"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// goldenCase is one COPY that PostgreSQL 15 ran: its options, input bytes (one
// rune each), and either the rows as text and what COPY TO wrote of them, or
// the error.
type goldenCase struct {
	Opts  map[string]string
	OOpts map[string]string
	Data  string
	Cols  []string
	Rows  [][]*string
	Out   string
	OutQ  string
	Err   *struct{ Code, Msg, Detail, Hint, Where string }
}

var tagTypes = map[string]types.Type{
	"id": types.Of(types.Int8), "age": types.Of(types.Int4), "name": types.Of(types.Text),
	"amt": {Kind: types.Numeric, Mod: types.NumericMod(8, 2)}, "d": types.Of(types.Date),
	"hobby": types.Of(types.Text).ArrayOf(), "ok": types.Of(types.Bool), "f": types.Of(types.Float8),
	"v": {Kind: types.Varchar, Mod: 8}, "ts": types.Of(types.Timestamp),
}

func options(m map[string]string) []ast.Option {
	var out []ast.Option
	for k, v := range m {
		o := ast.Option{Name: k}
		switch {
		case v == "":
		case v[0] == '(':
			o.Value = []string{strings.Trim(v, "()")}
		case v[0] == 'E':
			o.Value = []string{"\t"}
		case v[0] == '\'':
			o.Value = []string{strings.ReplaceAll(v[1:len(v)-1], "''", "'")}
		default:
			o.Value = []string{v}
		}
		out = append(out, o)
	}
	return out
}

func latin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

// read decodes data fed in pieces of the sizes that next gives, in chunks of
// about size bytes; it returns the rows as text or the error.
func read(f Format, t Target, data []byte, size, workers int, next func(left int) int) (rows [][]*string, batches []*vec.Batch, err error) {
	r, err := NewReader(f, t)
	if err != nil {
		return nil, nil, err
	}
	r.cut.size = size
	p := NewPipe(context.Background(), r, workers, func(x *Rows) error {
		batches = append(batches, x.Batch)
		for i := range x.Batch.N {
			row := make([]*string, len(x.Batch.Cols))
			for c, v := range x.Batch.Cols {
				if !v.IsNull(i) {
					s := string(v.AppendText(nil, i, types.ISO))
					row[c] = &s
				}
			}
			rows = append(rows, row)
		}
		return nil
	})
	defer p.Abort()
	for len(data) > 0 {
		n := min(max(next(len(data)), 1), len(data))
		piece := append([]byte(nil), data[:n]...)
		if err := p.Write(piece); err != nil {
			return nil, nil, err
		}
		for i := range piece {
			piece[i] = 'Z' // the bytes may be reused
		}
		data = data[n:]
	}
	return rows, batches, p.Close()
}

func show(rows [][]*string, err error) string {
	if err != nil {
		e := sqlerr.From(err)
		return "!" + e.Code + " " + e.Message + " | " + e.Detail + " | " + e.Hint + " | " + e.Where
	}
	b, _ := json.Marshal(rows)
	if len(rows) == 0 {
		return "[]"
	}
	return string(b)
}

func target(cols []string) Target {
	t := Target{Table: "tags", Names: cols, Style: types.ISO}
	for _, c := range cols {
		t.Types = append(t.Types, tagTypes[c])
	}
	return t
}

func goldenCases(t testing.TB) []goldenCase {
	b, err := os.ReadFile("testdata/postgres.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestPostgresCopy(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for n, c := range goldenCases(t) {
		data := latin1(c.Data)
		want := show(c.Rows, nil)
		if c.Err != nil {
			want = "!" + c.Err.Code + " " + c.Err.Msg + " | " + c.Err.Detail + " | " + c.Err.Hint + " | " + c.Err.Where
		}
		f, err := ParseOptions(options(c.Opts), true, 0)
		if err != nil {
			if got := show(nil, err); got != want {
				t.Errorf("case %d: options %v: %s, want %s", n, c.Opts, got, want)
			}
			continue
		}
		tg := target(c.Cols)
		rows, batches, err := read(f, tg, data, chunkSize, 1, func(left int) int { return left })
		if code := sqlerr.Code(err); code == "0A000" || code == "42P10" {
			continue // nested arrays; the engine, which knows the table, checks names first
		}
		if got := show(rows, err); got != want {
			t.Errorf("case %d: %v %q\n got %s\nwant %s", n, c.Opts, data, got, want)
			continue
		}
		for _, size := range []int{1, 8, 40} {
			rows, _, err := read(f, tg, data, size, 2, func(left int) int { return r.Intn(9) + 1 })
			if got := show(rows, err); got != want {
				t.Errorf("case %d: %v %q in pieces for chunks of %d\n got %s\nwant %s", n, c.Opts, data, size, got, want)
				break
			}
		}
		if err == nil {
			checkOut(t, n, c.OOpts, c.Out, tg, batches)
			if c.OutQ != "" {
				c.OOpts["force_quote"] = "(*)"
				checkOut(t, n, c.OOpts, c.OutQ, tg, batches)
			}
		}
	}
}

func checkOut(t *testing.T, n int, opts map[string]string, want string, tg Target, batches []*vec.Batch) {
	t.Helper()
	f, err := ParseOptions(options(opts), false, 0)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(f, tg.Names, tg.Types, types.ISO)
	if err != nil {
		t.Fatal(err)
	}
	var c session.CopyChunk
	w.Begin(&c)
	for _, b := range batches {
		w.Append(&c, b)
	}
	w.End(&c)
	if string(c.Data) != string(latin1(want)) {
		t.Errorf("case %d: %v wrote %q, want %q", n, opts, c.Data, latin1(want))
	}
	if len(c.Ends) > 0 && int(c.Ends[len(c.Ends)-1]) != len(c.Data) {
		t.Errorf("case %d: ends %v of %d bytes", n, c.Ends, len(c.Data))
	}
}
