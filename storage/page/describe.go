package page

import (
	"fmt"
	"strings"

	"tagd/sql/types"
	"tagd/storage/encoding"
)

// Describe puts a page in words, a line for each part, or its fault. Pages
// whose bodies the store lays out itself (dict, patch, keys) are described by
// their frame alone.
func Describe(p []byte) string {
	kind, body, err := Open(p)
	if err != nil {
		return "damaged: " + err.Error() + "\n"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s page, version %d, %d bytes\n", kind, p[4], len(p))
	if err := describe(&out, kind, body); err != nil {
		fmt.Fprintf(&out, "damaged: %s\n", err)
	}
	return out.String()
}

func describe(out *strings.Builder, kind Kind, body []byte) error {
	switch kind {
	case Inverted:
		return describeInverted(out, body)
	case Codes:
		c, err := encoding.ParseCodes(body)
		if err == nil {
			fmt.Fprintf(out, "%d rows, lanes of %d bits\n", c.N(), c.Bits())
		}
		return err
	case Slices:
		s, err := encoding.ParseSlices(body)
		if err == nil {
			lo, div := s.Base()
			fmt.Fprintf(out, "%d rows, %d slices, minimum %d, divisor %d\n", s.N(), s.Bits(), lo, div)
		}
		return err
	case Packed:
		return describePacked(out, body)
	case Floats:
		f, err := encoding.ParseFloats(body)
		if err == nil {
			fmt.Fprintf(out, "%d rows, nulls %v\n", f.N(), f.Nulls() != nil)
		}
		return err
	case Plain:
		f, err := encoding.ParsePlain(types.Type{}, body)
		if err == nil {
			fmt.Fprintf(out, "%d rows in blocks of %d, nulls %v\n", f.N(), encoding.PlainRows, f.Nulls() != nil)
		}
		return err
	case Lists:
		l, err := encoding.ParseLists(body)
		if err == nil {
			fmt.Fprintf(out, "%d rows, %d elements, nulls %v, codes twice in a row %v\n", l.N(), l.Total(), l.Nulls() != nil, l.HasDups())
		}
		return err
	case Present:
		s, err := encoding.ParsePresent(body)
		if err == nil {
			fmt.Fprintf(out, "%d of %d rows are live\n", s.Live(), s.N())
		}
		return err
	}
	return nil
}

// maxShown bounds the codes or blocks that are listed one by one.
const maxShown = 16

func describeInverted(out *strings.Builder, body []byte) error {
	v, err := encoding.ParseInverted(body)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d codes\n", v.Codes())
	for c := range v.Codes() {
		n, err := v.Card(c)
		if err != nil {
			return err
		}
		a, w, r, err := v.Layouts(c)
		if err != nil {
			return err
		}
		if c < maxShown {
			fmt.Fprintf(out, "code %d: %d rows in %d arrays, %d bitmaps, %d run lists\n", c, n, a, w, r)
		}
	}
	if v.Codes() > maxShown {
		fmt.Fprintf(out, "and %d codes more\n", v.Codes()-maxShown)
	}
	return nil
}

func describePacked(out *strings.Builder, body []byte) error {
	p, err := encoding.ParsePacked(body)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d rows, %d nulls, divisor %d\n", p.N(), p.NullCount(), p.Divisor())
	n := (p.N() + encoding.PackRows - 1) / encoding.PackRows
	for k := range min(n, maxShown) {
		lo, hi := p.Bounds(k)
		if lo > hi {
			fmt.Fprintf(out, "block %d: no values\n", k)
			continue
		}
		fmt.Fprintf(out, "block %d: %d to %d in %d bits\n", k, lo, hi, p.Bits(k))
	}
	if n > maxShown {
		fmt.Fprintf(out, "and %d blocks more\n", n-maxShown)
	}
	return nil
}
