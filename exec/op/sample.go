package op

import (
	"context"
	"math"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// sample keeps rows whose place, or the run of rows that it lies in, hashes
// below a bound.
type sample struct {
	in    Cursor
	run   int64 // rows that are chosen together
	bound uint64
	seed  uint64
	place int64
}

// sampleRun is how many rows SYSTEM chooses together.
const sampleRun = 1024

func newSample(q *Query, in Cursor, n *plan.Sample) (Cursor, error) {
	s := &sample{in: in, run: 1}
	if n.System {
		s.run = sampleRun
	}
	d, err := kernel.EvalDatum(q.Fn, n.Percent)
	if err != nil {
		return nil, err
	}
	if d.Null {
		return nil, sqlerr.New(pgerrcode.InvalidTablesampleArgument, "TABLESAMPLE parameter cannot be null")
	}
	if !(d.F >= 0 && d.F <= 100) {
		return nil, sqlerr.New(pgerrcode.InvalidTablesampleArgument, "sample percentage must be between 0 and 100")
	}
	s.bound = uint64(math.RoundToEven((1 << 32) * d.F / 100))
	if n.Seed == nil {
		if q.Fn.Random != nil {
			s.seed = math.Float64bits(q.Fn.Random())
		}
		return s, nil
	}
	if d, err = kernel.EvalDatum(q.Fn, n.Seed); err != nil {
		return nil, err
	}
	if d.Null {
		return nil, sqlerr.New(pgerrcode.InvalidTablesampleRepeat, "TABLESAMPLE REPEATABLE parameter cannot be null")
	}
	s.seed = math.Float64bits(d.F)
	return s, nil
}

// chosen hashes a run's number with the seed (splitmix64); the same seed chooses
// the same rows in every process.
func (s *sample) chosen(run int64) bool {
	x := s.seed + uint64(run+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return x>>32 < s.bound
}

func (s *sample) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		b, err := s.in.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		var idx []int32
		for i := range b.N {
			if s.chosen((s.place + int64(i)) / s.run) {
				idx = append(idx, int32(i))
			}
		}
		s.place += int64(b.N)
		if len(idx) == b.N {
			return b, nil
		}
		if len(idx) > 0 {
			return gather(b, idx), nil
		}
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
	}
}

func (s *sample) Close() { s.in.Close() }
