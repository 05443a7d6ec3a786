package plan

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"tagd/sql/types"
)

// TestEveryNodePrints finds the node types in the source and asks that each has
// a title of its own.
func TestEveryNodePrints(t *testing.T) {
	one := &OneRow{}
	scan := &Scan{Table: &types.Table{Name: "t"}}
	agg := &Agg{Input: one}
	nodes := map[string]Node{
		"OneRow": one, "Values": &Values{}, "Scan": scan, "CatalogScan": &CatalogScan{}, "Unnest": &Unnest{Input: one},
		"Series": &Series{Input: one}, "Filter": &Filter{Input: one}, "Project": &Project{Input: one}, "Agg": agg,
		"CodeAgg": &CodeAgg{Scan: scan, Agg: agg, Fallback: agg}, "Distinct": &Distinct{Input: one},
		"Sort": &Sort{Input: one}, "Limit": &Limit{Input: one}, "SetOp": &SetOp{Op: 1, L: one, R: one},
		"Join": &Join{L: one, R: one}, "Apply": &Apply{L: one, R: one}, "With": &With{Input: one}, "CTEScan": &CTEScan{Name: "c"},
		"Recursive": &Recursive{Init: one, Step: one}, "WorkScan": &WorkScan{Name: "c"}, "Window": &Window{Input: one},
		"FuncScan": &FuncScan{Input: one}, "Sample": &Sample{Input: one},
	}
	f, err := parser.ParseFile(token.NewFileSet(), "node.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		st, ok := spec.Type.(*ast.StructType)
		if !ok || len(st.Fields.List) == 0 || len(st.Fields.List[0].Names) > 0 {
			return true
		}
		node := nodes[spec.Name.Name]
		if node == nil {
			t.Errorf("no example of %s", spec.Name.Name)
			return true
		}
		title := Describe(node).Title
		if title == "" || seen[title] != "" {
			t.Errorf("%s prints as %q, as %q does", spec.Name.Name, title, seen[title])
		}
		seen[title] = spec.Name.Name
		return true
	})
	if len(seen) != len(nodes) {
		t.Errorf("%d node types, %d examples", len(seen), len(nodes))
	}
}
