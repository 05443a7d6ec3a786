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
		for suffix, to := range map[string]types.Type{"": t, "_text": tText} {
			defSet(&SetFunc{Name: name + "_each" + suffix, Args: ts{t}, Strict: true, Cols: []SetCol{{"key", tText}, {"value", to}}, Rows: jsonEach(name+"_each"+suffix, to)})
			defSet(&SetFunc{Name: name + "_array_elements" + suffix, Args: ts{t}, Strict: true,
				Cols: []SetCol{{"value", to}}, Rows: jsonElements(name+"_array_elements"+suffix, to)})
		}
		defSet(&SetFunc{Name: name + "_object_keys", Args: ts{t}, Strict: true, Scalar: true,
			Cols: []SetCol{{name + "_object_keys", tText}}, Rows: jsonKeys(name + "_object_keys")})
	}
}

// setRows is the shape of SetFunc.Rows.
type setRows = func(c *Ctx, args []vec.Datum, argTypes []types.Type, emit func(row []vec.Datum) error) error

func parseJSON(t types.Type, s string) (jsonb.Value, error) {
	if t.Kind == types.JSON {
		return jsonb.ParseRaw(s)
	}
	return jsonb.Parse(s)
}

func errJSONCall(format string, args ...any) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, format, args...)
}

func jsonEach(name string, to types.Type) setRows {
	return func(_ *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		v, err := parseJSON(at[0], args[0].S)
		if err != nil {
			return err
		}
		switch {
		case v.Kind == jsonb.Object:
		case at[0].Kind == types.JSONB:
			return errJSONCall("cannot call %s on a non-object", name)
		case v.Kind == jsonb.Array:
			return errJSONCall("cannot deconstruct an array as an object")
		default:
			return errJSONCall("cannot deconstruct a scalar")
		}
		for i := range v.Pairs {
			if err := emit([]vec.Datum{dS(v.Pairs[i].Key), jsonDatum(to, &v.Pairs[i].Val)}); err != nil {
				return err
			}
		}
		return nil
	}
}

func jsonElements(name string, to types.Type) setRows {
	return func(_ *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		v, err := parseJSON(at[0], args[0].S)
		if err != nil {
			return err
		}
		switch {
		case v.Kind == jsonb.Array:
		case at[0].Kind == types.JSONB && v.Kind == jsonb.Object:
			return errJSONCall("cannot extract elements from an object")
		case at[0].Kind == types.JSONB:
			return errJSONCall("cannot extract elements from a scalar")
		case v.Kind == jsonb.Object:
			return errJSONCall("cannot call %s on a non-array", name)
		default:
			return errJSONCall("cannot call %s on a scalar", name)
		}
		for i := range v.Elems {
			if err := emit([]vec.Datum{jsonDatum(to, &v.Elems[i])}); err != nil {
				return err
			}
		}
		return nil
	}
}

func jsonKeys(name string) setRows {
	return func(_ *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		v, err := parseJSON(at[0], args[0].S)
		switch {
		case err != nil:
			return err
		case v.Kind == jsonb.Array:
			return errJSONCall("cannot call %s on an array", name)
		case v.Kind != jsonb.Object:
			return errJSONCall("cannot call %s on a scalar", name)
		}
		for i := range v.Pairs {
			if err := emit([]vec.Datum{dS(v.Pairs[i].Key)}); err != nil {
				return err
			}
		}
		return nil
	}
}
