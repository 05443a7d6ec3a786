package bind

import (
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

func (b *binder) explain(s *ast.Explain) error {
	began := time.Now()
	e := &plan.Explain{Costs: true, Timing: true, Format: "text"}
	timing, summary := false, false
	for _, o := range s.Options {
		if o.Name == "format" {
			f := ""
			if len(o.Value) > 0 {
				f = strings.ToLower(o.Value[0])
			}
			switch f {
			case "text", "json", "xml", "yaml":
				e.Format = f
			default:
				return sqlerr.At(o.Pos(), pgerrcode.InvalidParameterValue, "unrecognized value for EXPLAIN option \"format\": \"%s\"", f)
			}
			continue
		}
		on, err := optionBool(o)
		if err != nil {
			return err
		}
		switch o.Name {
		case "analyze":
			e.Analyze = on
		case "verbose":
			e.Verbose = on
		case "costs":
			e.Costs = on
		case "timing":
			e.Timing, timing = on, on
		case "buffers":
			e.Buffers = on
		case "settings":
			e.Settings = on
		case "summary":
			e.Summary, summary = on, true
		case "wal":
			e.WAL = on
		default:
			return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "unrecognized EXPLAIN option \"%s\"", o.Name)
		}
	}
	if e.WAL && !e.Analyze {
		return sqlerr.New(pgerrcode.InvalidParameterValue, "EXPLAIN option WAL requires ANALYZE")
	}
	if !summary {
		e.Summary = e.Analyze
	}
	if timing && !e.Analyze {
		return sqlerr.New(pgerrcode.InvalidParameterValue, "EXPLAIN option TIMING requires ANALYZE")
	}
	outer := b.out
	b.out = &plan.Stmt{}
	err := b.stmt(s.Stmt)
	if err == nil && b.out.Utility != nil {
		err = sqlerr.Unsupported(-1, "EXPLAIN of this statement is not supported")
	}
	e.Target = b.out
	outer.Tables, outer.Notices = b.out.Tables, b.out.Notices
	b.out = outer
	b.out.Explain = e
	e.Planning = time.Since(began)
	return err
}

func optionBool(o ast.Option) (bool, error) {
	if len(o.Value) == 0 {
		return true, nil
	}
	switch strings.ToLower(o.Value[0]) {
	case "true", "on", "1", "yes":
		return true, nil
	case "false", "off", "0", "no":
		return false, nil
	}
	return false, sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "%s requires a Boolean value", o.Name)
}
