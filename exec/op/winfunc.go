package op

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// function computes a call that is only a window function.
func (c *winChunk) function(ctx context.Context, call *plan.WinCall, args []*vec.Vector, o frameOffsets) (*vec.Vector, error) {
	switch call.F.Name {
	case "row_number":
		return c.ints(func(i int) int64 { return int64(i) - int64(c.part[i]) + 1 }), nil
	case "rank":
		return c.ints(func(i int) int64 { return int64(c.peer[i]-c.part[i]) + 1 }), nil
	case "dense_rank":
		return c.ints(func(i int) int64 { return int64(c.group[i]-c.group[c.part[i]]) + 1 }), nil
	case "percent_rank":
		return c.floats(func(i int) float64 {
			if c.stop[i]-c.part[i] == 1 {
				return 0
			}
			return float64(c.peer[i]-c.part[i]) / float64(c.stop[i]-c.part[i]-1)
		}), nil
	case "cume_dist":
		return c.floats(func(i int) float64 { return float64(c.last[i]-c.part[i]) / float64(c.stop[i]-c.part[i]) }), nil
	case "ntile":
		return c.ntile(args[0])
	case "lag":
		return c.lag(call, args, -1), nil
	case "lead":
		return c.lag(call, args, 1), nil
	case "first_value", "last_value", "nth_value":
		f, err := c.frames(&call.Frame, o)
		if err != nil {
			return nil, err
		}
		return c.nth(ctx, call, args, f)
	}
	return nil, sqlerr.New(pgerrcode.InternalError, "window function %s is not computed", call.F.Name)
}

func (c *winChunk) ints(f func(i int) int64) *vec.Vector {
	v := vec.New(types.Of(types.Int8), c.n)
	for i := range v.I64 {
		v.I64[i] = f(i)
	}
	return v
}

func (c *winChunk) floats(f func(i int) float64) *vec.Vector {
	v := vec.New(types.Of(types.Float8), c.n)
	for i := range v.F64 {
		v.F64[i] = f(i)
	}
	return v
}

// ntile is window_ntile of windowfuncs.c: the first row of a partition whose
// argument is not NULL says how many buckets there are.
func (c *winChunk) ntile(arg *vec.Vector) (*vec.Vector, error) {
	v := vec.New(types.Of(types.Int4), c.n)
	var tile, inBucket, boundary, remainder int64 // tile 0: not begun
	for i := range c.n {
		if int(c.part[i]) == i {
			tile = 0
		}
		if tile == 0 {
			if arg.IsNull(i) {
				v.SetNull(i)
				continue
			}
			buckets := arg.Get(i).I
			if buckets <= 0 {
				return nil, sqlerr.New(pgerrcode.InvalidArgumentForNtileFunction, "argument of ntile must be greater than zero")
			}
			total := int64(c.stop[i] - c.part[i])
			tile, inBucket, boundary, remainder = 1, 0, total/buckets, 0
			if boundary <= 0 {
				boundary = 1
			} else if remainder = total % buckets; remainder != 0 {
				boundary++
			}
		}
		if inBucket++; boundary < inBucket {
			if remainder != 0 && tile == remainder {
				remainder = 0
				boundary--
			}
			tile++
			inBucket = 1
		}
		v.I64[i] = tile
	}
	return v, nil
}

// lag is lag and lead, by the sign of dir.
func (c *winChunk) lag(call *plan.WinCall, args []*vec.Vector, dir int64) *vec.Vector {
	out := vec.NewBuilder(call.Ret, c.n)
	for i := range c.n {
		off := int64(1)
		if len(args) > 1 {
			if args[1].IsNull(i) {
				out.AppendNull()
				continue
			}
			off = args[1].Get(i).I
		}
		at := int64(i) + dir*off
		switch {
		case at >= int64(c.part[i]) && at < int64(c.stop[i]):
			out.AppendFrom(args[0], int(at))
		case len(args) > 2:
			out.AppendFrom(args[2], i)
		default:
			out.AppendNull()
		}
	}
	return out.Finish()
}

// nth is first_value, last_value and nth_value.
func (c *winChunk) nth(ctx context.Context, call *plan.WinCall, args []*vec.Vector, f *frames) (*vec.Vector, error) {
	idx := make([]int32, c.n)
	var buf [3][2]int32
	for i := range c.n {
		if i&0xfff == 0 && ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		spans := c.spans(f, i, buf[:0])
		idx[i] = -1
		if len(spans) == 0 && call.F.Name != "nth_value" {
			continue
		}
		switch call.F.Name {
		case "first_value":
			idx[i] = spans[0][0]
		case "last_value":
			idx[i] = spans[len(spans)-1][1] - 1
		default:
			if args[1].IsNull(i) {
				continue
			}
			k := args[1].Get(i).I
			if k <= 0 {
				return nil, sqlerr.New(pgerrcode.InvalidArgumentForNthValueFunction, "argument of nth_value must be greater than zero")
			}
			for _, s := range spans {
				if n := int64(s[1] - s[0]); k > n {
					k -= n
					continue
				}
				idx[i] = s[0] + int32(k) - 1
				break
			}
		}
	}
	return args[0].Gather(idx), nil
}
