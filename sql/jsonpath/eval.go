package jsonpath

import (
	"math"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/jsonb"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Query returns the items that the path selects in doc. vars is the object of
// variables, nil for none; check, if not nil, is asked now and then whether to
// go on.
func (p *Path) Query(doc, vars *jsonb.Value, check func() error) ([]jsonb.Value, error) {
	e := evaluator{root: doc, vars: vars, lax: !p.strict, ignore: !p.strict, size: -1, check: check}
	var out []jsonb.Value
	err := e.exec(p.root, doc, func(v *jsonb.Value) bool { out = append(out, *v); return true }, e.lax)
	return out, stopped(err)
}

// Exists reports whether the path selects anything in doc.
func (p *Path) Exists(doc, vars *jsonb.Value, check func() error) (bool, error) {
	e := evaluator{root: doc, vars: vars, lax: !p.strict, ignore: !p.strict, size: -1, check: check}
	found := false
	// In strict mode all items are needed, to know that there is no error.
	err := e.exec(p.root, doc, func(*jsonb.Value) bool { found = true; return p.strict }, e.lax)
	return found, stopped(err)
}

// PathError marks errors of the data, which silent functions suppress.
type PathError struct{ Err *sqlerr.Error }

func (e PathError) Error() string { return e.Err.Message }

func fail(code, format string, args ...any) error {
	return PathError{sqlerr.New(code, format, args...)}
}

// errStop ends an evaluation that has found enough.
var errStop = sqlerr.New(pgerrcode.InternalError, "stop")

func stopped(err error) error {
	if err == error(errStop) {
		return nil
	}
	return err
}

// evaluator is JsonPathExecContext.
type evaluator struct {
	root, vars, current *jsonb.Value
	lax                 bool
	ignore              bool // structural errors are not errors
	size                int  // of the innermost array in whose subscript we are, -1: none
	check               func() error
	steps, depth        int
}

// sink takes an item; false: no more are wanted.
type sink func(v *jsonb.Value) bool

// exec evaluates n and what follows it on v. With unwrap, arrays are taken apart
// where n wants something else.
func (e *evaluator) exec(n *node, v *jsonb.Value, out sink, unwrap bool) error {
	if e.steps++; e.steps&1023 == 0 && e.check != nil {
		if err := e.check(); err != nil {
			return err
		}
	}
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > jsonb.MaxDepth {
		return sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	if n.op.predicate() {
		res, err := e.test(n, v)
		if err != nil {
			return err
		}
		b := jsonb.NullValue
		if res != unknown {
			b = jsonb.BoolValue(res == yes)
		}
		return e.then(n, &b, out)
	}
	switch n.op {
	case opRoot:
		return e.then(n, e.root, out)
	case opCurrent:
		return e.then(n, e.current, out)
	case opKey, opAnyKey, opFilter:
		return e.member(n, v, out, unwrap)
	case opAnyArray, opIndex:
		return e.array(n, v, out)
	case opLast:
		if e.size < 0 {
			return sqlerr.New(pgerrcode.InternalError, "evaluating jsonpath LAST outside of array subscript")
		}
		x := jsonb.NumberValue(types.DecimalOf(int64(e.size)-1, 0))
		return e.then(n, &x, out)
	case opAny:
		return e.levels(n, v, out)
	case opMethod:
		return e.method(n, v, out, unwrap)
	case opDatetime:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "jsonpath item method .datetime() is not supported")
	case opAdd, opSub, opMul, opDiv, opMod:
		return e.arithmetic(n, v, out)
	case opPlus, opMinus:
		return e.sign(n, v, out)
	}
	x, err := e.literal(n)
	if err != nil {
		return err
	}
	return e.then(n, &x, out)
}

// then goes on with the accessor after n, or hands over the item.
func (e *evaluator) then(n *node, v *jsonb.Value, out sink) error {
	if n.next != nil {
		return e.exec(n.next, v, out, e.lax)
	}
	if !out(v) {
		return errStop
	}
	return nil
}

func (e *evaluator) literal(n *node) (jsonb.Value, error) {
	switch n.op {
	case opString:
		return jsonb.StringValue(n.str), nil
	case opNumber:
		return jsonb.NumberValue(n.num), nil
	case opBool:
		return jsonb.BoolValue(n.flag), nil
	case opVariable:
		if e.vars != nil {
			if x, ok := e.vars.Get(n.str); ok {
				return *x, nil
			}
		}
		return jsonb.Value{}, sqlerr.New(pgerrcode.UndefinedObject, "could not find jsonpath variable \"%s\"", n.str)
	}
	return jsonb.NullValue, nil
}

// each evaluates n on the elements of an array.
func (e *evaluator) each(n *node, v *jsonb.Value, out sink, unwrap bool) error {
	for i := range v.Elems {
		if err := e.exec(n, &v.Elems[i], out, unwrap); err != nil {
			return err
		}
	}
	return nil
}

// member is .key, .* and filters.
func (e *evaluator) member(n *node, v *jsonb.Value, out sink, unwrap bool) error {
	if v.Kind == jsonb.Array && unwrap {
		return e.each(n, v, out, false)
	}
	switch {
	case n.op == opFilter:
		old := e.current
		e.current = v
		res, err := e.test(n.left, v)
		e.current = old
		if err != nil || res != yes {
			return err
		}
		return e.then(n, v, out)
	case n.op == opAnyKey && v.Kind == jsonb.Object:
		return e.children(n.next, v, out, 1, 1, 1, false, e.lax)
	case n.op == opAnyKey:
		if e.ignore {
			return nil
		}
		return fail(pgerrcode.SQLJSONObjectNotFound, "jsonpath wildcard member accessor can only be applied to an object")
	case v.Kind == jsonb.Object:
		if x, ok := v.Get(n.str); ok {
			return e.then(n, x, out)
		}
		if e.ignore {
			return nil
		}
		return fail(pgerrcode.SQLJSONMemberNotFound, "JSON object does not contain key \"%s\"", n.str)
	case e.ignore:
		return nil
	}
	return fail(pgerrcode.SQLJSONMemberNotFound, "jsonpath member accessor can only be applied to an object")
}

// array is [*] and [subscripts].
func (e *evaluator) array(n *node, v *jsonb.Value, out sink) error {
	isArray := v.Kind == jsonb.Array
	if !isArray && !e.lax {
		if e.ignore {
			return nil
		}
		what := "array accessor"
		if n.op == opAnyArray {
			what = "wildcard array accessor"
		}
		return fail(pgerrcode.SQLJSONArrayNotFound, "jsonpath %s can only be applied to an array", what)
	}
	if n.op == opAnyArray {
		if !isArray {
			return e.then(n, v, out)
		}
		return e.children(n.next, v, out, 1, 1, 1, false, e.lax)
	}
	old := e.size
	defer func() { e.size = old }()
	size := 1
	if isArray {
		size = len(v.Elems)
	}
	for _, s := range n.subs {
		e.size = size
		from, err := e.index(s.from, v)
		if err != nil {
			return err
		}
		to := from
		if s.to != nil {
			if to, err = e.index(s.to, v); err != nil {
				return err
			}
		}
		e.size = old
		if !e.ignore && (from < 0 || from > to || to >= int64(size)) {
			return fail(pgerrcode.InvalidSQLJSONSubscript, "jsonpath array subscript is out of bounds")
		}
		for i := max(from, 0); i <= min(to, int64(size)-1); i++ {
			x := v
			if isArray {
				x = &v.Elems[i]
			}
			if err := e.then(n, x, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// index evaluates a subscript.
func (e *evaluator) index(n *node, v *jsonb.Value) (int64, error) {
	list, err := e.collect(n, v, false)
	if err != nil {
		return 0, err
	}
	if len(list) != 1 || list[0].Kind != jsonb.Number {
		return 0, fail(pgerrcode.InvalidSQLJSONSubscript, "jsonpath array subscript is not a single numeric value")
	}
	i, ok := list[0].Num.Trunc(0).Int64()
	if !ok || i != int64(int32(i)) {
		return 0, fail(pgerrcode.InvalidSQLJSONSubscript, "jsonpath array subscript is out of integer range")
	}
	return i, nil
}

// levels is **.
func (e *evaluator) levels(n *node, v *jsonb.Value, out sink) error {
	if n.first == 0 {
		old := e.ignore
		e.ignore = true
		err := e.then(n, v, out)
		e.ignore = old
		if err != nil {
			return err
		}
	}
	if v.IsScalar() {
		return nil
	}
	return e.children(n.next, v, out, 1, n.first, n.last, true, e.lax)
}

// children is executeAnyItem: it goes through the elements or values of v and,
// up to level last, of what is inside them.
func (e *evaluator) children(n *node, v *jsonb.Value, out sink, level, first, last uint32, ignore, unwrap bool) error {
	if level > last {
		return nil
	}
	visit := func(x *jsonb.Value) error {
		leaf := x.IsScalar()
		if level >= first || first == maxLevel && last == maxLevel && leaf {
			if err := e.visit(n, x, out, ignore, unwrap); err != nil {
				return err
			}
		}
		if level < last && !leaf {
			return e.children(n, x, out, level+1, first, last, ignore, unwrap)
		}
		return nil
	}
	for i := range v.Elems {
		if err := visit(&v.Elems[i]); err != nil {
			return err
		}
	}
	for i := range v.Pairs {
		if err := visit(&v.Pairs[i].Val); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluator) visit(n *node, x *jsonb.Value, out sink, ignore, unwrap bool) error {
	if n == nil {
		if !out(x) {
			return errStop
		}
		return nil
	}
	if ignore {
		defer func(old bool) { e.ignore = old }(e.ignore)
		e.ignore = true
	}
	return e.exec(n, x, out, unwrap)
}

// collect evaluates n on v; with unwrap, in lax mode, arrays among the items are
// replaced by their elements.
func (e *evaluator) collect(n *node, v *jsonb.Value, unwrap bool) ([]jsonb.Value, error) {
	var list []jsonb.Value
	err := e.exec(n, v, func(x *jsonb.Value) bool {
		if unwrap && e.lax && x.Kind == jsonb.Array {
			list = append(list, x.Elems...)
		} else {
			list = append(list, *x)
		}
		return true
	}, e.lax)
	return list, err
}

// arithmetic is a binary operator of numbers.
func (e *evaluator) arithmetic(n *node, v *jsonb.Value, out sink) error {
	var nums [2]types.Decimal
	for i, side := range []*node{n.left, n.right} {
		list, err := e.collect(side, v, true)
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].Kind != jsonb.Number {
			return fail(pgerrcode.SingletonSQLJSONItemRequired, "%s operand of jsonpath operator %s is not a single numeric value",
				[]string{"left", "right"}[i], opText[n.op])
		}
		nums[i] = list[0].Num
	}
	var d types.Decimal
	var err error
	switch n.op {
	case opAdd:
		d, err = nums[0].Add(nums[1])
	case opSub:
		d, err = nums[0].Sub(nums[1])
	case opMul:
		d, err = nums[0].Mul(nums[1])
	case opDiv:
		d, err = nums[0].Div(nums[1])
	default:
		d, err = nums[0].Mod(nums[1])
	}
	if err != nil {
		return PathError{sqlerr.From(err)}
	}
	x := jsonb.NumberValue(d)
	return e.then(n, &x, out)
}

// sign is unary + and -, of every number that there is.
func (e *evaluator) sign(n *node, v *jsonb.Value, out sink) error {
	list, err := e.collect(n.left, v, true)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Kind != jsonb.Number {
			return fail(pgerrcode.SQLJSONNumberNotFound, "operand of unary jsonpath operator %s is not a numeric value", opText[n.op])
		}
		if n.op == opMinus {
			list[i].Num = list[i].Num.Neg()
		}
		if err := e.then(n, &list[i], out); err != nil {
			return err
		}
	}
	return nil
}

// method is .type(), .size() and the functions of numbers.
func (e *evaluator) method(n *node, v *jsonb.Value, out sink, unwrap bool) error {
	switch n.str {
	case "type":
		x := jsonb.StringValue(v.TypeName())
		return e.then(n, &x, out)
	case "size":
		size := 1
		if v.Kind == jsonb.Array {
			size = len(v.Elems)
		} else if !e.lax && !e.ignore {
			return fail(pgerrcode.SQLJSONArrayNotFound, "jsonpath item method .%s() can only be applied to an array", n.str)
		}
		x := jsonb.NumberValue(types.DecimalOf(int64(size), 0))
		return e.then(n, &x, out)
	}
	if unwrap && v.Kind == jsonb.Array {
		return e.each(n, v, out, false)
	}
	switch n.str {
	case "keyvalue":
		return e.keyValue(n, v, out)
	case "double":
		x, err := toDouble(v)
		if err != nil {
			return err
		}
		return e.then(n, &x, out)
	}
	if v.Kind != jsonb.Number {
		return fail(pgerrcode.NonNumericSQLJSONItem, "jsonpath item method .%s() can only be applied to a numeric value", n.str)
	}
	d := v.Num
	switch n.str {
	case "abs":
		d = d.Abs()
	case "floor", "ceiling":
		t := d.Trunc(0)
		one := types.DecimalOf(1, 0)
		if c := t.Cmp(d); c > 0 && n.str == "floor" {
			t, _ = t.Sub(one)
		} else if c < 0 && n.str == "ceiling" {
			t, _ = t.Add(one)
		}
		d = t
	}
	x := jsonb.NumberValue(d)
	return e.then(n, &x, out)
}

// toDouble is .double().
func toDouble(v *jsonb.Value) (jsonb.Value, error) {
	switch v.Kind {
	case jsonb.Number:
		if math.IsInf(v.Num.Float64(), 0) {
			return *v, fail(pgerrcode.NonNumericSQLJSONItem, "numeric argument of jsonpath item method .%s() is out of range for type double precision", "double")
		}
		return *v, nil
	case jsonb.String:
		f, err := types.ParseFloat(v.Str, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return *v, fail(pgerrcode.NonNumericSQLJSONItem,
				"string argument of jsonpath item method .%s() is not a valid representation of a double precision number", "double")
		}
		d, err := types.DecimalFromFloat(f, 64)
		return jsonb.NumberValue(d), err
	}
	return *v, fail(pgerrcode.NonNumericSQLJSONItem, "jsonpath item method .%s() can only be applied to a string or numeric value", "double")
}

// keyValue makes {"key", "value", "id"} of each pair; the id tells objects of a
// document apart.
func (e *evaluator) keyValue(n *node, v *jsonb.Value, out sink) error {
	if v.Kind != jsonb.Object {
		return fail(pgerrcode.SQLJSONObjectNotFound, "jsonpath item method .%s() can only be applied to an object", n.str)
	}
	id := jsonb.NumberValue(types.DecimalOf(objectID(e.root, v), 0))
	for _, p := range v.Pairs {
		x := jsonb.ObjectOf([]jsonb.Pair{{Key: "id", Val: id}, {Key: "key", Val: jsonb.StringValue(p.Key)}, {Key: "value", Val: p.Val}})
		if err := e.then(n, &x, out); err != nil {
			return err
		}
	}
	return nil
}

// hasPrefix is starts with.
func hasPrefix(a, b *jsonb.Value) truth {
	if a.Kind != jsonb.String || b.Kind != jsonb.String {
		return unknown
	}
	return truthOf(strings.HasPrefix(a.Str, b.Str))
}
