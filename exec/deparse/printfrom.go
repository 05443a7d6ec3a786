package deparse

import "strconv"

// name is set_deparse_for_query: unique names for the entries of a query and for
// their columns.
func (p *printer) name(q *query) *names {
	n := &names{entries: map[*rte]string{}, cols: map[*rte]*colNames{}}
	taken := map[string]bool{}
	for _, outer := range p.ns {
		for _, name := range outer.entries {
			if name != "" {
				taken[name] = true
			}
		}
	}
	for _, r := range q.rtable {
		n.entries[r] = uniqueEntry(r, taken)
		n.cols[r] = &colNames{names: make([]string, len(r.cols))}
	}
	for _, it := range q.from {
		n.unique = n.unique || dangerous(it)
	}
	for _, it := range q.from {
		n.usingNames(it, nil)
	}
	for _, r := range q.rtable {
		if r.kind == rteJoin {
			n.joinColumns(r)
		} else {
			n.relationColumns(r)
		}
	}
	return n
}

// uniqueEntry is set_rtable_names for one entry.
func uniqueEntry(r *rte, taken map[string]bool) string {
	name := r.alias
	switch {
	case name != "":
	case r.kind == rteRelation:
		name = r.rel.Name
	case r.kind == rteJoin:
		return ""
	default:
		name = r.eref
	}
	for base, i := name, 1; taken[name]; i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	taken[name] = true
	return name
}

// dangerous is has_dangerous_join_using: a merged column that is no plain column
// of a side.
func dangerous(it joinItem) bool {
	j, ok := it.(*joinExpr)
	if !ok {
		return false
	}
	if j.rte.alias == "" {
		for i := range j.using {
			if j.rte.cols[i].syn == nil {
				return true
			}
		}
	}
	return dangerous(j.l) || dangerous(j.r)
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s && x != "" {
			return true
		}
	}
	return false
}

// uniqueColumn is make_colname_unique.
func (n *names) uniqueColumn(name string, c *colNames) string {
	for base, i := name, 1; has(c.names, name) || has(n.using, name) || has(c.parentUsing, name); i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	return name
}

// usingNames is set_using_names.
func (n *names) usingNames(it joinItem, parent []string) {
	j, ok := it.(*joinExpr)
	if !ok {
		return
	}
	c, l, r := n.cols[j.rte], n.cols[j.lr], n.cols[j.rr]
	push := func(i int, name string) {
		if at := j.rte.cols[i].left; at > 0 {
			l.names[at-1] = name
		}
		if at := j.rte.cols[i].right; at > 0 {
			r.names[at-1] = name
		}
	}
	if j.rte.alias == "" {
		for i, name := range c.names {
			if name != "" {
				push(i, name)
			}
		}
	}
	parent = append([]string(nil), parent...)
	for i, name := range j.using {
		if c.names[i] != "" {
			name = c.names[i]
		} else {
			if i < len(j.rte.aliased) {
				name = j.rte.aliased[i]
			}
			name = n.uniqueColumn(name, c)
			if n.unique {
				n.using = append(n.using, name)
			}
			c.names[i] = name
		}
		c.using, parent = append(c.using, name), append(parent, name)
		push(i, name)
	}
	l.parentUsing, r.parentUsing = parent, parent
	n.usingNames(j.l, parent)
	n.usingNames(j.r, parent)
}

// relationColumns is set_relation_column_names.
func (n *names) relationColumns(r *rte) {
	c := n.cols[r]
	changed := false
	for i := range r.cols {
		real := r.cols[i].real
		if c.names[i] == "" {
			name := real
			if i < len(r.aliased) {
				name = r.aliased[i]
			}
			c.names[i] = n.uniqueColumn(name, c)
		}
		changed = changed || c.names[i] != real
	}
	switch {
	case r.kind == rteRelation:
		c.printed = changed
	case r.kind == rteFunction:
		c.printed = true
	case len(r.aliased) > 0:
		c.printed = true
	default:
		c.printed = changed
	}
}

// joinColumns is set_join_column_names.
func (n *names) joinColumns(r *rte) {
	c, changed := n.cols[r], false
	for i := range r.cols {
		if i < len(c.using) {
			if r.alias != "" && i < len(r.join.using) {
				changed = changed || c.names[i] != c.using[i]
			}
			continue
		}
		var real string
		if at := r.cols[i].left; at > 0 {
			real = n.cols[r.join.lr].names[at-1]
		} else {
			real = n.cols[r.join.rr].names[r.cols[i].right-1]
		}
		if r.alias == "" {
			c.names[i] = real
			continue
		}
		if c.names[i] == "" {
			name := real
			if i < len(r.aliased) {
				name = r.aliased[i]
			}
			c.names[i] = n.uniqueColumn(name, c)
		}
		changed = changed || c.names[i] != real
	}
	c.printed = r.alias != "" && changed
}

// from is get_from_clause.
func (p *printer) from(q *query) {
	for i, it := range q.from {
		if i == 0 {
			p.keyword(" FROM ", -indentStd, indentStd, 2)
			p.fromItem(q, it)
			continue
		}
		p.str(", ")
		text := p.into(func() { p.fromItem(q, it) })
		if p.style.Indent && p.style.Wrap >= 0 {
			if text != "" && text[0] == '\n' {
				p.trim()
			} else if len(p.line())+len(text) > p.style.Wrap {
				p.keyword("", -indentStd, indentStd, indentVar)
			}
		}
		p.str(text)
	}
}

// fromItem is get_from_clause_item.
func (p *printer) fromItem(q *query, it joinItem) {
	if j, ok := it.(*joinExpr); ok {
		p.join(q, j)
		return
	}
	r := it.(*rte)
	if r.lateral {
		p.str("LATERAL ")
	}
	name, c := p.ns[0].entries[r], p.ns[0].cols[r]
	alias := r.alias != "" || c.printed
	switch r.kind {
	case rteRelation:
		if r.only {
			p.str("ONLY ")
		}
		p.str(r.rel.Shown)
		alias = alias || name != r.rel.Name
	case rteSubquery:
		p.str("(")
		p.query(r.sub, false, nil, true)
		p.str(")")
		alias = true
	case rteFunction:
		p.functions(r)
		alias = true
	case rteValues:
		p.str("(")
		p.values(r.values)
		p.str(")")
		alias = true
	case rteCTE:
		p.quote(r.cte.name)
		alias = alias || name != r.cte.name
	}
	if alias {
		p.str(" ")
		p.quote(name)
	}
	if r.kind == rteFunction && len(r.funcs) == 1 && r.funcs[0].defs != nil && !r.ord {
		p.columnDefs(r.funcs[0].defs, c.names)
	} else if c.printed {
		p.nameList(c.names)
	}
	if r.sample != nil {
		p.sample(r.sample)
	}
}

func (p *printer) sample(s *sampleClause) {
	p.str(" TABLESAMPLE ")
	p.quote(s.method)
	p.str(" (")
	p.list(s.args, false)
	p.str(")")
	if s.repeat != nil {
		p.str(" REPEATABLE (")
		p.expr(s.repeat, false)
		p.str(")")
	}
}

// columnDefs is get_from_clause_coldeflist.
func (p *printer) columnDefs(defs []rteCol, names []string) {
	p.str("(")
	for i, d := range defs {
		if i > 0 {
			p.str(", ")
		}
		name := d.name
		if names != nil {
			name = names[i]
		}
		p.quote(name)
		p.str(" " + p.cat.Format(d.t, d.mod))
	}
	p.str(")")
}

func (p *printer) functions(r *rte) {
	switch {
	case len(r.funcs) == 1 && (r.funcs[0].defs == nil || !r.ord):
		p.funcInFrom(r.funcs[0].x)
	case allUnnest(r.funcs):
		p.str("UNNEST(")
		for i, f := range r.funcs {
			if i > 0 {
				p.str(", ")
			}
			p.expr(f.x.(*funcNode).args[0], true)
		}
		p.str(")")
	default:
		p.str("ROWS FROM(")
		for i, f := range r.funcs {
			if i > 0 {
				p.str(", ")
			}
			p.funcInFrom(f.x)
			if f.defs != nil {
				p.str(" AS ")
				p.columnDefs(f.defs, nil)
			}
		}
		p.str(")")
	}
	if r.ord {
		p.str(" WITH ORDINALITY")
	}
}

func allUnnest(list []funcItem) bool {
	for _, f := range list {
		x, ok := f.x.(*funcNode)
		if !ok || x.p == nil || x.p.name != "unnest" || len(x.args) != 1 || f.defs != nil {
			return false
		}
	}
	return true
}

// funcInFrom is get_rule_expr_funccall: what does not look like a function is
// put into a cast.
func (p *printer) funcInFrom(x node) {
	looks := false
	switch x := x.(type) {
	case *funcNode:
		looks = x.form == formCall || x.form == formSyntax
	case *coalesceNode, *minMaxNode, *nullIfNode, *valueFnNode:
		looks = true
	}
	if looks {
		p.expr(x, true)
		return
	}
	p.str("CAST(")
	p.expr(x, false)
	p.str(" AS " + p.cat.Format(x.typ(), typmod(x)) + ")")
}

func (p *printer) join(q *query, j *joinExpr) {
	paren := !p.style.Paren || j.rte.alias != ""
	if paren {
		p.str("(")
	}
	p.fromItem(q, j.l)
	word := " " + j.kind + " JOIN "
	switch {
	case j.kind == "" && (j.on != nil || len(j.using) > 0):
		word = " JOIN "
	case j.kind == "":
		word = " CROSS JOIN "
	}
	p.keyword(word, -indentStd, indentStd, indentJoin)
	right := false
	if r, ok := j.r.(*joinExpr); ok {
		right = p.style.Paren && r.rte.alias == ""
	}
	if right {
		p.str("(")
	}
	p.fromItem(q, j.r)
	if right {
		p.str(")")
	}
	c := p.ns[0].cols[j.rte]
	switch {
	case len(j.using) > 0:
		p.str(" USING ")
		p.nameList(c.using)
		if j.usingAlias != "" {
			p.str(" AS ")
			p.quote(j.usingAlias)
		}
	case j.on != nil:
		p.str(" ON ")
		if !p.style.Paren {
			p.str("(")
		}
		p.expr(j.on, false)
		if !p.style.Paren {
			p.str(")")
		}
	case j.kind != "":
		p.str(" ON TRUE")
	}
	if paren {
		p.str(")")
	}
	if j.rte.alias != "" {
		p.str(" ")
		p.quote(p.ns[0].entries[j.rte])
		if c.printed {
			p.nameList(c.names)
		}
	}
}

// variable is get_variable; it returns the column's name, "" for a whole row.
func (p *printer) variable(v *varNode, top bool) string {
	if v.rte == nil {
		return ""
	}
	for _, n := range p.ns {
		c, ok := n.cols[v.rte]
		if !ok {
			continue
		}
		entry, name := n.entries[v.rte], ""
		switch {
		case v.att > 0:
			name = c.names[v.att-1]
		case v.att < 0:
			name = v.sys
		}
		if entry != "" && (p.prefix || v.att == 0) {
			p.quote(entry)
			p.str(".")
		}
		if v.att != 0 {
			p.quote(name)
			return name
		}
		p.str("*")
		if top {
			p.str("::" + p.cat.Format(v.t, -1))
		}
		return ""
	}
	return ""
}
