package engine

import (
	"context"
	"testing"

	"tagd/cmd/demodata"
)

func BenchmarkCopyIn(b *testing.B) {
	g := demodata.New(1)
	const n = 200_000
	var chunks [][]byte
	for i := 0; i < n; i += 4096 {
		chunks = append(chunks, g.AppendRows(nil, i, min(i+4096, n)))
	}
	for b.Loop() {
		e, err := New(openStore(b), Options{})
		if err != nil {
			b.Fatal(err)
		}
		c := newClient(b, e)
		for _, sql := range demodata.CreateTable("tags") {
			c.show(sql, "")
		}
		ctx := context.Background()
		p, err := c.Prepare(ctx, "COPY tags FROM STDIN (FORMAT csv)", nil)
		if err != nil {
			b.Fatal(err)
		}
		res, err := c.Execute(ctx, p, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, ch := range chunks {
			if err := res.CopyData(ctx, ch); err != nil {
				b.Fatal(err)
			}
		}
		if err := res.CopyDone(ctx); err != nil {
			b.Fatal(err)
		}
		if err := c.Sync(ctx, false); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
