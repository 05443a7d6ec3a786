package fn

import (
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for n := 2; n <= 3; n++ {
		args := ts{tText, tText, tText}[:n]
		scalarSet("regexp_split_to_table", args, tText, byRow("regexp_split_to_array", args))
		scalarSet("string_to_table", args, tText, byRow("string_to_array", args)).Strict = false
		scalarSet("regexp_matches", args, tTexts, regexpMatches)
	}
}

// byRow makes the rows of a function from the elements of one that returns an
// array.
func byRow(name string, args ts) func(*Ctx, []vec.Datum, []types.Type, func(vec.Datum) error) error {
	return func(c *Ctx, in []vec.Datum, t []types.Type, emit func(vec.Datum) error) error {
		for _, f := range funcs[name] {
			if !sameShape(f.Args, args) {
				continue
			}
			vs := make([]*vec.Vector, len(in))
			for i, d := range in {
				vs[i] = vec.NewConst(args[i], d, 1)
			}
			v, err := f.Impl(c, vs, 1)
			if err != nil || v.IsNull(0) {
				return err
			}
			return unnest(c, []vec.Datum{v.Get(0)}, t, emit)
		}
		return nil
	}
}

func sameShape(a, b ts) bool { return len(a) == len(b) && sameTypes(a, b) }

// regexpMatches is regexp_matches: the captures of one match, or of all with g.
func regexpMatches(_ *Ctx, args []vec.Datum, _ []types.Type, emit func(vec.Datum) error) error {
	flags := ""
	if len(args) > 2 {
		flags = args[2].S
	}
	global := strings.Contains(flags, "g")
	re, err := compileRegex(args[1].S, strings.ReplaceAll(flags, "g", ""))
	if err != nil {
		return err
	}
	count := 1
	if global {
		count = -1
	}
	for _, m := range re.FindAllStringSubmatchIndex(args[0].S, count) {
		if err := emit(captures(args[0].S, m)); err != nil {
			return err
		}
	}
	return nil
}

// captures are the parenthesized parts of a match, or all of it without any.
func captures(s string, m []int) vec.Datum {
	if len(m) == 2 {
		return texts([]string{s[m[0]:m[1]]})
	}
	b := vec.NewBuilder(tText, len(m)/2-1)
	for i := 2; i < len(m); i += 2 {
		if m[i] < 0 {
			b.AppendNull()
		} else {
			b.Append(dS(s[m[i]:m[i+1]]))
		}
	}
	return dA(b.Finish())
}
