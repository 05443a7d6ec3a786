package fn

import (
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// phys are the element types of vectors' slices.
type phys interface {
	int64 | float64 | string | types.Decimal | types.IntervalValue
}

// data returns the physical slice of a flat or constant vector.
func data[T phys](v *vec.Vector) []T {
	var z T
	var s any
	switch any(z).(type) {
	case int64:
		s = v.I64
	case float64:
		s = v.F64
	case string:
		s = v.Str
	case types.Decimal:
		s = v.Dec
	default:
		s = v.Ivl
	}
	return s.([]T)
}

// mask is and-ed to a row number to index a vector: 0 for constants.
func mask(v *vec.Vector) int {
	if v.Const {
		return 0
	}
	return -1
}

// span is the number of values to compute: 1 if all arguments are constant.
func span(args []*vec.Vector, n int) int {
	for _, a := range args {
		if !a.Const {
			return n
		}
	}
	if n == 0 {
		return 0
	}
	return 1
}

// StrictNulls returns the bits of the rows in which an argument is NULL, nil if
// there are none. Arguments are flat or constant.
func StrictNulls(args []*vec.Vector, n int) []uint64 {
	var out []uint64
	own := false
	for _, a := range args {
		if a.Nulls == nil {
			continue
		}
		if a.Const {
			if a.Nulls[0]&1 != 0 {
				all := make([]uint64, (n+63)/64)
				for i := range all {
					all[i] = ^uint64(0)
				}
				return all
			}
			continue
		}
		switch {
		case out == nil:
			out = a.Nulls
		case !own:
			c := make([]uint64, (n+63)/64)
			for i := range c {
				c[i] = word(out, i) | word(a.Nulls, i)
			}
			out, own = c, true
		default:
			for i := range out {
				out[i] |= word(a.Nulls, i)
			}
		}
	}
	return out
}

func word(b []uint64, i int) uint64 {
	if i < len(b) {
		return b[i]
	}
	return 0
}

func bit(b []uint64, i int) bool {
	return b != nil && b[i>>6]>>(uint(i)&63)&1 != 0
}

// finish makes a one-value result constant over n rows.
func finish(v *vec.Vector, m, n int) *vec.Vector {
	if m != n || n == 1 {
		v.Const = true
		v.N = n
	}
	return v
}

// f1 lifts a function of one value. NULL rows are skipped.
func f1[A, R phys](ret types.Type, f func(c *Ctx, a A) (R, error)) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(ret, m)
		out.Nulls = StrictNulls(args, m)
		a, o := data[A](args[0]), data[R](out)
		for i := range o {
			if bit(out.Nulls, i) {
				continue
			}
			r, err := f(c, a[i])
			if err != nil {
				return nil, err
			}
			o[i] = r
		}
		return finish(out, m, n), nil
	}
}

// f2 lifts a function of two values.
func f2[A, B, R phys](ret types.Type, f func(c *Ctx, a A, b B) (R, error)) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(ret, m)
		out.Nulls = StrictNulls(args, m)
		a, b, o := data[A](args[0]), data[B](args[1]), data[R](out)
		ma, mb := mask(args[0]), mask(args[1])
		for i := range o {
			if bit(out.Nulls, i) {
				continue
			}
			r, err := f(c, a[i&ma], b[i&mb])
			if err != nil {
				return nil, err
			}
			o[i] = r
		}
		return finish(out, m, n), nil
	}
}

// f3 lifts a function of three values.
func f3[A, B, C, R phys](ret types.Type, f func(c *Ctx, a A, b B, d C) (R, error)) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(ret, m)
		out.Nulls = StrictNulls(args, m)
		a, b, d, o := data[A](args[0]), data[B](args[1]), data[C](args[2]), data[R](out)
		ma, mb, md := mask(args[0]), mask(args[1]), mask(args[2])
		for i := range o {
			if bit(out.Nulls, i) {
				continue
			}
			r, err := f(c, a[i&ma], b[i&mb], d[i&md])
			if err != nil {
				return nil, err
			}
			o[i] = r
		}
		return finish(out, m, n), nil
	}
}

// ok1, ok2 make functions that cannot fail fit f1 and f2.
func ok1[A, R any](f func(A) R) func(*Ctx, A) (R, error) {
	return func(_ *Ctx, a A) (R, error) { return f(a), nil }
}

func ok2[A, B, R any](f func(A, B) R) func(*Ctx, A, B) (R, error) {
	return func(_ *Ctx, a A, b B) (R, error) { return f(a, b), nil }
}

// row is one row of the arguments, for functions that are too rare or too
// irregular for loops over slices.
type row struct {
	c    *Ctx
	args []*vec.Vector
	i    int
}

func (r row) n() int                      { return len(r.args) }
func (r row) null(k int) bool             { return r.args[k].IsNull(r.i) }
func (r row) s(k int) string              { return r.args[k].Str[r.i&mask(r.args[k])] }
func (r row) int(k int) int64             { return r.args[k].I64[r.i&mask(r.args[k])] }
func (r row) f(k int) float64             { return r.args[k].F64[r.i&mask(r.args[k])] }
func (r row) d(k int) types.Decimal       { return r.args[k].Dec[r.i&mask(r.args[k])] }
func (r row) v(k int) types.IntervalValue { return r.args[k].Ivl[r.i&mask(r.args[k])] }
func (r row) get(k int) vec.Datum         { return r.args[k].Get(r.i) }
func (r row) t(k int) types.Type          { return r.args[k].Type }

// arr returns the elements of array k: child[lo:hi].
func (r row) arr(k int) (child *vec.Vector, lo, hi int) {
	a := r.args[k]
	i := r.i & mask(a)
	return a.Child, int(a.Off[i]), int(a.Off[i+1])
}

// text is the value in the form of Postgres's output function.
func (r row) text(k int) string {
	return string(r.args[k].AppendText(nil, r.i, r.c.style()))
}

// rows lifts a function of rows to a Datum. With strict, rows with a NULL
// argument give NULL without a call.
func rowsOf(strict bool, retOf func(args []*vec.Vector) types.Type, f func(r row) (vec.Datum, error)) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		var nulls []uint64
		if strict {
			nulls = StrictNulls(args, m)
		}
		b := vec.NewBuilder(retOf(args), m)
		big := int64(0)
		for i := 0; i < m; i++ {
			if bit(nulls, i) {
				b.AppendNull()
				continue
			}
			d, err := f(row{c, args, i})
			if err != nil {
				return nil, err
			}
			if len(d.S) >= bigValue {
				big += int64(len(d.S))
				if err := c.hold(big); err != nil {
					return nil, err
				}
				if err := c.canceled(); err != nil {
					return nil, err
				}
			}
			b.Append(d)
		}
		return finish(b.Finish(), m, n), nil
	}
}

// rows is rowsOf for strict functions with a fixed result type.
func rows(ret types.Type, f func(r row) (vec.Datum, error)) impl {
	return rowsOf(true, fixed(ret), f)
}

// rowsN is rows for functions that take NULL arguments.
func rowsN(ret types.Type, f func(r row) (vec.Datum, error)) impl {
	return rowsOf(false, fixed(ret), f)
}

func fixed(t types.Type) func([]*vec.Vector) types.Type {
	return func([]*vec.Vector) types.Type { return t }
}

// likeArg gives results the type of argument k.
func likeArg(k int) func([]*vec.Vector) types.Type {
	return func(a []*vec.Vector) types.Type { return a[k].Type }
}

// perCall makes a function without arguments from one value per statement.
func perCall(ret types.Type, f func(c *Ctx) (vec.Datum, error)) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		d, err := f(c)
		if err != nil {
			return nil, err
		}
		return vec.NewConst(ret, d, n), nil
	}
}

var null = vec.Datum{Null: true}

func dI(i int64) vec.Datum               { return vec.Datum{I: i} }
func dF(f float64) vec.Datum             { return vec.Datum{F: f} }
func dS(s string) vec.Datum              { return vec.Datum{S: s} }
func dD(d types.Decimal) vec.Datum       { return vec.Datum{D: d} }
func dV(v types.IntervalValue) vec.Datum { return vec.Datum{V: v} }
func dA(v *vec.Vector) vec.Datum         { return vec.Datum{A: v} }
func dB(b bool) vec.Datum                { return vec.Datum{I: b2i(b)} }
func texts(list []string) vec.Datum {
	v := vec.New(tText, len(list))
	copy(v.Str, list)
	return dA(v)
}

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (c *Ctx) style() *types.Style {
	if c != nil && c.Style != nil {
		return c.Style
	}
	return types.ISO
}

func (c *Ctx) now() time.Time {
	if c != nil && !c.TxStart.IsZero() {
		return c.TxStart
	}
	return time.Now()
}

func (c *Ctx) zone() *time.Location {
	if z := c.style().Zone; z != nil {
		return z
	}
	return time.UTC
}
