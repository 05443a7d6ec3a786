package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// ResolveSetFunc chooses the overload of a set-returning function as
// ResolveFunc does. It returns the overload, the type to coerce each argument
// to and the columns with concrete types. off is the byte offset for errors.
func ResolveSetFunc(name string, args []types.Type, off int) (*SetFunc, []types.Type, []SetCol, error) {
	var cands []candidate
	for _, f := range setFuncs[name] {
		if a, ok := expand(f.Args, f.Variadic, len(args)); ok {
			cands = append(cands, candidate{f: &Func{Name: name, Args: a, Ret: tVoid}, set: f, args: a})
		}
	}
	best, err := choose(cands, args)
	if err != nil || best == nil {
		return nil, nil, nil, noFunction(name, args, off, err)
	}
	co, _, err := best.concrete(args, off)
	if err != nil {
		return nil, nil, nil, err
	}
	el, _ := best.element(args)
	cols := append([]SetCol(nil), best.set.Cols...)
	for i := range cols {
		switch cols[i].Type.Kind {
		case types.AnyElem:
			cols[i].Type = el.Base()
		case types.AnyArray:
			cols[i].Type = el.Base().ArrayOf()
		case types.AnyRange:
			cols[i].Type = types.RangeOver(el)
		}
	}
	return best.set, co, cols, nil
}

// noFunction is the error for a call that no overload, or more than one, takes.
func noFunction(name string, args []types.Type, off int, err error) error {
	sig := name + "(" + typeList(args) + ")"
	if err == errAmbiguous {
		return sqlerr.At(off, pgerrcode.AmbiguousFunction, "function %s is not unique", sig).
			WithHint("Could not choose a best candidate function. You might need to add explicit type casts.")
	}
	return sqlerr.At(off, pgerrcode.UndefinedFunction, "function %s does not exist", sig).
		WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
}
