package types

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Signs of numeric's binary form (numeric.c).
const (
	binPos    = 0x0000
	binNeg    = 0x4000
	binNaN    = 0xC000
	binPosInf = 0xD000
	binNegInf = 0xF000
)

// AppendBinary appends numeric_send's form: counts of base-10000 digits, the
// weight of the first, sign, shown scale, digits.
func (d Decimal) AppendBinary(dst []byte) []byte {
	be := binary.BigEndian
	sign := uint16(binPos)
	switch {
	case d.Form == NaN:
		sign = binNaN
	case d.Form == Infinity:
		sign = binPosInf
	case d.Form == NegInfinity:
		sign = binNegInf
	case d.Sign() < 0:
		sign = binNeg
	}
	if d.Form != Finite {
		dst = be.AppendUint16(be.AppendUint16(dst, 0), 0)
		scale := uint16(0)
		if d.Form != NaN {
			scale = 0x20 // NUMERIC_DSCALE of an infinity's header word
		}
		return be.AppendUint16(be.AppendUint16(dst, sign), scale)
	}
	var room [16]uint16
	digits, weight := d.smallDigits(&room)
	if d.Big != nil || d.Scale > 16 || d.Coef == math.MinInt64 {
		digits, weight = d.base10000()
	}
	dst = be.AppendUint16(dst, uint16(len(digits)))
	dst = be.AppendUint16(dst, uint16(int16(weight)))
	dst = be.AppendUint16(be.AppendUint16(dst, sign), uint16(d.Scale))
	for _, g := range digits {
		dst = be.AppendUint16(dst, g)
	}
	return dst
}

// smallDigits is base10000 of a number of 64 bits with a scale of at most 16, in
// room.
func (d Decimal) smallDigits(room *[16]uint16) (digits []uint16, weight int) {
	u, scale := uint64(d.Coef), min(int(d.Scale), 16)
	if d.Coef < 0 {
		u = -u
	}
	pow := uint64(1)
	for range scale {
		pow *= 10
	}
	whole, part := u/pow, u%pow
	frac := (scale + 3) / 4
	for range frac*4 - scale {
		part *= 10
	}
	at := len(room) - frac
	for i := len(room) - 1; i >= at; i-- {
		room[i] = uint16(part % 10000)
		part /= 10000
	}
	for ; whole > 0; whole /= 10000 {
		at--
		room[at] = uint16(whole % 10000)
	}
	end := len(room)
	for end > at && room[end-1] == 0 {
		end--
	}
	weight = len(room) - frac - at - 1
	for at < end && room[at] == 0 {
		at++
		weight--
	}
	if at == end {
		return nil, 0
	}
	return room[at:end], weight
}

// base10000 returns the digits without zeros at either end, and the weight.
func (d Decimal) base10000() (digits []uint16, weight int) {
	if d.Sign() == 0 {
		return nil, 0
	}
	// Pad the fraction to whole base-10000 digits, then cut the text in fours.
	frac := (int(d.Scale) + 3) / 4
	text := new(big.Int).Abs(d.rescaled(int32(frac*4))).Append(nil, 10)
	if pad := (4 - len(text)%4) % 4; pad > 0 {
		text = append([]byte("000")[:pad:pad], text...)
	}
	digits = make([]uint16, 0, len(text)/4)
	for i := 0; i < len(text); i += 4 {
		t := text[i : i+4]
		digits = append(digits, uint16(t[0]-'0')*1000+uint16(t[1]-'0')*100+uint16(t[2]-'0')*10+uint16(t[3]-'0'))
	}
	weight = len(digits) - frac - 1
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	return digits, weight
}

// ParseBinaryDecimal reads numeric_recv's form.
func ParseBinaryDecimal(b []byte) (Decimal, error) {
	be := binary.BigEndian
	if len(b) < 8 {
		return Decimal{}, sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message")
	}
	n, weight := int(be.Uint16(b)), int(int16(be.Uint16(b[2:])))
	sign, scale := be.Uint16(b[4:]), int(be.Uint16(b[6:]))
	b = b[8:]
	if len(b) < 2*n {
		return Decimal{}, sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message")
	}
	if len(b) > 2*n {
		return Decimal{}, sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "incorrect binary data format")
	}
	switch sign {
	case binNaN:
		return Decimal{Form: NaN}, nil
	case binPosInf:
		return Decimal{Form: Infinity}, nil
	case binNegInf:
		return Decimal{Form: NegInfinity}, nil
	case binPos, binNeg:
	default:
		return Decimal{}, sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid sign in external \"numeric\" value")
	}
	if scale > maxScale {
		return Decimal{}, sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid scale in external \"numeric\" value")
	}
	text := make([]byte, 0, 4*n+1)
	for ; len(b) > 0; b = b[2:] {
		g := be.Uint16(b)
		if g > 9999 {
			return Decimal{}, sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid digit in external \"numeric\" value")
		}
		text = append2(append2(text, int(g/100)), int(g%100))
	}
	if n == 0 {
		return Decimal{Scale: int32(scale)}, nil
	}
	d, err := assembleAny(text, 4*(n-1-weight), sign == binNeg)
	if err != nil {
		return d, err
	}
	return d.Trunc(int32(scale)), nil // digits beyond the scale are hidden ones
}

// assembleAny is assemble for digits whose zeros at the end may reach beyond
// the largest scale.
func assembleAny(text []byte, scale int, neg bool) (Decimal, error) {
	for scale > maxScale && len(text) > 1 && text[len(text)-1] == '0' {
		text = text[:len(text)-1]
		scale--
	}
	return assemble(text, scale, neg)
}
