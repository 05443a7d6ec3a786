package engine

import (
	"sync"
	"sync/atomic"
)

// counts are what happened in the databases since the server started.
type counts struct {
	mu sync.Mutex
	by map[uint32]*dbCounts
}

// dbCounts are those of one database.
type dbCounts struct{ commits, rollbacks, deadlocks, sessions atomic.Int64 }

// of returns the counts of a database by its key.
func (c *counts) of(db uint32) *dbCounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[uint32]*dbCounts{}
	}
	if c.by[db] == nil {
		c.by[db] = &dbCounts{}
	}
	return c.by[db]
}
