package fn

import (
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// Collation is an order of text other than that of bytes, from Unicode's
// collation algorithm with the rules of a language. Texts that it does not tell
// apart are ordered by their bytes, so equality is the same under all of them.
type Collation struct {
	Name string
	tag  language.Tag
	pool sync.Pool // of *sorter
	// key and mark are functions, made once so that equal calls compare equal.
	key, mark *Func
	variants  sync.Map // *Func or *Agg -> the same under this collation
}

type sorter struct {
	c   *collate.Collator
	buf collate.Buffer
	zh  *pinyin // nil: another language
}

// byPinyin tells the Chinese locales whose order is pinyin's: not those of
// traditional script, which count strokes.
func byPinyin(tag language.Tag) bool {
	script, _ := tag.Script()
	return script.String() != "Hant"
}

var collations sync.Map // name -> *Collation

// FindCollation finds a collation by its name in pg_collation. A nil Collation
// with ok is the order of bytes ("C", "POSIX", "ucs_basic", "default").
func FindCollation(name string) (c *Collation, ok bool) {
	switch name {
	case "C", "POSIX", "ucs_basic", "default", "C.utf8":
		return nil, true
	}
	if c, ok := collations.Load(name); ok {
		return c.(*Collation), true
	}
	base, ok := strings.CutSuffix(name, "-x-icu")
	if !ok || !icuLocales[base] {
		return nil, false
	}
	tag, err := language.Parse(base)
	if err != nil {
		return nil, false
	}
	c = &Collation{Name: name, tag: tag}
	c.pool.New = func() any {
		s := &sorter{c: collate.New(tag)}
		if lang, _ := tag.Base(); lang.String() == "zh" && byPinyin(tag) {
			s.zh = zhOrder()
		}
		return s
	}
	c.key = &Func{Name: "collation key " + types.QuoteIdent(name), Args: ts{tText}, Ret: tBytea, Strict: true, Impl: c.keys}
	c.mark = &Func{Name: "collate " + types.QuoteIdent(name), Args: ts{tText}, Ret: tText, Strict: true, Impl: identity, Collation: c, Collate: name}
	got, _ := collations.LoadOrStore(name, c)
	return got.(*Collation), true
}

// Mark is the function that stands for COLLATE in a plan; it returns its
// argument.
func (c *Collation) Mark() *Func { return c.mark }

// Key is a function from text to bytes that are ordered as the collation orders
// the texts.
func (c *Collation) Key() *Func { return c.key }

func (c *Collation) keys(ctx *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
	m := span(args, n)
	out := vec.New(tBytea, m)
	out.Nulls = StrictNulls(args, m)
	s := c.pool.Get().(*sorter)
	defer c.pool.Put(s)
	for i := range out.Str {
		if !bit(out.Nulls, i) {
			out.Str[i] = s.key(args[0].Str[i])
		}
		if i&1023 == 0 {
			if err := ctx.canceled(); err != nil {
				return nil, err
			}
		}
	}
	return finish(out, m, n), nil
}

// key is a text's key: that of the rules, with 0 bytes escaped and an end that
// sorts before all else, and then the text.
func (s *sorter) key(text string) string {
	s.buf.Reset()
	k := s.c.KeyFromString(&s.buf, text)
	if s.zh != nil {
		k = s.zh.key(k)
	}
	var b strings.Builder
	for _, x := range k {
		b.WriteByte(x)
		if x == 0 {
			b.WriteByte(0xff)
		}
	}
	b.WriteString("\x00\x00")
	b.WriteString(text)
	return b.String()
}

// compare orders two texts.
func (c *Collation) compare(a, b string) int {
	s := c.pool.Get().(*sorter)
	defer c.pool.Put(s)
	if s.zh != nil {
		return strings.Compare(s.key(a), s.key(b))
	}
	if r := s.c.CompareString(a, b); r != 0 {
		return r
	}
	return strings.Compare(a, b)
}

// Apply is f under the collation: f itself if that makes no difference.
func (c *Collation) Apply(f *Func) *Func {
	if v, ok := c.variants.Load(f); ok {
		return v.(*Func)
	}
	body := f.Unicode
	if body == nil {
		body = c.body(f)
	}
	if body == nil {
		return f
	}
	g := *f
	g.Name, g.Impl = f.Name+" collate "+types.QuoteIdent(c.Name), body
	v, _ := c.variants.LoadOrStore(f, &g)
	return v.(*Func)
}

// body is the implementation of an operator or function that compares texts.
func (c *Collation) body(f *Func) impl {
	for i, n := range relNames[relLT:] {
		if f.Name == n && len(f.Args) == 2 && f.Args[0].Phys() == types.PhysStr && category(f.Args[0]) == 'S' {
			r := relLT + rel(i)
			return f2(tBool, ok2(func(a, b string) int64 { return b2i(r.holds(c.compare(a, b))) }))
		}
	}
	switch f.Name {
	case "greatest", "least":
		return rowsOf(false, likeArg(0), c.extreme(f.Name == "greatest"))
	}
	return nil
}

func (c *Collation) extreme(greatest bool) func(r row) (vec.Datum, error) {
	return func(r row) (vec.Datum, error) {
		best := -1
		for k := range r.args {
			if r.null(k) {
				continue
			}
			if best < 0 || c.compare(r.s(k), r.s(best)) > 0 == greatest && r.s(k) != r.s(best) {
				best = k
			}
		}
		if best < 0 {
			return null, nil
		}
		return r.get(best), nil
	}
}

// ApplyAgg is an aggregate under the collation: min and max of text change.
func (c *Collation) ApplyAgg(a *Agg) *Agg {
	if a.Name != "min" && a.Name != "max" || len(a.Args) != 1 || category(a.Args[0]) != 'S' {
		return a
	}
	if v, ok := c.variants.Load(a); ok {
		return v.(*Agg)
	}
	g := *a
	g.Name = a.Name + " collate " + types.QuoteIdent(c.Name)
	g.New = func(_ *Ctx, _ []types.Type, ret types.Type) Acc {
		return &extremeAcc{t: ret, max: a.Name == "max", order: c.compare}
	}
	v, _ := c.variants.LoadOrStore(a, &g)
	return v.(*Agg)
}

// Collatable reports whether values of a type have a collation.
func Collatable(t types.Type) bool { return category(t.Elem()) == 'S' }

// byteOrders are the marks of the collations that order by bytes.
var byteOrders sync.Map // name -> *Func

// ByteOrder is the mark of a collation that orders by bytes.
func ByteOrder(name string) *Func {
	if f, ok := byteOrders.Load(name); ok {
		return f.(*Func)
	}
	f, _ := byteOrders.LoadOrStore(name, &Func{Name: "collate " + types.QuoteIdent(name), Args: ts{tText}, Ret: tText, Strict: true, Impl: identity, Collate: name})
	return f.(*Func)
}

// Marked reports whether f stands for COLLATE, and with which collation (nil:
// the order of bytes).
func Marked(f *Func) (c *Collation, name string, ok bool) {
	return f.Collation, f.Collate, f.Collate != ""
}
