package harness

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pgBin is where Debian and PGDG put the binaries of PostgreSQL 15.
const pgBin = "/usr/lib/postgresql/15/bin"

// HavePostgres reports whether PostgreSQL 15 is installed.
func HavePostgres() bool {
	_, err := os.Stat(filepath.Join(pgBin, "initdb"))
	return err == nil
}

// Fresh makes the database of a URL of Postgres anew, empty.
func Fresh(t testing.TB, url string) {
	t.Helper()
	admin := strings.Replace(url, "/tagd?", "/postgres?", 1)
	for _, sql := range []string{"DROP DATABASE IF EXISTS tagd WITH (FORCE)", "CREATE DATABASE tagd"} {
		if out, err := exec.Command("psql", admin, "-q", "-c", sql).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", sql, err, out)
		}
	}
}

// Postgres starts a private PostgreSQL 15 for the test and returns its URL. The
// database has the settings that tagd's answers are defined by: UTF-8, COLLATE
// "C", time zone UTC. It skips without the binaries.
func Postgres(t testing.TB) string {
	t.Helper()
	if !HavePostgres() {
		Skip(t, "PostgreSQL 15 is not installed (%s)", pgBin)
	}
	dir, err := os.MkdirTemp("", "tagd-pg")
	if err != nil {
		t.Fatal(err)
	}
	cred := postgresUser(t, dir)
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(pgBin, name), args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "HOME="+dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
		return cmd
	}
	data := filepath.Join(dir, "data")
	if out, err := run("initdb", "-D", data, "-U", "tagd", "-A", "trust", "-E", "UTF8", "--locale=C", "-N").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := freePort(t)
	srv := run("postgres", "-D", data, "-p", port, "-k", dir, "-c", "listen_addresses=127.0.0.1",
		"-c", "fsync=off", "-c", "TimeZone=UTC", "-c", "max_wal_size=4GB", "-c", "shared_buffers=512MB", "-c", "lc_messages=C")
	log := &syncBuffer{}
	srv.Stderr = log
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = srv.Process.Signal(syscall.SIGQUIT)
		_ = srv.Wait()
		_ = os.RemoveAll(dir)
	})
	url := fmt.Sprintf("postgres://tagd@127.0.0.1:%s/%%s?sslmode=disable", port)
	deadline := time.Now().Add(30 * time.Second)
	for {
		out, err := exec.Command("psql", fmt.Sprintf(url, "postgres"), "-c", "CREATE DATABASE tagd").CombinedOutput()
		if err == nil {
			return fmt.Sprintf(url, "tagd")
		}
		if time.Now().After(deadline) {
			t.Fatalf("PostgreSQL did not start: %s\n%s", out, log)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// postgresUser gives dir to the user postgres when the tests run as root, as
// whom PostgreSQL refuses to run.
func postgresUser(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		Skip(t, "running as root and there is no user postgres: %v", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func freePort(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := strings.Cut(ln.Addr().String(), ":")
	return port
}
