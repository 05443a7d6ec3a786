package vec

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// scanNested reads an array literal of any number of dimensions, with or
// without bounds, and hands over its items in storage order.
func scanNested(s string, item func(text string, null bool) error) (*ArrayDims, error) {
	t := strings.TrimLeft(s, arrayBlanks)
	var want, lower []int32
	if t != "" && t[0] == '[' {
		var err error
		if t, want, lower, err = nestedBounds(t, s); err != nil {
			return nil, err
		}
	}
	c := arrayCount{text: t}
	dims, err := c.count()
	if err != nil {
		return nil, err
	}
	if want == nil {
		lower = make([]int32, len(dims))
		for i := range lower {
			lower[i] = 1
		}
	} else if !slices.Equal(want, dims) {
		return nil, badArray(s, "Specified array dimensions do not match array contents.")
	}
	n, err := nestedItems(t, item)
	if err != nil {
		return nil, err
	}
	total := int64(1)
	for _, d := range dims {
		if total *= int64(d); total > maxElems {
			return nil, errArraySize()
		}
	}
	if len(dims) > 0 && total != n {
		return nil, badArray(t, unevenDetail)
	}
	return ShapeOf(dims, lower), nil
}

// nestedItems hands over the items of a literal that arrayCount has passed.
func nestedItems(t string, item func(text string, null bool) error) (n int64, err error) {
	a := arrayScanner{whole: t}
	for t != "" {
		var text string
		var null bool
		switch {
		case strings.IndexByte(arrayBlanks+"{},", t[0]) >= 0:
			t = t[1:]
			continue
		case t[0] == '"':
			text, t, err = a.quoted(t[1:])
		default:
			text, null, t, err = a.bare(t)
		}
		if err == nil {
			err = item(text, null)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// nestedBounds reads [lo:hi][lo:hi]...=.
func nestedBounds(t, whole string) (rest string, length, lower []int32, err error) {
	for t != "" && t[0] == '[' {
		if len(length) == MaxDims {
			return "", nil, nil, errTooManyDims(len(length) + 1)
		}
		lo, rest := boundDigits(t[1:])
		if lo == "" {
			return "", nil, nil, badArray(whole, "\"[\" must introduce explicitly-specified array dimensions.")
		}
		l, h := int64(1), lo
		if rest != "" && rest[0] == ':' {
			l, _ = strconv.ParseInt(lo, 10, 64)
			if h, rest = boundDigits(rest[1:]); h == "" {
				return "", nil, nil, badArray(whole, "Missing array dimension value.")
			}
		}
		if rest == "" || rest[0] != ']' {
			return "", nil, nil, badArray(whole, "Missing \"]\" after array dimensions.")
		}
		u, _ := strconv.ParseInt(h, 10, 64)
		if u < l {
			return "", nil, nil, sqlerr.New(pgerrcode.ArraySubscriptError, "upper bound cannot be less than lower bound")
		}
		if u >= math.MaxInt32 || l < math.MinInt32 || u-l >= maxElems {
			return "", nil, nil, errArraySize()
		}
		length, lower = append(length, int32(u-l+1)), append(lower, int32(l))
		t = strings.TrimLeft(rest[1:], arrayBlanks)
	}
	if t == "" || t[0] != '=' {
		return "", nil, nil, badArray(whole, "Missing \"=\" after array dimensions.")
	}
	if t = strings.TrimLeft(t[1:], arrayBlanks); t == "" || t[0] != '{' {
		return "", nil, nil, badArray(whole, "Array contents must start with \"{\".")
	}
	return t, length, lower, nil
}

const unevenDetail = "Multidimensional arrays must have sub-arrays with matching dimensions."

// arrayState is ArrayParseState of arrayfuncs.c.
type arrayState uint8

const (
	noLevel arrayState = iota
	levelStarted
	elemStarted
	quotedStarted
	quotedDone
	elemDelimited
	levelDone
	levelDelimited
)

func (s arrayState) in(list ...arrayState) bool { return slices.Contains(list, s) }

// arrayCount is ArrayCount of arrayfuncs.c: it checks the shape of a literal and
// finds its dimensions.
type arrayCount struct {
	text                  string
	state                 arrayState
	level, ndim           int
	temp, nelems, ofLevel [MaxDims]int32 // ofLevel is nelems_last
	quotes, filled        bool
}

func (c *arrayCount) bad(detail string) error { return badArray(c.text, detail) }

// count returns the dimensions, none for an empty array.
func (c *arrayCount) count() ([]int32, error) {
	c.ndim = 1
	for i := range c.nelems {
		c.nelems[i] = 1
	}
	for i := 0; ; i++ {
		if c.state == elemStarted || c.state == quotedStarted {
			c.filled = true
		}
		if i >= len(c.text) {
			return nil, c.bad("Unexpected end of input.")
		}
		skip, end, err := c.char(i)
		if err != nil {
			return nil, err
		}
		if i += skip; !end {
			continue
		}
		if trimBlank(c.text[i+1:]) != "" {
			return nil, c.bad("Junk after closing right brace.")
		}
		c.temp[c.ndim-1]++
		if !c.filled {
			return nil, nil
		}
		return c.temp[:c.ndim], nil
	}
}

// char takes in character i; skip is how many more are done with, end tells that
// the outermost brace was closed.
func (c *arrayCount) char(i int) (skip int, end bool, err error) {
	switch ch := c.text[i]; {
	case ch == '\\':
		if !c.state.in(levelStarted, elemStarted, quotedStarted, elemDelimited) {
			return 0, false, c.bad("Unexpected \"\\\" character.")
		}
		if c.state != quotedStarted {
			c.state = elemStarted
		}
		if i+1 >= len(c.text) {
			return 0, false, c.bad("Unexpected end of input.")
		}
		return 1, false, nil
	case ch == '"':
		if !c.state.in(levelStarted, quotedStarted, elemDelimited) {
			return 0, false, c.bad("Unexpected array element.")
		}
		c.quotes = !c.quotes
		c.state = quotedDone
		if c.quotes {
			c.state = quotedStarted
		}
	case c.quotes:
	case ch == '{':
		return 0, false, c.openBrace()
	case ch == '}':
		end, err = c.closeBrace()
		return 0, end, err
	case ch == ',':
		if !c.state.in(elemStarted, quotedDone, levelDone) {
			return 0, false, c.bad("Unexpected \",\" character.")
		}
		if c.state == levelDone {
			c.state = levelDelimited
		} else {
			c.state = elemDelimited
		}
		c.nelems[c.level-1]++
		c.temp[c.ndim-1]++
	case strings.IndexByte(arrayBlanks, ch) < 0:
		if !c.state.in(levelStarted, elemStarted, elemDelimited) {
			return 0, false, c.bad("Unexpected array element.")
		}
		c.state = elemStarted
	}
	return 0, false, nil
}

func (c *arrayCount) openBrace() error {
	if !c.state.in(noLevel, levelStarted, levelDelimited) {
		return c.bad("Unexpected \"{\" character.")
	}
	c.state = levelStarted
	if c.level >= MaxDims {
		return errTooManyDims(c.level + 1)
	}
	c.temp[c.level] = 0
	c.level++
	c.ndim = max(c.ndim, c.level)
	return nil
}

func (c *arrayCount) closeBrace() (end bool, err error) {
	if !c.state.in(elemStarted, quotedDone, levelDone) && !(c.level == 1 && c.state == levelStarted) {
		return false, c.bad("Unexpected \"}\" character.")
	}
	c.state = levelDone
	c.level--
	if l := c.level; c.ofLevel[l] != 0 && c.nelems[l] != c.ofLevel[l] {
		return false, c.bad(unevenDetail)
	}
	c.ofLevel[c.level] = c.nelems[c.level]
	c.nelems[c.level] = 1
	if c.level == 0 {
		return true, nil
	}
	c.temp[c.level-1]++
	return false, nil
}
