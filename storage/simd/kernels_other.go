//go:build !amd64

package simd

func detect() bool { return false }

func countVec(*uint64, int) int           { panic("simd: no kernels") }
func andCountVec(_, _ *uint64, _ int) int { panic("simd: no kernels") }
func andVec(_, _ *uint64, _ int) int      { panic("simd: no kernels") }
func orVec(_, _ *uint64, _ int) int       { panic("simd: no kernels") }
func andNotVec(_, _ *uint64, _ int) int   { panic("simd: no kernels") }
func indexVec(_ *uint16, _ *byte, _, _, _, _ int, _ *[32]uint16) {
	panic("simd: no kernels")
}
func compressVec(_, _ *uint16, _ *uint64, _ int) int { panic("simd: no kernels") }
func in8Vec(*byte, *[4]uint64, *uint64, int)         { panic("simd: no kernels") }
func in16Vec(*uint16, *[16]uint64, *uint64, int)     { panic("simd: no kernels") }
func unpackVec(_ *int64, _ *byte, _, _ int, _ *unpackPlan, _, _ uint64, _ int) {
	panic("simd: no kernels")
}
func betweenVec(_ *uint64, _, _ int, _ *between, _ *uint64)      { panic("simd: no kernels") }
func placeVec(_ *uint16, _ *int64, _ int, _, _ uint64, _, _ int) { panic("simd: no kernels") }
