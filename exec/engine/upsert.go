package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// upsert is INSERT ... ON CONFLICT: rows whose key is stored already, or came
// earlier in the same statement, are skipped or turned into updates.
type upsert struct {
	r     *run
	w     table.Write
	ins   *plan.Insert
	tab   table.Table
	ev    *kernel.Evaluator
	seen  keySet // keys that this statement has inserted or updated
	set   []plan.Expr
	where plan.Expr
	check *checker
	upd   *changes
	out   *returner
}

func newUpsert(r *run, w table.Write, ins *plan.Insert, out *returner) (*upsert, error) {
	c := ins.Conflict
	u := &upsert{r: r, w: w, ins: ins, tab: r.tableOf(ins.Table.Path()), ev: kernel.NewEvaluator(r.q.Fn), out: out}
	u.seen.init(ins.Table.Columns[ins.Table.Key].Type)
	if !c.DoUpdate {
		return u, nil
	}
	for _, col := range c.Cols {
		if col == ins.Table.Key {
			return nil, sqlerr.Unsupported(-1, "ON CONFLICT DO UPDATE cannot change the key column")
		}
	}
	u.set, u.where = r.params(c.Set), subst(c.Where, r.q.Params)
	u.check = newChecker(r.q.Fn, ins.Table, ins.Checks, c.Cols)
	u.upd = newChanges(r, w, ins.Table, c.Cols)
	return u, nil
}

// batch stores the new rows of b and turns the others into updates.
func (u *upsert) batch(b *vec.Batch) error {
	key := b.Cols[u.ins.Table.Key].Flat()
	ords := make([]int64, b.N)
	if u.tab == nil {
		for i := range ords {
			ords[i] = -1
		}
	} else if err := u.tab.Lookup(u.r.ctx, key, ords); err != nil {
		return err
	}
	var fresh, hit []int32
	for i := 0; i < b.N; i++ {
		switch {
		case ords[i] >= 0:
			hit = append(hit, int32(i))
		case u.seen.add(key, i):
			fresh = append(fresh, int32(i))
		case u.ins.Conflict.DoUpdate:
			return errTwice()
		}
	}
	if err := u.r.q.Mem.Add(u.seen.grown()); err != nil {
		return err
	}
	if len(fresh) == b.N {
		if err := u.w.Append(u.r.ctx, u.ins.Table.Path(), b); err != nil {
			return err
		}
		return u.out.add(b)
	}
	var done []*vec.Batch
	var from []int32 // the row of b that each row of done came from
	if len(fresh) > 0 {
		rows := gatherBatch(b, fresh)
		if err := u.w.Append(u.r.ctx, u.ins.Table.Path(), rows); err != nil {
			return err
		}
		done, from = append(done, rows), append(from, fresh...)
	}
	if u.ins.Conflict.DoUpdate && len(hit) > 0 {
		rows, idx, err := u.update(b, key, ords, hit)
		if err != nil {
			return err
		}
		done, from = append(done, rows), append(from, idx...)
	}
	return u.returned(done, from)
}

// update changes the stored rows that the rows hit of b meet. It returns the
// changed rows and the rows of b they come from.
func (u *upsert) update(b *vec.Batch, key *vec.Vector, ords []int64, hit []int32) (*vec.Batch, []int32, error) {
	at := make([]int64, len(hit))
	for i, h := range hit {
		at[i] = ords[h]
	}
	old, err := fetch(u.r.ctx, u.tab, at)
	if err != nil {
		return nil, nil, err
	}
	n := len(u.ins.Table.Columns)
	both := &vec.Batch{N: len(hit), Cols: append(append(make([]*vec.Vector, 0, 2*n), old.Cols...), gatherBatch(b, hit).Cols...)}
	if u.where != nil {
		idx, err := u.ev.Select(u.where, both, nil)
		if err != nil {
			return nil, nil, err
		}
		both = gatherBatch(both, idx)
		kept, keptAt := make([]int32, len(idx)), make([]int64, len(idx))
		for i, j := range idx {
			kept[i], keptAt[i] = hit[j], at[j]
		}
		hit, at = kept, keptAt
	}
	for _, h := range hit {
		if !u.seen.add(key, int(h)) {
			return nil, nil, errTwice()
		}
	}
	vals, err := evalAll(u.ev, u.set, both)
	if err != nil {
		return nil, nil, err
	}
	row := &vec.Batch{N: both.N, Cols: append([]*vec.Vector(nil), both.Cols[:n]...)}
	for i, c := range u.ins.Conflict.Cols {
		row.Cols[c] = vals.Cols[i]
	}
	if err := u.check.rows(row); err != nil {
		return nil, nil, err
	}
	return row, hit, u.upd.add(at, vals)
}

// returned hands the rows to RETURNING in the order of the statement's input.
func (u *upsert) returned(done []*vec.Batch, from []int32) error {
	if len(done) == 0 {
		return nil
	}
	if u.out.list == nil || len(done) == 1 {
		for _, b := range done {
			if err := u.out.add(b); err != nil {
				return err
			}
		}
		return nil
	}
	all := &vec.Batch{N: len(from), Cols: make([]*vec.Vector, len(done[0].Cols))}
	for c := range all.Cols {
		all.Cols[c] = vec.Concat(u.ins.Table.Columns[c].Type, []*vec.Vector{done[0].Cols[c], done[1].Cols[c]})
	}
	// Both lists ascend: merge them.
	idx := make([]int32, 0, len(from))
	i, j := 0, done[0].N
	for i < done[0].N || j < len(from) {
		if j == len(from) || i < done[0].N && from[i] < from[j] {
			idx = append(idx, int32(i))
			i++
		} else {
			idx = append(idx, int32(j))
			j++
		}
	}
	return u.out.add(gatherBatch(all, idx))
}

func (u *upsert) finish() error {
	if u.upd == nil {
		return nil
	}
	return u.upd.flush()
}

func errTwice() error {
	return sqlerr.New(pgerrcode.CardinalityViolation, "ON CONFLICT DO UPDATE command cannot affect row a second time").
		WithHint("Ensure that no rows proposed for insertion within the same command have duplicate constrained values.")
}

// keySet is a set of key values of one type.
type keySet struct {
	ints map[int64]struct{}
	strs map[string]struct{}
	size int64 // bytes, about
	told int64
}

func (k *keySet) init(t types.Type) {
	if t.Phys() == types.PhysInt {
		k.ints = map[int64]struct{}{}
	} else {
		k.strs = map[string]struct{}{}
	}
}

// add adds value i of a flat vector; false if it is in the set.
func (k *keySet) add(v *vec.Vector, i int) bool {
	if k.ints != nil {
		n := len(k.ints)
		k.ints[v.I64[i]] = struct{}{}
		if len(k.ints) == n {
			return false
		}
		k.size += 24
		return true
	}
	n := len(k.strs)
	k.strs[v.Str[i]] = struct{}{}
	if len(k.strs) == n {
		return false
	}
	k.size += 48 + int64(len(v.Str[i]))
	return true
}

// grown is the number of bytes since the last call.
func (k *keySet) grown() int64 {
	n := k.size - k.told
	k.told = k.size
	return n
}
