package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// database runs CREATE, ALTER and DROP DATABASE.
func (s *Session) database(r *run, u *ast.Database) (session.Result, error) {
	word := u.Verb + " DATABASE"
	if u.Verb != "ALTER" && s.tx.block {
		return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "%s cannot run inside a transaction block", word)
	}
	e, err := s.edit(r, word)
	if err != nil {
		return nil, err
	}
	d := databasesOf(e.c.snap)
	x := d.named(u.Name)
	switch {
	case u.Verb == "CREATE" && !e.c.mayCreateDB():
		return nil, denied("permission denied to create database")
	case u.Verb == "CREATE" && x != nil:
		return nil, sqlerr.New(pgerrcode.DuplicateDatabase, `database "%s" already exists`, u.Name)
	case u.Verb == "CREATE":
		err = e.createDatabase(d, u)
	case x == nil && u.IfExists:
		s.notice(sqlerr.Notice(`database "%s" does not exist, skipping`, u.Name))
	case x == nil:
		err = sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, u.Name)
	case !e.c.owns(x.owner()):
		return nil, e.c.needDBOwner(x)
	case u.Verb == "DROP":
		err = e.dropDatabase(d, x)
	default:
		err = e.alterDatabase(d, x, u)
	}
	return tag(word), err
}

func (e *edit) createDatabase(d *databases, u *ast.Database) error {
	x := &database{OID: e.w.NewOID(), Name: u.Name}
	if e.c.user != roles.Super {
		x.Owner = e.c.user
	}
	for _, o := range u.Options {
		if err := e.databaseOption(d, x, o); err != nil {
			return err
		}
	}
	return d.with(x).store(e.w)
}

// databaseOption applies one option of CREATE and ALTER DATABASE.
func (e *edit) databaseOption(d *databases, x *database, o ast.Option) error {
	v := ""
	if len(o.Value) > 0 {
		v = o.Value[0]
	}
	is := func() (bool, error) {
		b, ok := parseSettingBool(strings.ToLower(v))
		if !ok {
			return false, sqlerr.New(pgerrcode.SyntaxError, "%s requires a Boolean value", o.Name)
		}
		return b, nil
	}
	var err error
	switch o.Name {
	case "allow_connections":
		var on bool
		on, err = is()
		x.Closed = !on
	case "is_template":
		x.Template, err = is()
	case "connection_limit":
		n, perr := strconv.Atoi(v)
		if perr != nil || n < -1 {
			return sqlerr.New(pgerrcode.InvalidParameterValue, "invalid connection limit: %s", v)
		}
		if x.Limit = &n; n < 0 {
			x.Limit = nil
		}
	case "owner":
		r := e.c.Named(v)
		if r == nil {
			return noRole(v)
		}
		x.Owner = r.OID
		return e.mayGiveTo(r.OID)
	case "template":
		return e.template(d, v)
	case "encoding":
		if k := strings.ToLower(strings.ReplaceAll(v, "-", "")); k != "utf8" && k != "6" && k != "unicode" {
			if !encodings[k] {
				return sqlerr.At(o.Pos(), pgerrcode.UndefinedObject, "%s is not a valid encoding name", v)
			}
			return sqlerr.Unsupported(o.Pos(), "encodings other than UTF8 are not supported")
		}
	case "lc_collate", "lc_ctype", "locale":
		if v != "C" && v != "POSIX" && v != "C.UTF-8" {
			return sqlerr.Unsupported(o.Pos(), `locale "%s" of a database is not supported`, v)
		}
	case "tablespace":
		if v != "pg_default" {
			return sqlerr.New(pgerrcode.UndefinedObject, `tablespace "%s" does not exist`, v)
		}
	case "strategy", "oid", "collation_version", "locale_provider", "icu_locale":
	default:
		return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, `option "%s" not recognized`, o.Name)
	}
	return err
}

// encodings are names that Postgres knows, in lower case without hyphens.
var encodings = map[string]bool{"sqlascii": true, "sql_ascii": true, "latin1": true, "latin9": true, "iso88591": true, "euccn": true, "euc_cn": true,
	"eucjp": true, "euc_jp": true, "euckr": true, "euc_kr": true, "win1252": true, "win1251": true, "win1250": true, "koi8r": true, "mule_internal": true}

// template accepts databases that are empty: what is in one is not copied.
func (e *edit) template(d *databases, name string) error {
	t := d.named(name)
	if t == nil {
		return sqlerr.New(pgerrcode.InvalidCatalogName, `template database "%s" does not exist`, name)
	}
	o, err := e.s.e.sets.get(e.c.snap, t.OID)
	if err != nil {
		return err
	}
	empty := len(o.Views)+len(o.Sequences)+len(o.Types) == 0 && len(o.Schemas) == 1
	for _, def := range e.c.snap.Tables() {
		empty = empty && def.DB != t.OID
	}
	if !empty {
		return sqlerr.Unsupported(-1, `copying the template database "%s", which is not empty, is not supported`, name)
	}
	return nil
}

func (e *edit) dropDatabase(d *databases, x *database) error {
	switch {
	case x.Name == e.s.db:
		return sqlerr.New(pgerrcode.ObjectInUse, "cannot drop the currently open database")
	case x.Template:
		return sqlerr.New(pgerrcode.WrongObjectType, "cannot drop a template database")
	}
	if err := e.unused(x); err != nil {
		return err
	}
	for _, def := range append([]*types.Table(nil), e.c.snap.Tables()...) {
		if def.DB == x.OID {
			if err := e.w.DropTable(def.Path()); err != nil {
				return err
			}
		}
	}
	if err := e.w.SetMeta(objectsKey(x.OID), nil); err != nil {
		return err
	}
	if err := e.forgetDatabase(x); err != nil {
		return err
	}
	return d.without(x.OID).store(e.w)
}

// forgetDatabase removes the settings of roles in a database.
func (e *edit) forgetDatabase(x *database) error {
	set, db := e.c.Set.Clone(), pgcatalog.DatabaseOID(x.OID)
	set.Settings = slices.DeleteFunc(set.Settings, func(s roles.Setting) bool { return s.DB == db })
	if len(set.Settings) == len(e.c.Settings) {
		return nil
	}
	return e.storeRoles(set)
}

// mayCreateDB reports CREATEDB, which superusers have.
func (c *catalog) mayCreateDB() bool {
	r := c.Role(c.user)
	return r != nil && (r.Super || r.CreateDB)
}

// unused refuses what other sessions in a database forbid.
func (e *edit) unused(x *database) error {
	n := 0
	for _, a := range e.s.e.live.list() {
		if a.db == x.Name && a.pid != e.s.pid {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	err := sqlerr.New(pgerrcode.ObjectInUse, `database "%s" is being accessed by other users`, x.Name)
	if n == 1 {
		return err.WithDetail("There is 1 other session using the database.")
	}
	return err.WithDetail("There are %d other sessions using the database.", n)
}

func (e *edit) alterDatabase(d *databases, x *database, u *ast.Database) error {
	next := *x
	if u.Set != nil {
		return e.databaseSetting(d, &next, u.Set)
	}
	for _, o := range u.Options {
		switch o.Name {
		case "connection_limit", "is_template", "allow_connections", "tablespace":
		default:
			return sqlerr.At(o.Pos(), pgerrcode.SyntaxError, `option "%s" not recognized`, o.Name)
		}
		if err := e.databaseOption(d, &next, o); err != nil {
			return err
		}
	}
	if next.Closed && x.Name == e.s.db {
		return sqlerr.New(pgerrcode.InvalidParameterValue, "cannot disallow connections for current database")
	}
	return d.with(&next).store(e.w)
}

// databaseSetting runs ALTER DATABASE ... SET and RESET: settings of sessions
// that begin later.
func (e *edit) databaseSetting(d *databases, x *database, u *ast.Set) error {
	kept := map[string]string{}
	for k, v := range x.Settings {
		kept[k] = v
	}
	name := strings.ToLower(u.Name)
	switch {
	case u.Reset && name == "all":
		kept = nil
	case u.Reset || u.Value == nil:
		delete(kept, name)
	default:
		v, err := listValue(name, u.Value)
		if err == nil {
			v, err = e.s.normalized(name, v, false)
		}
		if err != nil {
			return err
		}
		kept[name] = v
	}
	x.Settings = kept
	return d.with(x).store(e.w)
}

// renameDatabase runs ALTER DATABASE ... RENAME TO.
func (e *edit) renameDatabase(u *ast.Rename) error {
	d := databasesOf(e.c.snap)
	x := d.named(u.Name.Name)
	switch {
	case x == nil:
		return sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, u.Name.Name)
	case !e.c.owns(x.owner()):
		return e.c.needDBOwner(x)
	case !e.c.mayCreateDB():
		return denied("permission denied to rename database")
	case d.named(u.NewName) != nil:
		return sqlerr.New(pgerrcode.DuplicateDatabase, `database "%s" already exists`, u.NewName)
	case x.Name == e.s.db:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "current database cannot be renamed")
	}
	if err := e.unused(x); err != nil {
		return err
	}
	next := *x
	next.Name = u.NewName
	return d.with(&next).store(e.w)
}

func (e *edit) commentDatabase(name, text string) error {
	d := databasesOf(e.c.snap)
	x := d.named(name)
	if x == nil {
		e.s.warning(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, name)
		return nil
	}
	if err := e.c.needDBOwner(x); err != nil {
		return err
	}
	next := *x
	next.Comment = text
	return d.with(&next).store(e.w)
}
