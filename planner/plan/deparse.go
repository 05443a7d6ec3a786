package plan

import (
	"strconv"
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// String writes an expression as SQL, parenthesised as ruleutils.c does.
func String(e Expr) string {
	var p printer
	p.expr(e)
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) list(es []Expr, sep string) {
	for i, e := range es {
		if i > 0 {
			p.WriteString(sep)
		}
		p.expr(e)
	}
}

func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case nil:
		p.WriteString("NULL")
	case *Col:
		if e.Name == "" {
			p.WriteString("column" + strconv.Itoa(e.Idx+1))
			return
		}
		p.WriteString(QuoteIdent(e.Name))
	case *Const:
		p.WriteString(literal(e))
	case *Param:
		p.WriteString("$" + strconv.Itoa(e.N))
	case *Call:
		p.call(e)
	case *And:
		p.WriteByte('(')
		p.list(e.Args, " AND ")
		p.WriteByte(')')
	case *Or:
		p.WriteByte('(')
		p.list(e.Args, " OR ")
		p.WriteByte(')')
	case *Not:
		p.WriteString("(NOT ")
		p.expr(e.X)
		p.WriteByte(')')
	case *IsTest:
		p.isTest(e)
	case *In:
		p.WriteByte('(')
		p.expr(e.X)
		if e.Negate {
			p.WriteString(" NOT")
		}
		p.WriteString(" IN (")
		p.list(e.List, ", ")
		p.WriteString("))")
	case *AnyAll:
		p.WriteByte('(')
		p.expr(e.L)
		p.WriteString(" " + e.Op.Name)
		if e.All {
			p.WriteString(" ALL (")
		} else {
			p.WriteString(" ANY (")
		}
		p.expr(e.R)
		p.WriteString("))")
	case *Case:
		p.caseExpr(e)
	case *Coalesce:
		p.WriteString("COALESCE(")
		p.list(e.Args, ", ")
		p.WriteByte(')')
	case *Array:
		p.WriteString("ARRAY[")
		p.list(e.Elems, ", ")
		p.WriteByte(']')
	default:
		p.relationalExpr(e)
	}
}

func (p *printer) isTest(e *IsTest) {
	p.WriteByte('(')
	p.expr(e.X)
	p.WriteString(" IS ")
	if e.Negate {
		p.WriteString("NOT ")
	}
	p.WriteString([...]string{"NULL", "TRUE", "FALSE", "UNKNOWN"}[e.What] + ")")
}

func (p *printer) caseExpr(e *Case) {
	p.WriteString("CASE")
	for _, w := range e.Whens {
		p.WriteString(" WHEN ")
		p.expr(w.Cond)
		p.WriteString(" THEN ")
		p.expr(w.Then)
	}
	if e.Else != nil {
		p.WriteString(" ELSE ")
		p.expr(e.Else)
	}
	p.WriteString(" END")
}

func (p *printer) call(e *Call) {
	switch {
	case e.F.Cast && len(e.Args) > 0:
		_, call := e.Args[0].(*Call)
		if _, isCol := e.Args[0].(*Col); !isCol && !call {
			p.WriteByte('(')
			p.expr(e.Args[0])
			p.WriteByte(')')
		} else if isCol {
			p.WriteByte('(')
			p.expr(e.Args[0])
			p.WriteByte(')')
		} else {
			p.expr(e.Args[0])
		}
		p.WriteString("::" + e.F.Ret.String())
	case isOperator(e.F.Name) && len(e.Args) == 2:
		p.WriteByte('(')
		p.expr(e.Args[0])
		p.WriteString(" " + e.F.Name + " ")
		p.expr(e.Args[1])
		p.WriteByte(')')
	case isOperator(e.F.Name):
		p.WriteString("(" + e.F.Name + " ")
		p.list(e.Args, ", ")
		p.WriteByte(')')
	default:
		p.WriteString(QuoteIdent(e.F.Name) + "(")
		p.list(e.Args, ", ")
		p.WriteByte(')')
	}
}

func isOperator(name string) bool {
	return name != "" && strings.IndexByte("+-*/<>=~!@#%^&|`?", name[0]) >= 0
}

// QuoteIdent quotes an identifier where Postgres would, keywords aside.
func QuoteIdent(s string) string {
	plain := s != ""
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= 'a' && c <= 'z' || c == '_' || c >= 0x80 || i > 0 && (c >= '0' && c <= '9' || c == '$')
	}
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

func constText(c *Const) string {
	if c.V.Null {
		return "NULL"
	}
	return string(vec.AppendDatumText(nil, c.T, c.V, types.ISO))
}

func literal(c *Const) string {
	if c.V.Null {
		if c.T.Kind == types.Unknown {
			return "NULL"
		}
		return "NULL::" + c.T.String()
	}
	s := constText(c)
	if !c.T.Array {
		switch c.T.Kind {
		case types.Bool:
			return strconv.FormatBool(c.V.I != 0)
		case types.Int4, types.Numeric:
			if c.T.Kind == types.Numeric && c.V.D.Form != 0 {
				break
			}
			if strings.HasPrefix(s, "-") {
				return "'" + s + "'::" + c.T.String()
			}
			return s
		case types.Int2, types.Int8:
			return "'" + s + "'::" + c.T.String()
		}
	}
	q := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		q = "E" + strings.ReplaceAll(q, `\`, `\\`)
	}
	if c.T.Kind == types.Unknown {
		return q
	}
	return q + "::" + c.T.String()
}
