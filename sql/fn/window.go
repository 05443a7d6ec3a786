package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// The functions that are only window functions; exec/op computes them by name.
func init() {
	for _, name := range []string{"row_number", "rank", "dense_rank"} {
		defWindow(name, ts{}, tI8)
	}
	defWindow("percent_rank", ts{}, tF8)
	defWindow("cume_dist", ts{}, tF8)
	defWindow("ntile", ts{tI4}, tI4)
	for _, name := range []string{"lag", "lead"} {
		defWindow(name, ts{tElem}, tElem)
		defWindow(name, ts{tElem, tI4}, tElem)
		windows[name] = append(windows[name], &Window{Name: name, Args: ts{tElem, tI4, tElem}, Ret: tElem, Compat: true})
	}
	defWindow("first_value", ts{tElem}, tElem)
	defWindow("last_value", ts{tElem}, tElem)
	defWindow("nth_value", ts{tElem, tI4}, tElem)
}

// ResolveWindow chooses the overload of a window function as ResolveFunc does;
// it returns the types to coerce the arguments to and the concrete result type.
func ResolveWindow(name string, args []types.Type, off int) (*Window, []types.Type, types.Type, error) {
	var cands []candidate
	list := windows[name]
	var of []*Window
	for _, w := range list {
		if len(w.Args) == len(args) {
			cands = append(cands, candidate{f: &Func{Name: name, Args: w.Args, Ret: w.Ret, Compat: w.Compat}, args: w.Args})
			of = append(of, w)
		}
	}
	best, err := choose(cands, args)
	if err == nil && best != nil {
		co, ret, err := best.concrete(args, off)
		for i := range cands {
			if cands[i].f == best.f {
				return of[i], co, ret, err
			}
		}
	}
	return nil, nil, types.Type{}, sqlerr.At(off, pgerrcode.UndefinedFunction, "function %s does not exist", name+"("+typeList(args)+")").
		WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
}
