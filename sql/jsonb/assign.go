package jsonb

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Assign is v after v[path...] = x: what the path needs and v has not is made
// (setPath of jsonfuncs.c with JB_PATH_FILL_GAPS). No step is nil.
func Assign(v *Value, path []*string, x *Value) (Value, error) {
	return assign(v, path, 0, x)
}

func assign(v *Value, path []*string, level int, x *Value) (Value, error) {
	switch {
	case level == len(path):
		return *x, nil
	case v.Kind == Object:
		return assignKey(v, path, level, x)
	case v.Kind == Array:
		return assignIndex(v, path, level, x)
	}
	return Value{}, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot replace existing key").
		WithDetail("The path assumes key is a composite object, but it is a scalar value.")
}

func assignKey(v *Value, path []*string, level int, x *Value) (Value, error) {
	out := append([]Pair(nil), v.Pairs...)
	for i := range out {
		if out[i].Key == *path[level] {
			n, err := assign(&out[i].Val, path, level+1, x)
			out[i].Val = n
			return Value{Kind: Object, Pairs: out}, err
		}
	}
	n, err := fill(path[level+1:], x)
	return ObjectOf(append(out, Pair{*path[level], n})), err
}

func assignIndex(v *Value, path []*string, level int, x *Value) (Value, error) {
	n := int64(len(v.Elems))
	idx, err := pathIndex(*path[level])
	if err != nil {
		return Value{}, sqlerr.New(pgerrcode.InvalidTextRepresentation, "path element at position %d is not an integer: \"%s\"", level+1, *path[level])
	}
	if idx < 0 && -idx > n {
		return Value{}, sqlerr.New(pgerrcode.InvalidParameterValue, "path element at position %d is out of range: %d", level+1, idx)
	}
	if idx < 0 {
		idx += n
	}
	out := append([]Value(nil), v.Elems...)
	if idx < n {
		out[idx], err = assign(&out[idx], path, level+1, x)
		return ArrayOf(out), err
	}
	if out, err = pad(out, idx); err != nil {
		return Value{}, err
	}
	last, err := fill(path[level+1:], x)
	return ArrayOf(append(out, last)), err
}

// fill is x inside as many new objects and arrays as the path has steps; a step
// that is an integer makes an array (push_path).
func fill(path []*string, x *Value) (Value, error) {
	if len(path) == 0 {
		return *x, nil
	}
	in, err := fill(path[1:], x)
	if err != nil {
		return in, err
	}
	idx, err := pathIndex(*path[0])
	if err != nil {
		return ObjectOf([]Pair{{*path[0], in}}), nil
	}
	out, err := pad(nil, idx)
	return ArrayOf(append(out, in)), err
}

// pad makes a list n long with nulls.
func pad(list []Value, n int64) ([]Value, error) {
	const most = 1 << 20 // far less than PostgreSQL's, which a server of many sessions cannot hold
	if n >= most {
		return nil, sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of jsonb array elements exceeds the maximum allowed (%d)", most-1)
	}
	for int64(len(list)) < n {
		list = append(list, NullValue)
	}
	return list, nil
}
