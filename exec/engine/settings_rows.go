package engine

import (
	"fmt"
	"strconv"
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

var settingKinds = [...]string{setString: "string", setBool: "bool", setInt: "integer", setReal: "real", setEnum: "enum"}

// show is what SHOW gives for a value in the setting's own unit.
func (d *setting) show(v string) string {
	switch {
	case d.display != nil:
		return d.display(v)
	case d.kind == setInt:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return d.showInt(n)
		}
	case d.kind == setReal:
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return d.showReal(f)
		}
	}
	return v
}

// octal shows the mode of a file.
func octal(v string) string {
	n, _ := strconv.ParseInt(v, 10, 64)
	return fmt.Sprintf("%04o", n)
}

// plain is a shown value in the setting's own unit, as pg_settings shows it.
func (d *setting) plain(v string) string {
	switch {
	case d.display != nil:
	case d.kind == setInt:
		if n, err := d.parseInt(v); err == nil {
			return strconv.FormatInt(n, 10)
		}
	case d.kind == setReal:
		if f, err := d.parseReal(v); err == nil {
			return formatG(f)
		}
	}
	return v
}

// settingRows are the rows of pg_settings.
func (s *Session) settingRows(add func(...any)) {
	orNull := func(v string) any {
		if v == "" {
			return nil
		}
		return v
	}
	all := s.seesAll()
	sees := s.seesAll()
	for i := range settingList {
		d := &settingList[i]
		if !s.lists(d) || d.secret && !all {
			continue
		}
		var enum, boot any
		if d.enum != nil {
			enum = textArray(d.enum)
		}
		if !d.null {
			boot = d.def
			if d.boot != "" {
				boot = d.boot
			}
		}
		k := d.key()
		source := "default"
		started, given := s.e.opt.Shown[k]
		loaded, inFile := s.conf.loaded[k]
		var file, line any
		switch {
		case s.values[k] != s.reset[k]:
			source = "session"
		case k == "data_directory" && s.reset[k] != "":
			source = "override"
		case given && s.reset[k] == started:
			source = "command line"
		case inFile && s.reset[k] == loaded:
			source = "configuration file"
			if sees {
				file, line = s.reset["data_directory"]+autoConfFile, s.conf.line[k]
			}
		case s.reset[k] != d.show(d.def):
			source = "client"
		}
		v, _ := s.value(k)
		add(d.name, d.plain(v), orNull(d.unit), d.category, d.desc, orNull(d.more), d.context, settingKinds[d.kind], source,
			orNull(d.min), orNull(d.max), enum, boot, d.plain(s.reset[k]), file, line, s.conf.pending[k])
	}
}

// textArray makes a value of type text[].
func textArray(list []string) vec.Datum {
	v := vec.New(types.Of(types.Text), len(list))
	copy(v.Str, list)
	return vec.Datum{A: v}
}

// lists reports a setting that pg_settings and SHOW ALL have: those of
// pg_stat_statements come with the extension.
func (s *Session) lists(d *setting) bool {
	if !strings.HasPrefix(d.name, statementsName+".") {
		return !d.hidden
	}
	c, release := s.catalog()
	defer release()
	return c.objs.Extensions[statementsName] != nil
}
