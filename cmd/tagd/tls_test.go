package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestGenerate holds that a generated certificate is made once and that only its
// owner can read it.
func TestGenerate(t *testing.T) {
	data := filepath.Join(t.TempDir(), "x.db")
	f := tlsFlags{generate: true}
	c, err := f.config(data, "127.0.0.1")
	if err != nil || c == nil {
		t.Fatal(err)
	}
	if err := c.Certificates[0].Leaf.VerifyHostname("localhost"); err != nil {
		t.Error(err)
	}
	for _, file := range []string{data + ".crt", data + ".key"} {
		if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, st, err)
		}
	}
	again, err := f.config(data, "127.0.0.1")
	if err != nil || !bytes.Equal(again.Certificates[0].Certificate[0], c.Certificates[0].Certificate[0]) {
		t.Errorf("another certificate, %v", err)
	}
	for _, bad := range []tlsFlags{{generate: true, cert: "x"}, {ca: "x"}, {cleartext: true}, {cert: "absent", key: "absent"}, {generate: true, ca: data + ".key"}} {
		if _, err := bad.config(data, ""); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
