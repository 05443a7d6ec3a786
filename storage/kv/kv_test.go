package kv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tagd/sql/sqlerr"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestBatchesAreWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	db, err := Open(path, Options{})
	must(t, err)
	must(t, db.Write(func(b *Batch) error {
		for i := range 100 {
			must(t, b.Put(Pages, fmt.Appendf(nil, "k%02d", i), make([]byte, i*100)))
		}
		return b.Put(Small, []byte("k"), []byte("v"))
	}))
	boom := errors.New("boom")
	err = db.Write(func(b *Batch) error {
		must(t, b.Delete(Pages, []byte("k05")))
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	must(t, db.Close())
	must(t, db.Close())
	db, err = Open(path, Options{ReadOnly: true})
	must(t, err)
	defer db.Close()
	n := 0
	must(t, db.View(func(v *View) error {
		if got := string(v.Get(Small, []byte("k"))); got != "v" {
			t.Fatalf("got %q", got)
		}
		v.Verify(func(f string) { t.Error(f) })
		return v.Scan(Pages, []byte("k0"), func(k, val []byte) error {
			if want := fmt.Sprintf("k%02d", n); string(k) != want || len(val) != n*100 {
				t.Fatalf("key %s of %d bytes, want %s", k, len(val), want)
			}
			n++
			return nil
		})
	}))
	if n != 10 {
		t.Fatalf("%d keys", n)
	}
	if err := db.Write(func(*Batch) error { return nil }); sqlerr.Code(err) != "25006" {
		t.Fatalf("write to a file open for reading: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k.db")
	db, err := Open(path, Options{})
	must(t, err)
	if _, err := Open(path, Options{}); sqlerr.Code(err) != "55006" {
		t.Fatalf("second: %v", err)
	}
	must(t, db.Close())
	if err := db.View(func(*View) error { return nil }); sqlerr.Code(err) != "57P01" {
		t.Fatalf("closed: %v", err)
	}
	bad := filepath.Join(dir, "bad")
	must(t, os.WriteFile(bad, make([]byte, 100000), 0o600))
	if _, err := Open(bad, Options{}); sqlerr.Code(err) != "XX001" {
		t.Fatalf("zeros: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "no", "such"), Options{}); sqlerr.Code(err) != "58030" {
		t.Fatalf("no folder: %v", err)
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) != 2 {
		t.Fatalf("files left: %v", entries)
	}
}

func TestFull(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "f.db"), Options{MaxBytes: 1 << 20})
	must(t, err)
	defer db.Close()
	err = db.Write(func(b *Batch) error { return b.Put(Pages, []byte("x"), make([]byte, 4<<20)) })
	if sqlerr.Code(err) != "53100" {
		t.Fatal(err)
	}
	must(t, db.Write(func(b *Batch) error { return b.Put(Pages, []byte("x"), make([]byte, 1<<10)) }))
}
