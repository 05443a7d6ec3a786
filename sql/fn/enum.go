package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// tEnum is anyenum: any enum type, the same one wherever a signature has it.
var tEnum = types.Of(types.Enum)

func anyEnum(t types.Type) bool { return t.Kind == types.Enum && t.Ext == nil && !t.Array }

func init() {
	for r := relEQ; r <= relGE; r++ {
		op(relNames[r], tEnum, tEnum, tBool, compareInts(r))
	}
	for _, name := range []string{"min", "max"} {
		agg(name, ts{tEnum}, tEnum, func(_ *Ctx, _ []types.Type, ret types.Type) Acc {
			return &extremeAcc{t: ret, max: name == "max"}
		})
	}
	end := func(last bool) impl {
		return rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) {
			l := labelsOf(r.args[0].Type)
			if len(l) == 0 {
				return null, nil
			}
			if last {
				return dI(l[len(l)-1].Value), nil
			}
			return dI(l[0].Value), nil
		})
	}
	def("enum_first", ts{tEnum}, tEnum, end(false), nullable, stable)
	def("enum_last", ts{tEnum}, tEnum, end(true), nullable, stable)
	span := func(r row, lo, hi int) (vec.Datum, error) {
		t := r.args[0].Type
		out := vec.NewBuilder(t, 8)
		for _, l := range labelsOf(t) {
			if (lo < 0 || r.null(lo) || l.Value >= r.int(lo)) && (hi < 0 || r.null(hi) || l.Value <= r.int(hi)) {
				out.Append(dI(l.Value))
			}
		}
		return dA(out.Finish()), nil
	}
	ret := func(args []*vec.Vector) types.Type { return args[0].Type.ArrayOf() }
	def("enum_range", ts{tEnum}, tEnum.ArrayOf(), rowsOf(false, ret, func(r row) (vec.Datum, error) { return span(r, -1, -1) }), nullable, stable)
	def("enum_range", ts{tEnum, tEnum}, tEnum.ArrayOf(), rowsOf(false, ret, func(r row) (vec.Datum, error) { return span(r, 0, 1) }), nullable, stable)
}

// labelsOf lists the labels of an enum type in their order.
func labelsOf(t types.Type) []types.Label {
	if t.Ext == nil {
		return nil
	}
	return t.Ext.Def().Labels
}
