package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// tokenTypes are those of the only text search parser, which is PostgreSQL's
// default one; their numbers count from 1 (wparser_def.c).
var tokenTypes = [][2]string{{"asciiword", "Word, all ASCII"}, {"word", "Word, all letters"}, {"numword", "Word, letters and digits"},
	{"email", "Email address"}, {"url", "URL"}, {"host", "Host"}, {"sfloat", "Scientific notation"}, {"version", "Version number"},
	{"hword_numpart", "Hyphenated word part, letters and digits"}, {"hword_part", "Hyphenated word part, all letters"},
	{"hword_asciipart", "Hyphenated word part, all ASCII"}, {"blank", "Space symbols"}, {"tag", "XML tag"}, {"protocol", "Protocol head"},
	{"numhword", "Hyphenated word, letters and digits"}, {"asciihword", "Hyphenated word, all ASCII"}, {"hword", "Hyphenated word, all letters"},
	{"url_path", "URL path"}, {"file", "File or path name"}, {"float", "Decimal notation"}, {"int", "Signed integer"}, {"uint", "Unsigned integer"},
	{"entity", "XML entity"}}

func init() {
	defSet(&SetFunc{Name: "ts_token_type", Args: ts{tOid}, Strict: true, Cols: []SetCol{{"tokid", tI4}, {"alias", tText}, {"description", tText}},
		Rows: func(_ *Ctx, _ []vec.Datum, _ []types.Type, emit func(row []vec.Datum) error) error {
			for i, t := range tokenTypes {
				if err := emit([]vec.Datum{dI(int64(i + 1)), dS(t[0]), dS(t[1])}); err != nil {
					return err
				}
			}
			return nil
		}})
	// Nothing is partitioned here.
	defSet(&SetFunc{Name: "pg_partition_tree", Args: ts{types.Of(types.RegClass)}, Strict: true,
		Cols: []SetCol{{"relid", types.Of(types.RegClass)}, {"parentrelid", types.Of(types.RegClass)}, {"isleaf", tBool}, {"level", tI4}},
		Rows: func(*Ctx, []vec.Datum, []types.Type, func(row []vec.Datum) error) error { return nil }})
	scalarSet("pg_partition_ancestors", ts{types.Of(types.RegClass)}, types.Of(types.RegClass),
		func(*Ctx, []vec.Datum, []types.Type, func(vec.Datum) error) error { return nil }).Cols[0].Name = "relid"
}
