package fn

import "tagd/sql/types"

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
		def(a.name, a.args, a.ret, askCatalog(a.name, a.ret), volatile)
	}
	def("pg_get_serial_sequence", ts{tText, tText}, tText, askCatalog("pg_get_serial_sequence", tText), stable)
}
