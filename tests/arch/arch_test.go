// Package arch holds the import law of the project: who may import whom, which
// package owns which library, and how long a function may be.
package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// law lists every package and the folders or packages of ours that it may
// import ("sql/..." allows the whole folder). A package that is not listed
// fails the test.
var law = map[string][]string{
	"sql/types":       {"sql/sqlerr"},
	"sql/jsonb":       {"sql/types", "sql/sqlerr"},
	"sql/jsonpath":    {"sql/types", "sql/sqlerr", "sql/jsonb", "sql/regex"},
	"sql/ranges":      {"sql/types", "sql/sqlerr"},
	"sql/vec":         {"sql/types", "sql/charset", "sql/sqlerr", "sql/jsonb", "sql/jsonpath", "sql/ranges"},
	"sql/sqlerr":      {},
	"sql/charset":     {"sql/sqlerr"},
	"sql/ast":         {},
	"sql/parse":       {"sql/ast", "sql/charset", "sql/sqlerr", "sql/parse/pgsql", "sql/parse/tidb"},
	"sql/parse/pgsql": {"sql/ast", "sql/sqlerr", "sql/types"},
	"sql/parse/tidb":  {"sql/ast", "sql/sqlerr"},
	"sql/fn":          {"sql/types", "sql/vec", "sql/sqlerr", "sql/libm", "sql/regex", "sql/jsonb", "sql/jsonpath", "sql/charset", "sql/ranges"},
	"sql/regex":       {},
	"sql/libm":        {},
	"sql/session":     {"sql/types", "sql/vec", "sql/sqlerr"},
	"sql/cancel":      {"sql/session"},
	"sql/scram":       {},

	"planner":      {"sql/...", "planner/plan", "planner/bind", "planner/rule"},
	"planner/plan": {"sql/..."},
	"planner/bind": {"sql/...", "planner/plan"},
	"planner/rule": {"sql/...", "planner/plan"},

	"storage":          {"sql/types", "sql/vec", "sql/sqlerr", "storage/..."},
	"storage/table":    {"sql/types", "sql/vec", "sql/sqlerr", "sql/ranges", "storage/bitmap"},
	"storage/simd":     {},
	"storage/bitmap":   {"storage/simd"},
	"storage/encoding": {"sql/types", "sql/vec", "sql/sqlerr", "storage/bitmap", "storage/simd"},
	"storage/page":     {"sql/types", "sql/vec", "sql/sqlerr", "storage/encoding", "storage/bitmap"},
	"storage/segment":  {"sql/types", "sql/vec", "sql/sqlerr", "storage/table", "storage/bitmap", "storage/simd", "storage/encoding", "storage/page"},
	"storage/kv":       {"sql/sqlerr"},

	"exec/kernel":          {"sql/...", "planner/plan"},
	"exec/kernel/bindtest": {"sql/...", "planner/plan"},
	"exec/op":              {"sql/...", "planner/plan", "exec/kernel", "exec/spill", "exec/stats", "storage/table", "storage/bitmap", "storage/simd"},
	"exec/spill":           {"sql/types", "sql/vec", "sql/sqlerr"},
	"exec/stats":           {"sql/types", "sql/vec"},
	"exec/copyio":          {"sql/..."},
	"exec/roles":           {"sql/sqlerr"},
	"exec/objects":         {"sql/types", "sql/sqlerr", "exec/roles"},
	"exec/pgcatalog":       {"sql/...", "planner/plan", "storage/table", "exec/objects", "exec/roles"},
	"exec/deparse":         {"sql/...", "exec/pgcatalog"},
	"exec/engine":          {"sql/...", "planner/...", "planner", "exec/...", "storage/table", "storage/bitmap"},

	"server/wire": {"sql/..."},
	"server/auth": {"sql/..."},
	"server":      {"sql/...", "server/wire", "server/auth"},

	"cmd/tagd":     {"server", "exec/engine", "storage", "sql/...", "cmd/demodata", "storage/table"},
	"cmd/demodata": {},
}

// owners names the packages that may import a library (tests may always).
var owners = map[string][]string{
	"github.com/pganalyze/pg_query_go": {"sql/parse/pgsql"},
	"github.com/wasilibs/go-pgquery":   {"sql/parse/pgsql"},
	"github.com/pingcap/tidb":          {"sql/parse/tidb"},
	"github.com/RoaringBitmap/roaring": {"storage/bitmap", "storage/encoding"},
	"github.com/jackc/pgproto3":        {"server/wire"},
	"go.etcd.io/bbolt":                 {"storage/kv"},
	"github.com/klauspost/compress":    {"storage/encoding"},
	"github.com/xdg-go/scram":          {"server/auth"},
	"github.com/xdg-go/stringprep":     {"sql/scram"},
	"github.com/cockroachdb/apd":       {"sql/types"},
	"github.com/spf13/cobra":           {"cmd/tagd"},
	"github.com/spf13/pflag":           {"cmd/tagd"},
	"github.com/schollz/progressbar":   {"cmd/tagd"},
	"github.com/jackc/pgerrcode":       {"*"},
	"golang.org/x/sys":                 {"*"},
	"golang.org/x/sync":                {"*"},
	"golang.org/x/term":                {"cmd/tagd"},
	"golang.org/x/text":                {"sql/fn", "sql/types", "sql/charset"},
	"google.golang.org/protobuf":       {"sql/parse/pgsql"},
}

func root(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// sources calls f for every Go file that is not a test.
func sources(t *testing.T, f func(pkg, path string, file *ast.File, fset *token.FileSet)) {
	top := root(t)
	fset := token.NewFileSet()
	err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (strings.HasPrefix(name, ".") && path != top || name == "testdata" || name == "tests" && filepath.Dir(path) == top) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(top, filepath.Dir(path))
		f(filepath.ToSlash(rel), path, file, fset)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func allowed(list []string, pkg string) bool {
	for _, a := range list {
		if a == pkg || a == "*" || strings.HasSuffix(a, "/...") && strings.HasPrefix(pkg, strings.TrimSuffix(a, "...")) {
			return true
		}
	}
	return false
}

func TestImportLaw(t *testing.T) {
	seen := map[string]bool{}
	sources(t, func(pkg, path string, file *ast.File, _ *token.FileSet) {
		seen[pkg] = true
		may, ok := law[pkg]
		if !ok {
			t.Errorf("%s: package is not in the law; add it to tests/arch with what it may import", pkg)
			return
		}
		for _, im := range file.Imports {
			p := strings.Trim(im.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(p, "tagd/"); ok {
				if !allowed(may, ours) {
					t.Errorf("%s imports %s, which the law does not allow", path, ours)
				}
				continue
			}
			checkOwner(t, pkg, path, p)
		}
	})
	for pkg := range law {
		if !seen[pkg] {
			t.Errorf("the law lists %s, which does not exist", pkg)
		}
	}
}

func checkOwner(t *testing.T, pkg, path, imported string) {
	if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
		return // standard library
	}
	for lib, pkgs := range owners {
		if strings.HasPrefix(imported, lib) {
			if !allowed(pkgs, pkg) {
				t.Errorf("%s imports %s, which belongs to %v", path, imported, pkgs)
			}
			return
		}
	}
	t.Errorf("%s imports %s, a library without an owner in tests/arch", path, imported)
}

// maxFile and maxFunc are hard limits in lines (STYLE: files of 400 and
// functions of 60 are the aim). Assembly and tables of data do not count.
const (
	maxFile = 800
	maxFunc = 100
)

func TestBudgets(t *testing.T) {
	docs := map[string]bool{}
	sources(t, func(pkg, path string, file *ast.File, fset *token.FileSet) {
		docs[pkg] = docs[pkg] || file.Doc != nil
		if n := fset.Position(file.End()).Line; n > maxFile {
			t.Errorf("%s has %d lines, more than %d", path, n, maxFile)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunc {
				t.Errorf("%s: %s has %d lines, more than %d", path, fn.Name.Name, n, maxFunc)
			}
		}
	})
	for pkg, ok := range docs {
		if !ok {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}
