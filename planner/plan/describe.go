package plan

import (
	"strconv"
	"strings"

	"tagd/sql/ast"
)

var joinNames = [...]string{"Join", "Left Join", "Right Join", "Full Join", "Semi Join", "Anti Join", "Null-Aware Anti Join"}

// describeRelational describes the nodes of several inputs and their kin; false
// if n is another.
func describeRelational(t *Tree, n Node) bool {
	add := func(name, value string) {
		if value != "" {
			t.Props = append(t.Props, Prop{Name: name, Value: value})
		}
	}
	switch n := n.(type) {
	case *Join:
		t.Title = joinNames[n.Kind]
		var ks []string
		for _, k := range n.Keys {
			op := " = "
			if k.NullEq {
				op = " IS NOT DISTINCT FROM "
			}
			ks = append(ks, "("+String(k.L)+op+String(k.R)+")")
		}
		add("Join Keys", strings.Join(ks, " AND "))
		if n.Cond != nil {
			add("Join Filter", String(n.Cond))
		}
	case *Apply:
		t.Title = "Lateral " + joinNames[n.Kind]
		if len(n.Args) > 0 {
			t.Props = append(t.Props, exprProp("Arguments", n.Args))
		}
		if n.Cond != nil {
			add("Join Filter", String(n.Cond))
		}
	case *With:
		t.Title = "With"
		var names []string
		for _, c := range n.CTEs {
			names = append(names, QuoteIdent(c.Name))
		}
		add("CTEs", strings.Join(names, ", "))
	case *CTEScan:
		t.Title = "CTE Scan on " + QuoteIdent(n.Name)
	case *Recursive:
		t.Title = "Recursive Union"
		if n.All {
			t.Title += " All"
		}
	case *WorkScan:
		t.Title = "WorkTable Scan on " + QuoteIdent(n.Name)
	case *Window:
		describeWindow(t, n)
	case *FuncScan:
		t.Title = "Function Scan"
		var cs []string
		for _, c := range n.Calls {
			cs = append(cs, c.F.Name+"("+exprList(c.Args)+")")
		}
		add("Functions", strings.Join(cs, ", "))
	case *Sample:
		t.Title = "Sample"
		method := "bernoulli"
		if n.System {
			method = "system"
		}
		add("Sampling", method+" ("+String(n.Percent)+")")
	default:
		return false
	}
	return true
}

func describeWindow(t *Tree, n *Window) {
	t.Title = "WindowAgg"
	if len(n.Partition) > 0 {
		t.Props = append(t.Props, exprProp("Partition By", n.Partition))
	}
	if len(n.Order) > 0 {
		t.Props = append(t.Props, Prop{Name: "Order By", Value: sortList(n.Order)})
	}
	var cs []string
	for i := range n.Calls {
		cs = append(cs, n.Calls[i].String())
	}
	t.Props = append(t.Props, list("Functions", cs))
}

// String writes the call as SQL, without its OVER.
func (w *WinCall) String() string {
	name, star := "", false
	if w.Agg != nil {
		name, star = w.Agg.Name, len(w.Args) == 0
	} else if w.F != nil {
		name = w.F.Name
	}
	s := name + "("
	if star {
		s += "*"
	}
	s += exprList(w.Args) + ")"
	if w.Filter != nil {
		s += " FILTER (WHERE " + String(w.Filter) + ")"
	}
	return s
}

// sortList writes an ORDER BY list.
func sortList(es []SortExpr) string {
	var out []string
	for _, e := range es {
		s := String(e.X)
		if e.Desc {
			s += " DESC"
		}
		if e.NullsFirst != e.Desc {
			s += map[bool]string{true: " NULLS FIRST", false: " NULLS LAST"}[e.NullsFirst]
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// subPlans are the subqueries in the expressions of a node itself.
func subPlans(n Node) []*SubPlan {
	var out []*SubPlan
	MapNode(n, nil, func(e Expr) Expr {
		Walk(e, func(e Expr) bool {
			if s, ok := e.(*SubPlan); ok {
				out = append(out, s)
			}
			return true
		})
		return e
	})
	return out
}

var subNames = [...]string{ast.SubExists: "EXISTS", ast.SubScalar: "scalar", ast.SubAny: "ANY", ast.SubAll: "ALL", ast.SubArray: "ARRAY"}

// relationalExpr writes the expressions of rows and subqueries.
func (p *printer) relationalExpr(e Expr) {
	switch e := e.(type) {
	case *Row:
		p.WriteString("ROW(")
		p.list(e.Elems, ", ")
		p.WriteByte(')')
	case *Domain:
		p.WriteByte('(')
		p.expr(e.X)
		p.WriteString(")::" + e.T.String())
	case *FieldOf:
		p.WriteByte('(')
		p.expr(e.X)
		p.WriteByte(')')
		if e.Name == "" {
			p.WriteString(".f" + strconv.Itoa(e.Idx+1))
			return
		}
		p.WriteString("." + QuoteIdent(e.Name))
	case *Arg:
		p.WriteString("$arg" + strconv.Itoa(e.N))
	case *SubPlan:
		p.WriteByte('(')
		if len(e.Left) > 0 {
			p.list(e.Left, ", ")
			p.WriteByte(' ')
		}
		p.WriteString(subNames[e.Kind] + " SubPlan")
		if len(e.Args) > 0 {
			p.WriteByte('(')
			p.list(e.Args, ", ")
			p.WriteByte(')')
		}
		p.WriteByte(')')
	}
}

// describeKeys adds the plans whose keys a row set asks for.
func describeKeys(t *Tree, r *RowSet) {
	if r == nil {
		return
	}
	if r.Leaf != nil && r.Leaf.Keys != nil {
		c := Describe(r.Leaf.Keys)
		c.Title, c.Role = "Keys: "+c.Title, "SubPlan"
		t.Children = append(t.Children, c)
	}
	for _, a := range r.Args {
		describeKeys(t, a)
	}
}
