package clients

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

var rewrite = flag.Bool("rewrite", false, "write docs/clients.md and testdata/open.txt anew from what passes")

// client is a stock client: a program that runs its steps against the server that
// the environment names (PGHOST, PGPORT, PGUSER, PGDATABASE, and DATABASE_URL) and
// prints to standard output, for each step, a line "# step NAME" and then all values
// that it got, one or more lines. It never prints what differs between two servers
// that are both right: OIDs of user objects, versions, times, process numbers.
//
// Both servers start with the tables of testdata/fixture.sql. A step passes where
// tagd's lines are those of PostgreSQL 15, and PostgreSQL's have no line that begins
// with "FAIL" (a check of the program's own that did not hold).
type client struct {
	name string
	// command is run in tests/clients; "$CLIENTS" in it is the folder that
	// tests/clients/install.sh fills.
	command []string
	// needs is a path that is there when the client is installed; "" for a client
	// that Go itself builds.
	needs string
	// play takes the place of a program; see bi_test.go.
	play func(ctx context.Context, server string) (string, error)
	// what the steps do, for docs/clients.md.
	what    string
	timeout time.Duration // 0: two minutes
}

// matrix has all clients; each file of this folder that runs a family adds its own.
var matrix []client

// home is where tests/clients/install.sh puts what Debian's packages do not bring.
func home() string {
	if dir := os.Getenv("TAGD_CLIENTS"); dir != "" {
		return dir
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "/var/tmp/tagd-clients"
	}
	return filepath.Join(cache, "tagd-clients")
}

// openFile lists the steps that are known to differ, a line each: client, step and
// what differs, with tabs between. They count as not passed; one that passes is an
// error until its line is gone.
const openFile = "testdata/open.txt"

// readOpen returns what differs by "client\tstep".
func readOpen(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(openFile)
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]string{}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), "\t", 3)
		if len(f) == 3 {
			open[f[0]+"\t"+f[1]] = f[2]
		}
	}
	return open
}

// step is what a program printed under one heading.
type step struct{ name, out string }

func steps(out string) (list []step, total map[string]string) {
	total = map[string]string{}
	for _, part := range strings.Split("\n"+out, "\n# step ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		list = append(list, step{strings.TrimSpace(name), strings.TrimRight(body, "\n")})
		total[strings.TrimSpace(name)] = strings.TrimRight(body, "\n")
	}
	return list, total
}

// run runs a client against a server; its standard output even where it failed.
func (c *client) run(t *testing.T, server string) (string, error) {
	limit := c.timeout
	if limit == 0 {
		limit = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if c.play != nil {
		return c.play(ctx, server)
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	args := make([]string, len(c.command))
	for i, a := range c.command {
		args[i] = strings.ReplaceAll(a, "$CLIENTS", home())
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = append(os.Environ(), "PGHOST="+u.Hostname(), "PGPORT="+u.Port(), "PGUSER="+u.User.Username(), "PGPASSWORD=unused",
		"PGDATABASE="+strings.TrimPrefix(u.Path, "/"), "PGSSLMODE=disable", "DATABASE_URL="+server, "CLIENTS="+home(),
		"TZ=UTC", "LC_ALL=C.UTF-8", "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1", "TERM=xterm")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%s: %w\n%s", c.name, err, tail(errs.String(), 4000))
	}
	return out.String(), err
}

func tail(s string, n int) string {
	if len(s) > n {
		s = "..." + s[len(s)-n:]
	}
	return s
}

// TestMatrix runs every client of the list against PostgreSQL 15 and tagd. One
// client alone: -run 'TestMatrix/^NAME$'.
func TestMatrix(t *testing.T) {
	if !harness.HavePostgres() {
		harness.Skip(t, "PostgreSQL 15, which says what is right, is not installed")
	}
	pg := harness.Postgres(t)
	fixture, err := os.ReadFile("testdata/fixture.sql")
	if err != nil {
		t.Fatal(err)
	}
	sort.Slice(matrix, func(i, j int) bool { return matrix[i].name < matrix[j].name })
	var ran, written strings.Builder // the rows of the two tables
	all := 0
	open, still := readOpen(t), map[string]string{}
	for i := range matrix {
		c := &matrix[i]
		t.Run(c.name, func(t *testing.T) {
			if need := strings.ReplaceAll(c.needs, "$CLIENTS", home()); need != "" {
				if _, err := os.Stat(need); err != nil {
					harness.Skip(t, "%s is not installed (%s); tests/clients/install.sh installs it", c.name, need)
				}
			}
			passed, total := c.compare(t, pg, string(fixture), open, still)
			t.Logf("%s: %d/%d steps passed", c.name, passed, total)
			table := &ran
			if c.play != nil {
				table = &written
			}
			fmt.Fprintf(table, "| %s | %d/%d | %s |\n", c.name, passed, total, c.what)
			all++
		})
	}
	if all == len(matrix) {
		checkTables(t, ran.String(), written.String(), still)
	}
}

// compare runs a client on both servers and counts the steps that agree. Those that
// differ go to still.
func (c *client) compare(t *testing.T, pg, fixture string, open, still map[string]string) (passed, total int) {
	harness.Fresh(t, pg)
	harness.Dial(t, pg).Must(t, fixture)
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	harness.Dial(t, srv.URL()).Must(t, fixture)
	var wantOut string
	var wantErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		wantOut, wantErr = c.run(t, pg)
	}()
	gotOut, gotErr := c.run(t, srv.URL())
	<-done
	if wantErr != nil {
		t.Errorf("on PostgreSQL 15: %v\n%s", wantErr, tail(wantOut, 2000))
	}
	if gotErr != nil {
		t.Errorf("on tagd: %v\n%s", gotErr, tail(gotOut, 2000))
	}
	want, _ := steps(wantOut)
	_, got := steps(gotOut)
	if len(want) == 0 {
		t.Errorf("%s has no steps", c.name)
	}
	seen := map[string]bool{}
	for _, w := range want {
		total++
		if seen[w.name] {
			t.Errorf("two steps are called %s", w.name)
		}
		seen[w.name] = true
		if strings.HasPrefix(w.out, "FAIL") || strings.Contains(w.out, "\nFAIL") {
			t.Errorf("step %s fails on PostgreSQL 15:\n%s", w.name, w.out)
			continue
		}
		key := c.name + "\t" + w.name
		known := open[key] != "" || *rewrite
		complain := t.Errorf
		if known {
			complain = t.Logf
		}
		if g, ok := got[w.name]; !ok {
			still[key] = "not reached"
			complain("step %s was not reached on tagd", w.name)
		} else if g != w.out {
			still[key] = summary(w.out, g)
			complain("step %s\n%s", w.name, difference(w.out, g))
		} else {
			passed++
			if known && !*rewrite {
				t.Errorf("step %s passes: its line in %s is to go", w.name, openFile)
			}
		}
	}
	return passed, total
}

// difference shows the first lines that two texts do not share.
func difference(want, got string) string {
	n, a, b := firstDifference(want, got)
	return fmt.Sprintf("line %d (of %d and %d)\n  PostgreSQL %s\n  tagd       %s", n, strings.Count(want, "\n")+1, strings.Count(got, "\n")+1, tail(a, 600), tail(b, 600))
}

// summary is difference in one short line.
func summary(want, got string) string {
	n, a, b := firstDifference(want, got)
	short := func(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s[:min(len(s), 90)], "")) }
	return strings.ReplaceAll(fmt.Sprintf("line %d is `%s`, not `%s`", n, short(b), short(a)), "\t", " ")
}

// firstDifference returns the first line, counted from 1, that two texts do not share;
// a text that has ended there gives "".
func firstDifference(want, got string) (line int, a, b string) {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for line = 0; line < len(w) && line < len(g) && w[line] == g[line]; line++ {
	}
	if line < len(w) {
		a = w[line]
	}
	if line < len(g) {
		b = g[line]
	}
	return line + 1, a, b
}

const page = "../../docs/clients.md"

// checkTables holds the tables of docs/clients.md to what passed, and the list of open
// steps to what did not.
func checkTables(t *testing.T, ran, written string, still map[string]string) {
	t.Helper()
	text := "# Clients\n\nStock clients, run against tagd and PostgreSQL 15 with the same tables. A step passes where tagd's\n" +
		"values are PostgreSQL's. `go test ./tests/clients -run TestMatrix -rewrite` runs them all and writes this page;\n" +
		"without `-rewrite` it checks it, as CI does. `tests/clients/install.sh` installs the clients.\n\n" +
		"| client | steps passed | what they do |\n|---|---|---|\n" + ran +
		"\n## Known ways\n\nTools that are not run here, but whose statements are known: tests/clients/bi has a file for each, and all\n" +
		"that both servers answer is compared: columns with their types, rows, command tags, notices, errors.\n\n" +
		"| tool | statements equal | what they are |\n|---|---|---|\n" + written
	list := &strings.Builder{}
	for _, key := range slices.Sorted(maps.Keys(still)) {
		fmt.Fprintf(list, "%s\t%s\n", key, still[key])
	}
	if list.Len() > 0 {
		text += "\nThe steps that do not pass are listed in tests/clients/testdata/open.txt with their first difference.\n"
	}
	t.Logf("\n%s", text)
	if *rewrite {
		for name, body := range map[string]string{page: text, openFile: list.String()} {
			if err := os.WriteFile(name, []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	if old, err := os.ReadFile(page); err != nil || string(old) != text {
		t.Errorf("docs/clients.md is not what passed (%v); run with -rewrite", err)
	}
}
