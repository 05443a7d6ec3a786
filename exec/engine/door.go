package engine

import (
	"sort"

	"tagd/exec/roles"
)

// Door is how the server lets clients in.
type Door struct {
	TLS          bool // connections may be encrypted
	Certificates bool // and must then show a certificate of the role
	Cleartext    bool // the password itself is asked for, where they are
	Insecure     bool // roles without a password come in from anywhere
	Socket       bool // there is a Unix socket, too
}

// rules are the rows of pg_hba_file_rules: what pg_hba.conf would have to say for
// PostgreSQL to let in the same clients, the first line that fits decides.
func (d Door) rules(list []*roles.Role, add func(...any)) {
	var open []string
	for _, r := range list {
		if r.Login && r.Password == "" {
			open = append(open, r.Name)
		}
	}
	sort.Strings(open)
	n := 0
	// Each rule is one line, or two where encrypted connections are held to more.
	line := func(users []string, address string, mask any, method string) {
		rule := func(kind, method string, options []string) {
			n++
			var opts any
			if options != nil {
				opts = textArray(options)
			}
			add(n, kind, textArray([]string{"all"}), textArray(users), address, mask, method, opts, nil)
		}
		onTLS := method
		if d.Cleartext && method != "trust" {
			onTLS = "password"
		}
		switch {
		case d.TLS && d.Certificates:
			rule("hostssl", onTLS, []string{"clientcert=verify-full"})
			rule("hostnossl", method, nil)
		case d.TLS && onTLS != method:
			rule("hostssl", onTLS, nil)
			rule("hostnossl", method, nil)
		default:
			rule("host", method, nil)
		}
	}
	socket := func(users []string, method string) {
		if d.Socket {
			n++
			add(n, "local", textArray([]string{"all"}), textArray(users), nil, nil, method, nil, nil)
		}
	}
	if open != nil {
		socket(open, "trust")
	}
	switch {
	case open == nil:
	case d.Insecure:
		line(open, "all", nil, "trust")
	default:
		line(open, "127.0.0.0", "255.0.0.0", "trust")
		line(open, "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "trust")
	}
	socket([]string{"all"}, "scram-sha-256")
	line([]string{"all"}, "all", nil, "scram-sha-256")
}
