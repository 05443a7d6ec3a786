// Package op runs query plans: one operator per file, each a Cursor that is
// pulled for batches. Predicates become row-set expressions over the store's
// segments (rowset*.go), aggregates over a scan are counted from codes and value
// slices where the forms allow it (codeagg.go, direct.go), and everything else
// is a vectorised relational executor: joins by hash, by blocks or through a
// table's key index (join.go, joinspill.go, keyjoin.go), subqueries (apply.go,
// subplan.go, anytest.go), CTEs (cte.go, recursive.go), windows (window.go).
//
// An operator that keeps rows holds them in memory up to Query.WorkMem and goes
// on with temporary files: sorts merge runs (sortspill.go), the others divide
// their rows by the hash of their keys (partition.go).
//
// A batch from Next may be read until the next call; operators that keep rows
// longer rely on vectors being fresh for each batch, which every operator here
// guarantees.
package op
