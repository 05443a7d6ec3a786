package clients

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"tagd/tests/harness"
)

// TestBinaryTypes compares the binary form of values of every type with
// PostgreSQL's, and sends each back as a parameter: it comes out as it went in.
func TestBinaryTypes(t *testing.T) {
	data, err := os.ReadFile("testdata/binary.txt")
	if err != nil {
		t.Fatal(err)
	}
	ours := harness.Dial(t, harness.Start(t, filepath.Join(t.TempDir(), "t.db")).URL()).Raw()
	theirs := harness.Dial(t, harness.Postgres(t)).Raw()
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		typ, lit, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		want, oid := binaryOf(t, theirs, typ, lit)
		got, _ := binaryOf(t, ours, typ, lit)
		if !bytes.Equal(got, want) {
			t.Errorf("%s %q: %x, PostgreSQL has %x", typ, lit, got, want)
			continue
		}
		res := ours.ExecParams(context.Background(), "SELECT $1::"+typ, [][]byte{want}, []uint32{oid}, []int16{1}, []int16{1}).Read()
		if res.Err != nil {
			t.Errorf("%s %q as a parameter: %v", typ, lit, res.Err)
		} else if back := res.Rows[0][0]; !bytes.Equal(back, want) {
			t.Errorf("%s %q as a parameter: %x comes back as %x", typ, lit, want, back)
		}
	}
	row, _ := binaryOf(t, theirs, "record", "")
	if got, _ := binaryOf(t, ours, "record", ""); !bytes.Equal(got, row) {
		t.Errorf("record: %x, PostgreSQL has %x", got, row)
	}
}

// binaryOf is the binary form of a literal of a type, and the type's OID.
func binaryOf(t *testing.T, c *pgconn.PgConn, typ, lit string) ([]byte, uint32) {
	sql := "SELECT '" + strings.ReplaceAll(lit, "'", "''") + "'::" + typ
	if typ == "record" {
		sql = "SELECT ROW(1, 'x'::text, NULL::date, ARRAY[1, 2], ROW(true))"
	}
	res := c.ExecParams(context.Background(), sql, nil, nil, nil, []int16{1}).Read()
	if res.Err != nil {
		t.Errorf("%s %q: %v", typ, lit, res.Err)
		return nil, 0
	}
	return res.Rows[0][0], res.FieldDescriptions[0].DataTypeOID
}
