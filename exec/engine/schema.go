package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// createSchema runs CREATE SCHEMA and the statements inside it.
func (s *Session) createSchema(r *run, u *ast.CreateSchema) (session.Result, error) {
	e, err := s.edit(r, "CREATE SCHEMA")
	if err != nil {
		return nil, err
	}
	name, owner := u.Name, e.c.user
	if u.Owner != nil {
		if owner, err = e.c.roleSpec(s, *u.Owner); err != nil {
			return nil, err
		}
	}
	if name == "" {
		name = e.c.Name(owner)
	}
	if err := s.needDB(e.c, roles.Create, "permission denied for database %s"); err != nil {
		return nil, err
	}
	if err := e.mayGiveTo(owner); err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, "pg_") {
		return nil, sqlerr.New(pgerrcode.ReservedName, `unacceptable schema name "%s"`, name).
			WithDetail(`The prefix "pg_" is reserved for system schemas.`)
	}
	if _, ok := e.c.namespace(name); ok {
		if !u.IfNotExists {
			return nil, sqlerr.New(pgerrcode.DuplicateSchema, `schema "%s" already exists`, name)
		}
		n := sqlerr.Notice(`schema "%s" already exists, skipping`, name)
		n.Code = pgerrcode.DuplicateSchema
		s.notice(n)
		return tag("CREATE SCHEMA"), nil
	}
	ns := e.w.NewOID()
	e.o.Schemas[ns] = &objects.Schema{Name: name}
	if err := e.bornTo(owner, objects.ClassSchema, ns, 0, "n"); err != nil {
		return nil, err
	}
	if err := e.store(); err != nil {
		return nil, err
	}
	// What stands inside the statement goes into the new schema.
	saved := s.path
	defer func() { s.path = saved }()
	s.path = append([]string{name}, saved...)
	defer func(user uint32) { s.current = user }(s.current)
	s.current = owner // who owns what is inside
	for _, el := range u.Elements {
		if err := schemaElement(el, name); err != nil {
			return nil, err
		}
		if _, err := s.define1(r, el, u.Pos()); err != nil {
			return nil, err
		}
	}
	return tag("CREATE SCHEMA"), nil
}

// schemaElement refuses elements that name another schema.
func schemaElement(el ast.Stmt, schema string) error {
	var n ast.Name
	switch el := el.(type) {
	case *ast.CreateTable:
		n = el.Name
	case *ast.CreateView:
		n = el.Name
	case *ast.CreateSequence:
		n = el.Name
	case *ast.CreateIndex:
		n = el.Table
	}
	if n.Schema != "" && n.Schema != schema {
		return sqlerr.New(pgerrcode.InvalidSchemaDefinition, "CREATE specifies a schema (%s) different from the one being created (%s)", n.Schema, schema)
	}
	return nil
}

// renameSchema runs ALTER SCHEMA ... RENAME TO.
func (e *edit) renameSchema(u *ast.Rename) error {
	ns, ok := e.c.namespace(u.Name.Name)
	if !ok {
		return sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, u.Name.Name)
	}
	if _, taken := e.c.namespace(u.NewName); taken {
		return sqlerr.New(pgerrcode.DuplicateSchema, `schema "%s" already exists`, u.NewName)
	}
	if strings.HasPrefix(u.NewName, "pg_") {
		return sqlerr.New(pgerrcode.ReservedName, `unacceptable schema name "%s"`, u.NewName).
			WithDetail(`The prefix "pg_" is reserved for system schemas.`)
	}
	if err := e.c.needSchemaOwner(ns); err != nil {
		return err
	}
	if err := e.s.needDB(e.c, roles.Create, "permission denied for database %s"); err != nil {
		return err
	}
	if e.o.Schemas[ns] == nil {
		return sqlerr.New(pgerrcode.InsufficientPrivilege, "permission denied for schema %s", u.Name.Name)
	}
	e.o.Schemas[ns] = &objects.Schema{Name: u.NewName}
	return e.store()
}
