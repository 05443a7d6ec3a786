package parse

import (
	"container/list"
	"sync"
)

// The cache keeps trees for cacheBytes of statement text, weighed treeFactor
// times because a tree is larger than its text; a text over maxCached (a long
// INSERT, never seen twice) is not kept.
const (
	cacheBytes = 64 << 20
	treeFactor = 16
	maxCached  = 64 << 10
)

// cache is an LRU of parsed texts, bounded by bytes.
type cache struct {
	mu    sync.Mutex
	limit int
	used  int
	order *list.List // of *cacheEntry, most recently used first
	byKey map[string]*list.Element
}

type cacheEntry struct {
	text  string
	stmts []Statement
}

var shared = newCache(cacheBytes)

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byKey: map[string]*list.Element{}}
}

func (c *cache) get(text string) ([]Statement, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[text]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cacheEntry).stmts, true
}

func (c *cache) put(text string, stmts []Statement) {
	if len(text) > maxCached {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[text]; ok {
		return
	}
	c.byKey[text] = c.order.PushFront(&cacheEntry{text, stmts})
	c.used += weight(text)
	for c.used > c.limit {
		last := c.order.Back()
		e := c.order.Remove(last).(*cacheEntry)
		delete(c.byKey, e.text)
		c.used -= weight(e.text)
	}
}

func weight(text string) int { return 256 + treeFactor*len(text) }
