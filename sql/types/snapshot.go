package types

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Snapshot is a value of pg_snapshot and txid_snapshot: the transactions below Min are
// over, those from Max on have not begun, those of Running, in order, have not ended.
type Snapshot struct {
	Min, Max uint64
	Running  []uint64
}

// String is the text of a snapshot, in which it is held, too.
func (s Snapshot) String() string {
	b := strconv.AppendUint(nil, s.Min, 10)
	b = append(strconv.AppendUint(append(b, ':'), s.Max, 10), ':')
	for i, x := range s.Running {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, x, 10)
	}
	return string(b)
}

// add appends a running transaction; false where there can be none.
func (s *Snapshot) add(x uint64) bool {
	if n := len(s.Running); n > 0 && x <= s.Running[n-1] {
		return x == s.Running[n-1]
	}
	s.Running = append(s.Running, x)
	return x >= s.Min && x < s.Max
}

// good reports whether the ends are right.
func (s Snapshot) good() bool { return s.Min > 0 && s.Max >= s.Min && s.Max < 1<<63 }

// UnpackSnapshot reads the text of a snapshot (parse_snapshot); false if it is none.
func UnpackSnapshot(text string) (s Snapshot, ok bool) {
	number := func(end string) (v uint64) {
		text = strings.TrimLeft(text, moneyBlanks)
		n := 0
		for n < len(text) && isDigit(text[n]) {
			n++
		}
		v, _ = strconv.ParseUint(text[:n], 10, 64)
		if text, ok = strings.CutPrefix(text[n:], end); !ok {
			v = 0
		}
		return v
	}
	if s.Min = number(":"); !ok {
		return s, false
	}
	if s.Max = number(":"); !ok || !s.good() {
		return s, false
	}
	for text != "" {
		if !s.add(number("")) {
			return s, false
		}
		if rest, comma := strings.CutPrefix(text, ","); comma {
			text = rest
		} else if text != "" {
			return s, false
		}
	}
	return s, true
}

// ParseSnapshot is pg_snapshot_in.
func ParseSnapshot(text string) (string, error) {
	s, ok := UnpackSnapshot(text)
	if !ok {
		return "", sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type pg_snapshot: \"%s\"", text)
	}
	return s.String(), nil
}

// AppendBinarySnapshot is pg_snapshot_send of a held snapshot.
func AppendBinarySnapshot(dst []byte, text string) []byte {
	s, _ := UnpackSnapshot(text)
	be := binary.BigEndian
	dst = be.AppendUint32(dst, uint32(len(s.Running)))
	dst = be.AppendUint64(be.AppendUint64(dst, s.Min), s.Max)
	for _, x := range s.Running {
		dst = be.AppendUint64(dst, x)
	}
	return dst
}

// ParseBinarySnapshot is pg_snapshot_recv.
func ParseBinarySnapshot(b []byte) (string, error) {
	be := binary.BigEndian
	bad := sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid external pg_snapshot data")
	short := sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message")
	if len(b) < 4 {
		return "", short
	}
	n := int32(be.Uint32(b))
	if n < 0 || n > 1<<27 {
		return "", bad
	}
	if b = b[4:]; len(b) < 16 {
		return "", short
	}
	s := Snapshot{Min: be.Uint64(b), Max: be.Uint64(b[8:])}
	if !s.good() {
		return "", bad
	}
	b = b[16:]
	for range n {
		if len(b) < 8 {
			return "", short
		}
		if !s.add(be.Uint64(b)) {
			return "", bad
		}
		b = b[8:]
	}
	if len(b) > 0 {
		return "", sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "incorrect binary data format")
	}
	return s.String(), nil
}
