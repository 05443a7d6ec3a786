package pgsql

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// options lowers WITH (name value, ...) lists.
func (l *lowerer) options(ns []*pg.Node) []ast.Option {
	var out []ast.Option
	for _, n := range ns {
		d := n.GetDefElem()
		if d == nil {
			l.no(locationOf(n), "%s is not supported here", words(n))
			return nil
		}
		l.noIf(d.Defnamespace != "", d.Location, "a qualified option")
		o := ast.Option{At: l.at(d.Location), Name: strings.ToLower(d.Defname)}
		if d.Arg != nil {
			o.Value = l.optionText(d.Arg)
		}
		out = append(out, o)
	}
	return out
}

// optionText is an option's value as texts: a list has several.
func (l *lowerer) optionText(n *pg.Node) []string {
	if !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.GetNode().(type) {
	case *pg.Node_String_:
		return []string{x.String_.GetSval()}
	case *pg.Node_Integer:
		return []string{strconv.Itoa(int(x.Integer.GetIval()))}
	case *pg.Node_Float:
		return []string{x.Float.GetFval()}
	case *pg.Node_Boolean:
		return []string{strconv.FormatBool(x.Boolean.GetBoolval())}
	case *pg.Node_AStar:
		return []string{"*"}
	case *pg.Node_TypeName:
		return []string{l.typeName(x.TypeName).Name}
	case *pg.Node_AConst:
		lit, _ := l.literal(x.AConst).(*ast.Literal)
		if lit == nil || lit.Kind == ast.LitNull || lit.Kind == ast.LitBits {
			l.no(x.AConst.Location, "this value is not supported here")
			return nil
		}
		return []string{lit.Text}
	case *pg.Node_TypeCast:
		return []string{l.zoneInterval(x.TypeCast)}
	case *pg.Node_List:
		out := []string{}
		for _, i := range x.List.GetItems() {
			out = append(out, l.optionText(i)...)
		}
		return out
	}
	l.no(locationOf(n), "%s is not supported here", words(n))
	return nil
}

// zoneInterval is the only cast that a setting's value may be: SET TIME ZONE
// INTERVAL '08:00' HOUR TO MINUTE, which means what the text INTERVAL '08:00:00'
// does.
func (l *lowerer) zoneInterval(c *pg.TypeCast) string {
	text := c.GetArg().GetAConst().GetSval().GetSval()
	var mod int32
	if m := c.GetTypeName().GetTypmods(); len(m) > 0 {
		precision := -1
		if len(m) > 1 {
			precision = int(m[1].GetAConst().GetIval().GetIval())
		}
		mod = types.IntervalMod(int(m[0].GetAConst().GetIval().GetIval()), precision)
	}
	v, err := types.ParseIntervalMod(text, mod, types.ISO)
	if err != nil {
		l.fail(sqlerr.New(pgerrcode.InvalidDatetimeFormat, `invalid input syntax for type interval: "%s"`, text))
	}
	return "INTERVAL '" + string(types.AppendInterval(nil, v, types.ISO)) + "'"
}
