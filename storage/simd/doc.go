// Package simd is the loops that bound the counting of bitmaps, codes and packed
// numbers: a few kernels in assembly for AMD64 with AVX-512 (VBMI, VBMI2,
// VPOPCNTDQ), and for each of them a twin in plain Go that runs everywhere else
// and for the rows that do not fill a vector. The tests hold every kernel to its
// twin. Kernels read and write nothing beyond the slices that they are given.
//
// A kernel gets whole vectors only; the exported function around it checks
// lengths, cuts the tail off and falls back to the twin.
package simd

// On reports whether the assembly kernels run. Tests switch it off to run the
// twins; nothing else writes it.
var On = detect()
