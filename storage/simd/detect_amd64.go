package simd

import "golang.org/x/sys/cpu"

// detect asks for everything that any kernel uses, so that one flag is enough:
// machines have these sets together (Ice Lake, Zen 4 and later).
func detect() bool {
	x := &cpu.X86
	return x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512VBMI &&
		x.HasAVX512VBMI2 && x.HasAVX512VPOPCNTDQ && x.HasAVX512BITALG && x.HasBMI2 && x.HasPOPCNT
}
