package bind

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
)

// namedArgs puts the arguments of f(a, name => b) in the order of the function's
// parameters; what is left out and has a default is filled in.
func (b *binder) namedArgs(e *ast.Func, name string, args []plan.Expr, offs []int) ([]plan.Expr, []int, error) {
	first := len(args)
	for i, n := range e.ArgNames {
		switch {
		case n == "" && i > first:
			return nil, nil, sqlerr.At(offs[i], pgerrcode.SyntaxError, "positional argument cannot follow named argument")
		case n == "":
			continue
		}
		first = min(first, i)
		for _, o := range e.ArgNames[:i] {
			if o == n {
				return nil, nil, sqlerr.At(e.ArgPos[i], pgerrcode.SyntaxError, "argument name \"%s\" used more than once", n)
			}
		}
	}
	params := fn.Params(name)
	out, at := make([]plan.Expr, len(params)), make([]int, len(params))
	end := 0
	for i, x := range args {
		k := i
		if i >= first {
			k = -1
			for j, p := range params {
				if p.Name == e.ArgNames[i] {
					k = j
				}
			}
		}
		if k < 0 || k >= len(params) || out[k] != nil {
			return nil, nil, noNamed(e, name, args)
		}
		out[k], at[k], end = x, offs[i], max(end, k+1)
	}
	for k := end; k < len(params); k++ {
		if params[k].Default == nil && fn.Overloads(name) != nil && len(fn.Overloads(name)[0].Args) > end {
			return nil, nil, noNamed(e, name, args)
		}
	}
	for k := range out[:end] {
		if out[k] == nil {
			if params[k].Default == nil {
				return nil, nil, noNamed(e, name, args)
			}
			out[k], at[k] = plan.NewConst(params[k].Type, *params[k].Default), e.Pos()
		}
	}
	return out[:end], at[:end], nil
}

// noNamed is the error for a call whose names no function has.
func noNamed(e *ast.Func, name string, args []plan.Expr) error {
	list := make([]string, len(args))
	for i, a := range args {
		list[i] = a.Type().Base().String()
		if n := e.ArgNames[i]; n != "" {
			list[i] = n + " => " + list[i]
		}
	}
	return sqlerr.At(e.Pos(), pgerrcode.UndefinedFunction, "function %s(%s) does not exist", name, strings.Join(list, ", ")).
		WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
}

// noNames refuses named arguments where the function's parameters have no names.
func noNames(e *ast.Func) error {
	for i, n := range e.ArgNames {
		if n != "" {
			return sqlerr.Unsupported(e.ArgPos[i], "a named argument is not supported here")
		}
	}
	return nil
}
