package fn

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The functions of MySQL. Those whose names Postgres does not have stand beside
// Postgres's own; the others are called mysql.name, and only the second grammar
// writes that. IF, IFNULL, ISNULL, JSON_CONTAINS and JSON_OVERLAPS are the
// binder's: they do not evaluate all their arguments or depend on their types.
func init() {
	def("mysql.int_div", ts{tI4, tI4}, tI4, f2(tI4, intDiv(math.MinInt32)))
	def("mysql.int_div", ts{tI8, tI8}, tI8, f2(tI8, intDiv(math.MinInt64)))
	def("mysql.int_div", ts{tNum, tNum}, tNum, f2(tNum, divTrunc))
	def("mysql.int_div", ts{tF8, tF8}, tF8, f2(tF8, func(_ *Ctx, a, b float64) (float64, error) {
		if b == 0 {
			return 0, errDivZero()
		}
		return math.Trunc(a / b), nil
	}))
	notNegative := func(bad bool) error {
		if bad {
			return sqlerr.New(pgerrcode.NumericValueOutOfRange, "a negative number cannot be UNSIGNED")
		}
		return nil
	}
	def("mysql.unsigned", ts{tI8}, tI8, f1(tI8, func(_ *Ctx, n int64) (int64, error) { return n, notNegative(n < 0) }))
	def("mysql.unsigned", ts{tNum}, tNum, f1(tNum, func(_ *Ctx, d types.Decimal) (types.Decimal, error) { return d, notNegative(d.Sign() < 0) }))
	def("mysql.unsigned", ts{tF8}, tF8, f1(tF8, func(_ *Ctx, f float64) (float64, error) { return f, notNegative(f < 0) }))
	def("mysql.format", ts{tNum, tI4}, tText, f2(tText, func(_ *Ctx, d types.Decimal, n int64) (string, error) { return thousands(d, n), nil }))
	def("mysql.format", ts{tF8, tI4}, tText, f2(tText, func(_ *Ctx, f float64, n int64) (string, error) {
		d, err := types.DecimalFromFloat(f, 64)
		if err != nil {
			return "", err
		}
		return thousands(d, n), nil
	}))
	def("mysql.bit_count", ts{tI8}, tI4, f1(tI4, ok1(func(n int64) int64 { return int64(bits.OnesCount64(uint64(n))) })))
	def("truncate", ts{tNum, tI4}, tNum, f2(tNum, ok2(func(d types.Decimal, n int64) types.Decimal { return d.Trunc(clampScale(n)) })))
	for _, t := range []types.Type{tI4, tI8} {
		def("truncate", ts{t, tI4}, t, f2(t, ok2(truncateInt)))
	}
	def("truncate", ts{tF8, tI4}, tF8, f2(tF8, ok2(truncateFloat)))
	def("log2", ts{tF8}, tF8, f1(tF8, func(_ *Ctx, f float64) (float64, error) { return logFloat(math.Log2)(f) }))
	def("rand", ts{}, tF8, random, volatile)
	def("conv", ts{tText, tI4, tI4}, tText, rows(tText, convBase))
	def("conv", ts{tI8, tI4, tI4}, tText, rows(tText, convBase))
	def("bin", ts{tI8}, tText, f1(tText, ok1(func(n int64) string { return strconv.FormatUint(uint64(n), 2) })))
	def("oct", ts{tI8}, tText, f1(tText, ok1(func(n int64) string { return strconv.FormatUint(uint64(n), 8) })))
	def("hex", ts{tI8}, tText, f1(tText, ok1(func(n int64) string { return strings.ToUpper(strconv.FormatUint(uint64(n), 16)) })))
	bytesHex := f1(tText, ok1(func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }))
	def("hex", ts{tText}, tText, bytesHex)
	def("hex", ts{tBytea}, tText, bytesHex)
	def("unhex", ts{tText}, tText, rows(tText, unhex))
	def("crc32", ts{tText}, tI8, f1(tI8, ok1(func(s string) int64 { return int64(crc32.ChecksumIEEE([]byte(s))) })))
	def("uuid", ts{}, tText, func(_ *Ctx, _ []*vec.Vector, n int) (*vec.Vector, error) {
		v := vec.New(tText, n)
		for i := range v.Str {
			var b [16]byte
			_, _ = rand.Read(b[:]) // never fails since Go 1.24
			b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
			v.Str[i] = fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
		}
		return v, nil
	}, volatile)
}

func intDiv(lowest int64) func(*Ctx, int64, int64) (int64, error) {
	return func(_ *Ctx, a, b int64) (int64, error) {
		switch {
		case b == 0:
			return 0, errDivZero()
		case b == -1 && a == lowest:
			what := "bigint"
			if lowest == math.MinInt32 {
				what = "integer"
			}
			return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "%s out of range", what)
		}
		return a / b, nil
	}
}

// thousands writes a number with n decimals and commas between its thousands.
func thousands(d types.Decimal, n int64) string {
	s := d.Round(clampScale(max(0, min(n, 30)))).String()
	if d.Form != types.Finite {
		return s
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, dotted := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(c)
	}
	if dotted {
		b.WriteString("." + frac)
	}
	return b.String()
}

// truncateInt puts zeros in place of the last -n digits.
func truncateInt(v, n int64) int64 {
	if n < -18 {
		return 0
	}
	for p := int64(1); ; p *= 10 {
		if n >= 0 {
			return v / p * p
		}
		n++
	}
}

func truncateFloat(f float64, n int64) float64 {
	if n > 308 || math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	if n < -308 {
		return 0
	}
	p := math.Pow(10, math.Abs(float64(n)))
	if n < 0 {
		return math.Trunc(f/p) * p
	}
	if r := math.Trunc(f*p) / p; !math.IsInf(r, 0) {
		return r
	}
	return f
}

// convBase reads a number in one base, as far as its digits go, and writes it in
// another; a negative target base writes a sign.
func convBase(r row) (vec.Datum, error) {
	s := strings.TrimSpace(r.text(0))
	from, to := r.int(1), r.int(2)
	abs := func(n int64) int64 { return max(n, -n) }
	if abs(from) < 2 || abs(from) > 36 || abs(to) < 2 || abs(to) > 36 {
		return null, nil
	}
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(s, "+-")
	var n uint64
	for _, c := range []byte(strings.ToLower(s)) {
		d := int64(c - '0')
		if c >= 'a' && c <= 'z' {
			d = int64(c-'a') + 10
		}
		if d < 0 || d >= abs(from) || c > '9' && c < 'a' {
			break
		}
		hi, lo := bits.Mul64(n, uint64(abs(from)))
		sum, carry := bits.Add64(lo, uint64(d), 0)
		if hi+carry > 0 {
			n = math.MaxUint64
			break
		}
		n = sum
	}
	if neg {
		n = -n
	}
	if to < 0 {
		return dS(strings.ToUpper(strconv.FormatInt(int64(n), int(-to)))), nil
	}
	return dS(strings.ToUpper(strconv.FormatUint(n, int(to)))), nil
}

// unhex gives the text whose bytes are written in hexadecimal digits, NULL where
// they are not.
func unhex(r row) (vec.Datum, error) {
	s := r.s(0)
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return null, nil
	}
	if !utf8.Valid(b) || strings.IndexByte(string(b), 0) >= 0 {
		return null, sqlerr.New(pgerrcode.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8"`)
	}
	return dS(string(b)), nil
}

// variables are what MySQL's clients ask of @@name, where it is not a setting
// here; a leading colon names the setting that answers.
var variables = map[string]string{
	"version": ":server_version", "version_comment": "tagd", "time_zone": ":timezone", "system_time_zone": ":timezone", "autocommit": "1",
	"sql_mode": "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES", "character_set_client": "utf8mb4",
	"character_set_connection": "utf8mb4", "character_set_results": "utf8mb4", "character_set_server": "utf8mb4",
	"character_set_database": "utf8mb4", "collation_connection": "utf8mb4_bin", "collation_server": "utf8mb4_bin",
	"collation_database": "utf8mb4_bin", "transaction_isolation": ":transaction_isolation", "tx_isolation": ":transaction_isolation",
	"transaction_read_only": ":transaction_read_only", "lower_case_table_names": "0", "max_execution_time": ":statement_timeout",
}

// Variables are MySQL's variables and their values, for SHOW VARIABLES.
// setting reads a setting of the session.
func Variables(setting func(string) (string, bool, error)) map[string]string {
	out := make(map[string]string, len(variables))
	for name := range variables {
		out[name], _, _ = variable(setting, name)
	}
	return out
}

// variable is the value of @@name: what SET has put there, MySQL's own, or a
// setting.
func variable(setting func(string) (string, bool, error), name string) (string, bool, error) {
	if v, ok, _ := setting("mysql." + name); ok {
		return v, true, nil
	}
	v, ok := variables[name]
	if !ok {
		return setting(name)
	}
	if from, asked := strings.CutPrefix(v, ":"); asked {
		v, _, _ = setting(from)
		if strings.HasSuffix(name, "isolation") {
			v = strings.ToUpper(strings.ReplaceAll(v, " ", "-"))
		}
	}
	return v, true, nil
}

func init() {
	def("mysql.variable", ts{tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		if r.c == nil || r.c.Setting == nil {
			return null, nil
		}
		v, ok, err := variable(r.c.Setting, r.s(0))
		switch {
		case err != nil:
			return null, err
		case !ok:
			return null, sqlerr.New(pgerrcode.UndefinedObject, `unrecognized configuration parameter "%s"`, r.s(0))
		}
		return dS(v), nil
	}), stable)
}
