package storage

import (
	"sync"

	"tagd/storage/kv"
)

// output carries the pages of one Write to the file: what exceeds txBytes goes
// at once, in transactions with a journal record of their keys; the rest goes
// with the commit. One goroutine writes while others encode.
type output struct {
	db  *DB
	ver uint64

	mu struct {
		sync.Mutex
		items []item
		bytes int
		err   error  // the first that the writing goroutine met
		list  []byte // keys in the file already, as in the journal
		seq   uint32 // journal records in the file
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

// put takes a value over. It blocks while the file is behind.
func (o *output) put(s kv.Space, key, value []byte) {
	o.mu.Lock()
	o.mu.items = append(o.mu.items, item{s, key, value})
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
		if len(b.items) > 0 && o.err() == nil {
			if err := o.writeOut(b.items); err != nil {
				o.mu.Lock()
				o.mu.err = err
				o.mu.Unlock()
			}
		}
		if b.done != nil {
			close(b.done)
		}
	}
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
	if err == nil {
		o.mu.Lock()
		o.mu.seq++
		o.mu.list = append(o.mu.list, list...)
		o.mu.Unlock()
	}
	return err
}

// flush puts everything into the file, so that a reader of the Write's own
// version finds it there.
func (o *output) flush() error {
	o.mu.Lock()
	items := o.takeLocked()
	o.mu.Unlock()
	done := make(chan struct{})
	o.ch <- outBatch{items, done}
	<-done
	return o.err()
}

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
