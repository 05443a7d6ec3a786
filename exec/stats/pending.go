package stats

import "sync"

// Pending is what one session has counted and not handed over. Its scans may be
// counted by any goroutine, its changes by one at a time.
type Pending struct {
	mu   sync.Mutex
	rels map[uint32]*delta
}

// delta is what was counted of one relation.
type delta struct {
	scan                Scan
	ins, upd, del, inIx int64
	live, dead, mods    int64
	truncated           bool
	levels              []level // of the transaction that runs, outer first
}

// level is what a subtransaction has changed.
type level struct {
	depth         int
	ins, upd, del int64
	truncated     bool
	// What it had changed before it emptied the table.
	insBefore, updBefore, delBefore int64
}

func (p *Pending) of(oid uint32) *delta {
	d := p.rels[oid]
	if d == nil {
		if p.rels == nil {
			p.rels = map[uint32]*delta{}
		}
		d = &delta{}
		p.rels[oid] = d
	}
	return d
}

// Scan returns the counters of a relation's readings.
func (p *Pending) Scan(oid uint32) *Scan {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &p.of(oid).scan
}

// at is the level of a subtransaction, made if need be.
func (d *delta) at(depth int) *level {
	if n := len(d.levels); n == 0 || d.levels[n-1].depth < depth {
		d.levels = append(d.levels, level{depth: depth})
	}
	return &d.levels[len(d.levels)-1]
}

// Changed counts rows that a subtransaction, 0 for the transaction itself, has
// inserted, updated (of them leaving all keys alone: kept) or deleted.
func (p *Pending) Changed(oid uint32, depth int, ins, upd, kept, del int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.of(oid)
	l := d.at(depth)
	l.ins, l.upd, l.del = l.ins+ins, l.upd+upd, l.del+del
	d.inIx += kept
}

// Truncated counts that a table was emptied.
func (p *Pending) Truncated(oid uint32, depth int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.of(oid).at(depth)
	l.save()
	l.ins, l.upd, l.del = 0, 0, 0
}

func (l *level) save() {
	if !l.truncated {
		l.truncated, l.insBefore, l.updBefore, l.delBefore = true, l.ins, l.upd, l.del
	}
}

// Release makes what the subtransactions of a depth and deeper ones did part of
// the one outside.
func (p *Pending) Release(depth int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.rels {
		d.release(depth)
	}
}

func (d *delta) release(depth int) {
	for n := len(d.levels); n > 0 && d.levels[n-1].depth >= depth; n = len(d.levels) {
		l := d.levels[n-1]
		d.levels = d.levels[:n-1]
		up := d.at(depth - 1)
		if l.truncated {
			up.save()
			up.ins, up.upd, up.del = l.ins, l.upd, l.del
			continue
		}
		up.ins, up.upd, up.del = up.ins+l.ins, up.upd+l.upd, up.del+l.del
	}
}

// Undo counts the subtransactions of a depth and deeper ones as rolled back.
func (p *Pending) Undo(depth int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.rels {
		d.undo(depth)
	}
}

// undo counts levels that were rolled back: their rows are dead.
func (d *delta) undo(depth int) {
	for n := len(d.levels); n > 0 && d.levels[n-1].depth >= depth; n = len(d.levels) {
		l := d.levels[n-1]
		d.levels = d.levels[:n-1]
		if l.truncated {
			l.ins, l.upd, l.del = l.insBefore, l.updBefore, l.delBefore
		}
		d.ins, d.upd, d.del = d.ins+l.ins, d.upd+l.upd, d.del+l.del
		d.dead += l.ins + l.upd
	}
}

// keep counts the outermost level as committed.
func (d *delta) keep(l *level) {
	d.ins, d.upd, d.del = d.ins+l.ins, d.upd+l.upd, d.del+l.del
	if l.truncated {
		d.truncated, d.live, d.dead = true, 0, 0
	}
	d.live += l.ins - l.del
	d.dead += l.upd + l.del
	d.mods += l.ins + l.upd + l.del
}

// Now is what a session has counted of a relation that was not handed over, with
// what its transaction has done (the pg_stat_xact functions).
func (p *Pending) Now(oid uint32) Rel {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.rels[oid]
	if d == nil {
		return Rel{}
	}
	r := Rel{Scans: d.scan.Scans.Load(), Returned: d.scan.Returned.Load(), Fetched: d.scan.Fetched.Load(),
		Inserted: d.ins, Updated: d.upd, Deleted: d.del, InIx: d.inIx, Live: d.live, Dead: d.dead}
	for i := range d.levels {
		l := &d.levels[i]
		r.Inserted, r.Updated, r.Deleted = r.Inserted+l.ins, r.Updated+l.upd, r.Deleted+l.del
	}
	return r
}

// Open is what the transaction that runs has inserted and deleted of a relation so
// far.
func (p *Pending) Open(oid uint32) (ins, del int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.rels[oid]; d != nil {
		for i := range d.levels {
			ins, del = ins+d.levels[i].ins, del+d.levels[i].del
		}
	}
	return ins, del
}

// End hands over what was counted in a database when a transaction ends.
func (p *Pending) End(a *All, key uint32, db *DB, committed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rels) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for oid, d := range p.rels {
		if !committed {
			d.undo(0)
		} else if d.release(1); len(d.levels) > 0 {
			d.keep(&d.levels[0])
		}
		d.add(a.rel(Key{key, oid}), db)
	}
	clear(p.rels)
}

// add adds what was counted to the counters of a relation and of the database.
func (d *delta) add(r *Rel, db *DB) {
	scans, returned, fetched := d.scan.Scans.Load(), d.scan.Returned.Load(), d.scan.Fetched.Load()
	r.Scans, r.Returned, r.Fetched = r.Scans+scans, r.Returned+returned, r.Fetched+fetched
	r.Inserted, r.Updated, r.Deleted, r.InIx = r.Inserted+d.ins, r.Updated+d.upd, r.Deleted+d.del, r.InIx+d.inIx
	if d.truncated {
		r.Live, r.Dead, r.Fresh = 0, 0, 0
	}
	r.Live, r.Dead = max(0, r.Live+d.live), max(0, r.Dead+d.dead)
	r.Mods, r.Fresh = r.Mods+d.mods, r.Fresh+d.ins
	db.Returned.Add(returned)
	db.Fetched.Add(fetched)
	db.Inserted.Add(d.ins)
	db.Updated.Add(d.upd)
	db.Deleted.Add(d.del)
}
