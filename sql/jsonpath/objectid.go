package jsonpath

import "tagd/sql/jsonb"

// objectID is the id of keyvalue(): the place of the object in PostgreSQL's
// binary form of the document, counted from the root container. Sizes follow
// jsonb.h: a header and an entry of 4 bytes for each element, key and value, then
// the data; numbers and containers begin at a multiple of 4.
func objectID(root, v *jsonb.Value) int64 {
	if at, ok := place(root, v, 0); ok {
		return at
	}
	return 0
}

// place finds v in container c, which begins at base.
func place(c, v *jsonb.Value, base int64) (int64, bool) {
	if c == v {
		return base, true
	}
	at := base + 4 + 4*int64(len(c.Elems)+2*len(c.Pairs))
	for i := range c.Pairs {
		at += int64(len(c.Pairs[i].Key))
	}
	inside := func(x *jsonb.Value) (int64, bool) {
		if !x.IsScalar() {
			p := align(at)
			if id, ok := place(x, v, p); ok {
				return id, true
			}
		}
		at += sizeAt(x, at)
		return 0, false
	}
	for i := range c.Elems {
		if id, ok := inside(&c.Elems[i]); ok {
			return id, true
		}
	}
	for i := range c.Pairs {
		if id, ok := inside(&c.Pairs[i].Val); ok {
			return id, true
		}
	}
	return 0, false
}

func align(at int64) int64 { return (at + 3) &^ 3 }

// sizeAt is the number of bytes, padding in front included, of x at a place.
func sizeAt(x *jsonb.Value, at int64) int64 {
	pad := align(at) - at
	switch x.Kind {
	case jsonb.String:
		return int64(len(x.Str))
	case jsonb.Number:
		return pad + numericSize(x)
	case jsonb.Array, jsonb.Object:
		p := align(at) + 4 + 4*int64(len(x.Elems)+2*len(x.Pairs))
		for i := range x.Pairs {
			p += int64(len(x.Pairs[i].Key))
		}
		for i := range x.Elems {
			p += sizeAt(&x.Elems[i], p)
		}
		for i := range x.Pairs {
			p += sizeAt(&x.Pairs[i].Val, p)
		}
		return p - at
	}
	return 0
}

// numericSize is the size of a numeric in its short form: a length word, a
// header of two bytes and two bytes for each four digits.
func numericSize(x *jsonb.Value) int64 {
	return 4 + 2 + int64(len(x.Num.AppendBinary(nil))-8)
}
