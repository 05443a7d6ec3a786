package engine

import (
	"fmt"
	"strings"
	"testing"

	"tagd/exec/roles"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// TestDoorRules holds what pg_hba_file_rules says against how the server lets in.
func TestDoorRules(t *testing.T) {
	list := []*roles.Role{{Name: "b", Login: true}, {Name: "a", Login: true}, {Name: "group"}, {Name: "secret", Login: true, Password: "SCRAM-SHA-256$..."}}
	for _, c := range []struct {
		door Door
		list []*roles.Role
		want string
	}{
		{Door{}, list[3:], "1 host {all} all scram-sha-256"},
		{Door{Socket: true}, list, "1 local {a,b} - trust; 2 host {a,b} 127.0.0.0 trust; 3 host {a,b} ::1 trust; 4 local {all} - scram-sha-256; 5 host {all} all scram-sha-256"},
		{Door{Insecure: true}, list, "1 host {a,b} all trust; 2 host {all} all scram-sha-256"},
		{Door{TLS: true, Cleartext: true}, list[3:], "1 hostssl {all} all password; 2 hostnossl {all} all scram-sha-256"},
		{Door{TLS: true, Certificates: true}, list[:1], "1 hostssl {b} 127.0.0.0 trust {clientcert=verify-full}; 2 hostnossl {b} 127.0.0.0 trust; " +
			"3 hostssl {b} ::1 trust {clientcert=verify-full}; 4 hostnossl {b} ::1 trust; " +
			"5 hostssl {all} all scram-sha-256 {clientcert=verify-full}; 6 hostnossl {all} all scram-sha-256"},
	} {
		var got []string
		text := func(v any) string {
			if d, ok := v.(vec.Datum); ok {
				return string(vec.AppendDatumText(nil, types.Of(types.Text).ArrayOf(), d, types.ISO))
			}
			if v == nil {
				return "-"
			}
			return fmt.Sprint(v)
		}
		c.door.rules(c.list, func(vals ...any) {
			line := strings.Join([]string{text(vals[0]), text(vals[1]), text(vals[3]), text(vals[4]), text(vals[6])}, " ")
			if vals[7] != nil {
				line += " " + text(vals[7])
			}
			got = append(got, line)
		})
		if all := strings.Join(got, "; "); all != c.want {
			t.Errorf("%+v\n%s\nwant\n%s", c.door, all, c.want)
		}
	}
}
