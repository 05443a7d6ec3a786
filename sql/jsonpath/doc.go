// Package jsonpath is PostgreSQL's SQL/JSON path language: its parser with
// PostgreSQL's errors, the canonical text of a path, and its evaluation over
// jsonb values in lax and strict mode.
package jsonpath
