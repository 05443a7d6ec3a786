package storage

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"tagd/storage/kv"
	"tagd/storage/page"
)

// Dump writes what is in a data file in words: the catalog, then each page. Only
// lines that contain filter are written, for a page its head line decides.
func Dump(path string, w io.Writer, filter string) error {
	db, err := Open(path, Options{ReadOnly: true, NoBackground: true})
	if err != nil {
		return err
	}
	defer db.Close()
	out := bufio.NewWriter(w)
	line := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); strings.Contains(s, filter) {
			fmt.Fprintln(out, s)
		}
	}
	st := db.current()
	line("database: version %d, next table %d, next oid %d", st.ver, st.nextTable, st.nextOID)
	for _, def := range st.defs {
		dumpTable(st.tables[def.Path()], line)
	}
	c := &checker{db: db, r: db.reader()}
	for _, s := range []kv.Space{kv.Pages, kv.Small} {
		err := db.kv.View(func(v *kv.View) error {
			return v.Scan(s, nil, func(k, p []byte) error {
				dumpPage(out, c, k, p, filter)
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	err = db.kv.View(func(v *kv.View) error {
		return v.Scan(kv.Journal, nil, func(k, list []byte) error {
			line("journal %x: %d keys to remove", k, len(list)/(1+keyLen))
			return nil
		})
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func dumpTable(t *tableState, line func(format string, args ...any)) {
	line("table %q: id %d, oid %d, %d rows in %d segments, %d bytes, %d key runs", t.def.Name, t.def.ID, t.def.OID, t.rows, len(t.segs), t.bytes, len(t.allRuns()))
	for i := range t.def.Columns {
		c := &t.def.Columns[i]
		dict := ""
		if d := t.dict(i); d != nil {
			dict = fmt.Sprintf(", dictionary of %d", d.Len())
		}
		line("  table %q column %q: id %d, %s, form %s%s", t.def.Name, c.Name, c.ID, c.Type, formName(t, i), dict)
	}
	for i, s := range t.segs {
		line("  table %q segment %d: %d ordinals, %d live, %d patches, ascending keys %d", t.def.Name, i, s.N, s.Live, len(s.Patches), s.Asc)
	}
}

func formName(t *tableState, col int) string {
	return [...]string{"dict", "int", "float", "set", "plain"}[t.form(col)]
}

// dumpPage describes a page after a line that says whose it is.
func dumpPage(out *bufio.Writer, c *checker, k, p []byte, filter string) {
	tab, seg, col, kind, ver, ok := keyParts(k)
	if !ok {
		return
	}
	head := fmt.Sprintf("%s: %d bytes", c.name(tab, seg, col, kind, ver), len(p))
	if !strings.Contains(head, filter) {
		return
	}
	fmt.Fprintln(out, head)
	_, body, err := page.Open(p)
	if err != nil {
		fmt.Fprintf(out, "  damaged: %v\n", err)
		return
	}
	switch kind {
	case page.Patch:
		dumpPatch(out, c, tab, body)
	case page.Keys:
		dumpKeys(out, body)
	case page.Dict:
		r := vecReader{b: body}
		fmt.Fprintf(out, "  %d values\n", r.uvarint())
	default:
		for _, l := range strings.Split(strings.TrimRight(page.Describe(p), "\n"), "\n") {
			fmt.Fprintf(out, "  %s\n", l)
		}
	}
}

func dumpPatch(out *bufio.Writer, c *checker, tab uint32, body []byte) {
	p, err := decodePatch(body, 1<<20)
	if err != nil {
		fmt.Fprintf(out, "  damaged: %v\n", err)
		return
	}
	if p.rows > 0 {
		fmt.Fprintf(out, "  appends %d rows at %d\n", p.rows, p.first)
	}
	if len(p.dels) > 0 {
		fmt.Fprintf(out, "  deletes %d rows\n", len(p.dels))
	}
	for i := range p.cols {
		if pc := &p.cols[i]; pc.offs != nil {
			fmt.Fprintf(out, "  column %d: %d rows changed\n", pc.id, len(pc.offs))
		}
	}
}

func dumpKeys(out *bufio.Writer, body []byte) {
	if ch := chunk(body); len(body)%12 == 0 && ch.n() > 0 {
		fmt.Fprintf(out, "  %d keys, hashes %016x..%016x\n", ch.n(), ch.hash(0), ch.hash(ch.n()-1))
		return
	}
	if len(body) >= 8 {
		fmt.Fprintf(out, "  fences of %d chunks, the first at %016x\n", len(body)/8, binary.LittleEndian.Uint64(body))
	}
}
