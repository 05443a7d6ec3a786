package bind

import (
	"encoding/json"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// mysqlCall binds the functions of MySQL that are more than a call: those that
// evaluate only what they need (IF, IFNULL), those that depend on a type
// (JSON_CONTAINS) and those of the schema mysql. ok is false for others.
func (b *binder) mysqlCall(s *scope, e *ast.Func) (x plan.Expr, ok bool, err error) {
	name := e.Name[len(e.Name)-1]
	if len(e.Name) == 2 && e.Name[0] == "mysql" {
		args, offs, err := b.exprs(s, e.Args)
		if err != nil {
			return nil, true, err
		}
		x, err = b.call("mysql."+name, args, offs, e.Pos())
		return x, true, err
	}
	if len(e.Name) > 1 || e.Special || e.Over != nil || e.Star || e.Distinct || e.Filter != nil || len(e.OrderBy) > 0 || e.Variadic || e.WithinGroup {
		return nil, false, nil
	}
	switch {
	case name == "if" && len(e.Args) == 3:
		x, err = b.caseExpr(s, &ast.Case{At: e.At, Whens: []ast.When{{Cond: e.Args[0], Then: e.Args[1]}}, Else: e.Args[2]})
	case name == "ifnull" && len(e.Args) == 2:
		x, err = b.coalesce(s, e)
	case name == "isnull" && len(e.Args) == 1:
		x, err = b.isTest(s, &ast.IsTest{At: e.At, X: e.Args[0], What: ast.IsNull})
	case (name == "json_contains" || name == "json_overlaps") && len(e.Args) == 2:
		x, err = b.jsonTest(s, e, name)
	case name == "json_extract" && len(e.Args) == 2:
		x, err = b.jsonExtract(s, e, "#>")
	case name == "json_unquote" && len(e.Args) == 1 && isExtract(e.Args[0]):
		x, err = b.jsonExtract(s, e.Args[0].(*ast.Func), "#>>")
	case name == "json_length" && len(e.Args) == 1:
		x, err = b.jsonLength(s, e)
	default:
		return nil, false, nil
	}
	return x, true, err
}

// jsonTest binds JSON_CONTAINS(set, json) to set @> array and JSON_OVERLAPS to
// set && array, which the planner answers with bitmaps; for jsonb the first is
// its own @>.
func (b *binder) jsonTest(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	set, err := b.expr(s, e.Args[0])
	if err != nil {
		return nil, err
	}
	op := "@>"
	if name == "json_overlaps" {
		op = "&&"
	}
	off := e.Pos()
	if !set.Type().Array {
		if name == "json_overlaps" {
			return nil, sqlerr.Unsupported(off, "json_overlaps of %s is not supported", set.Type().Base().String())
		}
		jsonb := ast.TypeName{At: e.At, Name: "jsonb"}
		return b.op(s, &ast.Op{At: e.At, Name: op, L: &ast.Cast{At: e.At, X: e.Args[0], Type: jsonb}, R: &ast.Cast{At: e.At, X: e.Args[1], Type: jsonb}})
	}
	arg, err := b.expr(s, e.Args[1])
	if err != nil {
		return nil, err
	}
	if c, ok := arg.(*plan.Const); ok && unknown(c.Type()) && !c.V.Null {
		text, err := jsonElements(c.V.S, start(e.Args[1]))
		if err != nil {
			return nil, err
		}
		lit := plan.NewConst(tUnknown, vec.Datum{S: text})
		b.at[lit] = start(e.Args[1])
		arg = lit
	}
	return b.apply(op, set, arg, off, start(e.Args[0]), start(e.Args[1]))
}

// jsonElements turns a JSON scalar or array of scalars into array input.
func jsonElements(text string, off int) (string, error) {
	bad := func() (string, error) {
		return "", sqlerr.At(off, pgerrcode.InvalidTextRepresentation, "invalid input syntax for type json").
			WithHint(`A text is written with double quotes: '"a"', several as '["a", "b"]'.`)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil || dec.More() {
		return bad()
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make([]string, len(list))
	for i, x := range list {
		switch x := x.(type) {
		case string:
			out[i] = quoteElement(x)
		case json.Number:
			out[i] = x.String()
		case bool:
			out[i] = map[bool]string{true: "t", false: "f"}[x]
		default:
			return bad()
		}
	}
	return "{" + strings.Join(out, ",") + "}", nil
}

// quoteElement writes a text as an element of array input.
func quoteElement(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func isExtract(x ast.Expr) bool {
	f, ok := x.(*ast.Func)
	return ok && len(f.Name) == 1 && f.Name[0] == "json_extract" && len(f.Args) == 2
}

// jsonExtract binds JSON_EXTRACT(json, path) to json #> '{step, ...}'.
func (b *binder) jsonExtract(s *scope, e *ast.Func, op string) (plan.Expr, error) {
	path, ok := e.Args[1].(*ast.Literal)
	if !ok || path.Kind != ast.LitString {
		return nil, sqlerr.Unsupported(start(e.Args[1]), "a JSON path that is not a constant is not supported")
	}
	steps, ok := pathSteps(path.Text)
	if !ok {
		return nil, sqlerr.Unsupported(path.Pos(), "this JSON path is not supported").WithHint("$.key, $.\"key\" and $[n] are.")
	}
	for i, p := range steps {
		steps[i] = quoteElement(p)
	}
	from := e.Args[0]
	if l, ok := from.(*ast.Literal); ok && l.Kind == ast.LitString {
		from = &ast.Cast{At: l.At, X: l, Type: ast.TypeName{At: l.At, Name: "jsonb"}}
	}
	return b.op(s, &ast.Op{At: e.At, Name: op, L: from, R: &ast.Literal{At: path.At, Kind: ast.LitString, Text: "{" + strings.Join(steps, ",") + "}"}})
}

// pathSteps reads .key, ."key" and [n] of a JSON path behind its $; * and ** are
// no steps.
func pathSteps(s string) (out []string, ok bool) {
	if s, ok = strings.CutPrefix(s, "$"); !ok {
		return nil, false
	}
	for s != "" {
		end := 0
		switch {
		case strings.HasPrefix(s, `."`):
			if end = strings.IndexByte(s[2:], '"'); end < 0 {
				return nil, false
			}
			out, s = append(out, s[2:2+end]), s[3+end:]
			continue
		case s[0] == '.':
			if end = strings.IndexAny(s[1:], ".["); end < 0 {
				end = len(s) - 1
			}
			out, s = append(out, s[1:1+end]), s[1+end:]
		case s[0] == '[':
			if end = strings.IndexByte(s, ']'); end < 0 || strings.Trim(s[1:end], "0123456789") != "" {
				return nil, false
			}
			out, s = append(out, s[1:end]), s[end+1:]
		default:
			return nil, false
		}
		if last := out[len(out)-1]; last == "" || strings.Contains(last, "*") {
			return nil, false
		}
	}
	return out, true
}

// jsonLength binds JSON_LENGTH: how many values a set has.
func (b *binder) jsonLength(s *scope, e *ast.Func) (plan.Expr, error) {
	x, err := b.expr(s, e.Args[0])
	if err != nil {
		return nil, err
	}
	name := "cardinality"
	if !x.Type().Array {
		name = "jsonb_array_length"
	}
	return b.call(name, []plan.Expr{x}, []int{start(e.Args[0])}, e.Pos())
}

// anyKey completes ON DUPLICATE KEY UPDATE and REPLACE: the primary key decides,
// or the first unique constraint; false means that there is none, so that rows
// never meet. REPLACE sets every other column.
func anyKey(c *ast.Conflict, t *types.Table, out *plan.Conflict) ([]ast.Assign, bool) {
	if out.Arbiter = plan.ArbiterKey; t.Key < 0 {
		if len(t.Uniques) == 0 {
			return nil, false
		}
		out.Arbiter = 0
	}
	if !c.Replace {
		return c.Set, true
	}
	key := map[int]bool{t.Key: true}
	if out.Arbiter >= 0 {
		for _, i := range t.Uniques[out.Arbiter].Cols {
			key[i] = true
		}
	}
	var set []ast.Assign
	for i := range t.Columns {
		if name := t.Columns[i].Name; !key[i] && t.Columns[i].Generated == "" {
			set = append(set, ast.Assign{At: -1, Columns: []ast.ColName{{At: -1, Name: name}}, X: &ast.Column{At: -1, Parts: []string{"excluded", name}}})
		}
	}
	out.DoUpdate = len(set) > 0
	return set, true
}

// setText gives a SET column what MySQL writes into one: 'a,b' becomes an array.
// Array input stays as it is.
func (b *binder) setText(e plan.Expr, off int) (plan.Expr, error) {
	if c, ok := e.(*plan.Const); ok && unknown(c.Type()) && !c.V.Null {
		if strings.HasPrefix(strings.TrimSpace(c.V.S), "{") {
			return e, nil
		}
		var parts []string
		if c.V.S != "" {
			for _, p := range strings.Split(c.V.S, ",") {
				parts = append(parts, quoteElement(p))
			}
		}
		lit := plan.NewConst(tUnknown, vec.Datum{S: "{" + strings.Join(parts, ",") + "}"})
		b.at[lit] = off
		return lit, nil
	}
	if t := e.Type(); !t.Array && (t.Kind == types.Text || t.Kind == types.Varchar) {
		return b.call("string_to_array", []plan.Expr{e, plan.NewConst(tUnknown, vec.Datum{S: ","})}, []int{off, off}, off)
	}
	return e, nil
}
