package types

import (
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"tagd/sql/sqlerr"
)

func lines(t *testing.T, file string) [][]string {
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, l := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		out = append(out, strings.Split(l, "\t"))
	}
	return out
}

// apply computes one line of arith.tsv.
func apply(x Decimal, op, arg string) (string, error) {
	y, _ := ParseDecimal(arg)
	var r Decimal
	var err error
	switch op {
	case "+":
		r, err = x.Add(y)
	case "-":
		r, err = x.Sub(y)
	case "*":
		r, err = x.Mul(y)
	case "/":
		r, err = x.Div(y)
	case "%":
		r, err = x.Mod(y)
	case "round", "trunc":
		n, _ := strconv.Atoi(arg)
		if op == "round" {
			r = x.Round(int32(n))
		} else {
			r = x.Trunc(int32(n))
		}
	case "int8":
		v, ok := x.Int64()
		if !ok {
			return "!", nil
		}
		return strconv.FormatInt(v, 10), nil
	case "float8":
		return string(AppendFloat(nil, x.Float64(), 64, ISO)), nil
	case "<":
		return strconv.Itoa(x.Cmp(y)), nil
	case "send":
		return hex.EncodeToString(x.AppendBinary(nil)), nil
	}
	return r.String(), err
}

// TestPostgresArithmetic holds decimals against PostgreSQL 15's answers.
func TestPostgresArithmetic(t *testing.T) {
	for n, l := range lines(t, "arith.tsv") {
		x, err := ParseDecimal(l[0])
		if err != nil {
			t.Fatal(err)
		}
		got, err := apply(x, l[1], l[2])
		if err != nil {
			got = "!" + sqlerr.Code(err)
		}
		if got != l[3] && !(got == "!" && l[3][0] == '!') {
			t.Errorf("line %d: %s %s %s\n got %s\nwant %s", n+1, l[0], l[1], l[2], got, l[3])
		}
	}
}

// TestPostgresOutput holds the styles of dates and floats against PostgreSQL's.
func TestPostgresOutput(t *testing.T) {
	for n, l := range lines(t, "output.tsv") {
		st := *ISO
		style, order, _ := strings.Cut(l[3], ", ")
		st.DateStyle, st.Zone = style, nil
		if order != "" {
			st.DateOrder = order
		}
		st.Zone, _ = LookupZone(l[2])
		st.FloatDigits, _ = strconv.Atoi(l[4])
		got := output(t, l[0], l[1], &st)
		if got != l[5] && !(l[5][0] == '!') {
			t.Errorf("line %d: %v\n got %s", n+1, l, got)
		}
	}
}

func output(t *testing.T, typ, s string, st *Style) string {
	var v int64
	var f float64
	var err error
	var b []byte
	switch typ {
	case "timestamptz":
		v, err = ParseTimestampTZ(s, st, time.Time{})
		b = AppendTimestampTZ(nil, v, st)
	case "timestamp":
		v, err = ParseTimestamp(s, st, time.Time{})
		b = AppendTimestamp(nil, v, st)
	case "date":
		v, err = ParseDate(s, st, time.Time{})
		b = AppendDate(nil, v, st)
	case "float8":
		f, err = ParseFloat(s, 64)
		b = AppendFloat(nil, f, 64, st)
	case "float4":
		f, err = ParseFloat(s, 32)
		b = AppendFloat(nil, f, 32, st)
	}
	if err != nil {
		t.Errorf("%s %s: %v", typ, s, err)
	}
	return string(b)
}
