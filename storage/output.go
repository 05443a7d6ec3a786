package storage

import (
	"encoding/binary"
	"sync"

	"tagd/storage/kv"
)

// output carries the pages of one Write to the file: what exceeds txBytes goes
// at once, in transactions with a journal record of their keys; the rest goes
// with the commit. One goroutine writes while others encode. What is not in the
// file yet can be read back.
type output struct {
	db  *DB
	ver uint64 // names the journal records

	mu struct {
		sync.Mutex
		items []item            // not handed to the goroutine yet
		mem   map[string][]byte // all values that are not in the file
		bytes int               // of items
		err   error             // the first that the writing goroutine met
		list  []byte            // keys in the file already, as in the journal
		seq   uint32            // journal records in the file
	}
	ch      chan outBatch // nil until there is a goroutine
	stopped chan struct{}
}

// item is one value to be written.
type item struct {
	space      kv.Space
	key, value []byte
}

type outBatch struct {
	items []item
	done  chan struct{} // closed when all batches up to here are in the file
}

// get returns a value that is not in the file yet, nil if there is none. It works
// on a nil output.
func (o *output) get(key []byte) []byte {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mu.mem[string(key)]
}

// put takes a value over. It blocks while the file is behind.
func (o *output) put(s kv.Space, key, value []byte) {
	o.mu.Lock()
	if o.mu.mem == nil {
		o.mu.mem = map[string][]byte{}
	}
	o.mu.items = append(o.mu.items, item{s, key, value})
	o.mu.mem[string(key)] = value
	o.mu.bytes += len(value) + len(key)
	var full []item
	if o.mu.bytes >= txBytes {
		full = o.takeLocked()
	}
	o.mu.Unlock()
	if full != nil {
		o.ch <- outBatch{items: full}
	}
}

// takeLocked takes the pending items and starts the goroutine; o.mu is held.
func (o *output) takeLocked() []item {
	items := o.mu.items
	o.mu.items, o.mu.bytes = nil, 0
	if o.ch == nil {
		o.ch, o.stopped = make(chan outBatch, 1), make(chan struct{})
		go o.run()
	}
	return items
}

func (o *output) run() {
	defer close(o.stopped)
	for b := range o.ch {
		if len(b.items) > 0 {
			o.writeOrKeep(b.items)
		}
		if b.done != nil {
			close(b.done)
		}
	}
}

// writeOrKeep writes items; after an error they, and all that come later, wait
// in memory for what becomes of the Write.
func (o *output) writeOrKeep(items []item) {
	err := o.err()
	if err == nil {
		err = safely(func() error { return o.writeOut(items) })
	}
	if err == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mu.err == nil {
		o.mu.err = err
	}
	o.mu.items = append(items, o.mu.items...)
}

func (o *output) err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mu.err
}

// writeOut writes items that no version names yet.
func (o *output) writeOut(items []item) error {
	var list []byte
	for i := range items {
		list = appendJournal(list, items[i].space == kv.Small, items[i].key)
	}
	o.mu.Lock()
	seq := o.mu.seq
	o.mu.Unlock()
	err := o.db.kv.Write(func(b *kv.Batch) error {
		for i := range items {
			if err := b.Put(items[i].space, items[i].key, items[i].value); err != nil {
				return err
			}
		}
		return b.Put(kv.Journal, keyPending(o.ver, seq), list)
	})
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mu.seq++
	o.mu.list = append(o.mu.list, list...)
	for i := range items {
		// A value that was put anew meanwhile is still to come.
		if v := o.mu.mem[string(items[i].key)]; len(v) > 0 && &v[0] == &items[i].value[0] {
			delete(o.mu.mem, string(items[i].key))
		}
	}
	return nil
}

// drain waits until everything that was handed to the goroutine is in the file.
func (o *output) drain() error {
	if o.ch != nil {
		done := make(chan struct{})
		o.ch <- outBatch{done: done}
		<-done
	}
	return o.err()
}

// restore forgets what versions after ver have put, and the error that one of
// them met. Nothing is being put meanwhile.
func (o *output) restore(ver uint64) {
	_ = o.drain() // its error is undone, too
	o.mu.Lock()
	defer o.mu.Unlock()
	kept := o.mu.items[:0]
	o.mu.bytes, o.mu.err = 0, nil
	for _, it := range o.mu.items {
		if keyVersionOf(it.key) > ver {
			delete(o.mu.mem, string(it.key))
			continue
		}
		kept = append(kept, it)
		o.mu.bytes += len(it.value) + len(it.key)
	}
	o.mu.items = kept
}

// keyVersionOf is the version in a key of pageKey.
func keyVersionOf(key []byte) uint64 { return binary.BigEndian.Uint64(key[keyLen-8:]) }

// finish ends the goroutine and returns what has not been written.
func (o *output) finish() ([]item, error) {
	if o.ch != nil {
		close(o.ch)
		<-o.stopped
		o.ch = nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	items := o.mu.items
	o.mu.items = nil
	return items, o.mu.err
}
