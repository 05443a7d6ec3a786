package sqlerr

import (
	_ "embed"
	"strings"
	"sync"
)

// conditions are the names that PL/pgSQL gives to SQLSTATEs, a line each: name and
// code. They are those of PostgreSQL 15's errcodes.txt.
//
//go:embed conditions.txt
var conditions string

var codesByName = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(conditions) {
		name, code, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[name] = append(m[name], code)
	}
	return m
})

// Condition returns the SQLSTATEs that a condition's name stands for (there are
// names with two), nil for no condition.
func Condition(name string) []string { return codesByName()[name] }
