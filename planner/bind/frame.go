package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

var (
	frameUnits = map[string]plan.FrameUnit{"RANGE": plan.FrameRange, "ROWS": plan.FrameRows, "GROUPS": plan.FrameGroups}
	boundKinds = map[string]plan.BoundKind{"UNBOUNDED PRECEDING": plan.BoundUnboundedPreceding, "PRECEDING": plan.BoundPreceding,
		"CURRENT ROW": plan.BoundCurrent, "FOLLOWING": plan.BoundFollowing, "UNBOUNDED FOLLOWING": plan.BoundUnboundedFollowing}
	excludes = map[string]plan.FrameExclude{"": plan.ExcludeNone, "CURRENT ROW": plan.ExcludeCurrent, "GROUP": plan.ExcludeGroup, "TIES": plan.ExcludeTies}
)

// frame binds the frame of a window: RANGE UNBOUNDED PRECEDING if none is
// written.
func (b *binder) frame(ws *scope, w *window, d *ast.Window) error {
	w.frame = plan.Frame{Start: plan.FrameBound{Kind: plan.BoundUnboundedPreceding}, End: plan.FrameBound{Kind: plan.BoundCurrent}}
	f := d.Frame
	if f == nil {
		return nil
	}
	w.hasFrame = true
	w.frame.Unit, w.frame.Exclude = frameUnits[f.Unit], excludes[f.Exclude]
	w.frame.Start.Kind, w.frame.End.Kind = boundKinds[f.Start.Kind], boundKinds[f.End.Kind]
	offset := f.Start.Offset != nil || f.End.Offset != nil
	switch {
	case f.Unit == "RANGE" && offset && len(w.order) != 1:
		return sqlerr.At(d.Pos(), pgerrcode.WindowingError, "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column")
	case f.Unit == "GROUPS" && len(w.order) == 0:
		return sqlerr.At(d.Pos(), pgerrcode.WindowingError, "GROUPS mode requires an ORDER BY clause")
	}
	var key plan.Expr
	if f.Unit == "RANGE" && offset {
		key = w.order[0].X
	}
	for i, bound := range []ast.Bound{f.Start, f.End} {
		if bound.Offset == nil {
			continue
		}
		to := []*plan.FrameBound{&w.frame.Start, &w.frame.End}[i]
		x, err := b.frameOffset(ws, f.Unit, bound.Offset, key)
		if err != nil {
			return err
		}
		to.Offset = x
	}
	if key != nil {
		return b.rangeBounds(w, f)
	}
	return nil
}

// frameOffset binds an offset, which is the same for all rows.
func (b *binder) frameOffset(ws *scope, unit string, e ast.Expr, key plan.Expr) (plan.Expr, error) {
	os := *ws
	os.what, os.inWinDef = "window "+unit, false
	x, err := b.expr(&os, e)
	if err != nil {
		return nil, err
	}
	if unit == "RANGE" {
		x, err = b.rangeOffset(x, key.Type(), start(e))
	} else {
		x, err = b.mustAssign(x, tInt8, unit, start(e))
	}
	if err != nil {
		return nil, err
	}
	return x, b.noColumns(x, unit, start(e))
}

// noColumns is the error of an expression that must be the same for all rows.
func (b *binder) noColumns(x plan.Expr, what string, off int) error {
	var bad *plan.Col
	plan.Walk(x, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok && bad == nil {
			bad = c
		}
		return true
	})
	if bad == nil {
		return nil
	}
	if at, ok := b.at[bad]; ok {
		off = at
	}
	return sqlerr.At(off, pgerrcode.InvalidColumnReference, "argument of %s must not contain variables", what)
}

// mustAssign coerces to the type that a clause asks for.
func (b *binder) mustAssign(x plan.Expr, t types.Type, what string, off int) (plan.Expr, error) {
	out, ok, err := b.coerce(x, t, fn.CastAssign, off)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, sqlerr.At(off, pgerrcode.DatatypeMismatch, "argument of %s must be type %s, not type %s", what, t, x.Type().Base())
	}
	return out, nil
}

// rangeTypes are the types of order keys and, for each, the types that their
// in_range functions take as offset, the preferred one first.
var rangeTypes = map[types.Kind][]types.Kind{
	types.Int2: {types.Int8, types.Int4, types.Int2}, types.Int4: {types.Int8, types.Int4, types.Int2}, types.Int8: {types.Int8},
	types.Float4: {types.Float8}, types.Float8: {types.Float8}, types.Numeric: {types.Numeric},
	types.Date: {types.Interval}, types.Timestamp: {types.Interval}, types.TimestampTZ: {types.Interval},
	types.Interval: {types.Interval},
}

// rangeOffset coerces the offset of RANGE to what the key's type takes
// (transformFrameOffset).
func (b *binder) rangeOffset(x plan.Expr, key types.Type, off int) (plan.Expr, error) {
	takes := rangeTypes[key.Kind]
	if key.Array || takes == nil {
		return nil, sqlerr.At(off, pgerrcode.FeatureNotSupported, "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s", key.Base())
	}
	t := x.Type()
	to := types.Of(takes[0])
	if unknown(t) && len(takes) > 1 {
		to = key.Base()
	}
	for _, k := range takes {
		if t.Kind == k && !t.Array {
			to = types.Of(k)
		}
	}
	out, ok, err := b.coerce(x, to, fn.CastImplicit, off)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, sqlerr.At(off, pgerrcode.FeatureNotSupported, "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s and offset type %s", key.Base(), t.Base()).
			WithHint("Cast the offset value to an appropriate type.")
	}
	return out, nil
}

// rangeBounds makes the key of a RANGE with offsets one whose sums cannot
// overflow and do not change type (integers are compared as numeric, dates as
// timestamps; their order is the same), and the bounds as expressions over it.
func (b *binder) rangeBounds(w *window, f *ast.Frame) error {
	key := w.order[0].X
	var to types.Type
	switch key.Type().Kind {
	case types.Int2, types.Int4, types.Int8:
		to = types.Of(types.Numeric)
	case types.Float4:
		to = types.Of(types.Float8)
	case types.Date:
		to = types.Of(types.Timestamp)
	default:
		to = key.Type().Base()
	}
	key, ok, err := b.coerce(key, to, fn.CastImplicit, -1)
	if err != nil || !ok {
		return sqlerr.From(err)
	}
	w.order = append([]plan.SortExpr(nil), w.order...)
	w.order[0].X = key
	for i, kind := range []string{f.Start.Kind, f.End.Kind} {
		bound := []*plan.FrameBound{&w.frame.Start, &w.frame.End}[i]
		if bound.Offset == nil {
			continue
		}
		if to.Kind == types.Numeric {
			if bound.Offset, _, err = b.coerce(bound.Offset, to, fn.CastImplicit, -1); err != nil {
				return err
			}
		}
		op := "+"
		if (kind == "PRECEDING") != w.order[0].Desc {
			op = "-"
		}
		bound.At, err = b.apply(op, plan.NewCol(0, "", key.Type()), plan.NewCol(1, "", bound.Offset.Type()), -1, -1, -1)
		if err != nil {
			return err
		}
	}
	return nil
}
