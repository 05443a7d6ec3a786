package pgcatalog

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// bootstrap is what every database of PostgreSQL 15 has in its system schemas:
// the relations with their OIDs and columns, and the rows of those whose rows are
// built in (types, functions, operators, casts, ...). It is text, gzipped:
//
//	@schema.name TAB oid TAB kind         a relation, "r" or "v"
//	#column TAB type TAB n                a column of it, "n" for NOT NULL, else "-"
//	%query                                what a view selects, in COPY's text format
//	&query                                the same with few parentheses
//	value TAB value ...                   a row, in COPY's text format; oid for the reg types
//	!oid TAB text                         the definition of an index, a constraint or a rule
//
// data/dump.py writes it.
//
//go:embed data/catalog.txt.gz
var bootstrap []byte

// shape is a relation as PostgreSQL defines it.
type shape struct {
	schema, name string
	oid          uint32
	kind         string
	cols         []col
	at           map[string]int
	notNull      []bool
	query        string // of a view
	pretty       string // the same as pg_get_viewdef(oid, true) writes it
	lines        []string
	once         sync.Once
	static       *vec.Batch
}

// systemDefs are the definitions of the system's indexes, constraints and rules by
// OID; shapes fills it.
var systemDefs = map[uint32]string{}

// shapes are PostgreSQL's relations by "schema.name".
var shapes = sync.OnceValue(func() map[string]*shape {
	zr, err := gzip.NewReader(bytes.NewReader(bootstrap))
	if err != nil {
		panic("the built-in catalog is damaged: " + err.Error())
	}
	text, err := io.ReadAll(zr)
	if err != nil {
		panic("the built-in catalog is damaged: " + err.Error())
	}
	out := map[string]*shape{}
	var sh *shape
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		switch line[0] {
		case '@':
			f := strings.Split(line[1:], "\t")
			sh = &shape{oid: oidOf(f[1]), kind: f[2], at: map[string]int{}}
			sh.schema, sh.name, _ = strings.Cut(f[0], ".")
			out[f[0]] = sh
		case '#':
			f := strings.Split(line[1:], "\t")
			sh.at[f[0]] = len(sh.cols)
			sh.cols = append(sh.cols, col{f[0], typeNamed(f[1])})
			sh.notNull = append(sh.notNull, f[2] == "n")
		case '!':
			f := strings.SplitN(line[1:], "\t", 2)
			systemDefs[oidOf(f[0])] = unescape.Replace(f[1])
		case '&':
			sh.pretty = unescape.Replace(line[1:])
		case '%':
			sh.query = unescape.Replace(line[1:])
		default:
			sh.lines = append(sh.lines, line)
		}
	}
	return out
})

func oidOf(s string) uint32 {
	n, _ := strconv.ParseUint(s, 10, 32)
	return uint32(n)
}

// typeNamed reads a type as format_type writes it.
func typeNamed(s string) types.Type {
	switch s {
	case "int2vector":
		return types.Int2Vector
	case "oidvector":
		return types.OidVector
	case `"char"`:
		return types.Of(types.Char)
	case `"char"[]`:
		return types.Of(types.Char).ArrayOf()
	}
	elem, isArray := strings.CutSuffix(s, "[]")
	elem, mod, _ := strings.Cut(elem, "(")
	if base, rest, ok := strings.Cut(mod, ")"); ok {
		elem, mod = elem+rest, base
	}
	k, ok := types.TypeNamed(elem)
	if !ok {
		k = types.Text
	}
	t := types.Of(k)
	if n, err := strconv.Atoi(mod); err == nil && k == types.Varchar {
		t.Mod = int32(n) + 4
	}
	if isArray {
		t = t.ArrayOf()
	}
	return t
}

// rows returns the built-in rows; shared and read-only.
func (sh *shape) rows() *vec.Batch {
	sh.once.Do(func() {
		bs := make([]*vec.Builder, len(sh.cols))
		for i, c := range sh.cols {
			bs[i] = vec.NewBuilder(c.t, len(sh.lines))
		}
		for _, line := range sh.lines {
			for i, f := range strings.Split(line, "\t") {
				bs[i].Append(builtin(sh.cols[i].t, f))
			}
		}
		b := &vec.Batch{N: len(sh.lines), Cols: make([]*vec.Vector, len(bs))}
		for i := range bs {
			b.Cols[i] = bs[i].Finish()
		}
		sh.static, sh.lines = b, nil
	})
	return sh.static
}

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r")

// builtin reads a value of the built-in catalog, which a test holds to be sound.
func builtin(t types.Type, f string) vec.Datum {
	if f == `\N` {
		return vec.Datum{Null: true}
	}
	d, err := vec.ParseText(t, unescape.Replace(f), types.ISO, time.Time{})
	if err != nil {
		panic("the built-in catalog is damaged: " + err.Error())
	}
	return d
}

// zero is what a column that nothing is said of has in its dynamic rows.
func (sh *shape) zero(i int) vec.Datum {
	if !sh.notNull[i] {
		return vec.Datum{Null: true}
	}
	if t := sh.cols[i].t; t.Array {
		return vec.Datum{A: vec.New(t.Elem(), 0)}
	}
	return vec.Datum{}
}
