package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// pipe is a connection that reads given bytes and keeps what is written.
type pipe struct {
	io.Reader
	bytes.Buffer
}

func (p *pipe) Read(b []byte) (int, error)       { return p.Reader.Read(b) }
func (p *pipe) Close() error                     { return nil }
func (p *pipe) LocalAddr() net.Addr              { return nil }
func (p *pipe) RemoteAddr() net.Addr             { return nil }
func (p *pipe) SetDeadline(time.Time) error      { return nil }
func (p *pipe) SetReadDeadline(time.Time) error  { return nil }
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }

func over(in string) (*Conn, *pipe) {
	p := &pipe{Reader: strings.NewReader(in)}
	return NewConn(p), p
}

func FuzzReceive(f *testing.F) {
	f.Add("Q\x00\x00\x00\x0bselect\x00", false)
	f.Add("B\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x01\xff\xff\xff\xfe", true)
	f.Add("P\x00\x00\x00\x0ca\x00b\x00\xff\xff\x00\x00", true)
	f.Add("D\x00\x00\x00\x06SxE\x00\x00\x00\x09\x00\x00\x00\x00\x01", true)
	f.Add("p\x00\x00\x00\x12SCRAM-SHA-256\x00", false)
	f.Fuzz(func(t *testing.T, in string, authenticated bool) {
		c, _ := over(in)
		if authenticated {
			c.Authenticated()
		}
		for {
			m, err := c.Receive()
			if err != nil {
				return
			}
			if p, ok := m.(Password); ok {
				p.SASL()
			}
		}
	})
}

func FuzzStartup(f *testing.F) {
	f.Add("\x00\x00\x00\x13\x00\x03\x00\x00user\x00tagd\x00\x00")
	f.Add("\x00\x00\x00\x08\x04\xd2\x16\x2f\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x09\x00\x00\x00\x09")
	f.Fuzz(func(t *testing.T, in string) {
		c, _ := over(in)
		for {
			if _, err := c.ReadStartup(false, false); err != nil {
				return
			}
		}
	})
}

// TestLengths holds that a claimed length allocates nothing and that limits are
// kept.
func TestLengths(t *testing.T) {
	for _, tc := range []struct {
		in   string
		auth bool
		lost bool
	}{
		{"Q\x3f\xff\xff\xff", true, false}, // within the limit, the bytes do not come
		{"Q\x7f\xff\xff\xff", true, true},
		{"Q\x00\x10\x00\x00", false, true}, // too long before authentication
		{"S\x00\x10\x00\x00", true, true},
		{"Q\x00\x00\x00\x03", true, true},
		{"z\x00\x00\x00\x04", true, true},
	} {
		c, _ := over(tc.in)
		if tc.auth {
			c.Authenticated()
		}
		var err error
		if n := testing.AllocsPerRun(1, func() { _, err = c.Receive() }); n > 20 {
			t.Errorf("%q: %v allocations", tc.in, n)
		}
		if c, _ = over(tc.in); tc.auth {
			c.Authenticated()
		}
		_, err = c.Receive()
		var e *sqlerr.Error
		if errors.As(err, &e) != tc.lost {
			t.Errorf("%q: %v", tc.in, err)
		}
		if cap(c.body) > 4<<20 {
			t.Errorf("%q: %d bytes for nothing", tc.in, cap(c.body))
		}
	}
}

// TestRows holds that every encoding of a vector gives the same rows.
func TestRows(t *testing.T) {
	text := types.Of(types.Text)
	flat := vec.New(text, 4)
	copy(flat.Str, []string{"男", "", "女", "男"})
	flat.SetNull(1)
	dict := vec.New(text, 3)
	copy(dict.Str, []string{"女", "男", ""})
	dict.SetNull(2)
	coded := vec.NewDict(dict, []uint32{1, 2, 0, 1})
	var want []byte
	for _, v := range []*vec.Vector{flat, coded} {
		for _, format := range []int16{0, 1} {
			c, p := over("")
			e := NewRowEncoder(types.ISO, Formats{format})
			b := &vec.Batch{N: 4, Cols: []*vec.Vector{v}}
			if err := errors.Join(c.Rows(e, b, 0, 1), c.Rows(e, b, 1, 4), c.Flush()); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = append(want, p.Bytes()...)
			}
			if !bytes.Equal(p.Bytes(), want) {
				t.Errorf("%q, want %q", p.Bytes(), want)
			}
		}
	}
}

func BenchmarkRows(b *testing.B) {
	n := vec.MaxBatch
	ids := vec.New(types.Of(types.Int8), n)
	for i := range ids.I64 {
		ids.I64[i] = 1<<53 + int64(i)
	}
	batch := &vec.Batch{N: n, Cols: []*vec.Vector{ids}}
	c, _ := over("")
	c.net = discard{c.net}
	e := NewRowEncoder(types.ISO, nil)
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Rows(e, batch, 0, n)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
}

type discard struct{ net.Conn }

func (discard) Write(p []byte) (int, error) { return len(p), nil }
