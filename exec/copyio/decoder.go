package copyio

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/charset"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// decoder is the state of decoding one chunk, reused for the next.
type decoder struct {
	r          *Reader
	nc         int
	csv        bool
	m          marks
	s          string
	eol        eolKind
	header     bool
	atStart    bool // the chunk is the first
	headLine   lineAt
	multiline  bool
	line       uint32 // records so far
	extraLines uint32 // line ends inside quotes so far
	first      int64
	spans      []span // row by row, nc each
	lines      []lineAt
	extra      []string
	bad        *fault
	dict       dictionary
	elems      dictionary
}

func newDecoder(r *Reader) *decoder {
	d := &decoder{r: r, nc: len(r.t.Types), csv: r.f.Kind == CSV}
	special := uint64('\\')
	if d.csv {
		special = uint64(r.f.Quote)
	}
	d.m = marks{uint64(r.f.Delim) * ones, '\n' * ones, '\r' * ones, special * ones}
	return d
}

// reset drops what must not be kept or seen by the next chunk.
func (d *decoder) reset() {
	d.s, d.bad, d.lines = "", nil, nil
	d.spans, d.extra = d.spans[:0], nil
	d.line, d.extraLines = 0, 0
}

func (d *decoder) decode(c *Chunk) (*Rows, error) {
	d.s, d.eol, d.header, d.first, d.atStart = c.data, c.eol, c.header, c.line, c.start
	if d.r.f.Kind == Binary {
		return d.decodeBinary()
	}
	d.multiline = d.csv && strings.IndexByte(d.s, d.r.f.Quote) >= 0
	d.lines = make([]lineAt, 0, len(d.s)/max(6*d.nc, 16)+8)
	d.split()
	rows := &Rows{table: d.r.t.Table, data: d.s, first: d.first}
	n := len(d.lines)
	batch := &vec.Batch{N: n, Cols: make([]*vec.Vector, d.nc)}
	for c := range d.nc {
		if d.bad != nil {
			n = d.rowsBefore(n)
		}
		batch.Cols[c] = d.column(c, n)
	}
	if d.bad != nil {
		return nil, d.failure()
	}
	rows.lines = d.lines
	rows.Batch = batch
	return rows, nil
}

// rowsBefore cuts n to the rows that can still hold an earlier fault than the
// one that is known.
func (d *decoder) rowsBefore(n int) int {
	if d.bad.col < 0 {
		return min(n, max(d.bad.row, 0))
	}
	return min(n, d.bad.row+1)
}

// failure words the fault with its context.
func (d *decoder) failure() error {
	b := d.bad
	at := d.headLine
	if b.row >= 0 && b.row < len(d.lines) {
		at = d.lines[b.row]
	}
	raw := d.s[at.off:at.end]
	where := whereLine(d.r.t.Table, d.first+int64(at.line))
	if err := charset.CheckUTF8(raw); err != nil {
		// A character that the line end cuts short is shown with what follows.
		err = charset.CheckUTF8(d.s[at.off:min(int(at.end)+1, len(d.s))])
		// Postgres verifies the encoding before it looks at fields.
		return sqlerr.From(err).WithWhere("%s", where)
	}
	switch {
	case b.bare:
	case b.whole || b.col < 0:
		where += ": \"" + clip(raw) + "\""
	default:
		where += ", column " + d.r.t.Names[b.col]
		if sp := d.at(b.row, b.col); d.null(sp, b.col) {
			where += ": null input"
		} else {
			where += ": \"" + clip(d.text(sp)) + "\""
		}
	}
	e := *b.err
	if e.Where != "" {
		where = e.Where + "\n" + where
	}
	e.Where = where
	return &e
}

func (d *decoder) at(row, col int) span { return d.spans[row*d.nc+col] }

// text returns the text of a field, escapes resolved.
func (d *decoder) text(sp span) string {
	if sp.len&spanExtra != 0 {
		return d.extra[sp.off]
	}
	return d.s[sp.off : sp.off+sp.len&spanLen]
}

// null tells whether a field is NULL.
func (d *decoder) null(sp span, col int) bool {
	if sp.len&spanNull != 0 {
		return true
	}
	if !d.csv {
		// Escapes were compared when they were resolved.
		return sp.len&spanExtra == 0 && d.text(sp) == d.r.f.Null
	}
	if d.r.force != nil {
		if sp.len&spanQuoted == 0 && d.r.force[col].never || sp.len&spanQuoted != 0 && !d.r.force[col].quotedToo {
			return false
		}
		return d.text(sp) == d.r.f.Null
	}
	return sp.len&spanQuoted == 0 && d.text(sp) == d.r.f.Null
}

// fail notes a conversion error; the rest of the column is not looked at.
func (d *decoder) fail(row, col int, err error) {
	e, ok := err.(*sqlerr.Error)
	if !ok {
		e = sqlerr.From(err)
	}
	d.offer(fault{row: row, col: col, err: e, whole: e.Code == pgerrcode.CharacterNotInRepertoire})
}

// column converts the first n fields of a column.
func (d *decoder) column(c, n int) *vec.Vector {
	t := d.r.t.Types[c]
	if t.Array {
		return d.arrays(c, n, t)
	}
	if t.Kind == types.Text || t.Kind == types.Varchar {
		return d.texts(c, n, t)
	}
	v := vec.New(t, n)
	if t.Mod != 0 && (t.Kind == types.Timestamp || t.Kind == types.TimestampTZ) {
		d.any(c, v)
		return v
	}
	switch t.Kind {
	case types.Int2, types.Int4, types.Int8:
		d.ints(c, v)
	case types.Numeric:
		d.decimals(c, v)
	case types.Date, types.Timestamp, types.TimestampTZ:
		d.dates(c, v)
	case types.Bool:
		d.bools(c, v)
	case types.Float4, types.Float8:
		d.floats(c, v)
	default:
		d.any(c, v)
	}
	return v
}

// parse is the slow road that every type can take.
func (d *decoder) parse(t types.Type, s string) (vec.Datum, error) {
	return vec.ParseText(t, s, d.r.t.Style, d.r.t.Now)
}

// any converts by the type's input function.
func (d *decoder) any(c int, v *vec.Vector) {
	for i := range v.N {
		sp := d.at(i, c)
		if d.null(sp, c) {
			v.SetNull(i)
			continue
		}
		x, err := d.parse(v.Type, d.text(sp))
		if err != nil {
			d.fail(i, c, err)
			return
		}
		v.Set(i, x)
	}
}
