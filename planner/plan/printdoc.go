package plan

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// XML is the document of EXPLAIN (FORMAT XML). The tree is the statement: its
// properties are what was found about all of it, its only child is the plan.
func (t *Tree) XML() string {
	var b strings.Builder
	b.WriteString("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query>\n")
	t.Children[0].xml(&b, "    ")
	xmlProps(&b, t.Props, "    ")
	b.WriteString("  </Query>\n</explain>")
	return b.String()
}

func (t *Tree) xml(b *strings.Builder, pad string) {
	b.WriteString(pad + "<Plan>\n")
	xmlProps(b, t.all(), pad+"  ")
	if len(t.Children) > 0 {
		b.WriteString(pad + "  <Plans>\n")
		for _, c := range t.Children {
			c.xml(b, pad+"    ")
		}
		b.WriteString(pad + "  </Plans>\n")
	}
	b.WriteString(pad + "</Plan>\n")
}

func xmlProps(b *strings.Builder, props []Prop, pad string) {
	for _, p := range props {
		name := strings.Map(xmlName, p.Name)
		b.WriteString(pad + "<" + name + ">")
		_ = xml.EscapeText(b, []byte(p.Value)) // a Builder takes everything
		b.WriteString("</" + name + ">\n")
	}
}

// xmlName keeps what an element's name may have, as PostgreSQL's explain.c does.
func xmlName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
		return r
	}
	return '-'
}

// YAML is the document of EXPLAIN (FORMAT YAML) of a tree as XML takes it.
func (t *Tree) YAML() string {
	var b strings.Builder
	b.WriteString("- Plan: ")
	t.Children[0].yaml(&b, "    ")
	yamlProps(&b, t.Props, "  ")
	return b.String()
}

func (t *Tree) yaml(b *strings.Builder, pad string) {
	props := t.all()
	yamlProps(b, props, pad)
	if len(t.Children) > 0 {
		b.WriteString("\n" + pad + "Plans: ")
		for _, c := range t.Children {
			// An item's first line begins with a dash.
			var item strings.Builder
			c.yaml(&item, pad+"    ")
			b.WriteString(strings.Replace(item.String(), pad+"    ", pad+"  - ", 1))
		}
	}
}

func yamlProps(b *strings.Builder, props []Prop, pad string) {
	for _, p := range props {
		fmt.Fprintf(b, "\n%s%s: %q", pad, p.Name, p.Value)
	}
}

// all are the properties of a node with its type and its estimate.
func (t *Tree) all() []Prop {
	props := []Prop{{Name: "Node Type", Value: t.Title}}
	if t.Est >= 0 {
		props = append(props, Prop{Name: "Plan Rows", Value: fmt.Sprint(int64(t.Est + 0.5))})
	}
	return append(props, t.Props...)
}
