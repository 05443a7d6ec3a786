package deparse

import (
	"fmt"
	"strconv"

	"tagd/sql/ast"
	"tagd/sql/types"
)

// Column is a column of a Relation: the name by which the text refers to it and
// the one it has now. Hidden: the text knows nothing of it. Num is the number of an
// attribute of a composite type.
type Column struct {
	Name, Real string
	Type       uint32
	Mod        int32
	Hidden     bool
	Num        uint32
}

// Relation is what a name in FROM means. Shown is its name as SQL writes it now.
type Relation struct {
	OID         uint32
	Name, Shown string
	RowType     uint32
	Columns     []Column
}

// UserType is a type that pg_type does not have from the start.
type UserType struct {
	OID         uint32
	Name        string
	Kind        byte // typtype
	Category    byte
	Elem, Array uint32
	Base        uint32
	BaseMod     int32
}

// Catalog is the state of a database that an analysis asks for.
type Catalog interface {
	// Relation finds what a name of the text means; nil for none.
	Relation(schema, name string) *Relation
	// TypeName resolves a type as written.
	TypeName(n ast.TypeName) (types.Type, error)
	// Type returns a user's type.
	Type(oid uint32) (UserType, bool)
	// Attributes are those of a composite type, nil for another.
	Attributes(oid uint32) []Column
	// Format is format_type with a modifier.
	Format(oid uint32, mod int32) string
	// Literal is the output form of a text that is read as a value of a type; of a
	// regclass its OID.
	Literal(oid uint32, mod int32, text string) (out string, reg uint32, err error)
	// RegClass names a relation as its output function does.
	RegClass(oid uint32) string
}

// maxDepth bounds the nesting of what is analyzed.
const maxDepth = 1000

// analyzer turns trees as written into queries. An error means that the text is
// beyond what it knows.
type analyzer struct {
	cat   Catalog
	ctes  []*cteDef // in sight, the nearest last
	value *domainValueNode
	depth int
}

// level is the name space of a query: its entries in sight, and those of the
// queries around.
type level struct {
	up      *level
	rels    []*rte // in the order of FROM
	q       *query
	lateral bool // only for what stands left in FROM
}

func (a *analyzer) enter() error {
	if a.depth++; a.depth > maxDepth {
		return fmt.Errorf("the query is nested too deeply")
	}
	return nil
}

func (a *analyzer) exprs(lv *level, list []ast.Expr) ([]node, error) {
	out := make([]node, len(list))
	for i, e := range list {
		x, err := a.expr(lv, e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// expr is transformExpr.
func (a *analyzer) expr(lv *level, e ast.Expr) (node, error) {
	if err := a.enter(); err != nil {
		return nil, err
	}
	defer func() { a.depth-- }()
	switch e := e.(type) {
	case *ast.Literal:
		return literal(e)
	case *ast.Column:
		return a.column(lv, e)
	case *ast.Op:
		return a.opExpr(lv, e)
	case *ast.AnyAll:
		return a.anyAll(lv, e)
	case *ast.Bool:
		return a.boolExpr(lv, e)
	case *ast.IsTest:
		return a.isTest(lv, e)
	case *ast.Distinct:
		return a.distinct(lv, e)
	case *ast.In:
		return a.in(lv, e)
	case *ast.Between:
		return a.between(lv, e)
	case *ast.Func:
		return a.call(lv, e)
	case *ast.Case:
		return a.caseExpr(lv, e)
	case *ast.Cast:
		return a.cast(lv, e)
	case *ast.Array:
		return a.array(lv, e, 0, 0, -1)
	case *ast.Row:
		args, err := a.rowColumns(lv, e.Elems)
		return &rowNode{args: args}, err
	case *ast.Subscript:
		return a.subscript(lv, e)
	case *ast.Field:
		return a.field(lv, e)
	case *ast.Collate:
		x, err := a.expr(lv, e.X)
		if err == nil && x.typ() == tUnknown {
			x, err = a.coerceType(x, tText, -1, ctxImplicit, formImplicit)
		}
		return &collateNode{x, e.Name[len(e.Name)-1]}, err
	case *ast.Subquery:
		return a.subquery(lv, e)
	}
	return nil, fmt.Errorf("%T is not known", e)
}

// literal is make_const.
func literal(l *ast.Literal) (node, error) {
	c := &constNode{mod: -1, text: l.Text}
	switch l.Kind {
	case ast.LitNull:
		c.t, c.null = tUnknown, true
	case ast.LitString:
		c.t = tUnknown
	case ast.LitBool:
		c.t = tBool
	case ast.LitBits:
		text, err := types.ParseBits(types.Of(types.VarBit), l.Text)
		if err != nil {
			return nil, err
		}
		c.t, c.text = tBit, text
	case ast.LitInt:
		n, err := strconv.ParseInt(l.Text, 10, 64)
		if err != nil {
			return nil, err
		}
		if c.t = tInt8; n == int64(int32(n)) {
			c.t = tInt4
		}
	default:
		d, err := types.ParseDecimal(l.Text)
		if err != nil {
			return nil, err
		}
		c.t, c.text = tNumeric, d.String()
	}
	return c, nil
}

func negate(t string) string {
	if t != "" && t[0] == '-' {
		return t[1:]
	}
	return "-" + t
}

func isNullConst(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.Kind == ast.LitNull
}

// makeOp is make_op.
func (a *analyzer) makeOp(name string, l, r node) (node, error) {
	if name == "!=" {
		name = "<>"
	}
	lt, args := uint32(0), []node{r}
	if l != nil {
		lt, args = l.typ(), []node{l, r}
	}
	o, err := a.findOp(name, lt, r.typ())
	if err != nil {
		return nil, err
	}
	to := []uint32{o.right}
	if l != nil {
		to = []uint32{o.left, o.right}
	}
	ret, err := a.arguments(args, to, o.result)
	return &opNode{o, name, args, ret}, err
}

// arguments coerces the arguments of a call and returns the type of its result.
func (a *analyzer) arguments(args []node, to []uint32, ret uint32) (uint32, error) {
	in := make([]uint32, len(args))
	for i, x := range args {
		in[i] = x.typ()
	}
	to, ret = a.resolveGeneric(in, to[:len(args)], ret)
	for i := range args {
		x, err := a.implicit(args[i], to[i])
		if err != nil {
			return 0, err
		}
		args[i] = x
	}
	return ret, nil
}

func (a *analyzer) opExpr(lv *level, e *ast.Op) (node, error) {
	if e.Name == "<=>" && e.L != nil {
		return a.distinct(lv, &ast.Distinct{At: e.At, L: e.L, R: e.R, Not: true})
	}
	if l, ok := e.R.(*ast.Literal); ok && e.L == nil && e.Name == "-" && (l.Kind == ast.LitInt || l.Kind == ast.LitDecimal) {
		n := *l
		n.Text = negate(l.Text)
		return literal(&n)
	}
	if l, ok := e.L.(*ast.Row); ok {
		if r, ok := e.R.(*ast.Row); ok {
			return a.rowCompare(lv, e.Name, l, r)
		}
	}
	var l node
	var err error
	if e.L != nil {
		if l, err = a.expr(lv, e.L); err != nil {
			return nil, err
		}
	}
	r, err := a.expr(lv, e.R)
	if err != nil {
		return nil, err
	}
	return a.makeOp(e.Name, l, r)
}

func (a *analyzer) caseExpr(lv *level, e *ast.Case) (node, error) {
	out := &caseNode{}
	var test node
	if e.X != nil {
		x, err := a.expr(lv, e.X)
		if err == nil && x.typ() == tUnknown {
			x, err = a.coerceType(x, tText, -1, ctxImplicit, formImplicit)
		}
		if err != nil {
			return nil, err
		}
		out.x, test = x, &caseTestNode{x.typ()}
	}
	arms := []node{&constNode{t: tUnknown, mod: -1, null: true}}
	if e.Else != nil {
		x, err := a.expr(lv, e.Else)
		if err != nil {
			return nil, err
		}
		arms[0] = x
	}
	for _, w := range e.Whens {
		c, err := a.expr(lv, w.Cond)
		if err == nil && test != nil {
			c, err = a.makeOp("=", test, c)
		}
		if err != nil {
			return nil, err
		}
		if c, err = a.boolean(c); err != nil {
			return nil, err
		}
		t, err := a.expr(lv, w.Then)
		if err != nil {
			return nil, err
		}
		out.whens, arms = append(out.whens, whenNode{cond: c}), append(arms, t)
	}
	t, err := a.common(arms)
	if err != nil {
		return nil, err
	}
	out.ret, out.els = t, arms[0]
	for i := range out.whens {
		out.whens[i].then = arms[i+1]
	}
	return out, nil
}

func (a *analyzer) cast(lv *level, e *ast.Cast) (node, error) {
	t, err := a.cat.TypeName(e.Type)
	if err != nil {
		return nil, err
	}
	to, mod := typeOID(t), t.WireMod()
	if t.Domain() != nil {
		mod = -1
	}
	if arr, ok := e.X.(*ast.Array); ok {
		if elem := a.elemOf(to); elem != 0 {
			x, err := a.array(lv, arr, a.base(to), elem, mod)
			if err != nil {
				return nil, err
			}
			return a.coerceTo(x, to, mod, ctxExplicit, formCast)
		}
	}
	x, err := a.expr(lv, e.X)
	if err != nil {
		return nil, err
	}
	return a.coerceTo(x, to, mod, ctxExplicit, formCast)
}

// typeOID is pg_type's OID of a type, a domain's own.
func typeOID(t types.Type) uint32 {
	if d := t.Domain(); d != nil {
		return d.OID
	}
	return t.OID()
}

// array is transformArrayExpr; elem 0: the elements decide.
func (a *analyzer) array(lv *level, e *ast.Array, arr, elem uint32, mod int32) (node, error) {
	out := &arrayNode{}
	for _, x := range e.Elems {
		var y node
		var err error
		if in, ok := x.(*ast.Array); ok {
			out.multi = true
			y, err = a.array(lv, in, arr, elem, mod)
		} else {
			y, err = a.expr(lv, x)
		}
		if err != nil {
			return nil, err
		}
		out.elems = append(out.elems, y)
	}
	if arr != 0 {
		out.t = arr
		to := elem
		if out.multi {
			to = arr
		}
		for i, x := range out.elems {
			y, err := a.coerceTo(x, to, mod, ctxExplicit, formCast)
			if err != nil {
				return nil, err
			}
			out.elems[i] = y
		}
		return out, nil
	}
	if len(out.elems) == 0 {
		return nil, fmt.Errorf("cannot determine type of empty array")
	}
	t, err := a.common(out.elems)
	if err != nil {
		return nil, err
	}
	if out.t = t; !out.multi {
		out.t = a.arrayOf(t)
	}
	return out, nil
}

// subquery is transformSubLink.
func (a *analyzer) subquery(lv *level, e *ast.Subquery) (node, error) {
	q, err := a.selectStmt(e.Query, lv)
	if err != nil {
		return nil, err
	}
	cols := q.shown()
	out := &subLinkNode{q: q, mod: -1}
	switch e.Kind {
	case ast.SubExists:
		out.kind, out.ret = "EXISTS", tBool
		return out, nil
	case ast.SubScalar:
		out.kind, out.ret, out.mod = "EXPR", cols[0].x.typ(), typmod(cols[0].x)
		return out, nil
	case ast.SubArray:
		out.kind, out.ret, out.mod = "ARRAY", a.arrayOf(cols[0].x.typ()), typmod(cols[0].x)
		return out, nil
	}
	out.kind, out.op, out.ret = "ANY", e.Name, tBool
	if e.Kind == ast.SubAll {
		out.kind = "ALL"
	}
	if out.op == "!=" {
		out.op = "<>"
	}
	left, err := a.leftOf(lv, e.X)
	if err != nil {
		return nil, err
	}
	if len(left) != len(cols) {
		return nil, fmt.Errorf("subquery has another number of columns")
	}
	for i, l := range left {
		op, err := a.makeOp(out.op, l, &varNode{t: cols[i].x.typ(), mod: typmod(cols[i].x)})
		if err != nil {
			return nil, err
		}
		out.test = append(out.test, op.(*opNode).args[0])
	}
	return out, nil
}

func (a *analyzer) leftOf(lv *level, e ast.Expr) ([]node, error) {
	if r, ok := e.(*ast.Row); ok {
		return a.exprs(lv, r.Elems)
	}
	x, err := a.expr(lv, e)
	return []node{x}, err
}
