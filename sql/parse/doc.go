// Package parse turns SQL text into the trees of sql/ast.
//
// Postgres's own grammar (sub-package pgsql) reads a text first; only what it
// rejects, and SHOW forms that name no setting, are tried with the TiDB grammar
// (sub-package tidb). Which grammar read a text cannot be told from the tree. If
// both reject it the client sees the error of the Postgres grammar.
//
// Trees are immutable and cached by text, so a dashboard's repeated query is
// parsed once. Everything here is safe for concurrent use.
package parse
