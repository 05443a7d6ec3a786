// Package deparse writes stored queries and expressions as PostgreSQL 15 does
// (ruleutils.c): the definitions of views, defaults, CHECK conditions, generated
// columns, and the keys and predicates of indexes.
//
// PostgreSQL prints from its analyzed tree, in which every operator and function
// is chosen and every implicit cast is a node: what it prints depends on its own
// rules of choice. So a text goes the same way here: analyze.go and its
// neighbours turn the tree as written into a Query with the types of pg_type,
// choosing among the rows of pg_operator, pg_proc and pg_cast as parse_func.c,
// parse_oper.c and parse_coerce.c do, and print.go and its neighbours write it.
// The planner's binder is not asked: its functions are tagd's, whose signatures
// are fewer, and its plans no longer know what stood in the text.
//
// What the analysis does not know is an error, and the caller shows the text as
// it was written.
package deparse
