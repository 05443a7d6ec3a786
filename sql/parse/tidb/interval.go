package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// unitWords are the units of one field: how often which unit of Postgres's
// intervals, and whether a date stays a date under it.
var unitWords = map[tast.TimeUnitType]struct {
	times string
	word  string
	whole bool
}{
	tast.TimeUnitMicrosecond: {"1", "microsecond", false}, tast.TimeUnitSecond: {"1", "second", false}, tast.TimeUnitMinute: {"1", "minute", false},
	tast.TimeUnitHour: {"1", "hour", false}, tast.TimeUnitDay: {"1", "day", true}, tast.TimeUnitWeek: {"7", "day", true},
	tast.TimeUnitMonth: {"1", "month", true}, tast.TimeUnitQuarter: {"3", "month", true}, tast.TimeUnitYear: {"1", "year", true},
}

// compound are the units of several fields, from the largest to the smallest.
var compound = map[tast.TimeUnitType][]string{
	tast.TimeUnitSecondMicrosecond: {"second", "microsecond"}, tast.TimeUnitMinuteMicrosecond: {"minute", "second", "microsecond"},
	tast.TimeUnitMinuteSecond: {"minute", "second"}, tast.TimeUnitHourMicrosecond: {"hour", "minute", "second", "microsecond"},
	tast.TimeUnitHourSecond: {"hour", "minute", "second"}, tast.TimeUnitHourMinute: {"hour", "minute"},
	tast.TimeUnitDayMicrosecond: {"day", "hour", "minute", "second", "microsecond"}, tast.TimeUnitDaySecond: {"day", "hour", "minute", "second"},
	tast.TimeUnitDayMinute: {"day", "hour", "minute"}, tast.TimeUnitDayHour: {"day", "hour"}, tast.TimeUnitYearMonth: {"year", "month"},
}

// dateAdd lowers DATE_ADD, DATE_SUB, ADDDATE, SUBDATE and x +- INTERVAL n unit.
// The functions adddate and subdate keep a date a date under whole days; under
// smaller units it becomes a timestamp, as date + interval does in Postgres.
func dateAdd(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	u, ok := x.Args[len(x.Args)-1].(*tast.TimeUnitExpr)
	if len(x.Args) != 3 || !ok {
		l.unknown(x)
		return nil
	}
	base := l.moment(x.Args[0])
	step, whole := l.interval(x.Args[1], u.Unit)
	sub := strings.Contains(x.FnName.L, "sub")
	if !whole {
		name := "+"
		if sub {
			name = "-"
		}
		return &ast.Op{At: l.at(x), Name: name, L: base, R: step}
	}
	name := "adddate"
	if sub {
		name = "subdate"
	}
	return &ast.Func{At: l.at(x), Name: []string{name}, Args: []ast.Expr{base, step}}
}

func timestampAdd(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	u, ok := x.Args[0].(*tast.TimeUnitExpr)
	if len(x.Args) != 3 || !ok {
		l.unknown(x)
		return nil
	}
	step, whole := l.interval(x.Args[1], u.Unit)
	base := l.moment(x.Args[2])
	if !whole {
		return &ast.Op{At: l.at(x), Name: "+", L: base, R: step}
	}
	return &ast.Func{At: l.at(x), Name: []string{"adddate"}, Args: []ast.Expr{base, step}}
}

func timestampDiff(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	u, ok := x.Args[0].(*tast.TimeUnitExpr)
	if len(x.Args) != 3 || !ok {
		l.unknown(x)
		return nil
	}
	unit := text(l.pos(l.tok(l.tokAt(x.OriginTextPosition())+2).start), strings.ToLower(u.Unit.String()))
	return &ast.Func{At: l.at(x), Name: []string{"timestampdiff"}, Args: []ast.Expr{unit, l.expr(x.Args[1]), l.expr(x.Args[2])}}
}

// moment is what an interval is added to. A text constant says by itself
// whether it is a date or a timestamp.
func (l *lowerer) moment(n tast.ExprNode) ast.Expr {
	x := l.expr(n)
	s, ok := x.(*ast.Literal)
	if !ok || s.Kind != ast.LitString {
		return x
	}
	if strings.ContainsAny(strings.TrimSpace(s.Text), " :T") {
		return castTo(s.At, s, "timestamp")
	}
	return castTo(s.At, s, "date")
}

// interval lowers INTERVAL n unit; whole reports whole days.
func (l *lowerer) interval(n tast.ExprNode, unit tast.TimeUnitType) (x ast.Expr, whole bool) {
	if fields := compound[unit]; fields != nil {
		return l.compoundInterval(n, fields), unit == tast.TimeUnitYearMonth
	}
	u, ok := unitWords[unit]
	if !ok {
		l.no(n.OriginTextPosition(), "this unit is not supported")
		return nil, false
	}
	v := l.expr(n)
	if lit, ok := v.(*ast.Literal); ok && lit.Kind != ast.LitNull && lit.Kind != ast.LitBool && u.times == "1" {
		return castTo(lit.At, text(lit.At, lit.Text+" "+u.word), "interval"), u.whole
	}
	at := ast.At(posOf(v))
	if lit, ok := v.(*ast.Literal); ok && lit.Kind == ast.LitString {
		v = castTo(lit.At, lit, "float8")
	}
	return &ast.Op{At: at, Name: "*", L: v, R: castTo(at, text(at, u.times+" "+u.word), "interval")}, u.whole
}

// compoundInterval reads '1 2:30' DAY_MINUTE: numbers between any other signs,
// counted from the smallest unit.
func (l *lowerer) compoundInterval(n tast.ExprNode, fields []string) ast.Expr {
	v := l.expr(n)
	lit, ok := v.(*ast.Literal)
	if !ok || lit.Kind == ast.LitNull || lit.Kind == ast.LitBool {
		l.no(n.OriginTextPosition(), "an interval of several fields that is not a constant is not supported")
		return nil
	}
	sign := ""
	s := strings.TrimSpace(lit.Text)
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	nums := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(nums) == 0 || len(nums) > len(fields) {
		l.no(n.OriginTextPosition(), "this constant is not an interval of %s", strings.ToUpper(fields[0]+"_"+fields[len(fields)-1]))
		return nil
	}
	fields = fields[len(fields)-len(nums):]
	var parts []string
	for i, d := range nums {
		if fields[i] == "microsecond" && len(d) < 6 {
			d += strings.Repeat("0", 6-len(d)) // a fraction of a second
		}
		parts = append(parts, sign+d+" "+fields[i])
	}
	return castTo(lit.At, text(lit.At, strings.Join(parts, " ")), "interval")
}
