package engine

import (
	"context"
	"strconv"
	"strings"

	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// What foreign keys ask of the rows that are there, and do to them, is SQL over the
// two tables and a set of keys, as in PostgreSQL, but with all keys of a statement
// at once: the ordinary planner and executor answer it. In the text the relations
// are ri.child, ri.parent and ri.keys, whatever their names: keys has the columns k0,
// k1, ... of the keys, n0, n1, ... of what they become, and i, their number.

// keySchema is the schema of that text.
const keySchema = "ri"

// keyCatalog is the catalog that the text sees.
type keyCatalog struct {
	*catalog
	child, parent *types.Table
	keys          []plan.Field
}

// Table returns the child or the parent. See plan.Catalog.
func (c *keyCatalog) Table(_, name string) (*types.Table, plan.Stats) {
	switch name {
	case "child":
		return c.child, c.Stats(c.child)
	case "parent":
		return c.parent, c.Stats(c.parent)
	}
	return nil, nil
}

// View finds none. See plan.Catalog.
func (c *keyCatalog) View(_, _ string) *plan.View { return nil }

// Denied allows everything: foreign keys are checked for everyone. See plan.Catalog.
func (c *keyCatalog) Denied(string) error { return nil }

// HasSchema implements plan.Catalog; the queries of keys call nothing by a schema.
func (c *keyCatalog) HasSchema(string) bool { return false }

// Virtual returns the set of keys. See plan.Catalog.
func (c *keyCatalog) Virtual(_, name string) (string, []plan.Field) {
	if name == "keys" {
		return keySchema, c.keys
	}
	return "", nil
}

// keyHost is the host of a query that reads the keys.
type keyHost struct {
	*run
	keys *vec.Batch
}

// Virtual returns the keys, as well as what any query sees. See op.Host.
func (h *keyHost) Virtual(schema, name string) (*vec.Batch, error) {
	if schema == keySchema && name == "keys" {
		return h.keys, nil
	}
	return h.run.Virtual(schema, name)
}

// keyQuery is one such statement, about the newest state of the open Write.
type keyQuery struct {
	s             *Session
	ctx           context.Context
	child, parent *types.Table
	old, new      []*vec.Vector // the columns k0... and n0..., as long as each other
	n             int
}

// batch is ri.keys.
func (q *keyQuery) batch() ([]plan.Field, *vec.Batch) {
	b := &vec.Batch{N: q.n}
	var fields []plan.Field
	add := func(name string, v *vec.Vector) {
		fields = append(fields, plan.Field{Name: name, Type: v.Type})
		b.Cols = append(b.Cols, v)
	}
	for i, v := range q.old {
		add("k"+strconv.Itoa(i), v)
	}
	for i, v := range q.new {
		add("n"+strconv.Itoa(i), v)
	}
	at := vec.New(types.Of(types.Int8), q.n)
	for i := range at.I64 {
		at.I64[i] = int64(i)
	}
	add("i", at)
	return fields, b
}

// run plans and runs the text; do runs the plan. One key stands in the text as
// parameters, so that indexes and bitmaps answer.
func (q *keyQuery) run(text string, do func(r *run, pl *plan.Stmt) error) error {
	list, err := parse.Statements(text)
	if err != nil {
		return err
	}
	return q.runTree(list[0].Ast, do)
}

func (q *keyQuery) runTree(st ast.Stmt, do func(r *run, pl *plan.Stmt) error) error {
	var params []vec.Datum
	var typs []types.Type
	if q.n == 1 {
		for _, list := range [][]*vec.Vector{q.old, q.new} {
			for _, v := range list {
				params, typs = append(params, v.Get(0)), append(typs, v.Type)
			}
		}
	}
	r := q.s.newRun(params)
	defer r.close()
	detach := r.attach(q.ctx)
	defer detach()
	fields, keys := q.batch()
	cat := &keyCatalog{catalog: q.s.catalogOf(q.s.tx.write.Base()), child: q.child, parent: q.parent, keys: fields}
	pl, err := planner.Plan(st, cat, planner.Options{Fn: r.q.Fn, ParamTypes: typs})
	if err != nil {
		return err
	}
	r.q.Host = &keyHost{r, keys}
	return r.err(do(r, pl))
}

// one runs a query for its one value.
func (q *keyQuery) one(text string) (d vec.Datum, err error) {
	d.Null = true
	err = q.run(text, func(r *run, pl *plan.Stmt) error {
		r.read()
		return r.each(pl.Query, func(b *vec.Batch) error {
			if b.N > 0 {
				d = b.Cols[0].Get(0)
			}
			return nil
		})
	})
	return d, err
}

// where is the condition that rows of a table meet a key.
func (q *keyQuery) where(def *types.Table, cols []int) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = "t." + quoteIdent(def.Columns[c].Name) + " = " + q.key(i)
	}
	return strings.Join(parts, " AND ")
}

// key and next are the values of column i of a key, and of what it becomes.
func (q *keyQuery) key(i int) string {
	if q.n == 1 {
		return "$" + strconv.Itoa(i+1)
	}
	return "k.k" + strconv.Itoa(i)
}

func (q *keyQuery) next(i int) string {
	if q.n == 1 {
		return "$" + strconv.Itoa(len(q.old)+i+1)
	}
	return "k.n" + strconv.Itoa(i)
}

// also joins a table with the keys: word is FROM, USING or a comma.
func (q *keyQuery) also(word string) string {
	if q.n == 1 {
		return ""
	}
	return word + " " + keySchema + ".keys k "
}

// firstMet is the number of the first key that a row of ri.child has, -1 for none.
func (q *keyQuery) firstMet(cols []int) (int, error) {
	if q.n == 0 {
		return -1, nil
	}
	text := "SELECT min(k.i) FROM ri.child t, ri.keys k WHERE "
	if q.n == 1 {
		text = "SELECT 0::int8 FROM ri.child t WHERE "
	}
	text += q.where(q.child, cols)
	if q.n == 1 {
		text += " LIMIT 1"
	}
	d, err := q.one(text)
	if err != nil || d.Null {
		return -1, err
	}
	return int(d.I), nil
}
