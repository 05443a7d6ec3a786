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
		name := t.String()
		def(name+"_typeof", ts{t}, tText, rows(tText, func(r row) (vec.Datum, error) {
			v, err := r.json(0)
			return dS(v.TypeName()), err
		}))
		def(name+"_array_length", ts{t}, tI4, rows(tI4, jsonArrayLength))
	}
	def("json_strip_nulls", ts{tJSON}, tJSON, rows(tJSON, func(r row) (vec.Datum, error) {
		v, err := r.json(0)
		return dS(string(v.AppendCompact(nil, true))), err
	}))
	def("jsonb_strip_nulls", ts{tJSONB}, tJSONB, rows(tJSONB, func(r row) (vec.Datum, error) {
		v, err := r.json(0)
		return dJ(v.StripNulls()), err
	}))
	def("jsonb_pretty", ts{tJSONB}, tText, rows(tText, func(r row) (vec.Datum, error) {
		v, err := r.json(0)
		return dS(v.Pretty()), err
	}))
	set := rows(tJSONB, func(r row) (vec.Datum, error) {
		how := jsonb.PathCreate
		if r.n() > 3 && r.int(3) == 0 {
			how = jsonb.PathReplace
		}
		return jsonSet(r, how)
	})
	def("jsonb_set", ts{tJSONB, tTexts, tJSONB}, tJSONB, set)
	def("jsonb_set", ts{tJSONB, tTexts, tJSONB, tBool}, tJSONB, set)
	insert := rows(tJSONB, func(r row) (vec.Datum, error) {
		how := jsonb.PathInsertBefore
		if r.n() > 3 && r.int(3) != 0 {
			how = jsonb.PathInsertAfter
		}
		return jsonSet(r, how)
	})
	def("jsonb_insert", ts{tJSONB, tTexts, tJSONB}, tJSONB, insert)
	def("jsonb_insert", ts{tJSONB, tTexts, tJSONB, tBool}, tJSONB, insert)
	for n := 3; n <= 5; n++ {
		args := ts{tJSONB, tTexts, tJSONB, tBool, tText}[:n]
		def("jsonb_set_lax", args, tJSONB, rowsN(tJSONB, jsonSetLax), nullable)
	}
	castJSON()
}

func jsonArrayLength(r row) (vec.Datum, error) {
	v, err := r.json(0)
	switch {
	case err != nil:
		return null, err
	case v.IsScalar():
		return null, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot get array length of a scalar")
	case v.Kind != jsonb.Array:
		return null, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot get array length of a non-array")
	}
	return dI(int64(len(v.Elems))), nil
}

func jsonSet(r row, how jsonb.PathOp) (vec.Datum, error) {
	v, err := r.json(0)
	if err != nil {
		return null, err
	}
	path, err := r.path(1)
	if err != nil {
		return null, err
	}
	x, err := r.json(2)
	if err == nil {
		v, err = jsonb.SetPath(&v, path, &x, how)
	}
	return dJ(v), err
}

// jsonSetLax is jsonb_set_lax: the last argument says what a NULL value does.
func jsonSetLax(r row) (vec.Datum, error) {
	if r.null(0) || r.null(1) || r.n() > 3 && r.null(3) {
		return null, nil
	}
	if r.n() > 4 && r.null(4) {
		return null, sqlerr.New(pgerrcode.InvalidParameterValue,
			"null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or \"raise_exception\"")
	}
	how := jsonb.PathCreate
	if r.n() > 3 && r.int(3) == 0 {
		how = jsonb.PathReplace
	}
	if !r.null(2) {
		return jsonSet(r, how)
	}
	treat := "use_json_null"
	if r.n() > 4 {
		treat = r.s(4)
	}
	v, err := r.json(0)
	if err != nil {
		return null, err
	}
	switch treat {
	case "raise_exception":
		return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "JSON value must not be null").
			WithDetail("Exception was raised because null_value_treatment is \"raise_exception\".").
			WithHint("To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.")
	case "return_target":
		return dJ(v), nil
	case "use_json_null":
	case "delete_key":
		how = jsonb.PathDelete
	default:
		return null, sqlerr.New(pgerrcode.InvalidParameterValue,
			"null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or \"raise_exception\"")
	}
	path, err := r.path(1)
	if err == nil {
		v, err = jsonb.SetPath(&v, path, &jsonb.Value{}, how)
	}
	return dJ(v), err
}

// castJSON registers the casts of jsonb to scalars and between the two types.
func castJSON() {
	cast(tJSON, tJSONB, CastAssign, rows(tJSONB, func(r row) (vec.Datum, error) {
		s, err := jsonb.Canonical(r.s(0))
		return dS(s), err
	}))
	cast(tJSONB, tJSON, CastAssign, nil)
	cast(tJSONB, tBool, CastExplicit, rows(tBool, func(r row) (vec.Datum, error) {
		v, err := r.json(0)
		if err == nil && v.Kind != jsonb.True && v.Kind != jsonb.False {
			err = errJSONCast(&v, tBool)
		}
		return dB(v.Kind == jsonb.True), err
	}))
	for _, t := range []types.Type{tNum, tI2, tI4, tI8, tF4, tF8} {
		var conv impl
		if !t.Same(tNum) {
			conv = convs[convKey{types.Numeric, t.Kind}].f
		}
		cast(tJSONB, t, CastExplicit, then(rows(tNum, func(r row) (vec.Datum, error) {
			v, err := r.json(0)
			if err == nil && v.Kind != jsonb.Number {
				err = errJSONCast(&v, t)
			}
			return dD(v.Num), err
		}), conv))
	}
}

func errJSONCast(v *jsonb.Value, t types.Type) error {
	what := v.TypeName()
	if v.Kind == jsonb.Number {
		what = "numeric"
	}
	return sqlerr.New(pgerrcode.InvalidParameterValue, "cannot cast jsonb %s to type %s", what, t)
}
