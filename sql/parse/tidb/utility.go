package tidb

import (
	"fmt"
	"regexp"
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"
	driver "github.com/pingcap/tidb/pkg/parser/test_driver"

	"tagd/sql/ast"
)

// utility lowers the statements that touch no rows.
func (l *lowerer) utility(n tast.StmtNode) ast.Stmt {
	here := l.pos(0)
	if len(l.toks) > 0 {
		here = l.pos(l.toks[0].start)
	}
	switch x := n.(type) {
	case *tast.UseStmt:
		return &ast.Use{At: here, Name: x.DBName}
	case *tast.KillStmt:
		return l.kill(x, here)
	case *tast.SetStmt:
		return l.set(x, here)
	case *tast.BeginStmt:
		return l.begin(x, here)
	case *tast.CommitStmt:
		out := &ast.Transaction{At: here, Kind: "COMMIT", Chain: x.CompletionType == tast.CompletionTypeChain}
		l.noIf(x.CompletionType == tast.CompletionTypeRelease, "RELEASE", "release")
		return out
	case *tast.RollbackStmt:
		out := &ast.Transaction{At: here, Kind: "ROLLBACK", Chain: x.CompletionType == tast.CompletionTypeChain}
		if x.SavepointName != "" {
			out.Kind, out.Name = "ROLLBACK TO", x.SavepointName
		}
		l.noIf(x.CompletionType == tast.CompletionTypeRelease, "RELEASE", "release")
		return out
	case *tast.SavepointStmt:
		return &ast.Transaction{At: here, Kind: "SAVEPOINT", Name: x.Name}
	case *tast.ReleaseSavepointStmt:
		return &ast.Transaction{At: here, Kind: "RELEASE", Name: x.Name}
	case *tast.AnalyzeTableStmt:
		return l.analyze(x, here)
	case *tast.OptimizeTableStmt:
		out := &ast.Maintenance{At: here, Kind: "VACUUM"}
		for _, t := range x.Tables {
			out.Tables = append(out.Tables, l.plainTable(t))
		}
		return out
	}
	// The statement is named by its first words.
	name := strings.ToUpper(l.tok(0).word)
	if t := l.tok(1); t.kind == tokWord && (l.tok(2).kind == tokWord || len(l.toks) == 2) {
		name += " " + strings.ToUpper(t.word)
	}
	l.no(int(here)-l.base, "%s is not supported", name)
	return nil
}

func (l *lowerer) kill(x *tast.KillStmt, here ast.At) ast.Stmt {
	out := &ast.Kill{At: here, Query: x.Query}
	if x.Expr != nil {
		out.ID = l.expr(x.Expr)
		return out
	}
	last := l.toks[len(l.toks)-1]
	out.ID = &ast.Literal{At: l.pos(last.start), Kind: ast.LitInt, Text: last.text(l.text)}
	return out
}

func (l *lowerer) analyze(x *tast.AnalyzeTableStmt, here ast.At) ast.Stmt {
	if len(x.PartitionNames) > 0 || len(x.IndexNames) > 0 || x.IndexFlag || x.HistogramOperation != 0 || x.Incremental || len(x.ColumnNames) > 0 ||
		x.ColumnChoice != 0 {
		l.no(0, "this form of ANALYZE TABLE is not supported")
	}
	out := &ast.Maintenance{At: here, Kind: "ANALYZE"}
	for _, t := range x.TableNames {
		out.Tables = append(out.Tables, l.plainTable(t))
	}
	return out
}

func (l *lowerer) begin(x *tast.BeginStmt, here ast.At) ast.Stmt {
	out := &ast.Transaction{At: here, Kind: "BEGIN"}
	if x.Mode != "" || x.CausalConsistencyOnly {
		l.no(0, "this mode of a transaction is not supported")
	}
	if x.AsOf != nil {
		l.no(0, "START TRANSACTION ... AS OF is not supported")
	}
	if x.ReadOnly {
		out.Options = append(out.Options, ast.Option{At: here, Name: "transaction_read_only", Value: []string{"on"}})
	}
	return out
}

// acceptedVariables are MySQL's settings that clients send at the start and
// that have one meaning here already: texts are UTF-8, modes are strict.
var acceptedVariables = map[string]string{
	"autocommit": "1", "sql_mode": "", "character_set_client": "", "character_set_results": "", "character_set_connection": "",
	"collation_connection": "", "foreign_key_checks": "", "unique_checks": "", "net_write_timeout": "", "net_read_timeout": "",
	"wait_timeout": "", "interactive_timeout": "", "sql_safe_updates": "", "sql_notes": "", "max_allowed_packet": "", "names": "",
	"sql_quote_show_create": "", "group_concat_max_len": "", "sql_select_limit": "default",
}

// renamedVariables are settings under Postgres's name.
var renamedVariables = map[string]string{"time_zone": "timezone", "max_execution_time": "statement_timeout",
	"tx_isolation_one_shot": "default_transaction_isolation", "transaction_isolation": "default_transaction_isolation", "tx_isolation": "default_transaction_isolation",
	"transaction_read_only": "default_transaction_read_only", "tx_read_only": "default_transaction_read_only"}

// set lowers SET of one variable; SET @x of user variables is refused.
func (l *lowerer) set(x *tast.SetStmt, here ast.At) ast.Stmt {
	if len(x.Variables) != 1 {
		l.no(0, "SET of several variables at once is not supported")
		return nil
	}
	v := x.Variables[0]
	name := strings.ToLower(v.Name)
	if name == "setnames" || name == "setcharset" {
		return l.setNames(v, here)
	}
	if !v.IsSystem {
		l.no(0, "user variables are not supported")
		return nil
	}
	l.noIf(v.IsGlobal, "SET GLOBAL", "global")
	l.noIf(v.IsInstance, "SET INSTANCE", "instance")
	if v.ExtendValue != nil {
		l.no(0, "this form of SET is not supported")
	}
	if to, ok := renamedVariables[name]; ok {
		name = to
	}
	out := &ast.Set{At: here, Name: name, Local: l.tok(1).word == "local"}
	if l.tok(1).word == "transaction" {
		out.Name, out.Local = strings.TrimPrefix(name, "default_"), true
	}
	text, ok := l.settingText(v.Value)
	if !ok {
		if _, isDefault := v.Value.(*tast.DefaultExpr); !isDefault {
			l.no(v.Value.OriginTextPosition(), "SET to an expression is not supported")
		}
	} else {
		out.Value = []string{setting(name, text)}
	}
	if want, ok := acceptedVariables[name]; ok {
		if want != "" && (out.Value == nil && want != "default" || out.Value != nil && !sameValue(out.Value[0], want)) {
			l.no(v.Value.OriginTextPosition(), "this value of %s is not supported", name)
		}
		return &ast.Set{At: here, Name: "mysql." + name, Value: out.Value, Reset: false}
	}
	return out
}

func sameValue(got, want string) bool {
	got = strings.ToLower(got)
	return got == want || want == "1" && (got == "on" || got == "true")
}

// eastOffset is a time zone of MySQL that is an offset: hours and minutes east of
// Greenwich.
var eastOffset = regexp.MustCompile(`^([+-])(\d{1,2}):(\d\d)$`)

// setting writes values as Postgres does: READ-COMMITTED and 1 of modes of
// transactions, and offsets, whose sign Postgres reads as POSIX does, as zones
// with a name.
func setting(name, text string) string {
	switch name {
	case "default_transaction_isolation":
		return strings.ToLower(strings.ReplaceAll(text, "-", " "))
	case "default_transaction_read_only":
		switch text {
		case "0":
			return "off"
		case "1":
			return "on"
		}
	case "timezone":
		if m := eastOffset.FindStringSubmatch(text); m != nil {
			offset := fmt.Sprintf("%02s", m[2])
			if m[3] != "00" {
				offset += ":" + m[3]
			}
			west := map[string]string{"+": "-", "-": "+"}[m[1]]
			return "<" + m[1] + offset + ">" + west + offset
		}
	}
	return text
}

// setNames lowers SET NAMES and SET CHARACTER SET.
func (l *lowerer) setNames(v *tast.VariableAssignment, here ast.At) ast.Stmt {
	cs := "utf8"
	if s, ok := stringOf(v.Value); ok {
		cs = strings.ToLower(s)
	}
	if !utf8Charset(cs) && cs != "default" {
		l.no(v.Value.OriginTextPosition(), "the character set %s is not supported", cs)
	}
	return &ast.Set{At: here, Name: "client_encoding", Value: []string{"UTF8"}}
}

// settingText is a setting's value as a text.
func (l *lowerer) settingText(n tast.ExprNode) (string, bool) {
	switch x := n.(type) {
	case *driver.ValueExpr:
		switch x.Kind() {
		case driver.KindString:
			return x.GetString(), true
		case driver.KindNull:
			return "", false
		}
		t := l.tok(l.tokAt(x.OriginTextPosition()))
		if t.kind == tokNumber || t.kind == tokWord {
			return t.text(l.text), true
		}
	case *tast.UnaryOperationExpr:
		if s, ok := l.settingText(x.V); ok {
			return "-" + s, true
		}
	case *tast.ColumnNameExpr:
		return x.Name.Name.O, true
	}
	return "", false
}

// variable lowers @@name: a setting of the session by its name, or what MySQL's
// clients ask for at the start.
func (l *lowerer) variable(x *tast.VariableExpr) ast.Expr {
	at := l.at(x)
	if !x.IsSystem || x.Value != nil {
		l.no(x.OriginTextPosition(), "user variables are not supported")
		return nil
	}
	return &ast.Func{At: at, Name: []string{"mysql", "variable"}, Args: []ast.Expr{text(at, strings.ToLower(x.Name))}}
}
