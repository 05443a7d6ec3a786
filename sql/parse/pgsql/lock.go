package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

var lockStrengths = map[pg.LockClauseStrength]string{
	pg.LockClauseStrength_LCS_FORUPDATE: "UPDATE", pg.LockClauseStrength_LCS_FORNOKEYUPDATE: "NO KEY UPDATE",
	pg.LockClauseStrength_LCS_FORSHARE: "SHARE", pg.LockClauseStrength_LCS_FORKEYSHARE: "KEY SHARE",
}

// rowLocks lowers the FOR UPDATE clauses of a SELECT.
func (l *lowerer) rowLocks(ns []*pg.Node) []ast.RowLock {
	var out []ast.RowLock
	for _, n := range ns {
		c := n.GetLockingClause()
		k := ast.RowLock{At: -1, Strength: lockStrengths[c.GetStrength()]}
		for _, r := range c.GetLockedRels() {
			k.Of = append(k.Of, l.rangeVar(r.GetRangeVar()))
		}
		switch c.GetWaitPolicy() {
		case pg.LockWaitPolicy_LockWaitError:
			k.Wait = ast.LockNoWait
		case pg.LockWaitPolicy_LockWaitSkip:
			k.Wait = ast.LockSkip
		}
		out = append(out, k)
	}
	return out
}
