package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// froms lowers FROM: a comma is a join without a condition in this grammar and
// a list in ours, as long as it stands at the top.
func (l *lowerer) froms(c *tast.TableRefsClause) []ast.TableRef {
	var out []ast.TableRef
	var list []tast.ResultSetNode
	var n tast.ResultSetNode = c.TableRefs
	if joined(n) > maxDepth {
		l.fail(tooDeep())
		return nil
	}
	for {
		j, ok := n.(*tast.Join)
		if !ok || j.ExplicitParens {
			list = append(list, n)
			break
		}
		if j.Right == nil {
			n = j.Left
			continue
		}
		if !l.isComma(j) {
			list = append(list, n)
			break
		}
		list = append(list, j.Right)
		n = j.Left
	}
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, l.tableRef(list[i]))
	}
	return out
}

// joined is how deep the joins of a clause hang on their left sides: the places
// of their words are found by going down from each.
func joined(n tast.ResultSetNode) int {
	depth := 0
	for {
		j, ok := n.(*tast.Join)
		if !ok {
			return depth
		}
		depth++
		n = j.Left
	}
}

// isComma reports a join that was written with a comma; the tree does not tell.
func (l *lowerer) isComma(j *tast.Join) bool {
	if j.Tp != tast.CrossJoin || j.On != nil || len(j.Using) > 0 || j.NaturalJoin || j.StraightJoin {
		return false
	}
	at := l.joinWord(j)
	return at < 0 || l.tok(l.tokAt(at)).word == ","
}

// joinWord finds the comma or JOIN in front of the right side of a join: its
// text is looked for from its first name on.
func (l *lowerer) joinWord(j *tast.Join) int {
	save := l.from
	defer func() { l.from = save }()
	first := l.firstName(j.Right, l.endOf(j.Left))
	for i := l.tokAt(first) - 1; i >= 0; i-- {
		switch l.tok(i).word {
		case ",", "join":
			return l.tok(i).start
		case "(", "lateral":
		default:
			return -1
		}
	}
	return -1
}

// isFull reports a FULL JOIN, which was given to this grammar as LEFT JOIN.
func (l *lowerer) isFull(j *tast.Join) bool {
	i := l.tokAt(l.joinWord(j)) - 1
	if l.tok(i).word == "outer" {
		i--
	}
	return l.tok(i).word == "full"
}

// endOf is a place behind the names of a table reference.
func (l *lowerer) endOf(n tast.ResultSetNode) int {
	switch x := n.(type) {
	case *tast.Join:
		if x.Right == nil {
			return l.endOf(x.Left)
		}
		l.endOf(x.Left)
		return l.endOf(x.Right)
	case *tast.TableSource:
		if t, ok := x.Source.(*tast.TableName); ok {
			l.name(tableParts(t)...)
		} else if off := l.derivedAt(x); off >= 0 {
			l.seek(l.closing(off))
		}
	}
	return l.from
}

func tableParts(t *tast.TableName) []string {
	if t.Schema.O != "" {
		return []string{t.Schema.O, t.Name.O}
	}
	return []string{t.Name.O}
}

// firstName is where a table reference begins, as an offset; the search starts
// at from.
func (l *lowerer) firstName(n tast.ResultSetNode, from int) int {
	l.from = from
	switch x := n.(type) {
	case *tast.Join:
		return l.firstName(x.Left, from)
	case *tast.TableSource:
		if t, ok := x.Source.(*tast.TableName); ok {
			return int(l.name(tableParts(t)...)) - l.base
		}
		return l.derivedAt(x)
	}
	return -1
}

// derivedAt is the parenthesis of a derived table: the next one before SELECT,
// WITH, VALUES, TABLE or another parenthesis.
func (l *lowerer) derivedAt(*tast.TableSource) int {
	for i := l.tokAt(l.from); i < len(l.toks); i++ {
		if l.toks[i].word != "(" {
			continue
		}
		switch l.tok(i + 1).word {
		case "select", "with", "values", "table", "(":
			return l.toks[i].start
		}
	}
	return -1
}

// closing is the offset behind the bracket that closes the one at off.
func (l *lowerer) closing(off int) int {
	depth := 0
	for i := l.tokAt(off); i < len(l.toks); i++ {
		switch l.toks[i].word {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return l.toks[i].end
			}
		}
	}
	return len(l.text)
}

func (l *lowerer) tableRef(n tast.ResultSetNode) ast.TableRef {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.(type) {
	case *tast.Join:
		if x.Right == nil {
			return l.tableRef(x.Left)
		}
		return l.join(x)
	case *tast.TableSource:
		return l.source(x)
	}
	l.unknown(n)
	return nil
}

func (l *lowerer) source(s *tast.TableSource) ast.TableRef {
	alias := ast.Alias{Name: s.AsName.O}
	for _, c := range s.ColumnNames {
		alias.Columns = append(alias.Columns, c.O)
	}
	if t, ok := s.Source.(*tast.TableName); ok {
		return l.tableName(t, alias)
	}
	off := l.derivedAt(s)
	l.seek(off)
	d := &ast.Derived{Query: l.query(s.Source), Alias: alias, Lateral: s.Lateral}
	d.At = -1
	if d.Query != nil {
		d.At = d.Query.At
	}
	if off >= 0 {
		l.seek(l.closing(off))
	}
	return d
}

// tableName lowers a table with its clauses. Index hints only say how to run a
// query and are accepted.
func (l *lowerer) tableName(t *tast.TableName, alias ast.Alias) ast.TableRef {
	out := &ast.TableName{Name: l.relation(t), Alias: alias}
	out.At = out.Name.At
	here := max(int(out.At)-l.base, 0)
	if len(t.PartitionNames) > 0 {
		l.no(here, "PARTITION is not supported")
	}
	if t.AsOf != nil {
		out.AsOf = l.expr(t.AsOf.TsExpr)
	}
	if s := t.TableSample; s != nil {
		out.Sample = l.sample(s, here)
	}
	return out
}

func (l *lowerer) sample(s *tast.TableSample, here int) *ast.Sample {
	out := &ast.Sample{At: l.pos(l.find(here, "tablesample")), Method: "bernoulli", Repeatable: l.expr(s.RepeatableSeed)}
	switch s.SampleMethod {
	case tast.SampleMethodTypeBernoulli:
	case tast.SampleMethodTypeSystem:
		out.Method = "system"
	default:
		l.no(here, "this method of TABLESAMPLE is not supported")
	}
	if s.SampleClauseUnit == tast.SampleClauseUnitTypeRow || s.Expr == nil {
		l.no(here, "TABLESAMPLE of rows is not supported")
		return out
	}
	out.Args = []ast.Expr{l.expr(s.Expr)}
	return out
}

func (l *lowerer) join(j *tast.Join) ast.TableRef {
	out := &ast.Join{Natural: j.NaturalJoin}
	comma := l.isComma(j)
	full := j.Tp == tast.LeftJoin && l.isFull(j)
	out.L = l.tableRef(j.Left)
	out.R = l.tableRef(j.Right)
	if j.On != nil {
		out.On = l.cond(j.On.Expr)
	}
	for _, c := range j.Using {
		out.Using = append(out.Using, l.columnName(c))
	}
	switch j.Tp {
	case tast.LeftJoin:
		out.Kind = ast.LeftJoin
		if full {
			out.Kind = ast.FullJoin
		}
	case tast.RightJoin:
		out.Kind = ast.RightJoin
	default:
		// NATURAL JOIN has no kind of its own; a comma inside of parentheses is a
		// cross join.
		if comma || j.On == nil && len(j.Using) == 0 && !j.NaturalJoin {
			out.Kind = ast.CrossJoin
		}
	}
	out.At = -1
	if out.R != nil {
		out.At = ast.At(out.R.Pos())
	}
	return out
}
