package vec

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// DescOf describes the records of a composite type as it is now.
func DescOf(t types.Type) *RecordDesc {
	attrs := t.Ext.Def().Attrs
	d := &RecordDesc{Types: make([]types.Type, len(attrs)), Names: make([]string, len(attrs))}
	for i, a := range attrs {
		d.Types[i], d.Names[i] = a.Type, a.Name
	}
	return d
}

func errAnonymous() error {
	return sqlerr.New(pgerrcode.FeatureNotSupported, "input of anonymous composite types is not implemented")
}

// parseRecord is record_in: fields between parentheses with commas between them.
// A field without characters is NULL; quotes and backslashes take the meaning
// from what they stand around.
func parseRecord(t types.Type, s string, st *types.Style, now time.Time) (Datum, error) {
	if t.Ext == nil {
		return Datum{}, errAnonymous()
	}
	r := &Record{RecordDesc: DescOf(t)}
	r.Fields = make([]Datum, len(r.Types))
	err := scanRecord(s, len(r.Fields), func(i int, text string, null bool) (err error) {
		if r.Fields[i].Null = null; !null {
			r.Fields[i], err = ParseText(r.Types[i].WithoutDomain(), text, st, now)
		}
		return err
	})
	return Datum{R: r}, err
}

// scanRecord takes a record literal of n fields apart and hands over the fields,
// unquoted.
func scanRecord(s string, n int, field func(i int, text string, null bool) error) error {
	bad := func(detail string) error {
		return sqlerr.New(pgerrcode.InvalidTextRepresentation, "malformed record literal: \"%s\"", s).WithDetail("%s", detail)
	}
	rest := strings.TrimLeft(s, arrayBlanks)
	if rest == "" || rest[0] != '(' {
		return bad("Missing left parenthesis.")
	}
	rest = rest[1:]
	for i := range n {
		if i > 0 {
			if rest == "" || rest[0] != ',' {
				return bad("Too few columns.")
			}
			rest = rest[1:]
		}
		text, null := "", rest != "" && (rest[0] == ',' || rest[0] == ')')
		if !null {
			var ok bool
			if text, rest, ok = recordField(rest); !ok {
				return bad("Unexpected end of input.")
			}
		}
		if err := field(i, text, null); err != nil {
			return err
		}
	}
	if rest == "" || rest[0] != ')' {
		return bad("Too many columns.")
	}
	if strings.Trim(rest[1:], arrayBlanks) != "" {
		return bad("Junk after right parenthesis.")
	}
	return nil
}

// recordField reads a field up to the comma or parenthesis after it; ok is false
// where the text ends before.
func recordField(s string) (text, rest string, ok bool) {
	if i := strings.IndexAny(s, `,)"\`); i >= 0 && s[i] != '"' && s[i] != '\\' {
		return s[:i], s[i:], true
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case !quoted && (c == ',' || c == ')'):
			return b.String(), s[i:], true
		case c == '\\':
			if i++; i == len(s) {
				return "", "", false
			}
			b.WriteByte(s[i])
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			i++
			b.WriteByte('"')
		case c == '"':
			quoted = !quoted
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

// parseBinaryRecord is record_recv: what record_send writes, of just the types
// that the attributes have.
func parseBinaryRecord(t types.Type, b []byte) (Datum, error) {
	if t.Ext == nil {
		return Datum{}, errAnonymous()
	}
	be := binary.BigEndian
	if len(b) < 4 {
		return Datum{}, errShort()
	}
	r := &Record{RecordDesc: DescOf(t)}
	if n := int32(be.Uint32(b)); int(n) != len(r.Types) {
		return Datum{}, sqlerr.New(pgerrcode.DatatypeMismatch, "wrong number of columns: %d, expected %d", n, len(r.Types))
	}
	b = b[4:]
	r.Fields = make([]Datum, len(r.Types))
	for i, ft := range r.Types {
		if len(b) < 8 {
			return Datum{}, errShort()
		}
		oid, n := be.Uint32(b), int32(be.Uint32(b[4:]))
		b = b[8:]
		switch want := fieldOID(ft); {
		case oid != want:
			return Datum{}, sqlerr.New(pgerrcode.DatatypeMismatch, "binary data has type %d (%s) instead of expected %d (%s) in record column %d",
				oid, oidName(oid), want, ft.Base(), i+1)
		case n == -1:
			r.Fields[i].Null = true
			continue
		case n < -1 || int(n) > len(b):
			return Datum{}, badBinary("insufficient data left in message")
		}
		var err error
		if r.Fields[i], err = ParseBinary(ft.WithoutDomain(), b[:n]); err != nil {
			return Datum{}, err
		}
		b = b[n:]
	}
	if len(b) != 0 {
		return Datum{}, badBinary("incorrect binary data format")
	}
	return Datum{R: r}, nil
}

// fieldOID is the OID that the type of a field has in binary records: of a domain
// its own.
func fieldOID(t types.Type) uint32 {
	if d := t.Domain(); d != nil {
		return d.OID
	}
	return t.OID()
}
