// Package op runs query plans: one operator per file, each a Cursor that is
// pulled for batches. Predicates become row-set expressions over the store's
// segments (rowset*.go), aggregates over a scan are counted from codes and value
// slices where the forms allow it (codeagg.go, direct.go), and everything else
// is a vectorised relational executor.
//
// A batch from Next may be read until the next call; operators that keep rows
// longer rely on vectors being fresh for each batch, which every operator here
// guarantees.
package op
