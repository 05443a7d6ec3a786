package parse

import (
	"fmt"
	"reflect"
	"strings"

	"tagd/sql/ast"
)

// dump prints a tree with its zero fields and its spelling left out, one node a line.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(v), 0)
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value, depth int) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			b.WriteString("nil\n")
			return
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		b.WriteString(v.Type().Name())
		if at := v.FieldByName("At"); at.IsValid() {
			fmt.Fprintf(b, " @%d", at.Interface().(ast.At))
		}
		b.WriteByte('\n')
		dumpFields(b, v, depth+1)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			fmt.Fprintf(b, "%q\n", v.Interface())
			return
		}
		b.WriteString("list\n")
		for i := range v.Len() {
			b.WriteString(strings.Repeat("  ", depth+1) + "- ")
			dumpValue(b, v.Index(i), depth+1)
		}
	case reflect.String:
		fmt.Fprintf(b, "%q\n", v.String())
	default:
		fmt.Fprintln(b, v.Interface())
	}
}

func dumpFields(b *strings.Builder, v reflect.Value, depth int) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Name == "stmtNode" || f.Name == "refNode" || f.Name == "At" || f.Type == reflect.TypeFor[ast.Spelling]() || v.Field(i).IsZero() {
			continue
		}
		b.WriteString(strings.Repeat("  ", depth) + f.Name + ": ")
		dumpValue(b, v.Field(i), depth)
	}
}
