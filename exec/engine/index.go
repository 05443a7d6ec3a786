package engine

import (
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// indexMethods are the access methods that can be named, with whether they know
// several columns.
var indexMethods = map[string]bool{"btree": true, "hash": false, "gin": true, "gist": true, "brin": true, "spgist": false}

// maxIndexKeys is INDEX_MAX_KEYS of PostgreSQL.
const maxIndexKeys = 32

// createIndex runs CREATE INDEX: it is recorded, and a unique one is enforced,
// but there is nothing to build, as every tag is indexed by its values.
func (s *Session) createIndex(r *run, u *ast.CreateIndex) (session.Result, error) {
	if u.Concurrently && s.tx.block {
		return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "CREATE INDEX CONCURRENTLY cannot run inside a transaction block")
	}
	e, err := s.edit(r, "CREATE INDEX")
	if err != nil {
		return nil, err
	}
	if err := s.otherDB(u.Table); err != nil {
		return nil, err
	}
	if err := e.c.Denied(u.Table.Schema); err != nil {
		return nil, err
	}
	rel := e.c.find(u.Table.Schema, u.Table.Name)
	switch {
	case rel == nil:
		return nil, noRelation(u.Table)
	case !e.c.owns(e.c.relOwner(rel)):
		return nil, e.c.needOwner(rel)
	case rel.kind != 'r' && rel.kind != 'm':
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `cannot create index on relation "%s"`, rel.name).
			WithDetail("This operation is not supported for %ss.", strings.Replace(kindWords[rel.kind], "index", "indexe", 1))
	}
	if len(u.Keys)+len(u.Include) > maxIndexKeys {
		return nil, sqlerr.New(pgerrcode.TooManyColumns, "cannot use more than %d columns in an index", maxIndexKeys)
	}
	x := &objects.Index{Head: objects.Head{NS: rel.ns, Name: u.Name}, Table: rel.oid, Unique: u.Unique, Method: u.Method}
	if x.Method == "" {
		x.Method = "btree"
	}
	if err := indexMethod(x.Method, u); err != nil {
		return nil, err
	}
	if err := storageOptions(u.Options); err != nil {
		return nil, err
	}
	if u.Name != "" && e.c.taken(rel.ns, u.Name) {
		if !u.IfNotExists {
			return nil, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, u.Name)
		}
		n := sqlerr.Notice(`relation "%s" already exists, skipping`, u.Name)
		n.Code = pgerrcode.DuplicateTable
		s.notice(n)
		return tag("CREATE INDEX"), nil
	}
	names, err := e.indexKeys(x, rel.def, u)
	if err != nil {
		return nil, err
	}
	if x.Name == "" {
		x.Name = e.freeName(rel.ns, rel.name, strings.Join(names, "_"), "idx", nil)
	}
	if u.Unique {
		if err := e.uniqueIndex(x, rel.def, u); err != nil {
			return nil, err
		}
	}
	x.OID = e.w.NewOID()
	e.o.Indexes[x.OID] = x
	return tag("CREATE INDEX"), e.store()
}

func indexMethod(name string, u *ast.CreateIndex) error {
	several, ok := indexMethods[name]
	switch {
	case !ok:
		return sqlerr.New(pgerrcode.UndefinedObject, `access method "%s" does not exist`, name)
	case u.Unique && name != "btree":
		return sqlerr.New(pgerrcode.FeatureNotSupported, `access method "%s" does not support unique indexes`, name)
	case len(u.Include) > 0 && name != "btree" && name != "gist" && name != "spgist":
		return sqlerr.New(pgerrcode.FeatureNotSupported, `access method "%s" does not support included columns`, name)
	case len(u.Keys) > 1 && !several:
		return sqlerr.New(pgerrcode.FeatureNotSupported, `access method "%s" does not support multicolumn indexes`, name)
	}
	return nil
}

// indexKeys resolves the keys, the included columns and the predicate; names are
// what the index is called by.
func (e *edit) indexKeys(x *objects.Index, def *types.Table, u *ast.CreateIndex) (names []string, err error) {
	if u.Where != nil {
		if _, err := e.indexExpr(def, u.Where, u.WhereText, true); err != nil {
			return nil, err
		}
		x.Where = u.WhereText
	}
	missing := func(name string) error {
		return sqlerr.New(pgerrcode.UndefinedColumn, `column "%s" does not exist`, name)
	}
	for _, k := range u.Keys {
		key := objects.IndexKey{Expr: k.Text, Desc: k.Desc, NullsFirst: k.Nulls == ast.NullsFirst || k.Desc && k.Nulls == ast.NullsDefault}
		if len(k.Class) > 0 {
			key.Class = k.Class[len(k.Class)-1]
			if err := opclassTakes(def, &k, u.Method, key.Class); err != nil {
				return nil, err
			}
		}
		if k.X == nil {
			i := def.Column(k.Column)
			if i < 0 {
				return nil, missing(k.Column)
			}
			key.Col, names = def.Columns[i].ID, append(names, k.Column)
		} else {
			if key.Uses, err = e.indexExpr(def, k.X, k.Text, false); err != nil {
				return nil, err
			}
			name := "expr"
			if f, ok := k.X.(*ast.Func); ok {
				name = f.Name[len(f.Name)-1]
			}
			names = append(names, name)
		}
		x.Keys = append(x.Keys, key)
	}
	for _, n := range u.Include {
		i := def.Column(n.Name)
		if i < 0 {
			return nil, missing(n.Name)
		}
		x.Cover, names = append(x.Cover, def.Columns[i].ID), append(names, n.Name)
	}
	return names, nil
}

// opclassTakes holds the operator class of a key to the access method and, of a
// column, to its type.
func opclassTakes(def *types.Table, k *ast.IndexKey, method, class string) error {
	if method == "" {
		method = "btree"
	}
	in, ok := pgcatalog.Opclass(method, class)
	if !ok {
		return sqlerr.New(pgerrcode.UndefinedObject, `operator class "%s" does not exist for access method "%s"`, class, method)
	}
	i := def.Column(k.Column)
	if k.X != nil || i < 0 {
		return nil
	}
	if t := def.Columns[i].Type.WithoutDomain(); !pgcatalog.OpclassTakes(in, t) {
		return sqlerr.New(pgerrcode.DatatypeMismatch, `operator class "%s" does not accept data type %s`, class, t.Base())
	}
	return nil
}

// indexExpr checks an expression or predicate of an index as that of a generated
// column and returns the IDs of the columns that it uses.
func (e *edit) indexExpr(def *types.Table, x ast.Expr, text string, predicate bool) ([]uint32, error) {
	only := def.Clone()
	only.Checks = nil
	for i := range only.Columns {
		only.Columns[i].Default, only.Columns[i].Generated, only.Columns[i].Identity = "", "", ""
	}
	what := "functions in index expression must be marked IMMUTABLE"
	if predicate {
		what = "functions in index predicate must be marked IMMUTABLE"
		text = "(" + text + ") IS TRUE"
	} else {
		text = "(" + text + ") IS NULL" // of any type
	}
	only.Columns = append(only.Columns, types.Column{Name: "\x00expr", Type: types.Of(types.Bool), Generated: text})
	if _, err := e.s.bindDef(only); err != nil {
		err2 := *sqlerr.From(err)
		err2.Pos = 0
		if err2.Code == pgerrcode.InvalidObjectDefinition {
			return nil, sqlerr.New(pgerrcode.InvalidObjectDefinition, "%s", what)
		}
		return nil, err2.AtIfNone(checkPlace(def, x))
	}
	return exprColumns(def, text), nil
}

// uniqueIndex gives a table what a unique index asks of its rows.
func (e *edit) uniqueIndex(x *objects.Index, def *types.Table, u *ast.CreateIndex) error {
	q := types.Unique{Name: x.Name, Index: true, NullsSame: u.NullsSame}
	next := def.Clone()
	if x.Where != "" || slices.ContainsFunc(x.Keys, func(k objects.IndexKey) bool { return k.Col == 0 }) {
		if err := e.computedKeys(x, def, &q); err != nil {
			return err
		}
		next.Uniques = append(next.Uniques, q)
		return e.alter(def, next)
	}
	for _, k := range x.Keys {
		at := columnByID(def, k.Col)
		if err := uniqueType(&def.Columns[at], -1); err != nil {
			return err
		}
		q.Cols = append(q.Cols, at)
	}
	next.Uniques = append(next.Uniques, q)
	return e.alter(def, next)
}

// computedKeys completes a unique index with expressions or a predicate.
func (e *edit) computedKeys(x *objects.Index, def *types.Table, q *types.Unique) error {
	names, used := texts{e.c, e.s}, exprColumns(def, x.Where)
	q.Where = x.Where
	for _, k := range x.Keys {
		if k.Col == 0 {
			q.Exprs = append(q.Exprs, types.KeyExpr{Text: k.Expr, Shown: names.Key(def, k.Expr, true)})
			used = append(used, k.Uses...)
			continue
		}
		name := quoteIdent(def.Columns[columnByID(def, k.Col)].Name)
		q.Exprs = append(q.Exprs, types.KeyExpr{Text: name, Shown: name})
		used = append(used, k.Col)
	}
	for _, id := range used {
		if at := columnByID(def, id); !slices.Contains(q.Cols, at) {
			q.Cols = append(q.Cols, at)
		}
	}
	if len(q.Cols) == 0 { // of all rows the same
		if len(def.Columns) == 0 {
			return sqlerr.Unsupported(-1, "a unique index over a table without columns is not supported")
		}
		q.Cols = append(q.Cols, max(def.Key, 0))
	}
	only := def.Clone()
	only.Uniques = []types.Unique{*q}
	k, err := newKeyer(only, 0, &oneTable{e.c, only})
	if err != nil {
		return err
	}
	for _, key := range k.keys {
		if err := uniqueType(&types.Column{Type: key.Type()}, -1); err != nil {
			return err
		}
	}
	return nil
}
