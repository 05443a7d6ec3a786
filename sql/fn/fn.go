// Package fn is the function and operator library: signatures, Postgres's rules
// for choosing among them, casts, and vectorised implementations. It knows no
// storage and no plans.
package fn

import (
	"context"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// Ctx is what an implementation may ask of its surroundings. Implementations
// are called from several goroutines with the same Ctx.
type Ctx struct {
	Context context.Context
	Style   *types.Style
	TxStart time.Time // now(), CURRENT_TIMESTAMP
	StStart time.Time // statement_timestamp()
	User    string    // the current one
	// SessionUser is the role of SESSION AUTHORIZATION.
	SessionUser string
	DB          string
	PID         int32
	// Setting reads a setting for current_setting, which the user may have to have a
	// right to; SetSetting is set_config.
	Setting    func(name string) (value string, known bool, err error)
	SetSetting func(name, value string, local bool) error
	// Random returns the session's next value in [0, 1).
	Random  func() float64
	SetSeed func(seed float64)
	// Mem counts memory that the query holds; nil: it is not counted.
	Mem Memory
	// Ask answers the functions of pg_catalog that need definitions; nil outside a
	// session. See exec/pgcatalog for the names it takes, and Catalog. ctx is that
	// of the Ctx. AskRows is Ask for functions that return rows; emit keeps nothing
	// of row, and its error ends the call.
	Ask     func(ctx context.Context, name string, args []vec.Datum) (vec.Datum, error)
	AskRows func(name string, args []vec.Datum, emit func(row []vec.Datum) error) error
	// Subqueries is what runs the plans inside expressions, a
	// kernel.Subqueries; nil: there are none.
	Subqueries any
}

// Memory counts bytes; a negative number gives back. Its error ends the query.
type Memory interface{ Add(bytes int64) error }

// Catalog asks Ask.
func (c *Ctx) Catalog(name string, args []vec.Datum) (vec.Datum, error) {
	return c.Ask(c.Context, name, args)
}

// Volatility is Postgres's promise about a function's results.
type Volatility uint8

// The volatilities.
const (
	Immutable Volatility = iota // may be folded and evaluated per dictionary entry
	Stable                      // constant within a statement
	Volatile
)

// Func is one overload of a function, operator or cast.
type Func struct {
	Name     string       // operators: the operator's characters
	Args     []types.Type // may hold Any, AnyElem, AnyArray
	Ret      types.Type   // AnyElem and AnyArray follow the arguments
	Variadic bool         // the last of Args repeats
	// Strict: a NULL argument makes a NULL result, and the evaluator takes care
	// of it: Impl's results under such rows are overwritten, and Impl must not
	// fail on the zero values that stand there (it is given vectors whose Nulls
	// are set; it skips those rows).
	Strict     bool
	Volatility Volatility
	// Compat marks the polymorphic signatures that Postgres declares with
	// anycompatible: AnyElem and AnyArray take the common type of the arguments
	// instead of asking for equal ones.
	Compat bool
	// NonArray keeps arrays out of arguments of type Any: Postgres's anynonarray.
	NonArray bool
	// Unicode is Impl under a collation that knows all letters, where that makes
	// a difference; Impl follows "C". nil: they are the same.
	Unicode func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error)
	// Collate and Collation are set in the functions that stand for COLLATE: the
	// name, and the order unless it is that of bytes.
	Collate   string
	Collation *Collation
	// Cast marks conversions: Name is the target's type name, one argument.
	Cast bool
	// Impl computes n results. Every argument is flat or constant with N == n,
	// never a dictionary. The result is flat or constant, N == n, may alias an
	// argument, and must carry its own Nulls (a strict Impl may leave them out).
	// Errors are *sqlerr.Error without a position; the evaluator adds it.
	Impl func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error)
}

// Agg is one overload of an aggregate.
type Agg struct {
	Name string
	Args []types.Type
	Ret  types.Type
	// Ordered marks ordered-set aggregates: Args are the direct arguments and then
	// the WITHIN GROUP key, which comes as the last vector of Add, in any order.
	Ordered bool
	// Hypothetical marks hypothetical-set aggregates, which take any number of
	// direct arguments and as many keys; Args is empty.
	Hypothetical bool
	// NonArray keeps arrays out of arguments of type AnyElem.
	NonArray bool
	// Strict aggregates ignore rows with a NULL in any argument; Add skips them.
	Strict bool
	// New returns an empty accumulator for actual argument types.
	New func(c *Ctx, args []types.Type, ret types.Type) Acc
}

// Acc accumulates one aggregate for many groups. One goroutine at a time.
type Acc interface {
	// Add feeds rows: row i belongs to group groups[i] < ngroups. A nil groups
	// means that all belong to group 0. Arguments may be in any encoding.
	Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error
	// Merge adds src (of the same Agg, not used afterwards): its group g is group
	// remap[g] here.
	Merge(src Acc, remap []uint32, ngroups int) error
	// Result returns one value per group, flat.
	Result(ngroups int) (*vec.Vector, error)
	// Bytes is the memory held, for the query's account; it may be a close bound.
	Bytes() int64
}
