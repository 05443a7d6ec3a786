package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The functions of sequences; the session's catalog counts.
func init() {
	class := types.Of(types.RegClass)
	for _, a := range []struct {
		name string
		args ts
		ret  types.Type
	}{
		{"nextval", ts{class}, tI8}, {"currval", ts{class}, tI8}, {"lastval", ts{}, tI8}, {"setval", ts{class, tI8}, tI8},
		{"setval", ts{class, tI8, tBool}, tI8}, {"pg_sequence_last_value", ts{class}, tI8},
	} {
		def(a.name, a.args, a.ret, askEach(a.name, a.ret), volatile)
	}
	def("pg_get_serial_sequence", ts{tText, tText}, tText, askCatalog("pg_get_serial_sequence", tText), stable)
}

// askEach is askCatalog with a call for every row, equal ones too.
func askEach(name string, ret types.Type) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		if c == nil || c.Ask == nil {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "function %s is not supported", name)
		}
		nulls := StrictNulls(args, n)
		out := vec.NewBuilder(ret, n)
		in := make([]vec.Datum, len(args))
		for i := range n {
			if bit(nulls, i) {
				out.AppendNull()
				continue
			}
			for k, a := range args {
				in[k] = a.Get(i)
			}
			d, err := c.Catalog(name, in)
			if err != nil {
				return nil, err
			}
			out.Append(d)
		}
		return out.Finish(), nil
	}
}
