package deparse

import "fmt"

// candidate is a function or operator that a call may mean, with the types of
// its arguments for this call.
type candidate struct {
	args     []uint32
	p        *proc
	op       *operator
	expanded int   // how many arguments a VARIADIC array takes
	order    []int // of named notation: for each argument given, its place
	missing  int   // arguments that are left to their defaults
}

// narrow is func_match_argtypes and func_select_candidate; nil: none or several.
func (a *analyzer) narrow(in []uint32, list []candidate) *candidate {
	var fit []candidate
	for _, c := range list {
		if a.canCoerce(in, c.args[:len(in)], ctxImplicit) {
			fit = append(fit, c)
		}
	}
	if len(fit) > 1 {
		fit = a.best(in, fit)
	}
	if len(fit) == 1 {
		return &fit[0]
	}
	return nil
}

// keepBest keeps the candidates with the highest score, all if it is 0 for all.
func keepBest(list []candidate, score func(c *candidate) int) []candidate {
	top := 0
	var out []candidate
	for i := range list {
		switch n := score(&list[i]); {
		case n > top || len(out) == 0:
			top, out = n, []candidate{list[i]}
		case n == top:
			out = append(out, list[i])
		}
	}
	return out
}

func (a *analyzer) best(in []uint32, list []candidate) []candidate {
	base := make([]uint32, len(in))
	unknowns := 0
	for i, t := range in {
		if base[i] = t; t != tUnknown {
			base[i] = a.base(t)
		} else {
			unknowns++
		}
	}
	exact := func(c *candidate) int {
		n := 0
		for i, t := range base {
			if t != tUnknown && c.args[i] == t {
				n++
			}
		}
		return n
	}
	if list = keepBest(list, exact); len(list) == 1 {
		return list
	}
	list = keepBest(list, func(c *candidate) int {
		n := 0
		for i, t := range base {
			if t == tUnknown {
				continue
			}
			cat, _ := a.category(t)
			if _, pref := a.preferredIn(cat, c.args[i]); c.args[i] == t || pref {
				n++
			}
		}
		return n
	})
	if len(list) == 1 || unknowns == 0 {
		return list
	}
	if left := a.byCategory(base, list); len(left) > 0 {
		if list = left; len(list) == 1 {
			return list
		}
	}
	return a.asKnown(base, unknowns, list)
}

// preferredIn tells whether t is of a category and the preferred type there.
func (a *analyzer) preferredIn(cat byte, t uint32) (in, preferred bool) {
	c, p := a.category(t)
	return c == cat, c == cat && p
}

// byCategory chooses for untyped arguments by the categories that candidates
// accept; strings are preferred.
func (a *analyzer) byCategory(base []uint32, list []candidate) []candidate {
	type slot struct {
		cat       byte
		preferred bool
	}
	slots := make([]slot, len(base))
	for i, t := range base {
		if t != tUnknown {
			continue
		}
		s, conflict := &slots[i], false
		for k := range list {
			cat, pref := a.category(list[k].args[i])
			switch {
			case k == 0 || cat == s.cat:
				s.cat, s.preferred = cat, k > 0 && s.preferred || pref
			case cat == 'S':
				*s = slot{'S', pref}
			default:
				conflict = true
			}
		}
		if conflict && s.cat != 'S' {
			return nil
		}
	}
	var out []candidate
	for _, c := range list {
		keep := true
		for i, t := range base {
			if t != tUnknown {
				continue
			}
			cat, pref := a.category(c.args[i])
			keep = keep && cat == slots[i].cat && (!slots[i].preferred || pref)
		}
		if keep {
			out = append(out, c)
		}
	}
	return out
}

// asKnown takes untyped arguments for the type that all the others have.
func (a *analyzer) asKnown(base []uint32, unknowns int, list []candidate) []candidate {
	if unknowns == len(base) {
		return list
	}
	known := uint32(0)
	for _, t := range base {
		switch {
		case t == tUnknown:
		case known == 0:
			known = t
		case known != t:
			return list
		}
	}
	as := make([]uint32, len(base))
	for i := range as {
		as[i] = known
	}
	var out []candidate
	for _, c := range list {
		if a.canCoerce(as, c.args[:len(as)], ctxImplicit) {
			out = append(out, c)
		}
	}
	if len(out) == 1 {
		return out
	}
	return list
}

// findOp is oper and left_oper; left is 0 for a prefix operator.
func (a *analyzer) findOp(name string, left, right uint32) (*operator, error) {
	ops := catalogs().ops[name]
	exact := func(l, r uint32) *operator {
		for _, o := range ops {
			if o.left == l && o.right == r {
				return o
			}
		}
		return nil
	}
	l, r := left, right
	switch {
	case left == 0:
	case l == tUnknown && r != tUnknown:
		l = r
	case r == tUnknown && l != tUnknown:
		r = l
	}
	if o := exact(l, r); o != nil {
		return o, nil
	}
	if left != 0 && (left == tUnknown) != (right == tUnknown) {
		if b := a.base(l); b != l {
			if o := exact(b, b); o != nil {
				return o, nil
			}
		}
	}
	var list []candidate
	in := []uint32{right}
	if left != 0 {
		in = []uint32{left, right}
	}
	for _, o := range ops {
		if (o.left == 0) != (left == 0) {
			continue
		}
		c := candidate{op: o, args: []uint32{o.right}}
		if left != 0 {
			c.args = []uint32{o.left, o.right}
		}
		list = append(list, c)
	}
	if c := a.narrow(in, list); c != nil {
		return c.op, nil
	}
	return nil, fmt.Errorf("operator %s of %d and %d is not known", name, left, right)
}

// candidates is FuncnameGetCandidates.
func candidates(name string, n int, names []string, expand bool) []candidate {
	var out []candidate
	for _, p := range catalogs().procs[name] {
		c := candidate{p: p}
		variadic := expand && p.variadic != 0 && n >= len(p.args) && len(names) == 0
		switch {
		case variadic:
			c.args = append([]uint32(nil), p.args[:len(p.args)-1]...)
			for len(c.args) < n {
				c.args = append(c.args, p.variadic)
			}
			c.expanded = n - len(p.args) + 1
		case n <= len(p.args) && n+p.defaults >= len(p.args):
			c.args, c.missing = p.args, len(p.args)-n
			if len(names) > 0 && !c.name(p, n, names) {
				continue
			}
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

// name puts the types of named arguments into the order in which they are given.
func (c *candidate) name(p *proc, n int, names []string) bool {
	plain := n - len(names)
	var args []uint32
	for i := range plain {
		args, c.order = append(args, p.args[i]), append(c.order, i)
	}
	for _, want := range names {
		at := -1
		for i, have := range p.argNames {
			if have == want && i < len(p.args) {
				at = i
			}
		}
		if at < 0 {
			return false
		}
		args, c.order = append(args, p.args[at]), append(c.order, at)
	}
	c.args = args
	return true
}

// findFunc is func_get_detail without the casts in the form of calls.
func (a *analyzer) findFunc(name string, in []uint32, names []string, expand bool) *candidate {
	list := candidates(name, len(in), names, expand)
	for i := range list {
		c := &list[i]
		same := len(c.args) >= len(in)
		for k := 0; same && k < len(in); k++ {
			same = c.args[k] == in[k]
		}
		if same && c.missing == 0 {
			return c
		}
	}
	return a.narrow(in, unhide(list, len(in)))
}

// unhide drops candidates that others with the same arguments hide: fewer
// defaults win, and no VARIADIC.
func unhide(list []candidate, n int) []candidate {
	var out []candidate
next:
	for _, c := range list {
		for i := range out {
			o := &out[i]
			same := true
			for k := 0; k < n; k++ {
				same = same && o.args[k] == c.args[k]
			}
			if !same {
				continue
			}
			if c.expanded == 0 && o.expanded > 0 || c.missing < o.missing {
				*o = c
			}
			continue next
		}
		out = append(out, c)
	}
	return out
}
