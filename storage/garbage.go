package storage

import (
	"time"

	"tagd/storage/kv"
)

// removeBatch is how many keys one transaction removes: removing a page does
// not touch its bytes, but neighbours in the same leaf are written again.
const removeBatch = 64

// removeKeys removes the keys of a journal list from the file in small
// transactions, and the journal records with the last.
func (db *DB) removeKeys(list []byte, records [][]byte) error {
	const each = removeBatch * (1 + keyLen)
	for len(list) > 0 || len(records) > 0 {
		part := list[:min(len(list), each)]
		list = list[len(part):]
		last := len(list) == 0
		err := db.kv.Write(func(b *kv.Batch) error {
			var err error
			journalKeys(part, func(small bool, key []byte) {
				s := kv.Pages
				if small {
					s = kv.Small
				}
				if e := b.Delete(s, key); e != nil && err == nil {
					err = e
				}
			})
			if last {
				for _, r := range records {
					if e := b.Delete(kv.Journal, r); e != nil && err == nil {
						err = e
					}
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if last {
			break
		}
	}
	return nil
}

// retryLeftovers removes what aborted Writes have left. What cannot be removed now
// is tried again before the next Write, and at Open; it harms nobody, since no
// version is given out twice.
func (db *DB) retryLeftovers() {
	db.left.Lock()
	defer db.left.Unlock()
	for len(db.left.list) > 0 {
		l := db.left.list[0]
		if err := db.removeKeys(l.list, l.records); err != nil {
			db.opts.Logf("storage: removing pages of an aborted write: %v", err)
			return
		}
		db.left.list = db.left.list[1:]
	}
}

// collect removes what no snapshot needs any more, and is done when it returns.
func (db *DB) collect() {
	db.collecting.Lock()
	defer db.collecting.Unlock()
	for db.ctx.Err() == nil {
		db.mu.Lock()
		oldest := db.mu.cur.ver
		for v := range db.mu.refs {
			oldest = min(oldest, v)
		}
		var g garbage
		if len(db.mu.garbage) > 0 && db.mu.garbage[0].ver <= oldest {
			g = db.mu.garbage[0]
			db.mu.garbage = db.mu.garbage[1:]
		}
		db.mu.Unlock()
		if g.ver == 0 {
			return
		}
		if err := db.removeKeys(g.list, [][]byte{keyGarbage(g.ver)}); err != nil {
			// The record stays in the journal: the next Open tries again.
			db.opts.Logf("storage: removing pages that version %d superseded: %v", g.ver, err)
			return
		}
	}
}

// background collects garbage and compacts whenever there may be something to
// do. One goroutine, from Open to Close.
func (db *DB) background() {
	defer db.bg.Done()
	for {
		select {
		case <-db.ctx.Done():
			return
		case <-db.wake:
		}
		db.collect()
		if err := db.compact(db.ctx, foldPatches); err != nil && db.ctx.Err() == nil {
			db.opts.Logf("storage: compaction: %v", err)
			select { // do not spin over a fault
			case <-db.ctx.Done():
				return
			case <-time.After(time.Second):
			}
		}
	}
}
