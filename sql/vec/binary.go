package vec

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// AppendBinary appends the binary (send) form of value i without its length
// word; it is not NULL.
func (v *Vector) AppendBinary(dst []byte, i int) []byte {
	p, j := v.at(i)
	switch p.Type.Kind { // the usual ones without a Datum, which is large
	case types.Int8, types.Timestamp, types.TimestampTZ:
		if p.I64 != nil {
			return binary.BigEndian.AppendUint64(dst, uint64(p.I64[j]))
		}
	case types.Int4, types.Date:
		if p.I64 != nil {
			return binary.BigEndian.AppendUint32(dst, uint32(p.I64[j]))
		}
	case types.Text:
		if p.Str != nil {
			return append(dst, p.Str[j]...)
		}
	}
	if p.Off != nil && !p.Type.IsVector() {
		return appendBinaryArray(dst, p.Child, int(p.Off[j]), int(p.Off[j+1]), p.dims(j))
	}
	return AppendDatumBinary(dst, p.Type, p.Get(j))
}

// AppendDatumBinary is AppendBinary of a single value.
func AppendDatumBinary(dst []byte, t types.Type, d Datum) []byte {
	be := binary.BigEndian
	if t.Array {
		if d.A == nil {
			d.A = New(t.Elem(), 0)
		}
		if t.IsVector() && d.A.N == 0 { // of one dimension, unlike other empty arrays
			return append(be.AppendUint32(append(dst, 0, 0, 0, 1, 0, 0, 0, 0), t.Elem().OID()), 0, 0, 0, 0, 0, 0, 0, 0)
		}
		return appendBinaryArray(dst, d.A, 0, d.A.N, d.Dims)
	}
	switch t.Kind {
	case types.Bool:
		return append(dst, byte(d.I))
	case types.Int2:
		return be.AppendUint16(dst, uint16(d.I))
	case types.Int4, types.Oid, types.Date, types.Xid, types.Cid:
		return be.AppendUint32(dst, uint32(d.I))
	case types.Int8, types.Timestamp, types.TimestampTZ, types.Time, types.LSN, types.Xid8, types.Money:
		return be.AppendUint64(dst, uint64(d.I))
	case types.Enum:
		return append(dst, types.EnumLabel(t, d.I)...)
	case types.TimeTZ:
		micros, off := types.UnpackTimeTZ(d.I)
		return be.AppendUint32(be.AppendUint64(dst, uint64(micros)), uint32(-off))
	case types.Tid:
		return be.AppendUint16(be.AppendUint32(dst, uint32(d.I>>16)), uint16(d.I))
	case types.Float4:
		return be.AppendUint32(dst, floatBits32(d.F))
	case types.Float8:
		return be.AppendUint64(dst, floatBits(d.F))
	case types.Interval:
		dst = be.AppendUint64(dst, uint64(d.V.Micros))
		dst = be.AppendUint32(dst, uint32(d.V.Days))
		return be.AppendUint32(dst, uint32(d.V.Months))
	case types.Numeric:
		return d.D.AppendBinary(dst)
	case types.Char:
		if d.S == "" {
			return append(dst, 0)
		}
	case types.JSONB, types.JSONPath:
		dst = append(dst, 1) // the version of the format
	case types.Bit, types.VarBit:
		return appendBinaryBits(dst, d.S)
	case types.Inet, types.CIDR:
		return appendBinaryInet(dst, d.S, t.Kind == types.CIDR)
	case types.PgSnapshot, types.TxidSnapshot:
		return types.AppendBinarySnapshot(dst, d.S)
	case types.Record:
		return appendBinaryRecord(dst, d.R)
	}
	switch {
	case t.IsReg():
		return be.AppendUint32(dst, uint32(d.I))
	case t.IsRange(), t.IsMultirange():
		return appendBinaryRange(dst, t, d.S)
	}
	return append(dst, d.S...)
}

// appendBinaryBits is bit_send: the number of bits, then the bits.
func appendBinaryBits(dst []byte, bits string) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(bits)))
	for i := 0; i < len(bits); i += 8 {
		b := byte(0)
		for k := i; k < i+8 && k < len(bits); k++ {
			b |= (bits[k] - '0') << (7 - (k - i))
		}
		dst = append(dst, b)
	}
	return dst
}

func parseBinaryBits(t types.Type, b []byte) (Datum, error) {
	if len(b) < 4 {
		return Datum{}, needLen(b, 4)
	}
	n := int(int32(binary.BigEndian.Uint32(b)))
	b = b[4:]
	if n < 0 {
		return Datum{}, sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid length in external bit string")
	}
	switch want := (int64(n) + 7) / 8; {
	case int64(len(b)) < want:
		return Datum{}, errShort()
	case int64(len(b)) > want:
		return Datum{}, badBinary("incorrect binary data format")
	}
	bits := make([]byte, n)
	for i := range bits {
		bits[i] = '0' + b[i/8]>>(7-i%8)&1
	}
	return ParseText(t, string(bits), types.ISO, time.Time{})
}

// appendBinaryArray is array_send: dimensions, a null flag, the element type's
// OID, each dimension's length and lower bound, then length and bytes of each.
func appendBinaryArray(dst []byte, child *Vector, lo, hi int, dims *ArrayDims) []byte {
	be := binary.BigEndian
	nulls := uint32(0)
	for i := lo; i < hi; i++ {
		if child.IsNull(i) {
			nulls = 1
			break
		}
	}
	length, lower := dims.Of(hi - lo)
	dst = be.AppendUint32(be.AppendUint32(dst, uint32(len(length))), nulls)
	dst = be.AppendUint32(dst, child.Type.OID())
	for k := range length {
		dst = be.AppendUint32(be.AppendUint32(dst, uint32(length[k])), uint32(lower[k]))
	}
	for i := lo; i < hi; i++ {
		if child.IsNull(i) {
			dst = be.AppendUint32(dst, math.MaxUint32)
			continue
		}
		at := len(dst)
		dst = child.AppendBinary(append(dst, 0, 0, 0, 0), i)
		be.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

func badBinary(what string) error {
	return sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "%s", what)
}

func needLen(b []byte, n int) error {
	switch {
	case len(b) == 0 && n == 1:
		return errNone()
	case len(b) < n:
		return sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message")
	case len(b) > n:
		return badBinary("incorrect binary data format")
	}
	return nil
}

// ParseBinary reads the binary (receive) form of a value; b is copied.
func ParseBinary(t types.Type, b []byte) (Datum, error) {
	switch {
	case t.IsVector():
		return parseBinaryVector(t, b)
	case t.Array:
		return parseBinaryArray(t, b)
	case t.Kind == types.Enum: // the label's text
		v, err := types.ParseEnum(t, string(b))
		return Datum{I: v}, err
	case t.IsGeo():
		s, err := types.ParseBinaryGeo(t.Kind, b)
		return Datum{S: s}, err
	case t.IsRange(), t.IsMultirange():
		return parseBinaryRange(t, b)
	}
	return parseBinaryScalar(t, b)
}

// parseBinaryScalar is ParseBinary of the other types.
func parseBinaryScalar(t types.Type, b []byte) (Datum, error) {
	be := binary.BigEndian
	n := int(t.Len())
	if n > 0 && t.Kind != types.Name && t.Kind != types.Void && t.Kind != types.MacAddr && t.Kind != types.MacAddr8 {
		if err := needLen(b, n); err != nil {
			return Datum{}, err
		}
	}
	switch t.Kind {
	case types.Bool:
		if b[0] != 0 {
			return Datum{I: 1}, nil
		}
		return Datum{}, nil
	case types.Int2:
		return Datum{I: int64(int16(be.Uint16(b)))}, nil
	case types.Int4:
		return Datum{I: int64(int32(be.Uint32(b)))}, nil
	case types.Oid, types.Xid, types.Cid, types.RegClass, types.RegType, types.RegProc, types.RegProcedure, types.RegOper,
		types.RegOperator, types.RegNamespace, types.RegRole, types.RegCollation, types.RegConfig, types.RegDictionary:
		return Datum{I: int64(be.Uint32(b))}, nil
	case types.Tid:
		return Datum{I: int64(be.Uint32(b))<<16 | int64(be.Uint16(b[4:]))}, nil
	case types.Time, types.TimeTZ:
		return parseBinaryTime(t, b)
	case types.Date:
		v := int64(int32(be.Uint32(b)))
		if !types.DateInRange(v) {
			return Datum{}, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range")
		}
		return Datum{I: v}, nil
	case types.Int8, types.Money:
		return Datum{I: int64(be.Uint64(b))}, nil
	case types.LSN, types.Xid8:
		v := int64(be.Uint64(b))
		if v < 0 {
			return Datum{}, sqlerr.New(pgerrcode.NumericValueOutOfRange, "a value of type %s of the upper half is not supported", t)
		}
		return Datum{I: v}, nil
	case types.Timestamp, types.TimestampTZ:
		v := int64(be.Uint64(b))
		if !types.TimestampInRange(v) {
			return Datum{}, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "timestamp out of range")
		}
		return Datum{I: types.RoundMicros(v, t.SubSecond())}, nil
	case types.Float4:
		return Datum{F: float64(math.Float32frombits(be.Uint32(b)))}, nil
	case types.Float8:
		return Datum{F: math.Float64frombits(be.Uint64(b))}, nil
	case types.Interval:
		return Datum{V: types.FitInterval(types.IntervalValue{Micros: int64(be.Uint64(b)),
			Days: int32(be.Uint32(b[8:])), Months: int32(be.Uint32(b[12:]))}, t.Mod)}, nil
	case types.Numeric:
		d, err := types.ParseBinaryDecimal(b)
		if err == nil {
			d, err = d.Fit(t)
		}
		return Datum{D: d}, err
	case types.UUID, types.Bytea:
		return Datum{S: string(b)}, nil
	case types.MacAddr, types.MacAddr8:
		return parseBinaryMac(b, n)
	case types.Bit, types.VarBit:
		return parseBinaryBits(t, b)
	case types.Inet, types.CIDR:
		return parseBinaryInet(b, t.Kind == types.CIDR)
	case types.JSONB, types.JSONPath:
		if len(b) == 0 {
			return Datum{}, needLen(b, 1)
		}
		if b[0] != 1 {
			return Datum{}, sqlerr.New(pgerrcode.InternalError, "unsupported %s version number %d", t, b[0])
		}
		b = b[1:]
	case types.PgSnapshot, types.TxidSnapshot:
		s, err := types.ParseBinarySnapshot(b)
		return Datum{S: s}, err
	case types.Record:
		return parseBinaryRecord(t, b)
	case types.Char:
		if b[0] == 0 {
			return Datum{}, nil
		}
		return Datum{S: string(b)}, nil
	}
	return parseString(t, string(b))
}

// parseBinaryTime is time_recv and timetz_recv.
func parseBinaryTime(t types.Type, b []byte) (Datum, error) {
	be := binary.BigEndian
	v := int64(be.Uint64(b))
	if !types.TimeInRange(v) {
		return Datum{}, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "time out of range")
	}
	v = types.RoundMicros(v, t.SubSecond())
	if t.Kind == types.Time {
		return Datum{I: v}, nil
	}
	west := int(int32(be.Uint32(b[8:])))
	if west <= -16*3600 || west >= 16*3600 {
		return Datum{}, sqlerr.New(pgerrcode.InvalidTimeZoneDisplacementValue, "time zone displacement out of range")
	}
	return Datum{I: types.PackTimeTZ(v, -west)}, nil
}

// parseBinaryVector is int2vectorrecv and oidvectorrecv, which refuse their own empty
// vectors.
func parseBinaryVector(t types.Type, b []byte) (Datum, error) {
	d, err := parseBinaryArray(t, b)
	if err != nil {
		return d, err
	}
	if length, lower := d.Dims.Of(d.A.N); len(length) != 1 || lower[0] != 0 || d.A.Nulls != nil {
		return Datum{}, badBinary("invalid " + t.String() + " data")
	}
	return d, nil
}

// parseBinaryArray is array_recv.
func parseBinaryArray(t types.Type, b []byte) (Datum, error) {
	be := binary.BigEndian
	if len(b) < 12 {
		return Datum{}, errShort()
	}
	dims, flags, oid := int32(be.Uint32(b)), be.Uint32(b[4:]), be.Uint32(b[8:])
	b = b[12:]
	switch {
	case dims < 0:
		return Datum{}, badBinary("invalid number of dimensions: " + itoa(dims))
	case dims > MaxDims:
		return Datum{}, errTooManyDims(int(dims))
	case flags > 1:
		return Datum{}, badBinary("invalid array flags")
	case oid != t.Elem().OID() && !(oid == 25 && t.Kind == types.Varchar) && !(oid == 1043 && t.Kind == types.Text):
		return Datum{}, sqlerr.New(pgerrcode.DatatypeMismatch,
			"binary data has array element type %d (%s) instead of expected %d (%s)", oid, oidName(oid), t.Elem().OID(), t.Elem().Base())
	case len(b) < 8*int(dims):
		return Datum{}, errShort()
	}
	length, lower := make([]int32, dims), make([]int32, dims)
	n := int64(1)
	for i := range length {
		length[i], lower[i] = int32(be.Uint32(b)), int32(be.Uint32(b[4:]))
		b = b[8:]
		if n *= int64(length[i]); length[i] < 0 || n > maxElems {
			return Datum{}, errArraySize()
		}
		if int64(lower[i])+int64(length[i]) > math.MaxInt32 {
			return Datum{}, sqlerr.New(pgerrcode.ProgramLimitExceeded, "array lower bound is too large: %d", lower[i])
		}
	}
	if dims == 0 || n == 0 {
		if len(b) != 0 && !t.IsVector() { // an empty vector is refused anyway
			return Datum{}, badBinary("incorrect binary data format")
		}
		return Datum{A: New(t.Elem(), 0)}, nil
	}
	out, err := parseBinaryElems(t, b, n)
	return Datum{A: out, Dims: ShapeOf(length, lower)}, err
}

func errShort() error {
	return sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message")
}

// errNone is what pq_getmsgbyte says.
func errNone() error {
	return sqlerr.New(pgerrcode.ProtocolViolation, "no data left in message")
}

func errArraySize() error {
	return sqlerr.New(pgerrcode.ProgramLimitExceeded, "array size exceeds the maximum allowed (%d)", maxElems)
}

func parseBinaryElems(t types.Type, b []byte, n int64) (*Vector, error) {
	out := NewBuilder(t.Elem(), min(int(n), len(b)/4))
	for range n {
		if len(b) < 4 {
			return nil, errShort()
		}
		l := int32(binary.BigEndian.Uint32(b))
		b = b[4:]
		if l == -1 {
			out.AppendNull()
			continue
		}
		if l < 0 || int(l) > len(b) {
			return nil, badBinary("insufficient data left in message")
		}
		d, err := ParseBinary(t.Elem(), b[:l])
		if err != nil {
			return nil, err
		}
		out.Append(d)
		b = b[l:]
	}
	if len(b) != 0 {
		return nil, badBinary("incorrect binary data format")
	}
	return out.Finish(), nil
}

func itoa(v int32) string { return string(types.DecimalOf(int64(v), 0).Append(nil)) }

func oidName(oid uint32) string {
	t, _ := types.TypeByOID(oid)
	return t.String()
}

// floatBits and floatBits32 are the bits of a float; a NaN has C's.
func floatBits(f float64) uint64 {
	if f != f {
		return 0x7ff8 << 48
	}
	return math.Float64bits(f)
}

func floatBits32(f float64) uint32 {
	if f != f {
		return 0x7fc0 << 16
	}
	return math.Float32bits(float32(f))
}
