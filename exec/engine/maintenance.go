package engine

import (
	"context"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// maintenance runs VACUUM and ANALYZE, and accepts CLUSTER, REINDEX and CHECKPOINT
// after Postgres's checks: the store compacts by itself.
func (s *Session) maintenance(ctx context.Context, u *ast.Maintenance) (session.Result, error) {
	word, what, _ := strings.Cut(u.Kind, " ")
	alone := word == "VACUUM" || what == "SCHEMA" || what == "SYSTEM" || what == "DATABASE" || word == "CLUSTER" && len(u.Tables) == 0
	if alone && s.tx.block {
		return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "%s cannot run inside a transaction block", u.Kind)
	}
	c, release := s.catalog()
	defer release()
	switch word {
	case "CHECKPOINT":
		if !c.HasPrivs(c.user, roles.Checkpoint) {
			return nil, denied("must be superuser or have privileges of pg_checkpoint to do CHECKPOINT")
		}
		s.e.checkpoints.Add(1)
	case "VACUUM", "ANALYZE":
		return s.vacuum(ctx, c, u)
	}
	switch what {
	case "SCHEMA":
		if _, ok := c.namespace(u.Tables[0].Name); !ok {
			return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, u.Tables[0].Name)
		}
		return tag(word), s.finishLone(noContext)
	case "SYSTEM", "DATABASE":
		if len(u.Tables) > 0 && u.Tables[0].Name != s.db {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "can only reindex the currently open database")
		}
		return tag(word), s.finishLone(noContext)
	}
	for _, n := range u.Tables {
		if err := s.maintain(c, u, word, what, n); err != nil {
			return nil, err
		}
	}
	return tag(word), s.finishLone(noContext)
}

// maintain checks one relation of a maintenance statement.
func (s *Session) maintain(c *catalog, u *ast.Maintenance, word, what string, n ast.Name) error {
	if err := s.otherDB(n); err != nil {
		return err
	}
	rel := c.findIndex(n.Schema, n.Name)
	switch {
	case rel == nil:
		return noRelation(n)
	case what == "INDEX" && rel.kind != 'i':
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not an index`, n.Name)
	case what == "TABLE" && rel.kind != 'r' && rel.kind != 'm':
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a table or materialized view`, n.Name)
	case word == "CLUSTER":
		return s.cluster(c, rel, u.Index)
	}
	return c.needOwner(rel)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// cluster checks CLUSTER: rows keep the order in which they came.
func (s *Session) cluster(c *catalog, rel *relation, index string) error {
	if rel.kind != 'r' && rel.kind != 'm' {
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a table or materialized view`, rel.name)
	}
	if err := c.needOwner(rel); err != nil {
		return err
	}
	if index == "" {
		return sqlerr.New(pgerrcode.UndefinedObject, `there is no previously clustered index for table "%s"`, rel.name)
	}
	x := c.findIndex(c.nsName(rel.ns), index)
	switch {
	case x == nil || x.kind != 'i':
		return sqlerr.New(pgerrcode.UndefinedObject, `index "%s" for table "%s" does not exist`, index, rel.name)
	case x.def == nil || x.def.OID != rel.oid:
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not an index for table "%s"`, index, rel.name)
	}
	return nil
}
