package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Statistics over several columns are not made: of pg_statistic_ext_data there is
// never a value to take apart.
func init() {
	defSet(&SetFunc{Name: "pg_mcv_list_items", Args: ts{tText}, Strict: true,
		Rows: func(*Ctx, []vec.Datum, []types.Type, func([]vec.Datum) error) error { return nil },
		Cols: []SetCol{{"index", tI4}, {"values", tText.ArrayOf()}, {"nulls", tBool.ArrayOf()}, {"frequency", tF8}, {"base_frequency", tF8}}})
}
