package fn

import (
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// privilegeNames are the words of the letters of an ACL, in the order in which
// aclexplode gives them (acl.h).
var privilegeNames = []struct {
	letter byte
	word   string
}{{'a', "INSERT"}, {'r', "SELECT"}, {'w', "UPDATE"}, {'d', "DELETE"}, {'D', "TRUNCATE"}, {'x', "REFERENCES"}, {'t', "TRIGGER"},
	{'X', "EXECUTE"}, {'U', "USAGE"}, {'C', "CREATE"}, {'T', "TEMPORARY"}, {'c', "CONNECT"}, {'s', "SET"}, {'A', "ALTER SYSTEM"}}

func init() {
	defSet(&SetFunc{Name: "aclexplode", Args: ts{types.Of(types.AclItem).ArrayOf()}, Strict: true, Volatility: Stable, Rows: aclRows,
		Cols: []SetCol{{"grantor", tOid}, {"grantee", tOid}, {"privilege_type", tText}, {"is_grantable", tBool}}})
}

// aclRows are the single privileges of an ACL; an item is grantee=letters/grantor,
// with a star after a letter that may be granted on.
func aclRows(c *Ctx, args []vec.Datum, _ []types.Type, emit emitFunc) error {
	a := args[0].A
	for i := range a.N {
		grantee, rest := aclRole(a.Str[i])
		letters, grantor, _ := strings.Cut(strings.TrimPrefix(rest, "="), "/")
		by, err := c.roleOID(grantor)
		if err != nil {
			return err
		}
		to, err := c.roleOID(grantee)
		if err != nil {
			return err
		}
		for _, p := range privilegeNames {
			at := strings.IndexByte(letters, p.letter)
			if at < 0 {
				continue
			}
			star := at+1 < len(letters) && letters[at+1] == '*'
			if err := emit([]vec.Datum{by, to, dS(p.word), dB(star)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// aclRole splits the role off an item; its quotes stay.
func aclRole(item string) (role, rest string) {
	quoted := false
	for i := range len(item) {
		switch item[i] {
		case '"':
			quoted = !quoted
		case '=':
			if !quoted {
				return item[:i], item[i:]
			}
		}
	}
	return "", item
}

// roleOID is the OID of a role as an ACL writes it, 0 for PUBLIC and for none.
func (c *Ctx) roleOID(name string) (vec.Datum, error) {
	if name == "" || c == nil || c.Ask == nil {
		return dI(0), nil
	}
	if name[0] != '"' {
		name = types.QuoteIdent(name)
	}
	d, err := c.Catalog("to_regrole", []vec.Datum{dS(name)})
	if d.Null {
		d = dI(0)
	}
	return d, err
}
