package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// typed are values of every type that is stored or returned, by their texts.
var typed = []struct {
	name   string
	values []string
}{
	{"bool", []string{"t", "f"}},
	{"int2", []string{"0", "-32768", "32767"}},
	{"int4", []string{"0", "-2147483648", "2147483647"}},
	{"int8", []string{"0", "-9223372036854775808", "9223372036854775807"}},
	{"float4", []string{"0", "-0", "1.5", "3.4028235e+38", "NaN", "Infinity", "-Infinity", "0.1"}},
	{"float8", []string{"0", "-0", "1.5", "1.7976931348623157e+308", "NaN", "-Infinity", "0.1", "5e-324"}},
	{"numeric", []string{"0", "0.00", "1", "-1.50", "12345678901234567890.123456789", "0.0001", "1e20", "10000", "99999999", "NaN", "Infinity", "-Infinity", "-0.000000000000000000001"}},
	{"numeric(10,2)", []string{"1.005", "-99999999.99"}},
	{"text", []string{"", "x", "人群 \\ \"'\n\t"}},
	{"varchar(5)", []string{"", "一二三四五"}},
	{"char(4)", []string{"a", "一"}},
	{"\"char\"", []string{"a", ""}},
	{"name", []string{"n", "用户"}},
	{"bytea", []string{"\\x", "\\x00ff5c"}},
	{"date", []string{"2000-01-01", "1970-01-01", "0001-01-01 BC", "5874897-12-31", "infinity", "-infinity"}},
	{"time", []string{"00:00:00", "24:00:00", "12:34:56.789012"}},
	{"timetz", []string{"00:00:00+00", "12:34:56.789012-08:30"}},
	{"timestamp", []string{"2000-01-01 00:00:00", "1999-12-31 23:59:59.999999", "294276-12-31 23:59:59", "4713-01-01 00:00:00 BC", "infinity", "-infinity"}},
	{"timestamptz", []string{"2000-01-01 00:00:00+00", "2024-02-29 12:00:00.5+08", "infinity"}},
	{"interval", []string{"0", "1 year 2 mons 3 days 04:05:06.789", "-1 mons +5 days -00:00:01", "178000000 years"}},
	{"uuid", []string{"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
	{"json", []string{"{\"a\": [1, null, \"人\"]}", " 1"}},
	{"jsonb", []string{"{\"b\":1,\"a\":[1.50,null,\"人\"]}", "\"x\""}},
	{"oid", []string{"0", "4294967295"}},
	{"regclass", []string{"pg_class", "0"}},
	{"regtype", []string{"integer", "0"}},
	{"inet", []string{"127.0.0.1", "10.0.0.0/8", "::1", "fe80::/10"}},
	{"bit(5)", []string{"10101"}},
	{"varbit", []string{"", "101010101"}},
	{"pg_lsn", []string{"16/B374D848", "0/0"}},
	{"cidr", []string{"10.0.0.0/8", "::/0"}},
	{"macaddr", []string{"08:00:2b:01:02:03"}},
	{"macaddr8", []string{"08:00:2b:01:02:03:04:05"}},
	{"xid8", []string{"0", "4294967299"}},
	{"refcursor", []string{"", "游标"}},
	{"regconfig", []string{"english", "0"}},
	{"regdictionary", []string{"simple"}},
	{"regcollation", []string{"\"C\""}},
	{"inet[]", []string{"{10.0.0.1,NULL,::1/64}"}},
	{"money", []string{"$1,234.56", "-$0.01", "92233720368547758.07"}},
	{"int2vector", []string{"1 2 3", ""}},
	{"oidvector", []string{"1 4294967295"}},
	{"point", []string{"(1,2.5)", "(NaN,-Infinity)"}},
	{"lseg", []string{"[(1,2),(3,4)]"}},
	{"box", []string{"(1,2),(3,4)"}},
	{"path", []string{"[(1,2),(3,4)]", "((1,2),(3,4),(5,6))"}},
	{"polygon", []string{"((1,2),(3,4),(5,6))"}},
	{"line", []string{"{1,2,3}"}},
	{"circle", []string{"<(1,2),3>"}},
	{"point[]", []string{"{\"(1,2)\",NULL}"}},
	{"pg_snapshot", []string{"10:20:", "10:20:11,13"}},
	{"txid_snapshot", []string{"10:20:11"}},
	{"int4range", []string{"[1,5)", "(1,5]", "empty", "(,)", "[,5)", "[5,5)"}},
	{"int8range", []string{"[1,9223372036854775807)", "(,1]"}},
	{"numrange", []string{"[1.50,2.0]", "(,0)", "empty", "(NaN,)"}},
	{"daterange", []string{"[2020-01-01,2020-01-31]", "[-infinity,infinity]"}},
	{"tsrange", []string{"[\"2020-01-01 10:00:00\",)", "(\"2020-01-01 10:00:00\",infinity]"}},
	{"tstzrange", []string{"[\"2020-01-01 10:00:00+00\",\"2020-01-01 10:00:00.5+00\")"}},
	{"int4multirange", []string{"{}", "{[1,5),[7,9)}", "{(,)}"}},
	{"nummultirange", []string{"{[1.0,2.5],(7,)}"}},
	{"tstzmultirange", []string{"{[\"2020-01-01 10:00:00+00\",)}"}},
	{"int4range[]", []string{"{\"[1,2)\",NULL,empty}"}},
	{"datemultirange[]", []string{"{\"{[2020-01-01,2020-02-01)}\",\"{}\"}"}},
	{"int4[]", []string{"{}", "{1,NULL,3}", "{{1,2},{3,4}}", "[2:3]={7,8}"}},
	{"text[]", []string{"{}", "{a,NULL,\"NULL\",\"\",\"b c\",\"人,群\"}"}},
	{"int8[]", []string{"{9223372036854775807}"}},
	{"float8[]", []string{"{1.5,NaN}"}},
	{"numeric[]", []string{"{1.50,NaN}"}},
	{"bool[]", []string{"{t,f,NULL}"}},
	{"date[]", []string{"{2024-02-29}"}},
	{"timestamptz[]", []string{"{\"2024-02-29 00:00:00+00\"}"}},
	{"uuid[]", []string{"{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"}},
	{"jsonb[]", []string{"{\"{\\\"a\\\": 1}\"}"}},
	{"bytea[]", []string{"{\"\\\\x00\"}"}},
	{"varchar(3)[]", []string{"{abc}"}},
	{"oid[]", []string{"{1,2}"}},
	{"interval[]", []string{"{\"1 day\"}"}},
}

// composites are values of composite types, one of them that of a table's rows.
var composites = []struct {
	name   string
	values []string
}{
	{"pair", []string{"(1,x)", "(,)", "(-5,\"a \"\"q\"\" (人,群)\")", "(1)", "(1,2,3)", "(x,y)", "1,2"}},
	{"pair[]", []string{"{}", "{\"(1,x)\",NULL,\"(,)\"}", "{{\"(1,x)\"},{\"(2,y)\"}}"}},
	{"deep", []string{"(x,\"(1,y)\",\"{\"\"(2,z)\"\",NULL}\",7)", "(,,,)", "(,\"(,)\",{},)"}},
	{"t", []string{"(1,b,2.5)", "(,,)"}},
}

// TestTypes sends every value as text, reads it in binary, sends what has been
// read back in binary, and reads that as text: all of it as PostgreSQL does. COPY
// in binary carries the same bytes.
func TestTypes(t *testing.T) {
	compare(t, "types.txt", func(t *testing.T, s server) string {
		var b strings.Builder
		for _, ty := range typed {
			c := s.login(t)
			fmt.Fprintln(&b, ty.name)
			for _, v := range ty.values {
				roundTrip(t, c, &b, ty.name, v)
			}
			c.write(t, encode(t, q("copy (select '"+strings.ReplaceAll(ty.values[0], "'", "''")+"'::"+ty.name+", null::"+ty.name+") to stdout (format binary)")))
			b.WriteString(c.read(1) + "\n")
			c.Close()
		}
		return b.String()
	})
}

// roundTrip sends a text, takes it in binary and sends that back, whole and damaged.
func roundTrip(t *testing.T, c *client, b *strings.Builder, name, v string) {
	raw := ask(t, c, "select $1::"+name, 0, 1, []byte(v))
	if raw.err != "" {
		fmt.Fprintf(b, "  %q: %s\n", v, raw.err)
		return
	}
	back := ask(t, c, "select $1::"+name, 1, 0, raw.value)
	fmt.Fprintf(b, "  %q: %x, back %q %s\n", v, raw.value, back.value, back.err)
	if len(raw.value) > 0 {
		cut := ask(t, c, "select $1::"+name, 1, 0, raw.value[:len(raw.value)-1])
		more := ask(t, c, "select $1::"+name, 1, 0, append(append([]byte{}, raw.value...), 0))
		fmt.Fprintf(b, "    cut: %q %s\n    more: %q %s\n", cut.value, cut.err, more.value, more.err)
	}
}

// TestCompositeTypes is TestTypes for composite types. Their own OIDs, which stand
// in the bytes, are not compared.
func TestCompositeTypes(t *testing.T) {
	compare(t, "composites.txt", func(t *testing.T, s server) string {
		var b strings.Builder
		var hide []string
		c := s.login(t)
		for _, name := range []string{"pair", "_pair", "small", "deep"} {
			oid := ask(t, c, "select oid from pg_type where typname = $1", 0, 1, []byte(name))
			hide = append(hide, fmt.Sprintf("%x", oid.value), "<"+name+">")
		}
		for _, ty := range composites {
			fmt.Fprintln(&b, ty.name)
			for _, v := range ty.values {
				roundTrip(t, c, &b, ty.name, v)
			}
			wrong := ask(t, c, "select $1::"+ty.name, 1, 0, []byte("\x00\x00\x00\x01\x00\x00\x00\x17\xff\xff\xff\xff"))
			short := ask(t, c, "select $1::"+ty.name, 1, 0, []byte("\x00"))
			fmt.Fprintf(&b, "  wrong: %q %s\n  short: %q %s\n", wrong.value, wrong.err, short.value, short.err)
		}
		c.Close()
		return strings.NewReplacer(hide...).Replace(b.String())
	})
}

type answer struct {
	value []byte
	err   string
}

// ask runs a query of one parameter and one column.
func ask(t *testing.T, c *client, sql string, in, out int16, v []byte) (a answer) {
	t.Helper()
	c.write(t, encode(t, join(parse("", sql), msgs{&pgproto3.Bind{ParameterFormatCodes: []int16{in}, ResultFormatCodes: []int16{out}, Parameters: [][]byte{v}}}, execute("", 0), syn)))
	for {
		m, err := c.fe.Receive()
		if err != nil {
			t.Fatalf("%s %q: %v", sql, v, err)
		}
		switch m := m.(type) {
		case *pgproto3.DataRow:
			a.value = append([]byte{}, m.Values[0]...)
		case *pgproto3.ErrorResponse:
			a.err = show(m)
		case *pgproto3.ReadyForQuery:
			return a
		}
	}
}
