// Package types holds the logical types of SQL, the values that need more than
// a machine word (decimals, intervals), their Postgres text and binary forms,
// and table definitions. It imports nothing of ours but sqlerr.
//
// # Types of users
//
// A Type with an Ext is one that a user has made: an enum (Kind Enum), a composite
// type (Kind Record) or a domain (any other Kind, which is its base). What an Ext
// means is published beside it and may change while values are about, so values
// must not depend on it: an enum's are numbers that stay a label's for ever, and a
// composite's are records that carry the types and names of their own fields
// (vec.Record). Where such a record is stored its fields are named by the numbers of
// the attributes (storage/encoding), and who reads it back takes the attributes
// that the type has then. Every table and view has a composite type, too, made from
// its definition when it is first asked for.
package types
