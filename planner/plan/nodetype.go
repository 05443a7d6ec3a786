package plan

import (
	"tagd/sql/ast"
)

// role is what child i is to a node, in the words of PostgreSQL's EXPLAIN.
func role(n Node, i int) string {
	switch n.(type) {
	case *SetOp:
		return "Member"
	case *With:
		if i < len(n.Children())-1 {
			return "InitPlan"
		}
	case *Join, *Apply, *Recursive:
		if i == 1 {
			return "Inner"
		}
	}
	return "Outer"
}

var joinTypes = [...]string{"Inner", "Left", "Right", "Full", "Semi", "Anti", "Anti"}

// header is what the structured forms say a node is: the type of PostgreSQL's node
// that does the same, by which programs know it, with what belongs to the type.
func (t *Tree) header() []Prop {
	kind, more := t.nodeType()
	p := []Prop{{Name: "Node Type", Value: kind}}
	add := func(name, value string) {
		if value != "" {
			p = append(p, Prop{Name: name, Value: value})
		}
	}
	for _, m := range more {
		if m.Name == "Strategy" || m.Name == "Partial Mode" || m.Name == "Operation" {
			p = append(p, m)
		}
	}
	add("Parent Relationship", t.Role)
	p = append(p, Prop{Name: "Parallel Aware", Value: "false", Raw: true}, Prop{Name: "Async Capable", Value: "false", Raw: true})
	if t.Table != nil {
		add("Relation Name", t.Table.Name)
		add("Schema", t.Schema)
		alias := t.Table.Name
		if s, ok := t.Node.(*Scan); ok && s.Alias != "" {
			alias = s.Alias
		}
		add("Alias", alias)
	}
	for _, m := range more {
		switch m.Name {
		case "Strategy", "Partial Mode", "Operation":
		default:
			p = append(p, m)
		}
	}
	return p
}

func (t *Tree) nodeType() (string, []Prop) {
	if t.Change != "" {
		return "ModifyTable", []Prop{{Name: "Operation", Value: t.Change}}
	}
	switch n := t.Node.(type) {
	case *Values:
		return "Values Scan", []Prop{{Name: "Alias", Value: "*VALUES*"}}
	case *Scan:
		if n.Set != nil {
			return "Bitmap Heap Scan", nil
		}
		return "Seq Scan", nil
	case *CatalogScan:
		return "Seq Scan", []Prop{{Name: "Relation Name", Value: n.Name}, {Name: "Alias", Value: n.Name}}
	case *Unnest, *Series, *FuncScan:
		return "Function Scan", nil
	case *Agg:
		return aggType(n)
	case *CodeAgg:
		return aggType(n.Agg)
	case *Distinct:
		return "Unique", nil
	case *Sort:
		return "Sort", nil
	case *Limit:
		return "Limit", nil
	case *SetOp:
		return setOpType(n)
	case *Join:
		if len(n.Keys) == 0 {
			return "Nested Loop", []Prop{{Name: "Join Type", Value: joinTypes[n.Kind]}}
		}
		return "Hash Join", []Prop{{Name: "Join Type", Value: joinTypes[n.Kind]}}
	case *Apply:
		return "Nested Loop", []Prop{{Name: "Join Type", Value: joinTypes[n.Kind]}}
	case *With:
		return "Subquery Scan", nil
	case *CTEScan:
		return "CTE Scan", []Prop{{Name: "CTE Name", Value: n.Name}, {Name: "Alias", Value: n.Name}}
	case *WorkScan:
		return "WorkTable Scan", []Prop{{Name: "CTE Name", Value: n.Name}, {Name: "Alias", Value: n.Name}}
	case *Recursive:
		return "Recursive Union", nil
	case *Window:
		return "WindowAgg", nil
	case *Sample:
		return "Sample Scan", nil
	}
	return "Result", nil
}

func aggType(n *Agg) (string, []Prop) {
	strategy := "Hashed"
	switch {
	case len(n.Keys) == 0:
		strategy = "Plain"
	case len(n.Sets) > 1:
		strategy = "Mixed"
	}
	return "Aggregate", []Prop{{Name: "Strategy", Value: strategy}, {Name: "Partial Mode", Value: "Simple"}}
}

func setOpType(n *SetOp) (string, []Prop) {
	if n.Op == ast.Union {
		return "Append", nil
	}
	command := [...]string{ast.Intersect: "Intersect", ast.Except: "Except"}[n.Op]
	if n.All {
		command += " All"
	}
	return "SetOp", []Prop{{Name: "Strategy", Value: "Hashed"}, {Name: "Command", Value: command}}
}
