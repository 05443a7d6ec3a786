package fn

import (
	"fmt"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	always := func(b bool) impl { return rows(tBool, func(row) (vec.Datum, error) { return dB(b), nil }) }
	for _, n := range []string{"pg_opclass_is_visible",
		"pg_operator_is_visible", "pg_collation_is_visible"} {
		def(n, ts{tOid}, tBool, always(true), stable)
	}
	def("pg_is_in_recovery", ts{}, tBool, perCall(tBool, func(*Ctx) (vec.Datum, error) { return dB(false), nil }), stable)
	def("format_type", ts{tOid, tI4}, tText, rowsN(tText, formatType), stable, nullable)
	def("oidvectortypes", ts{types.OidVector}, tText, rows(tText, oidVectorTypes), stable)
	def("pg_size_pretty", ts{tI8}, tText, f1(tText, ok1(sizePretty)))
	def("pg_get_expr", ts{tText, tOid}, tText, rows(tText, func(r row) (vec.Datum, error) { return dS(r.s(0)), nil }), stable)
	def("pg_get_expr", ts{tText, tOid, tBool}, tText, askCatalog("pg_get_expr", tText), stable)
	asked := []struct {
		name string
		args ts
		ret  types.Type
	}{
		{"pg_type_is_visible", ts{tOid}, tBool}, {"pg_function_is_visible", ts{tOid}, tBool}, {"pg_describe_object", ts{tOid, tOid, tI4}, tText},
		{"pg_table_is_visible", ts{tOid}, tBool}, {"pg_get_userbyid", ts{tOid}, tName}, {"obj_description", ts{tOid, tName}, tText}, {"obj_description", ts{tOid}, tText},
		{"shobj_description", ts{tOid, tName}, tText}, {"col_description", ts{tOid, tI4}, tText}, {"pg_get_constraintdef", ts{tOid}, tText},
		{"pg_get_constraintdef", ts{tOid, tBool}, tText}, {"pg_get_indexdef", ts{tOid}, tText}, {"pg_get_indexdef", ts{tOid, tI4, tBool}, tText},
		{"pg_relation_size", ts{types.Of(types.RegClass)}, tI8}, {"pg_table_size", ts{types.Of(types.RegClass)}, tI8}, {"pg_total_relation_size", ts{types.Of(types.RegClass)}, tI8},
		{"pg_indexes_size", ts{types.Of(types.RegClass)}, tI8}, {"pg_database_size", ts{tName}, tI8}, {"txid_current", ts{}, tI8},
		{"inet_client_addr", ts{}, tInet}, {"inet_server_addr", ts{}, tInet}, {"inet_client_port", ts{}, tI4}, {"inet_server_port", ts{}, tI4},
	}
	def("pg_relation_size", ts{types.Of(types.RegClass), tText}, tI8, forkSize(askCatalog("pg_relation_size", tI8)), stable)
	def("pg_export_snapshot", ts{}, tText, askCatalog("pg_export_snapshot", tText), volatile)
	for _, a := range asked {
		def(a.name, a.args, a.ret, askCatalog(a.name, a.ret), stable)
	}
}

// forkSize is pg_relation_size of one fork: the rows are in the main one, the others
// are empty.
func forkSize(main impl) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		out, err := main(c, args[:1], n)
		if err != nil {
			return nil, err
		}
		return rows(tI8, func(r row) (vec.Datum, error) {
			switch r.s(1) {
			case "main":
				return out.Get(r.i), nil
			case "fsm", "vm", "init":
				return vec.Datum{Null: out.IsNull(r.i)}, nil
			}
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid fork name").
				WithHint("Valid fork names are \"main\", \"fsm\", \"vm\", and \"init\".")
		})(c, args, n)
	}
}

// askCatalog hands a call to the session's catalog.
func askCatalog(name string, ret types.Type) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		if c == nil || c.Ask == nil {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "function %s is not supported", name)
		}
		f := rowsOf(true, fixed(ret), func(r row) (vec.Datum, error) {
			in := make([]vec.Datum, r.n())
			for k := range in {
				in[k] = r.get(k)
			}
			return c.Catalog(name, in)
		})
		return f(c, args, n)
	}
}

func formatType(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	if r.int(0) == 0 {
		return dS("-"), nil
	}
	t, ok := types.TypeByOID(uint32(r.int(0)))
	if !ok {
		return ownType(r.c, r.get(0))
	}
	if !r.null(1) && !t.IsVector() {
		if t.Kind == types.BPChar && r.int(1) < 0 {
			return dS(strings.Replace(t.String(), "character", "bpchar", 1)), nil
		}
		t = t.WithWireMod(int32(max(r.int(1), -1)))
	}
	return dS(t.String()), nil
}

// ownType is the name of a type that is not built in.
func ownType(c *Ctx, oid vec.Datum) (vec.Datum, error) {
	if c != nil && c.Ask != nil {
		return c.Catalog("format_type", []vec.Datum{oid})
	}
	return dS("???"), nil
}

// oidVectorTypes lists the names of types with commas, as psql shows the arguments
// of functions.
func oidVectorTypes(r row) (vec.Datum, error) {
	list := r.get(0).A
	var names []string
	for i := range list.N {
		oid := list.Get(i)
		name := ""
		if t, ok := types.TypeByOID(uint32(oid.I)); ok {
			name = t.String()
		} else {
			d, err := ownType(r.c, oid)
			if err != nil {
				return null, err
			}
			name = d.S
		}
		names = append(names, name)
	}
	return dS(strings.Join(names, ", ")), nil
}

// sizePretty is pg_size_pretty (dbsize.c): each unit holds up to 10 times the
// next one and rounds half up.
func sizePretty(n int64) string {
	units := []string{"kB", "MB", "GB", "TB", "PB"}
	if n < 10*1024 && n > -10*1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	n >>= 9 // keep one more bit, for rounding
	for i, u := range units {
		if n < 2*10*1024-1 && n > -2*10*1024+1 || i == len(units)-1 {
			return fmt.Sprintf("%d %s", halfUp(n), u)
		}
		n >>= 10
	}
	return ""
}

func halfUp(n int64) int64 {
	if n < 0 {
		return (n - 1) / 2
	}
	return (n + 1) / 2
}
