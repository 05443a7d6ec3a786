package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// window is a window of a select; equal ones are one.
type window struct {
	partition []plan.Expr
	order     []plan.SortExpr
	calls     []plan.WinCall
	frame     plan.Frame
	hasFrame  bool
	at        []int // the placeholder column of each call
}

// noOver is the error of a window function without OVER.
func (b *binder) noOver(s *scope, e *ast.Func, name string) error {
	args, _, err := b.exprs(s, e.Args)
	if err != nil {
		return err
	}
	if _, _, _, err := fn.ResolveWindow(name, typesOf(args), e.Pos()); err != nil {
		return err
	}
	return sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "window function %s requires an OVER clause", name)
}

// windowCall binds f(...) OVER (...) (transformWindowFuncCall of parse_agg.c).
func (b *binder) windowCall(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	off := e.Pos()
	in := *s
	in.inWin, in.srf, in.lazy = true, false, ""
	call := plan.WinCall{Off: off}
	args, offs, err := b.exprs(&in, e.Args)
	if err != nil {
		return nil, err
	}
	if e.Filter != nil {
		fs := in
		fs.what = "FILTER"
		x, err := b.expr(&fs, e.Filter)
		if err != nil {
			return nil, err
		}
		if call.Filter, err = b.cond(x, "FILTER", start(e.Filter)); err != nil {
			return nil, err
		}
	}
	var to []types.Type
	if fn.IsOrderedSet(name) && !fn.IsWindow(name) {
		return nil, overOrderedSet(off, name)
	}
	if fn.IsWindow(name) {
		call.F, to, call.Ret, err = fn.ResolveWindow(name, typesOf(args), off)
	} else {
		call.Agg, to, call.Ret, err = fn.ResolveAgg(name, typesOf(args), off)
	}
	if err != nil {
		return nil, err
	}
	if err := windowForm(e, name, call.Agg); err != nil {
		return nil, err
	}
	if err := b.args(args, to, offs); err != nil {
		return nil, err
	}
	call.Args = args
	if err := s.allowsWindow(off); err != nil {
		return nil, err
	}
	w, err := b.overWindow(&in, e.Over)
	if err != nil {
		return nil, err
	}
	call.Frame = w.frame
	return s.sel.addWindow(w, call, name), nil
}

func overOrderedSet(off int, name string) error {
	return sqlerr.At(off, pgerrcode.FeatureNotSupported, "OVER is not supported for ordered-set aggregate %s", name)
}

// windowForm checks how a window function is called.
func windowForm(e *ast.Func, name string, agg *fn.Agg) error {
	off := e.Pos()
	switch {
	case agg != nil && agg.Ordered || e.WithinGroup:
		return overOrderedSet(off, name)
	case agg != nil && len(e.Args) == 0 && !e.Star:
		return sqlerr.At(off, pgerrcode.WrongObjectType, "%s(*) must be used to call a parameterless aggregate function", name)
	case e.Distinct:
		return sqlerr.At(off, pgerrcode.FeatureNotSupported, "DISTINCT is not implemented for window functions")
	case len(e.OrderBy) > 0:
		return sqlerr.At(off, pgerrcode.FeatureNotSupported, "aggregate ORDER BY is not implemented for window functions")
	case e.Filter != nil && agg == nil:
		return sqlerr.At(off, pgerrcode.FeatureNotSupported, "FILTER is not implemented for non-aggregate window functions")
	}
	return nil
}

// allowsWindow is the error of a window function of s where there may be none.
func (s *scope) allowsWindow(off int) error {
	switch {
	case s.inAgg && s.what == "":
		return sqlerr.At(off, pgerrcode.GroupingError, "aggregate function calls cannot contain window function calls")
	case s.inWin && s.what == "":
		return sqlerr.At(off, pgerrcode.WindowingError, "window function calls cannot be nested")
	case s.inWinDef:
		return sqlerr.At(off, pgerrcode.WindowingError, "window functions are not allowed in window definitions")
	case s.what != "":
		return sqlerr.At(off, pgerrcode.WindowingError, "window functions are not allowed in %s", s.what)
	case s.sel == nil || !s.win:
		return sqlerr.At(off, pgerrcode.WindowingError, "window functions are not allowed in HAVING")
	}
	return nil
}

// addWindow returns the placeholder of a call.
func (st *selectState) addWindow(w *window, call plan.WinCall, name string) plan.Expr {
	for _, o := range st.wins {
		if sameWindow(o, w) {
			w = o
			break
		}
	}
	if !containsWindow(st.wins, w) {
		st.wins = append(st.wins, w)
	}
	w.calls, w.at = append(w.calls, call), append(w.at, st.winCols)
	st.winCols++
	return plan.NewCol(winBase+st.winCols-1, name, call.Ret)
}

func containsWindow(list []*window, w *window) bool {
	for _, x := range list {
		if x == w {
			return true
		}
	}
	return false
}

func sameWindow(a, c *window) bool {
	return equalAll(a.partition, c.partition) && sameOrder(a.order, c.order)
}

func sameOrder(a, c []plan.SortExpr) bool {
	if len(a) != len(c) {
		return false
	}
	for i, k := range a {
		if o := c[i]; k.Desc != o.Desc || k.NullsFirst != o.NullsFirst || !plan.Equal(k.X, o.X) {
			return false
		}
	}
	return true
}

// namedWindows binds the WINDOW clause.
func (b *binder) namedWindows(s *scope, list []ast.NamedWindow) error {
	if len(list) > 0 {
		s.sel.named = map[string]*window{}
	}
	for _, n := range list {
		if s.sel.named[n.Name] != nil {
			return sqlerr.At(n.W.Pos(), pgerrcode.WindowingError, "window \"%s\" is already defined", n.Name)
		}
		w, err := b.defineWindow(s, n.W)
		if err != nil {
			return err
		}
		s.sel.named[n.Name] = w
	}
	return nil
}

// overWindow resolves what stands after OVER.
func (b *binder) overWindow(s *scope, d *ast.Window) (*window, error) {
	if !d.Named {
		return b.defineWindow(s, d)
	}
	w := s.sel.named[d.Ref]
	if w == nil {
		return nil, noWindow(d)
	}
	c := *w
	c.calls, c.at = nil, nil
	return &c, nil
}

func noWindow(d *ast.Window) error {
	return sqlerr.At(d.Pos(), pgerrcode.UndefinedObject, "window \"%s\" does not exist", d.Ref)
}

// defineWindow binds a window definition (transformWindowDefinitions).
func (b *binder) defineWindow(s *scope, d *ast.Window) (*window, error) {
	var base *window
	if d.Ref != "" {
		if base = s.sel.named[d.Ref]; base == nil {
			return nil, noWindow(d)
		}
	}
	ws := *s
	ws.inWinDef, ws.inWin, ws.srf = true, false, false
	w := &window{}
	for _, k := range d.OrderBy {
		x, err := b.windowKey(&ws, k.X)
		if err != nil {
			return nil, err
		}
		if x, err = b.sortable(x); err != nil {
			return nil, err
		}
		desc, first := direction(k)
		w.order = append(w.order, plan.SortExpr{X: x, Desc: desc, NullsFirst: first})
	}
	for _, e := range d.PartitionBy {
		x, err := b.windowKey(&ws, e)
		if err != nil {
			return nil, err
		}
		w.partition = append(w.partition, x)
	}
	if base != nil {
		if err := w.inherit(base, d); err != nil {
			return nil, err
		}
	}
	return w, b.frame(&ws, w, d)
}

// windowKey binds a key; aggregates are allowed in it, window functions not.
func (b *binder) windowKey(ws *scope, e ast.Expr) (plan.Expr, error) {
	x, err := b.expr(ws, e)
	if err != nil {
		return nil, err
	}
	return b.decided(x, start(e))
}

func (w *window) inherit(base *window, d *ast.Window) error {
	bad := func(format string, args ...any) *sqlerr.Error {
		return sqlerr.At(d.Pos(), pgerrcode.WindowingError, format, args...)
	}
	if len(w.partition) > 0 {
		return bad("cannot override PARTITION BY clause of window \"%s\"", d.Ref)
	}
	w.partition = base.partition
	if len(w.order) > 0 && len(base.order) > 0 {
		return bad("cannot override ORDER BY clause of window \"%s\"", d.Ref)
	}
	if len(w.order) == 0 {
		w.order = base.order
	}
	if base.hasFrame {
		e := bad("cannot copy window \"%s\" because it has a frame clause", d.Ref)
		if d.Frame == nil && len(d.OrderBy) == 0 && len(d.PartitionBy) == 0 {
			e.WithHint("Omit the parentheses in this OVER clause.")
		}
		return e
	}
	return nil
}

// windowNodes computes the window functions over in; move returns expressions
// over its columns.
func windowNodes(sel *selectState, in plan.Node) (plan.Node, func(plan.Expr) plan.Expr) {
	at := map[int]int{}
	for _, w := range sel.wins {
		n := &plan.Window{Input: in, Partition: w.partition, Order: w.order, Calls: w.calls}
		n.Fields = append([]plan.Field(nil), in.Schema()...)
		for i, c := range w.calls {
			name := ""
			if c.F != nil {
				name = c.F.Name
			} else {
				name = c.Agg.Name
			}
			at[w.at[i]] = len(n.Fields)
			n.Fields = append(n.Fields, plan.Field{Name: name, Type: c.Ret})
		}
		in = n
	}
	return in, func(e plan.Expr) plan.Expr {
		if e == nil {
			return nil
		}
		return plan.MapCols(e, func(c *plan.Col) plan.Expr {
			if c.Idx >= winBase {
				return plan.NewCol(at[c.Idx-winBase], c.Name, c.T)
			}
			return c
		})
	}
}

// exprs are the expressions of the window and its calls.
func (w *window) exprs() []plan.Expr {
	out := append([]plan.Expr(nil), w.partition...)
	for _, k := range w.order {
		out = append(out, k.X)
	}
	for _, c := range w.calls {
		out = append(out, c.Args...)
		if c.Filter != nil {
			out = append(out, c.Filter)
		}
	}
	return out
}
