package fn

import (
	"errors"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

var errAmbiguous = errors.New("ambiguous")

// candidate is one overload with its argument list expanded to the call.
type candidate struct {
	f    *Func
	agg  *Agg
	set  *SetFunc
	args ts
}

// exactOp finds an operator that takes exactly these types; an unknown literal
// is first assumed to be of the other side's type (parse_oper.c,
// binary_oper_exact).
func exactOp(cands []candidate, in ts) *candidate {
	want := in
	if len(in) == 2 {
		l, r := in[0], in[1]
		if isUnknown(l) && !isUnknown(r) {
			l = r
		} else if isUnknown(r) && !isUnknown(l) {
			r = l
		}
		want = ts{l, r}
	}
	for i := range cands {
		if sameTypes(cands[i].args, want) {
			return &cands[i]
		}
	}
	return nil
}

// choose is func_match_argtypes and func_select_candidate of parse_func.c. It
// returns nil if nothing matches.
func choose(cands []candidate, in ts) (*candidate, error) {
	for i := range cands {
		if sameTypes(cands[i].args, in) {
			return &cands[i], nil
		}
	}
	var ok []candidate
	for _, c := range cands {
		if c.accepts(in) {
			ok = append(ok, c)
		}
	}
	switch len(ok) {
	case 0:
		return nil, nil
	case 1:
		return &ok[0], nil
	}
	ok = mostMatches(ok, func(c *candidate) int {
		n := 0
		for i, t := range in {
			if !isUnknown(t) && c.args[i].Same(t) {
				n++
			}
		}
		return n
	})
	if len(ok) > 1 {
		ok = mostMatches(ok, func(c *candidate) int {
			n := 0
			for i, t := range in {
				if !isUnknown(t) && (c.args[i].Same(t) || category(c.args[i]) == category(t) && preferred(c.args[i])) {
					n++
				}
			}
			return n
		})
	}
	if len(ok) > 1 {
		ok = guessUnknowns(ok, in)
	}
	if len(ok) == 1 {
		return &ok[0], nil
	}
	return nil, errAmbiguous
}

func mostMatches(cands []candidate, score func(*candidate) int) []candidate {
	best := -1
	var out []candidate
	for i := range cands {
		s := score(&cands[i])
		if s > best {
			best, out = s, nil
		}
		if s == best {
			out = append(out, cands[i])
		}
	}
	return out
}

// guessUnknowns decides by the categories that candidates have at the places of
// unknown literals, and at last by the one known type.
func guessUnknowns(cands []candidate, in ts) []candidate {
	type slot struct {
		cat  byte
		pref bool
	}
	slots := make(map[int]slot)
	resolved := false
	for i, t := range in {
		if !isUnknown(t) {
			continue
		}
		s, conflict := slot{}, false
		for _, c := range cands {
			cat, pref := category(c.args[i]), preferred(c.args[i])
			switch {
			case s.cat == 0:
				s = slot{cat, pref}
			case s.cat == cat:
				s.pref = s.pref || pref
			case cat == 'S':
				s = slot{cat, pref}
			default:
				conflict = true
			}
		}
		if conflict && s.cat != 'S' {
			resolved = false
			break
		}
		resolved = true
		slots[i] = s
	}
	if resolved {
		var kept []candidate
		for _, c := range cands {
			keep := true
			for i, s := range slots {
				if category(c.args[i]) != s.cat || s.pref && !preferred(c.args[i]) {
					keep = false
				}
			}
			if keep {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 {
			cands = kept
		}
		if len(cands) == 1 {
			return cands
		}
	}
	return byKnownType(cands, in)
}

func byKnownType(cands []candidate, in ts) []candidate {
	var known types.Type
	unknowns := 0
	for _, t := range in {
		if isUnknown(t) {
			unknowns++
			continue
		}
		if known.Kind != types.Invalid && !known.Same(t) {
			return cands
		}
		known = t
	}
	if known.Kind == types.Invalid || unknowns == 0 {
		return cands
	}
	all := make(ts, len(in))
	for i := range all {
		all[i] = known
	}
	var kept []candidate
	for _, c := range cands {
		if c.accepts(all) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 1 {
		return kept
	}
	return cands
}

// accepts reports whether every input can be coerced implicitly.
func (c *candidate) accepts(in ts) bool {
	for i, t := range in {
		if !implicit(t, c.args[i]) || c.f.NonArray && (c.args[i].Kind == types.Any || c.args[i].Kind == types.AnyElem) && t.Array {
			return false
		}
	}
	_, ok := c.element(in)
	return ok
}

// element finds the element type that AnyElem and AnyArray stand for; the zero
// Type when the signature has neither.
func (c *candidate) element(in ts) (types.Type, bool) {
	var seen ts
	poly := false
	for i, a := range c.args {
		t := in[i]
		switch a.Kind {
		case types.AnyElem:
			poly = true
			seen = append(seen, t)
		case types.Enum:
			if anyEnum(a) {
				poly = true
				seen = append(seen, t)
			}
		case types.AnyArray:
			poly = true
			if !isUnknown(t) {
				seen = append(seen, t.Elem())
			}
		case types.AnyRange, types.AnyMultirange:
			poly = true
			if !isUnknown(t) {
				seen = append(seen, t.Bound())
			}
		}
	}
	if !poly {
		return types.Type{}, true
	}
	if c.f.Compat {
		t, err := CommonType(seen, "", -1)
		return t, err == nil
	}
	var el types.Type
	for _, t := range seen {
		switch {
		case isUnknown(t):
		case el.Kind == types.Invalid:
			el = t
		case !el.Same(t):
			return types.Type{}, false
		case el.Mod != t.Mod:
			el.Mod = 0
		}
	}
	return el, true
}

// concrete fills in polymorphic types.
func (c *candidate) concrete(in ts, off int) (ts, types.Type, error) {
	el, _ := c.element(in)
	if el.Kind == types.Invalid {
		for _, a := range c.args {
			if a.Kind == types.AnyElem || a.Kind == types.AnyArray || anyEnum(a) || anyRange(a) {
				return nil, types.Type{}, sqlerr.New(pgerrcode.DatatypeMismatch, "could not determine polymorphic type because input has type unknown")
			}
		}
	}
	if err := c.rangeKnown(in); err != nil {
		return nil, types.Type{}, err
	}
	out := make(ts, len(c.args))
	for i, a := range c.args {
		switch a.Kind {
		case types.AnyElem:
			out[i] = el
		case types.Enum:
			if out[i] = a; anyEnum(a) {
				out[i] = el
			}
		case types.AnyArray:
			out[i] = el.ArrayOf()
		case types.AnyRange:
			out[i] = types.RangeOver(el)
		case types.AnyMultirange:
			out[i] = types.MultirangeOver(el)
		case types.Any:
			out[i] = in[i]
			if isUnknown(in[i]) && c.f.Name != "pg_typeof" {
				out[i] = tText
			}
		default:
			out[i] = a
			if a.Same(in[i]) {
				out[i] = in[i]
			}
		}
	}
	ret := c.f.Ret
	if ret.Kind == types.AnyArray && el.Array {
		if c.agg == nil {
			return nil, types.Type{}, sqlerr.New(pgerrcode.UndefinedObject, "could not find array type for data type %s", el.Base())
		}
		return out, el.Base(), nil // arrays of one dimension more
	}
	switch ret.Kind {
	case types.Enum:
		if ret.Ext == nil {
			if ret.Array {
				el = el.ArrayOf()
			}
			ret = el
		}
	case types.AnyElem:
		ret = el.Base()
	case types.AnyArray:
		ret = el.Base().ArrayOf()
	case types.AnyRange:
		ret = types.RangeOver(el)
	case types.AnyMultirange:
		ret = types.MultirangeOver(el)
	}
	return out, ret, nil
}

// anyRange reports the pseudo-types of ranges and multiranges.
func anyRange(t types.Type) bool { return t.Kind == types.AnyRange || t.Kind == types.AnyMultirange }

// rangeKnown is the error of a call whose range type only its elements tell: there
// could be several over the same.
func (c *candidate) rangeKnown(in ts) error {
	var unknown types.Type
	for i, a := range c.args {
		switch {
		case !anyRange(a):
		case !isUnknown(in[i]):
			return nil
		case unknown.Kind == types.Invalid:
			unknown = a
		}
	}
	if unknown.Kind == types.Invalid {
		return nil
	}
	return sqlerr.New(pgerrcode.DatatypeMismatch, "could not determine polymorphic type %s because input has type unknown", unknown)
}

func sameTypes(a, b ts) bool {
	for i := range a {
		if !a[i].Same(b[i]) {
			return false
		}
	}
	return true
}

func isUnknown(t types.Type) bool { return t.Kind == types.Unknown && !t.Array }
