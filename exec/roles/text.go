package roles

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Texts writes a list as the elements of an aclitem[].
func (s *Set) Texts(acl ACL) []string {
	out := make([]string, len(acl))
	for i, x := range acl {
		out[i] = s.Text(x)
	}
	return out
}

// Text writes an item as aclitemout does: grantee=privileges/grantor.
func (s *Set) Text(x Item) string {
	var b strings.Builder
	if x.To != Public {
		s.putName(&b, x.To)
	}
	b.WriteByte('=')
	for i := range letters {
		if x.Mode>>i&1 != 0 {
			b.WriteByte(letters[i])
		}
		if x.Mode.Of()>>i&1 != 0 {
			b.WriteByte('*')
		}
	}
	b.WriteByte('/')
	s.putName(&b, x.By)
	return b.String()
}

func (s *Set) putName(b *strings.Builder, oid uint32) {
	r := s.Role(oid)
	if r == nil {
		b.WriteString(strconv.Itoa(int(oid)))
		return
	}
	safe := true
	for i := 0; i < len(r.Name); i++ {
		c := r.Name[i]
		safe = safe && (c == '_' || c|32 >= 'a' && c|32 <= 'z' || c >= '0' && c <= '9')
	}
	if safe {
		b.WriteString(r.Name)
		return
	}
	b.WriteString(`"` + strings.ReplaceAll(r.Name, `"`, `""`) + `"`)
}

// ParseItem reads an item as aclitemin does; warn gets the text of a warning.
func (s *Set) ParseItem(text string, warn func(string)) (Item, error) {
	name, rest, err := aclName(strings.TrimLeft(text, " \t\n"))
	if err != nil {
		return Item{}, err
	}
	if rest == "" || rest[0] != '=' {
		switch name {
		case "group", "user":
			if name, rest, err = aclName(strings.TrimLeft(rest, " \t\n")); err != nil {
				return Item{}, err
			}
			if name == "" {
				return Item{}, badItem("missing name").WithHint(`A name must follow the "group" or "user" key word.`)
			}
		default:
			return Item{}, badItem(`unrecognized key word: "%s"`, name).WithHint(`ACL key word must be "group" or "user".`)
		}
	}
	if rest == "" || rest[0] != '=' {
		return Item{}, badItem(`missing "=" sign`)
	}
	x := Item{By: Super}
	rest = rest[1:]
	var last Mode
	for ; rest != ""; rest = rest[1:] {
		if rest[0] == '*' {
			x.Mode |= last.Option()
			continue
		}
		i := strings.IndexByte(letters, rest[0])
		if i < 0 {
			break
		}
		last = 1 << i
		x.Mode |= last
	}
	if name != "" {
		if x.To, err = s.aclRole(name); err != nil {
			return Item{}, err
		}
	}
	if rest != "" && rest[0] == '/' {
		if name, rest, err = aclName(rest[1:]); err != nil {
			return Item{}, err
		}
		if name == "" {
			return Item{}, badItem(`a name must follow the "/" sign`)
		}
		if x.By, err = s.aclRole(name); err != nil {
			return Item{}, err
		}
	} else if rest == "" || strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", rune(rest[0])) == false {
		warn("defaulting grantor to user ID 10")
	}
	if strings.TrimSpace(rest) != "" {
		if rest[0] != ' ' {
			return Item{}, badItem(`invalid mode character: must be one of "%s"`, letters)
		}
		return Item{}, badItem("extra garbage at the end of the ACL specification")
	}
	return x, nil
}

func badItem(format string, args ...any) *sqlerr.Error {
	return sqlerr.New(pgerrcode.InvalidTextRepresentation, format, args...)
}

func (s *Set) aclRole(name string) (uint32, error) {
	if r := s.Named(name); r != nil {
		return r.OID, nil
	}
	return 0, sqlerr.New(pgerrcode.UndefinedObject, `role "%s" does not exist`, name)
}

// aclName reads a name: letters, digits, _ and what stands in double quotes.
func aclName(s string) (name, rest string, err error) {
	var b strings.Builder
	quoted := false
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case quoted || c == '_' || c|32 >= 'a' && c|32 <= 'z' || c >= '0' && c <= '9' || c >= 0x80:
			b.WriteByte(c)
		default:
			return b.String(), strings.TrimLeft(s[i:], " \t\n"), nil
		}
	}
	if b.Len() > 63 {
		return "", "", sqlerr.New(pgerrcode.NameTooLong, "identifier too long").WithDetail("Identifier must be less than 64 characters.")
	}
	return b.String(), "", nil
}
