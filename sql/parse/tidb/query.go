package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"tagd/sql/ast"
)

// query lowers a SELECT, VALUES, TABLE or set operation.
func (l *lowerer) query(n tast.Node) *ast.Select {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.(type) {
	case *tast.SelectStmt:
		return l.selectStmt(x)
	case *tast.SetOprStmt:
		return l.setOperation(x)
	case *tast.SetOprSelectList:
		return l.setGroup(x)
	}
	l.unknown(n)
	return nil
}

func (l *lowerer) selectStmt(s *tast.SelectStmt) *ast.Select {
	out := &ast.Select{At: -1}
	out.With, out.Recursive = l.with(s.With)
	switch s.Kind {
	case tast.SelectStmtKindValues:
		for _, r := range s.Lists {
			out.Values = append(out.Values, l.exprs(r.Values))
		}
	case tast.SelectStmtKindTable:
		out.Items = []ast.Item{{X: &ast.Column{At: -1, Star: true}}}
	default:
		l.modifiers(s)
		out.Distinct = s.Distinct
		out.Items = l.items(s.Fields)
	}
	if s.From != nil {
		l.seek(l.fromAt(s))
		out.From = l.froms(s.From)
	}
	if s.Where != nil {
		out.Where = l.cond(s.Where)
	}
	if s.GroupBy != nil {
		out.GroupBy = l.groups(s.GroupBy)
	}
	if s.Having != nil {
		out.Having = l.having(l.cond(s.Having.Expr), out.Items)
	}
	for i := range s.WindowSpecs {
		w := &s.WindowSpecs[i]
		at := l.name(w.Name.O)
		named := l.window(w)
		named.At = at
		out.Windows = append(out.Windows, ast.NamedWindow{Name: w.Name.O, W: named})
	}
	l.tail(out, s.OrderBy, s.Limit)
	if s.LockInfo != nil && s.LockInfo.LockType != tast.SelectLockNone {
		out.Locking = []ast.RowLock{l.rowLock(s.LockInfo)}
	}
	l.noIf(s.SelectIntoOpt != nil, "SELECT ... INTO", "into")
	out.At = selectAt(out)
	return out
}

// modifiers looks at the words between SELECT and its list. Hints and the words
// that only say how to run a query (SQL_CACHE, SQL_NO_CACHE, SQL_SMALL_RESULT,
// SQL_BIG_RESULT, SQL_BUFFER_RESULT, HIGH_PRIORITY, STRAIGHT_JOIN) change no
// answer and are accepted.
func (l *lowerer) modifiers(s *tast.SelectStmt) {
	if o := s.SelectStmtOpts; o != nil {
		l.noIf(o.CalcFoundRows, "SQL_CALC_FOUND_ROWS", "sql_calc_found_rows")
	}
}

// fromAt is where the FROM of a query stands: behind its select list, outside
// all brackets.
func (l *lowerer) fromAt(s *tast.SelectStmt) int {
	from := l.from
	if s.Fields != nil && len(s.Fields.Fields) > 0 {
		from = s.Fields.Fields[len(s.Fields.Fields)-1].Offset
	}
	return l.find(from, "from", "table")
}

// selectAt is where Postgres points for a whole query: its first expression.
func selectAt(s *ast.Select) ast.At {
	switch {
	case len(s.Items) > 0 && s.Items[0].X != nil:
		return ast.At(s.Items[0].X.Pos())
	case len(s.Values) > 0 && len(s.Values[0]) > 0 && s.Values[0][0] != nil:
		return ast.At(s.Values[0][0].Pos())
	case s.Left != nil:
		return s.Left.At
	}
	return -1
}

func (l *lowerer) items(list *tast.FieldList) []ast.Item {
	var out []ast.Item
	for _, f := range list.Fields {
		if w := f.WildCard; w != nil {
			c := &ast.Column{At: l.pos(f.Offset), Star: true}
			for _, p := range []string{w.Schema.O, w.Table.O} {
				if p != "" {
					c.Parts = append(c.Parts, p)
				}
			}
			out = append(out, ast.Item{X: c})
			continue
		}
		item := ast.Item{X: l.expr(f.Expr), As: f.AsName.O}
		l.stringAlias(f)
		if item.As == "" {
			item.As = l.outName(f.Expr, item.X)
		}
		out = append(out, item)
	}
	return out
}

// stringAlias refuses SELECT a 'x': with AS a text may be an alias, without it
// this may as well be a constant of a type that this grammar does not know.
func (l *lowerer) stringAlias(f *tast.SelectField) {
	if f.AsName.O == "" {
		return
	}
	i := l.tokAt(f.Offset+len(f.Text())) - 1
	if l.tok(i).kind == tokString && l.tok(i-1).word != "as" {
		l.no(l.tok(i).start, "a text as an alias without AS is not supported")
	}
}

// outName names a result column as the function that was written, where the
// lowering has put another expression in its place; "" leaves the name to
// Postgres's rules.
func (l *lowerer) outName(n tast.ExprNode, x ast.Expr) string {
	for {
		p, ok := n.(*tast.ParenthesesExpr)
		if !ok {
			break
		}
		n = p.Expr
	}
	if a, isAgg := n.(*tast.AggregateFuncExpr); isAgg {
		if f, ok := x.(*ast.Func); ok && f.Name[len(f.Name)-1] != l.written(a, a.F) {
			return l.written(a, a.F)
		}
		return ""
	}
	f, ok := n.(*tast.FuncCallExpr)
	if b, isOp := n.(*tast.BinaryOperationExpr); isOp && b.Op == opcode.IntDiv {
		return "?column?"
	}
	if v, isVar := n.(*tast.VariableExpr); isVar {
		return "@@" + strings.ToLower(v.Name)
	}
	if !ok {
		return ""
	}
	if f.FnName.L == "concat" && l.isPipes(f) {
		return ""
	}
	i := l.tokAt(f.OriginTextPosition())
	called := l.tok(i).kind == tokWord && l.tok(i+1).word == "("
	switch x := x.(type) {
	case *ast.Func:
		if last := x.Name[len(x.Name)-1]; called && last == l.tok(i).word {
			return ""
		}
		if !called && (x.Name[0] == "adddate" || x.Name[0] == "subdate") {
			return "?column?" // d + INTERVAL 1 DAY
		}
		if x.Name[0] == "btrim" || x.Name[0] == "ltrim" || x.Name[0] == "rtrim" || x.Special {
			return ""
		}
	case *ast.Op, *ast.Cast:
	default:
		return ""
	}
	if called {
		return l.tok(i).word
	}
	return ""
}

// having puts the expression of a select item in place of its alias where that
// is an aggregate, which MySQL allows and Postgres does not: no column can be
// meant there, for it would have to be grouped.
func (l *lowerer) having(x ast.Expr, items []ast.Item) ast.Expr {
	aliases := map[string]ast.Expr{}
	for _, i := range items {
		if i.As != "" && hasAggregate(i.X) {
			aliases[i.As] = i.X
		}
	}
	if len(aliases) == 0 {
		return x
	}
	return replaceColumns(x, aliases)
}

func (l *lowerer) sortKeys(o *tast.OrderByClause) []ast.SortKey {
	var out []ast.SortKey
	for _, i := range o.Items {
		x := l.byItem(i)
		if n, ok := x.(*ast.Literal); ok && n.Kind == ast.LitNull {
			continue // ORDER BY NULL asks for no order
		}
		out = append(out, ast.SortKey{X: x, Desc: i.Desc})
	}
	return out
}

// byItem is an item of ORDER BY or GROUP BY; a number is a place in the list.
func (l *lowerer) byItem(i *tast.ByItem) ast.Expr {
	p, ok := i.Expr.(*tast.PositionExpr)
	if !ok {
		return l.expr(i.Expr)
	}
	if p.P != nil {
		return l.expr(p.P)
	}
	off := l.numberAt(p)
	return &ast.Literal{At: l.pos(off), Kind: ast.LitInt, Text: itoa(p.N)}
}

// numberAt is where a place in the list is written.
func (l *lowerer) numberAt(p *tast.PositionExpr) int {
	if off := p.OriginTextPosition(); off > 0 {
		return off
	}
	for i := l.tokAt(l.from); i < len(l.toks); i++ {
		if t := l.toks[i]; t.kind == tokNumber && t.text(l.text) == itoa(p.N) {
			l.from = t.end
			return t.start
		}
	}
	return -1
}

func (l *lowerer) groups(g *tast.GroupByClause) []ast.GroupItem {
	var out []ast.GroupItem
	for _, i := range g.Items {
		x := l.byItem(i)
		if i.Desc {
			l.no(i.Expr.OriginTextPosition(), "GROUP BY ... DESC is not supported")
		}
		out = append(out, ast.GroupItem{At: ast.At(posOf(x)), X: x})
	}
	if g.Rollup {
		return []ast.GroupItem{{At: out[0].At, Kind: ast.GroupRollup, Sub: out}}
	}
	return out
}

// tail lowers ORDER BY and LIMIT.
func (l *lowerer) tail(out *ast.Select, order *tast.OrderByClause, limit *tast.Limit) {
	if order != nil {
		out.OrderBy = l.sortKeys(order)
	}
	if limit != nil {
		out.Limit, out.Offset = l.limit(limit)
	}
}

// limit lowers LIMIT n, LIMIT m, n and LIMIT n OFFSET m. Its constants carry no
// position in this grammar.
func (l *lowerer) limit(n *tast.Limit) (count, offset ast.Expr) {
	if off := l.find(l.from, "limit"); off >= 0 {
		l.seek(off)
	}
	// LIMIT 5, 10 has the offset first.
	if n.Offset != nil && l.find(l.from, "offset") < 0 {
		offset = l.expr(n.Offset)
		return l.expr(n.Count), offset
	}
	count = l.expr(n.Count)
	return count, l.expr(n.Offset)
}

func (l *lowerer) with(w *tast.WithClause) ([]ast.CTE, bool) {
	if w == nil {
		return nil, false
	}
	var out []ast.CTE
	for _, c := range w.CTEs {
		e := ast.CTE{At: l.name(c.Name.O), Name: c.Name.O}
		for _, n := range c.ColNameList {
			e.Columns = append(e.Columns, n.O)
		}
		if q := l.subquery(c.Query); q != nil {
			e.Query = q
		}
		out = append(out, e)
	}
	return out, w.IsRecursive
}
