package fn

import (
	"tagd/sql/types"
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
