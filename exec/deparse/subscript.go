package deparse

import (
	"fmt"

	"tagd/sql/ast"
)

// subscript is transformContainerSubscripts.
func (a *analyzer) subscript(lv *level, e *ast.Subscript) (node, error) {
	x, err := a.expr(lv, e.X)
	if err != nil {
		return nil, err
	}
	out, ok := x.(*subscriptNode)
	if inner, isSub := e.X.(*ast.Subscript); !ok || !isSub || inner == nil || e.Apart {
		out = &subscriptNode{x: x}
	} else {
		c := *out
		out = &c
		x = c.x
	}
	elem := a.elemOf(x.typ())
	if x.typ() == 3802 {
		return a.jsonSubscript(lv, e, out)
	}
	if elem == 0 {
		return nil, fmt.Errorf("cannot subscript type %d", x.typ())
	}
	bound := func(b ast.Expr) (node, error) {
		if b == nil {
			return nil, nil
		}
		y, err := a.expr(lv, b)
		if err != nil {
			return nil, err
		}
		return a.coerceTo(y, tInt4, -1, ctxAssign, formImplicit)
	}
	lo, err := bound(e.Lo)
	if err != nil {
		return nil, err
	}
	hi, err := bound(e.Hi)
	if err != nil {
		return nil, err
	}
	if !e.Slice {
		lo, hi = nil, lo
	}
	out.lo, out.up, out.slice = append(out.lo, lo), append(out.up, hi), append(out.slice, e.Slice)
	out.ret, out.mod = elem, typmod(x)
	for _, s := range out.slice {
		if s {
			out.ret = a.base(x.typ())
		}
	}
	return out, nil
}

func (a *analyzer) jsonSubscript(lv *level, e *ast.Subscript, out *subscriptNode) (node, error) {
	if e.Slice {
		return nil, fmt.Errorf("jsonb subscript does not support slices")
	}
	y, err := a.expr(lv, e.Lo)
	if err != nil {
		return nil, err
	}
	to := uint32(tText)
	if y.typ() == tInt4 {
		to = tInt4
	}
	if y, err = a.coerceType(y, to, -1, ctxImplicit, formImplicit); err != nil {
		return nil, err
	}
	out.lo, out.up, out.slice = append(out.lo, nil), append(out.up, y), append(out.slice, false)
	out.ret, out.mod = 3802, -1
	return out, nil
}

// field is ParseComplexProjection.
func (a *analyzer) field(lv *level, e *ast.Field) (node, error) {
	x, err := a.expr(lv, e.X)
	if err != nil {
		return nil, err
	}
	if v, ok := x.(*varNode); ok && v.att == 0 {
		for i := range v.rte.cols {
			if c := &v.rte.cols[i]; c.name == e.Name && !c.hidden {
				return v.rte.ref(i), nil
			}
		}
	}
	if f, ok := x.(*funcNode); ok && f.p != nil {
		for _, o := range f.p.outs {
			if o.name == e.Name {
				return &fieldNode{x, o.name, o.typ, -1}, nil
			}
		}
	}
	for _, c := range a.cat.Attributes(x.typ()) {
		if c.Name == e.Name {
			return &fieldNode{x, c.Name, c.Type, c.Mod}, nil
		}
	}
	return nil, fmt.Errorf("field %s is not known", e.Name)
}

// allFields is (x).* (ExpandRowReference).
func (a *analyzer) allFields(lv *level, e *ast.Field) ([]*target, error) {
	x, err := a.expr(lv, e.X)
	if err != nil {
		return nil, err
	}
	var out []*target
	if v, ok := x.(*varNode); ok && v.att == 0 {
		for i := range v.rte.cols {
			if c := &v.rte.cols[i]; !c.hidden {
				out = append(out, &target{x: v.rte.ref(i), name: c.name})
			}
		}
		return out, nil
	}
	for _, c := range a.cat.Attributes(x.typ()) {
		out = append(out, &target{x: &fieldNode{x, c.Name, c.Type, c.Mod}, name: c.Name})
	}
	if out == nil {
		return nil, fmt.Errorf("fields of a record are not known")
	}
	return out, nil
}
