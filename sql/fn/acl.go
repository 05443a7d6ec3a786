package fn

import (
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// aclDefaults are the privileges that the owner (first) and PUBLIC have on a new
// object of a kind, by acldefault's letter (acl.c).
var aclDefaults = map[string][2]string{
	"c": {}, "r": {"arwdDxt"}, "s": {"rwU"}, "d": {"CTc", "Tc"}, "f": {"X", "X"}, "l": {"U", "U"}, "L": {"rw"}, "n": {"UC"}, "p": {"sA"},
	"t": {"C"}, "F": {"U"}, "S": {"U"}, "T": {"U", "U"},
}

func init() {
	acl := types.Of(types.AclItem)
	op("=", acl, acl, tBool, rows(tBool, func(r row) (vec.Datum, error) { return dB(r.s(0) == r.s(1)), nil }))
	def("acldefault", ts{tChar, tOid}, acl.ArrayOf(), func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		return rows(acl.ArrayOf(), func(r row) (vec.Datum, error) {
			d, ok := aclDefaults[r.s(0)]
			if !ok {
				return null, nil
			}
			owner, err := c.Catalog("pg_get_userbyid", []vec.Datum{r.get(1)})
			if err != nil {
				return null, err
			}
			name := owner.S
			if types.QuoteIdent(name) != name && strings.ContainsAny(name, ` "=/,{}\`) {
				name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
			}
			var items []string
			if d[1] != "" {
				items = append(items, "="+d[1]+"/"+name)
			}
			if d[0] != "" {
				items = append(items, name+"="+d[0]+"/"+name)
			}
			out := vec.New(acl, len(items))
			copy(out.Str, items)
			return vec.Datum{A: out}, nil
		})(c, args, n)
	}, stable)
	defSet(&SetFunc{Name: "pg_options_to_table", Args: ts{tText.ArrayOf()}, Strict: true,
		Cols: []SetCol{{"option_name", tText}, {"option_value", tText}}, Rows: optionRows})
}

// optionRows splits options of the form name=value.
func optionRows(_ *Ctx, args []vec.Datum, _ []types.Type, emit func(row []vec.Datum) error) error {
	a := args[0].A
	for i := range a.N {
		name, value, ok := strings.Cut(a.Str[i], "=")
		if err := emit([]vec.Datum{{S: name}, {S: value, Null: !ok}}); err != nil {
			return err
		}
	}
	return nil
}
