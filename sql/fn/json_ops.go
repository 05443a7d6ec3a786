package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/jsonb"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tJSON, tJSONB} {
		child := func(r row) (*jsonb.Value, bool, error) {
			v, err := r.json(0)
			if err != nil {
				return nil, false, err
			}
			if r.t(1).Phys() == types.PhysInt {
				if t.Kind == types.JSONB && v.IsScalar() { // which is an array of one inside
					v = jsonb.ArrayOf([]jsonb.Value{v})
				}
				x, ok := v.Index(r.int(1))
				return x, ok, nil
			}
			if v.Kind != jsonb.Object {
				return nil, false, nil
			}
			x, ok := v.Get(r.s(1))
			return x, ok, nil
		}
		for _, key := range []types.Type{tText, tI4} {
			op("->", t, key, t, rows(t, jsonPart(t, child)))
			op("->>", t, key, tText, rows(tText, jsonPart(tText, child)))
		}
		op("#>", t, tTexts, t, rows(t, jsonPart(t, jsonAtPath)))
		op("#>>", t, tTexts, tText, rows(tText, jsonPart(tText, jsonAtPath)))
		name := t.String() + "_extract_path"
		def(name, ts{t, tText}, t, rows(t, jsonPart(t, jsonAtArgs)), variadic)
		def(name+"_text", ts{t, tText}, tText, rows(tText, jsonPart(tText, jsonAtArgs)), variadic)
	}
	jsonbTest := func(f func(a, b *jsonb.Value) bool) impl {
		return rows(tBool, func(r row) (vec.Datum, error) {
			a, err := r.json(0)
			if err != nil {
				return null, err
			}
			b, err := r.json(1)
			return dB(err == nil && f(&a, &b)), err
		})
	}
	op("@>", tJSONB, tJSONB, tBool, jsonbTest(jsonb.Contains))
	op("<@", tJSONB, tJSONB, tBool, jsonbTest(func(a, b *jsonb.Value) bool { return jsonb.Contains(b, a) }))
	op("?", tJSONB, tText, tBool, rows(tBool, func(r row) (vec.Datum, error) {
		v, err := r.json(0)
		return dB(v.Exists(r.s(1))), err
	}))
	op("?|", tJSONB, tTexts, tBool, rows(tBool, func(r row) (vec.Datum, error) { return jsonExists(r, false) }))
	op("?&", tJSONB, tTexts, tBool, rows(tBool, func(r row) (vec.Datum, error) { return jsonExists(r, true) }))
	op("||", tJSONB, tJSONB, tJSONB, rows(tJSONB, func(r row) (vec.Datum, error) {
		a, err := r.json(0)
		if err != nil {
			return null, err
		}
		b, err := r.json(1)
		return dJ(jsonb.Concat(&a, &b)), err
	}))
	edit := func(f func(r row, v *jsonb.Value) (jsonb.Value, error)) impl {
		return rows(tJSONB, func(r row) (vec.Datum, error) {
			v, err := r.json(0)
			if err == nil {
				v, err = f(r, &v)
			}
			return dJ(v), err
		})
	}
	op("-", tJSONB, tText, tJSONB, edit(func(r row, v *jsonb.Value) (jsonb.Value, error) { return v.DeleteKeys([]string{r.s(1)}) }))
	op("-", tJSONB, tI4, tJSONB, edit(func(r row, v *jsonb.Value) (jsonb.Value, error) { return v.DeleteIndex(r.int(1)) }))
	op("-", tJSONB, tTexts, tJSONB, edit(func(r row, v *jsonb.Value) (jsonb.Value, error) {
		keys, _ := r.texts(1)
		return v.DeleteKeys(keys)
	}))
	remove := edit(func(r row, v *jsonb.Value) (jsonb.Value, error) {
		path, err := r.path(1)
		if err != nil {
			return *v, err
		}
		return jsonb.SetPath(v, path, nil, jsonb.PathDelete)
	})
	op("#-", tJSONB, tTexts, tJSONB, remove)
	def("jsonb_delete_path", ts{tJSONB, tTexts}, tJSONB, remove)
}

// json parses argument k; of type json it keeps the text of its parts.
func (r row) json(k int) (jsonb.Value, error) {
	if r.t(k).Kind == types.JSON {
		return jsonb.ParseRaw(r.s(k))
	}
	return jsonb.Parse(r.s(k))
}

func dJ(v jsonb.Value) vec.Datum { return dS(v.Text()) }

// texts are the elements of text array k that are not NULL, and whether a NULL
// was among them.
func (r row) texts(k int) (list []string, nulls bool) {
	v, lo, hi := r.arr(k)
	for i := lo; i < hi; i++ {
		if v.IsNull(i) {
			nulls = true
		} else {
			list = append(list, v.Get(i).S)
		}
	}
	return list, nulls
}

// path are the elements of text array k, nil for NULL.
func (r row) path(k int) ([]*string, error) {
	if length, _ := r.dims(k); len(length) > 1 {
		return nil, sqlerr.New(pgerrcode.ArraySubscriptError, "wrong number of array subscripts")
	}
	return r.flatTexts(k), nil
}

// jsonDatum is a part of a value of type json or jsonb, or its text: that of a
// string is the string, that of null is NULL.
func jsonDatum(to types.Type, v *jsonb.Value) vec.Datum {
	if to.Kind == types.Text {
		switch v.Kind {
		case jsonb.Null:
			return null
		case jsonb.String:
			return dS(v.Str)
		}
	}
	if v.Src != "" {
		return dS(v.Src)
	}
	return dS(v.Text())
}

// jsonPart makes a function that shows the part of a value that find finds.
func jsonPart(to types.Type, find func(r row) (*jsonb.Value, bool, error)) func(r row) (vec.Datum, error) {
	return func(r row) (vec.Datum, error) {
		v, ok, err := find(r)
		if err != nil || !ok {
			return null, err
		}
		return jsonDatum(to, v), nil
	}
}

// jsonAtPath follows a text array; a NULL in it leads nowhere.
func jsonAtPath(r row) (*jsonb.Value, bool, error) {
	v, err := r.json(0)
	path, nulls := r.texts(1)
	if err != nil || nulls {
		return nil, false, err
	}
	return follow(&v, path)
}

// jsonAtArgs follows the arguments after the first.
func jsonAtArgs(r row) (*jsonb.Value, bool, error) {
	v, err := r.json(0)
	if err != nil {
		return nil, false, err
	}
	var path []string
	for k := 1; k < r.n(); k++ {
		path = append(path, r.s(k))
	}
	return follow(&v, path)
}

func follow(v *jsonb.Value, path []string) (*jsonb.Value, bool, error) {
	for _, key := range path {
		var ok bool
		if v, ok = v.Step(key); !ok {
			return nil, false, nil
		}
	}
	return v, true, nil
}

// JSONSubscript is x[key]...: jsonb and the path as a text array. A NULL in the
// path makes a NULL. The binder calls it.
var JSONSubscript = &Func{Name: "jsonb_subscript", Args: []types.Type{tJSONB, tTexts}, Ret: tJSONB, Strict: true,
	Impl: rows(tJSONB, jsonPart(tJSONB, jsonAtPath))}

func jsonExists(r row, all bool) (vec.Datum, error) {
	v, err := r.json(0)
	keys, _ := r.texts(1)
	for _, k := range keys {
		if v.Exists(k) != all {
			return dB(!all), err
		}
	}
	return dB(all), err
}
