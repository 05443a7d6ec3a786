package clients

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"tagd/tests/harness"
)

// catalogSide is one server's catalog, read whole.
type catalogSide struct {
	conn  *pgconn.PgConn
	names map[string]string // OIDs of the objects of the fixture to names
}

// nameQueries give the names of objects by their OIDs.
var nameQueries = []string{
	"SELECT oid, 'schema ' || nspname FROM pg_namespace",
	"SELECT oid, 'database' FROM pg_database WHERE datname = current_database()",
	"SELECT c.oid, c.relkind::text || ' ' || n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace",
	"SELECT t.oid, 'type ' || n.nspname || '.' || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace",
	"SELECT c.oid, CASE WHEN contype IN ('p', 'u') THEN 'i ' || n.nspname || '.' ELSE 'constraint ' END || conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace",
	"SELECT d.oid, 'default ' || adnum || ' of ' || relname FROM pg_attrdef d JOIN pg_class c ON c.oid = adrelid",
	"SELECT r.oid, 'rule of ' || relname FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class",
	"SELECT e.oid, 'label ' || enumlabel FROM pg_enum e",
	"SELECT p.oid, 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE p.oid >= 16384",
	"SELECT t.oid, 'trigger ' || tgname || ' of ' || relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid",
	"SELECT oid, 'role ' || rolname FROM pg_roles",
	"SELECT oid, 'extension ' || extname FROM pg_extension",
	"SELECT oid, 'default privileges' FROM pg_default_acl",
}

func newSide(t *testing.T, url string) *catalogSide {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	s := &catalogSide{conn: conn, names: map[string]string{}}
	for _, q := range nameQueries {
		_, rows, err := s.read(t, q)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		for _, r := range rows {
			if len(r[0]) >= 5 && r[0] >= "16384" || len(r[0]) > 5 {
				s.names[r[0]] = "<" + r[1] + ">"
			}
		}
	}
	return s
}

// read returns the fields and the rows of a statement as text, NULL as "\N".
func (s *catalogSide) read(t *testing.T, q string) ([]pgconn.FieldDescription, [][]string, error) {
	res, err := s.conn.Exec(t.Context(), q).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	var out [][]string
	for _, r := range res[0].Rows {
		row := make([]string, len(r))
		for i, v := range r {
			row[i] = string(v)
			if v == nil {
				row[i] = `\N`
			}
		}
		out = append(out, row)
	}
	return res[0].FieldDescriptions, out, nil
}

// ofServer are columns whose values are the server's own business: places in
// files, transaction numbers, sizes and estimates.
var ofServer = map[string]bool{"relfilenode": true, "relpages": true, "relallvisible": true, "relfrozenxid": true, "relminmxid": true, "reltuples": true,
	"reltoastrelid": true, "datfrozenxid": true, "datminmxid": true, "xmin": true, "ev_action": true, "conbin": true, "adbin": true, "indexprs": true,
	"indpred": true, "typdefaultbin": true, "proargdefaults": true, "prosqlbody": true, "ev_qual": true}

// notHere are rows of what tagd does not need: TOAST tables of tables, and the
// temporary schemas of other sessions.
var notHere = regexp.MustCompile(`<[it] pg_toast\.|pg_(toast_)?temp_\d`)

var notNullName = regexp.MustCompile(`^\d+_(\d+)_(\d+)_not_null$`)

// named writes a row with names in the place of the OIDs of the fixture's objects.
func (s *catalogSide) named(fields []pgconn.FieldDescription, row []string) string {
	out := make([]string, len(row))
	for i, v := range row {
		switch oid := fields[i].DataTypeOID; {
		case ofServer[fields[i].Name]:
			if v != `\N` {
				v = "*"
			}
		case oid == 26 || oid == 2205 || oid == 2206:
			if n, ok := s.names[v]; ok {
				v = n
			}
		case notNullName.MatchString(v):
			m := notNullName.FindStringSubmatch(v)
			v = "NOT NULL " + m[2] + " of " + s.names[m[1]]
		}
		out[i] = v
	}
	return strings.Join(out, "|")
}

// relation reads a relation with its rows in an order of their own.
func (s *catalogSide) relation(t *testing.T, name string) ([]pgconn.FieldDescription, []string, error) {
	fields, rows, err := s.read(t, "SELECT * FROM "+name)
	if err != nil {
		return nil, nil, err
	}
	var list []string
	for _, r := range rows {
		if row := s.named(fields, r); !notHere.MatchString(row) {
			list = append(list, row)
		}
	}
	sort.Strings(list)
	return fields, list, nil
}

// notCompared are the relations that say what a server does at the moment, how it
// is set, or what it has estimated.
var notCompared = regexp.MustCompile(`^pg_catalog\.(pg_stat|pg_settings|pg_file_settings|pg_hba|pg_ident|pg_config|pg_locks|pg_backend|pg_shmem|pg_cursors|` +
	`pg_prepared|pg_timezone|pg_available|pg_authid|pg_roles|pg_user|pg_shadow|pg_group|pg_auth_members|pg_shdepend|pg_database|pg_depend|pg_statistic|pg_replication|` +
	`pg_shdescription|pg_tablespace)`)

// TestCatalog reads every relation of pg_catalog and information_schema whole on
// tagd and PostgreSQL 15, with the same objects in both.
func TestCatalog(t *testing.T) {
	if !harness.HavePostgres() {
		harness.Skip(t, "PostgreSQL 15, which says what is right, is not installed")
	}
	pg := harness.Postgres(t)
	fixture, err := os.ReadFile("testdata/fixture.sql")
	if err != nil {
		t.Fatal(err)
	}
	harness.Fresh(t, pg)
	harness.Dial(t, pg).Must(t, string(fixture))
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	harness.Dial(t, srv.URL()).Must(t, string(fixture))
	want, got := newSide(t, pg), newSide(t, srv.URL())
	_, list, err := want.read(t, `SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE nspname IN ('pg_catalog', 'information_schema') AND relkind IN ('r', 'v') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if notCompared.MatchString(r[0]) {
			continue
		}
		t.Run(r[0], func(t *testing.T) { sameRelation(t, want, got, r[0]) })
	}
}

func sameRelation(t *testing.T, want, got *catalogSide, name string) {
	wf, w, err := want.relation(t, name)
	if err != nil {
		t.Fatal(err)
	}
	gf, g, err := got.relation(t, name)
	if err != nil {
		t.Fatalf("on tagd: %v", err)
	}
	shape := func(list []pgconn.FieldDescription) (out string) {
		for _, f := range list {
			out += fmt.Sprintf("%s %d %d %d, ", f.Name, f.DataTypeOID, f.DataTypeSize, f.TypeModifier)
		}
		return out
	}
	if shape(wf) != shape(gf) {
		t.Errorf("columns\n  PostgreSQL %s\n  tagd       %s", shape(wf), shape(gf))
	}
	missing, extra := minus(w, g), minus(g, w)
	for i := range min(len(missing), 12) {
		t.Errorf("only PostgreSQL: %s", missing[i])
	}
	for i := range min(len(extra), 12) {
		t.Errorf("only tagd:       %s", extra[i])
	}
	if len(missing)+len(extra) > 0 {
		t.Errorf("%d rows only in PostgreSQL, %d only in tagd, of %d", len(missing), len(extra), len(w))
	}
}

// minus has the strings of a sorted list that a second one lacks, as often as it
// lacks them.
func minus(a, b []string) (out []string) {
	b = slices.Clone(b)
	for _, s := range a {
		if i, ok := slices.BinarySearch(b, s); ok {
			b = slices.Delete(b, i, i+1)
		} else {
			out = append(out, s)
		}
	}
	return out
}
