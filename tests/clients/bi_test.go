package clients

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The ways of tools that cannot run here, as far as a server sees them: each file
// bi/NAME.sql has what one tool says to a server when it connects, looks around and
// asks its questions. A file is a list of blocks with blank lines between them. The
// first block describes the tool:
//
//	-- tool: its name
//	-- what: what the statements are, for docs/clients.md
//	-- startup: name=value ...             (parameters of the connection, may be left out)
//	-- protocol: simple                    (for steps that do not say; else extended)
//
// and each other block is a step, that is one request and all that is answered:
//
//	-- step name | option option=value ...
//	-- $ type value                        (a parameter of the statement; \N is NULL)
//	the statement
//
// In a statement or a value, {{SELECT ...}} is the one value that this gives, such as
// the OID of a table that the tool has read before. The options:
//
//	simple, extended  the protocol
//	binary            parameters and results are binary
//	fetch=N           the portal is read N rows at a time
//	prepare=NAME      the statement gets a name
//	execute=NAME      the statement is the one of that name, and the step has none
//	batch             the lines that end with ";" end statements, which go as one pipeline
//	conn=NAME         another connection
//	error             PostgreSQL 15 answers with an error
//	sort              the order of rows is not the statement's, although it has an ORDER BY
//	oids              OIDs of the fixture's objects are masked in all columns, not only in
//	                  those of the OID types
//	hide=A,B          the values of these columns are the server's own: only which are
//	                  NULL is compared
func init() {
	files, _ := filepath.Glob("bi/*.sql") // the pattern is well-formed
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		tool, err := parseTool(string(text))
		if err != nil {
			panic(fmt.Sprintf("%s: %v", path, err))
		}
		matrix = append(matrix, client{name: tool.name, what: tool.what, play: tool.play})
	}
}

// tool is what one tool says to a server.
type tool struct {
	name, what string
	startup    map[string]string
	steps      []toolStep
}

type toolStep struct {
	name, sql string
	options   map[string]string
	params    [][2]string // type and value
}

func (s *toolStep) has(option string) bool { _, ok := s.options[option]; return ok }

func parseTool(text string) (*tool, error) {
	t := &tool{startup: map[string]string{}}
	protocol := "extended"
	for i, block := range strings.Split(text, "\n\n") {
		block = strings.Trim(block, "\n")
		if i == 0 {
			protocol = t.head(block)
			continue
		}
		if block == "" {
			continue
		}
		s, err := parseStep(block)
		if err != nil {
			return nil, err
		}
		if !s.has("simple") && !s.has("extended") {
			s.options[protocol] = ""
		}
		t.steps = append(t.steps, s)
	}
	if t.name == "" || t.what == "" {
		return nil, fmt.Errorf("the first block names no tool or does not say what it does")
	}
	return t, nil
}

// head reads the first block and returns the protocol of steps that do not say.
func (t *tool) head(block string) (protocol string) {
	protocol = "extended"
	for line := range strings.Lines(block) {
		key, value, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "--")), ": ")
		switch key {
		case "tool":
			t.name = value
		case "what":
			t.what = value
		case "protocol":
			protocol = value
		case "startup":
			for _, f := range strings.Fields(value) {
				k, v, _ := strings.Cut(f, "=")
				t.startup[k] = v
			}
		}
	}
	return protocol
}

func parseStep(block string) (toolStep, error) {
	s := toolStep{options: map[string]string{}}
	head, rest, _ := strings.Cut(block, "\n")
	name, ok := strings.CutPrefix(head, "-- step ")
	if !ok {
		return s, fmt.Errorf("a block starts with -- step, not %q", head)
	}
	name, options, _ := strings.Cut(name, "|")
	s.name = strings.TrimSpace(name)
	for _, o := range strings.Fields(options) {
		k, v, _ := strings.Cut(o, "=")
		s.options[k] = v
	}
	for {
		line, after, _ := strings.Cut(rest, "\n")
		param, ok := strings.CutPrefix(line, "-- $ ")
		if !ok {
			break
		}
		typ, value, _ := strings.Cut(param, " ")
		s.params = append(s.params, [2]string{typ, value})
		rest = after
	}
	s.sql = rest
	return s, nil
}

// play says all to a server and returns what it answered, a heading for each step.
func (t *tool) play(ctx context.Context, url string) (string, error) {
	p := &player{ctx: ctx, url: url, startup: t.startup, conns: map[string]*playConn{}}
	defer p.close()
	var out strings.Builder
	for i := range t.steps {
		s := &t.steps[i]
		answer, err := p.step(s)
		fmt.Fprintf(&out, "# step %s\n%s", s.name, answer)
		if err != nil {
			return out.String(), fmt.Errorf("step %s: %w", s.name, err)
		}
	}
	return out.String(), nil
}
