package fn

import (
	"tagd/sql/regex"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for n := 2; n <= 3; n++ {
		args := ts{tText, tText, tText}[:n]
		scalarSet("regexp_split_to_table", args, tText, regexpSplitRows)
		scalarSet("regexp_matches", args, tTexts, regexpMatches)
		scalarSet("string_to_table", args, tText, stringToTable).Strict = false
	}
}

// datums is a row of arguments in vectors, for functions that take rows.
func datums(c *Ctx, in []vec.Datum, t []types.Type) row {
	vs := make([]*vec.Vector, len(in))
	for i, d := range in {
		vs[i] = vec.NewConst(t[i], d, 1)
	}
	return row{c: c, args: vs}
}

func stringToTable(c *Ctx, in []vec.Datum, t []types.Type, emit func(vec.Datum) error) error {
	d, err := stringToArray(datums(c, in, t))
	if err != nil || d.Null {
		return err
	}
	return unnest(c, []vec.Datum{d}, t, emit)
}

func regexpSplitRows(c *Ctx, in []vec.Datum, t []types.Type, emit func(vec.Datum) error) error {
	r := regexRow{row: datums(c, in, t)}
	re, err := r.compile(2, "regexp_split_to_table")
	if err != nil {
		return err
	}
	parts, err := splitRegex(c, re, r.s(0))
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := emit(dS(p)); err != nil {
			return err
		}
	}
	return nil
}

// regexpMatches is regexp_matches: the captures of one match, or of all with g.
func regexpMatches(c *Ctx, args []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
	var flags regex.Flags
	global := false
	if len(args) > 2 {
		var err error
		if flags, global, err = regexOptions(args[2].S); err != nil {
			return err
		}
	}
	re, err := compileRegex(args[1].S, flags)
	if err != nil {
		return err
	}
	var failed error
	err = eachMatch(c, re, args[0].S, 1, func(m []int) bool {
		failed = emit(captures(args[0].S, m))
		return failed == nil && global
	})
	if err == nil {
		err = failed
	}
	return err
}
