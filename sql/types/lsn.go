package types

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseLSN reads a place in the log, two hexadecimal numbers of 32 bits. Those of
// the upper half, which no log reaches, are refused: a value is an int64.
func ParseLSN(s string) (int64, error) {
	high, low, ok := strings.Cut(s, "/")
	h, err := strconv.ParseUint(high, 16, 32)
	l, err2 := strconv.ParseUint(low, 16, 32)
	if !ok || err != nil || err2 != nil || len(high) > 8 || len(low) > 8 || h>>31 != 0 {
		return 0, errSyntax("pg_lsn", s)
	}
	return int64(h<<32 | l), nil
}

// AppendLSN appends the two numbers.
func AppendLSN(dst []byte, v int64) []byte {
	return fmt.Appendf(dst, "%X/%X", uint64(v)>>32, uint32(v))
}

// ParseXid8 reads a transaction's number of 64 bits as ParseXid does.
func ParseXid8(s string) (int64, error) { return parseXid(s, "xid8", 63) }
