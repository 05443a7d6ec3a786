package fn

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var oracle = flag.String("oracle", "", "take the answers of the PostgreSQL at this socket directory")

// TestAggregates compares with PostgreSQL's answers. A line is: aggregate,
// direct argument or -, type, values as an array literal, answer; separated by |.
// Every line is computed whole, in two accumulators merged, over a dictionary,
// and as the second of two groups.
func TestAggregates(t *testing.T) {
	data, err := os.ReadFile("testdata/agg.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	for i, l := range lines {
		f := strings.Split(l, "|")
		for len(f) < 5 {
			f = append(f, "")
		}
		if *oracle != "" {
			f[4] = askAgg(f)
			lines[i] = strings.Join(f, "|")
		}
		for form := 0; form < 4; form++ {
			if got := runAgg(t, f, form); got != f[4] {
				t.Errorf("agg.txt:%d: %s: form %d: got %s", i+1, strings.Join(f, "|"), form, got)
			}
		}
	}
	if *oracle != "" {
		if err := os.WriteFile("testdata/agg.txt", []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func askAgg(f []string) string {
	call := f[0] + "(x)"
	switch {
	case f[0] == "string_agg":
		call = "string_agg(x, ',')"
	case f[0] == "mode":
		call = "mode() within group (order by x)"
	case f[1] != "-":
		call = f[0] + "(" + f[1] + ") within group (order by x)"
	}
	q := "select " + call + " from unnest('" + f[3] + "'::" + f[2] + "[]) x"
	cmd := exec.Command("psql", "-h", *oracle, "-U", "postgres", "-XAt", "-v", "VERBOSITY=verbose", "-P", "null=NULL", "-c", q)
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c timezone=UTC")
	out, err := cmd.CombinedOutput()
	s, _, _ := strings.Cut(strings.TrimRight(string(out), "\n"), "\n")
	if err != nil {
		return "ERROR " + strings.TrimPrefix(s, "ERROR:  ")
	}
	return s
}

func runAgg(t *testing.T, f []string, form int) string {
	k, ok := types.TypeNamed(f[2])
	if !ok {
		t.Fatalf("type %s", f[2])
	}
	el := types.Of(k)
	d, err := vec.ParseText(el.ArrayOf(), f[3], types.ISO, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	v := d.A
	if v == nil {
		v = vec.New(el, 0)
	}
	in := []types.Type{el}
	var extra, direct []*vec.Vector
	switch {
	case f[0] == "string_agg":
		extra = []*vec.Vector{vec.NewConst(tText, dS(","), v.N)}
		in = append(in, tText)
	case f[1] != "-":
		ft := tF8
		if strings.HasPrefix(f[1], "array") {
			ft = ft.ArrayOf()
		}
		text := strings.NewReplacer("array[", "{", "]", "}").Replace(f[1])
		fd, err := vec.ParseText(ft, text, types.ISO, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		direct = []*vec.Vector{vec.NewConst(ft, fd, v.N)}
		in = append([]types.Type{ft}, in...)
	}
	a, co, ret, err := ResolveAgg(f[0], in, -1)
	if err != nil {
		t.Fatal(err)
	}
	if f2, _ := FindCast(el, co[len(direct)], CastImplicit); f2 != nil {
		w, err := f2.Impl(&Ctx{}, []*vec.Vector{v}, v.N)
		if err != nil {
			t.Fatal(err)
		}
		c := *w
		c.Nulls = v.Nulls
		v = &c
	}
	r, err := feed(a, co, ret, direct, v, extra, form)
	if err != nil {
		e := sqlerr.From(err)
		return "ERROR " + e.Code + ": " + e.Message
	}
	g := r.N - 1
	if r.IsNull(g) {
		return "NULL"
	}
	return string(r.AppendText(nil, g, types.ISO))
}

func feed(a *Agg, co []types.Type, ret types.Type, direct []*vec.Vector, v *vec.Vector, extra []*vec.Vector, form int) (*vec.Vector, error) {
	args := func(lo, hi int) []*vec.Vector {
		var out []*vec.Vector
		for _, d := range direct {
			out = append(out, d.Slice(lo, hi))
		}
		x := v.Slice(lo, hi)
		if form == 2 {
			codes := make([]uint32, x.N)
			for i := range codes {
				codes[i] = uint32(i)
			}
			x = vec.NewDict(x, codes)
		}
		out = append(out, x)
		for _, e := range extra {
			out = append(out, e.Slice(lo, hi))
		}
		return out
	}
	acc := a.New(&Ctx{}, co, ret)
	n := v.N
	switch form {
	case 1:
		other := a.New(&Ctx{}, co, ret)
		if err := acc.Add(nil, 1, args(0, n/2), n/2); err != nil {
			return nil, err
		}
		if err := other.Add(nil, 1, args(n/2, n), n-n/2); err != nil {
			return nil, err
		}
		if err := acc.Merge(other, []uint32{0}, 1); err != nil {
			return nil, err
		}
	case 3:
		groups := make([]uint32, n)
		for i := range groups {
			groups[i] = 1
		}
		if err := acc.Add(groups, 2, args(0, n), n); err != nil {
			return nil, err
		}
		_ = acc.Bytes()
		return acc.Result(2)
	default:
		if err := acc.Add(nil, 1, args(0, n), n); err != nil {
			return nil, err
		}
	}
	return acc.Result(1)
}
