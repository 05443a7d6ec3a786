package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// objectIdentity is the row that pg_identify_object returns, the values of its OUT
// parameters.
var objectIdentity = outParameters("type", "schema", "name", "identity")

func init() {
	desc := vec.DescOf(objectIdentity)
	def("pg_identify_object", ts{tOid, tOid, tI4}, objectIdentity, rowsOf(true, fixed(objectIdentity), func(r row) (vec.Datum, error) {
		if r.c == nil || r.c.Ask == nil {
			return null, sqlerr.New(pgerrcode.FeatureNotSupported, "function %s is not supported", "pg_identify_object")
		}
		d, err := r.c.Catalog("pg_identify_object", []vec.Datum{r.get(0), r.get(1), r.get(2)})
		if err != nil || d.A == nil {
			return null, err
		}
		rec := &vec.Record{RecordDesc: desc, Fields: make([]vec.Datum, len(desc.Types))}
		for i := range rec.Fields {
			if rec.Fields[i] = null; !d.A.IsNull(i) {
				rec.Fields[i] = dS(d.A.Str[i])
			}
		}
		return vec.Datum{R: rec}, nil
	}), stable)
}

// outParameters is the type record of a function with OUT parameters of type text.
func outParameters(names ...string) types.Type {
	d := types.ExtDef{Name: "record"}
	for i, name := range names {
		d.Attrs = append(d.Attrs, types.Attr{Num: uint32(i + 1), Name: name, Type: types.Of(types.Text)})
	}
	e := &types.Ext{OID: types.Of(types.Record).OID()}
	e.SetDef(d)
	return types.Type{Kind: types.Record, Ext: e}
}
