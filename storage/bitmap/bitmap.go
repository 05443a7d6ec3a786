// Package bitmap is row-set algebra: dense sets of row offsets within a
// segment, and kernels over roaring container bytes (AND, OR, ANDNOT, counts)
// and dictionary code lanes (scans, histograms). It allocates nothing in its
// loops and knows no columns.
package bitmap

// Geometry of ordinals: a segment is a run of SegmentRows of them, and work
// goes by blocks of BlockRows, the span of one roaring container.
const (
	BlockRows   = 1 << 16
	BlockWords  = BlockRows / 64
	SegmentRows = 1 << 20
	SegBlocks   = SegmentRows / BlockRows
)

// Set is a set of row offsets in one segment, held densely: bit o%64 of word
// o/64. Bits at N and above are always zero.
type Set struct {
	Words []uint64         // len = Blocks * BlockWords, zero padded
	N     int              // offsets are in [0, N)
	Card  [SegBlocks]int32 // members per block; kept exact by every operation here
}
