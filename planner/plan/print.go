package plan

import (
	"fmt"
	"strconv"
	"strings"

	"tagd/sql/types"
)

// Tree is one line of EXPLAIN with its properties and children: the data of the
// text form and of the JSON form.
type Tree struct {
	Title    string // "Scan on tags"
	Est      float64
	Cost     *Cost // nil: not asked for, or only Est is known
	Run      *Actual
	Props    []Prop
	Children []*Tree
	Node     Node // nil for the line of a change
	// Of the line of a change: "Insert" and the like.
	Change string
	// Table is what a scan or a change works on, Schema its schema where that is to
	// be shown.
	Table  *types.Table
	Schema string
	// Role is what the node is to the one above it: "Outer", "Inner", "SubPlan".
	Role string
}

// Prop is one property line, e.g. "Row set: ...". In structured forms it is a list
// where List is set, and stands without quotes where Raw is.
type Prop struct {
	Name, Value string
	List        []string
	Raw         bool
	Members     []Prop // of a group of properties
}

// Cost is the estimate of a node with those below it, in the unit of PostgreSQL's
// planner: what it costs until the first row, and until the last one. Width is in
// bytes.
type Cost struct {
	Startup, Total, Rows float64
	Width                int
}

// Actual is what a node has done, the mean of its Loops. Times are in milliseconds,
// below 0 where they were not measured.
type Actual struct {
	First, Total float64
	Rows, Loops  int64
}

// String is what the text form says of a run.
func (a *Actual) String() string {
	switch {
	case a.Loops == 0:
		return "(never executed)"
	case a.Total < 0:
		return fmt.Sprintf("(actual rows=%d loops=%d)", a.Rows, a.Loops)
	}
	return fmt.Sprintf("(actual time=%.3f..%.3f rows=%d loops=%d)", a.First, a.Total, a.Rows, a.Loops)
}

// list is a property of several items.
func list(name string, items []string) Prop {
	return Prop{Name: name, Value: strings.Join(items, ", "), List: items}
}

// exprProp is a property that lists expressions.
func exprProp(name string, es []Expr) Prop {
	items := make([]string, len(es))
	for i, e := range es {
		items[i] = String(e)
	}
	return list(name, items)
}

// Describe makes the tree of a query plan.
func Describe(n Node) *Tree {
	t := &Tree{Est: -1, Node: n}
	add := func(name, value string) { t.Props = append(t.Props, Prop{Name: name, Value: value}) }
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
		t.Props = append(t.Props, exprProp("Sets", n.Args))
	case *Series:
		t.Title = "Series"
		t.Props = append(t.Props, exprProp("Bounds", n.Args))
	case *Filter:
		t.Title = "Filter"
		add("Filter", String(n.Cond))
	case *Project:
		t.Title = "Project"
		t.Props = append(t.Props, exprProp("Output", n.Exprs))
	case *Agg:
		describeAgg(t, n)
	case *CodeAgg:
		describeAgg(t, n.Agg)
		t.Title = "Code " + t.Title
		sc := Describe(n.Scan)
		sc.Role = "Outer"
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
	for i, c := range n.Children() {
		k := Describe(c)
		k.Role = role(n, i)
		t.Children = append(t.Children, k)
	}
	for _, s := range subPlans(n) {
		c := Describe(s.Plan)
		c.Role = "SubPlan"
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
	t.Est, t.Table = n.EstRows, n.Table
	var cols []string
	for _, c := range n.Cols {
		if c >= 0 {
			cols = append(cols, QuoteIdent(n.Table.Columns[c].Name))
		}
	}
	if len(cols) > 0 {
		t.Props = append(t.Props, list("Columns", cols))
	}
	switch {
	case n.Set != nil:
		t.Props = append(t.Props, Prop{Name: "Row set", Value: n.Set.String()})
	case n.Where != nil:
		t.Props = append(t.Props, Prop{Name: "Filter", Value: String(n.Where)})
	}
}

func describeAgg(t *Tree, n *Agg) {
	t.Title = "Aggregate"
	if len(n.Keys) > 0 {
		t.Title = "Group"
		if len(n.Aggs) > 0 {
			t.Title = "Group Aggregate"
		}
		t.Props = append(t.Props, exprProp("Group Key", n.Keys))
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
		t.Props = append(t.Props, list("Grouping Sets", sets))
	}
	if len(n.Aggs) > 0 {
		var as []string
		for i := range n.Aggs {
			as = append(as, n.Aggs[i].String())
		}
		t.Props = append(t.Props, list("Aggregates", as))
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
	t.Props = append(t.Props, list("Sort Key", ks))
	if n.Limit > 0 {
		t.Props = append(t.Props, Prop{Name: "Keep", Value: strconv.FormatInt(n.Limit, 10), Raw: true})
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
	switch k := t.Cost; {
	case costs && k != nil:
		line += fmt.Sprintf("  (cost=%.2f..%.2f rows=%.0f width=%d)", k.Startup, k.Total, k.Rows, k.Width)
	case costs && t.Est >= 0:
		line += fmt.Sprintf("  (rows=%.0f)", t.Est)
	}
	if t.Run != nil {
		line += " " + t.Run.String()
	}
	*out = append(*out, line)
	for _, p := range t.Props {
		*out = append(*out, pad+p.Name+": "+p.Value)
	}
	for _, c := range t.Children {
		c.text(out, depth+1, costs)
	}
}

// DescribeStmt is Describe for any planned statement; nil for a utility one.
func DescribeStmt(s *Stmt) *Tree {
	change := func(verb string, table *types.Table, in *Tree) *Tree {
		in.Role = "Outer"
		return &Tree{Title: verb + " on " + QuoteIdent(table.Name), Est: -1, Change: verb, Table: table, Children: []*Tree{in}}
	}
	switch {
	case s.Query != nil:
		return Describe(s.Query)
	case s.Insert != nil:
		t := change("Insert", s.Insert.Table, Describe(s.Insert.Input))
		if c := s.Insert.Conflict; c != nil {
			res := "NOTHING"
			if c.DoUpdate {
				res = "UPDATE"
			}
			t.Props = append(t.Props, Prop{Name: "Conflict Resolution", Value: res})
		}
		return t
	case s.Update != nil:
		t := change("Update", s.Update.Table, Describe(s.Update.Input))
		t.Props = append(t.Props, exprProp("Set", s.Update.Set))
		return t
	case s.Delete != nil:
		return change("Delete", s.Delete.Table, Describe(s.Delete.Input))
	case s.Merge != nil:
		return change("Merge", s.Merge.Table, Describe(s.Merge.Input))
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
