package clients

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"tagd/sql/charset"
	"tagd/tests/harness"
)

// encodingStatements are run by clients of several encodings; what the client's
// encoding lacks is an error in both servers. After a line end stands what a
// COPY is sent.
var encodingStatements = []string{
	"SHOW client_encoding",
	"CREATE TABLE 标签 (编号 int PRIMARY KEY, 城市 text)",
	"CREATE TABLE t (id int PRIMARY KEY, v text)",
	"INSERT INTO t VALUES (1, '重庆'), (2, 'São Paulo'), (3, NULL), (4, 'plain')",
	"SELECT id, v, length(v), octet_length(v) FROM t ORDER BY id",
	"SELECT v AS \"城市\" FROM t WHERE v = '重庆'",
	"SELECT chr(8364), chr(20013)",
	"SELECT chr(128512)",
	"SELECT nosuch_列 FROM t",
	"SELECT '\xff\xff'",
	"SELECT 1",
	"COPY t TO STDOUT",
	"COPY t TO STDOUT (FORMAT csv, ENCODING 'UTF8')",
	"COPY t TO STDOUT (FORMAT csv, ENCODING 'LATIN1')",
	"COPY t FROM STDIN\n5\t上海\n6\tx\\\\y\n",
	"COPY t FROM STDIN (FORMAT csv)\n7,\"许\"\n8,功\n",
	"COPY t FROM STDIN (FORMAT csv, ENCODING 'GBK')\n9,\xb9\xfa\n",
	"COPY t FROM STDIN (FORMAT csv, ENCODING 'UTF8')\n10,a\n11,\xb9\xfa\n",
	"COPY t FROM STDIN\n12\tx\n13\t\xff\n",
	"SELECT id, v FROM t ORDER BY id",
	"SET client_encoding = 'klingon'",
	"SET client_encoding TO 'utf-8'",
	"SHOW client_encoding",
}

func TestEncodings(t *testing.T) {
	pg := harness.Postgres(t)
	for _, name := range []string{"UTF8", "GBK", "GB18030", "BIG5", "LATIN1", "WIN1252", "EUC_CN", "SQL_ASCII"} {
		t.Run(name, func(t *testing.T) {
			harness.Fresh(t, pg)
			srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
			ours, theirs := dialIn(t, srv.URL(), name), dialIn(t, pg, name)
			for _, sql := range encodingStatements {
				if name == "SQL_ASCII" && strings.Contains(sql, "\t\xff") {
					continue // PostgreSQL stores bytes that are no text; tagd refuses them
				}
				sql = inCharset(name, sql)
				if got, want := show(ours, sql), show(theirs, sql); got != want {
					t.Errorf("%q\ntagd       %q\nPostgreSQL %q", sql, got, want)
				}
			}
		})
	}
}

// inCharset writes a statement in an encoding; what cannot be written in it, or
// is no UTF-8 to begin with, stays as it is.
func inCharset(name, sql string) string {
	set, _ := charset.Lookup(name)
	if raw, err := set.Encode(nil, []byte(sql)); err == nil && !strings.Contains(sql, "\xb9") {
		return string(raw)
	}
	return sql
}

func dialIn(t *testing.T, url, encoding string) *pgconn.PgConn {
	t.Helper()
	c, err := pgconn.Connect(context.Background(), url+"&client_encoding="+encoding)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// show is the bytes of everything that comes back.
func show(c *pgconn.PgConn, sql string) string {
	var out strings.Builder
	ctx := context.Background()
	if head, data, ok := strings.Cut(sql, "\n"); ok {
		tag, err := c.CopyFrom(ctx, strings.NewReader(data), head)
		return tag.String() + showErr(err)
	}
	if strings.HasPrefix(sql, "COPY") {
		tag, err := c.CopyTo(ctx, &out, sql)
		return out.String() + tag.String() + showErr(err)
	}
	res, err := c.Exec(ctx, sql).ReadAll()
	for _, r := range res {
		for _, f := range r.FieldDescriptions {
			out.WriteString(f.Name + "|")
		}
		for _, row := range r.Rows {
			out.WriteString("\n")
			for _, v := range row {
				out.WriteString(string(v) + "|")
			}
		}
	}
	return out.String() + showErr(err)
}

func showErr(err error) string {
	pe, ok := err.(*pgconn.PgError)
	switch {
	case err == nil:
		return ""
	case !ok:
		return err.Error()
	}
	return " " + pe.Code + " " + pe.Message + " " + pe.Detail + " " + pe.Where
}
