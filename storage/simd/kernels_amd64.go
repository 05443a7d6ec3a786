package simd

// The kernels, in kernels_amd64.s. Numbers of elements are not zero.

// countVec counts the bits of n words, a multiple of 8; so do the four after it.
//
//go:noescape
func countVec(a *uint64, n int) int

//go:noescape
func andCountVec(a, b *uint64, n int) int

//go:noescape
func andVec(a, b *uint64, n int) int

//go:noescape
func orVec(a, b *uint64, n int) int

//go:noescape
func andNotVec(a, b *uint64, n int) int

// indexVec is Index of n lanes, a multiple of 32; top gets the largest lane of
// each place in a vector. add is 0 or 1.
//
//go:noescape
func indexVec(dst *uint16, lanes *byte, n, width, mult, add int, top *[32]uint16)

// compressVec is Compress of n elements, a multiple of 64. It writes whole
// vectors, never past element n of dst.
//
//go:noescape
func compressVec(dst, src *uint16, mask *uint64, n int) int

// in8Vec is In8 of n codes, a multiple of 64, and in16Vec In16 of n codes.
//
//go:noescape
func in8Vec(codes *byte, set *[4]uint64, w *uint64, n int)

//go:noescape
func in16Vec(codes *uint16, set *[16]uint64, w *uint64, n int)

// unpackVec is Unpack of n numbers, a multiple of 8. mul 0 leaves div out.
//
//go:noescape
func unpackVec(dst *int64, src *byte, n, width int, p *unpackPlan, base, div uint64, mul int)

// betweenVec is Between of n groups.
//
//go:noescape
func betweenVec(slices *uint64, bits, n int, t *between, w *uint64)

// placeVec is Place of n values, a multiple of 8. add is 0 or 1.
//
//go:noescape
func placeVec(cell *uint16, vals *int64, n int, base, size uint64, mult, add int)
