package engine

import (
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// define1 runs one statement that changes definitions; off is where it stands.
func (s *Session) define1(r *run, u ast.Stmt, off int) (session.Result, error) {
	switch u := u.(type) {
	case *ast.CreateTable:
		return s.createTable(r, u)
	case *ast.AlterTable:
		return s.alterTable(r, u)
	case *ast.Drop:
		return s.drop(r, u)
	case *ast.Truncate:
		return s.truncate(r, u)
	case *ast.CreateExtension:
		return s.createExtension(r, u)
	case *ast.Comment:
		return s.comment(r, u)
	case *ast.CreateSchema:
		return s.createSchema(r, u)
	case *ast.Rename:
		return s.rename(r, u)
	case *ast.CreateView:
		return s.createView(r, u)
	case *ast.CreateIndex:
		return s.createIndex(r, u)
	case *ast.CreateComposite:
		return s.createComposite(r, u)
	case *ast.AlterComposite:
		return s.alterComposite(r, u)
	case *ast.Database:
		return s.database(r, u)
	case *ast.Refresh:
		return s.refreshView(r, u)
	case *ast.AlterView:
		return s.alterView(r, u)
	case *ast.CreateSequence:
		return s.createSequence(r, u)
	case *ast.AlterSequence:
		return s.alterSequence(r, u)
	case *ast.CreateEnum:
		return s.createEnum(r, u)
	case *ast.AlterEnum:
		return s.alterEnum(r, u)
	case *ast.CreateDomain:
		return s.createDomain(r, u)
	case *ast.AlterDomain:
		return s.alterDomain(r, u)
	case *ast.SetSchema:
		return s.setSchema(r, u)
	case *ast.SetOwner:
		return s.setOwner(r, u)
	}
	if res, ok, err := s.privilegeStmt(r, u); ok {
		return res, err
	}
	return nil, sqlerr.Unsupported(off, "this statement is not supported")
}
