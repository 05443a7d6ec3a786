package demodata

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"
)

func TestRowsAreWholeAndRepeatable(t *testing.T) {
	g := New(1)
	all := g.AppendRows(nil, 0, 5000)
	again := New(1).AppendRows(New(1).AppendRows(nil, 0, 1234), 1234, 5000)
	if !bytes.Equal(all, again) {
		t.Fatal("rows depend on more than seed and number")
	}
	recs, err := csv.NewReader(bytes.NewReader(all)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(recs) != 5000 || len(recs[0]) != len(Columns) {
		t.Fatalf("%d rows of %d columns", len(recs), len(recs[0]))
	}
	for i := 1; i < 5000; i++ {
		if g.UserID(i) <= g.UserID(i-1) {
			t.Fatalf("ids not ascending at row %d", i)
		}
	}
}

func TestDate(t *testing.T) {
	for _, d := range []int{0, 59, 60, 365, 8000, today} {
		want := time.Date(2000, 1, 1+d, 0, 0, 0, 0, time.UTC).Format("2006-01-02")
		if got := string(appendDate(nil, d)); got != want {
			t.Errorf("day %d: %s, want %s", d, got, want)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	g := New(1)
	var buf []byte
	for b.Loop() {
		buf = g.AppendRows(buf[:0], 0, 10000)
	}
	b.SetBytes(int64(len(buf)))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/row")
}
