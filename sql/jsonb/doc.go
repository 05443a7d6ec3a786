// Package jsonb holds JSON values: the parser of json and jsonb with
// PostgreSQL's errors, jsonb's canonical text, order and hash, and the SQL/JSON
// path language. A jsonb value is kept everywhere as its canonical text, which
// is what PostgreSQL shows; Parse makes the tree that operators work on.
package jsonb
