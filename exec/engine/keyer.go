package engine

import (
	"context"

	"tagd/exec/kernel"
	"tagd/exec/objects"
	"tagd/planner/bind"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// keyer computes the keys of a unique index. It implements table.Keyer.
type keyer struct {
	names []string
	keys  []plan.Expr
	where plan.Expr // nil: all rows have keys
	cols  []int     // columns that are handed in
	width int       // columns of the table
}

// Keyer makes what computes the keys of def.Uniques[u]; see table.NewKeyer.
func Keyer(def *types.Table, u int, exts *types.Exts, meta func(key string) []byte) (table.Keyer, error) {
	objs := freshSet
	if raw := meta(objectsKey(def.DB)); len(raw) > 0 {
		var err error
		if objs, err = objects.Decode(raw); err != nil {
			return nil, err
		}
	}
	c := &catalog{db: def.DB, objs: objs, exts: exts, path: []uint32{def.NS, objects.Public}, defs: map[string]*types.Table{def.Path(): def}}
	return newKeyer(def, u, &oneTable{c, def})
}

func newKeyer(def *types.Table, u int, cat plan.Catalog) (*keyer, error) {
	q := &def.Uniques[u]
	k := &keyer{cols: q.Cols, width: len(def.Columns)}
	var err error
	if k.keys, k.where, err = bind.KeyExprs(def, q, cat, bind.Options{}); err != nil {
		return nil, err
	}
	for _, x := range q.Exprs {
		k.names = append(k.names, x.Shown)
	}
	return k, nil
}

// Names are the keys as errors show them. See table.Keyer.
func (k *keyer) Names() []string { return k.names }

// Keys computes the keys of rows. See table.Keyer.
func (k *keyer) Keys(cols []*vec.Vector, n int) ([]*vec.Vector, []bool, error) {
	b := &vec.Batch{N: n, Cols: make([]*vec.Vector, k.width)}
	for i, c := range k.cols {
		b.Cols[c] = cols[i]
	}
	ctx := &fn.Ctx{Context: context.Background(), Style: types.ISO}
	var in []bool
	if k.where != nil {
		v, err := kernel.Eval(ctx, k.where, b)
		if err != nil {
			return nil, nil, err
		}
		in = make([]bool, n)
		v = v.Flat()
		for i := range in {
			in[i] = !v.IsNull(i) && v.I64[i] != 0
		}
	}
	keys := make([]*vec.Vector, len(k.keys))
	for i, x := range k.keys {
		if in == nil {
			var err error
			if keys[i], err = kernel.Eval(ctx, x, b); err != nil {
				return nil, nil, err
			}
			continue
		}
		// An expression is computed for rows in the index alone: others may be what it
		// fails for.
		guarded := plan.NewCase(x.Type(), []plan.When{{Cond: k.where, Then: x}}, plan.NewConst(x.Type(), vec.Datum{Null: true}))
		var err error
		if keys[i], err = kernel.Eval(ctx, guarded, b); err != nil {
			return nil, nil, err
		}
	}
	return keys, in, nil
}

// keyerOf is the keyer of constraint u of a table, nil if its keys are columns.
func (r *run) keyerOf(def *types.Table, u int) (*keyer, error) {
	if u < 0 || !def.Uniques[u].Computed() {
		return nil, nil
	}
	return newKeyer(def, u, &oneTable{r.s.catalogOf(r.q.Snap), def})
}

// duplicate is the error of row i of b, whose key of constraint u is there already.
func (r *run) duplicate(def *types.Table, u int, b *vec.Batch, i int) error {
	names, keys := table.KeyNames(def, u), keysOf(b, constraintCols(def, u))
	k, err := r.keyerOf(def, u)
	if k != nil {
		names = k.names
		keys, _, err = k.Keys(keys, b.N)
	}
	if err != nil {
		return err
	}
	e := table.Duplicate(def, u)
	e.Detail = table.DuplicateDetail(names, keys, i)
	return e
}
