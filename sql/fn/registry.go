package fn

import (
	"sort"
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// impl is the shape of Func.Impl.
type impl = func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error)

// Short names of the types, for signatures.
var (
	tBool  = types.Of(types.Bool)
	tI2    = types.Of(types.Int2)
	tI4    = types.Of(types.Int4)
	tI8    = types.Of(types.Int8)
	tNum   = types.Of(types.Numeric)
	tF4    = types.Of(types.Float4)
	tF8    = types.Of(types.Float8)
	tText  = types.Of(types.Text)
	tName  = types.Of(types.Name)
	tChar  = types.Of(types.Char)
	tBytea = types.Of(types.Bytea)
	tDate  = types.Of(types.Date)
	tTS    = types.Of(types.Timestamp)
	tTZ    = types.Of(types.TimestampTZ)
	tIvl   = types.Of(types.Interval)
	tUUID  = types.Of(types.UUID)
	tOid   = types.Of(types.Oid)
	tVoid  = types.Of(types.Void)
	tVC    = types.Of(types.Varchar)
	tBP    = types.Of(types.BPChar)
	tTime  = types.Of(types.Time)
	tTimeZ = types.Of(types.TimeTZ)
	tJSON  = types.Of(types.JSON)
	tJSONB = types.Of(types.JSONB)
	tBit   = types.Of(types.Bit)
	tVBit  = types.Of(types.VarBit)
	tRec   = types.Of(types.Record)
	tAny   = types.Of(types.Any)
	tElem  = types.Of(types.AnyElem)
	tArr   = types.Of(types.AnyArray)
	tTexts = tText.ArrayOf()
	tI4s   = tI4.ArrayOf()
)

// The registries, by name. Filled by init functions only, read-only afterwards.
var (
	funcs = map[string][]*Func{}
	ops   = map[string][]*Func{}
	aggs  = map[string][]*Agg{}
)

// ts is a list of argument types.
type ts = []types.Type

// opt changes a signature while it is being registered.
type opt func(*Func)

func stable(f *Func)     { f.Volatility = Stable }
func volatile(f *Func)   { f.Volatility = Volatile }
func nullable(f *Func)   { f.Strict = false } // called with NULL arguments
func variadic(f *Func)   { f.Variadic = true }
func nonArray(f *Func)   { f.NonArray = true }
func compatible(f *Func) { f.Compat = true }

// inUnicode gives a function its implementation under ICU's collations.
func inUnicode(i impl) opt { return func(f *Func) { f.Unicode = i } }

// def registers a function, by default immutable and strict.
func def(name string, args ts, ret types.Type, f impl, opts ...opt) {
	funcs[name] = append(funcs[name], newFunc(name, args, ret, f, opts))
}

// op registers a binary operator.
func op(name string, l, r, ret types.Type, f impl, opts ...opt) {
	ops[name] = append(ops[name], newFunc(name, ts{l, r}, ret, f, opts))
}

// prefix registers a prefix operator.
func prefix(name string, r, ret types.Type, f impl, opts ...opt) {
	ops[name] = append(ops[name], newFunc(name, ts{r}, ret, f, opts))
}

// agg registers an aggregate.
func agg(name string, args ts, ret types.Type, mk func(c *Ctx, args []types.Type, ret types.Type) Acc) *Agg {
	a := &Agg{Name: name, Args: args, Ret: ret, Strict: true, New: mk}
	aggs[name] = append(aggs[name], a)
	return a
}

func newFunc(name string, args ts, ret types.Type, f impl, opts []opt) *Func {
	fn := &Func{Name: name, Args: args, Ret: ret, Strict: true, Impl: f}
	for _, o := range opts {
		o(fn)
	}
	return fn
}

// Names returns the names of all functions and aggregates, sorted; pg_proc and
// completion are made from it.
func Names() []string {
	var out []string
	for n := range funcs {
		if !strings.HasPrefix(n, "mysql.") {
			out = append(out, n)
		}
	}
	for n := range aggs {
		if funcs[n] == nil {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// Overloads returns the overloads of a function; read-only.
func Overloads(name string) []*Func { return funcs[name] }

// Operators returns the overloads of an operator; read-only.
func Operators(name string) []*Func { return ops[name] }
