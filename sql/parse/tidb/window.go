package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// windowCall lowers f(...) OVER ....
func (l *lowerer) windowCall(x *tast.WindowFuncExpr) ast.Expr {
	out := &ast.Func{At: l.at(x), Name: []string{l.written(x, x.Name)}, Distinct: x.Distinct}
	here := x.OriginTextPosition()
	if x.IgnoreNull {
		l.no(here, "IGNORE NULLS is not supported")
	}
	if x.FromLast {
		l.no(here, "FROM LAST is not supported")
	}
	l.aggArgs(out, x.Args, nil)
	out.Over = l.window(&x.Spec)
	if off := l.find(here, "over"); off >= 0 {
		out.Over.At = l.pos(l.tok(l.tokAt(off) + 1).start)
	}
	return out
}

// window lowers a specification; OVER name has only a name.
func (l *lowerer) window(w *tast.WindowSpec) *ast.Window {
	out := &ast.Window{At: -1, Ref: w.Ref.O}
	if w.OnlyAlias {
		out.Ref, out.Named = w.Name.O, true
	}
	if w.PartitionBy != nil {
		for _, i := range w.PartitionBy.Items {
			out.PartitionBy = append(out.PartitionBy, l.expr(i.Expr))
		}
	}
	if w.OrderBy != nil {
		out.OrderBy = l.sortKeys(w.OrderBy)
	}
	if w.Frame != nil {
		out.Frame = l.frame(w.Frame)
	}
	return out
}

func (l *lowerer) frame(f *tast.FrameClause) *ast.Frame {
	out := &ast.Frame{Unit: "ROWS", Between: true}
	switch f.Type {
	case tast.Ranges:
		out.Unit = "RANGE"
	case tast.Groups:
		out.Unit = "GROUPS"
	}
	out.Start, out.End = l.bound(f.Extent.Start), l.bound(f.Extent.End)
	return out
}

func (l *lowerer) bound(b tast.FrameBound) ast.Bound {
	switch {
	case b.Type == tast.CurrentRow:
		return ast.Bound{Kind: "CURRENT ROW"}
	case b.Type == tast.Preceding && b.UnBounded:
		return ast.Bound{Kind: "UNBOUNDED PRECEDING"}
	case b.UnBounded:
		return ast.Bound{Kind: "UNBOUNDED FOLLOWING"}
	}
	out := ast.Bound{Kind: "FOLLOWING"}
	if b.Type == tast.Preceding {
		out.Kind = "PRECEDING"
	}
	if b.Unit != tast.TimeUnitInvalid {
		out.Offset, _ = l.interval(b.Expr, b.Unit)
	} else {
		out.Offset = l.expr(b.Expr)
	}
	return out
}
