package plan

import (
	"slices"

	"tagd/sql/fn"
	"tagd/sql/vec"
)

// listed returns the operands of an expression that keeps them in one list.
func listed(e Expr) []Expr {
	switch e := e.(type) {
	case *Call:
		return e.Args
	case *And:
		return e.Args
	case *Or:
		return e.Args
	case *Coalesce:
		return e.Args
	case *Array:
		return e.Elems
	case *Row:
		return e.Elems
	}
	return nil
}

// EachOperand hands the operands of e to f in a fixed order until f returns
// false; it reports whether none did. It allocates nothing.
func EachOperand(e Expr, f func(Expr) bool) bool {
	each := func(es []Expr) bool {
		for _, x := range es {
			if !f(x) {
				return false
			}
		}
		return true
	}
	switch e := e.(type) {
	case *Not:
		return f(e.X)
	case *IsTest:
		return f(e.X)
	case *In:
		return f(e.X) && each(e.List)
	case *AnyAll:
		return f(e.L) && f(e.R)
	case *Case:
		for _, w := range e.Whens {
			if !f(w.Cond) || !f(w.Then) {
				return false
			}
		}
		return e.Else == nil || f(e.Else)
	case *FieldOf:
		return f(e.X)
	case *Domain:
		return f(e.X)
	case *SubPlan:
		return each(e.Left) && each(e.Args)
	}
	return each(listed(e))
}

// Operands lists the operands of e in the order of EachOperand; the slice is not
// to be changed.
func Operands(e Expr) []Expr {
	if l := listed(e); l != nil {
		return l
	}
	var out []Expr
	if in, ok := e.(*In); ok {
		out = make([]Expr, 0, 1+len(in.List))
	}
	EachOperand(e, func(x Expr) bool {
		out = append(out, x)
		return true
	})
	return out
}

// WithOperands is e with other operands, in the order of Operands.
func WithOperands(e Expr, k []Expr) Expr {
	switch e := e.(type) {
	case *Call:
		return &Call{e.typed, e.F, k, e.Off}
	case *And:
		return &And{e.typed, k}
	case *Or:
		return &Or{e.typed, k}
	case *Not:
		return &Not{e.typed, k[0]}
	case *IsTest:
		return &IsTest{e.typed, k[0], e.What, e.Negate}
	case *In:
		return &In{e.typed, k[0], k[1:], e.Eq, e.Negate}
	case *AnyAll:
		return &AnyAll{e.typed, e.Op, e.All, k[0], k[1], e.Off}
	case *Case:
		c := &Case{typed: e.typed, Whens: make([]When, len(e.Whens))}
		for i := range c.Whens {
			c.Whens[i] = When{k[2*i], k[2*i+1]}
		}
		if e.Else != nil {
			c.Else = k[len(k)-1]
		}
		return c
	case *Coalesce:
		return &Coalesce{e.typed, k}
	case *Array:
		return &Array{e.typed, k}
	case *Row:
		return &Row{e.typed, k, e.Names}
	case *FieldOf:
		return &FieldOf{e.typed, k[0], e.Idx, e.Name}
	case *Domain:
		d := *e
		d.X = k[0]
		return &d
	case *SubPlan:
		c := *e
		c.Left, c.Args = k[:len(e.Left):len(e.Left)], k[len(e.Left):]
		return &c
	}
	return e
}

// Walk visits e and everything below; f returning false skips the operands.
func Walk(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	EachOperand(e, func(k Expr) bool {
		Walk(k, f)
		return true
	})
}

// Rewrite rebuilds e top down: f may return what stands in a node's place (nil:
// go into it). Unchanged trees are returned as they are.
func Rewrite(e Expr, f func(Expr) (Expr, error)) (Expr, error) {
	if e == nil {
		return nil, nil
	}
	r, err := f(e)
	if r != nil || err != nil {
		return r, err
	}
	kids := Operands(e)
	var out []Expr
	for i, k := range kids {
		n, err := Rewrite(k, f)
		if err != nil {
			return nil, err
		}
		if n != k && out == nil {
			out = append([]Expr(nil), kids...)
		}
		if out != nil {
			out[i] = n
		}
	}
	if out == nil {
		return e, nil
	}
	return WithOperands(e, out), nil
}

// MapCols replaces every column.
func MapCols(e Expr, f func(*Col) Expr) Expr {
	out, _ := Rewrite(e, func(e Expr) (Expr, error) {
		if c, ok := e.(*Col); ok {
			return f(c), nil
		}
		return nil, nil
	})
	return out
}

// Substitute replaces parameters by their values; missing ones stay.
func Substitute(e Expr, params []vec.Datum) Expr {
	out, _ := Rewrite(e, func(e Expr) (Expr, error) {
		if p, ok := e.(*Param); ok && p.N >= 1 && p.N <= len(params) {
			return NewConst(p.T, params[p.N-1]), nil
		}
		return nil, nil
	})
	return out
}

// Columns returns the columns that e uses, ascending.
func Columns(e Expr) []int {
	var cols []int
	Walk(e, func(e Expr) bool {
		if c, ok := e.(*Col); ok {
			i := 0
			for i < len(cols) && cols[i] < c.Idx {
				i++
			}
			if i == len(cols) || cols[i] != c.Idx {
				cols = append(cols, 0)
				copy(cols[i+1:], cols[i:])
				cols[i] = c.Idx
			}
		}
		return true
	})
	return cols
}

// Volatility is the least promising volatility of the functions in e, those of
// its subqueries too.
func Volatility(e Expr) fn.Volatility {
	var v volatility
	v.expr(e)
	return v.worst
}

// NodeVolatility is the least promising volatility of the functions in a plan.
func NodeVolatility(n Node) fn.Volatility {
	var v volatility
	v.node(n)
	return v.worst
}

// volatility visits every subquery once: a scan holds its condition twice, so
// that nested ones would be visited 2^depth times.
type volatility struct {
	worst fn.Volatility
	seen  map[Node]bool
}

func (v *volatility) node(n Node) {
	if v.seen[n] {
		return
	}
	if v.seen == nil {
		v.seen = map[Node]bool{}
	}
	v.seen[n] = true
	EachExpr(n, v.expr)
}

func (v *volatility) expr(e Expr) {
	see := func(f *fn.Func) {
		if f != nil {
			v.worst = max(v.worst, f.Volatility)
		}
	}
	Walk(e, func(e Expr) bool {
		switch e := e.(type) {
		case *Call:
			see(e.F)
		case *In:
			see(e.Eq)
		case *AnyAll:
			see(e.Op)
		case *SubPlan:
			v.node(e.Plan)
			v.expr(e.Test)
		}
		return true
	})
}

// Equal reports whether two expressions are the same computation. Volatile calls
// are equal when they are written equally, as for Postgres's GROUP BY.
func Equal(a, b Expr) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.Type() != b.Type() || !sameHead(a, b) {
		return false
	}
	ka, kb := Operands(a), Operands(b)
	if len(ka) != len(kb) {
		return false
	}
	for i := range ka {
		if !Equal(ka[i], kb[i]) {
			return false
		}
	}
	return true
}

func sameHead(a, b Expr) bool {
	switch a := a.(type) {
	case *Col:
		b, ok := b.(*Col)
		return ok && a.Idx == b.Idx
	case *Param:
		b, ok := b.(*Param)
		return ok && a.N == b.N
	case *Const:
		b, ok := b.(*Const)
		return ok && sameDatum(a, b)
	case *Call:
		b, ok := b.(*Call)
		return ok && a.F == b.F
	case *And:
		_, ok := b.(*And)
		return ok
	case *Or:
		_, ok := b.(*Or)
		return ok
	case *Not:
		_, ok := b.(*Not)
		return ok
	case *IsTest:
		b, ok := b.(*IsTest)
		return ok && a.What == b.What && a.Negate == b.Negate
	case *In:
		b, ok := b.(*In)
		return ok && a.Eq == b.Eq && a.Negate == b.Negate
	case *AnyAll:
		b, ok := b.(*AnyAll)
		return ok && a.Op == b.Op && a.All == b.All
	case *Case:
		b, ok := b.(*Case)
		return ok && len(a.Whens) == len(b.Whens) && (a.Else == nil) == (b.Else == nil)
	case *Coalesce:
		_, ok := b.(*Coalesce)
		return ok
	case *Array:
		_, ok := b.(*Array)
		return ok
	case *Row:
		b, ok := b.(*Row)
		return ok && slices.Equal(a.Names, b.Names)
	case *FieldOf:
		b, ok := b.(*FieldOf)
		return ok && a.Idx == b.Idx
	case *Domain:
		_, ok := b.(*Domain)
		return ok // of the same type, so with the same rules
	case *Arg:
		b, ok := b.(*Arg)
		return ok && a.N == b.N
	case *SubPlan:
		b, ok := b.(*SubPlan)
		return ok && a.Plan == b.Plan && len(a.Left) == len(b.Left)
	}
	return false
}

func sameDatum(a, b *Const) bool {
	if a.V.Null || b.V.Null {
		return a.V.Null && b.V.Null
	}
	if a.T.Array {
		return constText(a) == constText(b)
	}
	return a.V.I == b.V.I && a.V.F == b.V.F && a.V.S == b.V.S && a.V.V == b.V.V && a.V.D.String() == b.V.D.String()
}
