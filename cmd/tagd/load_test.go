package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagd/sql/sqlerr"
)

// loaded runs tagd load of a text into a table of three columns and returns the
// table's rows as COPY writes them.
func loaded(t *testing.T, f loadFlags, text string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	f.data, f.memory = filepath.Join(dir, "t.db"), 64
	file := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sql := func(do func(s *local) error) {
		db, eng, err := f.open()
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s, err := connect(context.Background(), eng)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := errors.Join(do(s), eng.Save()); err != nil {
			t.Fatal(err)
		}
	}
	sql(func(s *local) error {
		return errors.Join(s.exec("CREATE SCHEMA crm"), s.exec(`CREATE TABLE crm."用.户" (id int PRIMARY KEY, name text DEFAULT '无', city text)`))
	})
	if f.table == "" {
		f.table = `crm."用.户"`
	}
	if err := f.run([]string{file}); err != nil {
		return "", err
	}
	var rows string
	sql(func(s *local) error {
		res, err := s.start(`SELECT coalesce(string_agg(u::text, ' ' ORDER BY id), '') FROM crm."用.户" u`)
		if err != nil {
			return err
		}
		defer res.Close()
		b, err := res.Next(s.ctx)
		if err == nil {
			rows = b.Cols[0].Get(0).S
		}
		return s.finish(err)
	})
	return rows, nil
}

func TestLoad(t *testing.T) {
	for _, c := range []struct {
		name, text string
		f          loadFlags
		want       string // or a part of the error
	}{
		{"all columns", "id,name,city\n1,张,沪\n2,李,\n", loadFlags{}, "(1,张,沪) (2,李,)"},
		{"some columns in another order", "city,id\n沪,1\n", loadFlags{}, "(1,无,沪)"},
		{"a mark, quotes and carriage returns", "\ufeff\"city\",\"id\"\r\n\"沪\",1\r\n", loadFlags{}, "(1,无,沪)"},
		{"another delimiter", "id;city\n1;沪\n", loadFlags{delimiter: ";"}, "(1,无,沪)"},
		{"no header", "1,张,沪\n", loadFlags{noHeader: true}, "(1,张,沪)"},
		{"named columns", "沪,1\n", loadFlags{noHeader: true, columns: "city, id"}, "(1,无,沪)"},
		{"named columns and a header", "city,id\n沪,1\n", loadFlags{columns: "city,id"}, "(1,无,沪)"},
		{"an unknown column", "id,nope\n1,2\n", loadFlags{}, `column "nope" of relation "用.户" does not exist`},
		{"a column twice", "id,id\n1,2\n", loadFlags{}, `column "id" specified more than once`},
		{"an open quote", "\"id,city\n1,2\n", loadFlags{}, "unterminated CSV quoted field"},
		{"nothing", "", loadFlags{}, ""},
		{"no such table", "id\n1\n", loadFlags{table: "crm.用"}, `relation "crm.用" does not exist`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.f.delimiter == "" {
				c.f.delimiter = ","
			}
			got, err := loaded(t, c.f, c.text)
			if err != nil {
				if got = err.Error(); sqlerr.Code(err) == "XX000" || !strings.Contains(got, c.want) || c.want == "" {
					t.Fatalf("got error %q, want %q", got, c.want)
				}
				return
			}
			if strings.TrimSpace(got) != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}
