package clients

import "time"

// pythonClients run under the interpreters that install.d/python.sh makes: one
// for the drivers, and others for what has requirements of its own.
func init() {
	for _, c := range []struct {
		name, env, what string
	}{
		{"psycopg2", "py", "types both ways, server-side cursors, COPY, execute_values, own types, transactions, errors, cancel, LISTEN"},
	} {
		python := "$CLIENTS/" + c.env + "/bin/python"
		matrix = append(matrix, client{name: c.name, needs: "$CLIENTS/" + c.env + "/.installed", what: c.what, timeout: 3 * time.Minute,
			command: []string{python, "python/" + c.name + "_steps.py"}})
	}
}
