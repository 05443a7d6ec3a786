package fn

import (
	"math"

	"tagd/sql/libm"
)

// The trigonometric functions in degrees are exact at the angles where people
// expect it: float.c divides by the values that the library has there.
var (
	sin30     = libm.Sin(toRadians(30))
	lessCos60 = 1 - libm.Cos(toRadians(60))
	asinHalf  = libm.Asin(0.5)
	acosHalf  = libm.Acos(0.5)
	atanOne   = libm.Atan(1)
	tan45     = sinQuarter(45) / cosQuarter(45)
	cot45     = cosQuarter(45) / sinQuarter(45)
)

const radian = 0.0174532925199432957692

// toRadians multiplies in float64: the product of constants would be exact.
func toRadians(x float64) float64 { return x * radian }

func init() {
	float1("sind", finite(func(x float64) float64 {
		x, neg := fold360(x)
		if x > 180 {
			x, neg = 360-x, !neg
		}
		if x > 90 {
			x = 180 - x
		}
		return signed(sinQuarter(x), neg)
	}))
	float1("cosd", finite(func(x float64) float64 {
		x, _ = fold360(x)
		if x > 180 {
			x = 360 - x
		}
		if x > 90 {
			return -cosQuarter(180 - x)
		}
		return cosQuarter(x)
	}))
	float1("tand", finite(func(x float64) float64 {
		return quadrants(x, func(x float64) float64 { return sinQuarter(x) / cosQuarter(x) / tan45 })
	}))
	float1("cotd", finite(func(x float64) float64 {
		return quadrants(x, func(x float64) float64 { return cosQuarter(x) / sinQuarter(x) / cot45 })
	}))
	float1("asind", within(1, func(x float64) float64 {
		if x < 0 {
			return -asinQuarter(-x)
		}
		return asinQuarter(x)
	}))
	float1("acosd", within(1, func(x float64) float64 {
		if x < 0 {
			return 90 + asinQuarter(-x)
		}
		return acosQuarter(x)
	}))
	float1("atand", plain(func(x float64) float64 { return libm.Atan(x) / atanOne * 45 }))
	def("atan2d", ts{tF8, tF8}, tF8, f2(tF8, ok2(func(y, x float64) float64 { return libm.Atan2(y, x) / atanOne * 45 })))
}

// finite refuses infinities; within refuses what lies beyond -lim..lim.
func finite(f func(float64) float64) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		if math.IsInf(x, 0) {
			return 0, errInput()
		}
		return f(x), nil
	}
}

func within(lim float64, f func(float64) float64) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		if x < -lim || x > lim {
			return 0, errInput()
		}
		return f(x), nil
	}
}

func fold360(x float64) (float64, bool) {
	x = math.Mod(x, 360)
	return signed(x, x < 0), x < 0
}

func signed(x float64, neg bool) float64 {
	if neg {
		return -x
	}
	return x
}

// quadrants is tangent and cotangent at any angle by those of the first quarter.
func quadrants(x float64, f func(float64) float64) float64 {
	x, neg := fold360(x)
	if x > 180 {
		x, neg = 360-x, !neg
	}
	if x > 90 {
		x, neg = 180-x, !neg
	}
	return signed(f(x), neg) + 0 // never -0
}

func sinTo30(x float64) float64 { return libm.Sin(toRadians(x)) / sin30 / 2 }
func cosTo60(x float64) float64 { return 1 - (1-libm.Cos(toRadians(x)))/lessCos60/2 }

func sinQuarter(x float64) float64 {
	if x <= 30 {
		return sinTo30(x)
	}
	return cosTo60(90 - x)
}

func cosQuarter(x float64) float64 {
	if x <= 60 {
		return cosTo60(x)
	}
	return sinTo30(90 - x)
}

func asinQuarter(x float64) float64 {
	if x <= 0.5 {
		return libm.Asin(x) / asinHalf * 30
	}
	return 90 - libm.Acos(x)/acosHalf*60
}

func acosQuarter(x float64) float64 {
	if x <= 0.5 {
		return 90 - libm.Asin(x)/asinHalf*30
	}
	return libm.Acos(x) / acosHalf * 60
}
