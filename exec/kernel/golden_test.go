package kernel

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tagd/exec/kernel/bindtest"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// oracle names the socket directory of a PostgreSQL 15 whose answers replace
// those in testdata/expr.txt: go test -run Golden -oracle /tmp/pg.
var oracle = flag.String("oracle", "", "take the answers of the PostgreSQL at this socket directory")

var testTime = time.Date(2024, 3, 15, 10, 30, 0, 0, time.UTC)

func testCtx() *fn.Ctx {
	return &fn.Ctx{Style: types.ISO, TxStart: testTime, StStart: testTime, User: "tagd", DB: "tagd"}
}

// TestGolden compares with PostgreSQL's answers: each line of the file is an
// expression, " => ", and its text or its error's SQLSTATE and message.
func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/expr.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	if *oracle != "" {
		for i, l := range lines {
			lines[i] = askOracle(t, l)
		}
		if err := os.WriteFile("testdata/expr.txt", []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bad := 0
	for i, l := range lines {
		text, want, ok := strings.Cut(l, " => ")
		if !ok || strings.HasPrefix(l, "#") {
			continue
		}
		if got := answer(t, text); got != want {
			bad++
			t.Errorf("expr.txt:%d: %s\n\tgot  %s\n\twant %s", i+1, text, got, want)
		}
	}
	t.Logf("%d expressions, %d differ", len(lines), bad)
}

func answer(t *testing.T, text string) (out string) {
	defer func() {
		if p := recover(); p != nil {
			out = fmt.Sprint("PANIC ", p)
		}
	}()
	e, err := bindtest.Expr(t, text, map[string]plan.Col{})
	var v *vec.Vector
	if err == nil {
		v, err = Eval(testCtx(), e, &vec.Batch{N: 1})
	}
	if err != nil {
		se := sqlerr.From(err)
		return "ERROR " + se.Code + ": " + se.Message
	}
	if v.IsNull(0) {
		return "NULL"
	}
	return strings.ReplaceAll(string(v.AppendText(nil, 0, types.ISO)), "\n", "\\n")
}

func askOracle(t *testing.T, line string) string {
	text, _, _ := strings.Cut(line, " => ")
	if strings.HasPrefix(line, "#") || text == "" {
		return line
	}
	cmd := exec.Command("psql", "-h", *oracle, "-U", "postgres", "-XAt", "-v", "VERBOSITY=verbose", "-P", "null=NULL", "-c", "SELECT ("+text+")")
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c timezone=UTC -c lc_messages=C")
	out, err := cmd.CombinedOutput()
	s := strings.TrimRight(string(out), "\n")
	if err != nil {
		s, _, _ = strings.Cut(s, "\n")
		s = "ERROR " + strings.TrimPrefix(s, "ERROR:  ")
	}
	return text + " => " + strings.ReplaceAll(s, "\n", "\\n")
}
