package copyio

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/charset"
	"tagd/sql/sqlerr"
)

// Kind is a format of COPY.
type Kind uint8

// The formats.
const (
	Text Kind = iota
	CSV
	Binary
)

// Header tells what the first line is.
type Header uint8

// The kinds of header: none, a line to write or skip, a line that must match.
const (
	NoHeader Header = iota
	WithHeader
	MatchHeader
)

// Format is the options of one COPY; ParseOptions makes it.
type Format struct {
	Kind   Kind
	Delim  byte
	Null   string
	Header Header
	Quote  byte // CSV only
	Escape byte // CSV only
	// The column lists of FORCE_QUOTE, FORCE_NOT_NULL and FORCE_NULL.
	ForceQuote    []string
	ForceQuoteAll bool
	ForceNotNull  []string
	ForceNull     []string
	// Charset is the encoding of the file (option ENCODING); nil: not said.
	Charset *charset.Charset
}

// ParseOptions checks the options of COPY ... FROM (from) or TO and fills in the
// defaults, with the errors of Postgres's ProcessCopyOptions; off is where the
// statement stands, for options without a position of their own.
func ParseOptions(opts []ast.Option, from bool, off int) (Format, error) {
	p := optionParser{from: from, off: off, seen: map[string]bool{}}
	for i := range opts {
		if err := p.option(&opts[i]); err != nil {
			return Format{}, err
		}
	}
	if err := p.finish(); err != nil {
		return Format{}, err
	}
	return p.f, nil
}

type optionParser struct {
	f                           Format
	from                        bool
	off                         int
	seen                        map[string]bool
	delim, null, quote, escape  *string
	forceQuote, forceNN, forceN bool
}

func (p *optionParser) option(o *ast.Option) error {
	off := o.Pos()
	if p.seen[o.Name] {
		return sqlerr.At(off, pgerrcode.SyntaxError, "conflicting or redundant options")
	}
	p.seen[o.Name] = true
	one := ""
	if len(o.Value) > 0 {
		one = o.Value[0]
	}
	switch o.Name {
	case "format", "delimiter", "null", "quote", "escape", "encoding":
		if len(o.Value) == 0 {
			return sqlerr.New(pgerrcode.SyntaxError, "%s requires a parameter", o.Name)
		}
	}
	switch o.Name {
	case "format":
		return p.format(one, off)
	case "freeze":
		_, err := boolOption(o)
		return err
	case "delimiter":
		p.delim = &one
	case "null":
		p.null = &one
	case "quote":
		p.quote = &one
	case "escape":
		p.escape = &one
	case "header":
		return p.header(o)
	case "force_quote":
		p.forceQuote = true
		return columnList(o, &p.f.ForceQuote, &p.f.ForceQuoteAll)
	case "force_not_null":
		p.forceNN = true
		return columnList(o, &p.f.ForceNotNull, nil)
	case "force_null":
		p.forceN = true
		return columnList(o, &p.f.ForceNull, nil)
	case "encoding":
		var err error
		p.f.Charset, err = encoding(one, off)
		return err
	default:
		return sqlerr.At(off, pgerrcode.SyntaxError, "option \"%s\" not recognized", o.Name)
	}
	return nil
}

func (p *optionParser) format(name string, off int) error {
	switch name {
	case "text":
	case "csv":
		p.f.Kind = CSV
	case "binary":
		p.f.Kind = Binary
	default:
		return sqlerr.At(off, pgerrcode.InvalidParameterValue, "COPY format \"%s\" not recognized", name)
	}
	return nil
}

// encoding finds the encoding of the file.
func encoding(name string, off int) (*charset.Charset, error) {
	set, known := charset.Lookup(name)
	switch {
	case set != nil:
		return set, nil
	case known:
		return nil, sqlerr.Unsupported(off, "COPY in encoding \"%s\" is not supported", name).
			WithHint("Convert the file to UTF-8 first, for example with iconv.")
	}
	return nil, sqlerr.At(off, pgerrcode.InvalidParameterValue, "argument to option \"encoding\" must be a valid encoding name")
}

// boolOption reads a boolean option as defGetBoolean does.
func boolOption(o *ast.Option) (bool, error) {
	if len(o.Value) == 0 {
		return true, nil
	}
	switch strings.ToLower(o.Value[0]) {
	case "true", "on", "1":
		return true, nil
	case "false", "off", "0":
		return false, nil
	}
	return false, sqlerr.New(pgerrcode.SyntaxError, "%s requires a Boolean value", o.Name)
}

func (p *optionParser) header(o *ast.Option) error {
	if len(o.Value) > 0 && strings.EqualFold(o.Value[0], "match") {
		if !p.from {
			return sqlerr.New(pgerrcode.FeatureNotSupported, "cannot use \"match\" with HEADER in COPY TO")
		}
		p.f.Header = MatchHeader
		return nil
	}
	on, err := boolOption(o)
	if err != nil {
		return sqlerr.New(pgerrcode.SyntaxError, "%s requires a Boolean value or \"match\"", o.Name)
	}
	if on {
		p.f.Header = WithHeader
	}
	return nil
}

func columnList(o *ast.Option, list *[]string, all *bool) error {
	if len(o.Value) == 0 {
		return sqlerr.At(o.Pos(), pgerrcode.InvalidParameterValue,
			"argument to option \"%s\" must be a list of column names", o.Name)
	}
	if all != nil && len(o.Value) == 1 && o.Value[0] == "*" {
		*all = true
		return nil
	}
	*list = o.Value
	return nil
}

// finish checks the options against each other, in Postgres's order.
func (p *optionParser) finish() error {
	f := &p.f
	csv := f.Kind == CSV
	if f.Kind == Binary && p.delim != nil {
		return sqlerr.New(pgerrcode.SyntaxError, "cannot specify DELIMITER in BINARY mode")
	}
	if f.Kind == Binary && p.null != nil {
		return sqlerr.New(pgerrcode.SyntaxError, "cannot specify NULL in BINARY mode")
	}
	delim, null, quote := "\t", `\N`, `"`
	if csv {
		delim, null = ",", ""
	}
	if p.delim != nil {
		delim = *p.delim
	}
	if p.null != nil {
		null = *p.null
	}
	if p.quote != nil {
		quote = *p.quote
	}
	escape := quote
	if p.escape != nil {
		escape = *p.escape
	}
	if err := p.checkSeparators(delim, null, quote, escape); err != nil {
		return err
	}
	f.Delim, f.Null = delim[0], null
	if csv {
		f.Quote, f.Escape = quote[0], escape[0]
	}
	return nil
}

func unsupported(msg string) error {
	return sqlerr.New(pgerrcode.FeatureNotSupported, "%s", msg)
}

func invalid(format string, args ...any) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, format, args...)
}

func (p *optionParser) checkSeparators(delim, null, quote, escape string) error {
	csv := p.f.Kind == CSV
	switch {
	case len(delim) != 1:
		return unsupported("COPY delimiter must be a single one-byte character")
	case delim == "\r" || delim == "\n":
		return invalid("COPY delimiter cannot be newline or carriage return")
	case strings.ContainsAny(null, "\r\n"):
		return invalid("COPY null representation cannot use newline or carriage return")
	case !csv && strings.Contains("\\.abcdefghijklmnopqrstuvwxyz0123456789", delim):
		return invalid("COPY delimiter cannot be \"%s\"", delim)
	case p.f.Kind == Binary && p.f.Header != NoHeader:
		return unsupported("cannot specify HEADER in BINARY mode")
	case !csv && p.quote != nil:
		return unsupported("COPY quote available only in CSV mode")
	case csv && len(quote) != 1:
		return unsupported("COPY quote must be a single one-byte character")
	case csv && delim == quote:
		return invalid("COPY delimiter and quote must be different")
	case !csv && p.escape != nil:
		return unsupported("COPY escape available only in CSV mode")
	case csv && len(escape) != 1:
		return unsupported("COPY escape must be a single one-byte character")
	case !csv && p.forceQuote:
		return unsupported("COPY force quote available only in CSV mode")
	case p.forceQuote && p.from:
		return unsupported("COPY force quote only available using COPY TO")
	case !csv && p.forceNN:
		return unsupported("COPY force not null available only in CSV mode")
	case p.forceNN && !p.from:
		return unsupported("COPY force not null only available using COPY FROM")
	case !csv && p.forceN:
		return unsupported("COPY force null available only in CSV mode")
	case p.forceN && !p.from:
		return unsupported("COPY force null only available using COPY FROM")
	case p.f.Kind != Binary && strings.Contains(null, delim):
		return unsupported("COPY delimiter must not appear in the NULL specification")
	case csv && strings.Contains(null, quote):
		return unsupported("CSV quote character must not appear in the NULL specification")
	}
	return nil
}
