package fn

import (
	"math"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/jsonb"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	toJSON := rowsN(tJSON, func(r row) (vec.Datum, error) {
		if r.null(0) {
			return null, nil
		}
		b, err := appendJSON(r.c, nil, r.t(0), r.get(0), "")
		return dS(string(b)), err
	})
	def("to_json", ts{tElem}, tJSON, toJSON, nullable, stable)
	pretty := func(r row) (vec.Datum, error) {
		feed := ""
		if r.n() > 1 && r.int(1) != 0 {
			feed = "\n "
		}
		b, err := appendJSON(r.c, nil, r.t(0), r.get(0), feed)
		return dS(string(b)), err
	}
	for _, args := range []ts{{tArr}, {tArr, tBool}} {
		def("array_to_json", args, tJSON, rows(tJSON, pretty), stable)
	}
	for _, args := range []ts{{tRec}, {tRec, tBool}} {
		def("row_to_json", args, tJSON, rows(tJSON, pretty), stable)
	}
	def("to_jsonb", ts{tElem}, tJSONB, rowsN(tJSONB, func(r row) (vec.Datum, error) {
		if r.null(0) {
			return null, nil
		}
		v, err := jsonValue(r.c, r.t(0), r.get(0))
		return dJ(v), err
	}), nullable, stable)
	for _, args := range []ts{{}, {tAny}} {
		opts := []opt{nullable, stable}
		if len(args) > 0 {
			opts = append(opts, variadic)
		}
		def("json_build_object", args, tJSON, rowsN(tJSON, jsonBuildObject), opts...)
		def("json_build_array", args, tJSON, rowsN(tJSON, jsonBuildArray), opts...)
		def("jsonb_build_object", args, tJSONB, rowsN(tJSONB, jsonbBuildObject), opts...)
		def("jsonb_build_array", args, tJSONB, rowsN(tJSONB, jsonbBuildArray), opts...)
	}
	for _, t := range []types.Type{tJSON, tJSONB} {
		f := rows(t, func(r row) (vec.Datum, error) { return jsonObject(r, t.Kind == types.JSONB) })
		def(t.String()+"_object", ts{tTexts}, t, f)
		def(t.String()+"_object", ts{tTexts, tTexts}, t, f)
	}
}

// appendJSON is datum_to_json: d as JSON text. feed stands after the commas of
// the outermost array or row.
func appendJSON(c *Ctx, dst []byte, t types.Type, d vec.Datum, feed string) ([]byte, error) {
	if d.Null {
		return append(dst, "null"...), nil
	}
	if t.Array {
		at := 0
		length, _ := d.Dims.Of(elemCount(d))
		if len(length) == 0 {
			return append(dst, "[]"...), nil
		}
		return appendJSONArray(c, dst, t, d, length, &at, feed)
	}
	switch t.Kind {
	case types.Bool:
		if d.I != 0 {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	case types.Int2, types.Int4, types.Int8, types.Numeric, types.Float4, types.Float8:
		start := len(dst)
		dst = vec.AppendDatumText(dst, t, d, c.style())
		if !finiteNumber(t, d) {
			return jsonb.AppendString(dst[:start], string(dst[start:])), nil
		}
		return dst, nil
	case types.Date, types.Timestamp, types.TimestampTZ:
		return append(append(append(dst, '"'), jsonTime(c, t, d)...), '"'), nil
	case types.JSON, types.JSONB:
		return append(dst, d.S...), nil
	case types.Record:
		dst = append(dst, '{')
		for i, f := range d.R.Fields {
			if i > 0 {
				dst = append(append(dst, ','), feed...)
			}
			dst = append(jsonb.AppendString(dst, d.R.Name(i)), ':')
			var err error
			if dst, err = appendJSON(c, dst, d.R.Types[i], f, ""); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}
	return jsonb.AppendString(dst, string(vec.AppendDatumText(nil, t, d, c.style()))), nil
}

func elemCount(d vec.Datum) int {
	if d.A == nil {
		return 0
	}
	return d.A.N
}

// appendJSONArray writes one dimension; at is the next element.
func appendJSONArray(c *Ctx, dst []byte, t types.Type, d vec.Datum, length []int32, at *int, feed string) ([]byte, error) {
	dst = append(dst, '[')
	for i := range length[0] {
		if i > 0 {
			dst = append(append(dst, ','), feed...)
		}
		var err error
		if len(length) > 1 {
			dst, err = appendJSONArray(c, dst, t, d, length[1:], at, "")
		} else {
			dst, err = appendJSON(c, dst, t.Elem(), d.A.Get(*at), "")
			*at++
		}
		if err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func finiteNumber(t types.Type, d vec.Datum) bool {
	switch t.Kind {
	case types.Numeric:
		return d.D.Form == types.Finite
	case types.Float4, types.Float8:
		return !math.IsNaN(d.F) && !math.IsInf(d.F, 0)
	}
	return true
}

// jsonTime is JsonEncodeDateTime: ISO 8601 with a T, whatever DateStyle says.
func jsonTime(c *Ctx, t types.Type, d vec.Datum) string {
	st := *types.ISO
	st.Zone = c.zone()
	s := string(vec.AppendDatumText(nil, t, d, &st))
	if t.Kind == types.Date || infinite(d.I) {
		return s
	}
	s = strings.Replace(s, " ", "T", 1)
	if t.Kind == types.TimestampTZ { // XSD wants the minutes of the zone
		body, bc := strings.CutSuffix(s, " BC")
		if n := len(body); body[n-3] == '+' || body[n-3] == '-' {
			body += ":00"
		}
		if s = body; bc {
			s += " BC"
		}
	}
	return s
}

// jsonValue is datum_to_jsonb.
func jsonValue(c *Ctx, t types.Type, d vec.Datum) (jsonb.Value, error) {
	if d.Null {
		return jsonb.NullValue, nil
	}
	if t.Array {
		at := 0
		length, _ := d.Dims.Of(elemCount(d))
		if len(length) == 0 {
			return jsonb.ArrayOf(nil), nil
		}
		return jsonArrayValue(c, t, d, length, &at)
	}
	switch t.Kind {
	case types.Bool:
		return jsonb.BoolValue(d.I != 0), nil
	case types.Int2, types.Int4, types.Int8:
		return jsonb.NumberValue(types.DecimalOf(d.I, 0)), nil
	case types.Numeric, types.Float4, types.Float8:
		s := string(vec.AppendDatumText(nil, t, d, c.style()))
		if !finiteNumber(t, d) {
			return jsonb.StringValue(s), nil
		}
		n, err := types.ParseDecimal(s)
		return jsonb.NumberValue(n), err
	case types.Date, types.Timestamp, types.TimestampTZ:
		return jsonb.StringValue(jsonTime(c, t, d)), nil
	case types.JSON, types.JSONB:
		return jsonb.Parse(d.S)
	case types.Record:
		pairs := make([]jsonb.Pair, len(d.R.Fields))
		for i, f := range d.R.Fields {
			v, err := jsonValue(c, d.R.Types[i], f)
			if err != nil {
				return v, err
			}
			pairs[i] = jsonb.Pair{Key: d.R.Name(i), Val: v}
		}
		return jsonb.ObjectOf(pairs), nil
	}
	return jsonb.StringValue(string(vec.AppendDatumText(nil, t, d, c.style()))), nil
}

func jsonArrayValue(c *Ctx, t types.Type, d vec.Datum, length []int32, at *int) (jsonb.Value, error) {
	out := make([]jsonb.Value, length[0])
	for i := range out {
		var err error
		if len(length) > 1 {
			out[i], err = jsonArrayValue(c, t, d, length[1:], at)
		} else {
			out[i], err = jsonValue(c, t.Elem(), d.A.Get(*at))
			*at++
		}
		if err != nil {
			return out[i], err
		}
	}
	return jsonb.ArrayOf(out), nil
}

// jsonKey is the text of a key of an object.
func jsonKey(c *Ctx, t types.Type, d vec.Datum) (string, error) {
	if t.Array || t.Kind == types.Record || t.Kind == types.JSON || t.Kind == types.JSONB {
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, "key value must be scalar, not array, composite, or json")
	}
	switch t.Kind {
	case types.Bool:
		if d.I != 0 {
			return "true", nil
		}
		return "false", nil
	case types.Date, types.Timestamp, types.TimestampTZ:
		return jsonTime(c, t, d), nil
	}
	return string(vec.AppendDatumText(nil, t, d, c.style())), nil
}

func errPairs(name string) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "argument list must have even number of elements").
		WithHint("The arguments of %s() must consist of alternating keys and values.", name)
}

func jsonBuildObject(r row) (vec.Datum, error) {
	if r.n()%2 != 0 {
		return null, errPairs("json_build_object")
	}
	dst := []byte{'{'}
	for k := 0; k < r.n(); k += 2 {
		if r.null(k) {
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "argument %d cannot be null", k+1).WithHint("Object keys should be text.")
		}
		key, err := jsonKey(r.c, r.t(k), r.get(k))
		if err != nil {
			return null, err
		}
		if k > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(jsonb.AppendString(dst, key), " : "...)
		if dst, err = appendJSON(r.c, dst, r.t(k+1), r.get(k+1), ""); err != nil {
			return null, err
		}
	}
	return dS(string(append(dst, '}'))), nil
}

func jsonBuildArray(r row) (vec.Datum, error) {
	dst := []byte{'['}
	for k := range r.args {
		if k > 0 {
			dst = append(dst, ", "...)
		}
		var err error
		if dst, err = appendJSON(r.c, dst, r.t(k), r.get(k), ""); err != nil {
			return null, err
		}
	}
	return dS(string(append(dst, ']'))), nil
}

func jsonbBuildObject(r row) (vec.Datum, error) {
	if r.n()%2 != 0 {
		return null, errPairs("jsonb_build_object")
	}
	var pairs []jsonb.Pair
	for k := 0; k < r.n(); k += 2 {
		if r.null(k) {
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "argument %d: key must not be null", k+1)
		}
		key, err := jsonKey(r.c, r.t(k), r.get(k))
		if err != nil {
			return null, err
		}
		v, err := jsonValue(r.c, r.t(k+1), r.get(k+1))
		if err != nil {
			return null, err
		}
		pairs = append(pairs, jsonb.Pair{Key: key, Val: v})
	}
	return dJ(jsonb.ObjectOf(pairs)), nil
}

func jsonbBuildArray(r row) (vec.Datum, error) {
	out := make([]jsonb.Value, r.n())
	for k := range r.args {
		var err error
		if out[k], err = jsonValue(r.c, r.t(k), r.get(k)); err != nil {
			return null, err
		}
	}
	return dJ(jsonb.ArrayOf(out)), nil
}

// flatTexts are the elements of text array k, nil for NULL.
func (r row) flatTexts(k int) []*string {
	v, lo, hi := r.arr(k)
	out := make([]*string, hi-lo)
	for i := range out {
		if !v.IsNull(lo + i) {
			s := v.Get(lo + i).S
			out[i] = &s
		}
	}
	return out
}

// jsonObject is json_object and jsonb_object: of one list of keys and values,
// of a list of pairs, or of a list of keys and one of values.
func jsonObject(r row, canonical bool) (vec.Datum, error) {
	length, _ := r.dims(0)
	keys := r.flatTexts(0)
	values := keys
	switch {
	case r.n() > 1:
		vl, _ := r.dims(1)
		if len(length) > 1 || len(vl) > 1 {
			return null, sqlerr.New(pgerrcode.ArraySubscriptError, "wrong number of array subscripts")
		}
		if values = r.flatTexts(1); len(keys) != len(values) {
			return null, sqlerr.New(pgerrcode.ArraySubscriptError, "mismatched array dimensions")
		}
	case len(length) == 1 && length[0]%2 != 0:
		return null, sqlerr.New(pgerrcode.ArraySubscriptError, "array must have even number of elements")
	case len(length) == 2 && length[1] != 2:
		return null, sqlerr.New(pgerrcode.ArraySubscriptError, "array must have two columns")
	case len(length) > 2:
		return null, sqlerr.New(pgerrcode.ArraySubscriptError, "wrong number of array subscripts")
	default:
		var k, v []*string
		for i := 0; i < len(keys); i += 2 {
			k, v = append(k, keys[i]), append(v, keys[i+1])
		}
		keys, values = k, v
	}
	var pairs []jsonb.Pair
	for i, k := range keys {
		if k == nil {
			return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "null value not allowed for object key")
		}
		v := jsonb.NullValue
		if values[i] != nil {
			v = jsonb.StringValue(*values[i])
		}
		pairs = append(pairs, jsonb.Pair{Key: *k, Val: v})
	}
	if canonical {
		return dJ(jsonb.ObjectOf(pairs)), nil
	}
	dst := []byte{'{'}
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(jsonb.AppendString(dst, p.Key), " : "...)
		dst = p.Val.Append(dst)
	}
	return dS(string(append(dst, '}'))), nil
}
