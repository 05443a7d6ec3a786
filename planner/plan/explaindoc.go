package plan

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Document writes what EXPLAIN has found in a structured format, "json", "xml" or
// "yaml", in the layout of PostgreSQL's explain.c. costs says whether the estimates
// are shown, props is what is said of the statement.
func (t *Tree) Document(format string, costs bool, props []Prop) string {
	query := group{{name: "Plan", group: t.group(costs)}}
	for _, p := range props {
		m := member{name: p.Name, prop: p}
		for _, k := range p.Members {
			m.group = append(m.group, member{name: k.Name, prop: k})
		}
		query = append(query, m)
	}
	w := &docWriter{}
	switch format {
	case "json":
		w.WriteString("[\n  ")
		w.json(query, "  ")
		w.WriteString("\n]")
	case "xml":
		w.WriteString("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query>\n")
		w.xml(query, "    ")
		w.WriteString("  </Query>\n</explain>")
	default:
		w.WriteString("- ")
		w.yaml(query, "  ", true)
	}
	return w.String()
}

// group is a list of named members in order: properties, groups, and lists of groups.
type group []member

type member struct {
	name  string
	prop  Prop
	group group
	list  []group // with item as the name of each in XML
	item  string
}

func number(name, format string, v any) Prop {
	return Prop{Name: name, Value: fmt.Sprintf(format, v), Raw: true}
}

// group is the node with those below it.
func (t *Tree) group(costs bool) group {
	var g group
	add := func(list ...Prop) {
		for _, p := range list {
			g = append(g, member{name: p.Name, prop: p})
		}
	}
	add(t.header()...)
	if k := t.Cost; costs && k != nil {
		add(number("Startup Cost", "%.2f", k.Startup), number("Total Cost", "%.2f", k.Total), number("Plan Rows", "%.0f", k.Rows),
			number("Plan Width", "%d", k.Width))
	}
	if a := t.Run; a != nil {
		if a.Total >= 0 {
			add(number("Actual Startup Time", "%.3f", a.First), number("Actual Total Time", "%.3f", a.Total))
		}
		add(number("Actual Rows", "%d", a.Rows), number("Actual Loops", "%d", a.Loops))
	}
	add(t.Props...)
	if len(t.Children) > 0 {
		m := member{name: "Plans", item: "Plan"}
		for _, c := range t.Children {
			m.list = append(m.list, c.group(costs))
		}
		g = append(g, m)
	}
	return g
}

type docWriter struct{ strings.Builder }

// quoted is a string as escape_json writes it.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a Builder takes everything
	return strings.TrimSuffix(b.String(), "\n")
}

func (p Prop) literal() string {
	if p.Raw {
		return p.Value
	}
	return quoted(p.Value)
}

// json writes a group whose opening brace stands behind pad.
func (w *docWriter) json(g group, pad string) {
	w.WriteString("{")
	for i, m := range g {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n" + pad + "  " + quoted(m.name) + ": ")
		switch {
		case m.group != nil:
			w.json(m.group, pad+"  ")
		case m.item != "":
			w.WriteString("[")
			for j, k := range m.list {
				if j > 0 {
					w.WriteByte(',')
				}
				w.WriteString("\n" + pad + "    ")
				w.json(k, pad+"    ")
			}
			w.WriteString("\n" + pad + "  ]")
		case m.prop.List != nil && len(m.prop.List) == 0:
			w.WriteString("[\n" + pad + "  ]")
		case m.prop.List != nil:
			items := make([]string, len(m.prop.List))
			for j, s := range m.prop.List {
				items[j] = quoted(s)
			}
			w.WriteString("[" + strings.Join(items, ", ") + "]")
		default:
			w.WriteString(m.prop.literal())
		}
	}
	w.WriteString("\n" + pad + "}")
}

// xmlEscape is escape_xml.
var xmlEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#x0d;")

// xmlName keeps what an element's name may have, as PostgreSQL's explain.c does.
func xmlName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
		return r
	}
	return '-'
}

func (w *docWriter) xml(g group, pad string) {
	for _, m := range g {
		name := strings.Map(xmlName, m.name)
		open, end := pad+"<"+name+">", "</"+name+">\n"
		switch {
		case m.group != nil:
			w.WriteString(open + "\n")
			w.xml(m.group, pad+"  ")
			w.WriteString(pad + end)
		case m.item != "":
			w.WriteString(open + "\n")
			for _, k := range m.list {
				w.WriteString(pad + "  <" + m.item + ">\n")
				w.xml(k, pad+"    ")
				w.WriteString(pad + "  </" + m.item + ">\n")
			}
			w.WriteString(pad + end)
		case m.prop.List != nil:
			w.WriteString(open + "\n")
			for _, s := range m.prop.List {
				w.WriteString(pad + "  <Item>" + xmlEscape.Replace(s) + "</Item>\n")
			}
			w.WriteString(pad + end)
		default:
			w.WriteString(open + xmlEscape.Replace(m.prop.Value) + end)
		}
	}
}

// yaml writes a group; its first member stands in the line that has begun where
// inline says so.
func (w *docWriter) yaml(g group, pad string, inline bool) {
	for i, m := range g {
		if i > 0 || !inline {
			w.WriteString("\n" + pad)
		}
		w.WriteString(m.name + ": ")
		switch {
		case m.group != nil:
			w.yaml(m.group, pad+"  ", false)
		case m.item != "":
			for _, k := range m.list {
				w.WriteString("\n" + pad + "  - ")
				w.yaml(k, pad+"    ", true)
			}
		case m.prop.List != nil:
			for _, s := range m.prop.List {
				w.WriteString("\n" + pad + "  - " + quoted(s))
			}
		default:
			w.WriteString(m.prop.literal())
		}
	}
}
