package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// SetFunc is one overload of a function that returns rows.
type SetFunc struct {
	Name       string
	Args       []types.Type // may hold Any, AnyElem, AnyArray
	Variadic   bool
	Strict     bool // a NULL argument makes no rows; Rows is not called then
	Volatility Volatility
	// Cols are the columns; a type of AnyElem or AnyArray follows the arguments.
	// A function of one column goes by its alias in FROM if Scalar is set.
	Cols   []SetCol
	Scalar bool
	// Record makes Rows for the columns that the caller defines: a function that
	// returns record, which has no Cols. nil for all others.
	Record func(cols []SetCol) func(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func(row []vec.Datum) error) error
	// Rows hands the rows of one call to emit, which keeps nothing of row. argTypes
	// are the actual types. An error of emit ends the call and is returned.
	Rows func(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func(row []vec.Datum) error) error
}

// SetCol is a column of a SetFunc.
type SetCol struct {
	Name string
	Type types.Type
}

// Window is a function that is only a window function (row_number, lag, ...);
// aggregates are used as they are. exec/op implements them by name.
type Window struct {
	Name string
	Args []types.Type // may hold AnyElem
	Ret  types.Type
	// Compat is Func.Compat.
	Compat bool
}

var (
	setFuncs = map[string][]*SetFunc{}
	windows  = map[string][]*Window{}
)

// defSet registers a set-returning function.
func defSet(f *SetFunc) { setFuncs[f.Name] = append(setFuncs[f.Name], f) }

// defWindow registers a window function.
func defWindow(name string, args ts, ret types.Type) {
	windows[name] = append(windows[name], &Window{Name: name, Args: args, Ret: ret})
}

// IsSetFunc and IsWindow report whether there is any overload of the name.
func IsSetFunc(name string) bool { return setFuncs[name] != nil }

// IsWindow reports whether there is a window function of the name.
func IsWindow(name string) bool { return windows[name] != nil }
