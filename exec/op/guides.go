package op

import (
	"strings"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// guideFinder takes expressions over one column apart into guides: monotone
// subexpressions of which they are functions.
type guideFinder struct {
	ctx    *fn.Ctx
	guides []plan.Expr
	zoned  bool // a guide goes through the session's time zone
	nested bool // and does so with something else than the column
}

// find adds the guides of e, not the bare column; false if e has none.
func (g *guideFinder) find(e plan.Expr) bool {
	if _, bare := e.(*plan.Col); bare {
		return false
	}
	if len(exprCols(e)) == 0 {
		return constant(e)
	}
	if g.monotone(e) {
		g.guides = append(g.guides, e)
		return true
	}
	if c, ok := e.(*plan.Call); ok {
		if unit, arg := g.periodOf(c); unit != "" && g.monotone(arg) {
			if t := truncTo(unit, arg); t != nil && g.monotone(t) {
				g.guides = append(g.guides, t)
				return true
			}
		}
	}
	if _, ok := e.(*plan.SubPlan); ok {
		return false
	}
	return plan.EachOperand(e, g.find)
}

// constant reports calls of constants.
func constant(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Const:
		return true
	case *plan.Call:
		if e.F.Volatility == fn.Volatile {
			return false
		}
		for _, a := range e.Args {
			if !constant(a) {
				return false
			}
		}
		return true
	}
	return false
}

// monotone reports whether e only rises or only falls with its one column. NULL
// never comes of a value here but by a constant NULL, which is constant.
func (g *guideFinder) monotone(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Col, *plan.Const:
		return true
	case *plan.Call:
		arg := -1
		for i, a := range e.Args {
			if constant(a) {
				continue
			}
			if arg >= 0 {
				return false
			}
			arg = i
		}
		return arg >= 0 && e.F.Volatility != fn.Volatile && g.rises(e, arg) && g.monotone(e.Args[arg])
	}
	return false
}

// rises reports whether the call is monotone in its argument arg, the others
// being constants.
func (g *guideFinder) rises(c *plan.Call, arg int) bool {
	from := c.Args[arg].Type()
	if !ordered(from) {
		return false
	}
	if (from.Kind == types.TimestampTZ) != (c.T.Kind == types.TimestampTZ) || c.F.Name == "date_trunc" && from.Kind == types.TimestampTZ {
		if from.Kind != types.TimestampTZ {
			return false // local time may be skipped
		}
		g.zoned = true
		if _, bare := c.Args[arg].(*plan.Col); !bare {
			g.nested = true
		}
	}
	if c.F.Cast {
		return ordered(c.T)
	}
	switch c.F.Name {
	case "<", "<=", ">", ">=":
		return true
	case "+", "-", "*":
		return number(c.T) || c.T.Kind == types.Date
	case "/", "div":
		return arg == 0 && number(c.T) && (c.T.Kind != types.Numeric || exact(c.Args[0]))
	case "floor", "ceil", "ceiling", "sign":
		return number(c.T)
	case "round", "trunc", "width_bucket":
		return arg == 0 && number(c.T)
	case "date_trunc":
		unit := g.fieldOf(c)
		return arg == 1 && len(c.Args) == 2 && unit != "century" && unit != "millennium"
	case "extract", "date_part":
		switch g.fieldOf(c) {
		case "year", "isoyear", "decade", "century", "millennium", "epoch", "julian":
			return true
		}
	}
	return false
}

// exact reports a column of so few digits that its quotients, of which Postgres
// computes at least 16 digits, are in order however they are rounded.
func exact(e plan.Expr) bool {
	c, ok := e.(*plan.Col)
	if !ok {
		return false
	}
	p, _, ok := c.T.Precision()
	return ok && p <= 15
}

func number(t types.Type) bool {
	if t.Array {
		return false
	}
	switch t.Kind {
	case types.Int2, types.Int4, types.Int8, types.Numeric, types.Float4, types.Float8:
		return true
	}
	return false
}

// ordered reports types whose casts among each other keep the order.
func ordered(t types.Type) bool {
	return number(t) || !t.Array && (t.Kind == types.Date || t.Kind == types.Timestamp || t.Kind == types.TimestampTZ)
}

// word is the value of a constant string, "" if e is none.
func (g *guideFinder) word(e plan.Expr) string {
	if !constant(e) || e.Type().Phys() != types.PhysStr {
		return ""
	}
	d, err := kernel.EvalDatum(g.ctx, e)
	if err != nil || d.Null {
		return ""
	}
	return d.S
}

func (g *guideFinder) fieldOf(c *plan.Call) string { return strings.ToLower(g.word(c.Args[0])) }

// periodOf is for functions of a time that go round and round: the unit on
// which they are constant, "" if there is none, and the time.
func (g *guideFinder) periodOf(c *plan.Call) (unit string, arg plan.Expr) {
	if len(c.Args) != 2 {
		return "", nil
	}
	switch c.F.Name {
	case "extract", "date_part":
		switch f := g.fieldOf(c); f {
		case "month", "quarter", "week", "day", "hour":
			return f, c.Args[1]
		case "dow", "isodow", "doy":
			return "day", c.Args[1]
		}
	case "to_char":
		if f := g.word(c.Args[1]); f != "" && dateFormat(f) {
			return "day", c.Args[0]
		}
	}
	return "", nil
}

// dateFormat reports a to_char format that shows nothing below a day: known
// words of dates and what stands between them.
func dateFormat(f string) bool {
	for f != "" {
		n := 0
		for _, w := range []string{"YYYY", "IYYY", "YY", "MM", "DDD", "DD", "Q", "IW", "WW", "Month", "Mon", "Day", "Dy", "-", "/", ".", " ", "年", "月", "日"} {
			if strings.HasPrefix(f, w) {
				n = len(w)
				break
			}
		}
		if n == 0 {
			return false
		}
		f = f[n:]
	}
	return true
}

// truncTo is date_trunc(unit, x), nil if there is none for x's type.
func truncTo(unit string, x plan.Expr) plan.Expr {
	text := types.Of(types.Text)
	f, args, ret, err := fn.ResolveFunc("date_trunc", []types.Type{text, x.Type()}, -1)
	if err != nil || len(args) != 2 || !args[1].Same(x.Type()) {
		return nil
	}
	k := &plan.Const{V: vec.Datum{S: unit}}
	k.T = text
	c := &plan.Call{F: f, Args: []plan.Expr{k, x}, Off: -1}
	c.T = ret
	return c
}
