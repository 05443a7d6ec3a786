package fn

import (
	"strconv"

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
		populate := t.String() + "_populate_record"
		sets := populate + "set"
		args := []ts{{tElem, t}}
		if t == tJSON {
			args = append(args, ts{tElem, t, tBool})
		}
		for _, a := range args {
			def(populate, a, tElem, rowsOf(false, likeArg(0), func(x row) (vec.Datum, error) { return populateRecord(x, populate) }), nullable, stable)
			defSet(&SetFunc{Name: sets, Args: a, Cols: []SetCol{{Type: tElem}}, Scalar: true, Rows: populateRecords(sets)})
		}
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
		row, err := compositeRow(c, &v, cols, nil)
		if err != nil {
			return err
		}
		return emit(row)
	}
}

// compositeRow is populate_composite: the fields of an object; base has the values
// of those that it does not have, nil for none.
func compositeRow(c *Ctx, v *jsonb.Value, cols []SetCol, base *vec.Record) ([]vec.Datum, error) {
	if v.Kind != jsonb.Object {
		what := "a scalar"
		if v.Kind == jsonb.Array {
			what = "an array"
		}
		return nil, errJSONCall("cannot call populate_composite on %s", what)
	}
	return recordRow(c, v, cols, base)
}

// recordCols are the fields that a row argument asks for: those of its composite
// type, or of the record that it is; nil where neither is known.
func recordCols(t types.Type, base vec.Datum) (*vec.RecordDesc, []SetCol) {
	var desc *vec.RecordDesc
	switch {
	case t.IsComposite():
		desc = vec.DescOf(t)
	case base.Null:
		return nil, nil
	default:
		desc = base.R.RecordDesc
	}
	cols := make([]SetCol, len(desc.Types))
	for i := range cols {
		cols[i] = SetCol{Name: desc.Name(i), Type: desc.Types[i]}
	}
	return desc, cols
}

func errNotRow(name string) error {
	return sqlerr.New(pgerrcode.DatatypeMismatch, "first argument of %s must be a row type", name)
}

func errNoRowType(name string) error {
	return sqlerr.New(pgerrcode.FeatureNotSupported, "could not determine row type for result of %s", name).
		WithHint("Provide a non-null record argument, or call the function in the FROM clause using a column definition list.")
}

// populateRecord is json_populate_record: a row with the fields of an object in
// the place of its own.
func populateRecord(x row, name string) (vec.Datum, error) {
	t, base := x.t(0), x.get(0)
	if !t.IsRecord() {
		return null, errNotRow(name)
	}
	desc, cols := recordCols(t, base)
	if desc == nil {
		return null, errNoRowType(name)
	}
	if x.null(1) {
		return base, nil
	}
	v, err := parseJSON(x.t(1), x.get(1).S)
	if err != nil {
		return null, err
	}
	if v.Kind == jsonb.Object && len(v.Pairs) == 0 && !base.Null {
		return base, nil
	}
	fields, err := compositeRow(x.c, &v, cols, base.R)
	return vec.Datum{R: &vec.Record{RecordDesc: desc, Fields: fields}}, err
}

// populateRecords is json_populate_recordset: a row of each object of an array.
func populateRecords(name string) setRows {
	return func(c *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		if !at[0].IsRecord() {
			return errNotRow(name)
		}
		if args[1].Null {
			return nil
		}
		desc, cols := recordCols(at[0], args[0])
		if desc == nil {
			return errNoRowType(name)
		}
		return eachObject(name, at[1], args[1].S, func(v *jsonb.Value) error {
			fields, err := recordRow(c, v, cols, args[0].R)
			if err != nil {
				return err
			}
			return emit([]vec.Datum{{R: &vec.Record{RecordDesc: desc, Fields: fields}}})
		})
	}
}

// jsonToRecords is json_to_recordset: a row of each object of an array.
func jsonToRecords(name string, cols []SetCol) setRows {
	return func(c *Ctx, args []vec.Datum, at []types.Type, emit func(row []vec.Datum) error) error {
		return eachObject(name, at[0], args[0].S, func(v *jsonb.Value) error {
			row, err := recordRow(c, v, cols, nil)
			if err != nil {
				return err
			}
			return emit(row)
		})
	}
}

// eachObject calls f for the objects of an array; name is the function's.
func eachObject(name string, t types.Type, text string, f func(v *jsonb.Value) error) error {
	v, err := parseJSON(t, text)
	switch {
	case err != nil:
		return err
	case v.Kind == jsonb.Object && t.Kind == types.JSON:
		return errJSONCall("cannot call %s on an object", name)
	case v.Kind != jsonb.Array && t.Kind == types.JSON:
		return errJSONCall("cannot call %s on a scalar", name)
	case v.Kind != jsonb.Array:
		return errJSONCall("cannot call %s on a non-array", name)
	}
	for i := range v.Elems {
		if v.Elems[i].Kind != jsonb.Object {
			return errJSONCall("argument of %s must be an array of objects", name)
		}
		if err := f(&v.Elems[i]); err != nil {
			return err
		}
	}
	return nil
}

// recordRow is populate_record.
func recordRow(c *Ctx, v *jsonb.Value, cols []SetCol, base *vec.Record) ([]vec.Datum, error) {
	row := make([]vec.Datum, len(cols))
	for i, col := range cols {
		was := null
		if base != nil && i < len(base.Fields) {
			was = base.Fields[i]
		}
		row[i] = was
		if x, ok := v.Get(col.Name); ok {
			var err error
			if row[i], err = fieldValue(c, x, col.Type, col.Name, was); err != nil {
				return nil, err
			}
		}
	}
	return row, nil
}

// fieldValue is populate_record_field: a JSON value as a value of a type, by way
// of its text. base is the value that an object changes, if the type is composite.
func fieldValue(c *Ctx, v *jsonb.Value, t types.Type, key string, base vec.Datum) (vec.Datum, error) {
	if v.Kind == jsonb.Null {
		return null, nil
	}
	if t.Array {
		return arrayValue(c, v, t, key)
	}
	if t.IsComposite() && v.Kind != jsonb.String {
		desc, cols := recordCols(t, base)
		fields, err := compositeRow(c, v, cols, base.R)
		return vec.Datum{R: &vec.Record{RecordDesc: desc, Fields: fields}}, err
	}
	switch t.Kind {
	case types.JSON, types.JSONB:
		s := v.Src
		if s == "" || t.Kind == types.JSONB {
			s = canonicalText(v)
		}
		return dS(s), nil
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
	if err := fillArray(c, b, v, length, t, key, ""); err != nil {
		return null, err
	}
	return shaped(b, length, ones(len(length)))
}

// fillArray appends the elements of one dimension; at is its place in the array:
// "", "[1]".
func fillArray(c *Ctx, b *vec.Builder, v *jsonb.Value, length []int32, t types.Type, key, at string) error {
	uneven := sqlerr.New(pgerrcode.InvalidTextRepresentation, "malformed JSON array").
		WithDetail("Multidimensional arrays must have sub-arrays with matching dimensions.")
	if v.Kind != jsonb.Array {
		return sqlerr.New(pgerrcode.InvalidTextRepresentation, "expected JSON array").WithHint("See the array element %s of key \"%s\".", at, key)
	}
	if int32(len(v.Elems)) != length[0] {
		return uneven
	}
	for i := range v.Elems {
		x := &v.Elems[i]
		if len(length) > 1 {
			if err := fillArray(c, b, x, length[1:], t, key, at+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
			continue
		}
		if x.Kind == jsonb.Array && t.Kind != types.JSON && t.Kind != types.JSONB {
			return uneven
		}
		d, err := fieldValue(c, x, t.Elem(), key, null)
		if err != nil {
			return err
		}
		b.Append(d)
	}
	return nil
}
