package jsonb

import (
	"sort"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Kind is the kind of a Value.
type Kind uint8

// The kinds, in jsonb's order of them (False and True rank together).
const (
	Null Kind = iota
	String
	Number
	False
	True
	Array
	Object
)

// Value is a JSON value. Values are immutable once built and share memory with
// the text that they were parsed from.
type Value struct {
	Kind  Kind
	Str   string
	Num   types.Decimal
	Elems []Value
	Pairs []Pair // ordered by the length of the key, then its bytes; no key twice
	// Src is the text that the value was read from by ParseRaw, "" otherwise; then
	// Pairs are all pairs as they were written.
	Src string
}

// Pair is a key of an object and its value.
type Pair struct {
	Key string
	Val Value
}

// MaxDepth is how deep arrays and objects may be nested.
const MaxDepth = 6000

// The constant values.
var (
	NullValue  = Value{Kind: Null}
	TrueValue  = Value{Kind: True}
	FalseValue = Value{Kind: False}
)

// BoolValue returns true or false.
func BoolValue(b bool) Value {
	if b {
		return TrueValue
	}
	return FalseValue
}

// StringValue returns a string.
func StringValue(s string) Value { return Value{Kind: String, Str: s} }

// NumberValue returns a number; d is finite.
func NumberValue(d types.Decimal) Value { return Value{Kind: Number, Num: d} }

// IsScalar reports whether v is neither array nor object.
func (v *Value) IsScalar() bool { return v.Kind < Array }

// Get returns the value of a key of an object; of a raw one, the last.
func (v *Value) Get(key string) (*Value, bool) {
	if v.Src != "" {
		for i := len(v.Pairs) - 1; i >= 0; i-- {
			if v.Pairs[i].Key == key {
				return &v.Pairs[i].Val, true
			}
		}
		return nil, false
	}
	lo, hi := 0, len(v.Pairs)
	for lo < hi {
		m := (lo + hi) / 2
		if c := compareKeys(v.Pairs[m].Key, key); c == 0 {
			return &v.Pairs[m].Val, true
		} else if c < 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return nil, false
}

func compareKeys(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// ObjectOf makes an object; of pairs with the same key the last counts. It owns
// pairs.
func ObjectOf(pairs []Pair) Value {
	sorted := true
	for i := 1; i < len(pairs) && sorted; i++ {
		sorted = compareKeys(pairs[i-1].Key, pairs[i].Key) < 0
	}
	if !sorted {
		sort.SliceStable(pairs, func(i, j int) bool { return compareKeys(pairs[i].Key, pairs[j].Key) < 0 })
		n := 0
		for i := range pairs {
			if i+1 < len(pairs) && pairs[i].Key == pairs[i+1].Key {
				continue
			}
			pairs[n] = pairs[i]
			n++
		}
		pairs = pairs[:n]
	}
	return Value{Kind: Object, Pairs: pairs}
}

// ArrayOf makes an array; it owns elems.
func ArrayOf(elems []Value) Value { return Value{Kind: Array, Elems: elems} }

// Check reports the error that json_in has for s, nil for JSON.
func Check(s string) error {
	p := parser{lexer: lexer{in: s, line: 1}, check: true}
	_, err := p.document()
	return err
}

// Parse reads a JSON text as jsonb_in does.
func Parse(s string) (Value, error) {
	p := parser{lexer: lexer{in: s, line: 1, unescape: true}}
	return p.document()
}

// ParseRaw reads a value of type json: every part keeps its text.
func ParseRaw(s string) (Value, error) {
	p := parser{lexer: lexer{in: s, line: 1, unescape: true}, raw: true}
	return p.document()
}

// Canonical returns the text of jsonb for a JSON text.
func Canonical(s string) (string, error) {
	v, err := Parse(s)
	if err != nil {
		return "", err
	}
	return v.Text(), nil
}

// parser is pg_parse_json; with check no values are made.
type parser struct {
	lexer
	check bool
	raw   bool
	depth int
	last  int // end of the token before the current one
}

func (p *parser) document() (Value, error) {
	if err := p.next(); err != nil {
		return Value{}, err
	}
	v, err := p.value()
	if err == nil && p.typ != tokEnd {
		err = p.expected("end of input")
	}
	return v, err
}

// value reads a value that begins at the current token.
func (p *parser) value() (Value, error) {
	from := p.start
	v, err := p.anyValue()
	if p.raw && err == nil {
		v.Src = p.in[from:p.last]
	}
	return v, err
}

// next is lexer's, and remembers where the token ended.
func (p *parser) next() error {
	p.last = p.end
	return p.lexer.next()
}

func (p *parser) anyValue() (v Value, err error) {
	switch p.typ {
	case tokObject:
		return p.object()
	case tokArray:
		return p.array()
	case tokString:
		v = Value{Kind: String, Str: p.str}
	case tokNumber:
		if v.Kind = Number; !p.check && !p.raw {
			if v.Num, err = types.ParseDecimal(p.in[p.start:p.end]); err != nil {
				return v, err
			}
		}
	case tokTrue:
		v.Kind = True
	case tokFalse:
		v.Kind = False
	case tokNull:
		v.Kind = Null
	default:
		return v, p.expected("JSON value")
	}
	return v, p.next()
}

func (p *parser) down() error {
	if p.depth++; p.depth > MaxDepth {
		return sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded").
			WithHint("Increase the configuration parameter \"max_stack_depth\" (currently 2048kB), after ensuring the platform's stack depth limit is adequate.")
	}
	return p.next()
}

func (p *parser) object() (Value, error) {
	if err := p.down(); err != nil {
		return Value{}, err
	}
	var pairs []Pair
	switch p.typ {
	case tokString:
		for {
			pair, err := p.pair()
			if err != nil {
				return Value{}, err
			}
			if !p.check {
				pairs = append(pairs, pair)
			}
			if p.typ != tokComma {
				break
			}
			if err := p.next(); err != nil {
				return Value{}, err
			}
		}
	case tokObjectEnd:
	default:
		return Value{}, p.expected("string or \"}\"")
	}
	if p.typ != tokObjectEnd {
		return Value{}, p.expected("\",\" or \"}\"")
	}
	p.depth--
	if p.raw {
		return Value{Kind: Object, Pairs: pairs}, p.next()
	}
	return ObjectOf(pairs), p.next()
}

func (p *parser) pair() (Pair, error) {
	if p.typ != tokString {
		return Pair{}, p.expected("string")
	}
	key := p.str
	if err := p.next(); err != nil {
		return Pair{}, err
	}
	if p.typ != tokColon {
		return Pair{}, p.expected("\":\"")
	}
	if err := p.next(); err != nil {
		return Pair{}, err
	}
	v, err := p.value()
	return Pair{key, v}, err
}

func (p *parser) array() (Value, error) {
	if err := p.down(); err != nil {
		return Value{}, err
	}
	var elems []Value
	for more := p.typ != tokArrayEnd; more; {
		v, err := p.value()
		if err != nil {
			return Value{}, err
		}
		if !p.check {
			elems = append(elems, v)
		}
		if more = p.typ == tokComma; more {
			if err := p.next(); err != nil {
				return Value{}, err
			}
		}
	}
	if p.typ != tokArrayEnd {
		return Value{}, p.expected("\",\" or \"]\"")
	}
	p.depth--
	return ArrayOf(elems), p.next()
}
