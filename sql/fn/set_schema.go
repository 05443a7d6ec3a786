package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// expandArray is information_schema._pg_expandarray: the elements of an array with
// one dimension and their numbers from 1. JDBC and psqlODBC number the columns of
// keys by it.
func expandArray(_ *Ctx, args []vec.Datum, _ []types.Type, emit emitFunc) error {
	a := args[0].A
	row := make([]vec.Datum, 2)
	for i := range a.N {
		row[0], row[1] = a.Get(i), dI(int64(i+1))
		if err := emit(row); err != nil {
			return err
		}
	}
	return nil
}

func init() {
	defSet(&SetFunc{Name: "information_schema._pg_expandarray", Args: ts{tArr}, Strict: true,
		Cols: []SetCol{{"x", tElem}, {"n", tI4}}, Rows: expandArray, Volatility: Immutable})
}
