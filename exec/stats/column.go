package stats

import (
	"math"
	"sort"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// Column is what ANALYZE has found about a column: a row of pg_statistic, apart from
// its operators and its collation, which follow from the type.
type Column struct {
	ID       uint32 // of the column in its table
	Type     uint32 // its OID; what is said of another type is void
	NullFrac float32
	Width    int32 // the mean of the values that are not NULL, in bytes
	Distinct float32
	Slots    []Slot
}

// Slot is one kind of statistics (STATISTIC_KIND_... of pg_statistic.h). Values are
// the elements' texts, nil for none.
type Slot struct {
	Kind    int16
	Numbers []float32
	Values  []string
}

// The kinds of slots.
const (
	KindMCV         = 1 // the most common values with their frequencies
	KindHistogram   = 2 // bounds of parts with equally many of the other values
	KindCorrelation = 3 // between the order of the values and that of the rows
	KindElements    = 4 // the most common elements of arrays
	KindCounts      = 5 // a histogram of the numbers of different elements
)

// wide is the width from which values are not kept (WIDTH_THRESHOLD).
const wide = 1024

// Run is a value with the number of rows that have it.
type Run struct {
	V     vec.Datum
	Count int
}

// Sample is what was read of a column.
type Sample struct {
	Type   types.Type
	Runs   []Run // ascending, without NULLs and values that are too wide
	Nulls  int
	Wide   int // values that are too wide
	Bytes  int // of all values that are not NULL
	Rows   int // that were read
	Table  float64
	Target int // default_statistics_target
	// Correlation is of the values that Runs stand for; NaN if there are too few.
	Correlation float64
}

// RunsOf sorts the values of a vector, whose order is that of the rows; width is the
// stored size of value i.
func RunsOf(v *vec.Vector, target int, table float64, width func(i int) int) *Sample {
	s := &Sample{Type: v.Type, Rows: v.N, Table: table, Target: target, Correlation: math.NaN()}
	type item struct {
		d  vec.Datum
		no int
	}
	list := make([]item, 0, v.N)
	for i := range v.N {
		d := v.Get(i)
		if d.Null {
			s.Nulls++
			continue
		}
		n := width(i)
		if s.Bytes += n; v.Type.Len() < 0 && n > wide {
			s.Wide++
			continue
		}
		list = append(list, item{d, len(list)})
	}
	sort.SliceStable(list, func(i, j int) bool { return vec.Compare(v.Type, list[i].d, list[j].d) < 0 })
	sum := 0.0
	for i, x := range list {
		sum += float64(i) * float64(x.no)
		if n := len(s.Runs); n > 0 && vec.Compare(v.Type, s.Runs[n-1].V, x.d) == 0 {
			s.Runs[n-1].Count++
		} else {
			s.Runs = append(s.Runs, Run{x.d, 1})
		}
	}
	if n := float64(len(list)); n > 1 {
		x, x2 := n*(n-1)/2, n*(n-1)*(2*n-1)/6
		s.Correlation = (n*sum - x*x) / (n*x2 - x*x)
	}
	return s
}

// Column is compute_scalar_stats of PostgreSQL's analyze.c; nil if no row was read.
func (s *Sample) Column() *Column {
	if s.Rows == 0 {
		return nil
	}
	c := &Column{Type: s.Type.OID()}
	if s.Nulls == s.Rows {
		c.NullFrac = 1
		c.Width = max(0, int32(s.Type.Len()))
		return c
	}
	c.NullFrac = float32(float64(s.Nulls) / float64(s.Rows))
	if c.Width = int32(s.Type.Len()); c.Width < 0 {
		c.Width = int32(float64(s.Bytes) / float64(s.Rows-s.Nulls))
	}
	if len(s.Runs) == 0 {
		c.Distinct = float32(-1 * (1 - float64(c.NullFrac)))
		return c
	}
	c.Distinct = s.distinct(c.NullFrac)
	common, all := s.common(c)
	if len(common) > 0 {
		slot := Slot{Kind: KindMCV}
		for _, i := range common {
			slot.Values = append(slot.Values, s.text(s.Runs[i].V))
			slot.Numbers = append(slot.Numbers, float32(float64(s.Runs[i].Count)/float64(s.Rows)))
		}
		c.Slots = append(c.Slots, slot)
	}
	if bounds := s.histogram(common); !all && bounds != nil {
		c.Slots = append(c.Slots, Slot{Kind: KindHistogram, Values: bounds})
	}
	if !math.IsNaN(s.Correlation) {
		c.Slots = append(c.Slots, Slot{Kind: KindCorrelation, Numbers: []float32{float32(s.Correlation)}})
	}
	return c
}

// text is a value as pg_stats shows it.
func (s *Sample) text(d vec.Datum) string {
	return string(vec.AppendDatumText(nil, s.Type, d, types.ISO))
}

// multiple is how many of the values are there more than once.
func (s *Sample) multiple() int {
	n := 0
	for _, r := range s.Runs {
		if r.Count > 1 {
			n++
		}
	}
	return n
}

// distinct estimates the number of different values, below 0 as a part of the rows
// (Haas and Stokes; analyze.c).
func (s *Sample) distinct(nullFrac float32) float32 {
	nmultiple, ndistinct := s.multiple(), len(s.Runs)
	var d float32
	switch {
	case nmultiple == 0:
		return float32(-1 * (1 - float64(nullFrac)))
	case s.Wide == 0 && nmultiple == ndistinct:
		d = float32(ndistinct)
	default:
		f1 := float64(ndistinct - nmultiple + s.Wide)
		found := f1 + float64(nmultiple)
		n := float64(s.Rows - s.Nulls)
		N := s.Table * (1 - float64(nullFrac))
		est := 0.0
		if N > 0 {
			est = n * found / ((n - f1) + f1*n/N)
		}
		est = min(max(est, found), N)
		d = float32(math.Floor(est + 0.5))
	}
	if float64(d) > 0.1*s.Table {
		d = float32(-(float64(d) / s.Table))
	}
	return d
}

// common are the positions of the runs that count as the most common ones, the most
// frequent first; all tells that there are no other values.
func (s *Sample) common(c *Column) (list []int, all bool) {
	for i, r := range s.Runs {
		if r.Count > 1 {
			list = append(list, i)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return s.Runs[list[i]].Count > s.Runs[list[j]].Count })
	list = list[:min(len(list), s.Target)]
	if len(list) == len(s.Runs) && s.Wide == 0 && c.Distinct > 0 {
		return list, true
	}
	return list[:s.keep(list, c)], false
}

// keep is analyze_mcv_list: how many values are clearly more frequent than the
// others.
func (s *Sample) keep(list []int, c *Column) int {
	num := len(list)
	if float64(s.Rows) == s.Table || s.Table <= 1 || num == 0 {
		return num
	}
	n, N := float64(s.Rows), s.Table
	ndistinct := float64(c.Distinct)
	if ndistinct < 0 {
		ndistinct *= -N
	}
	sum := 0.0
	for _, i := range list[:num-1] {
		sum += float64(s.Runs[i].Count)
	}
	for num > 0 {
		selec := min(1, max(0, 1-sum/n-float64(c.NullFrac)))
		if other := ndistinct - float64(num-1); other > 1 {
			selec /= other
		}
		count := float64(s.Runs[list[num-1]].Count)
		K := N * count / n
		variance := n * K * (N - K) * (N - n) / (N * N * (N - 1))
		if count > selec*n+2*math.Sqrt(variance)+0.5 {
			break
		}
		if num--; num > 0 {
			sum -= float64(s.Runs[list[num-1]].Count)
		}
	}
	return num
}

// histogram are the bounds of the values that are not among the common ones, nil if
// there are less than two of them.
func (s *Sample) histogram(common []int) []string {
	left := len(s.Runs) - len(common)
	if left > s.Target {
		left = s.Target + 1
	}
	if left < 2 {
		return nil
	}
	skip := map[int]bool{}
	for _, i := range common {
		skip[i] = true
	}
	var runs []Run
	n := 0
	for i, r := range s.Runs {
		if !skip[i] {
			runs = append(runs, r)
			n += r.Count
		}
	}
	delta, frac := (n-1)/(left-1), (n-1)%(left-1)
	pos, posFrac := 0, 0
	var out []string
	at, end := 0, runs[0].Count // the run that position pos is in, and where it ends
	for range left {
		for pos >= end {
			at++
			end += runs[at].Count
		}
		out = append(out, s.text(runs[at].V))
		pos += delta
		if posFrac += frac; posFrac >= left-1 {
			pos++
			posFrac -= left - 1
		}
	}
	return out
}
