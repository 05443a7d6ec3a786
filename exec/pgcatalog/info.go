package pgcatalog

import "tagd/sql/types"

func init() {
	register("information_schema", "schemata", []col{{"catalog_name", tName}, {"schema_name", tName}, {"schema_owner", tName}},
		func(s *Source, add func(...any)) {
			for _, n := range []string{"information_schema", "pg_catalog", "public"} {
				add(s.DB, n, s.User)
			}
		})
	register("information_schema", "tables", []col{{"table_catalog", tName}, {"table_schema", tName}, {"table_name", tName},
		{"table_type", tText}, {"is_insertable_into", tText}, {"is_typed", tText}},
		func(s *Source, add func(...any)) {
			for _, r := range names() {
				add(s.DB, r.schema, r.name, "VIEW", "NO", "NO")
			}
			for _, t := range s.Tables {
				add(s.DB, "public", t.Name, "BASE TABLE", "YES", "NO")
			}
		})
	register("information_schema", "columns", []col{{"table_catalog", tName}, {"table_schema", tName}, {"table_name", tName},
		{"column_name", tName}, {"ordinal_position", tInt4}, {"column_default", tText}, {"is_nullable", tText}, {"data_type", tText},
		{"character_maximum_length", tInt4}, {"numeric_precision", tInt4}, {"numeric_scale", tInt4}, {"datetime_precision", tInt4},
		{"udt_schema", tName}, {"udt_name", tName}, {"is_identity", tText}, {"is_generated", tText}, {"is_updatable", tText}},
		columnRows)
}

func columnRows(s *Source, add func(...any)) {
	one := func(schema, table string, at int, name string, t types.Type, def string, notNull bool, updatable string) {
		nullable, dflt := "YES", any(nil)
		if notNull {
			nullable = "NO"
		}
		if def != "" {
			dflt = def
		}
		var maxLen, prec, scale, timePrec any
		if !t.Array {
			maxLen, prec, scale, timePrec = precisions(t)
		}
		data := t.Base().String()
		if t.Array {
			data = "ARRAY"
		}
		add(s.DB, schema, table, name, at, dflt, nullable, data, maxLen, prec, scale, timePrec, "pg_catalog", t.PGName(), "NO", "NEVER", updatable)
	}
	for _, r := range names() {
		for i, c := range r.cols {
			one(r.schema, r.name, i+1, c.name, c.t, "", false, "NO")
		}
	}
	for _, t := range s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			one("public", t.Name, i+1, c.Name, c.Type, c.Default, c.NotNull, "YES")
		}
	}
}

// precisions are what information_schema says of a scalar type.
func precisions(t types.Type) (maxLen, prec, scale, timePrec any) {
	switch t.Kind {
	case types.Int2:
		return nil, 16, 0, nil
	case types.Int4:
		return nil, 32, 0, nil
	case types.Int8:
		return nil, 64, 0, nil
	case types.Float4:
		return nil, 24, nil, nil
	case types.Float8:
		return nil, 53, nil, nil
	case types.Numeric:
		if p, sc, ok := t.Precision(); ok {
			return nil, p, sc, nil
		}
	case types.Varchar:
		if n := t.MaxLen(); n > 0 {
			return n, nil, nil, nil
		}
	case types.Date:
		return nil, nil, nil, 0
	case types.Timestamp, types.TimestampTZ, types.Interval:
		return nil, nil, nil, 6
	}
	return nil, nil, nil, nil
}
