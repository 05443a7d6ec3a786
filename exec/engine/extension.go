package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// builtinExtension is the one that every database of Postgres has; there is no other.
const builtinExtension = "plpgsql"

// createExtension runs CREATE EXTENSION.
func (s *Session) createExtension(u *ast.CreateExtension) (session.Result, error) {
	switch {
	case u.Name != builtinExtension:
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, `extension "%s" is not available`, u.Name).
			WithDetail(`Could not open extension control file "/usr/share/postgresql/15/extension/%s.control": No such file or directory.`, u.Name).
			WithHint("The extension must first be installed on the system where PostgreSQL is running.")
	case !u.IfNotExists:
		return nil, sqlerr.New(pgerrcode.DuplicateObject, `extension "%s" already exists`, u.Name)
	}
	n := sqlerr.Notice(`extension "%s" already exists, skipping`, u.Name)
	n.Code = pgerrcode.DuplicateObject
	s.notice(n)
	return tag("CREATE EXTENSION"), s.finishLone(noContext)
}
