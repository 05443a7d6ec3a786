package fn

import (
	"math"
	"strings"

	"tagd/sql/types"
)

var tMoney = types.Of(types.Money)

// Operators, functions and casts of money (cash.c).
func init() {
	for r := relEQ; r <= relGE; r++ {
		named(relNames[r], "cash_"+relVerbs[r], ts{tMoney, tMoney}, tBool, compareInts(r))
	}
	threeWay("cash_cmp", tMoney)
	extremes(tMoney)
	agg("sum", ts{tMoney}, tMoney, func(*Ctx, []types.Type, types.Type) Acc { return &intSumAcc{ret: tMoney} })
	moneyMath()
	def("cashlarger", ts{tMoney, tMoney}, tMoney, f2(tMoney, ok2(func(a, b int64) int64 { return max(a, b) })))
	def("cashsmaller", ts{tMoney, tMoney}, tMoney, f2(tMoney, ok2(func(a, b int64) int64 { return min(a, b) })))
	def("cash_words", ts{tMoney}, tText, f1(tText, ok1(moneyWords)))

	toNum := f1(tNum, ok1(func(v int64) types.Decimal { return types.DecimalOf(v, 2) }))
	cast(tMoney, tNum, CastAssign, toNum, Stable)
	def("numeric", ts{tMoney}, tNum, toNum, stable)
	fromNum := f1(tMoney, moneyOfNumeric)
	cast(tNum, tMoney, CastAssign, fromNum, Stable)
	def("money", ts{tNum}, tMoney, fromNum, stable)
	for _, t := range []types.Type{tI4, tI8} {
		from := f1(tMoney, func(_ *Ctx, v int64) (int64, error) {
			if v > math.MaxInt64/100 || v < math.MinInt64/100 {
				return 0, errRange("bigint")
			}
			return v * 100, nil
		})
		cast(t, tMoney, CastAssign, from, Stable)
		def("money", ts{t}, tMoney, from, stable)
	}
}

// moneyMath registers + - * and /.
func moneyMath() {
	named("+", "cash_pl", ts{tMoney, tMoney}, tMoney, intArith(ariAdd, tMoney))
	named("-", "cash_mi", ts{tMoney, tMoney}, tMoney, intArith(ariSub, tMoney))
	named("/", "cash_div_cash", ts{tMoney, tMoney}, tF8, f2(tF8, func(_ *Ctx, a, b int64) (float64, error) {
		if b == 0 {
			return 0, errDivZero()
		}
		return float64(a) / float64(b), nil
	}))
	for _, t := range []types.Type{tI2, tI4, tI8} {
		named("*", "cash_mul_"+t.PGName(), ts{tMoney, t}, tMoney, intArith(ariMul, tMoney))
		named("*", t.PGName()+"_mul_cash", ts{t, tMoney}, tMoney, intArith(ariMul, tMoney))
		named("/", "cash_div_"+t.PGName(), ts{tMoney, t}, tMoney, intArith(ariDiv, tMoney))
	}
	for name, t := range map[string]types.Type{"flt4": tF4, "flt8": tF8} {
		float := func(k arith) impl {
			return f2(tMoney, func(_ *Ctx, a int64, f float64) (int64, error) { return moneyFloat(k, float64(a), f) })
		}
		named("*", "cash_mul_"+name, ts{tMoney, t}, tMoney, float(ariMul))
		named("/", "cash_div_"+name, ts{tMoney, t}, tMoney, float(ariDiv))
		named("*", name+"_mul_cash", ts{t, tMoney}, tMoney, f2(tMoney, func(_ *Ctx, f float64, a int64) (int64, error) {
			return moneyFloat(ariMul, f, float64(a))
		}))
	}
}

// moneyFloat computes with floats and rounds to whole hundredths.
func moneyFloat(k arith, a, b float64) (int64, error) {
	f, err := floatOp(k, false, a, b)
	if err != nil {
		return 0, err
	}
	if f = math.RoundToEven(f); !(f >= -1<<63 && f < 1<<63) {
		return 0, errRange("money")
	}
	return int64(f), nil
}

func moneyOfNumeric(_ *Ctx, d types.Decimal) (int64, error) {
	switch d.Form {
	case types.NaN:
		return 0, notByUs("cannot convert NaN to bigint")
	case types.Infinity, types.NegInfinity:
		return 0, notByUs("cannot convert infinity to bigint")
	}
	v, ok := d.Round(2).Unscaled(2)
	if !ok {
		return 0, errRange("bigint")
	}
	return v, nil
}

var (
	smallWords = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tenWords   = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	powerWords = strings.Fields("- thousand million billion trillion quadrillion")
)

// moneyWords is cash_words.
func moneyWords(v int64) string {
	var b strings.Builder
	u := uint64(v)
	if v < 0 {
		u = -u
		b.WriteString("minus ")
	}
	dollars := u / 100
	power := uint64(1e15)
	for k := 5; k >= 0; k, power = k-1, power/1000 {
		part := dollars / power % 1000
		if k > 0 && part > 0 {
			b.WriteString(numberWords(part) + " " + powerWords[k] + " ")
		} else if k == 0 && (part > 0 || dollars == 0) {
			b.WriteString(numberWords(part))
		}
	}
	b.WriteString(map[bool]string{true: " dollar and ", false: " dollars and "}[dollars == 1])
	b.WriteString(numberWords(u % 100))
	b.WriteString(map[bool]string{true: " cent", false: " cents"}[u%100 == 1])
	s := b.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

// numberWords is num_word of a number below 1000.
func numberWords(v uint64) string {
	low := v % 100
	var rest string
	switch {
	case low < 20:
		rest = smallWords[low]
	case low%10 == 0:
		rest = tenWords[low/10]
	default:
		rest = tenWords[low/10] + " " + smallWords[low%10]
	}
	switch {
	case v < 100:
		return rest
	case low == 0:
		return smallWords[v/100] + " hundred"
	case low < 20:
		return smallWords[v/100] + " hundred and " + rest
	}
	return smallWords[v/100] + " hundred " + rest
}
