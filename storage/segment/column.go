package segment

import (
	"tagd/sql/types"
	"tagd/storage/table"
)

// FormOf is the form that a new column of a type starts with: text-like scalars
// and booleans are coded until their dictionary is full.
func FormOf(t types.Type) table.Form {
	if t.Array {
		switch t.Kind {
		case types.Text, types.Varchar, types.Int2, types.Int4, types.Int8:
			return table.FormSet
		}
		return table.FormPlain
	}
	switch t.Kind {
	case types.Int2, types.Int4, types.Int8, types.Oid, types.Date, types.Timestamp, types.TimestampTZ:
		return table.FormInt
	case types.Float4, types.Float8:
		return table.FormFloat
	case types.Bool, types.Text, types.Varchar, types.Name, types.Char, types.UUID:
		return table.FormDict
	case types.Numeric:
		if p, s, ok := t.Precision(); ok && p <= 18 && s >= 0 && s <= 18 {
			return table.FormInt
		}
	}
	return table.FormPlain
}
