package jsonb

import "bytes"

// Text returns v in jsonb's form.
func (v *Value) Text() string { return string(v.Append(nil)) }

// Append appends v in jsonb's form: {"a": 1, "b": [true, null]}.
func (v *Value) Append(dst []byte) []byte {
	switch v.Kind {
	case Null:
		return append(dst, "null"...)
	case True:
		return append(dst, "true"...)
	case False:
		return append(dst, "false"...)
	case String:
		return AppendString(dst, v.Str)
	case Number:
		return v.Num.Append(dst)
	case Array:
		dst = append(dst, '[')
		for i := range v.Elems {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = v.Elems[i].Append(dst)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i := range v.Pairs {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(AppendString(dst, v.Pairs[i].Key), ": "...)
		dst = v.Pairs[i].Val.Append(dst)
	}
	return append(dst, '}')
}

// Pretty is jsonb_pretty: four blanks a level.
func (v *Value) Pretty() string { return string(v.pretty(nil, 0)) }

func (v *Value) pretty(dst []byte, level int) []byte {
	newline := func(level int) {
		dst = append(dst, '\n')
		dst = append(dst, bytes.Repeat([]byte("    "), level)...)
	}
	switch v.Kind {
	case Array:
		dst = append(dst, '[')
		for i := range v.Elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			newline(level + 1)
			dst = v.Elems[i].pretty(dst, level+1)
		}
		newline(level)
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i := range v.Pairs {
			if i > 0 {
				dst = append(dst, ',')
			}
			newline(level + 1)
			dst = append(AppendString(dst, v.Pairs[i].Key), ": "...)
			dst = v.Pairs[i].Val.pretty(dst, level+1)
		}
		newline(level)
		return append(dst, '}')
	}
	return v.Append(dst)
}

const hexDigits = "0123456789abcdef"

// AppendString is escape_json: s in quotes, control characters escaped.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			if c < ' ' {
				dst = append(dst, `\u00`...)
				dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	}
	return append(dst, '"')
}
