package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// twoPhase refuses the statements of two-phase commit as a server does whose
// max_prepared_transactions is 0.
func (s *Session) twoPhase(t *ast.Transaction) (*command, error) {
	switch {
	case s.tx.aborted && t.Kind != "PREPARE TRANSACTION":
		return nil, errAborted
	case t.Kind != "PREPARE TRANSACTION" && s.tx.block:
		return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "%s cannot run inside a transaction block", t.Kind)
	case t.Kind != "PREPARE TRANSACTION":
		return nil, sqlerr.New(pgerrcode.UndefinedObject, `prepared transaction with identifier "%s" does not exist`, t.Name)
	case !s.tx.block:
		s.warning(pgerrcode.NoActiveSQLTransaction, "there is no transaction in progress")
		return tag("ROLLBACK"), nil
	case s.tx.aborted:
		s.rollback()
		return tag("ROLLBACK"), nil
	}
	s.rollback()
	return nil, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "prepared transactions are disabled").
		WithHint("Set max_prepared_transactions to a nonzero value.")
}
