package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

var joinKinds = map[ast.JoinKind]plan.JoinKind{ast.Inner: plan.JoinInner, ast.CrossJoin: plan.JoinInner,
	ast.LeftJoin: plan.JoinLeft, ast.RightJoin: plan.JoinRight, ast.FullJoin: plan.JoinFull}

// join binds an explicit join (transformFromClauseItem of parse_clause.c).
func (b *binder) join(sc *scope, j *ast.Join) (*fromItem, error) {
	l, err := b.item(sc.beside(nil), j.L)
	if err != nil {
		return nil, err
	}
	left := sc.beside(nil)
	left.rels = l.rels
	kind := joinKinds[j.Kind]
	f, isFunc := j.R.(*ast.FuncRef)
	named := j.Natural || len(j.Using) > 0
	var r *fromItem
	if isFunc && kind == plan.JoinLeft && !named && isTrue(j.On) {
		r, err = b.funcRef(left, l.node, f, true)
	} else {
		r, err = b.joined(left, l.node, j.R, kind)
	}
	if err != nil {
		return nil, err
	}
	if err := conflict(l.rels, r.rels); err != nil {
		return nil, err
	}
	if kind == plan.JoinLeft || kind == plan.JoinFull {
		setNullable(r.rels)
	}
	if kind == plan.JoinRight || kind == plan.JoinFull {
		setNullable(l.rels)
	}
	out := &fromItem{node: r.node, rels: append(append([]*rel(nil), l.rels...), r.rels...)}
	if named {
		out.out, err = b.using(j, kind, l.out, r.out, out)
	} else {
		out.out = sideBySide(l.out, r.out, b)
		if j.On != nil && !(isFunc && kind == plan.JoinLeft && isTrue(j.On)) {
			err = b.on(sc, j.On, out)
		}
	}
	if err != nil {
		return nil, err
	}
	return out, b.joinAlias(sc, j, named, out)
}

func isTrue(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.Kind == ast.LitBool && l.Text == "true"
}

func setNullable(rels []*rel) {
	for _, r := range rels {
		r.nullable = true
	}
}

// on binds a join condition, which sees the two sides only.
func (b *binder) on(sc *scope, e ast.Expr, it *fromItem) error {
	js := sc.beside(nil)
	js.hide, js.rels, js.what = sc.lv, it.rels, "JOIN conditions"
	x, err := b.expr(js, e)
	if err != nil {
		return err
	}
	if x, err = b.cond(x, "JOIN/ON", start(e)); err != nil {
		return err
	}
	it.node = withCond(it.node, x)
	return nil
}

// withCond adds a condition to the join n.
func withCond(n plan.Node, x plan.Expr) plan.Node {
	switch n := n.(type) {
	case *plan.Join:
		c := *n
		c.Cond = plan.NewAnd(n.Cond, x)
		return &c
	case *plan.Apply:
		c := *n
		c.Cond = plan.NewAnd(n.Cond, x)
		return &c
	}
	return filter(n, x)
}

// sideBySide is the columns of a join without merged ones.
func sideBySide(l, r *rel, b *binder) *rel {
	out := &rel{}
	b.own++ // the columns are named, not read
	b.naming++
	defer func() { b.own--; b.naming-- }()
	for _, s := range []*rel{l, r} {
		for i := range s.cols {
			out.cols = append(out.cols, s.cols[i])
			out.xs = append(out.xs, b.col(s, i, -1))
		}
	}
	return out
}

// using binds NATURAL and USING: merged columns first, then the others of both
// sides.
func (b *binder) using(j *ast.Join, kind plan.JoinKind, l, r *rel, it *fromItem) (*rel, error) {
	names := j.Using
	if j.Natural {
		for _, c := range l.cols {
			for _, d := range r.cols {
				if c.Name == d.Name {
					names = append(names, ast.ColName{At: -1, Name: c.Name})
					break
				}
			}
		}
	}
	out := &rel{}
	lUsed, rUsed := map[int]bool{}, map[int]bool{}
	for i, n := range names {
		for _, o := range names[:i] {
			if o.Name == n.Name && !j.Natural {
				return nil, sqlerr.New(pgerrcode.DuplicateColumn, "column name \"%s\" appears more than once in USING clause", n.Name)
			}
		}
		li, err := usingColumn(l, n.Name, "left")
		if err != nil {
			return nil, err
		}
		ri, err := usingColumn(r, n.Name, "right")
		if err != nil {
			return nil, err
		}
		lUsed[li], rUsed[ri] = true, true
		x, err := b.merged(kind, b.col(l, li, -1), b.col(r, ri, -1), it)
		if err != nil {
			return nil, err
		}
		f := plan.Field{Name: n.Name, Type: x.Type()}
		if c, ok := x.(*plan.Col); ok {
			f.TableOID, f.Attr = it.node.Schema()[c.Idx].TableOID, it.node.Schema()[c.Idx].Attr
		}
		out.cols, out.xs = append(out.cols, f), append(out.xs, x)
	}
	b.own++
	b.naming++
	defer func() { b.own--; b.naming-- }()
	for i, c := range l.cols {
		if !lUsed[i] {
			out.cols, out.xs = append(out.cols, c), append(out.xs, b.col(l, i, -1))
		}
	}
	for i, c := range r.cols {
		if !rUsed[i] {
			out.cols, out.xs = append(out.cols, c), append(out.xs, b.col(r, i, -1))
		}
	}
	return out, nil
}

func usingColumn(r *rel, name, side string) (int, error) {
	at := -1
	for i, c := range r.cols {
		if c.Name != name {
			continue
		}
		if at >= 0 {
			return 0, sqlerr.New(pgerrcode.AmbiguousColumn, "common column name \"%s\" appears more than once in %s table", name, side)
		}
		at = i
	}
	if at < 0 {
		return 0, sqlerr.New(pgerrcode.UndefinedColumn, "column \"%s\" specified in USING clause does not exist in %s table", name, side)
	}
	return at, nil
}

// merged adds the equality of two columns to the join and returns what stands
// for both of them (buildMergedJoinVar).
func (b *binder) merged(kind plan.JoinKind, l, r plan.Expr, it *fromItem) (plan.Expr, error) {
	t, err := fn.CommonType([]types.Type{l.Type(), r.Type()}, "JOIN/USING", -1)
	if err != nil {
		return nil, err
	}
	eq, err := b.apply("=", l, r, -1, -1, -1)
	if err != nil {
		return nil, err
	}
	if eq, err = b.cond(eq, "JOIN/USING", -1); err != nil {
		return nil, err
	}
	it.node = withCond(it.node, eq)
	both := []plan.Expr{l, r}
	if l.Type() != r.Type() {
		for i, x := range both {
			y, ok, err := b.coerce(x, t, fn.CastImplicit, -1)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, sqlerr.New(pgerrcode.CannotCoerce, "JOIN/USING could not convert type %s to %s", x.Type().Base(), t.Base())
			}
			both[i] = y
		}
	}
	_, lCol := both[0].(*plan.Col)
	_, rCol := both[1].(*plan.Col)
	switch {
	case kind == plan.JoinFull:
		return plan.NewCoalesce(t, both), nil
	case kind == plan.JoinRight || kind == plan.JoinInner && !lCol && rCol:
		return both[1], nil
	}
	return both[0], nil
}

// joinAlias gives the join its place in the name space.
func (b *binder) joinAlias(sc *scope, j *ast.Join, named bool, it *fromItem) error {
	a := j.Alias
	if a.Name == "" {
		if j.UsingAlias != "" {
			n := len(j.Using)
			short := &rel{name: j.UsingAlias, cols: it.out.cols[:n:n], xs: it.out.xs[:n:n], colsHidden: true}
			if err := conflict(it.rels, []*rel{short}); err != nil {
				return err
			}
			it.rels = append(it.rels, short)
			sc.lv.rels = append(sc.lv.rels, short)
		}
		if named {
			for _, r := range it.rels {
				r.colsHidden = true
			}
			it.out.nameHidden = true
			it.rels = append(it.rels, it.out)
		}
		return nil
	}
	if len(a.Columns) > len(it.out.cols) {
		return tooManyAliases("join expression", a.Name, len(it.out.cols), len(a.Columns))
	}
	for i, c := range a.Columns {
		it.out.cols[i].Name = c
	}
	it.out.name = a.Name
	it.rels = []*rel{it.out}
	sc.lv.rels = append(sc.lv.rels, it.out)
	return nil
}
