package pgsql

import (
	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// stmt lowers a statement.
func (l *lowerer) stmt(n *pg.Node) ast.Stmt {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.Node.(type) {
	case *pg.Node_SelectStmt:
		if into := intoOf(x.SelectStmt); into != nil {
			return l.selectInto(x.SelectStmt, into)
		}
		return l.selectStmt(x.SelectStmt)
	case *pg.Node_InsertStmt:
		return l.insert(x.InsertStmt)
	case *pg.Node_UpdateStmt:
		return l.update(x.UpdateStmt)
	case *pg.Node_DeleteStmt:
		return l.delete(x.DeleteStmt)
	case *pg.Node_MergeStmt:
		return l.merge(x.MergeStmt)
	case *pg.Node_CopyStmt:
		return l.copyStmt(x.CopyStmt)
	case *pg.Node_CreateStmt:
		return l.createTable(x.CreateStmt)
	case *pg.Node_CreateTableAsStmt:
		return l.createAs(x.CreateTableAsStmt)
	case *pg.Node_AlterTableStmt:
		return l.alterTable(x.AlterTableStmt)
	case *pg.Node_RenameStmt:
		return l.rename(x.RenameStmt)
	case *pg.Node_DropStmt:
		return l.drop(x.DropStmt)
	case *pg.Node_TruncateStmt:
		return l.truncate(x.TruncateStmt)
	case *pg.Node_CommentStmt:
		return l.comment(x.CommentStmt)
	}
	if s, ok := l.object(n); ok {
		return s
	}
	return l.utility(n)
}

// utility lowers the statements that touch no rows.
func (l *lowerer) utility(n *pg.Node) ast.Stmt {
	here := ast.At(l.start)
	switch x := n.Node.(type) {
	case *pg.Node_ExplainStmt:
		return &ast.Explain{Options: l.options(x.ExplainStmt.Options), Stmt: l.stmt(x.ExplainStmt.Query)}
	case *pg.Node_TransactionStmt:
		return l.transaction(x.TransactionStmt)
	case *pg.Node_VariableSetStmt:
		return l.set(x.VariableSetStmt)
	case *pg.Node_AlterSystemStmt:
		set, _ := l.set(x.AlterSystemStmt.Setstmt).(*ast.Set)
		return &ast.AlterSystem{At: here, Set: set}
	case *pg.Node_VariableShowStmt:
		return &ast.Show{At: here, Name: x.VariableShowStmt.Name}
	case *pg.Node_DiscardStmt:
		return l.discard(x.DiscardStmt)
	case *pg.Node_PrepareStmt:
		out := &ast.Prepare{At: here, Name: x.PrepareStmt.Name, Stmt: l.stmt(x.PrepareStmt.Query)}
		for _, t := range x.PrepareStmt.Argtypes {
			out.Types = append(out.Types, l.typeName(t.GetTypeName()))
		}
		return out
	case *pg.Node_ExecuteStmt:
		return &ast.Execute{At: here, Name: x.ExecuteStmt.Name, Args: l.exprs(x.ExecuteStmt.Params)}
	case *pg.Node_DoStmt:
		return l.do(x.DoStmt)
	case *pg.Node_DeclareCursorStmt:
		return l.declare(x.DeclareCursorStmt)
	case *pg.Node_FetchStmt:
		return l.fetch(x.FetchStmt)
	case *pg.Node_ClosePortalStmt:
		return &ast.CloseCursor{At: here, Name: x.ClosePortalStmt.Portalname}
	case *pg.Node_DeallocateStmt:
		return &ast.Deallocate{At: here, Name: x.DeallocateStmt.Name}
	case *pg.Node_LockStmt:
		out := &ast.Lock{Mode: ast.LockMode(x.LockStmt.Mode), NoWait: x.LockStmt.Nowait}
		for _, r := range x.LockStmt.Relations {
			out.Names = append(out.Names, l.rangeVar(r.GetRangeVar()))
		}
		return out
	case *pg.Node_ConstraintsSetStmt:
		out := &ast.SetConstraints{Deferred: x.ConstraintsSetStmt.Deferred}
		for _, r := range x.ConstraintsSetStmt.Constraints {
			out.Names = append(out.Names, l.rangeVar(r.GetRangeVar()))
		}
		return out
	case *pg.Node_ListenStmt:
		return &ast.Listen{Channel: x.ListenStmt.Conditionname}
	case *pg.Node_UnlistenStmt:
		return &ast.Listen{Channel: x.UnlistenStmt.Conditionname, Stop: true}
	case *pg.Node_NotifyStmt:
		return &ast.Notify{Channel: x.NotifyStmt.Conditionname, Payload: x.NotifyStmt.Payload}
	case *pg.Node_CreateExtensionStmt:
		return &ast.CreateExtension{At: here, Name: x.CreateExtensionStmt.Extname, IfNotExists: x.CreateExtensionStmt.IfNotExists,
			Options: l.options(x.CreateExtensionStmt.Options)}
	case *pg.Node_VacuumStmt, *pg.Node_CheckPointStmt, *pg.Node_ClusterStmt, *pg.Node_ReindexStmt:
		return l.maintenance(n)
	}
	l.no(int32(l.start), "%s is not supported", words(n))
	return nil
}

func (l *lowerer) maintenance(n *pg.Node) ast.Stmt {
	out := &ast.Maintenance{At: ast.At(l.start)}
	switch x := n.Node.(type) {
	case *pg.Node_VacuumStmt:
		out.Kind = "ANALYZE"
		if x.VacuumStmt.IsVacuumcmd {
			out.Kind = "VACUUM"
		}
		out.Options = l.options(x.VacuumStmt.Options)
		for _, r := range x.VacuumStmt.Rels {
			out.Tables = append(out.Tables, l.rangeVar(r.GetVacuumRelation().GetRelation()))
			out.Cols = append(out.Cols, l.strs(r.GetVacuumRelation().GetVaCols()))
		}
	case *pg.Node_CheckPointStmt:
		out.Kind = "CHECKPOINT"
	case *pg.Node_ClusterStmt:
		out.Kind, out.Index = "CLUSTER", x.ClusterStmt.Indexname
		if r := x.ClusterStmt.Relation; r != nil {
			out.Tables = []ast.Name{l.rangeVar(r)}
		}
	case *pg.Node_ReindexStmt:
		kinds := map[pg.ReindexObjectType]string{pg.ReindexObjectType_REINDEX_OBJECT_INDEX: "INDEX", pg.ReindexObjectType_REINDEX_OBJECT_TABLE: "TABLE",
			pg.ReindexObjectType_REINDEX_OBJECT_SCHEMA: "SCHEMA", pg.ReindexObjectType_REINDEX_OBJECT_SYSTEM: "SYSTEM", pg.ReindexObjectType_REINDEX_OBJECT_DATABASE: "DATABASE"}
		out.Kind = "REINDEX " + kinds[x.ReindexStmt.Kind]
		if r := x.ReindexStmt.Relation; r != nil {
			out.Tables = []ast.Name{l.rangeVar(r)}
		} else if x.ReindexStmt.Name != "" {
			out.Tables = []ast.Name{{At: -1, Name: x.ReindexStmt.Name}}
		}
	}
	return out
}

func (l *lowerer) transaction(t *pg.TransactionStmt) ast.Stmt {
	kinds := map[pg.TransactionStmtKind]string{
		pg.TransactionStmtKind_TRANS_STMT_BEGIN: "BEGIN", pg.TransactionStmtKind_TRANS_STMT_START: "BEGIN",
		pg.TransactionStmtKind_TRANS_STMT_COMMIT: "COMMIT", pg.TransactionStmtKind_TRANS_STMT_ROLLBACK: "ROLLBACK",
		pg.TransactionStmtKind_TRANS_STMT_SAVEPOINT: "SAVEPOINT", pg.TransactionStmtKind_TRANS_STMT_RELEASE: "RELEASE",
		pg.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO: "ROLLBACK TO", pg.TransactionStmtKind_TRANS_STMT_PREPARE: "PREPARE TRANSACTION",
		pg.TransactionStmtKind_TRANS_STMT_COMMIT_PREPARED: "COMMIT PREPARED", pg.TransactionStmtKind_TRANS_STMT_ROLLBACK_PREPARED: "ROLLBACK PREPARED",
	}
	kind, name := kinds[t.Kind], t.SavepointName
	if t.Gid != "" {
		name = t.Gid
	}
	opts := l.options(t.Options)
	for i, o := range opts {
		opts[i].Value = onOff(o)
	}
	return &ast.Transaction{At: ast.At(l.start), Kind: kind, Name: name, Options: opts, Chain: t.Chain}
}

func (l *lowerer) discard(d *pg.DiscardStmt) ast.Stmt {
	what := "ALL"
	switch d.Target {
	case pg.DiscardMode_DISCARD_PLANS:
		what = "PLANS"
	case pg.DiscardMode_DISCARD_SEQUENCES:
		what = "SEQUENCES"
	case pg.DiscardMode_DISCARD_TEMP:
		what = "TEMP"
	}
	return &ast.Discard{What: what}
}

// set lowers SET and RESET. SET TRANSACTION x is SET LOCAL transaction_x and SET
// SESSION CHARACTERISTICS AS TRANSACTION x is SET default_transaction_x, which
// is what Postgres does with them (guc_funcs.c, ExecSetVariableStmt).
func (l *lowerer) set(v *pg.VariableSetStmt) ast.Stmt {
	out := &ast.Set{At: ast.At(l.start), Name: v.Name, Local: v.IsLocal}
	switch v.Kind {
	case pg.VariableSetKind_VAR_SET_VALUE:
		out.Value = []string{}
		for _, a := range v.Args {
			out.Value = append(out.Value, l.optionText(a)...)
		}
	case pg.VariableSetKind_VAR_SET_DEFAULT:
	case pg.VariableSetKind_VAR_SET_MULTI:
		l.setMulti(v, out)
	case pg.VariableSetKind_VAR_RESET:
		out.Reset = true
	case pg.VariableSetKind_VAR_RESET_ALL:
		out.Reset, out.Name = true, "all"
	default:
		l.no(int32(l.start), "SET ... FROM CURRENT is not supported")
	}
	return out
}

func (l *lowerer) setMulti(v *pg.VariableSetStmt, out *ast.Set) {
	if v.Name == "TRANSACTION SNAPSHOT" {
		if v.IsLocal {
			l.fail(sqlerr.New(pgerrcode.FeatureNotSupported, "SET LOCAL TRANSACTION SNAPSHOT is not implemented"))
			return
		}
		out.Name, out.Value, out.Local = "transaction_snapshot", l.optionText(v.Args[0]), true
		return
	}
	for i, o := range l.options(v.Args) {
		one := out
		if i > 0 {
			one = &ast.Set{At: out.At}
			out.More = append(out.More, one)
		}
		one.Name, one.Value = o.Name, onOff(o)
		if v.Name == "TRANSACTION" {
			one.Local = true
		} else {
			one.Name = "default_" + one.Name
		}
	}
}

// onOff is a transaction mode's value; all but the isolation level are Booleans,
// which the grammar gives as 1 and 0.
func onOff(o ast.Option) []string {
	if o.Name == "transaction_isolation" || len(o.Value) != 1 {
		return o.Value
	}
	return []string{map[string]string{"1": "on", "0": "off"}[o.Value[0]]}
}
