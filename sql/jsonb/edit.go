package jsonb

import (
	"math"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Index returns element i of an array, counted from the end if negative.
func (v *Value) Index(i int64) (*Value, bool) {
	if v.Kind != Array {
		return nil, false
	}
	if i < 0 {
		i += int64(len(v.Elems))
	}
	if i < 0 || i >= int64(len(v.Elems)) {
		return nil, false
	}
	return &v.Elems[i], true
}

// Step goes to the part of v that a path element names: a key of an object, an
// index of an array.
func (v *Value) Step(key string) (*Value, bool) {
	switch v.Kind {
	case Object:
		return v.Get(key)
	case Array:
		if i, err := pathIndex(key); err == nil {
			return v.Index(i)
		}
	}
	return nil, false
}

// pathIndex reads an array index as strtoint does: blanks and a sign before it
// are all right, anything after it is not.
func pathIndex(s string) (int64, error) {
	for s != "" && (s[0] == ' ' || s[0] >= '\t' && s[0] <= '\r') {
		s = s[1:]
	}
	return strconv.ParseInt(s, 10, 32)
}

// Concat is the operator ||.
func Concat(a, b *Value) Value {
	if a.Kind == Object && b.Kind == Object {
		return ObjectOf(append(append([]Pair(nil), a.Pairs...), b.Pairs...))
	}
	list := func(v *Value) []Value {
		if v.Kind == Array {
			return v.Elems
		}
		return []Value{*v}
	}
	return ArrayOf(append(append([]Value(nil), list(a)...), list(b)...))
}

func errScalar(what string) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "cannot %s scalar", what)
}

// DeleteKeys removes keys from an object, strings from an array.
func (v *Value) DeleteKeys(keys []string) (Value, error) {
	gone := func(s string) bool {
		for _, k := range keys {
			if k == s {
				return true
			}
		}
		return false
	}
	switch v.Kind {
	case Object:
		var out []Pair
		for _, p := range v.Pairs {
			if !gone(p.Key) {
				out = append(out, p)
			}
		}
		return Value{Kind: Object, Pairs: out}, nil
	case Array:
		var out []Value
		for _, e := range v.Elems {
			if e.Kind != String || !gone(e.Str) {
				out = append(out, e)
			}
		}
		return ArrayOf(out), nil
	}
	return Value{}, errScalar("delete from")
}

// DeleteIndex removes an element of an array; there may be none.
func (v *Value) DeleteIndex(i int64) (Value, error) {
	switch v.Kind {
	case Object:
		return Value{}, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot delete from object using integer index")
	case Array:
		if i < 0 {
			i += int64(len(v.Elems))
		}
		if i < 0 || i >= int64(len(v.Elems)) {
			return *v, nil
		}
		return ArrayOf(append(append([]Value(nil), v.Elems[:i]...), v.Elems[i+1:]...)), nil
	}
	return Value{}, errScalar("delete from")
}

// PathOp is what SetPath does at the end of the path.
type PathOp uint8

// The operations: of jsonb_set with and without create_missing, of jsonb_insert,
// and of #-.
const (
	PathCreate PathOp = iota
	PathReplace
	PathInsertBefore
	PathInsertAfter
	PathDelete
)

func (o PathOp) adds() bool { return o == PathCreate || o == PathInsertBefore || o == PathInsertAfter }

// SetPath is setPath of jsonfuncs.c: v with the part at path changed. A nil
// element of path is NULL.
func SetPath(v *Value, path []*string, x *Value, op PathOp) (Value, error) {
	if v.IsScalar() {
		if op == PathDelete {
			return Value{}, errScalar("delete path in")
		}
		return Value{}, errScalar("set path in")
	}
	if len(v.Elems)+len(v.Pairs) == 0 && (op == PathReplace || op == PathDelete) || len(path) == 0 {
		return *v, nil
	}
	return setPath(v, path, 0, x, op)
}

func setPath(v *Value, path []*string, level int, x *Value, op PathOp) (Value, error) {
	if path[level] == nil {
		return Value{}, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "path element at position %d is null", level+1)
	}
	switch v.Kind {
	case Object:
		return setInObject(v, path, level, x, op)
	case Array:
		return setInArray(v, path, level, x, op)
	}
	return *v, nil
}

func setInObject(v *Value, path []*string, level int, x *Value, op PathOp) (Value, error) {
	key, last := *path[level], level == len(path)-1
	out := append([]Pair(nil), v.Pairs...)
	for i := range out {
		if out[i].Key != key {
			continue
		}
		switch {
		case !last:
			n, err := setPath(&out[i].Val, path, level+1, x, op)
			if err != nil {
				return n, err
			}
			out[i].Val = n
		case op == PathInsertBefore || op == PathInsertAfter:
			return Value{}, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot replace existing key").
				WithHint("Try using the function jsonb_set to replace key value.")
		case op == PathDelete:
			out = append(out[:i], out[i+1:]...)
		default:
			out[i].Val = *x
		}
		return Value{Kind: Object, Pairs: out}, nil
	}
	if last && op.adds() {
		out = append(out, Pair{key, *x})
	}
	return ObjectOf(out), nil
}

func setInArray(v *Value, path []*string, level int, x *Value, op PathOp) (Value, error) {
	n, last := int64(len(v.Elems)), level == len(path)-1
	idx, err := pathIndex(*path[level])
	if err != nil {
		return Value{}, sqlerr.New(pgerrcode.InvalidTextRepresentation, "path element at position %d is not an integer: \"%s\"", level+1, *path[level])
	}
	if idx < 0 {
		if idx += n; idx < 0 {
			idx = math.MinInt32
		}
	}
	idx = min(idx, n)
	var out []Value
	done := false
	if (idx < 0 || n == 0) && last && op.adds() {
		out, done = append(out, *x), true
	}
	for i := range v.Elems {
		e := &v.Elems[i]
		switch {
		case int64(i) != idx:
			out = append(out, *e)
			continue
		case !last:
			c, err := setPath(e, path, level+1, x, op)
			if err != nil {
				return c, err
			}
			out = append(out, c)
		case op == PathInsertBefore:
			out = append(out, *x, *e)
		case op == PathInsertAfter:
			out = append(out, *e, *x)
		case op != PathDelete:
			out = append(out, *x)
		}
		done = true
	}
	if !done && last && op.adds() {
		out = append(out, *x)
	}
	return ArrayOf(out), nil
}

// StripNulls removes pairs with a null, at every depth.
func (v *Value) StripNulls() Value {
	switch v.Kind {
	case Array:
		out := make([]Value, len(v.Elems))
		for i := range v.Elems {
			out[i] = v.Elems[i].StripNulls()
		}
		return ArrayOf(out)
	case Object:
		var out []Pair
		for _, p := range v.Pairs {
			if p.Val.Kind != Null {
				out = append(out, Pair{p.Key, p.Val.StripNulls()})
			}
		}
		return Value{Kind: Object, Pairs: out}
	}
	return *v
}

// AppendCompact appends a raw value without blanks and, with strip, without
// pairs that have a null: the form of json_strip_nulls.
func (v *Value) AppendCompact(dst []byte, strip bool) []byte {
	switch v.Kind {
	case Array:
		dst = append(dst, '[')
		for i := range v.Elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.Elems[i].AppendCompact(dst, strip)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		first := true
		for i := range v.Pairs {
			if strip && v.Pairs[i].Val.Kind == Null {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(AppendString(dst, v.Pairs[i].Key), ':')
			dst = v.Pairs[i].Val.AppendCompact(dst, strip)
		}
		return append(dst, '}')
	case String:
		return AppendString(dst, v.Str)
	}
	return append(dst, v.Src...)
}

// TypeName is jsonb_typeof.
func (v *Value) TypeName() string {
	return [...]string{Null: "null", String: "string", Number: "number", False: "boolean", True: "boolean", Array: "array", Object: "object"}[v.Kind]
}
