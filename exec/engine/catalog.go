package engine

import (
	"tagd/exec/pgcatalog"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/storage/table"
)

// catalog is what planning sees: a snapshot with the definitions that the open
// transaction has changed laid over it.
type catalog struct {
	snap table.Snapshot
	defs map[string]*types.Table // nil entry: dropped
}

// Table returns a stored table and its statistics. See plan.Catalog.
func (c *catalog) Table(schema, name string) (*types.Table, plan.Stats) {
	if schema != "" && schema != "public" {
		return nil, nil
	}
	if def, ok := c.defs[name]; ok {
		return def, noStats{}
	}
	t, ok := c.snap.Table(name)
	if !ok {
		return nil, nil
	}
	return t.Def(), stats{t}
}

// Stats returns a table's statistics. See plan.Catalog.
func (c *catalog) Stats(def *types.Table) plan.Stats {
	if _, ok := c.defs[def.Path()]; !ok {
		if t, ok := c.snap.Table(def.Path()); ok {
			return stats{t}
		}
	}
	return noStats{}
}

// oneTable is a catalog in which every table's name is that of one definition,
// which need not be stored: for its own expressions.
type oneTable struct {
	*catalog
	def *types.Table
}

// Table returns the definition. See plan.Catalog.
func (c *oneTable) Table(_, _ string) (*types.Table, plan.Stats) { return c.def, c.Stats(c.def) }

// Virtual returns the columns of a catalog relation. See plan.Catalog.
func (c *catalog) Virtual(schema, name string) (string, []plan.Field) {
	return pgcatalog.Fields(schema, name)
}

// stats are a stored table's statistics.
type stats struct{ t table.Table }

func (s stats) Rows() int64 { return s.t.Rows() }

func (s stats) Codes(col int) int {
	if s.t.Form(col) != table.FormDict {
		return 0
	}
	return s.t.Dict(col).Len()
}

func (s stats) IsSet(col int) bool { return s.t.Form(col) == table.FormSet }

func (s stats) Range(col int) (lo, hi int64, ok bool) { return s.t.Range(col) }

// noStats are those of a table that only the open transaction knows.
type noStats struct{}

func (noStats) Rows() int64                    { return 0 }
func (noStats) Codes(int) int                  { return 0 }
func (noStats) IsSet(int) bool                 { return false }
func (noStats) Range(int) (int64, int64, bool) { return 0, 0, false }
