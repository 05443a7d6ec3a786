package deparse

import (
	"fmt"

	"tagd/sql/ast"
)

func (a *analyzer) from(lv *level, refs []ast.TableRef) error {
	for _, r := range refs {
		it, rels, _, err := a.fromItem(lv, lv.rels, r)
		if err != nil {
			return err
		}
		lv.q.from = append(lv.q.from, it)
		lv.rels = append(lv.rels, rels...)
	}
	return nil
}

// fromItem is transformFromClauseItem: the item, the entries that it brings into
// sight, and the entry with its columns. left is what LATERAL may refer to.
func (a *analyzer) fromItem(lv *level, left []*rte, ref ast.TableRef) (joinItem, []*rte, *rte, error) {
	if err := a.enter(); err != nil {
		return nil, nil, nil, err
	}
	defer func() { a.depth-- }()
	var r *rte
	var err error
	switch ref := ref.(type) {
	case *ast.TableName:
		r, err = a.table(lv, ref)
	case *ast.Derived:
		r, err = a.derived(lv, left, ref)
	case *ast.FuncRef:
		r, err = a.function(&level{up: lv.up, rels: left, q: lv.q}, ref)
	case *ast.Join:
		return a.join(lv, left, ref)
	default:
		err = fmt.Errorf("%T is not known", ref)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if len(r.aliased) > len(r.cols) {
		return nil, nil, nil, fmt.Errorf("too many column aliases")
	}
	for i, n := range r.aliased {
		r.cols[i].name = n
	}
	lv.q.rtable = append(lv.q.rtable, r)
	return r, []*rte{r}, r, nil
}

func (a *analyzer) table(lv *level, t *ast.TableName) (*rte, error) {
	if t.AsOf != nil {
		return nil, fmt.Errorf("AS OF is not known")
	}
	r := &rte{alias: t.Alias.Name, aliased: t.Alias.Columns, eref: t.Name.Name, only: t.Only}
	if t.Name.Schema == "" {
		for i := len(a.ctes) - 1; i >= 0; i-- {
			if c := a.ctes[i]; c.name == t.Name.Name {
				r.kind, r.cte, r.cols = rteCTE, c, append([]rteCol(nil), c.cols...)
				return r, nil
			}
		}
	}
	rel := a.cat.Relation(t.Name.Schema, t.Name.Name)
	if rel == nil {
		return nil, fmt.Errorf("relation %s is not known", t.Name.Name)
	}
	r.kind, r.rel = rteRelation, rel
	for _, c := range rel.Columns {
		r.cols = append(r.cols, rteCol{name: c.Name, real: c.Real, t: c.Type, mod: c.Mod, hidden: c.Hidden})
	}
	if t.Sample != nil {
		s := &sampleClause{method: t.Sample.Method}
		at := &level{up: lv.up, q: lv.q}
		for _, e := range t.Sample.Args {
			x, err := a.expr(at, e)
			if err == nil {
				x, err = a.coerceTo(x, 700, -1, ctxAssign, formImplicit)
			}
			if err != nil {
				return nil, err
			}
			s.args = append(s.args, x)
		}
		if t.Sample.Repeatable != nil {
			x, err := a.expr(at, t.Sample.Repeatable)
			if err == nil {
				x, err = a.coerceTo(x, 701, -1, ctxAssign, formImplicit)
			}
			if err != nil {
				return nil, err
			}
			s.repeat = x
		}
		r.sample = s
	}
	return r, nil
}

func (a *analyzer) derived(lv *level, left []*rte, d *ast.Derived) (*rte, error) {
	up := lv.up
	if d.Lateral {
		up = &level{up: lv.up, rels: left, q: lv.q}
	}
	q, err := a.selectIn(d.Query, up, true)
	if err != nil {
		return nil, err
	}
	r := &rte{kind: rteSubquery, alias: d.Alias.Name, aliased: d.Alias.Columns, sub: q, lateral: d.Lateral}
	for _, t := range q.shown() {
		r.cols = append(r.cols, rteCol{name: t.name, real: t.name, t: t.x.typ(), mod: typmod(t.x)})
	}
	// The aliases become part of what the subquery's columns are called.
	for i, n := range r.aliased {
		if i < len(r.cols) {
			r.cols[i].real = n
		}
	}
	return r, nil
}

func (a *analyzer) function(at *level, f *ast.FuncRef) (*rte, error) {
	r := &rte{kind: rteFunction, alias: f.Alias.Name, aliased: f.Alias.Columns, ord: f.Ordinality, lateral: f.Lateral}
	for _, e := range f.Funcs {
		if c, ok := e.(*ast.Func); ok && c.Name[len(c.Name)-1] == "unnest" && len(c.Args) > 1 {
			for _, x := range c.Args {
				one := *c
				one.Args = []ast.Expr{x}
				if err := a.functionItem(at, r, f, &one, len(c.Args)); err != nil {
					return nil, err
				}
			}
			continue
		}
		if err := a.functionItem(at, r, f, e, len(f.Funcs)); err != nil {
			return nil, err
		}
	}
	for _, f := range r.funcs {
		r.lateral = r.lateral || hasVar(f.x, at.rels)
	}
	if r.ord {
		r.cols = append(r.cols, rteCol{name: "ordinality", real: "ordinality", t: tInt8, mod: -1})
	}
	return r, nil
}

func (a *analyzer) functionItem(at *level, r *rte, f *ast.FuncRef, e ast.Expr, n int) error {
	x, err := a.expr(at, e)
	if err != nil {
		return err
	}
	if x.typ() == tUnknown {
		if x, err = a.implicit(x, tText); err != nil {
			return err
		}
	}
	name := resultName(e)
	if r.eref == "" {
		r.eref = name
	}
	item := funcItem{x: x}
	fx, _ := x.(*funcNode)
	switch {
	case len(f.Alias.Defs) > 0:
		for _, d := range f.Alias.Defs {
			t, err := a.cat.TypeName(d.Type)
			if err != nil {
				return err
			}
			item.defs = append(item.defs, rteCol{name: d.Name, real: d.Name, t: typeOID(t), mod: t.WireMod()})
		}
		r.cols = append(r.cols, item.defs...)
	case fx != nil && fx.p != nil && len(fx.p.outs) > 1:
		for _, o := range fx.p.outs {
			r.cols = append(r.cols, rteCol{name: o.name, real: o.name, t: o.typ, mod: -1})
		}
	default:
		if fx != nil && fx.p != nil && len(fx.p.outs) == 1 {
			name = fx.p.outs[0].name
		} else if f.Alias.Name != "" && n == 1 {
			name = f.Alias.Name
		}
		r.cols = append(r.cols, rteCol{name: name, real: name, t: x.typ(), mod: typmod(x)})
	}
	r.funcs = append(r.funcs, item)
	return nil
}

// short is the entry x of JOIN ... USING (a) AS x: it has the columns of USING only.
func (r *rte) short(alias string) *rte {
	out := &rte{kind: rteJoin, alias: alias, colsHidden: true}
	for i := range r.join.using {
		c := r.cols[i]
		c.syn = r.ref(i)
		out.cols = append(out.cols, c)
	}
	return out
}

// join is the JOIN of transformFromClauseItem.
func (a *analyzer) join(lv *level, left []*rte, j *ast.Join) (joinItem, []*rte, *rte, error) {
	fail := func(err error) (joinItem, []*rte, *rte, error) { return nil, nil, nil, err }
	out := &joinExpr{kind: map[ast.JoinKind]string{ast.LeftJoin: "LEFT", ast.RightJoin: "RIGHT", ast.FullJoin: "FULL"}[j.Kind]}
	l, lrels, lr, err := a.fromItem(lv, left, j.L)
	if err != nil {
		return fail(err)
	}
	r, rrels, rr, err := a.fromItem(lv, append(append([]*rte(nil), left...), lrels...), j.R)
	if err != nil {
		return fail(err)
	}
	out.l, out.r, out.lr, out.rr = l, r, lr, rr
	jr := &rte{kind: rteJoin, alias: j.Alias.Name, aliased: j.Alias.Columns, eref: "unnamed_join", join: out}
	out.rte = jr
	rels := append(append([]*rte(nil), lrels...), rrels...)
	out.usingAlias = j.UsingAlias
	for _, u := range j.Using {
		out.using = append(out.using, u.Name)
	}
	if j.Natural {
		for i := range lr.cols {
			if c := &lr.cols[i]; !c.hidden && rr.find(c.name) >= 0 {
				out.using = append(out.using, c.name)
			}
		}
	}
	if err := a.joinColumns(jr, out); err != nil {
		return fail(err)
	}
	if j.On != nil {
		if out.on, err = a.condition(&level{up: lv.up, rels: append(append([]*rte(nil), rels...), left...), q: lv.q}, j.On); err != nil {
			return fail(err)
		}
	}
	lv.q.rtable = append(lv.q.rtable, jr)
	switch {
	case jr.alias != "":
		for i, n := range jr.aliased {
			if i < len(jr.cols) {
				jr.cols[i].name = n
			}
		}
		for i := range jr.cols {
			jr.cols[i].syn = nil
		}
		rels = []*rte{jr}
	case len(out.using) > 0 || j.Natural:
		for _, x := range rels {
			x.colsHidden = true
		}
		jr.nameHidden = true
		rels = append(rels, jr)
		if j.UsingAlias != "" {
			rels = append(rels, jr.short(j.UsingAlias))
		}
	}
	return out, rels, jr, nil
}

// joinColumns gives a join its columns: the merged ones, then the others of both
// sides.
func (a *analyzer) joinColumns(jr *rte, j *joinExpr) error {
	lUsed, rUsed := map[int]bool{}, map[int]bool{}
	for _, name := range j.using {
		li, ri := j.lr.find(name), j.rr.find(name)
		if li < 0 || ri < 0 {
			return fmt.Errorf("column %s of USING is not known", name)
		}
		lUsed[li], rUsed[ri] = true, true
		l, r := j.lr.ref(li), j.rr.ref(ri)
		t, err := a.commonTypeOf([]uint32{l.t, r.t})
		if err != nil {
			return err
		}
		c := rteCol{name: name, real: name, t: t, mod: -1, left: li + 1, right: ri + 1}
		if l.mod == r.mod {
			c.mod = l.mod
		}
		plain := func(v *varNode) bool { return v.t == t && v.mod == c.mod }
		switch {
		case j.kind == "FULL":
		case j.kind == "RIGHT":
			if plain(r) {
				c.syn = r
			}
		case plain(l):
			c.syn = l
		case j.kind == "" && plain(r):
			c.syn = r
		}
		jr.cols = append(jr.cols, c)
	}
	side := func(r *rte, used map[int]bool, left bool) {
		for i := range r.cols {
			if used[i] || r.cols[i].hidden {
				continue
			}
			c := rteCol{name: r.cols[i].name, real: r.cols[i].name, t: r.cols[i].t, mod: r.cols[i].mod, syn: r.ref(i), right: i + 1}
			if left {
				c.left, c.right = i+1, 0
			}
			jr.cols = append(jr.cols, c)
		}
	}
	side(j.lr, lUsed, true)
	side(j.rr, rUsed, false)
	return nil
}
