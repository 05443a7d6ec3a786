package engine

import (
	"encoding/json"
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
	var total time.Duration
	var extra []plan.Prop
	if e.Analyze {
		stats := &op.Stats{}
		began := time.Now()
		if err := s.analyze(r, e.Target, stats); err != nil {
			return nil, err
		}
		total = time.Since(began)
		annotate(tree, stats, e)
		extra = append(extra, plan.Prop{Name: "Peak Memory", Value: fmt.Sprintf("%d kB", r.q.Mem.Peak()>>10)})
		if e.Timing {
			extra = append(extra, plan.Prop{Name: "Execution Time", Value: millis(total)})
		}
	}
	if x, ok := st.Ast.(*ast.Explain); ok && e.Verbose && s.statements.ids {
		if of, ok := x.Stmt.(interface{ Pos() int }); ok && of.Pos() >= st.Off {
			inner := &parse.Statement{Ast: x.Stmt, Text: st.Text[of.Pos()-st.Off:], Off: of.Pos()}
			extra = append([]plan.Prop{{Name: "Query Identifier", Value: fmt.Sprint(shapeOf(inner).id)}}, extra...)
		}
	}
	var lines []string
	if e.Format == "json" {
		root := map[string]any{"Plan": tree.JSON()}
		for _, p := range extra {
			root[p.Name] = p.Value
		}
		text, err := json.MarshalIndent([]any{root}, "", "  ")
		if err != nil {
			return nil, err
		}
		lines = []string{string(text)}
	} else if e.Format == "xml" || e.Format == "yaml" {
		top := &plan.Tree{Props: extra, Children: []*plan.Tree{tree}}
		if lines = []string{top.XML()}; e.Format == "yaml" {
			lines[0] = top.YAML()
		}
	} else {
		lines = tree.Text(e.Costs)
		for _, p := range extra {
			lines = append(lines, p.Name+": "+p.Value)
		}
	}
	data := make([][]string, len(lines))
	for i, l := range lines {
		data[i] = []string{l}
	}
	return textRows("EXPLAIN", []session.Column{planColumn(e)}, data), nil
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
		actual := fmt.Sprintf("rows=%d", n.Rows)
		if e.Timing {
			actual = "time=" + strings.TrimSuffix(millis(n.Time), " ms") + " " + actual
		}
		if e.Format != "text" {
			t.Props = append(t.Props, plan.Prop{Name: "Actual Rows", Value: fmt.Sprint(n.Rows)})
		} else {
			t.Title += "  (actual " + actual + ")"
		}
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
