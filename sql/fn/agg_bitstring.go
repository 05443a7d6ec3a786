package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// bitStringAcc is bit_and, bit_or and bit_xor of bit strings.
type bitStringAcc struct {
	f    func(a, b string) (string, error)
	ret  types.Type
	seen []bool
	x    []string
	size int64
}

func (a *bitStringAcc) fit(n int) { a.seen, a.x = grow(a.seen, n), grow(a.x, n) }

func (a *bitStringAcc) put(g uint32, x string) error {
	if !a.seen[g] {
		a.seen[g], a.x[g] = true, x
		a.size += int64(len(x))
		return nil
	}
	var err error
	a.x[g], err = a.f(a.x[g], x)
	return err
}

func (a *bitStringAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		if err := a.put(groupOf(groups, i), v.Str[i&m]); err != nil {
			return err
		}
	}
	return nil
}

func (a *bitStringAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	s := src.(*bitStringAcc)
	for g, ok := range s.seen {
		if ok && g < len(remap) {
			if err := a.put(remap[g], s.x[g]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *bitStringAcc) Result(ngroups int) (*vec.Vector, error) {
	a.fit(max(ngroups, 1))
	v := vec.New(a.ret, ngroups)
	for g := range v.Str {
		if v.Str[g] = a.x[g]; !a.seen[g] {
			v.SetNull(g)
		}
	}
	return v, nil
}

func (a *bitStringAcc) Bytes() int64 { return a.size + int64(cap(a.x))*17 }
