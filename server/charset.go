package server

import (
	"tagd/server/wire"
	"tagd/sql/charset"
)

// clientEncoding follows the setting of that name.
func (k *conn) clientEncoding(name string) {
	set, _ := charset.Lookup(name)
	k.w.SetCharset(set)
}

// decoded is a message with its text as UTF-8. Values of Bind are decoded where
// their types are known.
func (k *conn) decoded(m wire.Message) (wire.Message, error) {
	var err error
	text := func(s string) string {
		out, e := k.w.Decoded(s)
		if e != nil && err == nil {
			err = e
		}
		return out
	}
	query := func(s string) string {
		if !k.w.Converts() {
			return s // it is checked where it is parsed
		}
		return text(s)
	}
	switch x := m.(type) {
	case *wire.Query:
		x.Text = query(x.Text)
	case *wire.Parse:
		x.Name, x.Text = text(x.Name), query(x.Text)
	case *wire.Bind:
		x.Portal, x.Statement = text(x.Portal), text(x.Statement)
	case *wire.Describe:
		x.Name = text(x.Name)
	case *wire.Execute:
		x.Portal = text(x.Portal)
	case *wire.Close:
		x.Name = text(x.Name)
	}
	return m, err
}
