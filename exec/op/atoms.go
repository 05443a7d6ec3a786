package op

import (
	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// atoms answers conditions over one column from its form. Each method returns
// the rows for which the condition is true and those for which it is false; ok
// is false when the form does not answer, and then the caller goes by row.
type atoms struct {
	q    *Query
	t    table.Table
	col  int
	form table.Form
}

type dictKey struct {
	dict table.Dict
	x    plan.Expr
}

// dictBits are the codes for which a condition is true and false.
type dictBits struct {
	yes, no []uint64
	ok      bool
}

// pair answers x as a whole if the form can, and otherwise its parts.
func (a *atoms) pair(x plan.Expr) (yes, no *table.Rows, ok bool) {
	if e, is := x.(*plan.IsTest); is && e.What == plan.IsNull {
		if c, is := e.X.(*plan.Col); is && c.Idx == a.col {
			yes, no = isNull(a.col), not(isNull(a.col))
			if e.Negate {
				yes, no = no, yes
			}
			return yes, no, true
		}
	}
	switch a.form {
	case table.FormDict:
		return a.dict(x)
	case table.FormInt:
		if yes, no, ok = a.ints(x); ok {
			return yes, no, true
		}
	case table.FormFloat:
		if yes, no, ok = a.float(x); ok {
			return yes, no, true
		}
	case table.FormSet:
		if yes, no, ok = a.set(x); ok {
			return yes, no, true
		}
	default:
		return nil, nil, false
	}
	return a.parts(x)
}

// parts combines the answers of a condition's operands by three-valued logic.
func (a *atoms) parts(x plan.Expr) (yes, no *table.Rows, ok bool) {
	var args []plan.Expr
	conj := false
	switch e := x.(type) {
	case *plan.Not:
		yes, no, ok = a.pair(e.X)
		return no, yes, ok
	case *plan.And:
		args, conj = e.Args, true
	case *plan.Or:
		args = e.Args
	default:
		return nil, nil, false
	}
	var ys, ns []*table.Rows
	for _, e := range args {
		if len(exprCols(e)) == 0 {
			return nil, nil, false
		}
		y, n, ok := a.pair(e)
		if !ok {
			return nil, nil, false
		}
		ys, ns = append(ys, y), append(ns, n)
	}
	if conj {
		return and(ys...), or(ns...), true
	}
	return or(ys...), and(ns...), true
}

// dict evaluates x once per dictionary entry. An error there may come from an
// entry that no row has any more: then rows decide.
func (a *atoms) dict(x plan.Expr) (yes, no *table.Rows, ok bool) {
	d := a.t.Dict(a.col)
	full := a.q.overDict(d, x, a.col)
	if !full.ok {
		return nil, nil, false
	}
	return a.codes(full.yes), a.codes(full.no), true
}

// equal answers column = constants through the dictionary's index alone; nil if
// x is anything else.
func (a *atoms) equal(x plan.Expr) *table.Rows {
	consts, ok := equals(x, a.col, a.t.Def().Columns[a.col].Type)
	if !ok || a.form != table.FormDict {
		return nil
	}
	d := a.t.Dict(a.col)
	bits := make([]uint64, (d.Len()+63)/64)
	for _, c := range consts {
		if code, found := d.Lookup(c); found && int(code) < d.Len() {
			bits[code>>6] |= 1 << (code & 63)
		}
	}
	return a.codes(bits)
}

// overDict evaluates x for each code of a dictionary, once per statement.
func (q *Query) overDict(d table.Dict, x plan.Expr, col int) dictBits {
	key := dictKey{d, x}
	q.mu.Lock()
	defer q.mu.Unlock()
	if b, ok := q.dicts[key]; ok {
		return b
	}
	var out dictBits
	vals := d.Values()
	if vals.N > d.Len() {
		vals = vals.Slice(0, d.Len())
	}
	b := &vec.Batch{N: vals.N, Cols: make([]*vec.Vector, col+1)}
	b.Cols[col] = vals
	if v, err := kernel.Eval(q.Fn, x, b); err == nil {
		words := (vals.N + 63) / 64
		out = dictBits{yes: make([]uint64, words), no: make([]uint64, words), ok: true}
		setBits(v, true, out.yes)
		setBits(v, false, out.no)
	}
	if q.dicts == nil {
		q.dicts = map[dictKey]dictBits{}
	}
	q.dicts[key] = out
	return out
}

// codes is the rows of a FormDict column with one of the codes.
func (a *atoms) codes(bits []uint64) *table.Rows {
	if empty(bits) {
		return noRows
	}
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafCodes, Col: a.col, Codes: bits}}
}

func empty(bits []uint64) bool {
	for _, w := range bits {
		if w != 0 {
			return false
		}
	}
	return true
}
