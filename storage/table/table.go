// Package table is the contract between the executor and the store: interfaces
// and plain structs, no I/O. The executor never sees pages; the store never
// sees a plan.
//
// Columns are named by their position in Def().Columns, rows by their ordinal:
// segment number times bitmap.SegmentRows plus the offset in the segment.
package table

import (
	"context"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
)

// Store is an open data file. It is safe for concurrent use.
type Store interface {
	// Snapshot returns the newest committed state. Release it; holding it long
	// keeps superseded pages in the file but blocks nobody.
	Snapshot() Snapshot
	// Version is that of the state which Snapshot would return, at less cost.
	Version() uint64
	// Begin starts a change on top of the newest state. One Write at a time has the
	// turn to change something: Begin waits for it, or until ctx ends.
	Begin(ctx context.Context) (Write, error)
	// Exts are the types that users have made in the file.
	Exts() *types.Exts
	// Aside reads a small named value that belongs to no version, nil if there is
	// none; SetAside stores one (nil removes it). It is durable when the call
	// returns, whatever becomes of a Write that is open: sequences count with them.
	Aside(key string) ([]byte, error)
	SetAside(key string, value []byte) error
	// Pages counts the reading of a table, by its ID, since the store was opened:
	// pages that came from the file, and what was found in memory.
	Pages(id uint32) (read, hit int64)
	// Close waits for no one: calls after it fail with 57P01.
	Close() error
}

// Snapshot is one committed state; immutable, safe for concurrent use.
type Snapshot interface {
	Version() uint64
	// Tables lists the definitions in name order.
	Tables() []*types.Table
	// Table returns the named table's rows and definition; false if none.
	Table(name string) (Table, bool)
	// Meta returns a small named value kept beside the tables (roles, settings of
	// the database), nil if none.
	Meta(key string) []byte
	// Share is the same committed state once more, to be released of its own.
	Share() Snapshot
	Release()
}

// Form is how a column's values can be reached in bulk.
type Form uint8

// The forms.
const (
	// FormDict: a scalar column of dictionary codes. Code 0 is NULL, code c > 0
	// is Dict.Values() entry c.
	FormDict Form = iota
	// FormInt: PhysInt values, and numeric(p<=18, s) as value * 10^s.
	FormInt
	// FormFloat: float64 values.
	FormFloat
	// FormSet: an array column whose elements are dictionary codes (0: a NULL
	// element).
	FormSet
	// FormPlain: values can only be gathered.
	FormPlain
)

// Dict is the dictionary of a FormDict or FormSet column: append-only, so a
// code means the same in every segment and for ever.
type Dict interface {
	// Len is the number of codes, counting code 0: codes are in [0, Len).
	Len() int
	// Values returns the values by code as a flat vector of the scalar (element)
	// type; entry 0 is NULL. Shared and read-only. It may hold values that no
	// live row has.
	Values() *vec.Vector
	// Lookup returns the code of a non-null value, false if it has none.
	Lookup(d vec.Datum) (uint32, bool)
}

// Table is one table in one snapshot. Safe for concurrent use.
type Table interface {
	Def() *types.Table
	// Rows is the number of live rows.
	Rows() int64
	// Segments is the number of segments; some may have no live row.
	Segments() int
	// Segment opens segment i. Cheap; pages are read when first needed. The
	// result may be used by one goroutine at a time; Close it.
	Segment(i int) (Segment, error)
	// Form is the bulk form that every segment of the column has.
	Form(col int) Form
	// Dict is the dictionary of a FormDict or FormSet column, else nil.
	Dict(col int) Dict
	// Range returns bounds of a FormInt column's non-null values over all
	// segments (they may be wider than the live rows'); ok is false if there are
	// none.
	Range(col int) (lo, hi int64, ok bool)
	// Lookup writes the ordinal of the live row with each key, -1 where there is
	// none. keys has the key column's type; NULLs give -1. len(ords) == keys.N.
	Lookup(ctx context.Context, keys *vec.Vector, ords []int64) error
	// LookupUnique is Lookup by constraint u of Def().Uniques: keys are its columns
	// in order. A key with a NULL gives -1 unless the constraint compares them.
	LookupUnique(ctx context.Context, u int, keys []*vec.Vector, ords []int64) error
	// Bytes is the stored size of the table's live pages, those of its key indexes
	// among them; IndexBytes is that of the index of the primary key (-1) or of
	// constraint u of Def().Uniques.
	Bytes() int64
	IndexBytes(u int) int64
	// RowVersions writes the version that made each row what it is, given by its
	// ordinal: every change of a row changes it, and nothing else does. Rows of files
	// that were written before versions of rows were kept have 0 until then.
	RowVersions(ctx context.Context, ords []int64, vers []uint64) error
	// Changed is a version since which the table has not changed: the one that
	// changed it last, or one after that where the file was opened since.
	Changed() uint64
}

// Segment is a run of ordinals of one table. Corrupt pages give an XX001 error
// that names table, column and segment.
type Segment interface {
	// Index is the segment's number: its ordinals start at Index * SegmentRows.
	Index() int
	// N is the number of ordinals given out, deleted ones included.
	N() int
	// Live is the number of live rows.
	Live() int
	// Eval sets dst to the live rows for which e holds. dst is reset to N.
	Eval(ctx context.Context, e *Rows, dst *bitmap.Set) error
	// Count is the number that Eval would give, without building the set.
	Count(ctx context.Context, e *Rows) (int64, error)
	// CountCodes adds to counts the number of rows (of rs; nil: all live rows)
	// for every combination of codes of cols, which are FormDict, or FormSet for
	// at most one of them. counts has one dimension per column, of the length of
	// its Dict at the snapshot, the last column fastest. A FormSet column counts
	// every element occurrence, as unnest does: duplicates twice, and rows with
	// a NULL or empty array not at all. No columns: counts[0] += the row count.
	CountCodes(ctx context.Context, cols []int, rs *bitmap.Set, counts []int64) error
	// Sum returns count, sum, minimum and maximum of a FormInt column's non-null
	// values in rs (nil: all live rows).
	Sum(ctx context.Context, col int, rs *bitmap.Set) (IntSum, error)
	// Codes writes the codes of block b (offsets b*BlockRows...) of a FormDict
	// column, times mult, to dst, or adds them to what is there; one per ordinal.
	// It returns how many. Arithmetic wraps at 16 bits.
	Codes(col, b int, dst []uint16, mult uint16, add bool) (int, error)
	// Ints writes the values of block b of a FormInt column to dst; bit i of
	// nulls (cleared first) is set where value i is NULL, and dst[i] is then of
	// any value.
	Ints(col, b int, dst []int64, nulls []uint64) (int, error)
	// Lists writes the element codes of block b of a FormSet column: row i of the
	// block has codes[off[i]:off[i+1]]. codes is appended to dst and returned;
	// off needs BlockRows+1 entries. NULL and empty arrays both have no codes.
	Lists(col, b int, off []uint32, dst []uint16) (n int, codes []uint16, err error)
	// Gather returns the values of any column at the given ascending offsets
	// (which may be repeated). Dict columns give dictionary vectors over
	// Dict.Values(), set columns arrays whose Child is one.
	Gather(col int, offs []uint32) (*vec.Vector, error)
	Close()
}

// IntSum is the aggregate of a FormInt column: a 128-bit sum Hi*2^64 + Lo in
// two's complement. Min and Max mean nothing when Count is 0.
type IntSum struct {
	Count    int64
	Hi       int64
	Lo       uint64
	Min, Max int64
}

// Rows is a row-set expression over the live rows of a segment: two-valued, the
// three-valued logic of SQL has been resolved by whoever built it.
type Rows struct {
	Op   Op
	Args []*Rows // And, Or: any number (none: all, none); Not: one
	Leaf *Leaf   // OpLeaf
}

// Op is the kind of a Rows node.
type Op uint8

// The kinds. Not is the complement within the live rows.
const (
	OpAll Op = iota
	OpNone
	OpAnd
	OpOr
	OpNot
	OpLeaf
)

// Leaf is a set of rows that one column's pages answer, or a function.
type Leaf struct {
	Kind LeafKind
	Col  int
	// Codes has bit c set for each code that satisfies: LeafCodes (bit 0 takes
	// the NULLs) on FormDict; LeafAny on FormSet (rows that hold at least one of
	// them; bit 0: a NULL element). Bits past the end are zero: codes that a
	// later commit adds do not satisfy.
	Codes []uint64
	// Lo and Hi are inclusive bounds of LeafRange (FormInt; NULL never is in
	// range) and of LeafCard.
	Lo, Hi int64
	// FLo and FHi are inclusive bounds of LeafFloat in Postgres's order, where
	// NaN is above +Inf: FHi NaN means no upper bound.
	FLo, FHi float64
	// Cols and Func are for LeafFunc: Func gets the gathered columns of at most
	// BlockRows candidate rows and sets bit i of out where row i satisfies. It is
	// called from one goroutine per segment, several segments at once.
	Cols []int
	Func func(ctx context.Context, cols *vec.Batch, out []uint64) error
	// Ords is for LeafOffsets: ascending ordinals, of any segment. Live tells that
	// the rows are known to be there.
	Ords []int64
	Live bool
	// Note describes the leaf in EXPLAIN.
	Note string
}

// LeafKind is the kind of a Leaf.
type LeafKind uint8

// The kinds of leaf.
const (
	LeafCodes LeafKind = iota
	LeafRange
	LeafFloat
	LeafAny
	LeafCard // FormSet: arrays (not NULL) whose element count is in [Lo, Hi]
	LeafNull // rows where any-form column Col is NULL
	LeafFunc
	LeafOffsets // the rows of Ords (ascending ordinals, any segment)
)

// Write is a change that is not yet visible, made in steps: Seal ends one. What a
// sealed step did can be read from Base, by this Write's owner alone, and later
// steps start from it. It belongs to one goroutine. All row changes of one step
// address the rows of Base.
type Write interface {
	// Base is the newest sealed state: the committed one at first. It belongs to
	// the Write (its Release does nothing) and can be read until the Write ends,
	// or until Restore goes back to before it. While others have the turn it has what
	// they have committed, too.
	Base() Snapshot
	// Version is that of the step in hand: rows that it changes have it as theirs.
	Version() uint64
	// Pause lets others have the turn; with it the Write is only to be read, gone
	// back in (Restore) or ended until Resume, which waits for the turn and goes on
	// from what they have committed. What the Write has changed nobody else changes
	// before it ends: their attempts are 55P03. Commit resumes.
	Pause()
	Resume(ctx context.Context) error
	// Seal ends the step: its keys are checked (23505) and Base has what it did.
	// Nothing is visible to others or durable. It does nothing after no change.
	Seal(ctx context.Context) error
	// Unchecked reports whether the step has done something that only Seal finishes:
	// rows whose keys are to be compared with all others, or more rows than a patch.
	Unchecked() bool
	// Mark seals and returns a name for Base, good until the Write ends or
	// Restore goes back to before it.
	Mark(ctx context.Context) (Mark, error)
	// Restore undoes everything after the mark, failed steps too, and makes a
	// failed Write usable again.
	Restore(m Mark) error
	// CreateTable adds a table; the store gives out its ID, the columns' IDs, which
	// are their places from 1, and an OID if it has none.
	CreateTable(def *types.Table) error
	// AlterTable replaces the definition of the named table. Columns keep their
	// rows by ID; an ID of 0, or of NextCol and up where def.NextCol is above it, is a
	// new column, IDs that are missing are dropped.
	AlterTable(name string, def *types.Table) error
	DropTable(name string) error
	Truncate(name string) error
	// NewOID gives out an OID that no object of the file has had.
	NewOID() uint32
	// SetMeta stores a small named value (nil removes it).
	SetMeta(key string, value []byte) error
	// Append adds rows; the batch has every column of the table in order, with
	// the column's exact type (numerics already at their scale). Small and bulk
	// loads go the same way: rows beyond a buffer go to the file at once, in
	// transactions of at most 32 MB that no snapshot sees. A key that is already
	// there, or twice in the Write, is 23505 (at Seal or Commit) with Postgres's
	// message and DETAIL, and a RowError as its cause. The batch may be reused
	// after the call.
	Append(ctx context.Context, name string, b *vec.Batch) error
	// Appended writes the ordinals of the last len(ords) rows that the step in hand has
	// appended to a table.
	Appended(name string, ords []int64) error
	// Update replaces the values of cols (none of the primary key or of a UNIQUE
	// constraint: such a row is deleted and appended) in the rows with the given
	// ascending, distinct ordinals.
	Update(ctx context.Context, name string, ords []int64, cols []int, b *vec.Batch) error
	// Delete removes the rows with the given ascending, distinct ordinals. Keys
	// of deleted rows may be appended again in the same Write.
	Delete(ctx context.Context, name string, ords []int64) error
	// Commit makes the change visible and durable; after it, or Abort, the Write
	// is dead. Abort after Commit does nothing.
	Commit(ctx context.Context) error
	Abort()
}

// Mark names a sealed state of a Write.
type Mark int
