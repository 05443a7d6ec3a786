package deparse

import (
	"strconv"
	"strings"

	"tagd/sql/types"
)

// Indentation of ruleutils.c.
const (
	indentStd   = 8
	indentJoin  = 4
	indentVar   = 4
	indentLimit = 40
)

// Style is how a text is laid out: the flags of ruleutils.c. Wrap is the width
// beyond which lists go on in a new line, 0: after every entry, -1: never.
type Style struct {
	Paren  bool // PRETTYFLAG_PAREN
	Indent bool // PRETTYFLAG_INDENT
	Wrap   int
}

// names are the names of one query: of its entries and of their columns
// (deparse_namespace).
type names struct {
	entries map[*rte]string
	cols    map[*rte]*colNames
	using   []string // names of merged columns that must be unique in the query
	unique  bool
}

// colNames is deparse_columns.
type colNames struct {
	names       []string // "" for none yet
	printed     bool     // the list of aliases is to be shown
	using       []string
	parentUsing []string
}

// printer is deparse_context.
type printer struct {
	cat    Catalog
	b      *strings.Builder
	style  Style
	indent int
	ns     []*names // the nearest first
	prefix bool
	// group tells that GROUP BY is being written, where cube and rollup are words.
	group bool
	q     *query // the query being written, for windows
}

func (p *printer) str(s string) { p.b.WriteString(s) }

func (p *printer) quote(s string) { p.b.WriteString(types.QuoteIdent(s)) }

// trim takes trailing blanks away.
func (p *printer) trim() {
	s := p.b.String()
	t := strings.TrimRight(s, " ")
	if len(t) < len(s) {
		p.b.Reset()
		p.b.WriteString(t)
	}
}

// keyword is appendContextKeyword.
func (p *printer) keyword(s string, before, after, plus int) {
	if !p.style.Indent {
		p.str(s)
		return
	}
	p.indent += before
	p.trim()
	n := 0
	if p.indent < indentLimit {
		n = max(p.indent, 0) + plus
	} else {
		n = (indentLimit+(p.indent-indentLimit)/(indentStd/2))%indentLimit + plus
	}
	p.str("\n" + strings.Repeat(" ", n) + s)
	if p.indent += after; p.indent < 0 {
		p.indent = 0
	}
}

// separate writes f's text into a buffer of its own and appends it.
func (p *printer) into(f func()) string {
	saved := p.b
	p.b = &strings.Builder{}
	f()
	out := p.b.String()
	p.b = saved
	return out
}

// line is what stands in the last line so far.
func (p *printer) line() string {
	s := p.b.String()
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// query is get_query_def.
func (p *printer) query(q *query, reserve bool, cols []string, visible bool) {
	if reserve {
		q.rtable = append([]*rte{{kind: rteReserved, eref: "old"}, {kind: rteReserved, eref: "new"}}, q.rtable...)
	}
	ns, prefix, indent, outer, group := p.ns, p.prefix, p.indent, p.q, p.group
	p.prefix = len(p.ns) > 0 || len(q.rtable) != 1
	p.ns = append([]*names{p.name(q)}, p.ns...)
	p.q, p.group = q, false
	p.selectQuery(q, cols, visible)
	p.ns, p.prefix, p.indent, p.q, p.group = ns, prefix, indent, outer, group
}

// selectQuery is get_select_query_def.
func (p *printer) selectQuery(q *query, cols []string, visible bool) {
	p.withClause(q)
	if q.setOp != nil {
		p.setOp(q.setOp, cols, visible)
	} else {
		p.basic(q, cols, visible)
	}
	if len(q.sort) > 0 {
		p.keyword(" ORDER BY ", -indentStd, indentStd, 1)
		p.orderBy(q, q.sort, q.setOp != nil)
	}
	if q.offset != nil {
		p.keyword(" OFFSET ", -indentStd, indentStd, 0)
		p.expr(q.offset, false)
	}
	if q.limit != nil {
		p.limit(q)
	}
}

func (p *printer) limit(q *query) {
	if q.ties {
		p.keyword(" FETCH FIRST ", -indentStd, indentStd, 0)
		p.str("(")
		p.expr(q.limit, false)
		p.str(") ROWS WITH TIES")
		return
	}
	p.keyword(" LIMIT ", -indentStd, indentStd, 0)
	if c, ok := q.limit.(*constNode); ok && c.null {
		p.str("ALL")
		return
	}
	p.expr(q.limit, false)
}

// withClause is get_with_clause.
func (p *printer) withClause(q *query) {
	if len(q.ctes) == 0 {
		return
	}
	if p.style.Indent {
		p.indent += indentStd
		p.str(" ")
	}
	sep := "WITH "
	if q.recursive {
		sep = "WITH RECURSIVE "
	}
	for _, c := range q.ctes {
		p.str(sep)
		p.quote(c.name)
		p.nameList(c.columns)
		p.str(" AS ")
		if c.materialized != nil {
			if !*c.materialized {
				p.str("NOT ")
			}
			p.str("MATERIALIZED ")
		}
		p.str("(")
		if p.style.Indent {
			p.keyword("", 0, 0, 0)
		}
		p.query(c.q, false, nil, true)
		if p.style.Indent {
			p.keyword("", 0, 0, 0)
		}
		p.str(")")
		sep = ", "
	}
	if p.style.Indent {
		p.indent -= indentStd
		p.keyword("", 0, 0, 0)
	} else {
		p.str(" ")
	}
}

// nameList writes (a, b), nothing for an empty list.
func (p *printer) nameList(list []string) {
	for i, n := range list {
		if i == 0 {
			p.str("(")
		} else {
			p.str(", ")
		}
		p.quote(n)
	}
	if len(list) > 0 {
		p.str(")")
	}
}

// setOp is get_setop_query.
func (p *printer) setOp(n *setNode, cols []string, visible bool) {
	if n.leaf != nil {
		q := n.leaf.sub
		paren := len(q.ctes) > 0 || len(q.sort) > 0 || q.offset != nil || q.limit != nil
		if paren {
			p.str("(")
		}
		p.query(q, false, cols, visible)
		if paren {
			p.str(")")
		}
		return
	}
	paren := n.l.leaf == nil && (n.l.op != n.op || n.l.all != n.all)
	sub := 0
	if paren {
		p.str("(")
		sub = indentStd
		p.keyword("", sub, 0, 0)
	}
	p.setOp(n.l, cols, visible)
	switch {
	case paren:
		p.keyword(") ", -sub, 0, 0)
	case p.style.Indent:
		p.keyword("", -sub, 0, 0)
	default:
		p.str(" ")
	}
	p.str(n.op + " ")
	if n.all {
		p.str("ALL ")
	}
	paren, sub = n.r.leaf == nil, 0
	if paren {
		p.str("(")
		sub = indentStd
	}
	p.keyword("", sub, 0, 0)
	p.setOp(n.r, cols, false)
	if p.style.Indent {
		p.indent -= sub
	}
	if paren {
		p.keyword(")", 0, 0, 0)
	}
}

// simpleValues is get_simple_values_rte: the entry of SELECT * FROM (VALUES ...).
func simpleValues(q *query, cols []string) *rte {
	var found *rte
	for _, r := range q.rtable {
		switch {
		case r.kind == rteReserved:
		case r.kind == rteValues && found == nil:
			found = r
		default:
			return nil
		}
	}
	if found == nil || len(q.targets) != len(found.cols) {
		return nil
	}
	for i, t := range q.targets {
		v, ok := t.x.(*varNode)
		if !ok || t.junk || v.rte != found || v.att != i+1 {
			return nil
		}
		name := t.name
		if i < len(cols) {
			name = cols[i]
		}
		if name != found.cols[i].name {
			return nil
		}
	}
	return found
}

// basic is get_basic_select_query.
func (p *printer) basic(q *query, cols []string, visible bool) {
	if p.style.Indent {
		p.indent += indentStd
		p.str(" ")
	}
	if r := simpleValues(q, cols); r != nil && q.where == nil && len(q.group) == 0 && !q.distinct && r.alias == "" {
		p.values(r.values)
		return
	}
	p.str("SELECT")
	switch {
	case len(q.on) > 0:
		p.str(" DISTINCT ON (")
		p.refs(q, q.on)
		p.str(")")
	case q.distinct:
		p.str(" DISTINCT")
	}
	p.targets(q, cols, visible)
	p.from(q)
	if q.where != nil {
		p.keyword(" WHERE ", -indentStd, indentStd, 1)
		p.expr(q.where, false)
	}
	if len(q.group) > 0 || q.hasSets {
		p.groupBy(q)
	}
	if q.having != nil {
		p.keyword(" HAVING ", -indentStd, indentStd, 0)
		p.expr(q.having, false)
	}
	sep := ""
	for _, w := range q.windows {
		if sep == "" {
			p.keyword(" WINDOW ", -indentStd, indentStd, 1)
		}
		p.str(sep)
		p.quote(w.name)
		p.str(" AS ")
		p.window(q, w)
		sep = ", "
	}
}

func (p *printer) groupBy(q *query) {
	p.keyword(" GROUP BY ", -indentStd, indentStd, 1)
	if q.groupDistinct {
		p.str("DISTINCT ")
	}
	p.group = true
	if !q.hasSets {
		p.refs(q, q.group)
	}
	for i, g := range q.sets {
		if i > 0 {
			p.str(", ")
		}
		p.groupSet(q, g, true)
	}
	p.group = false
}

// groupSet is get_rule_groupingset.
func (p *printer) groupSet(q *query, g groupSet, omit bool) {
	switch g.kind {
	case "":
		if !omit || len(g.refs) != 1 {
			p.str("(")
		}
		p.refs(q, g.refs)
		if !omit || len(g.refs) != 1 {
			p.str(")")
		}
		return
	case "LIST":
		p.str("(")
		for i, s := range g.sub {
			if i > 0 {
				p.str(", ")
			}
			p.refs(q, s.refs)
		}
		p.str(")")
		return
	case "ROLLUP", "CUBE":
		p.str(g.kind + "(")
		omit = true
	default:
		p.str("GROUPING SETS (")
		omit = false
	}
	for i, s := range g.sub {
		if i > 0 {
			p.str(", ")
		}
		p.groupSet(q, s, omit)
	}
	p.str(")")
}

func (p *printer) refs(q *query, list []int) {
	for i, r := range list {
		if i > 0 {
			p.str(", ")
		}
		p.ref(q, r, false)
	}
}

// ref is get_rule_sortgroupclause.
func (p *printer) ref(q *query, ref int, number bool) node {
	for i, t := range q.targets {
		if t.ref != ref {
			continue
		}
		if number {
			p.str(strconv.Itoa(i + 1))
		} else {
			p.sortItem(t.x)
		}
		return t.x
	}
	return nil
}

func (p *printer) sortItem(x node) {
	switch x := x.(type) {
	case *constNode:
		p.constant(x, 1)
		return
	case *varNode:
		p.expr(x, true)
		return
	}
	paren := p.style.Paren
	switch x.(type) {
	case *funcNode, *aggNode, *windowNode:
		paren = true
	}
	if paren {
		p.str("(")
	}
	p.expr(x, true)
	if paren {
		p.str(")")
	}
}

// orderBy is get_rule_orderby.
func (p *printer) orderBy(q *query, list []sortClause, number bool) {
	for i, s := range list {
		if i > 0 {
			p.str(", ")
		}
		p.ref(q, s.ref, number)
		p.direction(s.desc, s.nullsFirst)
	}
}

func (p *printer) direction(desc, nullsFirst bool) {
	switch {
	case desc && nullsFirst:
		p.str(" DESC")
	case desc:
		p.str(" DESC NULLS LAST")
	case nullsFirst:
		p.str(" NULLS FIRST")
	}
}

// targets is get_target_list.
func (p *printer) targets(q *query, cols []string, visible bool) {
	sep, multi := " ", false
	for i, t := range q.shown() {
		p.str(sep)
		sep = ", "
		text := p.into(func() {
			have := ""
			if v, ok := t.x.(*varNode); ok {
				have = p.variable(v, true)
			} else {
				p.expr(t.x, true)
				if !visible {
					have = "?column?"
				}
			}
			name := t.name
			if i < len(cols) {
				name = cols[i]
			}
			if name != have {
				p.str(" AS ")
				p.quote(name)
			}
		})
		if p.style.Indent && p.style.Wrap >= 0 {
			lead := 0
			if strings.HasPrefix(text, "\n") {
				p.trim()
				lead = 1
			} else if i > 0 && (len(p.line())+len(text) > p.style.Wrap || multi) {
				p.keyword("", -indentStd, indentStd, indentVar)
			}
			multi = strings.Contains(text[lead:], "\n")
		}
		p.str(text)
	}
}

// values is get_values_def.
func (p *printer) values(rows [][]node) {
	p.str("VALUES ")
	for i, r := range rows {
		if i > 0 {
			p.str(", ")
		}
		p.str("(")
		for j, x := range r {
			if j > 0 {
				p.str(",")
			}
			p.top(x, false)
		}
		p.str(")")
	}
}

// top is get_rule_expr_toplevel: a whole row is a value here.
func (p *printer) top(x node, implicit bool) {
	if v, ok := x.(*varNode); ok {
		p.variable(v, true)
		return
	}
	p.expr(x, implicit)
}

// window is get_rule_windowspec.
func (p *printer) window(q *query, w *windowClause) {
	p.str("(")
	sep := ""
	part := func(f func()) {
		p.str(sep)
		f()
		sep = " "
	}
	if w.ref != "" {
		part(func() { p.quote(w.ref) })
	}
	if len(w.partition) > 0 && w.ref == "" {
		part(func() {
			p.str("PARTITION BY ")
			p.refs(q, w.partition)
		})
	}
	if len(w.order) > 0 && !w.copiedOrder {
		part(func() {
			p.str("ORDER BY ")
			p.orderBy(q, w.order, false)
		})
	}
	if f := w.frame; f != nil {
		part(func() {
			p.str(f.unit)
			if f.between {
				p.str(" BETWEEN")
			}
			p.bound(f.start, f.startOff)
			if f.between {
				p.str(" AND")
				p.bound(f.end, f.endOff)
			}
			if f.exclude != "" {
				p.str(" EXCLUDE " + f.exclude)
			}
		})
	}
	p.str(")")
}

func (p *printer) bound(kind string, off node) {
	p.str(" ")
	if off != nil {
		p.expr(off, false)
		p.str(" ")
	}
	p.str(kind)
}
