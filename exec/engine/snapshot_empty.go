package engine

import (
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/storage/table"
)

const volatileFn = fn.Volatile

// emptySnapshot is a state without tables.
type emptySnapshot struct{}

func (emptySnapshot) Version() uint64                  { return 0 }
func (emptySnapshot) Tables() []*types.Table           { return nil }
func (emptySnapshot) Table(string) (table.Table, bool) { return nil, false }
func (emptySnapshot) Meta(string) []byte               { return nil }
func (emptySnapshot) Release()                         {}
