package engine

import (
	"fmt"
	"strings"
	"time"

	"tagd/exec/op"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// explain runs EXPLAIN.
func (s *Session) explain(r *run, e *plan.Explain, st *parse.Statement) (session.Result, error) {
	tree := plan.DescribeStmt(e.Target)
	if tree == nil {
		return nil, sqlerr.Unsupported(st.Off, "this statement cannot be explained")
	}
	r.read()
	estimate(tree, op.NewCosting(r.q), e)
	said := &explained{e: e}
	if e.Settings {
		said.settings = s.explainSettings()
	}
	if x, ok := st.Ast.(*ast.Explain); ok && e.Verbose && s.statements.ids {
		if of, ok := x.Stmt.(interface{ Pos() int }); ok && of.Pos() >= st.Off {
			inner := &parse.Statement{Ast: x.Stmt, Text: st.Text[of.Pos()-st.Off:], Off: of.Pos()}
			said.id = fmt.Sprint(shapeOf(inner).id)
		}
	}
	if e.Verbose {
		c, release := s.catalog()
		qualify(tree, c)
		release()
	}
	if e.Analyze {
		stats := &op.Stats{}
		began := time.Now()
		if err := s.analyze(r, e.Target, stats); err != nil {
			return nil, err
		}
		said.took = time.Since(began)
		said.peak = r.q.Mem.Peak()
		annotate(tree, stats, e)
		if tree.Node == nil { // a change, whose time is the statement's
			tree.Run = &plan.Actual{First: -1, Total: -1, Loops: 1}
			if ms := float64(said.took) / 1e6; e.Timing {
				tree.Run.First, tree.Run.Total = ms, ms
			}
		}
	}
	return textRows("EXPLAIN", []session.Column{planColumn(e)}, said.lines(tree)), nil
}

// explained is what EXPLAIN says of the statement as a whole.
type explained struct {
	e        *plan.Explain
	settings [][2]string
	id       string // of the statement's shape, "" for none
	took     time.Duration
	peak     int64 // bytes
}

// lines are the rows of the answer.
func (x *explained) lines(tree *plan.Tree) [][]string {
	if x.e.Format != "text" {
		return [][]string{{tree.Document(x.e.Format, x.e.Costs, x.props())}}
	}
	lines := tree.Text(x.e.Costs)
	var settings []string
	for _, s := range x.settings {
		settings = append(settings, s[0]+" = "+"'"+s[1]+"'")
	}
	if settings != nil {
		lines = append(lines, "Settings: "+strings.Join(settings, ", "))
	}
	if x.id != "" {
		lines = append(lines, "Query Identifier: "+x.id)
	}
	if x.e.Summary {
		lines = append(lines, "Planning Time: "+millis(x.e.Planning))
	}
	if x.e.Analyze && x.e.Summary {
		lines = append(lines, fmt.Sprintf("Peak Memory: %d kB", x.peak>>10), "Execution Time: "+millis(x.took))
	}
	out := make([][]string, len(lines))
	for i, l := range lines {
		out[i] = []string{l}
	}
	return out
}

// props are the members beside the plan in the structured forms.
func (x *explained) props() []plan.Prop {
	var out []plan.Prop
	raw := func(name, value string) { out = append(out, plan.Prop{Name: name, Value: value, Raw: true}) }
	if len(x.settings) > 0 {
		p := plan.Prop{Name: "Settings"}
		for _, s := range x.settings {
			p.Members = append(p.Members, plan.Prop{Name: s[0], Value: s[1]})
		}
		out = append(out, p)
	}
	if x.id != "" {
		raw("Query Identifier", x.id)
	}
	if x.e.Summary {
		raw("Planning Time", fmt.Sprintf("%.3f", float64(x.e.Planning)/1e6))
	}
	if x.e.Analyze {
		out = append(out, plan.Prop{Name: "Triggers", List: []string{}})
	}
	if x.e.Analyze && x.e.Summary {
		raw("Peak Memory", fmt.Sprint(x.peak>>10))
		raw("Execution Time", fmt.Sprintf("%.3f", float64(x.took)/1e6))
	}
	return out
}

// explainSettings are the settings that planners look at and that are not as they
// are from the start (GUC_EXPLAIN).
func (s *Session) explainSettings() [][2]string {
	var out [][2]string
	for i := range settingList {
		d := &settingList[i]
		if v := s.values[d.key()]; strings.Contains(d.flags, "EXPLAIN") && v != d.show(d.def) {
			out = append(out, [2]string{d.name, v})
		}
	}
	return out
}

// estimate puts the estimates to the nodes. A change itself gives no rows that are
// counted beforehand.
func estimate(t *plan.Tree, c *op.Costing, e *plan.Explain) {
	for _, k := range t.Children {
		estimate(k, c, e)
	}
	if t.Node != nil {
		k := c.Of(t.Node)
		t.Cost = &k
		return
	}
	in := t.Children[0].Cost
	t.Cost = &plan.Cost{Startup: in.Startup, Total: in.Total}
}

// qualify puts the schemas to the tables.
func qualify(t *plan.Tree, c *catalog) {
	if t.Table != nil {
		t.Schema = c.nsName(t.Table.NS)
	}
	for _, k := range t.Children {
		qualify(k, c)
	}
}

// planColumn is the column of EXPLAIN's answer.
func planColumn(e *plan.Explain) session.Column {
	c := textColumn("QUERY PLAN")
	if e.Format == "json" {
		c.Type = types.Of(types.JSON)
	}
	return c
}

func millis(d time.Duration) string { return fmt.Sprintf("%.3f ms", float64(d)/1e6) }

// analyze runs the statement and throws its rows away.
func (s *Session) analyze(r *run, t *plan.Stmt, stats *op.Stats) error {
	r.q.Stats = stats
	var err error
	switch {
	case t.Query != nil:
		r.read()
		return r.each(t.Query, func(*vec.Batch) error { return nil })
	case t.Insert != nil:
		_, err = s.insert(r, t.Insert)
	case t.Update != nil:
		_, err = s.update(r, t.Update)
	case t.Delete != nil:
		_, err = s.delete(r, t.Delete)
	case t.Merge != nil:
		_, err = s.merge(r, t.Merge)
	}
	return err
}

// annotate adds what happened to the lines of the plan.
func annotate(t *plan.Tree, stats *op.Stats, e *plan.Explain) {
	if t.Node != nil {
		n := stats.Node(t.Node)
		t.Run = n.Actual(e.Timing)
		if n.Memory > 0 {
			t.Props = append(t.Props, plan.Prop{Name: "Memory", Value: fmt.Sprintf("%d kB", (n.Memory+1023)>>10)})
		}
		if n.Spilled > 0 {
			t.Props = append(t.Props, plan.Prop{Name: "Spilled", Value: fmt.Sprintf("%d kB", (n.Spilled+1023)>>10)})
		}
		for _, note := range n.Notes {
			name, value, ok := strings.Cut(note, ": ")
			if !ok {
				name, value = "Note", note
			}
			t.Props = append(t.Props, plan.Prop{Name: name, Value: value})
		}
	}
	for _, c := range t.Children {
		annotate(c, stats, e)
	}
}
