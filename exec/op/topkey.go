package op

import (
	"math"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// topKey is a sort key: a column of the table.
type topKey struct {
	col   int
	sort  plan.SortKey // Col is the key's own number
	form  table.Form
	typ   types.Type
	dict  table.Dict // FormDict
	ranks []uint64   // FormDict: by code
}

func (t *topScan) key(i int, k plan.SortKey) (topKey, bool) {
	idx := k.Col
	if t.proj != nil {
		c, ok := t.proj.Exprs[idx].(*plan.Col)
		if !ok {
			return topKey{}, false
		}
		idx = c.Idx
	}
	col := t.src.n.Cols[idx]
	if col < 0 {
		return topKey{}, false
	}
	key := topKey{col: col, sort: k, form: t.src.t.Form(col), typ: t.src.t.Def().Columns[col].Type}
	key.sort.Col = i
	if key.form == table.FormDict {
		key.dict = t.src.t.Dict(col)
		vals := key.dict.Values()
		if vals.N > key.dict.Len() {
			vals = vals.Slice(0, key.dict.Len())
		}
		key.ranks = dictRanks(vals)
	}
	return key, true
}

// pushed reports whether pages answer comparisons with the key.
func (k *topKey) pushed() bool {
	switch k.form {
	case table.FormDict, table.FormInt, table.FormFloat:
		return true
	}
	return false
}

// upTo is the rows that are before the only row of b, with set also those that
// are equal: those before it by the first key, or equal and before it by the
// next. It is more than that when pages cannot tell all keys.
func (t *topScan) upTo(b *vec.Batch, with bool) *table.Rows {
	rows := allRows
	for i := len(t.keys) - 1; i >= 0; i-- {
		k := &t.keys[i]
		switch {
		case !k.pushed():
			rows = allRows
		case rows == allRows:
			rows = k.before(b.Cols[i], with || i < len(t.keys)-1)
		default:
			rows = or(k.before(b.Cols[i], false), and(k.equal(b.Cols[i]), rows))
		}
	}
	return rows
}

// before is the rows whose key comes before the only value of v, or with it.
func (k *topKey) before(v *vec.Vector, with bool) *table.Rows {
	null := isNull(k.col)
	if v.IsNull(0) {
		switch {
		case k.sort.NullsFirst && with:
			return null
		case k.sort.NullsFirst:
			return noRows
		case with:
			return allRows
		}
		return not(null)
	}
	rows := k.side(v, with)
	if k.sort.NullsFirst {
		rows = or(null, rows)
	}
	return rows
}

// side is the rows with a value, not NULL, that comes before v's, or with it.
func (k *topKey) side(v *vec.Vector, with bool) *table.Rows {
	switch k.form {
	case table.FormDict:
		at := k.rank(v)
		return k.codes(func(r uint64) bool {
			return r == at && with || r != at && r < at != k.sort.Desc
		})
	case table.FormInt:
		return k.intSide(v, with)
	}
	f := v.Flat().F64[0]
	// Not before f is from f on in the other direction.
	lo, hi := f, math.NaN()
	if k.sort.Desc {
		lo, hi = math.Inf(-1), f
	}
	if with {
		lo, hi = math.Inf(-1), f
		if k.sort.Desc {
			lo, hi = f, math.NaN()
		}
		return k.floats(lo, hi)
	}
	return and(not(isNull(k.col)), not(k.floats(lo, hi)))
}

func (k *topKey) intSide(v *vec.Vector, with bool) *table.Rows {
	at := k.number(v)
	lo, hi := int64(math.MinInt64), at
	if k.sort.Desc {
		lo, hi = at, math.MaxInt64
	}
	if !with {
		switch {
		case k.sort.Desc && at == math.MaxInt64, !k.sort.Desc && at == math.MinInt64:
			return noRows
		case k.sort.Desc:
			lo++
		default:
			hi--
		}
	}
	return k.ints(lo, hi)
}

// equal is the rows whose key equals the only value of v.
func (k *topKey) equal(v *vec.Vector) *table.Rows {
	if v.IsNull(0) {
		return isNull(k.col)
	}
	switch k.form {
	case table.FormDict:
		at := k.rank(v)
		return k.codes(func(r uint64) bool { return r == at })
	case table.FormInt:
		return k.ints(k.number(v), k.number(v))
	}
	f := v.Flat().F64[0]
	return k.floats(f, f)
}

func (k *topKey) rank(v *vec.Vector) uint64 {
	if v.Dict != nil {
		return k.ranks[v.Codes[0]]
	}
	c, _ := k.dict.Lookup(v.Get(0))
	return k.ranks[c]
}

func (k *topKey) codes(in func(rank uint64) bool) *table.Rows {
	set := make([]uint64, (len(k.ranks)+63)/64)
	for c := 1; c < len(k.ranks); c++ {
		if in(k.ranks[c]) {
			set[c>>6] |= 1 << (c & 63)
		}
	}
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafCodes, Col: k.col, Codes: set}}
}

func (k *topKey) number(v *vec.Vector) int64 {
	v = v.Flat()
	if v.Dec == nil {
		return v.I64[0]
	}
	_, scale, _ := k.typ.Precision()
	x, _ := v.Dec[0].Unscaled(int32(scale))
	return x
}

func (k *topKey) ints(lo, hi int64) *table.Rows {
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafRange, Col: k.col, Lo: lo, Hi: hi}}
}

func (k *topKey) floats(lo, hi float64) *table.Rows {
	return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafFloat, Col: k.col, FLo: lo, FHi: hi}}
}
