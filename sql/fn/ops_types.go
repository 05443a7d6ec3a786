package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Comparisons, min and max of the types that have no file of their own.
func init() {
	byCompare := []types.Type{tTime, tTimeZ, tBP, tJSONB, tBit, tVBit, types.Of(types.Tid)}
	for r := relEQ; r <= relGE; r++ {
		for _, t := range byCompare {
			if t.Phys() == types.PhysInt {
				op(relNames[r], t, t, tBool, compareInts(r))
			} else {
				op(relNames[r], t, t, tBool, compareAny(r))
			}
		}
		op(relNames[r], tRec, tRec, tBool, compareRecords(r))
	}
	for _, r := range []rel{relEQ, relNE} {
		op(relNames[r], types.Of(types.Xid), types.Of(types.Xid), tBool, compareInts(r))
		op(relNames[r], types.Of(types.Xid), tI4, tBool, compareInts(r))
	}
	op("=", types.Of(types.Cid), types.Of(types.Cid), tBool, compareInts(relEQ))
	for _, t := range []types.Type{tTime, tTimeZ, tBP, types.Of(types.Tid)} {
		for name, top := range map[string]bool{"min": false, "max": true} {
			agg(name, ts{t}, t, func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &extremeAcc{t: ret, max: top} })
		}
	}
}

// compareRecords is record_eq and its like: NULL fields are equal to each other
// and greater than everything else; shapes must be the same.
func compareRecords(r rel) impl {
	return rows(tBool, func(x row) (vec.Datum, error) {
		a, b := x.get(0).R, x.get(1).R
		if err := a.Comparable(b); err != nil {
			return null, err
		}
		return dB(r.holds(a.Compare(b))), nil
	})
}
