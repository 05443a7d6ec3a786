package fn

import "tagd/sql/types"

func init() {
	count := func(*Ctx, []types.Type, types.Type) Acc { return &countAcc{} }
	agg("count", ts{}, tI8, count)
	agg("count", ts{tAny}, tI8, count)
	intSum := func(avg bool) func(*Ctx, []types.Type, types.Type) Acc {
		return func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &intSumAcc{avg: avg, ret: ret} }
	}
	for _, t := range []types.Type{tI2, tI4} {
		agg("sum", ts{t}, tI8, intSum(false))
	}
	agg("sum", ts{tI8}, tNum, intSum(false))
	for _, t := range []types.Type{tI2, tI4, tI8} {
		agg("avg", ts{t}, tNum, intSum(true))
	}
	agg("sum", ts{tNum}, tNum, func(*Ctx, []types.Type, types.Type) Acc { return &decSumAcc{} })
	agg("avg", ts{tNum}, tNum, func(*Ctx, []types.Type, types.Type) Acc { return &decSumAcc{avg: true} })
	agg("sum", ts{tF4}, tF4, momentOf(momSum))
	agg("sum", ts{tF8}, tF8, momentOf(momSum))
	agg("avg", ts{tF4}, tF8, momentOf(momAvg))
	agg("avg", ts{tF8}, tF8, momentOf(momAvg))
	agg("sum", ts{tIvl}, tIvl, func(*Ctx, []types.Type, types.Type) Acc { return &ivlAcc{} })
	agg("avg", ts{tIvl}, tIvl, func(*Ctx, []types.Type, types.Type) Acc { return &ivlAcc{avg: true} })
	for name, kind := range map[string]momentKind{"variance": momVarSamp, "var_samp": momVarSamp, "var_pop": momVarPop,
		"stddev": momStdSamp, "stddev_samp": momStdSamp, "stddev_pop": momStdPop} {
		for _, t := range []types.Type{tI2, tI4, tI8, tNum} {
			agg(name, ts{t}, tNum, func(*Ctx, []types.Type, types.Type) Acc { return &decVarAcc{kind: kind} })
		}
		agg(name, ts{tF4}, tF8, momentOf(kind))
		agg(name, ts{tF8}, tF8, momentOf(kind))
	}
	for _, t := range []types.Type{tI2, tI4, tI8, tNum, tF4, tF8, tText, tDate, tTS, tTZ, tIvl, tOid, tArr} {
		for name, top := range map[string]bool{"min": false, "max": true} {
			agg(name, ts{t}, t, func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &extremeAcc{t: ret, max: top} })
		}
	}
	for name, or := range map[string]bool{"bool_and": false, "every": false, "bool_or": true} {
		agg(name, ts{tBool}, tBool, func(*Ctx, []types.Type, types.Type) Acc { return &boolAcc{or: or} })
	}
	for _, t := range []types.Type{tText, tBytea} {
		agg("string_agg", ts{t, t}, t, func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &stringAgg{ret: ret} }).Strict = false
	}
	elems := agg("array_agg", ts{tElem}, tArr, func(_ *Ctx, args []types.Type, ret types.Type) Acc {
		return &arrayAgg{k: newCollect(args[0]), ret: ret}
	})
	elems.Strict, elems.NonArray = false, true
	for _, list := range []bool{false, true} {
		frac, wrap := tF8, func(t types.Type) types.Type { return t }
		if list {
			frac, wrap = tF8.ArrayOf(), types.Type.ArrayOf
		}
		for _, t := range []types.Type{tF8, tIvl} {
			ordered("percentile_cont", ts{frac, t}, wrap(t), pctCont, list)
		}
		ret := tElem
		if list {
			ret = tArr
		}
		ordered("percentile_disc", ts{frac, tElem}, ret, pctDisc, list)
	}
	ordered("mode", ts{tElem}, tElem, pctMode, false)
}

// ordered registers an ordered-set aggregate; the key is the last of args.
func ordered(name string, args ts, ret types.Type, kind percentileKind, list bool) {
	a := agg(name, args, ret, func(_ *Ctx, args []types.Type, ret types.Type) Acc {
		return &percentile{k: newCollect(args[len(args)-1]), kind: kind, ret: ret, list: list}
	})
	a.Ordered = true
	a.Strict = false
}

func momentOf(kind momentKind) func(*Ctx, []types.Type, types.Type) Acc {
	return func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &momentAcc{kind: kind, ret: ret} }
}
