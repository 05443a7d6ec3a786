// Package tidb reads what Postgres's grammar rejects and MySQL's users write,
// with the grammar of TiDB, and lowers it into sql/ast. It is the only importer
// of that grammar.
//
// The words are MySQL's, the meaning is Postgres's: texts are compared by their
// bytes, 1/2 is 0, NULLs sort last, a condition must be Boolean, errors have
// Postgres's codes. Every node is lowered or refused with 0A000 and its place;
// nothing is ignored but hints and words that only say how to run a statement
// (listed where they are dropped). testdata/nodes.txt lists all nodes of the
// grammar with what becomes of them, and a test holds it to be complete.
//
// What is read otherwise than MySQL does:
//
//   - "x" is a name, 'x' a text, a backslash is a backslash; "x" is a text only
//     where no name can stand (SEPARATOR ";", COMMENT "x", ENUM("a"), "").
//   - Names without quotes are folded to lower case.
//   - || puts texts together; && is AND; ^ is XOR of bits (Postgres's #).
//   - a DIV b is the whole part of the quotation; / of integers is Postgres's.
//   - Functions that Postgres has, too, are Postgres's: LENGTH counts characters,
//     LOG(x) is of base 10, STDDEV and VARIANCE are of a sample, CONCAT leaves
//     NULLs out, GREATEST and LEAST, too. SUBSTRING with a negative constant place
//     and FORMAT of a number are MySQL's, for nothing else can be meant.
//   - SUM and AVG take a condition, which counts as 1 or 0.
//   - An alias of an aggregate may stand in HAVING.
//   - REGEXP is Postgres's ~.
//   - ON DUPLICATE KEY UPDATE and REPLACE ask the primary key.
//   - ENUM is a text whose values are checked, SET an array of texts that takes
//     'a,b', UNSIGNED a check on the next larger integer (BIGINT UNSIGNED ends at
//     2^63-1), DATETIME and TIMESTAMP a timestamp, JSON is jsonb. KEY and INDEX of
//     CREATE TABLE give a NOTICE. Engines and collations are accepted.
//   - DATE_ADD of whole days keeps a date a date; of less it makes a timestamp.
//   - db.table names a schema; hints, index hints, priorities and the like do
//     nothing.
package tidb
