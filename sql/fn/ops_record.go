package fn

import (
	"bytes"
	"cmp"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Comparisons of records: by the operators of their fields, and by the bytes of
// their values (*= and its like).
func init() {
	for r := relEQ; r <= relGE; r++ {
		op(relNames[r], tRec, tRec, tBool, compareRecords(r))
		image := "*" + relNames[r]
		op(image, tRec, tRec, tBool, rows(tBool, func(x row) (vec.Datum, error) {
			c, err := compareImages(x.get(0).R, x.get(1).R)
			return dB(r.holds(c)), err
		}))
	}
}

// compareRecords is record_eq and its like: NULL fields are equal to each other
// and greater than everything else; shapes must be the same.
func compareRecords(r rel) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		out := vec.New(tBool, n)
		var checked *vec.RecordDesc
		for i := range n {
			a, b := args[0].Get(i), args[1].Get(i)
			if a.Null || b.Null {
				out.SetNull(i)
				continue
			}
			if checked == nil || checked != a.R.RecordDesc {
				checked = a.R.RecordDesc
				if err := comparableFields(checked, r); err != nil {
					return nil, err
				}
			}
			c, err := a.R.Cmp(b.R)
			if err != nil {
				return nil, err
			}
			out.I64[i] = dB(r.holds(c)).I
		}
		return out, nil
	}
}

// comparableFields is the error of fields whose type has no equality, or no order
// where r asks for one.
func comparableFields(d *vec.RecordDesc, r rel) error {
	for _, t := range d.Types {
		if what := "an equality operator"; isUnknown(t) || !Equatable(t.Elem()) {
			if r != relEQ && r != relNE {
				what = "a comparison function"
			}
			return sqlerr.New(pgerrcode.UndefinedFunction, "could not identify %s for type %s", what, t.Elem().Base())
		}
	}
	return nil
}

// Equatable reports whether values of a type can be compared for equality: of a
// composite type, whether all its attributes can.
func Equatable(t types.Type) bool { return hasOperator("=", t) }

// Sortable reports whether values of a type have an order.
func Sortable(t types.Type) bool { return hasOperator("<", t) }

func hasOperator(name string, t types.Type) bool {
	if t.Array {
		t = t.Elem()
	}
	if t.IsComposite() {
		for _, a := range t.Ext.Def().Attrs {
			if !hasOperator(name, a.Type) {
				return false
			}
		}
		return true
	}
	_, _, _, err := ResolveOp(name, t, t, -1)
	return err == nil
}

// compareImages is record_image_cmp: integers and the like by their bits, other
// values by their bytes.
func compareImages(r, s *vec.Record) (int, error) {
	return r.CmpBy(s, func(t types.Type, a, b vec.Datum) (int, error) { return compareImage(t, a, b), nil })
}

func compareImage(t types.Type, a, b vec.Datum) int {
	switch t.Phys() {
	case types.PhysInt:
		return cmp.Compare(uint64(a.I), uint64(b.I))
	case types.PhysDec:
		if c := a.D.Cmp(b.D); c != 0 {
			return c
		}
		return cmp.Compare(a.D.Scale, b.D.Scale)
	}
	return bytes.Compare(vec.AppendDatumBinary(nil, t, a), vec.AppendDatumBinary(nil, t, b))
}
