package harness

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// Conn is a connection that runs statements as text and shows everything that
// a client can see of their results as text.
type Conn struct {
	pg      *pgconn.PgConn
	notices []string
}

// Dial connects; the connection is closed when the test ends.
func Dial(t testing.TB, url string) *Conn {
	t.Helper()
	c := &Conn{}
	cfg, err := pgconn.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		c.notices = append(c.notices, n.Severity+": "+n.Message)
	}
	c.pg, err = pgconn.ConnectConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.pg.Close(context.Background()) })
	return c
}

// Raw is the connection itself.
func (c *Conn) Raw() *pgconn.PgConn { return c.pg }

// Must runs a statement that has to succeed and returns its rows.
func (c *Conn) Must(t testing.TB, sql string) [][]string {
	t.Helper()
	results, err := c.pg.Exec(context.Background(), sql).ReadAll()
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	var rows [][]string
	for _, r := range results {
		for _, row := range r.Rows {
			rows = append(rows, texts(row))
		}
	}
	return rows
}

func texts(row [][]byte) []string {
	out := make([]string, len(row))
	for i, v := range row {
		switch {
		case v == nil:
			out[i] = "NULL"
		case len(v) == 0:
			out[i] = "(empty)"
		default:
			out[i] = strings.ReplaceAll(string(v), "\n", "\\n")
		}
	}
	return out
}

// Options of Show.
type Options struct {
	Sort bool   // rows in text order: the statement does not order them
	Copy string // what to send to a COPY ... FROM STDIN
}

// Show runs one statement and returns all that came back: column names with
// type OIDs, rows, notices, the command tag or the error with SQLSTATE,
// position, DETAIL and HINT.
func (c *Conn) Show(sql string, o Options) string {
	c.notices = nil
	var b strings.Builder
	switch first := strings.ToUpper(strings.TrimSpace(sql)); {
	case strings.HasPrefix(first, "COPY") && strings.Contains(first, "FROM STDIN"):
		tag, err := c.pg.CopyFrom(context.Background(), strings.NewReader(o.Copy), sql)
		c.finish(&b, tag.String(), err)
	case strings.HasPrefix(first, "COPY") && strings.Contains(first, "TO STDOUT"):
		var out strings.Builder
		tag, err := c.pg.CopyTo(context.Background(), &out, sql)
		text := out.String()
		if o.Sort {
			lines := strings.SplitAfter(text, "\n")
			sort.Strings(lines)
			text = strings.Join(lines, "")
		}
		b.WriteString(text)
		c.finish(&b, tag.String(), err)
	default:
		c.query(&b, sql, o)
	}
	return b.String()
}

func (c *Conn) query(b *strings.Builder, sql string, o Options) {
	results, err := c.pg.Exec(context.Background(), sql).ReadAll()
	tag := ""
	for i, r := range results {
		if err != nil && i == len(results)-1 && len(r.Rows) == 0 {
			continue
		}
		tag = r.CommandTag.String()
		if len(r.FieldDescriptions) == 0 {
			continue
		}
		var names []string
		for _, f := range r.FieldDescriptions {
			oid := fmt.Sprint(f.DataTypeOID)
			if f.DataTypeOID >= 16384 { // a user's type: the numbers are each server's own
				oid = "user"
			}
			names = append(names, f.Name+":"+oid)
		}
		b.WriteString(strings.Join(names, " | ") + "\n")
		var rows []string
		for _, row := range r.Rows {
			rows = append(rows, strings.Join(texts(row), " | "))
		}
		if o.Sort {
			sort.Strings(rows)
		}
		for _, row := range rows {
			b.WriteString(row + "\n")
		}
	}
	c.finish(b, tag, err)
}

func (c *Conn) finish(b *strings.Builder, tag string, err error) {
	for _, n := range c.notices {
		b.WriteString(n + "\n")
	}
	var pe *pgconn.PgError
	switch {
	case err == nil:
		b.WriteString("-> " + tag + "\n")
	case errors.As(err, &pe):
		fmt.Fprintf(b, "ERROR %s", pe.Code)
		if pe.Position > 0 {
			fmt.Fprintf(b, " at %d", pe.Position)
		}
		b.WriteString(": " + pe.Message + "\n")
		for _, p := range []struct{ name, text string }{{"DETAIL", pe.Detail}, {"HINT", pe.Hint}, {"CONTEXT", pe.Where}} {
			if p.text != "" {
				b.WriteString(p.name + ": " + p.text + "\n")
			}
		}
	default:
		b.WriteString("LOST: " + err.Error() + "\n")
	}
}
