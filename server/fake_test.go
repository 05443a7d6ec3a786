package server

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// fakeEngine answers a handful of texts:
//
//	rows N       N rows (i bigint, t text), a batch of at most 3 at a time
//	echo T,..    one row with its parameters, of the named types
//	nothing      a command
//	fail         22012 at the word's position, with detail and hint
//	deallocate N forgets a statement of the protocol
//	panic, sleep, notice, set, begin, commit, copyin, copyout, badcopy
type fakeEngine struct {
	verifier map[string]string
	closed   chan string // receives the user of each closed session
}

func (e *fakeEngine) Verifier(role string) (string, bool) {
	v, ok := e.verifier[role]
	return v, ok
}

func (e *fakeEngine) Connect(_ context.Context, p map[string]string, h session.Host) (session.Session, error) {
	if p["database"] == "absent" {
		return nil, sqlerr.New("3D000", "database %q does not exist", "absent")
	}
	if _, ok := e.verifier[p["user"]]; !ok {
		return nil, sqlerr.New("28000", "role %q does not exist", p["user"])
	}
	return &fakeSession{e: e, user: p["user"], host: h, tx: session.TxIdle, style: types.ISO, set: map[string]string{"server_version": "15.7", "client_encoding": "UTF8",
		"standard_conforming_strings": "on", "DateStyle": "ISO, MDY", "TimeZone": "UTC", "integer_datetimes": "on"}}, nil
}

type fakeSession struct {
	e    *fakeEngine
	user string
	host session.Host
	tx   session.Tx
	set  map[string]string
	// style is another one after each change of a setting.
	style *types.Style
	copy  strings.Builder
}

type fakeStmt string

func (s fakeStmt) Text() string { return string(s) }

func (s *fakeSession) Split(_ context.Context, text string) ([]session.Stmt, error) {
	var out []session.Stmt
	for _, t := range strings.Split(text, ";") {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, fakeStmt(t))
		}
	}
	return out, nil
}

func (s *fakeSession) Prepare(_ context.Context, text string, _ []uint32) (session.Prepared, error) {
	p := &fakePrepared{text: strings.TrimSpace(text)}
	word, rest, _ := strings.Cut(p.text, " ")
	switch word {
	case "rows":
		p.cols = []session.Column{{Name: "i", Type: types.Of(types.Int8)}, {Name: "t", Type: types.Of(types.Text)}}
	case "echo":
		for _, name := range strings.Split(rest, ",") {
			k, _ := types.TypeNamed(strings.TrimSuffix(name, "[]"))
			t := types.Of(k)
			t.Array = strings.HasSuffix(name, "[]")
			p.params = append(p.params, t)
			p.cols = append(p.cols, session.Column{Name: name, Type: t})
		}
	}
	if i := strings.Index(text, "syntax"); i >= 0 {
		return nil, sqlerr.At(i, "42601", "syntax error at or near \"syntax\"")
	}
	return p, nil
}

func (s *fakeSession) PrepareStmt(ctx context.Context, st session.Stmt) (session.Prepared, error) {
	return s.Prepare(ctx, st.Text(), nil)
}

type fakePrepared struct {
	text   string
	params []types.Type
	cols   []session.Column
}

func (p *fakePrepared) Empty() bool               { return p.text == "" }
func (p *fakePrepared) Params() []types.Type      { return p.params }
func (p *fakePrepared) Columns() []session.Column { return p.cols }

func (s *fakeSession) Execute(ctx context.Context, sp session.Prepared, params []vec.Datum) (session.Result, error) {
	p := sp.(*fakePrepared)
	word, rest, _ := strings.Cut(p.text, " ")
	r := &fakeResult{s: s, cols: p.cols, tag: strings.ToUpper(word)}
	switch word {
	case "rows":
		r.kind = session.KindRows
		r.left, _ = strconv.Atoi(rest)
		r.tag = "SELECT " + rest
	case "echo":
		r.kind, r.tag = session.KindRows, "SELECT 1"
		r.echo = &vec.Batch{N: 1}
		for i, t := range p.params {
			b := vec.NewBuilder(t, 1)
			b.Append(params[i])
			r.echo.Cols = append(r.echo.Cols, b.Finish())
		}
	case "fail":
		return nil, sqlerr.At(strings.Index(p.text, "fail"), "22012", "division by zero").WithDetail("d").WithHint("h")
	case "panic":
		panic("as told")
	case "sleep":
		<-ctx.Done()
		return nil, sqlerr.New("57014", "%v", context.Cause(ctx))
	case "nap":
		time.Sleep(100 * time.Millisecond)
	case "notice":
		s.host.Notice(sqlerr.Notice("told"))
	case "set":
		name, value, _ := strings.Cut(rest, " ")
		s.set[name] = value
		style := *types.ISO
		s.style = &style
		s.host.Parameter(name, value)
	case "deallocate":
		if !s.host.(session.StatementHost).Deallocate(rest) {
			return nil, sqlerr.New("26000", "prepared statement %q does not exist", rest)
		}
	case "begin":
		s.tx = session.TxOpen
	case "commit":
		s.tx = session.TxIdle
	case "copyin", "badcopy":
		r.kind, r.bad = session.KindCopyIn, word == "badcopy"
	case "copyout":
		r.kind, r.left = session.KindCopyOut, 3
	}
	return r, nil
}

func (s *fakeSession) Sync(_ context.Context, failed bool) error {
	if failed && s.tx == session.TxOpen {
		s.tx = session.TxFailed
	}
	return nil
}
func (s *fakeSession) Check(context.Context, session.Prepared) error { return nil }
func (s *fakeSession) Tx() session.Tx                                { return s.tx }
func (s *fakeSession) Setting(name string) string                    { return s.set[name] }
func (s *fakeSession) Format() *types.Style                          { return s.style }
func (s *fakeSession) Close() {
	if s.e.closed != nil {
		s.e.closed <- s.user
	}
}

type fakeResult struct {
	s    *fakeSession
	kind session.ResultKind
	cols []session.Column
	left int
	next int
	echo *vec.Batch
	tag  string
	bad  bool
}

func (r *fakeResult) Kind() session.ResultKind { return r.kind }
func (r *fakeResult) Columns() []session.Column {
	if r.kind != session.KindRows {
		return make([]session.Column, 2)
	}
	return r.cols
}

func (r *fakeResult) Next(ctx context.Context) (*vec.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, sqlerr.New("57014", "%v", context.Cause(ctx))
	}
	if r.echo != nil {
		b := r.echo
		r.echo = nil
		return b, nil
	}
	if r.left == 0 {
		return nil, nil
	}
	n := min(3, r.left)
	r.left -= n
	ids := vec.New(types.Of(types.Int8), n)
	dict := vec.New(types.Of(types.Text), 3)
	dict.Str[0], dict.Str[1] = "男", ""
	dict.SetNull(2)
	codes := make([]uint32, n)
	for i := range n {
		ids.I64[i] = int64(r.next)
		codes[i] = uint32(r.next % 3)
		r.next++
	}
	return &vec.Batch{N: n, Cols: []*vec.Vector{ids, vec.NewDict(dict, codes)}}, nil
}

func (r *fakeResult) NextCopy(context.Context) (*session.CopyChunk, error) {
	if r.left == 0 {
		r.tag = "COPY 3"
		return nil, nil
	}
	r.left = 0
	return &session.CopyChunk{Data: []byte("a\t1\nb\t2\nc\t3\n"), Ends: []int32{4, 8, 12}}, nil
}

func (r *fakeResult) CopyData(_ context.Context, p []byte) error {
	if r.bad {
		return sqlerr.New("22P04", "extra data").WithWhere("COPY t, line 1")
	}
	r.s.copy.Write(p)
	return nil
}

func (r *fakeResult) CopyDone(context.Context) error {
	r.tag = fmt.Sprintf("COPY %d", strings.Count(r.s.copy.String(), "\n"))
	r.s.copy.Reset()
	return nil
}

func (r *fakeResult) CopyFail(_ context.Context, reason string) error {
	r.s.copy.Reset()
	return sqlerr.New("57014", "COPY from stdin failed: %s", reason)
}
func (r *fakeResult) CopyBinary() bool { return false }
func (r *fakeResult) Tag() string      { return r.tag }
func (r *fakeResult) Close()           {}
