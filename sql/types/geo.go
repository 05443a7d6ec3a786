package types

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// The geometric types are held as the bytes that their send functions write: floats
// of 8 bytes, for a path a byte that is 1 if it is closed, and for paths and polygons
// the number of points.

// IsGeo reports the geometric types; arrays are none.
func (t Type) IsGeo() bool { return !t.Array && t.Kind >= Point && t.Kind <= Circle }

// geoFloats is the number of floats of the types that have a fixed one.
var geoFloats = map[Kind]int{Point: 2, LSeg: 4, Box: 4, Circle: 3, Line: 3}

// GeoFloats reads the floats of a held geometric value, zeros for those that are missing.
func GeoFloats(k Kind, s string) []float64 {
	switch k {
	case GeoPath:
		s = s[min(5, len(s)):]
	case Polygon:
		s = s[min(4, len(s)):]
	}
	out := make([]float64, max(len(s)/8, geoFloats[k]))
	for i := range len(s) / 8 {
		out[i] = math.Float64frombits(binary.BigEndian.Uint64([]byte(s[8*i:])))
	}
	return out
}

// PackGeo holds the floats of a geometric value; closed counts for paths only.
func PackGeo(k Kind, f []float64, closed bool) string {
	b := make([]byte, 0, 8*len(f)+5)
	if k == GeoPath {
		b = append(b, 0)
		if closed {
			b[0] = 1
		}
	}
	if k == GeoPath || k == Polygon {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)/2))
	}
	for _, x := range f {
		bits := math.Float64bits(x)
		if x != x {
			bits = 0x7ff8 << 48 // C's
		}
		b = binary.BigEndian.AppendUint64(b, bits)
	}
	return string(b)
}

// PathClosed reports whether a held path is closed.
func PathClosed(s string) bool { return s != "" && s[0] != 0 }

// geoScanner reads the text of a geometric value from the left.
type geoScanner struct {
	t    Kind
	all  string
	rest string
}

func (g *geoScanner) bad() error {
	return sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", Of(g.t), g.all)
}

func (g *geoScanner) skip() { g.rest = strings.TrimLeft(g.rest, moneyBlanks) }

// take reads c if it comes next.
func (g *geoScanner) take(c byte) bool {
	if g.rest == "" || g.rest[0] != c {
		return false
	}
	g.rest = g.rest[1:]
	return true
}

func (g *geoScanner) must(c byte) error {
	if !g.take(c) {
		return g.bad()
	}
	return nil
}

// number is single_decode.
func (g *geoScanner) number() (float64, error) {
	g.skip()
	n := floatPrefix(g.rest)
	if n == 0 {
		return 0, g.bad()
	}
	f, err := ParseFloat(g.rest[:n], 64)
	g.rest = g.rest[n:]
	g.skip()
	return f, err
}

// floatPrefix is the length of the number at the beginning of s.
func floatPrefix(s string) int {
	n := 0
	if n < len(s) && (s[n] == '-' || s[n] == '+') {
		n++
	}
	for _, word := range []string{"infinity", "inf", "nan"} {
		if len(s) >= n+len(word) && strings.EqualFold(s[n:n+len(word)], word) {
			return n + len(word)
		}
	}
	digits := 0
	for ; n < len(s) && (isDigit(s[n]) || s[n] == '.'); n++ {
		if s[n] != '.' {
			digits++
		} else if strings.Contains(s[:n], ".") {
			break
		}
	}
	if digits == 0 {
		return 0
	}
	if e := n; e < len(s) && (s[e] == 'e' || s[e] == 'E') {
		if e++; e < len(s) && (s[e] == '-' || s[e] == '+') {
			e++
		}
		if e < len(s) && isDigit(s[e]) {
			for n = e; n < len(s) && isDigit(s[n]); n++ {
			}
		}
	}
	return n
}

// pair is pair_decode.
func (g *geoScanner) pair() (x, y float64, err error) {
	g.skip()
	delim := g.take('(')
	if x, err = g.number(); err != nil {
		return 0, 0, err
	}
	if err = g.must(','); err != nil {
		return 0, 0, err
	}
	if y, err = g.number(); err != nil {
		return 0, 0, err
	}
	if delim {
		if err = g.must(')'); err != nil {
			return 0, 0, err
		}
		g.skip()
	}
	return x, y, nil
}

// points is path_decode of n points.
func (g *geoScanner) points(n int, opens bool) (f []float64, open bool, err error) {
	depth := 0
	g.skip()
	switch {
	case strings.HasPrefix(g.rest, "["):
		if !opens {
			return nil, false, g.bad()
		}
		open, depth, g.rest = true, 1, g.rest[1:]
	case strings.HasPrefix(g.rest, "("):
		inner := strings.TrimLeft(g.rest[1:], moneyBlanks)
		if strings.HasPrefix(inner, "(") || strings.LastIndexByte(g.rest, '(') == 0 {
			depth, g.rest = 1, inner
		}
	}
	for range n {
		x, y, err := g.pair()
		if err != nil {
			return nil, false, err
		}
		g.take(',')
		f = append(f, x, y)
	}
	for ; depth > 0; depth-- {
		if !g.take(')') && !(open && depth == 1 && g.take(']')) {
			return nil, false, g.bad()
		}
		g.skip()
	}
	return f, open, nil
}

// end is the error of text that is left.
func (g *geoScanner) end() error {
	if g.rest != "" {
		return g.bad()
	}
	return nil
}

// ParseGeo is the input function of a geometric type.
func ParseGeo(k Kind, s string) (string, error) {
	g := &geoScanner{t: k, all: s, rest: s}
	var f []float64
	var open bool
	var err error
	switch k {
	case Point:
		f = make([]float64, 2)
		f[0], f[1], err = g.pair()
	case LSeg:
		f, _, err = g.points(2, true)
	case Box:
		if f, _, err = g.points(2, false); err == nil {
			f = BoxOf(f)
		}
	case Polygon:
		f, err = g.polygon()
	case GeoPath:
		f, open, err = g.path()
	case Circle:
		f, err = g.circle()
	case Line:
		f, err = g.line()
	}
	if err == nil {
		err = g.end()
	}
	if err != nil {
		return "", err
	}
	return PackGeo(k, f, !open), nil
}

// BoxOf puts the corners of a box in order: the upper right one first.
func BoxOf(f []float64) []float64 {
	if f[0] < f[2] || f[0] != f[0] {
		f[0], f[2] = f[2], f[0]
	}
	if f[1] < f[3] || f[1] != f[1] {
		f[1], f[3] = f[3], f[1]
	}
	return f
}

// count is pair_count: the points that a text has by its commas, -1 for none.
func (g *geoScanner) count() int {
	n := strings.Count(g.all, ",")
	if n%2 == 0 {
		return -1
	}
	return (n + 1) / 2
}

func (g *geoScanner) polygon() ([]float64, error) {
	n := g.count()
	if n <= 0 {
		return nil, g.bad()
	}
	f, _, err := g.points(n, false)
	return f, err
}

func (g *geoScanner) path() (f []float64, open bool, err error) {
	n := g.count()
	if n <= 0 {
		return nil, false, g.bad()
	}
	g.skip()
	paren := strings.HasPrefix(g.rest, "(") && strings.LastIndexByte(g.rest, '(') == 0
	if paren {
		g.rest = g.rest[1:]
	}
	if f, open, err = g.points(n, true); err != nil || !paren {
		return f, open, err
	}
	err = g.must(')')
	g.skip()
	return f, open, err
}

func (g *geoScanner) circle() ([]float64, error) {
	depth := 0
	g.skip()
	angle := g.take('<')
	if angle {
		depth = 1
	} else if strings.HasPrefix(g.rest, "(") {
		if inner := strings.TrimLeft(g.rest[1:], moneyBlanks); strings.HasPrefix(inner, "(") {
			depth, g.rest = 1, inner
		}
	}
	x, y, err := g.pair()
	if err != nil {
		return nil, err
	}
	g.take(',')
	r, err := g.number()
	if err != nil {
		return nil, err
	}
	if r < 0 {
		return nil, g.bad()
	}
	if depth > 0 {
		if !g.take(')') && !g.take('>') {
			return nil, g.bad()
		}
		g.skip()
	}
	return []float64{x, y, r}, nil
}

func errLine(what string) error {
	return sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid line specification: %s", what)
}

func (g *geoScanner) line() ([]float64, error) {
	g.skip()
	if !g.take('{') {
		f, _, err := g.points(2, true)
		switch {
		case err != nil:
			return nil, err
		case g.rest != "":
			return nil, g.bad()
		case GeoEqual(f[0], f[2]) && GeoEqual(f[1], f[3]):
			return nil, errLine("must be two distinct points")
		}
		return LineOf(f), nil
	}
	f := make([]float64, 3)
	for i := range f {
		var err error
		if f[i], err = g.number(); err == nil {
			err = g.must(",,}"[i])
		}
		if err != nil {
			return nil, err
		}
	}
	if g.skip(); g.rest == "" && math.Abs(f[0]) <= geoEpsilon && math.Abs(f[1]) <= geoEpsilon {
		return nil, errLine("A and B cannot both be zero")
	}
	return f, nil
}

// geoEpsilon is EPSILON of geo_decls.h.
const geoEpsilon = 1e-6

// GeoEqual is FPeq.
func GeoEqual(a, b float64) bool { return a == b || math.Abs(a-b) <= geoEpsilon }

// LineOf is the line through two points: A, B and C of Ax + By + C = 0.
func LineOf(f []float64) []float64 {
	switch {
	case GeoEqual(f[0], f[2]):
		return []float64{-1, 0, f[0]}
	case GeoEqual(f[1], f[3]):
		return []float64{0, -1, f[1]}
	}
	m := (f[1] - f[3]) / (f[0] - f[2])
	c := f[1] - m*f[0]
	if c == 0 {
		c = 0 // not -0
	}
	return []float64{m, -1, c}
}

// AppendGeo is the output function of a geometric type.
func AppendGeo(dst []byte, k Kind, s string, st *Style) []byte {
	f := GeoFloats(k, s)
	num := func(x float64) { dst = AppendFloat(dst, x, 64, st) }
	list := func(f []float64) {
		for i := 0; i+1 < len(f); i += 2 {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '(')
			num(f[i])
			dst = append(dst, ',')
			num(f[i+1])
			dst = append(dst, ')')
		}
	}
	around := map[Kind]string{LSeg: "[]", Polygon: "()", GeoPath: "[]", Circle: "<>", Line: "{}"}[k]
	if k == GeoPath && PathClosed(s) {
		around = "()"
	}
	if around != "" {
		dst = append(dst, around[0])
	}
	switch k {
	case Circle:
		list(f[:2])
		dst = append(dst, ',')
		num(f[2])
	case Line:
		for i, x := range f {
			if i > 0 {
				dst = append(dst, ',')
			}
			num(x)
		}
	default:
		list(f)
	}
	if around != "" {
		dst = append(dst, around[1])
	}
	return dst
}

// ParseBinaryGeo is the receive function of a geometric type.
func ParseBinaryGeo(k Kind, b []byte) (string, error) {
	short := func() error { return sqlerr.New(pgerrcode.ProtocolViolation, "insufficient data left in message") }
	bad := func(what string) error {
		return sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid %s in external \"%s\" value", what, Of(k))
	}
	head, n := 0, geoFloats[k]
	if k == GeoPath {
		if len(b) == 0 {
			return "", sqlerr.New(pgerrcode.ProtocolViolation, "no data left in message")
		}
		head = 1
	}
	if n == 0 {
		if len(b) < head+4 {
			return "", short()
		}
		points := int32(binary.BigEndian.Uint32(b[head:]))
		if head += 4; points <= 0 || points >= 1<<26 {
			return "", bad("number of points")
		}
		n = 2 * int(points)
	}
	switch {
	case len(b) < head+8*n:
		return "", short()
	case len(b) > head+8*n:
		return "", sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "incorrect binary data format")
	}
	closed := k == GeoPath && b[0] != 0
	f := GeoFloats(Point, string(b[head:]))
	switch {
	case k == Box:
		f = BoxOf(f)
	case k == Circle && f[2] < 0:
		return "", bad("radius")
	case k == Line && math.Abs(f[0]) <= geoEpsilon && math.Abs(f[1]) <= geoEpsilon:
		return "", sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid line specification: A and B cannot both be zero")
	}
	return PackGeo(k, f, closed), nil
}
