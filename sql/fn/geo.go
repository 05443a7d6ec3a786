package fn

import (
	"math"
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var (
	tPoint   = types.Of(types.Point)
	tLSeg    = types.Of(types.LSeg)
	tGeoPath = types.Of(types.GeoPath)
	tBox     = types.Of(types.Box)
	tPolygon = types.Of(types.Polygon)
	tLine    = types.Of(types.Line)
	tCircle  = types.Of(types.Circle)
)

// geo is argument k, a geometric value, as its floats.
func (r row) geo(k int) []float64 { return types.GeoFloats(r.t(k).Kind, r.s(k)) }

// xy is argument k, a point.
func (r row) xy(k int) (x, y float64) {
	f := r.geo(k)
	return f[0], f[1]
}

func dGeo(t types.Type, f ...float64) vec.Datum { return dS(types.PackGeo(t.Kind, f, true)) }

// The comparisons of geo_decls.h, which take what differs by less than epsilon for
// equal.
const geoEpsilon = 1e-6

func geoLT(a, b float64) bool { return a+geoEpsilon < b }
func geoLE(a, b float64) bool { return a <= b+geoEpsilon }
func geoGT(a, b float64) bool { return a > b+geoEpsilon }
func geoGE(a, b float64) bool { return a+geoEpsilon >= b }

// hypot is pg_hypot.
func hypot(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	switch {
	case math.IsInf(x, 1) || math.IsInf(y, 1):
		return math.Inf(1)
	case x != x || y != y:
		return math.NaN()
	}
	if x < y {
		x, y = y, x
	}
	if y == 0 {
		return x
	}
	yx := y / x
	return x * math.Sqrt(1+float64(yx*yx))
}

// samePoint is point_eq_point.
func samePoint(a, b []float64) bool {
	if a[0] != a[0] || a[1] != a[1] || b[0] != b[0] || b[1] != b[1] {
		return cmpFloat(a[0], b[0]) == 0 && cmpFloat(a[1], b[1]) == 0
	}
	return types.GeoEqual(a[0], b[0]) && types.GeoEqual(a[1], b[1])
}

// Operators and functions of points, boxes, circles, segments, paths and polygons
// (geo_ops.c).
func init() {
	points()
	boxes()
	circles()
	segments()
	paths()
	geoCasts()
}

// geoTest and geoNumber make functions of rows of geometric values.
func geoTest(f func(r row) bool) impl {
	return rows(tBool, func(r row) (vec.Datum, error) { return dB(f(r)), nil })
}

func geoNumber(f func(r row) float64) impl {
	return rows(tF8, func(r row) (vec.Datum, error) { return dF(f(r)), nil })
}

func geoValue(t types.Type, f func(r row) []float64) impl {
	return rows(t, func(r row) (vec.Datum, error) { return dGeo(t, f(r)...), nil })
}

// pairTests registers predicates over two values of a type.
func pairTests(t types.Type, tests map[string]func(a, b []float64) bool) {
	for name, f := range tests {
		op(name, t, t, tBool, geoTest(func(r row) bool { return f(r.geo(0), r.geo(1)) }))
	}
}

func points() {
	def("point", ts{tF8, tF8}, tPoint, geoValue(tPoint, func(r row) []float64 { return []float64{r.f(0), r.f(1)} }))
	pairTests(tPoint, map[string]func(a, b []float64) bool{
		"<<":  func(a, b []float64) bool { return geoLT(a[0], b[0]) },
		">>":  func(a, b []float64) bool { return geoGT(a[0], b[0]) },
		"<<|": func(a, b []float64) bool { return geoLT(a[1], b[1]) },
		"|>>": func(a, b []float64) bool { return geoGT(a[1], b[1]) },
		"?|":  func(a, b []float64) bool { return types.GeoEqual(a[0], b[0]) },
		"?-":  func(a, b []float64) bool { return types.GeoEqual(a[1], b[1]) },
		"~=":  samePoint,
		"<>":  func(a, b []float64) bool { return !samePoint(a, b) },
	})
	op("<->", tPoint, tPoint, tF8, rows(tF8, func(r row) (vec.Datum, error) {
		a, b := r.geo(0), r.geo(1)
		d := hypot(a[0]-b[0], a[1]-b[1])
		if math.IsInf(d, 0) && !math.IsInf(a[0]-b[0], 0) && !math.IsInf(a[1]-b[1], 0) {
			return null, errOverflow()
		}
		return dF(d), nil
	}))
	// What moves, turns and stretches points does so with paths, boxes and circles.
	for name, f := range pointMath {
		moved := func(t types.Type) impl {
			return rows(t, func(r row) (vec.Datum, error) {
				out, err := mapPoints(t, r.geo(0), r.geo(1), f)
				return dS(types.PackGeo(t.Kind, out, types.PathClosed(r.s(0)))), err
			})
		}
		for _, t := range []types.Type{tPoint, tBox, tGeoPath} {
			op(name, t, tPoint, t, moved(t))
		}
		if name == "+" || name == "-" {
			op(name, tCircle, tPoint, tCircle, moved(tCircle))
		}
	}
}

// pointMath are the operators of points, taken as complex numbers.
var pointMath = map[string]func(x1, y1, x2, y2 float64) (x, y float64, err error){
	"+": func(x1, y1, x2, y2 float64) (float64, float64, error) {
		return floatPair(ariAdd, x1, x2, y1, y2)
	},
	"-": func(x1, y1, x2, y2 float64) (float64, float64, error) {
		return floatPair(ariSub, x1, x2, y1, y2)
	},
	"*": func(x1, y1, x2, y2 float64) (float64, float64, error) {
		return float64(x1*x2) - float64(y1*y2), float64(x1*y2) + float64(y1*x2), nil
	},
	"/": func(x1, y1, x2, y2 float64) (float64, float64, error) {
		div := float64(x2*x2) + float64(y2*y2)
		return floatPair(ariDiv, float64(x1*x2)+float64(y1*y2), div, float64(x2*y1)-float64(x1*y2), div)
	},
}

func floatPair(k arith, a, b, c, d float64) (x, y float64, err error) {
	if x, err = floatOp(k, false, a, b); err != nil {
		return 0, 0, err
	}
	y, err = floatOp(k, false, c, d)
	return x, y, err
}

// mapPoints applies an operator to the points of a value; a box keeps its corners in
// order, a circle its radius.
func mapPoints(t types.Type, f, by []float64, op func(x1, y1, x2, y2 float64) (x, y float64, err error)) ([]float64, error) {
	f = slices.Clone(f)
	var err error
	for i := 0; i+1 < len(f); i += 2 {
		if f[i], f[i+1], err = op(f[i], f[i+1], by[0], by[1]); err != nil {
			return nil, err
		}
	}
	if t == tBox {
		f = types.BoxOf(f)
	}
	return f, nil
}

// boxHas is box_contain_point.
func boxHas(b []float64, x, y float64) bool { return b[0] >= x && b[2] <= x && b[1] >= y && b[3] <= y }

func boxArea(b []float64) float64 { return float64(b[0]-b[2]) * float64(b[1]-b[3]) }

func boxes() {
	def("box", ts{tPoint, tPoint}, tBox, geoValue(tBox, func(r row) []float64 { return types.BoxOf(append(r.geo(0), r.geo(1)...)) }))
	holds := func(a, b []float64) bool {
		return geoGE(a[0], b[0]) && geoLE(a[2], b[2]) && geoGE(a[1], b[1]) && geoLE(a[3], b[3])
	}
	overlap := func(a, b []float64) bool {
		return geoLE(a[2], b[0]) && geoLE(b[2], a[0]) && geoLE(a[3], b[1]) && geoLE(b[3], a[1])
	}
	pairTests(tBox, map[string]func(a, b []float64) bool{
		"<<":  func(a, b []float64) bool { return geoLT(a[0], b[2]) },
		">>":  func(a, b []float64) bool { return geoGT(a[2], b[0]) },
		"&<":  func(a, b []float64) bool { return geoLE(a[0], b[0]) },
		"&>":  func(a, b []float64) bool { return geoGE(a[2], b[2]) },
		"<<|": func(a, b []float64) bool { return geoLT(a[1], b[3]) },
		"|>>": func(a, b []float64) bool { return geoGT(a[3], b[1]) },
		"&<|": func(a, b []float64) bool { return geoLE(a[1], b[1]) },
		"|&>": func(a, b []float64) bool { return geoGE(a[3], b[3]) },
		"&&":  overlap,
		"@>":  holds,
		"<@":  func(a, b []float64) bool { return holds(b, a) },
		"~=":  func(a, b []float64) bool { return samePoint(a[:2], b[:2]) && samePoint(a[2:], b[2:]) },
		"=":   func(a, b []float64) bool { return types.GeoEqual(boxArea(a), boxArea(b)) },
		"<":   func(a, b []float64) bool { return geoLT(boxArea(a), boxArea(b)) },
		">":   func(a, b []float64) bool { return geoGT(boxArea(a), boxArea(b)) },
		"<=":  func(a, b []float64) bool { return geoLE(boxArea(a), boxArea(b)) },
		">=":  func(a, b []float64) bool { return geoGE(boxArea(a), boxArea(b)) },
	})
	op("@>", tBox, tPoint, tBool, geoTest(func(r row) bool { x, y := r.xy(1); return boxHas(r.geo(0), x, y) }))
	op("<@", tPoint, tBox, tBool, geoTest(func(r row) bool { x, y := r.xy(0); return boxHas(r.geo(1), x, y) }))
	op("#", tBox, tBox, tBox, rows(tBox, func(r row) (vec.Datum, error) {
		a, b := r.geo(0), r.geo(1)
		if !overlap(a, b) {
			return null, nil
		}
		return dGeo(tBox, min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])), nil
	}))
	def("bound_box", ts{tBox, tBox}, tBox, geoValue(tBox, func(r row) []float64 {
		a, b := r.geo(0), r.geo(1)
		return []float64{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])}
	}))
	def("area", ts{tBox}, tF8, geoNumber(func(r row) float64 { return boxArea(r.geo(0)) }))
	def("width", ts{tBox}, tF8, geoNumber(func(r row) float64 { f := r.geo(0); return f[0] - f[2] }))
	def("height", ts{tBox}, tF8, geoNumber(func(r row) float64 { f := r.geo(0); return f[1] - f[3] }))
	def("diagonal", ts{tBox}, tLSeg, geoValue(tLSeg, func(r row) []float64 { return r.geo(0) }))
	middle := geoValue(tPoint, func(r row) []float64 { return boxCenter(r.geo(0)) })
	prefix("@@", tBox, tPoint, middle)
	def("center", ts{tBox}, tPoint, middle)
	op("<->", tBox, tBox, tF8, geoNumber(func(r row) float64 {
		a, b := boxCenter(r.geo(0)), boxCenter(r.geo(1))
		return hypot(a[0]-b[0], a[1]-b[1])
	}))
}

// boxCenter is the middle of two points.
func boxCenter(f []float64) []float64 { return []float64{(f[0] + f[2]) / 2, (f[1] + f[3]) / 2} }

func circles() {
	def("circle", ts{tPoint, tF8}, tCircle, geoValue(tCircle, func(r row) []float64 { return append(r.geo(0), r.f(1)) }))
	area := func(c []float64) float64 { return float64(c[2]*c[2]) * math.Pi }
	dist := func(a, b []float64) float64 { return hypot(a[0]-b[0], a[1]-b[1]) }
	holds := func(a, b []float64) bool { return geoLE(dist(a, b), a[2]-b[2]) }
	pairTests(tCircle, map[string]func(a, b []float64) bool{
		"&&":  func(a, b []float64) bool { return geoLE(dist(a, b), a[2]+b[2]) },
		"@>":  holds,
		"<@":  func(a, b []float64) bool { return holds(b, a) },
		"<<":  func(a, b []float64) bool { return geoLT(a[0]+a[2], b[0]-b[2]) },
		">>":  func(a, b []float64) bool { return geoGT(a[0]-a[2], b[0]+b[2]) },
		"<<|": func(a, b []float64) bool { return geoLT(a[1]+a[2], b[1]-b[2]) },
		"|>>": func(a, b []float64) bool { return geoGT(a[1]-a[2], b[1]+b[2]) },
		"~=": func(a, b []float64) bool {
			return (a[2] != a[2] && b[2] != b[2] || types.GeoEqual(a[2], b[2])) && samePoint(a, b)
		},
		"=":  func(a, b []float64) bool { return types.GeoEqual(area(a), area(b)) },
		"<>": func(a, b []float64) bool { return !types.GeoEqual(area(a), area(b)) },
		"<":  func(a, b []float64) bool { return geoLT(area(a), area(b)) },
		">":  func(a, b []float64) bool { return geoGT(area(a), area(b)) },
		"<=": func(a, b []float64) bool { return geoLE(area(a), area(b)) },
		">=": func(a, b []float64) bool { return geoGE(area(a), area(b)) },
	})
	op("@>", tCircle, tPoint, tBool, geoTest(func(r row) bool { c := r.geo(0); return dist(c, r.geo(1)) <= c[2] }))
	op("<@", tPoint, tCircle, tBool, geoTest(func(r row) bool { c := r.geo(1); return dist(c, r.geo(0)) <= c[2] }))
	op("<->", tCircle, tCircle, tF8, geoNumber(func(r row) float64 {
		a, b := r.geo(0), r.geo(1)
		return max(0, dist(a, b)-(a[2]+b[2]))
	}))
	op("<->", tCircle, tPoint, tF8, geoNumber(func(r row) float64 { c := r.geo(0); return max(0, dist(c, r.geo(1))-c[2]) }))
	op("<->", tPoint, tCircle, tF8, geoNumber(func(r row) float64 { c := r.geo(1); return max(0, dist(c, r.geo(0))-c[2]) }))
	def("area", ts{tCircle}, tF8, geoNumber(func(r row) float64 { return area(r.geo(0)) }))
	def("radius", ts{tCircle}, tF8, geoNumber(func(r row) float64 { return r.geo(0)[2] }))
	def("diameter", ts{tCircle}, tF8, geoNumber(func(r row) float64 { return 2 * r.geo(0)[2] }))
	middle := geoValue(tPoint, func(r row) []float64 { return r.geo(0)[:2] })
	prefix("@@", tCircle, tPoint, middle)
	def("center", ts{tCircle}, tPoint, middle)
}

func segments() {
	def("lseg", ts{tPoint, tPoint}, tLSeg, geoValue(tLSeg, func(r row) []float64 { return append(r.geo(0), r.geo(1)...) }))
	same := func(a, b []float64) bool { return samePoint(a[:2], b[:2]) && samePoint(a[2:], b[2:]) }
	pairTests(tLSeg, map[string]func(a, b []float64) bool{"=": same, "<>": func(a, b []float64) bool { return !same(a, b) }})
	length := geoNumber(func(r row) float64 { f := r.geo(0); return hypot(f[0]-f[2], f[1]-f[3]) })
	prefix("@-@", tLSeg, tF8, length)
	def("length", ts{tLSeg}, tF8, length)
	prefix("@@", tLSeg, tPoint, geoValue(tPoint, func(r row) []float64 { return boxCenter(r.geo(0)) }))
	vertical := geoTest(func(r row) bool { f := r.geo(0); return types.GeoEqual(f[0], f[2]) })
	prefix("?|", tLSeg, tBool, vertical)
	def("isvertical", ts{tLSeg}, tBool, vertical)
	flat := geoTest(func(r row) bool { f := r.geo(0); return types.GeoEqual(f[1], f[3]) })
	prefix("?-", tLSeg, tBool, flat)
	def("ishorizontal", ts{tLSeg}, tBool, flat)
}

func paths() {
	def("isopen", ts{tGeoPath}, tBool, geoTest(func(r row) bool { return !types.PathClosed(r.s(0)) }))
	def("isclosed", ts{tGeoPath}, tBool, geoTest(func(r row) bool { return types.PathClosed(r.s(0)) }))
	for name, closed := range map[string]bool{"popen": false, "pclose": true} {
		def(name, ts{tGeoPath}, tGeoPath, rows(tGeoPath, func(r row) (vec.Datum, error) { return dS(types.PackGeo(types.GeoPath, r.geo(0), closed)), nil }))
	}
	for _, t := range []types.Type{tGeoPath, tPolygon} {
		count := rows(tI4, func(r row) (vec.Datum, error) { return dI(int64(len(r.geo(0)) / 2)), nil })
		prefix("#", t, tI4, count)
		def("npoints", ts{t}, tI4, count)
	}
	length := geoNumber(func(r row) float64 {
		f, sum := r.geo(0), 0.0
		for i := 0; i+1 < len(f); i += 2 {
			j := i - 2
			if i == 0 {
				if !types.PathClosed(r.s(0)) {
					continue
				}
				j = len(f) - 2
			}
			sum += hypot(f[j]-f[i], f[j+1]-f[i+1])
		}
		return sum
	})
	prefix("@-@", tGeoPath, tF8, length)
	def("length", ts{tGeoPath}, tF8, length)
}

// geoCasts registers the conversions between geometric types.
func geoCasts() {
	convert := func(from, to types.Type, how CastKind, f func(f []float64) []float64) {
		i := geoValue(to, func(r row) []float64 { return f(r.geo(0)) })
		cast(from, to, how, i)
		def(to.PGName(), ts{from}, to, i)
	}
	all := func(f []float64) []float64 { return f }
	convert(tPoint, tBox, CastAssign, func(f []float64) []float64 { return []float64{f[0], f[1], f[0], f[1]} })
	convert(tLSeg, tPoint, CastExplicit, boxCenter)
	convert(tBox, tPoint, CastExplicit, boxCenter)
	convert(tBox, tLSeg, CastExplicit, all)
	convert(tBox, tPolygon, CastAssign, func(f []float64) []float64 {
		return []float64{f[2], f[3], f[2], f[1], f[0], f[1], f[0], f[3]}
	})
	convert(tBox, tCircle, CastExplicit, func(f []float64) []float64 {
		c := boxCenter(f)
		return append(c, hypot(c[0]-f[0], c[1]-f[1]))
	})
	convert(tPolygon, tGeoPath, CastAssign, all)
	cast(tGeoPath, tPolygon, CastAssign, polygonOfPath)
	def("polygon", ts{tGeoPath}, tPolygon, polygonOfPath)
	convert(tPolygon, tBox, CastExplicit, func(f []float64) []float64 {
		if len(f) < 2 {
			f = make([]float64, 2)
		}
		b := []float64{f[0], f[1], f[0], f[1]}
		for i := 0; i+1 < len(f); i += 2 {
			b = []float64{max(b[0], f[i]), max(b[1], f[i+1]), min(b[2], f[i]), min(b[3], f[i+1])}
		}
		return b
	})
	convert(tCircle, tPoint, CastExplicit, func(f []float64) []float64 { return f[:2] })
	convert(tCircle, tBox, CastExplicit, func(f []float64) []float64 {
		d := f[2] / math.Sqrt2
		return []float64{f[0] + d, f[1] + d, f[0] - d, f[1] - d}
	})
}

// polygonOfPath makes a polygon of a closed path.
var polygonOfPath = rows(tPolygon, func(r row) (vec.Datum, error) {
	if !types.PathClosed(r.s(0)) {
		return null, sqlerr.New(pgerrcode.InvalidParameterValue, "open path cannot be converted to polygon")
	}
	return dGeo(tPolygon, r.geo(0)...), nil
})

// PointSubscript is point[0] and point[1]. The binder calls it.
var PointSubscript = &Func{Name: "[]", Args: ts{tPoint, tI4}, Ret: tF8, Strict: true,
	Impl: rows(tF8, func(r row) (vec.Datum, error) {
		i := r.int(1)
		if i != 0 && i != 1 {
			return null, nil
		}
		return dF(r.geo(0)[i]), nil
	})}
