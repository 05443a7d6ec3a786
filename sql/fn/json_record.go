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
		name := t.String() + "_to_record"
		defSet(&SetFunc{Name: name, Args: ts{t}, Strict: false, Record: jsonToRecord})
		set := name + "set"
		defSet(&SetFunc{Name: set, Args: ts{t}, Strict: true, Record: func(cols []SetCol) setRows { return jsonToRecords(set, cols) }})
	}
}

// jsonToRecord is json_to_record: the fields of one object as a row.
func jsonToRecord(cols []SetCol) setRows {
	return func(c *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		if args[0].Null {
			row := make([]vec.Datum, len(cols))
			for i := range row {
				row[i] = null
			}
			return emit(row)
		}
		v, err := parseJSON(at[0], args[0].S)
		if err != nil {
			return err
		}
		if v.Kind != jsonb.Object {
			what := "a scalar"
			if v.Kind == jsonb.Array {
				what = "an array"
			}
			return errJSONCall("cannot call populate_composite on %s", what)
		}
		row, err := recordRow(c, &v, cols)
		if err != nil {
			return err
		}
		return emit(row)
	}
}

// jsonToRecords is json_to_recordset: a row of each object of an array.
func jsonToRecords(name string, cols []SetCol) setRows {
	return func(c *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		v, err := parseJSON(at[0], args[0].S)
		switch {
		case err != nil:
			return err
		case v.Kind == jsonb.Object && at[0].Kind == types.JSON:
			return errJSONCall("cannot call %s on an object", name)
		case v.Kind != jsonb.Array && at[0].Kind == types.JSON:
			return errJSONCall("cannot call %s on a scalar", name)
		case v.Kind != jsonb.Array:
			return errJSONCall("cannot call %s on a non-array", name)
		}
		for i := range v.Elems {
			if v.Elems[i].Kind != jsonb.Object {
				return errJSONCall("argument of %s must be an array of objects", name)
			}
			row, err := recordRow(c, &v.Elems[i], cols)
			if err != nil {
				return err
			}
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}
}

func recordRow(c *Ctx, v *jsonb.Value, cols []SetCol) ([]vec.Datum, error) {
	row := make([]vec.Datum, len(cols))
	for i, col := range cols {
		row[i] = null
		if x, ok := v.Get(col.Name); ok {
			var err error
			if row[i], err = fieldValue(c, x, col.Type, col.Name); err != nil {
				return nil, err
			}
		}
	}
	return row, nil
}

// fieldValue is populate_record_field: a JSON value as a value of a type, by way
// of its text.
func fieldValue(c *Ctx, v *jsonb.Value, t types.Type, key string) (vec.Datum, error) {
	if t.Array {
		return arrayValue(c, v, t, key)
	}
	switch t.Kind {
	case types.JSON, types.JSONB:
		s := v.Src
		if s == "" || t.Kind == types.JSONB {
			s = canonicalText(v)
		}
		return dS(s), nil
	}
	if v.Kind == jsonb.Null {
		return null, nil
	}
	text := v.Str
	if v.Kind != jsonb.String {
		if text = v.Src; text == "" {
			text = v.Text()
		}
	}
	return vec.ParseText(t, text, c.style(), c.now())
}

// canonicalText is jsonb's text of a value that may be raw.
func canonicalText(v *jsonb.Value) string {
	if v.Src != "" {
		if s, err := jsonb.Canonical(v.Src); err == nil {
			return s
		}
	}
	return v.Text()
}

// arrayValue reads nested JSON arrays of one shape, or a string that is an array
// literal.
func arrayValue(c *Ctx, v *jsonb.Value, t types.Type, key string) (vec.Datum, error) {
	switch v.Kind {
	case jsonb.Null:
		return null, nil
	case jsonb.String:
		return vec.ParseText(t, v.Str, c.style(), c.now())
	case jsonb.Array:
	default:
		return null, sqlerr.New(pgerrcode.InvalidTextRepresentation, "expected JSON array").WithHint("See the value of key \"%s\".", key)
	}
	var length []int32
	for x := v; x.Kind == jsonb.Array; x = &x.Elems[0] {
		if len(length) == vec.MaxDims {
			return null, sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", len(length)+1, vec.MaxDims)
		}
		if length = append(length, int32(len(x.Elems))); len(x.Elems) == 0 || t.Kind == types.JSON || t.Kind == types.JSONB {
			break
		}
	}
	b := vec.NewBuilder(t.Elem(), 0)
	if err := fillArray(c, b, v, length, t, key); err != nil {
		return null, err
	}
	return shaped(b, length, ones(len(length)))
}

func fillArray(c *Ctx, b *vec.Builder, v *jsonb.Value, length []int32, t types.Type, key string) error {
	uneven := sqlerr.New(pgerrcode.InvalidTextRepresentation, "malformed JSON array").
		WithDetail("Multidimensional arrays must have sub-arrays with matching dimensions.")
	if v.Kind != jsonb.Array || int32(len(v.Elems)) != length[0] {
		return uneven
	}
	for i := range v.Elems {
		x := &v.Elems[i]
		if len(length) > 1 {
			if err := fillArray(c, b, x, length[1:], t, key); err != nil {
				return err
			}
			continue
		}
		if x.Kind == jsonb.Array && t.Kind != types.JSON && t.Kind != types.JSONB {
			return uneven
		}
		d, err := fieldValue(c, x, t.Elem(), key)
		if err != nil {
			return err
		}
		b.Append(d)
	}
	return nil
}
