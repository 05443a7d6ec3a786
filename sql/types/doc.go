// Package types holds the logical types of SQL, the values that need more than
// a machine word (decimals, intervals), their Postgres text and binary forms,
// and table definitions. It imports nothing of ours but sqlerr.
package types
