package engine

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/storage"
	"tagd/storage/table"
)

var rewrite = flag.Bool("rewrite", false, "write what the engine answers into the golden files")

// A golden file has blocks of a simple-query string and what it gives, with
// "----" between them and an empty line after. The first line may be "@name",
// which runs the block in another session; after a COPY FROM STDIN the line
// "data" begins what is sent.
func TestGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.test")
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".test"), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := runGolden(t, newMemStore(), string(text))
			if stored := runGolden(t, openStore(t), string(text)); stored != got {
				t.Errorf("the store answers otherwise than the naive one:\n%s", diff(got, stored))
			}
			if *rewrite {
				if err := os.WriteFile(f, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(text) {
				t.Errorf("%s differs:\n%s", f, diff(string(text), got))
			}
		})
	}
}

func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			end := min(i+12, len(g))
			return fmt.Sprintf("line %d\nwant: %s\ngot:\n%s", i+1, w[i], strings.Join(g[max(0, min(i-6, len(g))):end], "\n"))
		}
	}
	return "longer than expected"
}

func runGolden(t *testing.T, st table.Store, text string) string {
	e, err := New(st, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	sessions := map[string]*client{}
	defer func() {
		for _, c := range sessions {
			c.Close()
		}
	}()
	var out strings.Builder
	for _, block := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		head, _, _ := strings.Cut(block, "\n----")
		out.WriteString(head + "\n----\n")
		var keep []string
		for _, l := range strings.Split(head, "\n") {
			if !strings.HasPrefix(l, "#") {
				keep = append(keep, l)
			}
		}
		sql, name := strings.Join(keep, "\n"), ""
		if strings.HasPrefix(sql, "@") {
			name, sql, _ = strings.Cut(sql, "\n")
		}
		if sessions[name] == nil {
			sessions[name] = newClient(t, e)
		}
		sql, data, _ := strings.Cut(sql, "\ndata\n")
		out.WriteString(sessions[name].show(sql, data) + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// client is a session with what it is told.
type client struct {
	session.Session
	said []string
}

func newClient(t testing.TB, e *Engine) *client {
	c := &client{}
	s, err := e.Connect(context.Background(), map[string]string{"user": "tagd", "database": "tagd"}, c)
	if err != nil {
		t.Fatal(err)
	}
	c.Session = s
	return c
}

func (c *client) Notice(n *sqlerr.Error) {
	c.said = append(c.said, strings.TrimSpace(n.Severity+": "+n.Message))
}
func (c *client) Parameter(name, value string) {
	c.said = append(c.said, "parameter "+name+" = "+value)
}

// show runs a simple-query string and words all that comes back.
func (c *client) show(sql, data string) string {
	ctx := context.Background()
	c.said = nil
	var out []string
	tell := func() {
		out = append(out, c.said...)
		c.said = nil
	}
	list, err := c.Split(ctx, sql)
	for _, s := range list {
		var lines []string
		lines, err = c.one(ctx, s, data)
		tell()
		out = append(out, lines...)
		if err != nil {
			break
		}
	}
	if err != nil {
		out = append(out, words(sql, err))
	}
	if e := c.Sync(ctx, err != nil); e != nil {
		out = append(out, words(sql, e))
	}
	tell()
	if tx := c.Tx(); tx != session.TxIdle {
		out = append(out, "tx "+string(tx))
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\n") + "\n"
}

func (c *client) one(ctx context.Context, s session.Stmt, data string) (out []string, err error) {
	p, err := c.PrepareStmt(ctx, s)
	if err != nil {
		return nil, err
	}
	res, err := c.Execute(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	out, err = c.rows(ctx, res, data)
	if err != nil {
		return out, err
	}
	return append(out, res.Tag()), nil
}

func (c *client) rows(ctx context.Context, res session.Result, data string) (out []string, err error) {
	switch res.Kind() {
	case session.KindCopyIn:
		for i := 0; i < len(data); i += 7 {
			if err := res.CopyData(ctx, []byte(data[i:min(i+7, len(data))])); err != nil {
				return nil, err
			}
		}
		return nil, res.CopyDone(ctx)
	case session.KindCopyOut:
		for {
			ch, err := res.NextCopy(ctx)
			if err != nil || ch == nil {
				return out, err
			}
			out = append(out, strings.Split(strings.TrimSuffix(string(ch.Data), "\n"), "\n")...)
		}
	case session.KindRows:
		var names []string
		for _, col := range res.Columns() {
			names = append(names, col.Name)
		}
		out = append(out, "| "+strings.Join(names, " | "))
		for {
			b, err := res.Next(ctx)
			if err != nil || b == nil {
				return out, err
			}
			for i := range b.N {
				var vals []string
				for _, v := range b.Cols {
					text := "NULL"
					if !v.IsNull(i) {
						text = string(v.AppendText(nil, i, c.Format()))
					}
					if text == "" {
						text = "(empty)"
					}
					vals = append(vals, strings.ReplaceAll(text, "\n", "\n    "))
				}
				out = append(out, strings.Join(vals, " | "))
			}
		}
	}
	return nil, nil
}

// words is an error as a client sees it; the text at its position is shown.
func words(sql string, err error) string {
	e := sqlerr.From(err)
	s := e.Code + " " + e.Message
	if e.Severity != "" && e.Severity != "ERROR" {
		s = e.Severity + " " + s
	}
	if e.Pos > 0 {
		at := ""
		if e.Pos <= len(sql) {
			at = strings.SplitN(sql[e.Pos-1:], "\n", 2)[0]
		}
		s += fmt.Sprintf("\n  at %d: %.20s", e.Pos, at)
	}
	for _, p := range [][2]string{{"detail", e.Detail}, {"hint", e.Hint}, {"context", e.Where}} {
		if p[1] != "" {
			s += "\n  " + p[0] + ": " + p[1]
		}
	}
	return s
}

// openStore opens a new data file for a test.
func openStore(t testing.TB) table.Store {
	db, err := storage.Open(filepath.Join(t.TempDir(), "tags.db"), storage.Options{NoSync: true, Keys: Keyer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
