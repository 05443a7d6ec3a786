package engine

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// upsert is INSERT ... ON CONFLICT: rows that meet a stored row, or one that came
// earlier in the same statement, are skipped or turned into updates.
type upsert struct {
	r     *run
	w     table.Write
	ins   *plan.Insert
	tab   table.Table
	ev    *kernel.Evaluator
	arb   []arbiter
	hits  map[int64]bool // stored rows that the statement has changed
	set   []plan.Expr
	where plan.Expr
	check *checker
	upd   *changes
	plain []int  // positions in Cols of columns of no key
	moved *moves // rows that get new keys
	keys  *keyWatch
	never error // of a row that meets none of arb: a deferrable key would decide about it
	out   *returner
}

// arbiter is a constraint that decides about rows: the primary key (u -1) or a
// UNIQUE one.
type arbiter struct {
	u    int
	cols []int
	null bool          // NULLs are compared
	seen keySet        // keys that this statement has inserted
	comp *keyer        // nil: the keys are cols
	keys []*vec.Vector // of the batch in hand
	in   []bool        // its rows that have keys; nil: all
}

// load computes the keys of a batch.
func (a *arbiter) load(b *vec.Batch) (err error) {
	a.keys = keysOf(b, a.cols)
	if a.comp != nil {
		a.keys, a.in, err = a.comp.Keys(a.keys, b.N)
	}
	return err
}

// has reports whether row i of the batch has a key.
func (a *arbiter) has(i int) bool { return a.in == nil || a.in[i] }

func newUpsert(r *run, w table.Write, ins *plan.Insert, out *returner) (*upsert, error) {
	c, def := ins.Conflict, ins.Table
	u := &upsert{r: r, w: w, ins: ins, tab: r.tableOf(def.Path()), ev: kernel.NewEvaluator(r.q.Fn), hits: map[int64]bool{}, out: out, keys: r.watch(def)}
	for i := -1; i < len(def.Uniques); i++ {
		cols := constraintCols(def, i)
		if len(cols) == 0 || c.Arbiter != plan.ArbiterAny && c.Arbiter != i {
			continue
		}
		if i >= 0 && def.Uniques[i].Deferrable {
			u.never = errDeferrableArbiter(def, i)
			break
		}
		a := arbiter{u: i, cols: cols, null: i >= 0 && def.Uniques[i].NullsSame}
		var err error
		if a.comp, err = r.keyerOf(def, i); err != nil {
			return nil, err
		}
		a.seen.init(def, cols, a.comp != nil)
		u.arb = append(u.arb, a)
	}
	if !c.DoUpdate {
		return u, nil
	}
	u.set, u.where = r.params(c.Set), subst(c.Where, r.q.Params)
	u.check = newChecker(r, def, ins.Checks, c.Cols)
	keys := keyCols(def)
	var cols []int
	for i, col := range c.Cols {
		if slices.Contains(keys, col) {
			u.moved = &moves{r: r, w: w, def: def, tab: u.tab}
			continue
		}
		cols, u.plain = append(cols, col), append(u.plain, i)
	}
	u.upd = newChanges(r, w, def, cols)
	return u, nil
}

// meet writes to ords the stored row that each row of b meets, -1 for none.
func (u *upsert) meet(b *vec.Batch, ords []int64) error {
	for i := range ords {
		ords[i] = -1
	}
	if u.tab == nil {
		return nil
	}
	found := make([]int64, b.N)
	for _, a := range u.arb {
		if err := lookupKey(u.r, u.tab, a.u, keysOf(b, a.cols), found); err != nil {
			return err
		}
		for i, o := range found {
			if ords[i] < 0 {
				ords[i] = o
			}
		}
	}
	return nil
}

// first takes note of the keys of row i of the batch; false if the statement has inserted
// one of them.
func (u *upsert) first(i int) bool {
	for k := range u.arb {
		if a := &u.arb[k]; a.has(i) && a.seen.has(a.keys, i, a.null) {
			return false
		}
	}
	for k := range u.arb {
		if a := &u.arb[k]; a.has(i) {
			a.seen.add(a.keys, i)
		}
	}
	return true
}

func (u *upsert) grown() (n int64) {
	for k := range u.arb {
		n += u.arb[k].seen.grown()
	}
	return n
}

// batch stores the new rows of b and turns the others into updates.
func (u *upsert) batch(b *vec.Batch) error {
	ords := make([]int64, b.N)
	if err := u.meet(b, ords); err != nil {
		return err
	}
	for k := range u.arb {
		if err := u.arb[k].load(b); err != nil {
			return err
		}
	}
	var fresh, hit []int32
	for i := 0; i < b.N; i++ {
		switch {
		case ords[i] >= 0:
			hit = append(hit, int32(i))
		case u.never != nil && u.first(i):
			return u.never
		case u.first(i):
			fresh = append(fresh, int32(i))
		case u.ins.Conflict.DoUpdate:
			return earlier(u.r.ctx, u.w, len(fresh), errTwice(), func() error { return u.insert(gatherBatch(b, fresh)) })
		}
	}
	if err := u.r.q.Mem.Add(u.grown()); err != nil {
		return err
	}
	if len(fresh) == b.N {
		if err := u.insert(b); err != nil {
			return err
		}
		return u.out.add(b)
	}
	var done []*vec.Batch
	var from []int32 // the row of b that each row of done came from
	if len(fresh) > 0 {
		rows := gatherBatch(b, fresh)
		if err := u.insert(rows); err != nil {
			return err
		}
		done, from = append(done, rows), append(from, fresh...)
	}
	if u.ins.Conflict.DoUpdate && len(hit) > 0 {
		rows, idx, err := u.update(b, ords, hit)
		if err != nil {
			return err
		}
		done, from = append(done, rows), append(from, idx...)
	}
	return u.returned(done, from)
}

// update changes the stored rows that the rows hit of b meet. It returns the
// changed rows and the rows of b they come from.
func (u *upsert) update(b *vec.Batch, ords []int64, hit []int32) (*vec.Batch, []int32, error) {
	at := gatherOrds(ords, hit)
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
		kept := make([]int32, len(idx))
		for i, j := range idx {
			kept[i] = hit[j]
		}
		hit, at = kept, gatherOrds(at, idx)
	}
	for _, o := range at {
		if u.hits[o] {
			return nil, nil, errTwice()
		}
		u.hits[o] = true
	}
	if err := u.r.q.Mem.Add(int64(len(at)) * 16); err != nil {
		return nil, nil, err
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
	was := &vec.Batch{N: both.N, Cols: both.Cols[:n]}
	if err := u.change(at, was, vals); err != nil {
		return nil, nil, err
	}
	return row, hit, u.keys.updated(was, row, u.ins.Conflict.Cols)
}

// insert stores new rows.
func (u *upsert) insert(b *vec.Batch) error {
	if err := u.w.Append(u.r.ctx, u.ins.Table.Path(), b); err != nil {
		return err
	}
	u.r.s.inserted(u.ins.Table, b.N)
	return u.keys.inserted(b)
}

// change stores the new values of stored rows.
func (u *upsert) change(ords []int64, old, vals *vec.Batch) error {
	if u.moved != nil {
		move, stay := u.moved.split(old, vals, u.ins.Conflict.Cols)
		if err := u.moved.add(gatherOrds(ords, move), u.ins.Conflict.Cols, gatherBatch(vals, move)); err != nil {
			return err
		}
		ords, vals = gatherOrds(ords, stay), gatherBatch(vals, stay)
	}
	part := &vec.Batch{N: vals.N}
	for _, i := range u.plain {
		part.Cols = append(part.Cols, vals.Cols[i])
	}
	return u.upd.add(ords, part)
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
	if err := u.upd.flush(); err != nil || u.moved == nil {
		return err
	}
	return u.moved.finish()
}

func errDeferrableArbiter(def *types.Table, u int) error {
	e := sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters")
	e.Object, e.Table, e.Constraint = def.OID, def.Name, def.Uniques[u].Name
	return e
}

func errTwice() error {
	return sqlerr.New(pgerrcode.CardinalityViolation, "ON CONFLICT DO UPDATE command cannot affect row a second time").
		WithHint("Ensure that no rows proposed for insertion within the same command have duplicate constrained values.")
}

// keySet is a set of keys.
type keySet struct {
	ints map[int64]struct{} // of one integer column, else
	strs map[string]struct{}
	buf  []byte
	size int64 // bytes, about
	told int64
}

func (k *keySet) init(def *types.Table, cols []int, computed bool) {
	if !computed && len(cols) == 1 && def.Columns[cols[0]].Type.Phys() == types.PhysInt {
		k.ints = map[int64]struct{}{}
	} else {
		k.strs = map[string]struct{}{}
	}
}

// has reports whether key i is in the set; one with a NULL is not, unless nulls.
func (k *keySet) has(cols []*vec.Vector, i int, nulls bool) bool {
	var null bool
	k.buf, null = table.AppendKey(k.buf[:0], cols, i)
	if null && !nulls {
		return false
	}
	if k.ints != nil && !null {
		_, ok := k.ints[cols[0].Get(i).I]
		return ok
	}
	_, ok := k.strs[string(k.buf)]
	return ok
}

// add adds key i.
func (k *keySet) add(cols []*vec.Vector, i int) {
	if k.ints != nil {
		if d := cols[0].Get(i); !d.Null {
			k.ints[d.I] = struct{}{}
			k.size += 24
			return
		}
	}
	k.buf, _ = table.AppendKey(k.buf[:0], cols, i)
	if k.strs == nil {
		k.strs = map[string]struct{}{}
	}
	k.strs[string(k.buf)] = struct{}{}
	k.size += 48 + int64(len(k.buf))
}

// grown is the number of bytes since the last call.
func (k *keySet) grown() int64 {
	n := k.size - k.told
	k.told = k.size
	return n
}
