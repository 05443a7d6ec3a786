package demodata

import (
	"math"
	"strconv"
)

// rng is splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, 2014).
type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is uniform in [0, 1).
func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// norm is nearly normal: the sum of twelve 16-bit uniforms, centred.
func (r *rng) norm() float64 {
	sum := 0.0
	for range 3 {
		x := r.next()
		sum += float64(x&0xffff) + float64(x>>16&0xffff) + float64(x>>32&0xffff) + float64(x>>48)
	}
	return sum/65536 - 6
}

// skew picks in [0, n), small numbers more often.
func skew(r *rng, n int) int { return int(math.Pow(r.float(), 1.7) * float64(n)) }

// picker draws an index by weight: Walker's alias method.
type picker struct {
	cut   []float64
	alias []int
}

func newPicker(w []float64) picker {
	n := len(w)
	p := picker{make([]float64, n), make([]int, n)}
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	var small, large []int
	for i, x := range w {
		p.cut[i] = x * float64(n) / sum
		if p.cut[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		p.alias[s] = l
		p.cut[l] -= 1 - p.cut[s]
		if p.cut[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		p.cut[i] = 1
	}
	return p
}

func (p *picker) pick(r *rng) int {
	x := r.float() * float64(len(p.cut))
	i := int(x)
	if x-float64(i) < p.cut[i] {
		return i
	}
	return p.alias[i]
}

func zipf(n int, s float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1 / math.Pow(float64(i+2), s)
	}
	return w
}

// appendDate writes days since 2000-01-01 as YYYY-MM-DD (Hinnant's civil_from_days).
func appendDate(dst []byte, days int) []byte {
	z := days + 730425 // from 0000-03-01
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d, m, y := doy-(153*mp+2)/5+1, mp+3, yoe+era*400
	if m > 12 {
		m, y = m-12, y+1
	}
	dst = appendPadded(dst, int64(y), 4)
	dst = append(dst, '-')
	dst = appendPadded(dst, int64(m), 2)
	dst = append(dst, '-')
	return appendPadded(dst, int64(d), 2)
}

func appendClock(dst []byte, r *rng) []byte {
	s := int64(r.next() % 86400)
	dst = append(dst, ' ')
	dst = appendPadded(dst, s/3600, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, s/60%60, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, s%60, 2)
	return append(dst, "+08"...)
}

func appendCents(dst []byte, cents int64) []byte {
	dst = strconv.AppendInt(dst, cents/100, 10)
	dst = append(dst, '.')
	return appendPadded(dst, cents%100, 2)
}

func appendPadded(dst []byte, v int64, width int) []byte {
	for w, lim := 1, int64(10); w < width; w, lim = w+1, lim*10 {
		if v < lim {
			dst = append(dst, '0')
		}
	}
	return strconv.AppendInt(dst, v, 10)
}
