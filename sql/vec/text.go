package vec

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/charset"
	"tagd/sql/jsonb"
	"tagd/sql/jsonpath"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// ParseText is the input function of a type: s as psql would show it becomes a
// value, coerced to t's modifier. now is what 'now' means in dates. The string
// of a text value is s itself.
func ParseText(t types.Type, s string, st *types.Style, now time.Time) (Datum, error) {
	if t.Array {
		return parseArray(t, s, st, now)
	}
	switch {
	case t.IsRange(), t.IsMultirange():
		return parseRange(t, s, st, now)
	case t.IsGeo():
		g, err := types.ParseGeo(t.Kind, s)
		return Datum{S: g}, err
	}
	var d Datum
	var err error
	switch t.Kind {
	case types.Bool:
		var b bool
		if b, err = types.ParseBool(s); b {
			d.I = 1
		}
	case types.Int2:
		d.I, err = types.ParseInt(s, 16)
	case types.Int4:
		d.I, err = types.ParseInt(s, 32)
	case types.Int8:
		d.I, err = types.ParseInt(s, 64)
	case types.Oid:
		d.I, err = types.ParseOid(s)
	case types.Enum:
		d.I, err = types.ParseEnum(t, s)
	case types.Numeric:
		if d.D, err = types.ParseDecimal(s); err == nil {
			d.D, err = d.D.Fit(t)
		}
	case types.Float4:
		d.F, err = types.ParseFloat(s, 32)
	case types.Float8:
		d.F, err = types.ParseFloat(s, 64)
	case types.Date:
		d.I, err = types.ParseDate(s, st, now)
	case types.Timestamp, types.TimestampTZ, types.Time, types.TimeTZ:
		return parseStamp(t, s, st, now)
	case types.Interval:
		d.V, err = types.ParseIntervalMod(s, t.Mod, st)
	case types.Xid, types.Cid:
		d.I, err = types.ParseXid(s, t.String())
	case types.Tid:
		d.I, err = types.ParseTid(s)
	case types.LSN:
		d.I, err = types.ParseLSN(s)
	case types.Xid8:
		d.I, err = types.ParseXid8(s)
	case types.Money:
		d.I, err = types.ParseMoney(s)
	case types.Record:
		return parseRecord(t, s, st, now)
	case types.RegClass, types.RegType, types.RegProc, types.RegProcedure, types.RegOper, types.RegOperator, types.RegNamespace,
		types.RegRole, types.RegCollation, types.RegConfig, types.RegDictionary:
		d.I, err = types.ParseReg(t.Kind, s, st)
	default:
		return parseString(t, s)
	}
	return d, err
}

// parseStamp is ParseText of times and timestamps, rounded to their precision.
func parseStamp(t types.Type, s string, st *types.Style, now time.Time) (d Datum, err error) {
	switch t.Kind {
	case types.Timestamp:
		d.I, err = types.ParseTimestamp(s, st, now)
	case types.TimestampTZ:
		d.I, err = types.ParseTimestampTZ(s, st, now)
	case types.Time:
		d.I, err = types.ParseTime(s, st, now)
	default:
		d.I, err = types.ParseTimeTZ(s, st, now)
	}
	if t.Mod != 0 && err == nil {
		d.I = FitStamp(t, d.I)
	}
	return d, err
}

// FitStamp rounds a time or timestamp to the precision of its type.
func FitStamp(t types.Type, v int64) int64 {
	if t.Kind == types.TimeTZ {
		micros, off := types.UnpackTimeTZ(v)
		return types.PackTimeTZ(types.RoundMicros(micros, t.SubSecond()), off)
	}
	return types.RoundMicros(v, t.SubSecond())
}

// parseString is ParseText of the types that are held as strings.
func parseString(t types.Type, s string) (d Datum, err error) {
	switch t.Kind {
	case types.UUID:
		d.S, err = types.ParseUUID(s)
		return d, err
	case types.Bytea:
		d.S, err = types.ParseBytea(s)
		return d, err
	case types.Inet, types.CIDR:
		d.S, err = types.ParseInet(s, t.Kind == types.CIDR)
		return d, err
	case types.MacAddr:
		d.S, err = types.ParseMac(s)
		return d, err
	case types.MacAddr8:
		d.S, err = types.ParseMac8(s)
		return d, err
	}
	if err := charset.CheckUTF8(s); err != nil {
		return d, err
	}
	switch t.Kind {
	case types.Varchar:
		d.S, err = FitVarchar(t, s)
	case types.BPChar:
		d.S, err = FitChar(t, s, false)
	case types.JSON:
		d.S, err = s, jsonb.Check(s)
	case types.JSONB:
		d.S, err = jsonb.Canonical(s)
	case types.JSONPath:
		d.S, err = jsonpath.Canonical(s)
	case types.PgSnapshot, types.TxidSnapshot:
		d.S, err = types.ParseSnapshot(s)
	case types.Bit, types.VarBit:
		d.S, err = types.ParseBits(t, s)
	case types.Char:
		d.S = parseChar(s)
	case types.Name:
		d.S = clipName(s)
	case types.Void: // void_in takes anything, and there is nothing to keep
	case types.Text, types.Unknown, types.NodeTree, types.AclItem, types.RefCursor:
		d.S = s
	default:
		return d, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot accept a value of type %s", t)
	}
	return d, err
}

// parseChar is charin: one byte, or a backslash and three octal digits. A zero
// byte is the empty value.
func parseChar(s string) string {
	if s == `\000` {
		return ""
	}
	if len(s) == 4 && s[0] == '\\' && s[1]-'0' <= 7 && s[2]-'0' <= 7 && s[3]-'0' <= 7 {
		return string([]byte{(s[1]-'0')<<6 | (s[2]-'0')<<3 | (s[3] - '0')})
	}
	if len(s) > 1 {
		return s[:1]
	}
	return s
}

// clipName cuts a name to 63 bytes at a character border (NAMEDATALEN 64).
func clipName(s string) string {
	if len(s) < 64 {
		return s
	}
	n := 63
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// FitVarchar applies the length of varchar(n) as an assignment does: blanks
// beyond it are cut, anything else is 22001.
func FitVarchar(t types.Type, s string) (string, error) {
	n := t.MaxLen()
	if n == 0 || len(s) <= n {
		return s, nil
	}
	cut := CutChars(s, n)
	for i := len(cut); i < len(s); i++ {
		if s[i] != ' ' {
			return "", sqlerr.New(pgerrcode.StringDataRightTruncationDataException,
				"value too long for type character varying(%d)", n)
		}
	}
	return cut, nil
}

// FitChar applies the length of char(n): blanks fill it up; what is too long is
// cut in an explicit cast, and otherwise only blanks may be cut.
func FitChar(t types.Type, s string, explicit bool) (string, error) {
	n := t.MaxLen()
	if n == 0 {
		return s, nil
	}
	have := utf8.RuneCountInString(s)
	if have <= n {
		return s + strings.Repeat(" ", n-have), nil
	}
	cut := CutChars(s, n)
	if !explicit && strings.TrimRight(s[len(cut):], " ") != "" {
		return "", sqlerr.New(pgerrcode.StringDataRightTruncationDataException, "value too long for type character(%d)", n)
	}
	return cut, nil
}

// CutChars returns the first n characters of s.
func CutChars(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// AppendDatumText appends the output function's text of a value that is not
// NULL.
func AppendDatumText(dst []byte, t types.Type, d Datum, st *types.Style) []byte {
	if t.Array {
		switch {
		case t.IsVector() && d.A == nil:
			return dst
		case t.IsVector():
			return appendElems(dst, d.A, 0, d.A.N, ' ', st)
		case d.A == nil:
			return append(dst, '{', '}')
		}
		return appendArray(dst, d.A, 0, d.A.N, d.Dims, st)
	}
	switch t.Kind {
	case types.Bool:
		if d.I != 0 {
			return append(dst, 't')
		}
		return append(dst, 'f')
	case types.Int2, types.Int4, types.Int8, types.Oid, types.Xid, types.Cid, types.Xid8:
		return strconv.AppendInt(dst, d.I, 10)
	case types.Enum:
		return append(dst, types.EnumLabel(t, d.I)...)
	case types.Date:
		return types.AppendDate(dst, d.I, st)
	case types.Timestamp:
		return types.AppendTimestamp(dst, d.I, st)
	case types.TimestampTZ:
		return types.AppendTimestampTZ(dst, d.I, st)
	case types.Float4:
		return types.AppendFloat(dst, d.F, 32, st)
	case types.Float8:
		return types.AppendFloat(dst, d.F, 64, st)
	case types.Numeric:
		return d.D.Append(dst)
	case types.Interval:
		return types.AppendInterval(dst, d.V, st)
	case types.Time:
		return types.AppendTime(dst, d.I)
	case types.TimeTZ:
		return types.AppendTimeTZ(dst, d.I)
	case types.Tid:
		return types.AppendTid(dst, d.I)
	case types.Record:
		return appendRecord(dst, d.R, st)
	case types.UUID:
		return types.AppendUUID(dst, d.S)
	case types.Bytea:
		return types.AppendBytea(dst, d.S, st)
	case types.Inet, types.CIDR:
		return types.AppendInet(dst, d.S, t.Kind == types.CIDR)
	case types.MacAddr, types.MacAddr8:
		return types.AppendMac(dst, d.S)
	case types.LSN:
		return types.AppendLSN(dst, d.I)
	case types.Money:
		return types.AppendMoney(dst, d.I)
	case types.Char:
		if len(d.S) == 1 && d.S[0] >= 0x80 {
			c := d.S[0]
			return append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		}
	}
	switch {
	case t.IsReg():
		return types.AppendReg(dst, t.Kind, d.I, st)
	case t.IsRange(), t.IsMultirange():
		return appendRange(dst, t, d.S, st)
	case t.IsGeo():
		return types.AppendGeo(dst, t.Kind, d.S, st)
	}
	return append(dst, d.S...)
}

// AppendText appends value i as text; it is not NULL.
func (v *Vector) AppendText(dst []byte, i int, st *types.Style) []byte {
	p, j := v.at(i)
	switch {
	case p.I64 != nil && p.Type.Kind != types.Bool:
		return AppendDatumText(dst, p.Type, Datum{I: p.I64[j]}, st)
	case p.Off != nil && p.Type.IsVector():
		return appendElems(dst, p.Child, int(p.Off[j]), int(p.Off[j+1]), ' ', st)
	case p.Off != nil:
		return appendArray(dst, p.Child, int(p.Off[j]), int(p.Off[j+1]), p.dims(j), st)
	case p.Type.Kind == types.Text || p.Type.Kind == types.Varchar:
		return append(dst, p.Str[j]...)
	}
	return AppendDatumText(dst, p.Type, p.Get(j), st)
}
