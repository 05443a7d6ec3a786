// Package pgsql reads SQL with PostgreSQL's own parser (libpg_query) and lowers
// its tree into sql/ast. It is the only importer of that grammar.
//
// Every field of every node that can change the meaning of a statement is either
// lowered or refused with 0A000 at its position; nothing is ignored. Positions
// are byte offsets in the text given to Parse.
package pgsql
