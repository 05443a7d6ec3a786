package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/jsonb"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, canonical := range []bool{false, true} {
		t := jsonType(canonical)
		list := func(c *Ctx, args []types.Type, _ types.Type) Acc {
			return &jsonAgg{c: c, t: args[0], canonical: canonical}
		}
		agg(t.String()+"_agg", ts{tElem}, t, list).Strict = false
		object := func(c *Ctx, args []types.Type, _ types.Type) Acc {
			return &jsonObjectAgg{c: c, key: args[0], t: args[1], canonical: canonical}
		}
		agg(t.String()+"_object_agg", ts{tAny, tAny}, t, object).Strict = false
	}
}

// jsonAgg is json_agg and jsonb_agg: the text of each group's elements.
type jsonAgg struct {
	c         *Ctx
	t         types.Type
	canonical bool
	buf       [][]byte // nil: no rows
	size      int64
}

func (a *jsonAgg) fit(n int) {
	for len(a.buf) < n {
		a.buf = append(a.buf, nil)
	}
}

func (a *jsonAgg) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	for i := range rows {
		g := groupOf(groups, i)
		d := args[0].Get(i)
		before := cap(a.buf[g])
		b := a.buf[g]
		if len(b) > 0 {
			b = append(b, ", "...)
			if !a.canonical && !d.Null && (a.t.Array || a.t.Kind == types.Record) {
				b = append(b, "\n "...)
			}
		}
		var err error
		if b, err = appendJSONAs(a.c, b, a.t, d, a.canonical); err != nil {
			return err
		}
		a.buf[g] = b
		a.size += int64(cap(b) - before)
	}
	return nil
}

func jsonType(canonical bool) types.Type {
	if canonical {
		return tJSONB
	}
	return tJSON
}

// appendJSONAs appends a value as json or, canonical, as jsonb.
func appendJSONAs(c *Ctx, dst []byte, t types.Type, d vec.Datum, canonical bool) ([]byte, error) {
	if !canonical {
		return appendJSON(c, dst, t, d, "")
	}
	v, err := jsonValue(c, t, d)
	return v.Append(dst), err
}

func (a *jsonAgg) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	o := src.(*jsonAgg)
	for g, b := range o.buf {
		if len(b) == 0 || g >= len(remap) {
			continue
		}
		to := remap[g]
		if len(a.buf[to]) > 0 {
			a.buf[to] = append(a.buf[to], ", "...)
			if !a.canonical && string(b) != "null" && (a.t.Array || a.t.Kind == types.Record) {
				a.buf[to] = append(a.buf[to], "\n "...)
			}
		}
		a.buf[to] = append(a.buf[to], b...)
		a.size += int64(len(b))
	}
	return nil
}

func (a *jsonAgg) Result(ngroups int) (*vec.Vector, error) {
	a.fit(ngroups)
	out := vec.New(jsonType(a.canonical), ngroups)
	for g := range ngroups {
		if len(a.buf[g]) == 0 {
			out.SetNull(g)
			continue
		}
		out.Str[g] = "[" + string(a.buf[g]) + "]"
	}
	return out, nil
}

func (a *jsonAgg) Bytes() int64 { return a.size + int64(cap(a.buf))*24 }

// jsonObjectAgg is json_object_agg and jsonb_object_agg.
type jsonObjectAgg struct {
	c         *Ctx
	key, t    types.Type
	canonical bool
	keys      [][]string
	vals      [][]string // JSON texts
	size      int64
}

func (a *jsonObjectAgg) fit(n int) {
	for len(a.keys) < n {
		a.keys, a.vals = append(a.keys, nil), append(a.vals, nil)
	}
}

func (a *jsonObjectAgg) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	for i := range rows {
		g := groupOf(groups, i)
		k := args[0].Get(i)
		if k.Null {
			return sqlerr.New(pgerrcode.InvalidParameterValue, "field name must not be null")
		}
		key, err := jsonKey(a.c, a.key, k)
		if err != nil {
			return err
		}
		val, err := appendJSONAs(a.c, nil, a.t, args[1].Get(i), a.canonical)
		if err != nil {
			return err
		}
		a.keys[g], a.vals[g] = append(a.keys[g], key), append(a.vals[g], string(val))
		a.size += int64(len(key)+len(val)) + 32
	}
	return nil
}

func (a *jsonObjectAgg) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	o := src.(*jsonObjectAgg)
	for g := range o.keys {
		if g < len(remap) {
			to := remap[g]
			a.keys[to], a.vals[to] = append(a.keys[to], o.keys[g]...), append(a.vals[to], o.vals[g]...)
		}
	}
	a.size += o.size
	return nil
}

func (a *jsonObjectAgg) Result(ngroups int) (*vec.Vector, error) {
	a.fit(ngroups)
	out := vec.New(jsonType(a.canonical), ngroups)
	for g := range ngroups {
		if len(a.keys[g]) == 0 {
			out.SetNull(g)
			continue
		}
		s, err := a.object(g)
		if err != nil {
			return nil, err
		}
		out.Str[g] = s
	}
	return out, nil
}

func (a *jsonObjectAgg) object(g int) (string, error) {
	if a.canonical {
		pairs := make([]jsonb.Pair, len(a.keys[g]))
		for i, k := range a.keys[g] {
			v, err := jsonb.Parse(a.vals[g][i])
			if err != nil {
				return "", err
			}
			pairs[i] = jsonb.Pair{Key: k, Val: v}
		}
		v := jsonb.ObjectOf(pairs)
		return v.Text(), nil
	}
	dst := []byte("{ ")
	for i, k := range a.keys[g] {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(jsonb.AppendString(dst, k), " : "...)
		dst = append(dst, a.vals[g][i]...)
	}
	return string(append(dst, " }"...)), nil
}

func (a *jsonObjectAgg) Bytes() int64 { return a.size + int64(cap(a.keys))*48 }
