package tidb

import (
	"slices"
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// acceptedOptions are the options of a table that mean nothing here: how and
// where its bytes are kept is the store's affair, texts are UTF-8 and compared
// by their bytes whatever the collation.
var acceptedOptions = map[tast.TableOptionType]bool{
	tast.TableOptionEngine: true, tast.TableOptionCollate: true, tast.TableOptionAvgRowLength: true,
	tast.TableOptionCheckSum: true, tast.TableOptionTableCheckSum: true, tast.TableOptionCompression: true, tast.TableOptionKeyBlockSize: true,
	tast.TableOptionMaxRows: true, tast.TableOptionMinRows: true, tast.TableOptionDelayKeyWrite: true, tast.TableOptionRowFormat: true,
	tast.TableOptionStatsPersistent: true, tast.TableOptionStatsAutoRecalc: true, tast.TableOptionStatsSamplePages: true,
	tast.TableOptionPackKeys: true, tast.TableOptionShardRowID: true, tast.TableOptionPreSplitRegion: true,
}

// indexNote is the NOTICE for KEY and INDEX clauses.
const indexNote = "every tag is already indexed: KEY is accepted and nothing is built"

func (l *lowerer) createTable(s *tast.CreateTableStmt) ast.Stmt {
	out := &ast.CreateTable{Name: l.plainTable(s.Table), IfNotExists: s.IfNotExists, Temp: s.TemporaryKeyword == tast.TemporaryLocal}
	l.noIf(s.TemporaryKeyword == tast.TemporaryGlobal || s.OnCommitDelete, "GLOBAL TEMPORARY", "global")
	l.noIf(s.Partition != nil, "PARTITION BY", "partition")
	l.noIf(len(s.SplitIndex) > 0, "SPLIT", "split")
	l.noIf(s.OnDuplicate == tast.OnDuplicateKeyHandlingIgnore, "IGNORE here", "ignore")
	l.noIf(s.OnDuplicate == tast.OnDuplicateKeyHandlingReplace, "REPLACE here", "replace")
	if s.ReferTable != nil {
		l.likeTable(out, l.plainTable(s.ReferTable))
	}
	for _, c := range s.Cols {
		out.Columns = append(out.Columns, l.columnDef(c, out))
	}
	for _, k := range s.Constraints {
		if c, ok := l.tableConstraint(k, &out.Notes); ok {
			out.Constraints = append(out.Constraints, c)
		}
	}
	for _, o := range s.Options {
		l.tableOption(o, out)
	}
	if s.Select != nil {
		l.noIf(len(s.Cols) > 0 || len(s.Constraints) > 0, "CREATE TABLE with columns and SELECT", "select")
		out.Query = l.query(s.Select)
		out.QueryText = l.queryText()
	}
	return out
}

func (l *lowerer) tableOption(o *tast.TableOption, out *ast.CreateTable) {
	switch {
	case o.Tp == tast.TableOptionComment:
		out.Comment = o.StrValue
	case o.Tp == tast.TableOptionCharset:
		if !o.Default && !utf8Charset(strings.ToLower(o.StrValue)) {
			l.no(max(l.find(0, "charset", "character"), 0), "the character set %s is not supported", o.StrValue)
		}
	case o.Tp == tast.TableOptionAutoIncrement:
		l.startAt(o.UintValue, out)
	case !acceptedOptions[o.Tp]:
		word := l.optionWord(o)
		l.no(max(l.find(0, word), 0), "the table option %s is not supported", strings.ToUpper(word))
	}
}

// optionWord is how an option is written.
func (l *lowerer) optionWord(o *tast.TableOption) string {
	switch o.Tp {
	case tast.TableOptionTTL:
		return "ttl"
	case tast.TableOptionTTLEnable:
		return "ttl_enable"
	case tast.TableOptionTTLJobInterval:
		return "ttl_job_interval"
	case tast.TableOptionUnion:
		return "union"
	case tast.TableOptionEncryption:
		return "encryption"
	case tast.TableOptionTablespace:
		return "tablespace"
	case tast.TableOptionConnection:
		return "connection"
	case tast.TableOptionAutoRandomBase:
		return "auto_random_base"
	}
	return "here"
}

// columnDef lowers a column with its options.
func (l *lowerer) columnDef(d *tast.ColumnDef, table *ast.CreateTable) ast.ColumnDef {
	out := ast.ColumnDef{At: l.name(d.Name.Name.O), Name: d.Name.Name.O}
	if at := l.tokAt(l.from); l.tok(at).word == "serial" {
		// Postgres's serial, not MySQL's BIGINT UNSIGNED; its options are made up.
		out.Type = ast.TypeName{At: l.pos(l.tok(at).start), Name: "serial"}
		d.Options = slices.DeleteFunc(d.Options, func(o *tast.ColumnOption) bool {
			return o.Tp == tast.ColumnOptionAutoIncrement || o.Tp == tast.ColumnOptionNotNull || o.Tp == tast.ColumnOptionUniqKey
		})
	} else {
		l.columnType(d, &out)
	}
	for _, o := range d.Options {
		l.columnOption(o, &out, table)
	}
	return out
}

var optionWords = map[tast.ColumnOptionType]string{tast.ColumnOptionPrimaryKey: "primary", tast.ColumnOptionNotNull: "not",
	tast.ColumnOptionAutoIncrement: "auto_increment", tast.ColumnOptionDefaultValue: "default", tast.ColumnOptionUniqKey: "unique",
	tast.ColumnOptionNull: "null", tast.ColumnOptionCheck: "check", tast.ColumnOptionGenerated: "as", tast.ColumnOptionOnUpdate: "on",
	tast.ColumnOptionReference: "references", tast.ColumnOptionCollate: "collate", tast.ColumnOptionAutoRandom: "auto_random",
	tast.ColumnOptionFulltext: "fulltext", tast.ColumnOptionComment: "comment"}

func (l *lowerer) columnOption(o *tast.ColumnOption, out *ast.ColumnDef, table *ast.CreateTable) {
	off := l.find(max(l.from, 0), optionWords[o.Tp])
	k := ast.Constraint{At: l.pos(off)}
	switch o.Tp {
	case tast.ColumnOptionNoOption, tast.ColumnOptionCollate, tast.ColumnOptionColumnFormat, tast.ColumnOptionStorage,
		tast.ColumnOptionSecondaryEngineAttribute:
		return // how bytes are kept and compared is not theirs to say
	case tast.ColumnOptionComment:
		if s, ok := stringOf(o.Expr); ok {
			out.Comment = &s
		}
		return
	case tast.ColumnOptionPrimaryKey:
		k.Kind = ast.PrimaryKey
	case tast.ColumnOptionUniqKey:
		k.Kind = ast.Unique
	case tast.ColumnOptionNotNull:
		k.Kind = ast.NotNull
	case tast.ColumnOptionNull:
		k.Kind = ast.Null
	case tast.ColumnOptionAutoIncrement:
		k.Kind = ast.Identity
	case tast.ColumnOptionDefaultValue:
		k.Kind, k.X = ast.DefaultValue, l.defaultValue(o.Expr, out)
	case tast.ColumnOptionCheck:
		k.Kind, k.X, k.Name = ast.CheckExpr, l.cond(o.Expr), o.ConstraintName
		if !o.Enforced {
			l.no(max(off, 0), "CHECK ... NOT ENFORCED is not supported")
		}
	case tast.ColumnOptionGenerated:
		// VIRTUAL and STORED have the same values; ours are stored.
		k.Kind, k.X, k.Always = ast.Generated, l.expr(o.Expr), true
	case tast.ColumnOptionReference:
		k.Kind, k.Refs = ast.ForeignKey, l.references(o.Refer)
	default:
		l.no(max(off, 0), "this option of a column is not supported")
		return
	}
	if k.X != nil {
		k.Text = l.textOf(k.X)
	}
	out.Constraints = append(out.Constraints, k)
}

// defaultValue lowers DEFAULT; 'a,b' of a SET column becomes an array.
func (l *lowerer) defaultValue(n tast.ExprNode, d *ast.ColumnDef) ast.Expr {
	x := l.expr(n)
	s, ok := x.(*ast.Literal)
	if !ok || !d.Set || s.Kind != ast.LitString {
		return x
	}
	var parts []string
	if s.Text != "" {
		parts = strings.Split(s.Text, ",")
	}
	return &ast.Cast{At: s.At, X: &ast.Array{At: s.At, Elems: texts(s.At, parts)}, Type: ast.TypeName{At: s.At, Name: "text", Dims: 1}}
}

// tableConstraint lowers a constraint of a table; ok is false for an index,
// which has nothing to keep.
func (l *lowerer) tableConstraint(k *tast.Constraint, notes *[]string) (out ast.Constraint, ok bool) {
	out = ast.Constraint{At: -1, Name: k.Name}
	l.noIf(k.IfNotExists, "IF NOT EXISTS of a key", "exists")
	switch k.Tp {
	case tast.ConstraintKey, tast.ConstraintIndex:
		l.keyColumns(k)
		*notes = append(*notes, indexNote)
		return out, false
	case tast.ConstraintPrimaryKey:
		out.Kind, out.Name, out.At = ast.PrimaryKey, "", l.pos(l.find(l.from, "primary"))
	case tast.ConstraintUniq, tast.ConstraintUniqKey, tast.ConstraintUniqIndex:
		out.Kind, out.At = ast.Unique, l.pos(l.find(l.from, "unique"))
	case tast.ConstraintForeignKey:
		out.Kind, out.At, out.Refs = ast.ForeignKey, l.pos(l.find(l.from, "foreign")), l.references(k.Refer)
	case tast.ConstraintCheck:
		out.Kind, out.At = ast.CheckExpr, l.pos(l.find(l.from, "check"))
		out.X = l.cond(k.Expr)
		out.Text = l.textOf(out.X)
		if !k.Enforced {
			l.no(max(int(out.At)-l.base, 0), "CHECK ... NOT ENFORCED is not supported")
		}
		return out, true
	default:
		l.no(max(l.find(l.from, "fulltext", "vector", "columnar"), 0), "this kind of index is not supported")
		return out, false
	}
	out.Columns = l.keyColumns(k)
	return out, true
}

// keyColumns are the columns of a key, whose prefix lengths and orders say only
// how an index is built, but for a unique key.
func (l *lowerer) keyColumns(k *tast.Constraint) []ast.ColName {
	var out []ast.ColName
	for _, p := range k.Keys {
		if p.Expr != nil || p.Column == nil {
			l.no(max(l.from, 0), "a key over an expression is not supported")
			continue
		}
		c := l.columnName(p.Column)
		if p.Length > 0 && k.Tp != tast.ConstraintKey && k.Tp != tast.ConstraintIndex {
			l.no(int(c.At)-l.base, "a key over a part of a column is not supported")
		}
		out = append(out, c)
	}
	if k.Option != nil && k.Option.Condition != nil {
		l.no(max(l.from, 0), "a partial index is not supported")
	}
	return out
}

// likeTable is CREATE TABLE t LIKE u, which copies what defines the columns
// and their constraints.
func (l *lowerer) likeTable(out *ast.CreateTable, n ast.Name) {
	if i := l.tokAt(l.find(0, "like")); l.find(0, "like") < 0 || l.tok(i-1).word == "(" {
		out.Like = append(out.Like, ast.LikeClause{Table: n}) // (LIKE u) is Postgres's
		return
	}
	out.Like = append(out.Like, ast.LikeClause{Table: n, Options: ast.LikeComments | ast.LikeConstraints | ast.LikeDefaults | ast.LikeGenerated |
		ast.LikeIdentity | ast.LikeIndexes})
}

// startAt is AUTO_INCREMENT = n of the table: where its identity column begins.
func (l *lowerer) startAt(n uint64, _ *ast.CreateTable) {
	l.no(max(l.find(0, "auto_increment"), 0), "AUTO_INCREMENT = %d is not supported", n)
}

// queryText is the text of the query behind the AS of a definition.
func (l *lowerer) queryText() string {
	from := l.find(0, "as")
	if from < 0 {
		from = l.find(0, "select", "with", "values", "table")
	} else {
		from = l.tok(l.tokAt(from) + 1).start
	}
	if from < 0 || len(l.toks) == 0 {
		return ""
	}
	return l.text[from:l.toks[len(l.toks)-1].end]
}
