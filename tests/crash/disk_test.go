package crash

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tagd/tests/harness"
)

// TestFullDisk fills a small file system with a load: the statement is 53100,
// earlier data is there, the block's savepoint can be gone back to, and the server
// goes on. A second server on the file says that it is taken.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=20m"); err != nil {
		harness.Skip(t, "a file system of 20 MB cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	data := filepath.Join(dir, "t.db")
	srv := harness.Start(t, data)
	c := harness.Dial(t, srv.URL())
	c.Must(t, "CREATE TABLE t (id bigint PRIMARY KEY, s text)")
	c.Must(t, "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 1000) g")

	r := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&b, "%d,%016x%016x%016x%016x\n", 10_000+i, r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	}
	load := harness.Options{Copy: b.String()}
	full := func(got string) {
		t.Helper()
		if !strings.HasPrefix(got, "ERROR 53100") {
			t.Fatalf("a load into a full file system: %.300s", got)
		}
	}
	full(c.Show("COPY t FROM STDIN (FORMAT csv)", load))
	c.Must(t, "BEGIN; INSERT INTO t VALUES (2000, 'kept'); SAVEPOINT s")
	full(c.Show("COPY t FROM STDIN (FORMAT csv)", load))
	c.Must(t, "ROLLBACK TO s; INSERT INTO t VALUES (2001, 'too'); COMMIT")
	if got := c.Must(t, "SELECT count(*), max(id) FROM t"); got[0][0] != "1002" || got[0][1] != "2001" {
		t.Fatalf("after the full disk: %v", got)
	}
	out, err := exec.Command(harness.Binary(t), "serve", "--data", data, "--listen", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another tagd has this file open") {
		t.Fatalf("a second server: %v\n%s", err, out)
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	checkFile(t, data)
}
