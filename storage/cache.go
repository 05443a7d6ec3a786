package storage

import (
	"container/list"
	"sync"
)

// cacheKey names an immutable thing made of stored bytes.
type cacheKey struct {
	tab, seg, col uint32
	kind          cacheKind
	ver           uint64
}

// cacheKind is what a cache entry is: for a page's body its page.Kind, else one
// of the kinds below.
type cacheKind uint8

const (
	cacheMerged  cacheKind = 64 + iota // *merged: a column with its patches
	cachePresent                       // a present page's body for col ordinals
	cachePatch                         // *patch
	cacheLive                          // []uint64: a segment's live rows
	cacheAsc                           // []int64: the ascending keys of a segment
	cacheBorn                          // []bornRun: the versions of a segment's rows
)

// cache is a bounded cache of parsed columns and pages, least recently used out
// first. Entries are immutable, and one that is dropped lives on with those who
// hold it. Two who miss the same key at once wait for one load.
type cache struct {
	limit int64

	// mu guards everything below and is never held across I/O.
	mu   sync.Mutex
	m    map[cacheKey]*cacheEntry
	lru  *list.List // of *cacheEntry, loaded ones only; front: newest
	size int64
	// pages counts by table the pages that were read from the file, and the entries
	// that were found here.
	pages map[uint32]*pageCount
}

type pageCount struct{ read, hit int64 }

// count returns the counters of a table; c.mu must be held.
func (c *cache) count(tab uint32) *pageCount {
	n := c.pages[tab]
	if n == nil {
		if len(c.pages) > 10*maxTables { // of tables that are long gone, mostly
			clear(c.pages)
		}
		n = &pageCount{}
		c.pages[tab] = n
	}
	return n
}

// counted returns how many pages of a table were read from the file, and how many
// entries were found here.
func (c *cache) counted(tab uint32) (read, hit int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.pages[tab]; n != nil {
		return n.read, n.hit
	}
	return 0, 0
}

type cacheEntry struct {
	key  cacheKey
	done chan struct{} // closed when val and err stand
	val  any
	err  error
	size int64
	el   *list.Element
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, m: map[cacheKey]*cacheEntry{}, lru: list.New(), pages: map[uint32]*pageCount{}}
}

// get returns the entry of a key, loading it if needed. load returns its size in
// bytes; its errors are not kept.
func (c *cache) get(k cacheKey, load func() (any, int64, error)) (any, error) {
	c.mu.Lock()
	if e, ok := c.m[k]; ok {
		c.count(k.tab).hit++
		if e.el != nil {
			c.lru.MoveToFront(e.el)
			c.mu.Unlock()
			return e.val, nil
		}
		c.mu.Unlock()
		<-e.done
		return e.val, e.err
	}
	e := &cacheEntry{key: k, done: make(chan struct{})}
	c.m[k] = e
	if k.kind < cacheMerged { // what is made of pages counts as those
		c.count(k.tab).read++
	}
	c.mu.Unlock()

	loaded := false
	defer func() {
		if !loaded { // load panicked: let the next one try
			e.err = errVector
		}
		c.finish(e)
	}()
	e.val, e.size, e.err = load()
	loaded = true
	return e.val, e.err
}

func (c *cache) finish(e *cacheEntry) {
	c.mu.Lock()
	if e.err != nil {
		delete(c.m, e.key)
	} else {
		e.el = c.lru.PushFront(e)
		c.size += e.size
		for c.size > c.limit && c.lru.Len() > 1 {
			c.evict(c.lru.Back().Value.(*cacheEntry))
		}
	}
	c.mu.Unlock()
	close(e.done)
}

// evict drops an entry; c.mu must be held.
func (c *cache) evict(e *cacheEntry) {
	c.lru.Remove(e.el)
	delete(c.m, e.key)
	c.size -= e.size
}

// drop forgets the entries of a page that is being removed from the file.
func (c *cache) drop(keys []cacheKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range keys {
		if e, ok := c.m[k]; ok && e.el != nil {
			c.evict(e)
		}
	}
}

func (c *cache) bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}
