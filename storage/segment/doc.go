// Package segment turns columns of one segment into pages and pages into the
// bulk answers of table.Segment. It does no I/O: a Source hands it page bodies.
//
// Writing: Build makes the pages of a column from an Input. Reading: New gives a table.Segment over a Source;
// Decode gives a whole column back as an Input, for merging and compaction.
package segment
