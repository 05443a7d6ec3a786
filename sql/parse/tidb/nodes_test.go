package tidb_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/nodes.txt anew, with ?? for new fields")

const treePath = "github.com/pingcap/tidb/pkg/parser/ast"

// TestNodes proves that no node of the grammar and no field of a node is
// ignored without a word. testdata/nodes.txt has a line for every type of the
// tree: "refused" means that this package never names the type, so that the
// default of a switch answers 0A000 (or that it hangs below such a node only);
// for the others each field is one that the lowering reads, which go/types
// finds in the source, or stands there with the reason why it need not.
func TestNodes(t *testing.T) {
	pkg, used, named := typeCheck(t)
	file := "testdata/nodes.txt"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, l := range strings.Split(string(old), "\n") {
		if f, why, ok := strings.Cut(strings.TrimSpace(l), ": "); ok {
			reasons[f] = why
		}
	}
	var b strings.Builder
	for _, name := range structs(pkg) {
		if !named[name] {
			fmt.Fprintf(&b, "%s refused\n", name)
			continue
		}
		fmt.Fprintf(&b, "%s\n", name)
		st := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct)
		for i := range st.NumFields() {
			f := st.Field(i)
			full := name + "." + f.Name()
			if f.Exported() && !f.Embedded() && !used[full] {
				why := reasons[full]
				if why == "" {
					why = "??"
				}
				fmt.Fprintf(&b, "  %s: %s\n", full, why)
			}
		}
	}
	if *rewrite {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.String(); strings.Contains(got, "??") || got != string(old) && !*rewrite {
		t.Errorf("%s is not what the source says (-rewrite, then give reasons):\n%s", file, got)
	}
}

// structs are the exported struct types of the tree, sorted.
func structs(pkg *types.Package) (out []string) {
	for _, n := range pkg.Scope().Names() {
		tn, ok := pkg.Scope().Lookup(n).(*types.TypeName)
		if !ok || !tn.Exported() {
			continue
		}
		if _, isStruct := tn.Type().Underlying().(*types.Struct); isStruct {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// typeCheck checks this package's source and returns the tree's package, the
// fields that are read and the types that are named or reached by a field.
func typeCheck(t *testing.T) (pkg *types.Package, used, named map[string]bool) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for _, l := range strings.Split(string(out), "\n") {
		if path, file, ok := strings.Cut(l, " "); ok {
			exports[path] = file
		}
	}
	fset := token.NewFileSet()
	var files []*ast.File
	paths, _ := filepath.Glob("*.go")
	for _, p := range paths {
		if !strings.HasSuffix(p, "_test.go") {
			f, err := parser.ParseFile(fset, p, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
	}
	imp := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		data, err := os.ReadFile(exports[path])
		return io.NopCloser(bytes.NewReader(data)), err
	})
	info := &types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: imp}
	if _, err := conf.Check("tagd/sql/parse/tidb", fset, files, info); err != nil {
		t.Fatal(err)
	}
	if pkg, err = imp.Import(treePath); err != nil {
		t.Fatal(err)
	}
	owner := map[types.Object]string{}
	for _, n := range pkg.Scope().Names() {
		if st, ok := pkg.Scope().Lookup(n).Type().Underlying().(*types.Struct); ok {
			for i := range st.NumFields() {
				owner[st.Field(i)] = n
			}
		}
	}
	used, named = map[string]bool{}, map[string]bool{}
	for _, s := range info.Selections {
		if n := owner[s.Obj()]; n != "" && s.Kind() == types.FieldVal {
			used[n+"."+s.Obj().Name()], named[n] = true, true
		}
	}
	for _, o := range info.Uses {
		if o != nil && o.Pkg() != nil && o.Pkg().Path() == treePath {
			if _, ok := o.(*types.TypeName); ok {
				named[o.Name()] = true
			}
		}
	}
	return pkg, used, named
}
