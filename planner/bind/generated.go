package bind

import (
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// generated binds the expressions of the generated columns of a table, by
// position, over its columns.
func (b *binder) generated(t *types.Table) (map[int]plan.Expr, error) {
	var out map[int]plan.Expr
	b.stored++
	defer func() { b.stored-- }()
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Generated == "" {
			continue
		}
		e, err := parse.Expr(c.Generated)
		if err != nil {
			return nil, withoutPos(err)
		}
		b.own++
		x, err := b.expr(tableScope(t, "", "column generation expressions"), e)
		b.own--
		if err != nil {
			return nil, withoutPos(err)
		}
		if x, err = b.assignDefault(x, c); err != nil {
			return nil, withoutPos(err)
		}
		if plan.Volatility(x) != fn.Immutable {
			return nil, sqlerr.New(pgerrcode.InvalidObjectDefinition, "generation expression is not immutable")
		}
		if out == nil {
			out = map[int]plan.Expr{}
		}
		out[i] = x
	}
	return out, nil
}

// assignDefault is assign with the message for defaults.
func (b *binder) assignDefault(x plan.Expr, c *types.Column) (plan.Expr, error) {
	from := x.Type()
	x, ok, err := b.coerce(x, c.Type, fn.CastAssign, -1)
	if err == nil && !ok {
		err = sqlerr.New(pgerrcode.DatatypeMismatch, "column \"%s\" is of type %s but default expression is of type %s", c.Name, c.Type.Base(), from.Base()).
			WithHint("You will need to rewrite or cast the expression.")
	}
	return x, err
}

// generate puts the generated columns over rows of a table's columns.
func (b *binder) generate(t *types.Table, in plan.Node) (plan.Node, error) {
	gen, err := b.generated(t)
	if err != nil || gen == nil {
		return in, err
	}
	p := &plan.Project{Input: in}
	p.Fields = in.Schema()
	for i, f := range p.Fields {
		if x := gen[i]; x != nil {
			p.Exprs = append(p.Exprs, x)
		} else {
			p.Exprs = append(p.Exprs, plan.NewCol(i, f.Name, f.Type))
		}
	}
	return p, nil
}

// regenerate adds to the assignments of a change those of the generated columns
// that follow from them.
func (b *binder) regenerate(t *types.Table, cols []int, set []plan.Expr) ([]int, []plan.Expr, error) {
	gen, err := b.generated(t)
	if err != nil || gen == nil {
		return cols, set, err
	}
	to := map[int]plan.Expr{}
	for i, c := range cols {
		if gen[c] == nil {
			to[c] = set[i]
		}
	}
	var outCols []int
	var out []plan.Expr
	for i, c := range cols {
		if gen[c] == nil { // those SET to DEFAULT come below
			outCols, out = append(outCols, c), append(out, set[i])
		}
	}
	for i := range t.Columns {
		x := gen[i]
		if x == nil {
			continue
		}
		hit := containsInt(cols, i)
		for _, c := range plan.Columns(x) {
			hit = hit || to[c] != nil
		}
		if !hit {
			continue
		}
		x = plan.MapCols(x, func(c *plan.Col) plan.Expr {
			if n := to[c.Idx]; n != nil {
				return n
			}
			return c
		})
		outCols, out = append(outCols, i), append(out, x)
	}
	return outCols, out, nil
}

// settle computes volatile values of an UPDATE once, as further columns of its
// input, where generated columns would compute them again.
func settle(t *types.Table, in plan.Node, set []plan.Expr) (plan.Node, []plan.Expr) {
	any := false
	for i := range t.Columns {
		any = any || t.Columns[i].Generated != ""
	}
	vol := false
	for _, x := range set {
		vol = vol || plan.Volatility(x) == fn.Volatile
	}
	if !any || !vol {
		return in, set
	}
	p := &plan.Project{Input: in}
	p.Fields = append([]plan.Field(nil), in.Schema()...)
	for i, f := range p.Fields {
		p.Exprs = append(p.Exprs, plan.NewCol(i, f.Name, f.Type))
	}
	out := append([]plan.Expr(nil), set...)
	for i, x := range set {
		if plan.Volatility(x) == fn.Volatile {
			out[i] = plan.NewCol(len(p.Fields), "value", x.Type())
			p.Exprs = append(p.Exprs, x)
			p.Fields = append(p.Fields, plan.Field{Name: "value", Type: x.Type()})
		}
	}
	return p, out
}

// identityDefault is the text of an identity column's default.
func identityDefault(c *types.Column) string {
	return "nextval('" + strconv.FormatUint(uint64(c.Seq), 10) + "'::regclass)"
}

// mayInsert refuses values for columns that make their own; overriding is what
// the statement says about that.
func mayInsert(c *types.Column, overriding string) error {
	e := sqlerr.New(pgerrcode.GeneratedAlways, "cannot insert a non-DEFAULT value into column \"%s\"", c.Name)
	switch {
	case c.Generated != "":
		return e.WithDetail("Column \"%s\" is a generated column.", c.Name)
	case c.Identity == "a" && overriding == "":
		return e.WithDetail("Column \"%s\" is an identity column defined as GENERATED ALWAYS.", c.Name).
			WithHint("Use OVERRIDING SYSTEM VALUE to override.")
	}
	return nil
}

// mayUpdate is mayInsert for UPDATE.
func mayUpdate(c *types.Column, x ast.Expr) error {
	if _, ok := x.(*ast.Default); ok {
		return nil
	}
	e := sqlerr.New(pgerrcode.GeneratedAlways, "column \"%s\" can only be updated to DEFAULT", c.Name)
	switch {
	case c.Generated != "":
		return e.WithDetail("Column \"%s\" is a generated column.", c.Name)
	case c.Identity == "a":
		return e.WithDetail("Column \"%s\" is an identity column defined as GENERATED ALWAYS.", c.Name)
	}
	return nil
}
