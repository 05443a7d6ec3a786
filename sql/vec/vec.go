// Package vec holds columns of values in memory: vectors, batches of them, and
// single values.
//
// Ownership: a Vector handed to a consumer may be read until the producer's
// next call unless the producer's comment says otherwise; Str values point at
// memory that lives as long as the garbage collector sees them, so keeping a
// string is always safe.
package vec

import "tagd/sql/types"

// Vector is N values of one type in one of three encodings:
//
//   - flat: the slice of its physical class has N entries
//   - constant: Const is set and the slice has exactly one entry, shown N times
//   - dictionary: Dict is not nil and value i is Dict's value Codes[i]; Dict is
//     flat, may hold a NULL entry, and is shared and read-only
//
// The physical slice follows types.Type.Phys: I64, F64, Str, Dec, Ivl, Rec, or
// Off+Child for arrays, where array i is Child's values Off[i]..Off[i+1] (Off
// has one more entry than there are physical values; Child may be a dictionary
// vector). Entries under a NULL are zero values and mean nothing.
type Vector struct {
	Type types.Type
	N    int
	// Nulls has bit i%64 of word i/64 set where value i is NULL; nil: none is.
	// In a dictionary vector it is nil and NULL is an entry of Dict; in a
	// constant one only bit 0 counts.
	Nulls []uint64

	I64   []int64
	F64   []float64
	Str   []string
	Dec   []types.Decimal
	Ivl   []types.IntervalValue
	Off   []int32
	Child *Vector
	// Dims has the shape of each array; nil, and a nil entry: one dimension that
	// begins at 1, or none if there are no elements.
	Dims []*ArrayDims
	Rec  []*Record

	Const bool
	Dict  *Vector
	Codes []uint32
}

// Batch is a set of columns of equal length.
type Batch struct {
	N    int // rows; counts also when there are no columns
	Cols []*Vector
}

// Datum is one value outside a vector; its type is known from where it stands.
// The field of the type's physical class is the value; A is an array's elements
// (a flat vector of the element type; nil and Null false: empty array), and
// Dims its shape as in Vector.
type Datum struct {
	Null bool
	I    int64
	F    float64
	S    string
	D    types.Decimal
	V    types.IntervalValue
	A    *Vector
	Dims *ArrayDims
	R    *Record
}

// MaxBatch is the number of rows that producers aim for in a batch. Consumers
// accept any number.
const MaxBatch = 8192
