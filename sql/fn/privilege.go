package fn

import (
	"strconv"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// privilegeFuncs are the has_..._privilege family. The session's catalog is asked
// by the function's name and a letter for each argument: u and U a role by name
// and by OID, o and O an object, c and C a column by name and by number.
func privilegeFuncs() {
	ask := func(name, form string, args ts) {
		def(name, append(args, tText), tBool, askCatalog(name+"/"+form, tBool), stable)
	}
	object := func(name string, cols bool) {
		for _, who := range []struct {
			form string
			t    ts
		}{{"", nil}, {"u", ts{tName}}, {"U", ts{tOid}}} {
			for _, what := range []struct {
				form string
				t    types.Type
			}{{"o", tText}, {"O", tOid}} {
				args := append(append(ts{}, who.t...), what.t)
				if !cols {
					ask(name, who.form+what.form, args)
					continue
				}
				ask(name, who.form+what.form+"c", append(append(ts{}, args...), tText))
				ask(name, who.form+what.form+"C", append(append(ts{}, args...), tI2))
			}
		}
	}
	for _, n := range []string{"table", "schema", "database", "any_column", "function", "sequence", "tablespace", "type", "language",
		"foreign_data_wrapper", "server"} {
		object("has_"+n+"_privilege", false)
	}
	object("has_column_privilege", true)
	ask("pg_has_role", "o", ts{tName})
	ask("pg_has_role", "O", ts{tOid})
	for form, who := range map[string]types.Type{"u": tName, "U": tOid} {
		ask("pg_has_role", form+"o", ts{who, tName})
		ask("pg_has_role", form+"O", ts{who, tOid})
	}
	aclFuncs()
}

func aclFuncs() {
	item := types.Of(types.AclItem)
	def("makeaclitem", ts{tOid, tOid, tText, tBool}, item, askCatalog("makeaclitem", item), stable)
	def("aclcontains", ts{item.ArrayOf(), item}, tBool, askCatalog("aclcontains", tBool), stable)
	cast(tText, item, CastExplicit, askCatalog("aclitemin", item))
	defSet(&SetFunc{Name: "aclexplode", Args: ts{item.ArrayOf()}, Strict: true, Volatility: Stable,
		Cols: []SetCol{{"grantor", tOid}, {"grantee", tOid}, {"privilege_type", tText}, {"is_grantable", tBool}},
		Rows: func(c *Ctx, args []vec.Datum, _ []types.Type, emit func(row []vec.Datum) error) error {
			d, err := c.Catalog("aclexplode", args)
			if err != nil {
				return err
			}
			for i := 0; i+3 < d.A.N; i += 4 {
				by, _ := strconv.ParseInt(d.A.Str[i], 10, 64)
				to, _ := strconv.ParseInt(d.A.Str[i+1], 10, 64)
				if err := emit([]vec.Datum{dI(by), dI(to), dS(d.A.Str[i+2]), dB(d.A.Str[i+3] == "t")}); err != nil {
					return err
				}
			}
			return nil
		}})
}
