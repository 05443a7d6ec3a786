package fn

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// ResolveFunc chooses the overload of a function for argument types, as
// Postgres does (parse_func.c, func_get_detail). It returns the overload, the
// type to coerce each argument to and the result's concrete type. off is the
// byte offset for errors.
func ResolveFunc(name string, args []types.Type, off int) (*Func, []types.Type, types.Type, error) {
	return resolveAmong(func(*Func) bool { return true }, name, args, off)
}

// resolveAmong is ResolveFunc among the overloads that are in.
func resolveAmong(in func(*Func) bool, name string, args []types.Type, off int) (*Func, []types.Type, types.Type, error) {
	var cands []candidate
	for _, f := range funcs[name] {
		if a, ok := expand(f.Args, f.Variadic, len(args)); ok && in(f) {
			cands = append(cands, candidate{f: f, args: a})
		}
	}
	best, err := choose(cands, args)
	if err == nil && best != nil {
		co, ret, err := best.concrete(args, off)
		return best.f, co, ret, err
	}
	return nil, nil, types.Type{}, noFunction(name, args, off, err)
}

// ResolveOp chooses the overload of an operator (parse_oper.c). l.Kind Invalid
// asks for a prefix operator.
func ResolveOp(name string, l, r types.Type, off int) (*Func, []types.Type, types.Type, error) {
	if name == "!=" {
		name = "<>"
	}
	args := ts{l, r}
	if l.Kind == types.Invalid {
		args = args[1:]
	}
	var cands []candidate
	for _, f := range ops[name] {
		if len(f.Args) == len(args) {
			cands = append(cands, candidate{f: f, args: f.Args})
		}
	}
	best := exactOp(cands, args)
	var err error
	if best == nil {
		best, err = choose(cands, args)
	}
	if err == nil && best != nil {
		co, ret, err := best.concrete(args, off)
		if err == nil {
			return best.f, co, ret, nil
		}
	}
	sig := name + " " + r.Base().String()
	if len(args) == 2 {
		sig = l.Base().String() + " " + sig
	}
	if err == errAmbiguous {
		return nil, nil, types.Type{}, sqlerr.At(off, pgerrcode.AmbiguousFunction, "operator is not unique: %s", sig).
			WithHint("Could not choose a best candidate operator. You might need to add explicit type casts.")
	}
	hint := "No operator matches the given name and argument types. You might need to add explicit type casts."
	if len(args) == 1 {
		hint = "No operator matches the given name and argument type. You might need to add an explicit type cast."
	}
	return nil, nil, types.Type{}, sqlerr.At(off, pgerrcode.UndefinedFunction, "operator does not exist: %s", sig).WithHint("%s", hint)
}

// ResolveAgg chooses the overload of an aggregate; args are the direct and then
// the aggregated (WITHIN GROUP) arguments. count(*) has none.
func ResolveAgg(name string, args []types.Type, off int) (*Agg, []types.Type, types.Type, error) {
	var cands []candidate
	for _, a := range aggs[name] {
		if len(a.Args) == len(args) {
			cands = append(cands, candidate{f: &Func{Name: name, Args: a.Args, Ret: a.Ret, NonArray: a.NonArray}, args: a.Args, agg: a})
		}
	}
	best, err := choose(cands, args)
	if err == nil && best != nil {
		co, ret, err := best.concrete(args, off)
		return best.agg, co, ret, err
	}
	return nil, nil, types.Type{}, noFunction(name, args, off, err)
}

// IsAgg reports whether name is an aggregate.
func IsAgg(name string) bool { return aggs[name] != nil }

// IsOrderedSet reports whether name is an ordered-set aggregate (WITHIN GROUP).
func IsOrderedSet(name string) bool { return len(aggs[name]) > 0 && aggs[name][0].Ordered }

// Exists reports whether a function or aggregate of that name exists.
func Exists(name string) bool { return funcs[name] != nil || aggs[name] != nil }

// Equality returns the = operator of a type with itself.
func Equality(t types.Type) *Func {
	f, _, _, err := ResolveOp("=", t, t, -1)
	if err != nil {
		return nil
	}
	return f
}

func typeList(args []types.Type) string {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(a.Base().String())
	}
	return b.String()
}

// expand repeats the last argument of a variadic signature.
func expand(args ts, variadic bool, n int) (ts, bool) {
	if !variadic {
		return args, len(args) == n
	}
	if n < len(args) {
		return nil, false
	}
	out := append(ts(nil), args...)
	for len(out) < n {
		out = append(out, args[len(args)-1])
	}
	return out, true
}
