package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// rowLock lowers FOR UPDATE, FOR SHARE and LOCK IN SHARE MODE.
func (l *lowerer) rowLock(k *tast.SelectLockInfo) ast.RowLock {
	out := ast.RowLock{At: -1, Strength: "UPDATE"}
	switch k.LockType {
	case tast.SelectLockForShare, tast.SelectLockForShareNoWait, tast.SelectLockForShareSkipLocked:
		out.Strength = "SHARE"
	case tast.SelectLockForUpdateWaitN:
		l.noIf(true, "FOR UPDATE WAIT", "for")
	}
	switch k.LockType {
	case tast.SelectLockForUpdateNoWait, tast.SelectLockForShareNoWait:
		out.Wait = ast.LockNoWait
	case tast.SelectLockForUpdateSkipLocked, tast.SelectLockForShareSkipLocked:
		out.Wait = ast.LockSkip
	}
	for _, t := range k.Tables {
		out.Of = append(out.Of, ast.Name{At: -1, Schema: t.Schema.O, Name: t.Name.O})
	}
	return out
}
