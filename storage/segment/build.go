package segment

import (
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/page"
	"tagd/storage/table"
)

// Stats is what the store keeps about a column of a segment beside its pages.
type Stats struct {
	N, Nulls int
	// Min and Max bound the non-null values of a FormInt column; valid if
	// Nulls < N. Sorted says they ascend strictly and there is no NULL.
	Min, Max int64
	Sorted   bool
	Bytes    int // of all pages
}

// Input is one column of a segment to be built. Which fields count depends on
// Form; slices are only read and may be reused after Build.
type Input struct {
	Type types.Type
	Form table.Form
	N    int
	// NoSlices leaves out the pages for range predicates: for keys.
	NoSlices bool
	// Codes are a FormDict column's, len N, 0 for NULL.
	Codes []uint32
	// Ints (len N) are a FormInt column's, Floats a FormFloat column's. Nulls
	// goes with them and with Off; nil: none.
	Ints   []int64
	Floats []float64
	Nulls  []uint64
	// Off (len N+1) and Codes are a FormSet column's lists of element codes.
	Off []int32
	// Values is a FormPlain column.
	Values *vec.Vector
}

// Pages are sealed pages by kind; entries may be nil.
type Pages [page.NumKinds][]byte

// Build encodes one column of a segment. It needs no lock; columns may be built
// in parallel.
func Build(in Input) (Pages, Stats, error) { return build(in) }

// BuildPresent returns the sealed Present page of a segment: words has bit o set
// where ordinal o is live.
func BuildPresent(n int, words []uint64) []byte { return buildPresent(n, words) }

// Decode reads a whole column back, deleted rows included (their values are
// whatever they were). t is its type; c as Source.Column gives it.
func Decode(t types.Type, c Column, n int, page func(page.Kind) ([]byte, error)) (Input, error) {
	return decode(t, c, n, page)
}
