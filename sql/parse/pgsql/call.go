package pgsql

import (
	"strconv"

	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

// call lowers a function call. The functions behind special syntax (EXTRACT,
// TRIM, AT TIME ZONE, ...) come from the grammar as pg_catalog.name; their
// schema is dropped.
func (l *lowerer) call(f *pg.FuncCall) ast.Expr {
	out := &ast.Func{
		At: l.at(f.Location), Name: l.strs(f.Funcname),
		Star: f.AggStar, Distinct: f.AggDistinct, Variadic: f.FuncVariadic,
		OrderBy: l.sortKeys(f.AggOrder), WithinGroup: f.AggWithinGroup,
		Filter: l.expr(f.AggFilter),
	}
	l.args(out, f.Args)
	if f.Over != nil {
		out.Over = l.window(f.Over)
	}
	if f.Funcformat == pg.CoercionForm_COERCE_SQL_SYNTAX && len(out.Name) == 2 {
		out.Name, out.Syntax = out.Name[1:], true
	}
	return out
}

// args lowers the arguments of a call, with their names where they have some.
func (l *lowerer) args(out *ast.Func, args []*pg.Node) {
	named := false
	for _, a := range args {
		if x := a.GetNamedArgExpr(); x != nil {
			named = true
			out.ArgNames, out.ArgPos = append(out.ArgNames, x.Name), append(out.ArgPos, int(l.at(x.Location)))
			a = x.Arg
		} else {
			out.ArgNames, out.ArgPos = append(out.ArgNames, ""), append(out.ArgPos, -1)
		}
		out.Args = append(out.Args, l.expr(a))
	}
	if !named {
		out.ArgNames, out.ArgPos = nil, nil
	}
}

var valueFunctions = map[pg.SQLValueFunctionOp]string{
	pg.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "current_date",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "current_time",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "current_time",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "current_timestamp",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIME:           "localtime",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "localtime",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "localtimestamp",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "localtimestamp",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "current_role",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "current_user",
	pg.SQLValueFunctionOp_SVFOP_USER:                "user",
	pg.SQLValueFunctionOp_SVFOP_SESSION_USER:        "session_user",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "current_catalog",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "current_schema",
}

// valueFunction lowers CURRENT_DATE and friends; a precision is the argument.
func (l *lowerer) valueFunction(v *pg.SQLValueFunction) ast.Expr {
	name, ok := valueFunctions[v.Op]
	if !ok {
		l.no(v.Location, "this value function is not supported")
		return nil
	}
	var args []ast.Expr
	switch v.Op {
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N, pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N,
		pg.SQLValueFunctionOp_SVFOP_LOCALTIME_N, pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:
		args = []ast.Expr{&ast.Literal{At: l.at(v.Location), Kind: ast.LitInt, Text: strconv.Itoa(int(v.Typmod))}}
	}
	return special(name, l.at(v.Location), args)
}

// The bits of a window frame (src/include/nodes/parsenodes.h, FRAMEOPTION_*).
const (
	frameNonDefault = 0x1
	frameRows       = 0x4
	frameGroups     = 0x8
	frameBetween    = 0x10
	frameExcludeRow = 0x8000
	frameExcludeGrp = 0x10000
	frameExcludeTie = 0x20000
)

// window lowers OVER (...), OVER name and the entries of WINDOW.
func (l *lowerer) window(w *pg.WindowDef) *ast.Window {
	out := &ast.Window{At: l.at(w.Location), Ref: w.Refname, PartitionBy: l.exprs(w.PartitionClause), OrderBy: l.sortKeys(w.OrderClause)}
	if out.Ref == "" {
		out.Ref, out.Named = w.Name, w.Name != ""
	}
	if o := w.FrameOptions; o&frameNonDefault != 0 {
		f := &ast.Frame{Unit: "RANGE", Between: o&frameBetween != 0}
		switch {
		case o&frameRows != 0:
			f.Unit = "ROWS"
		case o&frameGroups != 0:
			f.Unit = "GROUPS"
		}
		f.Start = bound(o, 0x20, 0x80, 0x200, 0x800, 0x2000)
		f.End = bound(o, 0x40, 0x100, 0x400, 0x1000, 0x4000)
		f.Start.Offset, f.End.Offset = l.expr(w.StartOffset), l.expr(w.EndOffset)
		switch {
		case o&frameExcludeRow != 0:
			f.Exclude = "CURRENT ROW"
		case o&frameExcludeGrp != 0:
			f.Exclude = "GROUP"
		case o&frameExcludeTie != 0:
			f.Exclude = "TIES"
		}
		out.Frame = f
	}
	return out
}

func bound(o int32, unboundedBefore, unboundedAfter, current, before, after int32) ast.Bound {
	switch {
	case o&unboundedBefore != 0:
		return ast.Bound{Kind: "UNBOUNDED PRECEDING"}
	case o&unboundedAfter != 0:
		return ast.Bound{Kind: "UNBOUNDED FOLLOWING"}
	case o&before != 0:
		return ast.Bound{Kind: "PRECEDING"}
	case o&after != 0:
		return ast.Bound{Kind: "FOLLOWING"}
	}
	return ast.Bound{Kind: "CURRENT ROW"}
}
