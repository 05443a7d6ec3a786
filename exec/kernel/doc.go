// Package kernel evaluates bound expressions over batches of vectors.
//
// Strictness, NULLs, laziness and encodings are dealt with here, once, so that
// the implementations in sql/fn are plain loops: a strict call sees NULL rows
// and its results there are overwritten; arms of CASE, COALESCE, AND and OR are
// evaluated only on the rows that reach them, so an error in an arm that no row
// reaches never surfaces; and whatever depends on one dictionary vector alone
// is computed once per dictionary entry and rewrapped with the row's codes. An
// error on a dictionary entry is no error yet (no row may use the entry): the
// rows are then evaluated themselves.
package kernel
