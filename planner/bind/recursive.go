package bind

import (
	"reflect"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// withRecursive binds the queries of a WITH RECURSIVE, each when it is first
// needed, since they may refer to later ones.
func (b *binder) withRecursive(list []ast.CTE, w where, out *withList) error {
	all := make([]*cte, len(list))
	for i := range list {
		all[i] = &cte{up: b.ctes, name: list[i].Name, def: &list[i]}
		b.ctes = all[i]
	}
	top := b.ctes
	bind := func(c *cte) error {
		saved := b.ctes
		b.ctes = top
		c.binding = true
		err := b.bindRecursive(c, w, out)
		c.bound, c.binding = true, false
		b.ctes = saved
		return err
	}
	for _, c := range all {
		c.bind = bind
	}
	for _, c := range all {
		if !c.bound {
			if err := bind(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// bindRecursive binds one of them; one that does not read itself is as any other.
func (b *binder) bindRecursive(c *cte, w where, out *withList) error {
	if refersTo(c.def.Query, c.name) < 0 {
		return b.bindCTE(c, w, out)
	}
	bad := func(off int, format string, args ...any) error {
		return sqlerr.At(off, pgerrcode.InvalidRecursion, format, args...)
	}
	s, ok := c.def.Query.(*ast.Select)
	if !ok {
		return bad(c.def.Pos(), "recursive query \"%s\" must not contain data-modifying statements", c.name)
	}
	if s.SetOp != ast.Union {
		return bad(c.def.Pos(), "recursive query \"%s\" does not have the form non-recursive-term UNION [ALL] recursive-term", c.name)
	}
	if err := wellFormed(c, s); err != nil {
		return err
	}
	saved := b.ctes
	with, err := b.with(s.With, s.Recursive, w.keeping())
	if err != nil {
		return err
	}
	n, err := b.recursion(c, s, w)
	b.ctes = saved
	if err != nil {
		return err
	}
	out.ctes = append(out.ctes, plan.CTE{ID: c.id, Name: c.name, Plan: with.over(n)})
	return nil
}

// recursion binds the two terms; the first one decides the columns.
func (b *binder) recursion(c *cte, s *ast.Select, w where) (plan.Node, error) {
	b.cteID++
	c.id = b.cteID
	init, err := b.query(s.Left, w.keeping())
	if err != nil {
		return nil, err
	}
	if init, err = c.rename(init); err != nil {
		return nil, err
	}
	c.fields = nil
	for _, f := range init.Schema() {
		t := f.Type
		if unknown(t) {
			t = tText
		}
		c.fields = append(c.fields, plan.Field{Name: f.Name, Type: t})
	}
	c.work = true
	b.recursing++
	step, err := b.query(s.Right, w.keeping())
	b.recursing--
	c.work = false
	if err != nil {
		return nil, err
	}
	name := "UNION"
	sf := step.Schema()
	if len(sf) != len(c.fields) {
		return nil, sqlerr.At(itemPos(s.Right, 0), pgerrcode.SyntaxError, "each %s query must have the same number of columns", name)
	}
	ts := make([]types.Type, len(sf))
	for i, f := range init.Schema() {
		if ts[i], err = fn.CommonType([]types.Type{f.Type, sf[i].Type}, name, itemPos(s.Right, i)); err != nil {
			return nil, err
		}
	}
	if init, err = b.retype(init, ts, s.Left); err != nil {
		return nil, err
	}
	for i, f := range c.fields {
		if ts[i] != f.Type {
			return nil, sqlerr.At(itemPos(s.Left, i), pgerrcode.DatatypeMismatch, "recursive query \"%s\" column %d has type %s in non-recursive term but type %s overall", c.name, i+1, f.Type, ts[i]).
				WithHint("Cast the output of the non-recursive term to the correct type.")
		}
	}
	if step, err = b.retype(step, ts, s.Right); err != nil {
		return nil, err
	}
	n := &plan.Recursive{ID: c.id, Name: c.name, Init: init, Step: step, All: s.All}
	n.Fields = c.fields
	return n, nil
}

// The places in a recursive query, as checkWellFormedRecursion of parse_cte.c
// tells them apart.
const (
	recOK       = ""
	recLeft     = "its non-recursive term"
	recSublink  = "a subquery"
	recOuter    = "an outer join"
	recIntersec = "INTERSECT"
	recExcept   = "EXCEPT"
)

type recursionCheck struct {
	name    string
	context string
	seen    bool
	err     error
}

func wellFormed(c *cte, s *ast.Select) error {
	k := &recursionCheck{name: c.name, context: recLeft}
	for _, w := range s.With {
		k.stmt(w.Query)
	}
	k.query(s.Left)
	k.context = recOK
	k.query(s.Right)
	if k.err != nil {
		return k.err
	}
	no := func(x any, what string) error {
		off := -1
		if e, ok := x.(ast.Expr); ok && e != nil {
			off = start(e)
		}
		return sqlerr.At(off, pgerrcode.FeatureNotSupported, "%s in a recursive query is not implemented", what)
	}
	switch {
	case len(s.OrderBy) > 0:
		return no(s.OrderBy[0].X, "ORDER BY")
	case s.Offset != nil:
		return no(s.Offset, "OFFSET")
	case s.Limit != nil:
		return no(s.Limit, "LIMIT")
	case len(s.Locking) > 0:
		return no(nil, "FOR UPDATE/SHARE")
	}
	return nil
}

func (k *recursionCheck) stmt(s ast.Stmt) {
	if q, ok := s.(*ast.Select); ok {
		k.query(q)
	}
}

func (k *recursionCheck) in(context string, f func()) {
	saved := k.context
	k.context = context
	f()
	k.context = saved
}

func (k *recursionCheck) query(s *ast.Select) {
	if s == nil || k.err != nil {
		return
	}
	for _, w := range s.With {
		if w.Name == k.name {
			return // another query of that name
		}
		k.stmt(w.Query)
	}
	saved := k.context
	switch {
	case s.SetOp == ast.Intersect && s.All:
		k.context = recIntersec
	case s.SetOp == ast.Except && s.All:
		k.context = recExcept
	}
	k.query(s.Left)
	if s.SetOp == ast.Except {
		k.context = recExcept
	}
	k.query(s.Right)
	k.context = saved
	for _, r := range s.From {
		k.ref(r)
	}
	k.exprs(s.Items, s.Where, s.GroupBy, s.Having, s.Windows, s.Values, s.OrderBy, s.Limit, s.Offset, s.DistinctOn)
}

func (k *recursionCheck) ref(r ast.TableRef) {
	switch r := r.(type) {
	case *ast.TableName:
		if r.Name.Schema != "" || r.Name.Name != k.name || k.err != nil {
			return
		}
		if k.context != recOK {
			k.err = sqlerr.At(r.Pos(), pgerrcode.InvalidRecursion, "recursive reference to query \"%s\" must not appear within %s", k.name, k.context)
		} else if k.seen {
			k.err = sqlerr.At(r.Pos(), pgerrcode.InvalidRecursion, "recursive reference to query \"%s\" must not appear more than once", k.name)
		}
		k.seen = true
	case *ast.Derived:
		k.query(r.Query)
	case *ast.FuncRef:
		k.exprs(r.Funcs)
	case *ast.Join:
		outer := func(yes bool, side ast.TableRef) {
			if yes && k.context == recOK {
				k.in(recOuter, func() { k.ref(side) })
				return
			}
			k.ref(side)
		}
		outer(j(r.Kind, ast.RightJoin), r.L)
		outer(j(r.Kind, ast.LeftJoin), r.R)
		k.exprs(r.On)
	}
}

// j reports whether a join of kind k is also one that fills up the side opposite
// to that of side.
func j(k, side ast.JoinKind) bool { return k == side || k == ast.FullJoin }

// exprs looks into the subqueries of expressions.
func (k *recursionCheck) exprs(xs ...any) {
	for _, x := range xs {
		visit(reflect.ValueOf(x), func(v any) bool {
			q, ok := v.(*ast.Select)
			if ok {
				k.in(recSublink, func() { k.query(q) })
			}
			return !ok
		})
	}
}

// refersTo is the place of the first reference to a relation of that name in a
// statement, -1: none.
func refersTo(s ast.Stmt, name string) int {
	at := -1
	visit(reflect.ValueOf(s), func(v any) bool {
		if t, ok := v.(*ast.TableName); ok && at < 0 && t.Name.Schema == "" && t.Name.Name == name {
			at = max(t.Pos(), 0)
		}
		if q, ok := v.(*ast.Select); ok {
			for _, w := range q.With {
				if w.Name == name {
					return false
				}
			}
		}
		return at < 0
	})
	return at
}

// visit hands every pointer in a tree to f, which returns false to go no deeper.
func visit(v reflect.Value, f func(any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			visit(v.Elem(), f)
		}
	case reflect.Pointer:
		if !v.IsNil() && f(v.Interface()) {
			visit(v.Elem(), f)
		}
	case reflect.Slice:
		for i := 0; i < v.Len(); i++ {
			visit(v.Index(i), f)
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), f)
			}
		}
	}
}
