// Package steps is what the programs of this module share: steps, and values
// printed so that type and content can both be seen.
package steps

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
)

// URL names the server.
var URL = os.Getenv("DATABASE_URL")

// Step runs one step; an error that leaves it is printed as its last line.
func Step(name string, run func() error) {
	fmt.Printf("# step %s\n", name)
	defer func() {
		if p := recover(); p != nil {
			fmt.Printf("FAIL panic: %v\n", p)
		}
	}()
	if err := run(); err != nil {
		fmt.Println("FAIL", Failure(err))
	}
}

// Show prints values on one line.
func Show(values ...any) {
	for i, v := range values {
		if i > 0 {
			fmt.Print(" ")
		}
		if s, ok := v.(string); ok {
			fmt.Print(s)
		} else {
			fmt.Print(Text(v))
		}
	}
	fmt.Println()
}

// Fails prints the error of what has to fail.
func Fails(err error) {
	if err == nil {
		fmt.Println("FAIL no error")
		return
	}
	fmt.Println(Failure(err))
}

// Failure is an error in all fields that a server sends, except those that tell of its source.
func Failure(err error) string {
	var e *pgconn.PgError
	var q *pq.Error
	switch {
	case errors.As(err, &e):
		return fmt.Sprintf("%s %s: %s | detail %q hint %q pos %d where %q schema %q table %q column %q type %q constraint %q", e.Severity, e.Code, e.Message,
			e.Detail, e.Hint, e.Position, e.Where, e.SchemaName, e.TableName, e.ColumnName, e.DataTypeName, e.ConstraintName)
	case errors.As(err, &q):
		return fmt.Sprintf("%s %s: %s | detail %q hint %q pos %s where %q schema %q table %q column %q type %q constraint %q", q.Severity, q.Code, q.Message,
			q.Detail, q.Hint, q.Position, q.Where, q.Schema, q.Table, q.Column, q.DataTypeName, q.Constraint)
	}
	return err.Error()
}

// Text writes a value with its Go type where that is not plain.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return fmt.Sprintf("%q", v)
	case []byte:
		return "bytes:" + hex.EncodeToString(v)
	case time.Time:
		return "time:" + v.UTC().Format(time.RFC3339Nano)
	case float64:
		if math.IsNaN(v) {
			return "NaN"
		}
		return fmt.Sprintf("%T:%v", v, v)
	case error:
		return Failure(v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return "nil"
		}
		return Text(r.Elem().Interface())
	case reflect.Slice, reflect.Array:
		out := make([]string, r.Len())
		for i := range out {
			out[i] = Text(r.Index(i).Interface())
		}
		return "[" + strings.Join(out, " ") + "]"
	case reflect.Map:
		var out []string
		for _, k := range r.MapKeys() {
			out = append(out, Text(k.Interface())+":"+Text(r.MapIndex(k).Interface()))
		}
		sort.Strings(out)
		return "{" + strings.Join(out, " ") + "}"
	}
	return fmt.Sprintf("%T:%v", v, v)
}

// Type is a type and a value of it as text.
type Type struct{ Name, Value string }

// Every has values of each type.
var Every = []Type{
	{"boolean", "t"}, {"smallint", "-32768"}, {"integer", "2147483647"}, {"bigint", "9007199254740993"}, {"numeric", "-0.00012345678901234567890"},
	{"numeric(12,2)", "99999.995"}, {"numeric", "NaN"}, {"numeric", "Infinity"}, {"real", "1.1"}, {"real", "-Infinity"}, {"double precision", "1e-300"},
	{"double precision", "NaN"}, {"text", "数据, \"x\" \\"}, {"text", ""}, {"varchar(3)", "城市标"}, {"char(4)", "ab"}, {"\"char\"", "x"}, {"name", "n"},
	{"bytea", `\x00ff10`}, {"date", "2024-02-29"}, {"date", "0044-03-15 BC"}, {"date", "infinity"}, {"timestamp", "2024-02-29 01:02:03.123456"},
	{"timestamp", "-infinity"}, {"timestamptz", "2024-02-29 01:02:03.5+08"}, {"timestamptz", "infinity"}, {"time", "23:59:59.999999"}, {"timetz", "01:02:03+08"},
	{"interval", "1 year 2 mons -3 days 04:05:06.789"}, {"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {"json", `{"a": [1, null], "城": "北"}`},
	{"jsonb", `{"b": 1.50, "a": {"x": null}}`}, {"text[]", `{a,NULL,"b,c","",北京}`}, {"integer[]", "{{1,2},{3,NULL}}"}, {"bigint[]", "{9007199254740993}"},
	{"boolean[]", "{t,f,NULL}"}, {"numeric[]", "{1.50,NaN}"}, {"double precision[]", "{1.5,Infinity}"}, {"date[]", "{2024-01-01,infinity}"},
	{"timestamptz[]", `{"2024-01-01 00:00:00+00"}`}, {"jsonb[]", `{"{\"a\": 1}"}`}, {"uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"},
	{"bytea[]", `{"\\x00ff"}`}, {"text[]", "{}"}, {"grade", "老客"}, {"grade[]", "{VIP,NULL}"}, {"percent", "42"}, {"oid", "4294967295"},
}

// Literal quotes a value.
func Literal(s string) string {
	q := strings.ReplaceAll(s, "'", "''")
	if strings.Contains(q, `\`) {
		return "E'" + strings.ReplaceAll(q, `\`, `\\`) + "'"
	}
	return "'" + q + "'"
}
