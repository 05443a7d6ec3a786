package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"

	"tagd/sql/ast"
)

// integerTypes are MySQL's integers and what they become, with the limit of the
// unsigned kind (0: the type's own). A BIGINT UNSIGNED is a bigint that is not
// negative: keys and sums stay fast, and numbers from 2^63 on are out of range.
var integerTypes = map[byte]struct {
	signed, unsigned string
	limit            int64
}{
	mysql.TypeTiny: {"int2", "int2", 255}, mysql.TypeShort: {"int2", "int4", 65535}, mysql.TypeInt24: {"int4", "int4", 16777215},
	mysql.TypeLong: {"int4", "int8", 4294967295}, mysql.TypeLonglong: {"int8", "int8", 0},
}

// plainTypes are the types without more to them.
var plainTypes = map[byte]string{
	mysql.TypeDate: "date", mysql.TypeDouble: "pg_catalog.float8", mysql.TypeFloat: "pg_catalog.float4", mysql.TypeJSON: "jsonb",
	mysql.TypeYear: "pg_catalog.int2", mysql.TypeTinyBlob: "bytea", mysql.TypeBlob: "bytea", mysql.TypeMediumBlob: "bytea",
	mysql.TypeLongBlob: "bytea",
}

// modTypes take the numbers that are written behind them.
var modTypes = map[byte]string{mysql.TypeNewDecimal: "numeric", mysql.TypeVarchar: "varchar", mysql.TypeVarString: "varchar",
	mysql.TypeString: "bpchar", mysql.TypeTimestamp: "timestamp", mysql.TypeDatetime: "timestamp", mysql.TypeDuration: "time"}

// columnType lowers a column's type into out, with the checks that it asks for.
// ENUM is a text and SET an array of texts whose values are checked.
func (l *lowerer) columnType(d *tast.ColumnDef, out *ast.ColumnDef) {
	tp, t := d.Tp, &out.Type
	at := l.pos(l.tok(l.tokAt(l.from)).start)
	t.At = at
	word := l.tok(l.tokAt(l.from)).word
	set := func(name string) { t.Schema, t.Name = "pg_catalog", name }
	unsigned := mysql.HasUnsignedFlag(tp.GetFlag())
	if k, ok := integerTypes[tp.GetType()]; ok {
		switch {
		case word == "bool" || word == "boolean":
			set("bool")
		case unsigned:
			set(k.unsigned)
			l.addCheck(out, l.unsignedCheck(out.Name, at, k.limit))
		case word == "int2" || word == "int4" || word == "int8":
			t.Name = word
		default:
			set(k.signed)
		}
		return
	}
	binary := tp.GetCharset() == "binary"
	switch {
	case word == "float4" || word == "float8":
		t.Name = word
	case tp.GetType() == mysql.TypeEnum:
		t.Name = "text"
		l.addCheck(out, &ast.In{At: at, X: column(at, out.Name), List: texts(at, tp.GetElems())})
	case tp.GetType() == mysql.TypeSet:
		t.Name, t.Dims, out.Set = "text", 1, true
		all := &ast.Cast{At: at, X: &ast.Array{At: at, Elems: texts(at, tp.GetElems())}, Type: ast.TypeName{At: at, Name: "text", Dims: 1}}
		l.addCheck(out, &ast.Op{At: at, Name: "<@", L: column(at, out.Name), R: all})
	case binary && modTypes[tp.GetType()] != "" && strings.HasSuffix(word, "binary"):
		t.Name = "bytea"
	case !binary && strings.HasSuffix(word, "text"), word == "long":
		t.Name = "text"
	case plainTypes[tp.GetType()] != "":
		t.Schema, t.Name, _ = strings.Cut(plainTypes[tp.GetType()], ".")
		if t.Name == "" {
			t.Schema, t.Name = "", t.Schema
		}
	case modTypes[tp.GetType()] != "":
		set(modTypes[tp.GetType()])
		t.Mods = l.mods(at)
		if tp.GetType() == mysql.TypeString && len(t.Mods) == 0 {
			t.Mods = []ast.Expr{integer(at, 1)}
		}
	default:
		l.no(int(at)-l.base, "type %s is not supported", word)
	}
	if cs := tp.GetCharset(); cs != "" && cs != "binary" && !utf8Charset(cs) {
		l.no(int(at)-l.base, "the character set %s is not supported", cs)
	}
	if unsigned {
		l.addCheck(out, l.unsignedCheck(out.Name, at, 0))
	}
}

// unsignedCheck says that a column is from 0 to limit (0: to its type's end).
func (l *lowerer) unsignedCheck(name string, at ast.At, limit int64) ast.Expr {
	if limit == 0 {
		return &ast.Op{At: at, Name: ">=", L: column(at, name), R: integer(at, 0)}
	}
	return &ast.Between{At: at, X: column(at, name), Lo: integer(at, 0), Hi: integer(at, limit)}
}

func (l *lowerer) addCheck(out *ast.ColumnDef, x ast.Expr) {
	out.Constraints = append(out.Constraints, ast.Constraint{At: ast.At(x.Pos()), Kind: ast.CheckExpr, X: x, Text: l.textOf(x)})
}

func texts(at ast.At, list []string) []ast.Expr {
	out := make([]ast.Expr, len(list))
	for i, s := range list {
		out[i] = text(at, s)
	}
	return out
}
