package oracle

import (
	"fmt"
	"math/rand"
	"strings"
)

// kind is what the generator knows of a type.
type kind string

const (
	kInt  kind = "int"
	kText kind = "text"
	kBool kind = "bool"
	kNum  kind = "numeric"
	kDate kind = "date"
	kArr  kind = "text[]"
)

var kinds = []kind{kInt, kInt, kInt, kText, kText, kBool, kNum, kDate, kArr}

// column is a column in scope, written with its table's alias.
type column struct {
	name string
	k    kind
}

// gen writes random statements whose answers do not depend on the order of rows
// or of evaluation: no expression can fail, LIMIT stands only behind an ORDER BY
// of every column, windows over rows order by every column in scope.
type gen struct {
	r     *rand.Rand
	n     int  // aliases given out
	more  bool // all types, see templates
	bind  bool // literals are parameters, their values in args
	args  []string
	ctes  []cteDef
	depth int
}

type cteDef struct {
	name string
	cols []kind
}

// baseTables are the tables that schemaSQL makes.
var baseTables = map[string][]column{
	"tags":   {{"id", kInt}, {"city", kText}, {"lvl", kInt}, {"spent", kNum}, {"hobby", kArr}, {"reg", kDate}, {"ok", kBool}},
	"orders": {{"uid", kInt}, {"kind", kText}, {"amt", kInt}, {"day", kDate}, {"price", kNum}},
	"crowd":  {{"id", kInt}, {"name", kText}, {"grp", kInt}, {"vip", kBool}},
	"tiny":   {{"k", kText}, {"n", kInt}},
	"more": {{"id", kInt}, {"big", kBig}, {"f", kFloat}, {"tm", kTime}, {"sp", kSpan}, {"js", kJSON}, {"ia", kInts}, {"v", kVar},
		{"c", kChar}, {"u", kUUID}, {"bs", kBytes}, {"tz", kTZ}},
}

var tableNames = []string{"tags", "tags", "orders", "crowd", "tiny"}

// schemaSQL makes and fills the tables; NULLs are everywhere but in keys.
func schemaSQL(r *rand.Rand) []string {
	out := []string{
		"CREATE TABLE tags (id bigint PRIMARY KEY, city text, lvl int, spent numeric(8,2), hobby text[], reg date, ok boolean)",
		"CREATE TABLE orders (uid bigint, kind text, amt int, day date, price numeric(6,2))",
		"CREATE TABLE crowd (id bigint PRIMARY KEY, name text, grp int, vip boolean)",
		"CREATE TABLE tiny (k text, n int)",
	}
	fill := func(table string, n int, row func(i int) []string) {
		var rows []string
		for i := range n {
			rows = append(rows, "("+strings.Join(row(i), ",")+")")
		}
		out = append(out, "INSERT INTO "+table+" VALUES "+strings.Join(rows, ","))
	}
	g := &gen{r: r}
	fill("tags", 120, func(i int) []string {
		return []string{fmt.Sprint(i), g.lit(kText), g.lit(kInt), g.lit(kNum), g.lit(kArr), g.lit(kDate), g.lit(kBool)}
	})
	fill("orders", 150, func(i int) []string {
		uid := fmt.Sprint(r.Intn(140))
		if r.Intn(10) == 0 {
			uid = "NULL"
		}
		return []string{uid, g.lit(kText), g.lit(kInt), g.lit(kDate), g.lit(kNum)}
	})
	fill("crowd", 60, func(i int) []string { return []string{fmt.Sprint(i * 3), g.lit(kText), g.lit(kInt), g.lit(kBool)} })
	out = append(out, "CREATE TABLE more (id int PRIMARY KEY, big bigint, f float8, tm timestamp, sp interval, js jsonb, ia int[], v varchar(6), c char(4), u uuid, bs bytea, tz timestamptz)")
	fill("more", 50, func(i int) []string {
		row := []string{fmt.Sprint(i)}
		for _, c := range baseTables["more"][1:] {
			row = append(row, g.lit(c.k))
		}
		return row
	})
	fill("tiny", 7, func(int) []string { return []string{g.lit(kText), g.lit(kInt)} })
	return out
}

func pickOf[T any](r *rand.Rand, list ...T) T { return list[r.Intn(len(list))] }

// kind is any type.
func (g *gen) kind() kind {
	if g.more {
		return pickOf(g.r, moreKinds...)
	}
	return pickOf(g.r, kinds...)
}

// lit is a literal, NULL at times, or a parameter with its value.
func (g *gen) lit(k kind) string {
	if !g.bind {
		return g.value(k)
	}
	g.args = append(g.args, g.value(k))
	return fmt.Sprintf("$%d::%s", len(g.args), k)
}

func (g *gen) value(k kind) string {
	if g.r.Intn(7) == 0 {
		return "NULL::" + string(k)
	}
	if list := moreLits[k]; list != nil {
		return pickOf(g.r, list...)
	}
	switch k {
	case kInt:
		return fmt.Sprint(g.r.Intn(9) - 1)
	case kText:
		return pickOf(g.r, "''", "'a'", "'b'", "'上海'", "'杭州'", "'Ab'")
	case kBool:
		return pickOf(g.r, "true", "false")
	case kNum:
		return fmt.Sprintf("%d.%02d", g.r.Intn(4), 25*g.r.Intn(4))
	case kDate:
		return fmt.Sprintf("date '2024-01-%02d'", 1+g.r.Intn(9))
	}
	return pickOf(g.r, "'{}'", "'{a}'", "'{a,b}'", "'{跑步,a,NULL}'", "'{b,b}'") + "::text[]"
}

// col is a column of kind k in scope, "" if there is none.
func (g *gen) col(scope []column, k kind) string {
	var have []string
	for _, c := range scope {
		if c.k == k {
			have = append(have, c.name)
		}
	}
	if len(have) == 0 {
		return ""
	}
	return have[g.r.Intn(len(have))]
}

// expr is an expression of kind k.
func (g *gen) expr(scope []column, k kind, d int) string {
	if d <= 0 || g.r.Intn(3) == 0 {
		if c := g.col(scope, k); c != "" && g.r.Intn(5) > 0 {
			return c
		}
		return g.lit(k)
	}
	sub := func(k kind) string { return g.expr(scope, k, d-1) }
	switch g.r.Intn(9) {
	case 0:
		return "CASE WHEN " + g.cond(scope, d-1) + " THEN " + sub(k) + " ELSE " + sub(k) + " END"
	case 1:
		return "COALESCE(" + sub(k) + ", " + sub(k) + ")"
	case 2:
		return "NULLIF(" + sub(k) + ", " + sub(k) + ")"
	case 3:
		if g.depth < 2 && d > 1 {
			return g.scalar(scope, k)
		}
	}
	if g.more && (moreLits[k] != nil || g.r.Intn(4) > 0) {
		return filled(pickOf(g.r, templates[k]...), sub)
	}
	switch k {
	case kInt:
		switch g.r.Intn(4) {
		case 0:
			return "(" + sub(kInt) + " + " + sub(kInt) + ")"
		case 1:
			return "(" + sub(kInt) + " % 3)"
		case 2:
			return "length(" + sub(kText) + ")"
		}
		return "cardinality(" + sub(kArr) + ")"
	case kText:
		return pickOf(g.r, "lower("+sub(kText)+")", "("+sub(kText)+" || "+sub(kText)+")", "left("+sub(kText)+", 1)")
	case kBool:
		return "(" + g.cond(scope, d-1) + ")"
	case kNum:
		return pickOf(g.r, "("+sub(kNum)+" + "+sub(kNum)+")", "("+sub(kNum)+" * 2)")
	case kDate:
		return "(" + sub(kDate) + " + " + fmt.Sprint(g.r.Intn(3)) + ")"
	}
	return pickOf(g.r, "array_append("+sub(kArr)+", "+sub(kText)+")", "array_remove("+sub(kArr)+", 'a')")
}

// cond is a condition.
func (g *gen) cond(scope []column, d int) string {
	if d > 0 {
		switch g.r.Intn(7) {
		case 0:
			return "(" + g.cond(scope, d-1) + " AND " + g.cond(scope, d-1) + ")"
		case 1:
			return "(" + g.cond(scope, d-1) + " OR " + g.cond(scope, d-1) + ")"
		case 2:
			return "NOT (" + g.cond(scope, d-1) + ")"
		case 3, 4:
			if g.depth < 2 {
				return g.subCond(scope)
			}
		}
	}
	k := g.kind()
	if g.more && g.r.Intn(2) == 0 {
		return filled(pickOf(g.r, templates[kBool]...), func(k kind) string { return g.expr(scope, k, min(d, 1)) })
	}
	x := func() string { return g.expr(scope, k, min(d, 1)) }
	switch g.r.Intn(8) {
	case 0:
		return x() + pickOf(g.r, " IS NULL", " IS NOT NULL")
	case 1:
		return x() + pickOf(g.r, "", " NOT") + " IN (" + g.lit(k) + ", " + g.lit(k) + ", " + g.lit(k) + ")"
	case 2:
		return x() + " IS " + pickOf(g.r, "", "NOT ") + "DISTINCT FROM " + x()
	case 3:
		return "(" + g.expr(scope, kBool, 0) + ") IS " + pickOf(g.r, "TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN")
	case 4:
		return g.expr(scope, kArr, 1) + pickOf(g.r, " && ", " @> ", " <@ ") + g.expr(scope, kArr, 0)
	case 5:
		// Not of a NULL: PostgreSQL's planner takes NULL = ANY ('{}') for NULL when it
		// turns outer joins into inner ones, though it is false.
		return "COALESCE(" + g.expr(scope, kText, 0) + ", '')" + pickOf(g.r, " = ANY(", " <> ALL(") + g.expr(scope, kArr, 0) + ")"
	}
	return x() + pickOf(g.r, " = ", " = ", " <> ", " < ", " >= ", " > ") + x()
}

// scalar is a subquery that gives at most one value.
func (g *gen) scalar(scope []column, k kind) string {
	g.depth++
	defer func() { g.depth-- }()
	from, inner := g.source(scope, 1)
	all := append(append([]column(nil), inner...), scope...)
	where := " WHERE " + g.cond(all, 1)
	switch k {
	case kInt:
		return "(SELECT " + pickOf(g.r, "count(*)", "max("+g.expr(all, kInt, 1)+")", "min("+g.expr(inner, kInt, 1)+")") + " FROM " + from + where + ")"
	case kBool:
		return "(SELECT bool_or(" + g.cond(all, 0) + ") FROM " + from + where + ")"
	case kArr:
		return "ARRAY(SELECT " + g.expr(inner, kText, 1) + " FROM " + from + where + " ORDER BY 1)"
	}
	if c := g.col(inner, k); c != "" || moreLits[k] != nil {
		if c == "" {
			c = g.expr(inner, k, 1)
		}
		return "(SELECT " + c + " FROM " + from + where + " ORDER BY 1 LIMIT 1)"
	}
	return "(SELECT max(" + g.expr(all, k, 0) + ") FROM " + from + where + ")"
}

// subCond is a condition with a subquery.
func (g *gen) subCond(scope []column) string {
	g.depth++
	defer func() { g.depth-- }()
	from, inner := g.source(scope, 1)
	all := append(append([]column(nil), inner...), scope...)
	if g.r.Intn(3) == 0 { // not correlated
		all = inner
	}
	where := ""
	if g.r.Intn(4) > 0 {
		where = " WHERE " + g.cond(all, 1)
	}
	k := pickOf(g.r, kInt, kInt, kText, kDate, kNum)
	switch g.r.Intn(6) {
	case 0, 1:
		return pickOf(g.r, "", "NOT ") + "EXISTS (SELECT 1 FROM " + from + where + ")"
	case 2, 3:
		return g.expr(scope, k, 1) + pickOf(g.r, "", " NOT") + " IN (SELECT " + g.expr(inner, k, 1) + " FROM " + from + where + ")"
	case 4:
		return "(" + g.expr(scope, k, 0) + ", " + g.expr(scope, kText, 0) + ")" + pickOf(g.r, "", " NOT") + " IN (SELECT " +
			g.expr(inner, k, 0) + ", " + g.expr(inner, kText, 0) + " FROM " + from + where + ")"
	}
	return g.expr(scope, k, 0) + pickOf(g.r, " = ", " < ", " >= ", " <> ") + pickOf(g.r, "ANY", "ALL") + " (SELECT " + g.expr(inner, k, 0) + " FROM " + from + where + ")"
}

func (g *gen) alias() string {
	g.n++
	return fmt.Sprintf("t%d", g.n)
}

// item is one relation of FROM; outer may be used by LATERAL ones.
func (g *gen) item(outer []column) (string, []column) {
	a := g.alias()
	as := func(cols []column) []column {
		out := make([]column, len(cols))
		for i, c := range cols {
			out[i] = column{a + "." + c.name, c.k}
		}
		return out
	}
	switch x := g.r.Intn(12); {
	case x == 0 && len(g.ctes) > 0:
		c := g.ctes[g.r.Intn(len(g.ctes))]
		return c.name + " AS " + a, as(numbered(c.cols))
	case x <= 2 && g.depth < 2:
		g.depth++
		q, ks := g.query(nil)
		g.depth--
		return "(" + q + ") AS " + a, as(numbered(ks))
	case x == 3 && g.depth < 2 && len(outer) > 0:
		g.depth++
		q, ks := g.query(outer)
		g.depth--
		return "LATERAL (" + q + ") AS " + a, as(numbered(ks))
	case x == 4:
		return "generate_series(1, " + fmt.Sprint(1+g.r.Intn(4)) + ") AS " + a + "(c1)", as(numbered([]kind{kInt}))
	case x == 5:
		return "(VALUES (" + g.lit(kInt) + ", " + g.lit(kText) + "), (" + g.lit(kInt) + ", " + g.lit(kText) + ")) AS " + a + "(c1, c2)", as(numbered([]kind{kInt, kText}))
	case x == 6:
		if c := g.col(outer, kArr); c != "" {
			return "unnest(" + c + ") AS " + a + "(c1)", as(numbered([]kind{kText}))
		}
	}
	t := tableNames[g.r.Intn(len(tableNames))]
	if g.more && g.r.Intn(3) == 0 {
		t = "more"
	}
	return t + " AS " + a, as(baseTables[t])
}

// numbered names columns c1, c2, ...
func numbered(ks []kind) []column {
	var out []column
	for i, k := range ks {
		out = append(out, column{fmt.Sprintf("c%d", i+1), k})
	}
	return out
}

// source is a FROM list of at most most relations, with its columns.
func (g *gen) source(outer []column, most int) (string, []column) {
	from, cols := g.item(outer)
	for range g.r.Intn(most) {
		lateral := append(append([]column(nil), outer...), cols...)
		kindOf := pickOf(g.r, " JOIN ", " JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ", " CROSS JOIN ", " LEFT JOIN ")
		if strings.Contains(kindOf, "RIGHT") || strings.Contains(kindOf, "FULL") {
			lateral = outer
		}
		right, rc := g.item(lateral)
		both := append(append([]column(nil), cols...), rc...)
		on := ""
		switch {
		case strings.Contains(kindOf, "CROSS"):
		case strings.Contains(kindOf, "FULL"):
			on = g.equi(cols, rc) // PostgreSQL wants a mergeable condition
		case g.r.Intn(3) > 0:
			on = g.equi(cols, rc)
			if g.r.Intn(3) == 0 {
				on += " AND " + g.cond(both, 1)
			}
		default:
			on = g.cond(both, 1)
		}
		if on != "" {
			on = " ON " + on
		}
		from, cols = from+kindOf+right+on, both
	}
	return from, cols
}

// equi is an equality of a column of either side.
func (g *gen) equi(l, r []column) string {
	for range 10 {
		c := l[g.r.Intn(len(l))]
		if d := g.col(r, c.k); d != "" && c.k != kBool {
			return c.name + " = " + d
		}
	}
	return "true"
}

// query is a SELECT whose columns are c1, c2, ...
func (g *gen) query(outer []column) (string, []kind) {
	if g.r.Intn(6) == 0 && g.depth < 2 {
		return g.setOp(outer)
	}
	n := 1 + g.r.Intn(3)
	ks := make([]kind, n)
	for i := range ks {
		ks[i] = g.kind()
	}
	q := g.selectOf(outer, ks)
	if g.r.Intn(4) == 0 {
		q += g.orderLimit(len(ks))
	}
	return q, ks
}

func (g *gen) orderLimit(n int) string {
	var by []string
	for i := range n {
		by = append(by, fmt.Sprint(i+1)+pickOf(g.r, "", " DESC", " NULLS FIRST", " DESC NULLS LAST"))
	}
	s := " ORDER BY " + strings.Join(by, ", ")
	if g.r.Intn(3) > 0 {
		s += fmt.Sprintf(" LIMIT %d", g.r.Intn(12))
	}
	if g.r.Intn(4) == 0 {
		s += fmt.Sprintf(" OFFSET %d", g.r.Intn(4))
	}
	return s
}

func (g *gen) setOp(outer []column) (string, []kind) {
	n := 1 + g.r.Intn(2)
	ks := make([]kind, n)
	for i := range ks {
		ks[i] = g.kind()
	}
	g.depth++
	defer func() { g.depth-- }()
	op := pickOf(g.r, "UNION", "INTERSECT", "EXCEPT") + pickOf(g.r, "", " ALL")
	return g.selectOf(outer, ks) + " " + op + " " + g.selectOf(outer, ks), ks
}

// selectOf is a SELECT without ORDER BY whose columns are of the given kinds.
func (g *gen) selectOf(outer []column, ks []kind) string {
	most := 2
	if g.depth == 0 {
		most = 3
	}
	from, cols := g.source(outer, most)
	scope := append(append([]column(nil), cols...), outer...)
	where := ""
	if g.r.Intn(3) > 0 {
		where = " WHERE " + g.cond(scope, 2)
	}
	switch g.r.Intn(5) {
	case 0:
		return g.grouped(from, where, scope, cols, ks)
	case 1:
		return "SELECT " + g.windows(scope, cols, ks) + " FROM " + from + where
	}
	var list []string
	for i, k := range ks {
		list = append(list, fmt.Sprintf("%s AS c%d", g.expr(scope, k, 2), i+1))
	}
	return "SELECT " + pickOf(g.r, "", "", "DISTINCT ") + strings.Join(list, ", ") + " FROM " + from + where
}

// agg is an aggregate of kind k over cols.
func (g *gen) agg(cols []column, k kind) string {
	filter := ""
	if g.r.Intn(4) == 0 {
		filter = " FILTER (WHERE " + g.cond(cols, 0) + ")"
	}
	if g.more && (moreLits[k] != nil || g.r.Intn(2) == 0) {
		return filled(pickOf(g.r, aggTemplates[k]...), func(k kind) string { return g.expr(cols, k, 1) })
	}
	x := g.expr(cols, k, 1)
	switch k {
	case kInt:
		return pickOf(g.r, "count(*)", "count("+x+")", "count(DISTINCT "+x+")", "max("+x+")", "min("+x+")") + filter
	case kBool:
		return pickOf(g.r, "bool_and(", "bool_or(") + x + ")" + filter
	case kNum:
		return pickOf(g.r, "sum(", "max(", "avg(", "sum(DISTINCT ") + x + ")" + filter
	case kText:
		return pickOf(g.r, "max("+x+")", "string_agg("+x+", ',' ORDER BY "+x+")", "string_agg(DISTINCT ("+x+")::text, ',' ORDER BY ("+x+")::text)") + filter
	case kArr:
		t := g.expr(cols, kText, 1)
		return "array_agg((" + t + ")::text ORDER BY " + t + ")" + filter
	}
	return pickOf(g.r, "max(", "min(") + x + ")" + filter
}

func (g *gen) grouped(from, where string, scope, cols []column, ks []kind) string {
	var list, keys []string
	for i, k := range ks {
		x := ""
		if i < len(ks)-1 || g.r.Intn(3) == 0 {
			if c := g.col(cols, k); c != "" {
				x = c
				keys = append(keys, c)
			}
		}
		if x == "" {
			x = g.agg(cols, k)
		}
		list = append(list, fmt.Sprintf("%s AS c%d", x, i+1))
	}
	q := "SELECT " + strings.Join(list, ", ") + " FROM " + from + where
	if len(keys) > 0 {
		sets := pickOf(g.r, "", "", "ROLLUP", "CUBE") + "(" + strings.Join(keys, ", ") + ")"
		if g.more && g.r.Intn(4) == 0 {
			sets = "GROUPING SETS (" + sets + ", (), (" + pickOf(g.r, keys...) + "))"
		}
		q += " GROUP BY " + sets
	}
	if g.r.Intn(4) == 0 {
		q += " HAVING " + g.agg(cols, kInt) + pickOf(g.r, " > ", " <= ") + fmt.Sprint(g.r.Intn(5))
	}
	return q
}

// windows is a select list in which some columns are window functions.
func (g *gen) windows(scope, cols []column, ks []kind) string {
	var list []string
	seen := false // a call over rows: two of them may number equal rows differently
	for i, k := range ks {
		x := g.expr(scope, k, 1)
		if g.r.Intn(3) > 0 {
			w := g.window(cols, k)
			rows := strings.Contains(w, "ROWS ") || strings.Contains(w, "row_number") || strings.Contains(w, "lag(") || strings.Contains(w, "lead(") || strings.Contains(w, "ntile")
			if !rows || !seen {
				x = w
			}
			seen = seen || rows
		}
		list = append(list, fmt.Sprintf("%s AS c%d", x, i+1))
	}
	return strings.Join(list, ", ")
}

func (g *gen) window(cols []column, k kind) string {
	part := ""
	if g.r.Intn(3) > 0 {
		c := cols[g.r.Intn(len(cols))]
		part = "PARTITION BY " + c.name
	}
	key := cols[g.r.Intn(len(cols))]
	dir := pickOf(g.r, "", " DESC", " NULLS FIRST")
	var all []string
	for _, c := range cols {
		all = append(all, c.name)
	}
	total := " ORDER BY " + key.name + dir + ", " + strings.Join(all, ", ")
	bounds := func(offsets bool) string {
		lo := []string{"UNBOUNDED PRECEDING", "CURRENT ROW"}
		hi := []string{"UNBOUNDED FOLLOWING", "CURRENT ROW"}
		if offsets {
			lo = append(lo, fmt.Sprintf("%d PRECEDING", g.r.Intn(4)))
			hi = append(hi, fmt.Sprintf("%d FOLLOWING", g.r.Intn(4)))
		}
		s := "BETWEEN " + pickOf(g.r, lo...) + " AND " + pickOf(g.r, hi...)
		if g.r.Intn(4) == 0 {
			s = pickOf(g.r, "BETWEEN 1 PRECEDING AND 1 PRECEDING", "BETWEEN 2 FOLLOWING AND 4 FOLLOWING", "BETWEEN 3 PRECEDING AND 1 PRECEDING")
			if !offsets {
				s = "UNBOUNDED PRECEDING"
			}
		}
		s += pickOf(g.r, "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES")
		if g.more && offsets { // PostgreSQL 15's first_value gives the current row though the frame lies behind it
			s = strings.TrimSuffix(s, " EXCLUDE TIES")
		}
		return s
	}
	frame := ""
	switch g.r.Intn(4) {
	case 0:
		frame = " ORDER BY " + key.name + dir + " GROUPS " + bounds(true)
	case 1:
		frame = total + " ROWS " + bounds(true)
	case 2:
		frame = " ORDER BY " + key.name + dir + " RANGE " + bounds(key.k == kInt || key.k == kNum)
	case 3:
		frame = " ORDER BY " + key.name + dir
	}
	if strings.Contains(frame, "EXCLUDE") && strings.Contains(frame, "RANGE") && g.r.Intn(2) == 0 {
		frame = ""
	}
	x := g.expr(cols, k, 1)
	over := " OVER (" + part + frame + ")"
	strict := " OVER (" + part + total + ")"
	switch k {
	case kInt:
		return pickOf(g.r, "row_number()"+strict, "rank()"+over, "dense_rank()"+over, "ntile(3)"+strict, "count(*)"+over, "count("+x+")"+over, "max("+x+")"+over, "lag("+x+", 1, 7)"+strict)
	case kNum:
		return pickOf(g.r, "sum("+x+")"+over, "avg("+x+")"+over, "min("+x+")"+over)
	case kBool:
		return "bool_or(" + x + ")" + over
	case kArr:
		return "array_agg((" + g.expr(cols, kText, 1) + ")::text) OVER (" + part + total + " ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)"
	}
	most := "max(" + x + ")" + over
	if moreLits[k] != nil {
		most = "lag(" + x + ")" + strict
	}
	return pickOf(g.r, most, "first_value("+x+") OVER ("+part+total+" ROWS "+bounds(true)+")", "lead("+x+")"+strict,
		"last_value("+x+") OVER ("+part+total+" ROWS "+bounds(true)+")", "nth_value("+x+", 2) OVER ("+part+total+" ROWS "+bounds(true)+")")
}

// statement is a whole query, with CTEs at times.
func (g *gen) statement() string {
	g.ctes = nil
	var with []string
	for range g.r.Intn(3) {
		if g.r.Intn(2) == 0 {
			continue
		}
		g.depth++
		q, ks := g.query(nil)
		g.depth--
		var names []string
		for _, c := range numbered(ks) {
			names = append(names, c.name)
		}
		name := fmt.Sprintf("w%d", len(g.ctes)+1)
		with = append(with, name+"("+strings.Join(names, ", ")+") AS "+pickOf(g.r, "", "MATERIALIZED ", "NOT MATERIALIZED ")+"("+q+")")
		g.ctes = append(g.ctes, cteDef{name, ks})
	}
	q, _ := g.query(nil)
	if len(with) > 0 {
		q = "WITH " + strings.Join(with, ", ") + " " + q
	}
	return q
}
