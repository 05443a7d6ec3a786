package engine

import (
	"context"
	"slices"
	"strings"

	"tagd/sql/types"
	"tagd/storage/table"
)

// uniqueAgain finds the first key of a refTwice event that more than one row has.
func (s *Session) uniqueAgain(ctx context.Context, c *catalog, e *refEvent, bad *broken) error {
	def := c.byOID(e.child)
	if def == nil || len(e.seq) == 0 {
		return nil
	}
	u := slices.IndexFunc(def.Uniques, func(u types.Unique) bool { return u.Name == e.name && u.Deferrable })
	if u < 0 {
		return nil
	}
	q := &keyQuery{s: s, ctx: ctx, child: def, old: e.cols, n: len(e.seq)}
	text := "SELECT 0::int8 FROM ri.child t WHERE " + q.sameKey(def, u) + " HAVING count(*) > 1"
	if q.n > 1 {
		text = "SELECT min(x.i) FROM (SELECT k.i FROM ri.child t, ri.keys k WHERE " + q.sameKey(def, u) + " GROUP BY k.i HAVING count(*) > 1) x"
	}
	d, err := q.one(text)
	if err != nil || d.Null {
		return err
	}
	dup := table.Duplicate(def, u)
	dup.Detail = table.DuplicateDetail(table.KeyNames(def, u), e.cols, int(d.I))
	bad.before(e.seq[d.I], dup)
	return nil
}

// sameKey is the condition that a row has a key of constraint u.
func (q *keyQuery) sameKey(def *types.Table, u int) string {
	cols := def.Uniques[u].Cols
	if !def.Uniques[u].NullsSame {
		return q.where(def, cols)
	}
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = "t." + quoteIdent(def.Columns[c].Name) + " IS NOT DISTINCT FROM " + q.key(i)
	}
	return strings.Join(parts, " AND ")
}

// hasDeferrable reports whether a table has deferrable keys.
func hasDeferrable(def *types.Table) bool {
	return slices.ContainsFunc(def.Uniques, func(u types.Unique) bool { return u.Deferrable })
}
