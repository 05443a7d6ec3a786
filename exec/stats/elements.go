package stats

import (
	"sort"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// wideArray is the width from which arrays are left out (ARRAY_WIDTH_THRESHOLD).
const wideArray = 0x10000

// element is an element with the number of arrays that have it.
type element struct {
	v    vec.Datum
	freq int
	last int // the array in which it was seen last
}

// Elements are the slots of compute_array_stats of PostgreSQL's array_typanalyze.c
// about the elements of arrays. All elements are counted, which in PostgreSQL is so
// up to about 140,000 of them.
func Elements(v *vec.Vector, target int, width func(i int) int) []Slot {
	elem := v.Type.Elem()
	key := func(d vec.Datum) string { return string(vec.AppendDatumText(nil, elem, d, types.ISO)) }
	found := map[string]*element{}
	sizes := map[int]int{} // by the number of different elements
	arrays, withNull, total := 0, 0, 0
	for i := range v.N {
		d := v.Get(i)
		if d.Null || width(i) > wideArray {
			continue
		}
		arrays++
		hasNull, different := false, 0
		for j := range lengthOf(d.A) {
			x := d.A.Get(j)
			if x.Null {
				hasNull = true
				continue
			}
			k := key(x)
			e := found[k]
			if e == nil {
				e = &element{v: x}
				found[k] = e
			}
			if e.last != arrays {
				e.last = arrays
				e.freq++
				different++
			}
		}
		if hasNull {
			withNull++
		}
		total += different
		sizes[different]++
	}
	if arrays == 0 {
		return nil
	}
	var slots []Slot
	if s, ok := frequent(elem, found, target*10, arrays, withNull); ok {
		slots = append(slots, s)
	}
	return append(slots, countHistogram(sizes, target, arrays, total))
}

func lengthOf(a *vec.Vector) int {
	if a == nil {
		return 0
	}
	return a.N
}

// frequent is the slot of the most common elements, in their own order, with the
// least and the greatest frequency and that of arrays with NULLs at the end.
func frequent(elem types.Type, found map[string]*element, limit, arrays, withNull int) (Slot, bool) {
	list := make([]*element, 0, len(found))
	for _, e := range found {
		list = append(list, e)
	}
	if len(list) == 0 {
		return Slot{}, false
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].freq != list[j].freq {
			return list[i].freq > list[j].freq
		}
		return vec.Compare(elem, list[i].v, list[j].v) < 0
	})
	most := list[0].freq
	list = list[:min(len(list), limit)]
	least := list[len(list)-1].freq
	sort.Slice(list, func(i, j int) bool { return vec.Compare(elem, list[i].v, list[j].v) < 0 })
	s := Slot{Kind: KindElements}
	part := func(n int) { s.Numbers = append(s.Numbers, float32(float64(n)/float64(arrays))) }
	for _, e := range list {
		s.Values = append(s.Values, string(vec.AppendDatumText(nil, elem, e.v, types.ISO)))
		part(e.freq)
	}
	part(least)
	part(most)
	part(withNull)
	return s, true
}

// countHistogram is the slot of the numbers of different elements, with their mean
// at the end.
func countHistogram(sizes map[int]int, target, arrays, total int) Slot {
	counts := make([]int, 0, len(sizes))
	for n := range sizes {
		counts = append(counts, n)
	}
	sort.Ints(counts)
	num := max(2, target)
	delta := arrays - 1
	j, frac := 0, sizes[counts[0]]*(num-1)
	s := Slot{Kind: KindCounts}
	for range num {
		for frac <= 0 && j < len(counts)-1 {
			j++
			frac += sizes[counts[j]] * (num - 1)
		}
		s.Numbers = append(s.Numbers, float32(counts[j]))
		frac -= delta
	}
	s.Numbers = append(s.Numbers, float32(float64(total)/float64(arrays)))
	return s
}
