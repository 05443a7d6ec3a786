package jsonpath

import (
	"errors"
	"strings"

	"tagd/sql/jsonb"
)

// truth is JsonPathBool.
type truth uint8

const (
	no truth = iota
	yes
	unknown
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// quiet turns an error of the data into unknown.
func quiet(err error) (truth, error) {
	var p PathError
	if errors.As(err, &p) {
		return unknown, nil
	}
	return no, err
}

// test is executeBoolItem.
func (e *evaluator) test(n *node, v *jsonb.Value) (truth, error) {
	switch n.op {
	case opAnd, opOr:
		decides, rest := no, yes
		if n.op == opOr {
			decides, rest = yes, no
		}
		l, err := e.test(n.left, v)
		if err != nil || l == decides {
			return l, err
		}
		r, err := e.test(n.right, v)
		if err != nil || r == rest {
			return l, err
		}
		return r, nil
	case opNot:
		x, err := e.test(n.left, v)
		if x != unknown {
			x ^= 1
		}
		return x, err
	case opIsUnknown:
		x, err := e.test(n.left, v)
		return truthOf(x == unknown), err
	case opExists:
		found := false
		err := e.exec(n.left, v, func(*jsonb.Value) bool { found = true; return !e.lax }, e.lax)
		if err = stopped(err); err != nil {
			return quiet(err)
		}
		return truthOf(found), nil
	}
	return e.compare(n, v)
}

// compare is executePredicate: whether any pair of items of the two sides
// satisfies the operator. Strict mode looks at all pairs.
func (e *evaluator) compare(n *node, v *jsonb.Value) (truth, error) {
	l, err := e.collect(n.left, v, true)
	if err != nil {
		return quiet(err)
	}
	r := []jsonb.Value{{}}
	if n.right != nil {
		if r, err = e.collect(n.right, v, n.op != opStartsWith); err != nil {
			return quiet(err)
		}
	}
	found, failed := false, false
	for i := range l {
		for k := range r {
			res, err := e.pair(n, &l[i], &r[k])
			switch {
			case err != nil:
				return no, err
			case res == unknown && !e.lax:
				return unknown, nil
			case res == unknown:
				failed = true
			case res == yes && e.lax:
				return yes, nil
			case res == yes:
				found = true
			}
		}
	}
	switch {
	case found:
		return yes, nil
	case failed:
		return unknown, nil
	}
	return no, nil
}

func (e *evaluator) pair(n *node, a, b *jsonb.Value) (truth, error) {
	switch n.op {
	case opStartsWith:
		return hasPrefix(a, b), nil
	case opLikeRegex:
		if a.Kind != jsonb.String {
			return unknown, nil
		}
		check := e.check
		if check == nil {
			check = func() error { return nil }
		}
		hit, err := n.re.Match(a.Str, check)
		return truthOf(hit), err
	}
	return compareItems(n.op, a, b), nil
}

// compareItems is the function of that name in jsonpath_exec.c.
func compareItems(o op, a, b *jsonb.Value) truth {
	rank := func(k jsonb.Kind) jsonb.Kind {
		if k == jsonb.True {
			return jsonb.False
		}
		return k
	}
	if rank(a.Kind) != rank(b.Kind) {
		if a.Kind == jsonb.Null || b.Kind == jsonb.Null {
			return truthOf(o == opNotEqual)
		}
		return unknown
	}
	c := 0
	switch a.Kind {
	case jsonb.Null:
	case jsonb.True, jsonb.False:
		c = int(a.Kind) - int(b.Kind)
	case jsonb.Number:
		c = a.Num.Cmp(b.Num)
	case jsonb.String:
		c = strings.Compare(a.Str, b.Str)
	default:
		return unknown
	}
	switch o {
	case opEqual:
		return truthOf(c == 0)
	case opNotEqual:
		return truthOf(c != 0)
	case opLess:
		return truthOf(c < 0)
	case opLessEqual:
		return truthOf(c <= 0)
	case opGreater:
		return truthOf(c > 0)
	}
	return truthOf(c >= 0)
}
