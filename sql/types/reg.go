package types

import (
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// ParseReg reads a value of a reg type: a number, - for 0, or a name that the
// style's catalog knows.
func ParseReg(k Kind, s string, st *Style) (int64, error) {
	if s == "-" && k != RegOper {
		return 0, nil
	}
	if s != "" && strings.Trim(s, "0123456789") == "" {
		return ParseOid(s)
	}
	if st.RegOID == nil {
		return 0, sqlerr.New(pgerrcode.FeatureNotSupported, "names of type %s are not supported here", Of(k))
	}
	oid, err := st.RegOID(k, s)
	return int64(oid), err
}

// AppendReg appends the name of an oid; what is not known is shown as a number.
func AppendReg(dst []byte, k Kind, oid int64, st *Style) []byte {
	if oid == 0 {
		if k == RegOper || k == RegOperator {
			return append(dst, '0') // "-" is an operator
		}
		return append(dst, '-')
	}
	if st.RegName != nil {
		if name, ok := st.RegName(k, uint32(oid)); ok {
			return append(dst, name...)
		}
	}
	if t, ok := TypeByOID(uint32(oid)); ok && k == RegType {
		return append(dst, t.String()...)
	}
	return strconv.AppendInt(dst, oid, 10)
}

// ParseXid reads xid and cid, which are strtoul of what there is.
func ParseXid(s, typ string) (int64, error) { return parseXid(s, typ, 32) }

func parseXid(s, typ string, bits int) (int64, error) {
	t := trimSpace(s)
	v, err := strconv.ParseUint(t, 0, bits)
	if err != nil {
		if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
			return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "value \"%s\" is out of range for type %s", s, typ)
		}
		n := strings.IndexFunc(t, func(r rune) bool { return r < '0' || r > '9' })
		v, _ = strconv.ParseUint(t[:max(n, 0)], 10, bits)
	}
	return int64(v), nil
}

// TidBlockRows is how many rows of a table have the same block in their ctid.
const TidBlockRows = 128

// TidOf is the ctid of the row with an ordinal, as a value of type tid. Offsets
// count from 1.
func TidOf(ordinal int64) int64 {
	return ordinal/TidBlockRows<<16 | (ordinal%TidBlockRows + 1)
}

// ParseTid reads (block,offset) as tidin of PostgreSQL does, which takes no notice
// of what stands before and after, and takes a negative block for one near the end.
func ParseTid(s string) (int64, error) {
	_, in, ok := strings.Cut(s, "(")
	if !ok {
		return 0, errSyntax("tid", s)
	}
	in, _, closed := strings.Cut(in, ")")
	block, off, two := strings.Cut(in, ",")
	b, err := strconv.ParseInt(strings.TrimLeft(block, " \t\n\v\f\r"), 10, 64)
	o, oerr := strconv.ParseUint(strings.TrimPrefix(strings.TrimLeft(off, " \t\n\v\f\r"), "+"), 10, 16)
	if !closed || !two || err != nil || oerr != nil || b > math.MaxUint32 || b < math.MinInt32 {
		return 0, errSyntax("tid", s)
	}
	return int64(uint32(b))<<16 | int64(o), nil
}

// AppendTid appends (block,offset).
func AppendTid(dst []byte, v int64) []byte {
	dst = strconv.AppendInt(append(dst, '('), v>>16&math.MaxUint32, 10)
	dst = strconv.AppendInt(append(dst, ','), v&math.MaxUint16, 10)
	return append(dst, ')')
}
