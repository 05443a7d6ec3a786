package server

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// shownOfParams is how many bytes of a parameter errors may show
// (log_parameter_max_length_on_error), negative: all.
func (k *conn) shownOfParams() int {
	n, err := strconv.Atoi(strings.TrimSuffix(k.sess.Setting("log_parameter_max_length_on_error"), "B"))
	if err != nil {
		return 0
	}
	return n
}

// quotedParam is a value as appendStringInfoStringQuoted of PostgreSQL writes it:
// cut to max bytes, unless that is negative.
func quotedParam(v string, max int) string {
	end := ""
	if max >= 0 && len(v) > max {
		for max > 0 && !utf8.RuneStart(v[max]) {
			max--
		}
		v, end = v[:max], "..."
	}
	return "'" + strings.ReplaceAll(v, "'", "''") + end + "'"
}

func portalName(name string) string {
	if name == "" {
		return "unnamed portal"
	}
	return "portal \"" + name + "\""
}

// under adds a line to the context of an error.
func under(e *sqlerr.Error, line string) error {
	if e.Where != "" {
		line = e.Where + "\n" + line
	}
	return e.WithWhere("%s", line)
}

// withParams adds the parameters of a portal to an error of its statement, where
// errors may show them.
func (k *conn) withParams(err error, name string, p *portal) error {
	var e *sqlerr.Error
	if err == nil || len(p.params) == 0 || !errors.As(err, &e) {
		return err
	}
	max := k.shownOfParams()
	if max == 0 {
		return err
	}
	types := p.st.p.Params()
	var b strings.Builder
	for i, d := range p.params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1) + " = ")
		if d.Null {
			b.WriteString("NULL")
			continue
		}
		b.WriteString(quotedParam(string(vec.AppendDatumText(nil, types[i], d, k.style())), max))
	}
	c := *e
	return under(&c, portalName(name)+" with parameters: "+b.String())
}
