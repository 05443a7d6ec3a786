package clients

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// player sends steps to one server and writes down what it answers.
type player struct {
	ctx     context.Context
	url     string
	startup map[string]string
	conns   map[string]*playConn
	// admin asks for the names of objects; names has them by OID.
	admin *pgconn.PgConn
	names map[string]string
}

type playConn struct {
	pg *pgconn.PgConn
	// statements has the parameter types of the prepared statements.
	statements map[string][]uint32
}

var types = pgtype.NewMap()

func (p *player) close() {
	for _, c := range p.conns {
		_ = c.pg.Close(context.Background()) // the answers are there already
	}
	if p.admin != nil {
		_ = p.admin.Close(context.Background())
	}
}

func (p *player) conn(name string) (*playConn, error) {
	if c := p.conns[name]; c != nil {
		return c, nil
	}
	cfg, err := pgconn.ParseConfig(p.url)
	if err != nil {
		return nil, err
	}
	for k, v := range p.startup {
		cfg.RuntimeParams[k] = v
	}
	pg, err := pgconn.ConnectConfig(p.ctx, cfg)
	if err != nil {
		return nil, err
	}
	p.conns[name] = &playConn{pg: pg, statements: map[string][]uint32{}}
	return p.conns[name], nil
}

var asked = regexp.MustCompile(`(?s)\{\{(.+?)\}\}`)

// filled puts the answers of the questions between {{ and }} in their places.
func (p *player) filled(text string) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	if err := p.connectAdmin(); err != nil {
		return "", err
	}
	var failed error
	text = asked.ReplaceAllStringFunc(text, func(q string) string {
		r, err := p.admin.Exec(p.ctx, strings.Trim(q, "{}")).ReadAll()
		if err != nil || len(r) != 1 || len(r[0].Rows) != 1 {
			failed = fmt.Errorf("%s does not have one answer: %v", q, err)
			return q
		}
		return string(r[0].Rows[0][0])
	})
	return text, failed
}

// step sends a step and returns what came back, a line for each row or message.
func (p *player) step(s *toolStep) (string, error) {
	c, err := p.conn(s.options["conn"])
	if err != nil {
		return "", err
	}
	a := &answer{p: p, s: s, sorted: s.has("sort") || !strings.Contains(strings.ToUpper(s.sql), "ORDER BY")}
	if s.has("execute") || s.has("fetch") {
		a.sorted = s.has("sort")
	}
	text, err := p.filled(s.sql)
	if err != nil {
		return "", err
	}
	fe := c.pg.Frontend()
	switch {
	case s.has("simple"):
		fe.SendQuery(&pgproto3.Query{String: text})
	case s.has("batch"):
		for _, sql := range strings.SplitAfter(text, ";\n") {
			if err := p.send(c, s, strings.TrimSuffix(strings.TrimSpace(sql), ";")); err != nil {
				return "", err
			}
		}
		fe.SendSync(&pgproto3.Sync{})
	default:
		if err := p.send(c, s, text); err != nil {
			return "", err
		}
		if !s.has("fetch") {
			fe.SendSync(&pgproto3.Sync{})
		} else {
			fe.Send(&pgproto3.Flush{})
		}
	}
	if err := fe.Flush(); err != nil {
		return "", err
	}
	if err := a.read(c); err != nil {
		return a.out.String(), err
	}
	if a.failed != s.has("error") {
		a.out.WriteString("FAIL: whether this is an error is not what the step says\n")
	}
	return a.out.String(), nil
}

// send sends the messages of one statement, without the Sync.
func (p *player) send(c *playConn, s *toolStep, sql string) error {
	fe := c.pg.Frontend()
	name := s.options["prepare"]
	oids := make([]uint32, len(s.params))
	for i, param := range s.params {
		if param[0] == "unknown" {
			continue // the server finds it out
		}
		t, ok := types.TypeForName(param[0])
		if !ok {
			return fmt.Errorf("no type %s", param[0])
		}
		oids[i] = t.OID
	}
	if s.has("execute") {
		name = s.options["execute"]
	} else {
		fe.SendParse(&pgproto3.Parse{Name: name, Query: sql, ParameterOIDs: oids})
	}
	format := int16(0)
	if s.has("binary") {
		format = 1
	}
	if s.has("prepare") || s.has("binary") {
		fe.SendDescribe(&pgproto3.Describe{ObjectType: 'S', Name: name})
	}
	bind := &pgproto3.Bind{PreparedStatement: name, ResultFormatCodes: []int16{format}}
	for i, param := range s.params {
		text, err := p.filled(param[1])
		if err != nil {
			return err
		}
		v, f, err := encodeParam(oids[i], text, format)
		if err != nil {
			return err
		}
		bind.Parameters = append(bind.Parameters, v)
		bind.ParameterFormatCodes = append(bind.ParameterFormatCodes, f)
	}
	rows, _ := strconv.ParseUint(s.options["fetch"], 10, 32) // 0 where there is none: all rows
	if rows > 0 {
		bind.DestinationPortal = "C_1"
	}
	fe.SendBind(bind)
	fe.SendDescribe(&pgproto3.Describe{ObjectType: 'P', Name: bind.DestinationPortal})
	fe.SendExecute(&pgproto3.Execute{Portal: bind.DestinationPortal, MaxRows: uint32(rows)})
	return nil
}

// encodeParam returns a parameter's bytes and their format; a value of no known
// type is text.
func encodeParam(oid uint32, text string, format int16) ([]byte, int16, error) {
	if text == `\N` {
		return nil, format, nil
	}
	if format == 0 || oid == 0 {
		return []byte(text), 0, nil
	}
	t, _ := types.TypeForOID(oid)
	v, err := t.Codec.DecodeValue(types, oid, pgtype.TextFormatCode, []byte(text))
	if err != nil {
		return nil, 0, err
	}
	b, err := types.Encode(oid, pgtype.BinaryFormatCode, v, nil)
	return b, 1, err
}

// answer is what came back on a step.
type answer struct {
	p      *player
	s      *toolStep
	out    strings.Builder
	sorted bool
	failed bool
	fields []pgproto3.FieldDescription
	rows   []string
	left   int // rows left out, as notHere says
}

// read reads until the server is ready for another step.
func (a *answer) read(c *playConn) error {
	for {
		msg, err := c.pg.ReceiveMessage(a.p.ctx)
		if err != nil {
			if pe, ok := err.(*pgconn.PgError); !ok || pe.Severity != "FATAL" {
				return err
			}
		}
		switch m := msg.(type) {
		case *pgproto3.ReadyForQuery:
			if m.TxStatus != 'I' {
				fmt.Fprintf(&a.out, "in %c\n", m.TxStatus)
			}
			return nil
		case *pgproto3.PortalSuspended:
			a.flushRows()
			a.out.WriteString("suspended\n")
			c.pg.Frontend().SendExecute(&pgproto3.Execute{Portal: "C_1", MaxRows: fetchSize(a.s)})
			c.pg.Frontend().Send(&pgproto3.Flush{})
		case *pgproto3.CommandComplete:
			a.flushRows()
			tag := string(m.CommandTag)
			if verb, n, ok := strings.Cut(tag, " "); ok && a.left > 0 {
				total, _ := strconv.Atoi(n) // the tag of a command with rows
				tag, a.left = fmt.Sprintf("%s %d", verb, total-a.left), 0
			}
			fmt.Fprintf(&a.out, "-> %s\n", tag)
		case *pgproto3.ErrorResponse:
			a.flushRows()
			a.error(m)
		default:
			a.message(msg)
			continue
		}
		if a.s.has("fetch") {
			if _, suspended := msg.(*pgproto3.PortalSuspended); !suspended {
				c.pg.Frontend().SendClose(&pgproto3.Close{ObjectType: 'P', Name: "C_1"})
				c.pg.Frontend().SendSync(&pgproto3.Sync{})
			}
		}
		if err := c.pg.Frontend().Flush(); err != nil {
			return err
		}
	}
}

func fetchSize(s *toolStep) uint32 {
	n, _ := strconv.ParseUint(s.options["fetch"], 10, 32)
	return uint32(n)
}

// message writes down what neither ends a statement nor a step.
func (a *answer) message(msg pgproto3.BackendMessage) {
	switch m := msg.(type) {
	case *pgproto3.ParameterDescription:
		fmt.Fprintf(&a.out, "parameters %s\n", strings.Join(a.typeNames(m.ParameterOIDs), " "))
	case *pgproto3.RowDescription:
		a.fields = slices.Clone(m.Fields)
		for i := range a.fields {
			a.fields[i].Name = slices.Clone(m.Fields[i].Name)
		}
		a.columns()
	case *pgproto3.NoData:
		a.out.WriteString("no rows\n")
	case *pgproto3.DataRow:
		if row := a.row(m.Values); !notHere.MatchString(row) {
			a.rows = append(a.rows, row)
		} else {
			a.left++
		}
	case *pgproto3.EmptyQueryResponse:
		a.out.WriteString("empty\n")
	case *pgproto3.NoticeResponse:
		fmt.Fprintf(&a.out, "%s %s: %s\n", m.Severity, m.Code, m.Message)
	case *pgproto3.ParameterStatus:
		fmt.Fprintf(&a.out, "%s = %s\n", m.Name, m.Value)
	}
}

func (a *answer) error(m *pgproto3.ErrorResponse) {
	a.failed = true
	fmt.Fprintf(&a.out, "%s %s at %d: %s\n", m.Severity, m.Code, m.Position, m.Message)
	for _, more := range [][2]string{{"DETAIL", m.Detail}, {"HINT", m.Hint}} {
		if more[1] != "" {
			fmt.Fprintf(&a.out, "%s: %s\n", more[0], more[1])
		}
	}
}

func (a *answer) columns() {
	oids := make([]uint32, len(a.fields))
	for i, f := range a.fields {
		oids[i] = f.DataTypeOID
	}
	for i, t := range a.typeNames(oids) {
		f := a.fields[i]
		fmt.Fprintf(&a.out, "%s %s %d %d", f.Name, t, f.DataTypeSize, f.TypeModifier)
		if f.TableOID != 0 {
			fmt.Fprintf(&a.out, " column %d of %s", f.TableAttributeNumber, a.p.name(strconv.Itoa(int(f.TableOID))))
		}
		a.out.WriteString("\n")
	}
}

func (a *answer) typeNames(oids []uint32) []string {
	out := make([]string, len(oids))
	for i, oid := range oids {
		out[i] = a.p.name(strconv.Itoa(int(oid)))
	}
	return out
}

func (a *answer) flushRows() {
	if a.sorted {
		sort.Strings(a.rows)
	}
	for _, r := range a.rows {
		a.out.WriteString(r + "\n")
	}
	a.rows = nil
}

// row is a row in text, with names in the place of the OIDs of the fixture's objects.
func (a *answer) row(values [][]byte) string {
	hidden := strings.Split(a.s.options["hide"], ",")
	out := make([]string, len(values))
	for i, v := range values {
		f := &a.fields[i]
		switch {
		case v == nil:
			out[i] = `\N`
		case ofServer[string(f.Name)] || slices.Contains(hidden, string(f.Name)) || f.DataTypeOID == pgtype.XIDOID || f.DataTypeOID == pgtype.XID8OID:
			out[i] = "*"
		default:
			out[i] = a.value(f, v)
		}
	}
	return strings.Join(out, "|")
}

var number = regexp.MustCompile(`\b\d{5,}\b`)

func (a *answer) value(f *pgproto3.FieldDescription, v []byte) string {
	text := string(v)
	if f.Format == 1 {
		text = binaryText(f.DataTypeOID, v)
	}
	if m := notNullName.FindStringSubmatch(text); m != nil {
		return "NOT NULL " + m[2] + " of " + a.p.name(m[1])
	}
	switch f.DataTypeOID {
	case pgtype.OIDOID, pgtype.OIDArrayOID, 30, 24, 2202, 2205, 2206, 2210, 2211, 4089, 4096: // oidvector and the reg types
		return number.ReplaceAllStringFunc(text, a.p.name)
	}
	if a.s.has("oids") {
		return number.ReplaceAllStringFunc(text, a.p.known)
	}
	return text
}

// binaryText shows a binary value: whole numbers and texts as such, others in hex.
func binaryText(oid uint32, v []byte) string {
	switch oid {
	case pgtype.OIDOID, pgtype.Int4OID:
		return strconv.Itoa(int(binary.BigEndian.Uint32(v)))
	case pgtype.TextOID, pgtype.NameOID, pgtype.VarcharOID, pgtype.QCharOID:
		return string(v)
	}
	return hex.EncodeToString(v)
}

// name returns the name of an object by its OID; the OIDs of PostgreSQL's own
// objects are themselves. Temporary objects, which other sessions need not see, and
// what has been dropped are "other".
func (p *player) name(oid string) string {
	if n, err := strconv.ParseUint(oid, 10, 32); err != nil || n < 16384 {
		return oid
	}
	if p.names[oid] == "" {
		p.loadNames()
	}
	if p.names[oid] == "" {
		return "<other>"
	}
	return p.names[oid]
}

// known is name, but leaves a number that is no object's OID as it is.
func (p *player) known(oid string) string {
	if n := p.name(oid); n != "<other>" {
		return n
	}
	return oid
}

func (p *player) connectAdmin() (err error) {
	if p.admin == nil {
		p.admin, err = pgconn.Connect(p.ctx, p.url)
	}
	return err
}

// loadNames reads the names that the database's objects have now.
func (p *player) loadNames() {
	if err := p.connectAdmin(); err != nil {
		return // the names are missing in what is compared
	}
	p.names = map[string]string{}
	for _, q := range nameQueries {
		r, err := p.admin.Exec(p.ctx, q).ReadAll()
		if err != nil {
			continue
		}
		for _, row := range r[0].Rows {
			if name := string(row[1]); !strings.Contains(name, " pg_temp_") {
				p.names[string(row[0])] = "<" + name + ">"
			}
		}
	}
}
