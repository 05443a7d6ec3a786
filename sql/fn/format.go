package fn

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// formatSpec is one conversion of format(): %[position$][flags][width]type.
type formatSpec struct {
	arg       int // position of the argument, 0: the next one
	widthArg  int // position of the width, 0: the next argument, -1: not from one
	width     int64
	leftAlign bool
	verb      byte
}

func errFormat(msg string) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "%s", msg)
}

func errUnterminated() error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "unterminated format() type specifier").WithHint("For a single \"%%\" use \"%%%%\".")
}

// formatReader reads conversions.
type formatReader struct {
	s string
	i int // the next byte
}

func (f *formatReader) advance() error {
	if f.i++; f.i >= len(f.s) {
		return errUnterminated()
	}
	return nil
}

func (f *formatReader) digits() (n int, found bool, err error) {
	for f.s[f.i] >= '0' && f.s[f.i] <= '9' {
		n = n*10 + int(f.s[f.i]-'0')
		if n > 1<<31-1 {
			return 0, false, sqlerr.New(pgerrcode.NumericValueOutOfRange, "number is out of range")
		}
		found = true
		if err := f.advance(); err != nil {
			return 0, false, err
		}
	}
	return n, found, nil
}

// position reads what follows a number that is an argument's.
func (f *formatReader) position(n int) (int, error) {
	if n == 0 {
		return 0, errFormat("format specifies argument 0, but arguments are numbered from 1")
	}
	return n, f.advance()
}

// spec reads a conversion behind its % and stops at its type.
func (f *formatReader) spec() (c formatSpec, err error) {
	c.widthArg = -1
	n, found, err := f.digits()
	if err != nil {
		return c, err
	}
	if found {
		if f.s[f.i] != '$' {
			c.width = int64(n)
			return c, nil
		}
		if c.arg, err = f.position(n); err != nil {
			return c, err
		}
	}
	for f.s[f.i] == '-' {
		c.leftAlign = true
		if err := f.advance(); err != nil {
			return c, err
		}
	}
	if f.s[f.i] != '*' {
		n, _, err = f.digits()
		c.width = int64(n)
		return c, err
	}
	if err := f.advance(); err != nil {
		return c, err
	}
	if n, found, err = f.digits(); err != nil {
		return c, err
	}
	c.widthArg = 0
	if found {
		if f.s[f.i] != '$' {
			return c, errFormat("width argument position must be ended by \"$\"")
		}
		c.widthArg, err = f.position(n)
	}
	return c, err
}

// format is format(): %s, %I, %L, %% with positions, widths and left alignment.
func format(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	f := formatReader{s: r.s(0)}
	var b strings.Builder
	next := 1
	for ; f.i < len(f.s); f.i++ {
		if f.s[f.i] != '%' {
			b.WriteByte(f.s[f.i])
			continue
		}
		if err := f.advance(); err != nil {
			return null, err
		}
		if f.s[f.i] == '%' {
			b.WriteByte('%')
			continue
		}
		c, err := f.spec()
		if err != nil {
			return null, err
		}
		if c.verb = f.s[f.i]; strings.IndexByte("sIL", c.verb) < 0 {
			_, size := utf8.DecodeRuneInString(f.s[f.i:])
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "unrecognized format() type specifier \"%s\"", f.s[f.i:f.i+size]).
				WithHint("For a single \"%%\" use \"%%%%\".")
		}
		text, err := formatOne(r, c, &next)
		if err != nil {
			return null, err
		}
		b.WriteString(text)
		if err := r.c.room(b.Len()); err != nil {
			return null, err
		}
	}
	return dS(b.String()), nil
}

// formatOne writes one conversion; next is the argument that follows the last.
func formatOne(r row, c formatSpec, next *int) (string, error) {
	if c.widthArg >= 0 {
		if c.widthArg > 0 {
			*next = c.widthArg
		}
		if *next >= r.n() {
			return "", errFormat("too few arguments for format()")
		}
		var err error
		if c.width, err = formatWidth(r, *next); err != nil {
			return "", err
		}
		*next++
	}
	if c.arg > 0 {
		*next = c.arg
	}
	if *next >= r.n() {
		return "", errFormat("too few arguments for format()")
	}
	text, err := formatArg(r, *next, c.verb)
	*next++
	if err != nil {
		return "", err
	}
	if c.width < 0 {
		c.leftAlign, c.width = true, -c.width
	}
	if int64(utf8.RuneCountInString(text)) >= c.width {
		return text, nil
	}
	return pad(text, c.width, " ", !c.leftAlign)
}

// formatWidth is the width that an argument gives; NULL is none.
func formatWidth(r row, k int) (int64, error) {
	if r.null(k) {
		return 0, nil
	}
	if t := r.t(k); t.Kind == types.Int4 || t.Kind == types.Int2 {
		return r.int(k), nil
	}
	return types.ParseInt(r.concatText(k), 32)
}

func formatArg(r row, k int, verb byte) (string, error) {
	if r.null(k) {
		switch verb {
		case 'I':
			return "", sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "null values cannot be formatted as an SQL identifier")
		case 'L':
			return "NULL", nil
		}
		return "", nil
	}
	s := r.concatText(k)
	switch verb {
	case 'I':
		return types.QuoteIdent(s), nil
	case 'L':
		return quoteLiteral(s), nil
	}
	return s, nil
}
