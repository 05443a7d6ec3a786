package ranges

import (
	"encoding/binary"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// The flags of range_send.
const (
	flagEmpty = 1 << iota
	flagLowerInc
	flagUpperInc
	flagLowerInf
	flagUpperInf
)

// Flags is the byte with which range_send begins.
func (r Range) Flags() byte {
	if r.Empty {
		return flagEmpty
	}
	f := byte(0)
	for _, x := range []struct {
		on   bool
		flag byte
	}{{r.Lower.Inc, flagLowerInc}, {r.Upper.Inc, flagUpperInc}, {r.Lower.Inf, flagLowerInf}, {r.Upper.Inf, flagUpperInf}} {
		if x.on {
			f |= x.flag
		}
	}
	return f
}

// AppendBinary is range_send: the flags, and length and bytes of each bound that
// there is. value is the send function of the bounds.
func AppendBinary(dst []byte, r Range, value func([]byte, Value) []byte) []byte {
	dst = append(dst, r.Flags())
	for _, b := range []Bound{r.Lower, r.Upper} {
		if r.Empty || b.Inf {
			continue
		}
		at := len(dst)
		dst = value(append(dst, 0, 0, 0, 0), b.Value)
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

// AppendBinaryMulti is multirange_send: the number of ranges, and length and bytes of
// each.
func AppendBinaryMulti(dst []byte, list []Range, value func([]byte, Value) []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(list)))
	for _, r := range list {
		at := len(dst)
		dst = AppendBinary(append(dst, 0, 0, 0, 0), r, value)
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

func errShort() error {
	return sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message")
}

func errLong() error {
	return sqlerr.New(pgerrcode.ProtocolViolation, "invalid message format")
}

// cutField reads a length and as many bytes.
func cutField(b []byte) (field, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errShort()
	}
	n := int32(binary.BigEndian.Uint32(b))
	if n < 0 || int(n) > len(b)-4 {
		return nil, nil, errShort()
	}
	return b[4 : 4+n], b[4+n:], nil
}

// ParseBinary is range_recv; value is the receive function of the bounds.
func ParseBinary(t types.Type, b []byte, value func([]byte) (Value, error)) (Range, error) {
	if len(b) == 0 {
		return Range{}, sqlerr.New(pgerrcode.ProtocolViolation, "no data left in message")
	}
	flags := b[0]
	b = b[1:]
	lower := Bound{Inf: flags&flagLowerInf != 0, Inc: flags&flagLowerInc != 0}
	upper := Bound{Inf: flags&flagUpperInf != 0, Inc: flags&flagUpperInc != 0}
	for _, e := range []*Bound{&lower, &upper} {
		if e.Inf || flags&flagEmpty != 0 {
			continue
		}
		field, rest, err := cutField(b)
		if err != nil {
			return Range{}, err
		}
		if e.Value, err = value(field); err != nil {
			return Range{}, err
		}
		b = rest
	}
	switch {
	case len(b) > 0:
		return Range{}, errLong()
	case flags&flagEmpty != 0:
		return empty, nil
	}
	return New(t, lower, upper)
}

// ParseBinaryMulti is multirange_recv, see ParseBinary.
func ParseBinaryMulti(t types.Type, b []byte, value func([]byte) (Value, error)) ([]Range, error) {
	if len(b) < 4 {
		return nil, errShort()
	}
	n := binary.BigEndian.Uint32(b)
	b = b[4:]
	var list []Range
	for range n {
		field, rest, err := cutField(b)
		if err != nil {
			return nil, err
		}
		r, err := ParseBinary(t, field, value)
		if err != nil {
			return nil, err
		}
		list, b = append(list, r), rest
	}
	if len(b) > 0 {
		return nil, errLong()
	}
	return Normal(list), nil
}
