package pgsql

import (
	"fmt"
	"testing"

	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// TestStatementText nests every kind of expression into every other one: the text that
// is written must be read as the same tree, and writing it leaves the tree alone.
func TestStatementText(t *testing.T) {
	forms := []string{"a", "1", "-1", "1.5", "'x'", "NULL", "true", "$1", "(%s) + b", "a - (%s)", "- (%s)", "@ (%s)", "(%s) * (%s)", "(%s) || (%s)", "(%s) = b", "a <> (%s)", "(%s) < (%s)",
		"(%s) AND b", "a OR (%s)", "NOT (%s)", "(%s) IS NULL", "(%s) IS NOT NULL", "(%s) IS TRUE", "(%s) IS NOT UNKNOWN", "(%s) IN (1, 2)", "a IN (1, (%s))",
		"(%s) NOT IN ((%s), c)", "(%s) BETWEEN b AND c", "a BETWEEN (%s) AND (%s)", "a NOT BETWEEN SYMMETRIC (%s) AND c", "(%s) LIKE b", "a NOT LIKE (%s)", "(%s) ILIKE (%s)",
		"(%s) SIMILAR TO b", "a SIMILAR TO (%s)", "a LIKE (%s) ESCAPE (%s)", "a NOT SIMILAR TO (%s) ESCAPE 'x'", "(%s) IS DISTINCT FROM b", "a IS NOT DISTINCT FROM (%s)", "(%s) = ANY (b)", "a < ALL (%s)", "(%s) = ANY (SELECT 1)", "(%s) IN (SELECT 1)",
		"(%s) NOT IN (SELECT 1)", "EXISTS (SELECT (%s))", "(SELECT (%s))", "ARRAY(SELECT (%s))", "CASE (%s) WHEN (%s) THEN (%s) ELSE (%s) END", "CASE WHEN (%s) THEN 1 END", "COALESCE((%s), b)",
		"GREATEST((%s), b)", "NULLIF((%s), (%s))", "f((%s))", "count(*) FILTER (WHERE (%s))", "array_agg(a ORDER BY (%s) DESC)", "sum(a) OVER (PARTITION BY (%s) ORDER BY (%s))",
		"(%s)::int", "CAST((%s) AS numeric(10,2))", "(%s)[1]", "(%s)[1:2]", "a[(%s)]", "a[(%s):(%s)]", "((%s)[1])[2]", "(%s).f", "ROW((%s), b)", "((%s), b)", "ARRAY[(%s), b]", "(%s) COLLATE \"C\"",
		"(%s) AT TIME ZONE 'UTC'", "((%s), b) = (c, d)", "((%s), b) OVERLAPS (c, d)", "extract(year FROM (%s))", "current_date", "interval '1 day'", "(%s) OPERATOR(pg_catalog.+) b", "(%s) ~ 'x'", "a -> (%s)",
		"substring((%s) FROM 1 FOR 2)", "overlay((%s) PLACING 'x' FROM 1)", "position((%s) IN b)", "trim(both (%s) from b)", "(%s) IS NORMALIZED", "((%s)) IS NOT NULL AND (%s) > 1", "x.y", "(x.y).z", "grouping(a)"}
	constant := map[string]bool{"1": true, "-1": true, "1.5": true, "'x'": true, "NULL": true, "true": true}
	bad := 0
	for _, outer := range forms {
		for _, inner := range forms {
			sql := "SELECT " + fill(outer, fill(inner, "z"))
			tree, err := parseTree(sql)
			if err != nil {
				continue // no grammar: (a, b)::int is, 1 = f is not
			}
			if constant[inner] && (outer == "(%s)[1]" || outer == "(%s)[1:2]" || outer == "(%s).f" || outer == "((%s)[1])[2]") {
				continue // has no meaning, whatever its text is
			}
			want := proto.Clone(tree).(*pg.ParseResult)
			text, err := statementText(tree.Stmts[0].Stmt)
			if err != nil {
				t.Errorf("%s: %v", sql, err)
				continue
			}
			if !proto.Equal(tree, want) {
				t.Fatalf("%s: the tree is another one", sql)
			}
			again, err := parseTree(text)
			if err != nil {
				t.Errorf("%s\n%s\n%v", sql, text, err)
			} else if placeless(want); !proto.Equal(placeless(again), want) {
				t.Errorf("%s\n%s", sql, text)
			} else {
				continue
			}
			if bad++; bad > 20 {
				return
			}
		}
	}
}

func fill(form, with string) string {
	var args []any
	for i := range form {
		if form[i] == '%' {
			args = append(args, with)
		}
	}
	return fmt.Sprintf(form, args...)
}

// placeless takes the places of the text out of a tree.
func placeless(m proto.Message) proto.Message {
	each(m.ProtoReflect(), func(x protoreflect.ProtoMessage) {
		fields := x.ProtoReflect().Descriptor().Fields()
		for _, name := range []protoreflect.Name{"location", "stmt_len", "stmt_location"} {
			if f := fields.ByName(name); f != nil {
				x.ProtoReflect().Clear(f)
			}
		}
	})
	return m
}
