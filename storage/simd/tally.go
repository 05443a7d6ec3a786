package simd

// TallyCells is the number of cells that a Tally counts.
const TallyCells = 1024

// Tally is a histogram of small numbers in four tables, each of which counts a
// quarter of them: to add to a cell twice in a row is to wait for the store
// before. The zero value is empty; it counts up to 2^32-1 rows between flushes.
type Tally struct{ tables [4][TallyCells]uint32 }

// Add counts numbers, all below TallyCells.
func (t *Tally) Add(idx []uint16) {
	const last = TallyCells - 1
	for ; len(idx) >= 4; idx = idx[4:] {
		t.tables[0][idx[0]&last]++
		t.tables[1][idx[1]&last]++
		t.tables[2][idx[2]&last]++
		t.tables[3][idx[3]&last]++
	}
	for _, c := range idx {
		t.tables[0][c&last]++
	}
}

// Flush adds what has been counted to counts and empties t. Cells behind the end
// of counts have not been counted.
func (t *Tally) Flush(counts []int64) {
	for i := range counts[:min(len(counts), TallyCells)] {
		counts[i] += int64(t.tables[0][i]) + int64(t.tables[1][i]) + int64(t.tables[2][i]) + int64(t.tables[3][i])
	}
	t.tables = [4][TallyCells]uint32{}
}
