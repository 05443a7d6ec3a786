#include "textflag.h"

// SUM8 adds the eight words of Z0 into AX; Z1 is lost.
#define SUM8 \
	VEXTRACTI64X4 $1, Z0, Y1; \
	VPADDQ Y1, Y0, Y0; \
	VEXTRACTI128 $1, Y0, X1; \
	VPADDQ X1, X0, X0; \
	VPSRLDQ $8, X0, X1; \
	VPADDQ X1, X0, X0; \
	VMOVQ X0, AX

// func countVec(a *uint64, n int) int
TEXT ·countVec(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), SI
	MOVQ n+8(FP), CX
	SHRQ $3, CX
	VPXORQ Z0, Z0, Z0
count:
	VPOPCNTQ (SI), Z1
	VPADDQ Z1, Z0, Z0
	ADDQ $64, SI
	DECQ CX
	JNZ count
	SUM8
	VZEROUPPER
	MOVQ AX, ret+16(FP)
	RET

// func andCountVec(a, b *uint64, n int) int
TEXT ·andCountVec(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ b+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $3, CX
	VPXORQ Z0, Z0, Z0
andcount:
	VMOVDQU64 (DI), Z1
	VPANDQ (SI), Z1, Z1
	VPOPCNTQ Z1, Z1
	VPADDQ Z1, Z0, Z0
	ADDQ $64, DI
	ADDQ $64, SI
	DECQ CX
	JNZ andcount
	SUM8
	VZEROUPPER
	MOVQ AX, ret+24(FP)
	RET

// func andVec(a, b *uint64, n int) int
TEXT ·andVec(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ b+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $3, CX
	VPXORQ Z0, Z0, Z0
and:
	VMOVDQU64 (DI), Z1
	VPANDQ (SI), Z1, Z1
	VMOVDQU64 Z1, (DI)
	VPOPCNTQ Z1, Z1
	VPADDQ Z1, Z0, Z0
	ADDQ $64, DI
	ADDQ $64, SI
	DECQ CX
	JNZ and
	SUM8
	VZEROUPPER
	MOVQ AX, ret+24(FP)
	RET

// func orVec(a, b *uint64, n int) int
TEXT ·orVec(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ b+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $3, CX
	VPXORQ Z0, Z0, Z0
or:
	VMOVDQU64 (DI), Z1
	VPORQ (SI), Z1, Z1
	VMOVDQU64 Z1, (DI)
	VPOPCNTQ Z1, Z1
	VPADDQ Z1, Z0, Z0
	ADDQ $64, DI
	ADDQ $64, SI
	DECQ CX
	JNZ or
	SUM8
	VZEROUPPER
	MOVQ AX, ret+24(FP)
	RET

// func andNotVec(a, b *uint64, n int) int
TEXT ·andNotVec(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ b+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $3, CX
	VPXORQ Z0, Z0, Z0
andnot:
	VMOVDQU64 (SI), Z1
	VPANDNQ (DI), Z1, Z1
	VMOVDQU64 Z1, (DI)
	VPOPCNTQ Z1, Z1
	VPADDQ Z1, Z0, Z0
	ADDQ $64, DI
	ADDQ $64, SI
	DECQ CX
	JNZ andnot
	SUM8
	VZEROUPPER
	MOVQ AX, ret+24(FP)
	RET

// PLACE takes 32 codes in the words of Z1: the largest so far go to Z31, their
// products with Z30 to dst, on top of what is there where K1 is set.
#define PLACE \
	VPMAXUW Z1, Z31, Z31; \
	VPMULLW Z30, Z1, Z1; \
	VMOVDQU16.Z (DI), K1, Z2; \
	VPADDW Z2, Z1, Z1; \
	VMOVDQU16 Z1, (DI); \
	ADDQ $64, DI

// func indexVec(dst *uint16, lanes *byte, n, width, mult, add int, top *[32]uint16)
TEXT ·indexVec(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ lanes+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $5, CX
	MOVQ width+24(FP), BX
	MOVQ mult+32(FP), AX
	VPBROADCASTW AX, Z30
	VPXORQ Z31, Z31, Z31
	MOVQ add+40(FP), AX
	NEGQ AX
	KMOVD AX, K1
	CMPQ BX, $8
	JEQ lanes8
	CMPQ BX, $16
	JEQ lanes16
	CMPQ BX, $4
	JEQ lanes4

	// Four codes a byte: its copies moved up by 0, 6, 12 and 18 have one code
	// in the low bits of each byte of a double word.
	MOVL $0x03030303, AX
	VPBROADCASTD AX, Y29
lanes2:
	VPMOVZXBD (SI), Y1
	VPSLLD $6, Y1, Y2
	VPSLLD $12, Y1, Y3
	VPSLLD $18, Y1, Y4
	VPORD Y2, Y1, Y1
	VPORD Y4, Y3, Y3
	VPORD Y3, Y1, Y1
	VPANDD Y29, Y1, Y1
	VPMOVZXBW Y1, Z1
	PLACE
	ADDQ $8, SI
	DECQ CX
	JNZ lanes2
	JMP placed

	// Two codes a byte, likewise.
lanes4:
	MOVL $0x0f0f0f0f, AX
	VPBROADCASTD AX, Y29
more4:
	VPMOVZXBW (SI), Y1
	VPSLLW $4, Y1, Y2
	VPORD Y2, Y1, Y1
	VPANDD Y29, Y1, Y1
	VPMOVZXBW Y1, Z1
	PLACE
	ADDQ $16, SI
	DECQ CX
	JNZ more4
	JMP placed

lanes8:
	VPMOVZXBW (SI), Z1
	PLACE
	ADDQ $32, SI
	DECQ CX
	JNZ lanes8
	JMP placed

lanes16:
	VMOVDQU16 (SI), Z1
	PLACE
	ADDQ $64, SI
	DECQ CX
	JNZ lanes16

placed:
	MOVQ top+48(FP), AX
	VMOVDQU16 Z31, (AX)
	VZEROUPPER
	RET

// func compressVec(dst, src *uint16, mask *uint64, n int) int
// The number written never passes the number read, so a whole vector that is
// stored behind it stays within n elements.
TEXT ·compressVec(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ mask+16(FP), BX
	MOVQ n+24(FP), CX
	SHRQ $6, CX
	MOVQ DI, DX
compress:
	MOVQ (BX), AX
	ADDQ $8, BX
	VMOVDQU16 (SI), Z1
	VMOVDQU16 64(SI), Z2
	ADDQ $128, SI
	KMOVD AX, K1
	VPCOMPRESSW.Z Z1, K1, Z1
	VMOVDQU16 Z1, (DI)
	MOVL AX, R8
	POPCNTQ R8, R8
	LEAQ (DI)(R8*2), DI
	SHRQ $32, AX
	KMOVD AX, K2
	VPCOMPRESSW.Z Z2, K2, Z2
	VMOVDQU16 Z2, (DI)
	POPCNTQ AX, AX
	LEAQ (DI)(AX*2), DI
	DECQ CX
	JNZ compress
	VZEROUPPER
	SUBQ DX, DI
	SHRQ $1, DI
	MOVQ DI, ret+32(FP)
	RET

DATA bitOf<>+0(SB)/8, $0x8040201008040201
GLOBL bitOf<>(SB), RODATA|NOPTR, $8

// func in8Vec(codes *byte, set *[4]uint64, w *uint64, n int)
// A code's byte of the set is found by its upper five bits, the bit in it by
// the lower three.
TEXT ·in8Vec(SB), NOSPLIT, $0-32
	MOVQ codes+0(FP), SI
	MOVQ set+8(FP), AX
	MOVQ w+16(FP), DI
	MOVQ n+24(FP), CX
	SHRQ $6, CX
	VBROADCASTI64X4 (AX), Z29
	VPBROADCASTQ bitOf<>(SB), Z30
	MOVL $0x1f1f1f1f, AX
	VPBROADCASTD AX, Z28
	MOVL $0x07070707, AX
	VPBROADCASTD AX, Z27
in8:
	VMOVDQU8 (SI), Z1
	VPSRLW $3, Z1, Z2
	VPANDD Z28, Z2, Z2
	VPERMB Z29, Z2, Z2
	VPANDD Z27, Z1, Z1
	VPSHUFB Z1, Z30, Z1
	VPTESTMB Z1, Z2, K1
	KMOVQ K1, AX
	ORQ AX, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ in8
	VZEROUPPER
	RET

// func in16Vec(codes *uint16, set *[16]uint64, w *uint64, n int)
// The set is 64 words of 16 bits; codes of 1024 and above are left out.
TEXT ·in16Vec(SB), NOSPLIT, $0-32
	MOVQ codes+0(FP), SI
	MOVQ set+8(FP), AX
	MOVQ w+16(FP), DI
	MOVQ n+24(FP), CX
	SHRQ $6, CX
	VMOVDQU16 (AX), Z28
	VMOVDQU16 64(AX), Z29
	MOVL $1, AX
	VPBROADCASTW AX, Z30
	MOVL $15, AX
	VPBROADCASTW AX, Z31
	MOVL $1023, AX
	VPBROADCASTW AX, Z27
in16:
	VMOVDQU16 (SI), Z1
	VMOVDQU16 64(SI), Z11
	VPSRLW $4, Z1, Z2
	VPSRLW $4, Z11, Z12
	VPERMI2W Z29, Z28, Z2
	VPERMI2W Z29, Z28, Z12
	VPCMPUW $2, Z27, Z1, K3
	VPCMPUW $2, Z27, Z11, K4
	VPANDD Z31, Z1, Z1
	VPANDD Z31, Z11, Z11
	VPSLLVW Z1, Z30, Z1
	VPSLLVW Z11, Z30, Z11
	VPTESTMW Z1, Z2, K3, K1
	VPTESTMW Z11, Z12, K4, K2
	KUNPCKDQ K1, K2, K1
	KMOVQ K1, AX
	ORQ AX, (DI)
	ADDQ $128, SI
	ADDQ $8, DI
	DECQ CX
	JNZ in16
	VZEROUPPER
	RET

// func unpackVec(dst *int64, src *byte, n, width int, p *unpackPlan, base, div uint64, mul int)
TEXT ·unpackVec(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $3, CX
	MOVQ width+24(FP), DX
	MOVQ p+32(FP), AX
	VMOVDQU8 (AX), Z28
	VMOVDQU64 64(AX), Z29
	VPBROADCASTQ 128(AX), Z30
	KMOVQ 136(AX), K1
	VPBROADCASTQ base+40(FP), Z31
	VPBROADCASTQ div+48(FP), Z27
	MOVQ mul+56(FP), AX
	TESTQ AX, AX
	JNZ unpackmul
unpack:
	VMOVDQU8.Z (SI), K1, Z1
	VPERMB Z1, Z28, Z1
	VPSRLVQ Z29, Z1, Z1
	VPANDQ Z30, Z1, Z1
	VPADDQ Z31, Z1, Z1
	VMOVDQU64 Z1, (DI)
	ADDQ DX, SI
	ADDQ $64, DI
	DECQ CX
	JNZ unpack
	VZEROUPPER
	RET
unpackmul:
	VMOVDQU8.Z (SI), K1, Z1
	VPERMB Z1, Z28, Z1
	VPSRLVQ Z29, Z1, Z1
	VPANDQ Z30, Z1, Z1
	VPMULLQ Z27, Z1, Z1
	VPADDQ Z31, Z1, Z1
	VMOVDQU64 Z1, (DI)
	ADDQ DX, SI
	ADDQ $64, DI
	DECQ CX
	JNZ unpackmul
	VZEROUPPER
	RET

// func betweenVec(slices *uint64, bits, n int, t *between, w *uint64)
TEXT ·betweenVec(SB), NOSPLIT, $0-40
	MOVQ slices+0(FP), SI
	MOVQ bits+8(FP), DX
	MOVQ n+16(FP), CX
	MOVQ t+24(FP), BX
	MOVQ w+32(FP), DI
	VPBROADCASTQ 1024(BX), Z30
	VPBROADCASTQ 1032(BX), Z31
group:
	VMOVDQU64 (SI), Z0
	ADDQ $64, SI
	VMOVDQA64 Z30, Z1
	VMOVDQA64 Z31, Z2
	XORQ AX, AX
	JMP check
bit:
	VMOVDQU64 (SI), Z3
	ADDQ $64, SI
	VPTERNLOGQ.BCST $0xe8, (BX)(AX*8), Z3, Z1
	VPTERNLOGQ.BCST $0xe8, 512(BX)(AX*8), Z3, Z2
	INCQ AX
check:
	CMPQ AX, DX
	JLT bit
	VPANDQ Z1, Z0, Z0
	VPANDNQ Z0, Z2, Z0
	VPORQ (DI), Z0, Z0
	VMOVDQU64 Z0, (DI)
	ADDQ $64, DI
	DECQ CX
	JNZ group
	VZEROUPPER
	RET

// func placeVec(cell *uint16, vals *int64, n int, base, size uint64, mult, add int)
TEXT ·placeVec(SB), NOSPLIT, $0-56
	MOVQ cell+0(FP), DI
	MOVQ vals+8(FP), SI
	MOVQ n+16(FP), CX
	SHRQ $3, CX
	VPBROADCASTQ base+24(FP), Z30
	VPBROADCASTQ size+32(FP), Z29
	MOVQ mult+40(FP), AX
	VPBROADCASTW AX, X28
	MOVQ add+48(FP), AX
	NEGQ AX
	VPBROADCASTQ AX, X27
place:
	VMOVDQU64 (SI), Z1
	VPSUBQ Z30, Z1, Z1
	VPCMPUQ $1, Z29, Z1, K1
	VPMOVQW.Z Z1, K1, X1
	VPMULLW X28, X1, X1
	VPANDQ (DI), X27, X2
	VPADDW X2, X1, X1
	VMOVDQU16 X1, (DI)
	ADDQ $64, SI
	ADDQ $16, DI
	DECQ CX
	JNZ place
	VZEROUPPER
	RET
