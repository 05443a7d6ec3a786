// Package storage keeps tables in one data file: it implements table.Store over
// storage/kv (the file) and storage/segment (what is inside a page).
//
// # What is in the file
//
//	space    key                                       value
//	pages    table u32 | segment u32 | column u32 |    a sealed page: one kind of page
//	         kind u8 | version u64                     of one column of one segment
//	pages    table | segment | 0xFFFFFFFE | born | v   which version made each row (see born.go)
//	pages    table | 0xFFFFFFFE | chunk | kind | ver   a chunk of a key run (see keyrun.go)
//	small    table | 0xFFFFFFFD | column | kind | ver  a dictionary's values that a version added
//	small    table | segment | 0 | kind | version      a patch: what a small change did to a segment
//	catalog  "d"                                       the database: version, next IDs
//	catalog  "m" name                                  a Meta value
//	catalog  "t" table u32                             a table: definition, dictionaries, key runs
//	catalog  "s" table u32, segment u32                a segment: rows, columns, patches
//	catalog  "v" version u64                           the version log: time and kind of a commit
//	journal  "p" version u64, n u32                    keys that an uncommitted version wrote
//	journal  "g" version u64                           keys that a committed version made superfluous
//
// All integers in keys are big endian, so that a bulk load appends at the end
// of its table. Catalog records are JSON after a CRC-32C.
//
// # Versions
//
// Pages are never changed: a change writes new ones under its own version and
// one last transaction writes the catalog records of what it touched: that is
// the commit. A Write that is too big for one transaction writes pages before,
// each transaction with a journal record of its keys, which the commit removes;
// Open removes the keys of records that are left, and so does Abort. The keys
// that a commit supersedes are in its "g" record, and are removed when no
// snapshot older than the commit is left. So nothing ever has to look through
// all keys. A Write is made in steps (steps.go), each with a version and a state
// of its own that only the Write's owner sees; the last is the one published. No
// version is given out twice while the file is open.
//
// # Keys
//
// The primary key and each UNIQUE constraint have a key index (keyindex.go,
// keyrun.go): it says which rows may have a key, and the column's own values
// decide. Rows keep their keys for life: a row whose key changes is deleted and
// added again.
//
// # Reading
//
// A column of a segment is its base pages plus the patches after them, merged
// once in memory and kept in a bounded cache under the version of the last
// patch. Patches are folded into base pages by compaction in the background.
// Bytes are copied out of the file in short views and their checksums verified
// then; a column that cannot be read is XX001 with its place, and the others go
// on.
//
// # Locks
//
// DB.turn is the turn to write, which open Writes pass among each other (turn.go).
// DB.mu guards the pointer to the current state and the counts of snapshots, and
// is never held across I/O. States are immutable. Dictionaries are the one thing
// that states share and that grows: see dict.go.
package storage
