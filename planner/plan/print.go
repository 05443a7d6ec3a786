package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// Tree is one line of EXPLAIN with its properties and children: the data of the
// text form and of the JSON form.
type Tree struct {
	Title    string // "Scan on tags"
	Est      float64
	Props    []Prop
	Children []*Tree
	Node     Node // nil for the line of a change
}

// Prop is one property line, e.g. "Row set: ...".
type Prop struct{ Name, Value string }

// Describe makes the tree of a query plan.
func Describe(n Node) *Tree {
	t := &Tree{Est: -1, Node: n}
	add := func(name, value string) { t.Props = append(t.Props, Prop{name, value}) }
	switch n := n.(type) {
	case *OneRow:
		t.Title, t.Est = "Result", 1
	case *Values:
		t.Title, t.Est = "Values Scan", float64(len(n.Rows))
	case *Scan:
		describeScan(t, n)
		describeKeys(t, n.Set)
	case *CatalogScan:
		t.Title = "Catalog Scan on " + n.Schema_ + "." + n.Name
	case *Unnest:
		t.Title = "Unnest"
		add("Sets", exprList(n.Args))
	case *Series:
		t.Title = "Series"
		add("Bounds", exprList(n.Args))
	case *Filter:
		t.Title = "Filter"
		add("Filter", String(n.Cond))
	case *Project:
		t.Title = "Project"
		add("Output", exprList(n.Exprs))
	case *Agg:
		describeAgg(t, n)
	case *CodeAgg:
		describeAgg(t, n.Agg)
		t.Title = "Code " + t.Title
		sc := Describe(n.Scan)
		t.Children = append(t.Children, sc)
		return t
	case *Distinct:
		t.Title = "Unique"
		if n.On != nil {
			add("On", colList(n.Input.Schema(), n.On))
		}
	case *Sort:
		describeSort(t, n)
	case *Limit:
		t.Title = "Limit"
		if n.Count != nil {
			add("Count", String(n.Count))
		}
		if n.Offset != nil {
			add("Offset", String(n.Offset))
		}
	case *SetOp:
		t.Title = [...]string{"", "Union", "Intersect", "Except"}[n.Op]
		if n.All {
			t.Title += " All"
		}
	default:
		describeRelational(t, n)
	}
	for _, c := range n.Children() {
		t.Children = append(t.Children, Describe(c))
	}
	for _, s := range subPlans(n) {
		c := Describe(s.Plan)
		c.Title = "SubPlan (" + subNames[s.Kind] + "): " + c.Title
		t.Children = append(t.Children, c)
	}
	return t
}

func describeScan(t *Tree, n *Scan) {
	t.Title = "Scan on " + QuoteIdent(n.Table.Name)
	if n.Alias != "" && n.Alias != n.Table.Name {
		t.Title += " " + QuoteIdent(n.Alias)
	}
	t.Est = n.EstRows
	var cols []string
	for _, c := range n.Cols {
		if c >= 0 {
			cols = append(cols, QuoteIdent(n.Table.Columns[c].Name))
		}
	}
	if len(cols) > 0 {
		t.Props = append(t.Props, Prop{"Columns", strings.Join(cols, ", ")})
	}
	switch {
	case n.Set != nil:
		t.Props = append(t.Props, Prop{"Row set", n.Set.String()})
	case n.Where != nil:
		t.Props = append(t.Props, Prop{"Filter", String(n.Where)})
	}
}

func describeAgg(t *Tree, n *Agg) {
	t.Title = "Aggregate"
	if len(n.Keys) > 0 {
		t.Title = "Group"
		if len(n.Aggs) > 0 {
			t.Title = "Group Aggregate"
		}
		t.Props = append(t.Props, Prop{"Group Key", exprList(n.Keys)})
	}
	if len(n.Sets) > 1 {
		var sets []string
		for _, s := range n.Sets {
			var ks []string
			for _, k := range s {
				ks = append(ks, String(n.Keys[k]))
			}
			sets = append(sets, "("+strings.Join(ks, ", ")+")")
		}
		t.Props = append(t.Props, Prop{"Grouping Sets", strings.Join(sets, ", ")})
	}
	if len(n.Aggs) > 0 {
		var as []string
		for i := range n.Aggs {
			as = append(as, n.Aggs[i].String())
		}
		t.Props = append(t.Props, Prop{"Aggregates", strings.Join(as, ", ")})
	}
}

func describeSort(t *Tree, n *Sort) {
	t.Title = "Sort"
	if n.Limit > 0 {
		t.Title = "Top-N Sort"
	}
	f := n.Input.Schema()
	var ks []string
	for _, k := range n.Keys {
		s := colName(f, k.Col)
		if k.Desc {
			s += " DESC"
		}
		if k.NullsFirst != k.Desc {
			s += map[bool]string{true: " NULLS FIRST", false: " NULLS LAST"}[k.NullsFirst]
		}
		ks = append(ks, s)
	}
	t.Props = append(t.Props, Prop{"Sort Key", strings.Join(ks, ", ")})
	if n.Limit > 0 {
		t.Props = append(t.Props, Prop{"Keep", strconv.FormatInt(n.Limit, 10)})
	}
}

// String writes the call as SQL.
func (a *AggCall) String() string {
	var b strings.Builder
	b.WriteString(a.F.Name + "(")
	if a.Distinct {
		b.WriteString("DISTINCT ")
	}
	if len(a.Args) == 0 && !a.F.Ordered {
		b.WriteByte('*')
	}
	b.WriteString(exprList(a.Args))
	var ks []string
	for _, k := range a.OrderBy {
		s := String(k.X)
		if k.Desc {
			s += " DESC"
		}
		ks = append(ks, s)
	}
	order := "ORDER BY " + strings.Join(ks, ", ")
	switch {
	case a.F.Ordered:
		b.WriteString(") WITHIN GROUP (" + order)
	case len(ks) > 0:
		b.WriteString(" " + order)
	}
	b.WriteByte(')')
	if a.Filter != nil {
		b.WriteString(" FILTER (WHERE " + String(a.Filter) + ")")
	}
	return b.String()
}

// String writes the row set as SQL; leaves whose false rows are asked for read
// NOT (...).
func (r *RowSet) String() string {
	switch r.Op {
	case RowsAll:
		return "all"
	case RowsNone:
		return "none"
	case RowsLeaf:
		x := "key IN (SubPlan)"
		if r.Leaf.Keys == nil {
			x = String(r.Leaf.X)
		}
		if r.Leaf.Want {
			return x
		}
		return "(NOT " + x + ")"
	}
	sep := " AND "
	if r.Op == RowsOr {
		sep = " OR "
	}
	parts := make([]string, len(r.Args))
	for i, a := range r.Args {
		parts[i] = a.String()
	}
	return "(" + strings.Join(parts, sep) + ")"
}

// Text writes the tree as EXPLAIN's lines; costs adds the row estimates.
func (t *Tree) Text(costs bool) []string {
	var out []string
	t.text(&out, 0, costs)
	return out
}

func (t *Tree) text(out *[]string, depth int, costs bool) {
	head, pad := "", "  "
	if depth > 0 {
		head = strings.Repeat(" ", 6*depth-4) + "->  "
		pad = strings.Repeat(" ", 6*depth+2)
	}
	line := head + t.Title
	if costs && t.Est >= 0 {
		line += fmt.Sprintf("  (rows=%.0f)", t.Est)
	}
	*out = append(*out, line)
	for _, p := range t.Props {
		*out = append(*out, pad+p.Name+": "+p.Value)
	}
	for _, c := range t.Children {
		c.text(out, depth+1, costs)
	}
}

// JSON is the tree as the generic value of EXPLAIN (FORMAT JSON).
func (t *Tree) JSON() map[string]any {
	m := map[string]any{"Node Type": t.Title}
	if t.Est >= 0 {
		m["Plan Rows"] = int64(t.Est + 0.5)
	}
	for _, p := range t.Props {
		m[p.Name] = p.Value
	}
	if len(t.Children) > 0 {
		kids := make([]any, len(t.Children))
		for i, c := range t.Children {
			kids[i] = c.JSON()
		}
		m["Plans"] = kids
	}
	return m
}

// DescribeStmt is Describe for any planned statement; nil for a utility one.
func DescribeStmt(s *Stmt) *Tree {
	change := func(verb, table string, in *Tree) *Tree {
		t := &Tree{Title: verb + " on " + QuoteIdent(table), Est: -1}
		if in != nil {
			t.Children = []*Tree{in}
		}
		return t
	}
	switch {
	case s.Query != nil:
		return Describe(s.Query)
	case s.Insert != nil:
		t := change("Insert", s.Insert.Table.Name, Describe(s.Insert.Input))
		if c := s.Insert.Conflict; c != nil {
			res := "NOTHING"
			if c.DoUpdate {
				res = "UPDATE"
			}
			t.Props = append(t.Props, Prop{"Conflict Resolution", res})
		}
		return t
	case s.Update != nil:
		t := change("Update", s.Update.Table.Name, Describe(s.Update.Input))
		t.Props = append(t.Props, Prop{"Set", exprList(s.Update.Set)})
		return t
	case s.Delete != nil:
		return change("Delete", s.Delete.Table.Name, Describe(s.Delete.Input))
	case s.Merge != nil:
		return change("Merge", s.Merge.Table.Name, Describe(s.Merge.Input))
	case s.Copy != nil && s.Copy.Query != nil:
		return Describe(s.Copy.Query)
	case s.Explain != nil:
		return DescribeStmt(s.Explain.Target)
	}
	return nil
}

func exprList(es []Expr) string {
	var p printer
	p.list(es, ", ")
	return p.String()
}

func colName(f []Field, i int) string {
	if i < len(f) && f[i].Name != "" {
		return QuoteIdent(f[i].Name)
	}
	return "column" + strconv.Itoa(i+1)
}

func colList(f []Field, cols []int) string {
	var out []string
	for _, c := range cols {
		out = append(out, colName(f, c))
	}
	return strings.Join(out, ", ")
}
