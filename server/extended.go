package server

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/server/wire"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// statement is a prepared statement of the client.
type statement struct {
	p    session.Prepared
	text string
}

// portal is a bound statement, perhaps half read.
type portal struct {
	st      *statement
	params  []vec.Datum
	formats []int16
	res     session.Result // nil before the first Execute
	enc     wire.RowEncoder
	batch   *vec.Batch // rows not yet sent start at next
	next    int
	done    bool
	sent    int64
	made    time.Time
	level   int // savepoints below it, see LeaveLevel
}

// extended handles Parse, Bind, Describe, Execute and Close. An error in the
// statement is reported and the rest up to Sync is skipped.
func (k *conn) extended(m wire.Message, garbled error) error {
	ctx := k.begin()
	defer k.done()
	err := garbled
	text := ""
	if err != nil {
		m = nil
	}
	switch m := m.(type) {
	case nil:
	case *wire.Parse:
		text = m.Text
		err = k.parse(ctx, *m)
	case *wire.Bind:
		text = k.textOf('S', m.Statement)
		err = k.bind(ctx, *m)
	case *wire.Describe:
		text = k.textOf(m.Kind, m.Name)
		err = k.describe(ctx, *m)
	case *wire.Execute:
		text = k.textOf('P', m.Portal)
		err = k.execute(ctx, *m)
	case *wire.Close:
		err = k.closeObject(*m)
	default:
		return fatalProtocol("unexpected message")
	}
	if err != nil {
		k.report(err, text)
		k.skip = true
		// The client may wait for it without a Sync, and its Flush will be skipped.
		return k.w.Flush()
	}
	return nil
}

// textOf is the text that errors of a statement or portal have positions in.
func (k *conn) textOf(kind byte, name string) string {
	if p := k.portals[name]; kind == 'P' && p != nil {
		return p.st.text
	}
	if s := k.statements[name]; kind == 'S' && s != nil {
		return s.text
	}
	return ""
}

// sync ends a series: portals outside a transaction block end with it.
func (k *conn) sync() error {
	ctx := k.begin()
	k.closePortalsOutsideTx()
	if err := k.sess.Sync(ctx, k.skip); err != nil && !k.skip {
		k.report(err, "")
	}
	k.done()
	k.skip = false
	return k.ready()
}

func (k *conn) parse(ctx context.Context, m wire.Parse) error {
	if m.Name != "" && (k.statements[m.Name] != nil || k.named(m.Name) != nil) {
		return sqlerr.New(pgerrcode.DuplicatePreparedStatement, "prepared statement \"%s\" already exists", m.Name)
	}
	delete(k.statements, m.Name)
	k.parsed = m.Text
	p, err := k.sess.Prepare(ctx, m.Text, m.OIDs)
	k.parsed = ""
	if err != nil {
		return err
	}
	k.statements[m.Name] = &statement{p, m.Text}
	k.w.ParseComplete()
	return nil
}

func (k *conn) statement(name string) (*statement, error) {
	if s := k.statements[name]; s != nil {
		return s, nil
	}
	if p := k.named(name); p != nil {
		return &statement{p: p}, nil
	}
	if name == "" {
		return nil, sqlerr.New(pgerrcode.InvalidSQLStatementName, "unnamed prepared statement does not exist")
	}
	return nil, sqlerr.New(pgerrcode.InvalidSQLStatementName, "prepared statement \"%s\" does not exist", name)
}

// named is a statement of PREPARE, nil without it.
func (k *conn) named(name string) session.Prepared {
	if o, ok := k.sess.(session.StatementOwner); ok && name != "" {
		return o.Named(name)
	}
	return nil
}

func (k *conn) bind(ctx context.Context, m wire.Bind) error {
	s, err := k.statement(m.Statement)
	if err != nil {
		return err
	}
	if m.Portal != "" && (k.portals[m.Portal] != nil || k.isCursor(m.Portal)) {
		return sqlerr.New(pgerrcode.DuplicateCursor, "cursor \"%s\" already exists", m.Portal)
	}
	if err := bindCounts(s, m); err != nil {
		return err
	}
	if k.sess.Tx() == session.TxFailed {
		if err := k.sess.Check(ctx, s.p); err != nil {
			return err
		}
	}
	params, err := k.params(ctx, s, m)
	if err != nil {
		return err
	}
	if err := k.sess.Check(ctx, s.p); err != nil {
		return err
	}
	if o, ok := k.sess.(session.Planner); ok {
		if err := o.Plan(s.p, params); err != nil {
			return k.withParams(err, m.Portal, &portal{st: s, params: params})
		}
	}
	if n := len(m.ResultFormats); n > 1 && n != len(s.p.Columns()) {
		return sqlerr.New(pgerrcode.ProtocolViolation, "bind message has %d result formats but query has %d columns", n, len(s.p.Columns()))
	}
	k.dropPortal(m.Portal)
	level := 0
	if o, ok := k.sess.(session.CursorOwner); ok {
		level = o.Level()
	}
	k.portals[m.Portal] = &portal{level: level, st: s, params: params, formats: m.ResultFormats, made: time.Now()}
	k.w.BindComplete()
	return nil
}

// bindCounts holds the lists of a Bind to each other and to the statement.
func bindCounts(s *statement, m wire.Bind) error {
	if n := len(m.ParamFormats); n > 1 && n != len(m.Params) {
		return sqlerr.New(pgerrcode.ProtocolViolation, "bind message has %d parameter formats but %d parameters", n, len(m.Params))
	}
	if n := len(s.p.Params()); len(m.Params) != n {
		return sqlerr.New(pgerrcode.ProtocolViolation, "bind message supplies %d parameters, but prepared statement \"%s\" requires %d", len(m.Params), m.Statement, n)
	}
	return nil
}

// params decodes the parameters of a Bind by the statement's types.
func (k *conn) params(ctx context.Context, s *statement, m wire.Bind) ([]vec.Datum, error) {
	ts := s.p.Params()
	if len(ts) == 0 {
		return nil, nil
	}
	format, style, now := formatOf(m.ParamFormats), k.style(), time.Now()
	out := make([]vec.Datum, len(ts))
	for i, raw := range m.Params {
		var err error
		if raw != nil {
			raw, err = k.w.DecodedParam(raw, ts[i], format.At(i) == 1)
		}
		switch {
		case err != nil:
		case raw == nil:
			out[i].Null = true
		case format.At(i) == 0:
			out[i], err = vec.ParseText(ts[i], string(raw), style, now)
		case format.At(i) == 1:
			out[i], err = vec.ParseBinary(ts[i], raw)
		default:
			err = sqlerr.New(pgerrcode.InvalidParameterValue, "unsupported format code: %d", format.At(i))
		}
		if err == nil && ts[i].Domain() != nil {
			if c, ok := k.sess.(session.ParamChecker); ok {
				err = c.CheckParam(ctx, ts[i], out[i])
			}
		}
		if err != nil {
			return nil, k.paramError(err, m.Portal, i, format.At(i), raw)
		}
	}
	return out, nil
}

// paramError is an error in parameter i with the context that PostgreSQL gives:
// the values of text parameters are there, as much of them as may be shown.
func (k *conn) paramError(err error, portal string, i int, format int16, raw []byte) error {
	e := *sqlerr.From(err)
	if e.Code == pgerrcode.InvalidBinaryRepresentation && e.Message == "incorrect binary data format" {
		e.Message += " in bind parameter " + strconv.Itoa(i+1)
	}
	value := ""
	if format == 0 && raw != nil && e.Code != pgerrcode.CharacterNotInRepertoire {
		value = " = " + quotedParam(string(raw), k.shownOfParams())
	}
	return under(&e, portalName(portal)+" parameter $"+strconv.Itoa(i+1)+value)
}

func (k *conn) describe(ctx context.Context, m wire.Describe) error {
	switch m.Kind {
	case 'S':
		s, err := k.statement(m.Name)
		if err != nil {
			return err
		}
		if k.sess.Tx() != session.TxFailed {
			k.w.Params(s.p.Params())
		}
		if k.sess.Tx() != session.TxFailed || s.p.Columns() != nil {
			if err := k.sess.Check(ctx, s.p); err != nil {
				return err
			}
		}
		k.columns(s.p.Columns(), nil)
		return nil
	case 'P':
	default:
		return sqlerr.New(pgerrcode.ProtocolViolation, "invalid DESCRIBE message subtype %d", m.Kind)
	}
	p := k.portals[m.Name]
	if p == nil {
		return k.describeCursor(ctx, m.Name)
	}
	if k.sess.Tx() == session.TxFailed && p.st.p.Columns() != nil {
		if err := k.sess.Check(ctx, p.st.p); err != nil {
			return err
		}
	}
	k.columns(p.st.p.Columns(), p.formats)
	return nil
}

func (k *conn) columns(cols []session.Column, formats []int16) {
	if cols == nil {
		k.w.NoData()
		return
	}
	k.w.Columns(cols, formatOf(formats))
}

func (k *conn) execute(ctx context.Context, m wire.Execute) error {
	p := k.portals[m.Portal]
	if p == nil {
		return k.executeCursor(ctx, m)
	}
	if p.st.p.Empty() {
		k.w.EmptyQuery()
		return nil
	}
	if p.res != nil && k.sess.Tx() == session.TxFailed {
		if err := k.sess.Check(ctx, p.st.p); err != nil {
			return err
		}
	}
	k.running = p
	defer func() { k.running = nil }()
	if p.res == nil {
		res, err := k.sess.Execute(ctx, p.st.p, p.params)
		if err != nil {
			return k.withParams(err, m.Portal, p)
		}
		p.res = res
	}
	if p.res.Kind() != session.KindRows {
		if p.done {
			return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "portal \"%s\" cannot be run", m.Portal)
		}
		p.done = true
		err := k.copyResult(ctx, p.res)
		tag := p.res.Tag()
		p.res.Close()
		if err == nil {
			k.w.Complete(tag)
		}
		return err
	}
	return k.withParams(k.fetch(ctx, p, m.MaxRows), m.Portal, p)
}

// fetch sends up to max rows (0: all) of a portal.
func (k *conn) fetch(ctx context.Context, p *portal, max uint32) error {
	for i, f := range p.formats {
		if f != 0 && f != 1 && i < len(p.res.Columns()) {
			return sqlerr.New(pgerrcode.InvalidParameterValue, "unsupported format code: %d", f)
		}
	}
	if p.batch == nil {
		p.enc.Reset(k.style(), formatOf(p.formats))
	}
	sent := 0
	for left := max; ; {
		if p.batch != nil && p.next < p.batch.N {
			n := p.batch.N - p.next
			if max > 0 {
				n = min(n, int(left))
			}
			if err := k.w.Rows(&p.enc, p.batch, p.next, p.next+n); err != nil {
				return lostClient(err)
			}
			p.next += n
			p.sent += int64(n)
			sent += n
			left -= uint32(n)
			if max > 0 && left == 0 {
				k.w.PortalSuspended()
				return nil
			}
			continue
		}
		if p.done {
			break
		}
		b, err := p.res.Next(ctx)
		if err != nil {
			return err
		}
		p.batch, p.next, p.done = b, 0, b == nil
	}
	tag := p.res.Tag()
	p.res.Close()
	k.w.Complete(countedTag(tag, sent))
	return nil
}

// countedTag is a tag with the rows of one Execute: each counts its own
// (PortalRun in PostgreSQL's pquery.c).
func countedTag(tag string, sent int) string {
	at := strings.LastIndexByte(tag, ' ')
	if at < 0 || tag[at+1] < '0' || tag[at+1] > '9' {
		return tag
	}
	if n, err := strconv.Atoi(tag[at+1:]); err == nil && n == sent {
		return tag
	}
	return tag[:at+1] + strconv.Itoa(sent)
}

func (k *conn) closeObject(m wire.Close) error {
	switch m.Kind {
	case 'S':
		delete(k.statements, m.Name)
		if o, ok := k.sess.(session.StatementOwner); ok && m.Name != "" {
			o.Forget(m.Name)
		}
	case 'P':
		k.dropPortal(m.Name)
		if o, ok := k.sess.(session.CursorOwner); ok && m.Name != "" {
			o.CloseCursor(m.Name)
		}
	default:
		return sqlerr.New(pgerrcode.ProtocolViolation, "invalid CLOSE message subtype %d", m.Kind)
	}
	k.w.CloseComplete()
	return nil
}

func (k *conn) dropPortal(name string) {
	if p := k.portals[name]; p != nil {
		if p.res != nil {
			p.res.Close()
		}
		delete(k.portals, name)
	}
}

func (k *conn) closePortals() {
	for name := range k.portals {
		k.dropPortal(name)
	}
}

// closePortalsOutsideTx ends portals with their implicit transaction; in a block
// they stay until its end, also when it has failed and nothing can be done with them.
func (k *conn) closePortalsOutsideTx() {
	if k.sess.Tx() == session.TxIdle {
		k.closePortals()
	}
}
