package engine

import (
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// privilegeFn answers the has_..._privilege family. name is the function's, then
// a stroke and a letter for each argument before the last: u a role by name, U by
// OID, o an object by name, O by OID, c a column by name, C by number. The last
// one is the list of privileges.
func (s *Session) privilegeFn(c *catalog, name string, args []vec.Datum) (vec.Datum, error) {
	name, form, _ := strings.Cut(name, "/")
	role := c.user
	if form[0]|32 == 'u' {
		var err error
		if role, err = c.askedRole(form[0], args[0], name != "pg_has_role"); err != nil {
			return vec.Datum{}, err
		}
		form, args = form[1:], args[1:]
	}
	if name == "pg_has_role" {
		return s.hasRole(c, role, form[0], args)
	}
	kind := strings.TrimSuffix(strings.TrimPrefix(name, "has_"), "_privilege")
	want, err := privilegeList(kind, args[len(args)-1].S)
	if err != nil {
		return vec.Datum{}, err
	}
	o := asked{c: c, s: s, role: role, want: want, byName: form[0] == 'o', obj: args[0]}
	switch kind {
	case "table", "sequence", "any_column", "column":
		return o.relation(kind, form, args)
	case "schema":
		return o.schema()
	case "database":
		return o.database()
	case "function":
		return o.function()
	case "language":
		return o.language()
	case "type":
		return o.typ()
	case "tablespace":
		return o.tablespace()
	}
	what := map[string]string{"server": "server", "foreign_data_wrapper": "foreign-data wrapper"}[kind]
	if o.byName {
		return vec.Datum{}, sqlerr.New(pgerrcode.UndefinedObject, `%s "%s" does not exist`, what, args[0].S)
	}
	return vec.Datum{Null: true}, nil
}

// askedRole is the role that a call asks about.
func (c *catalog) askedRole(how byte, d vec.Datum, public bool) (uint32, error) {
	if how == 'U' || how == 'O' {
		return uint32(d.I), nil
	}
	if public && d.S == "public" {
		return roles.Public, nil
	}
	if r := c.Named(d.S); r != nil {
		return r.OID, nil
	}
	return 0, noRole(d.S)
}

// privilegeList reads a list of privileges as convert_any_priv_string does.
func privilegeList(kind, text string) (roles.Mode, error) {
	var allowed roles.Mode
	switch kind {
	case "table":
		allowed = roles.All('r')
	case "column", "any_column":
		allowed = roles.All('c')
	case "sequence":
		allowed = roles.All('S')
	case "database":
		allowed = roles.All('d')
	case "function":
		allowed = roles.Execute
	case "schema":
		allowed = roles.All('n')
	case "tablespace":
		allowed = roles.Create
	default:
		allowed = roles.Usage
	}
	var out roles.Mode
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		word, option := strings.ToUpper(part), false
		if w, ok := strings.CutSuffix(word, " WITH GRANT OPTION"); ok {
			word, option = w, true
		}
		if word == "RULE" && kind == "table" {
			continue // of long ago; PostgreSQL ignores it
		}
		m, ok := roles.Privilege(word)
		if !ok || m&allowed == 0 || word == "TEMP" && kind != "database" {
			return 0, sqlerr.New(pgerrcode.InvalidParameterValue, `unrecognized privilege type: "%s"`, part)
		}
		if option {
			m = m.Option()
		}
		out |= m
	}
	return out, nil
}

// asked is one question about one object.
type asked struct {
	c      *catalog
	s      *Session
	role   uint32
	want   roles.Mode
	byName bool
	obj    vec.Datum
}

func (o *asked) relation(kind, form string, args []vec.Datum) (vec.Datum, error) {
	var rel *relation
	if o.byName {
		oid, err := o.s.regClass(o.c, o.obj.S)
		if err != nil {
			return vec.Datum{}, err
		}
		rel = o.c.relationByOID(oid)
	} else {
		rel = o.c.relationByOID(uint32(o.obj.I))
	}
	switch {
	case rel == nil:
		return vec.Datum{Null: true}, nil
	case kind == "sequence" && rel.kind != 'S':
		return vec.Datum{}, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a sequence`, rel.name)
	}
	attr := 0
	if kind == "column" {
		var ok bool
		var err error
		if attr, ok, err = o.c.askedColumn(rel, form[1] == 'c', args[1]); err != nil || !ok {
			return vec.Datum{Null: !ok}, err
		}
	}
	switch {
	case o.c.relMask(rel, o.role, o.want) != 0:
		return boolDatum(true), nil
	case kind == "any_column":
		return boolDatum(o.c.anyCol(rel, o.role, o.want)), nil
	case kind == "column" && attr > 0:
		return boolDatum(o.c.colMask(rel, attr, o.role, o.want) != 0), nil
	}
	return boolDatum(false), nil
}

// relationByOID finds a relation of any schema; nil for none.
func (c *catalog) relationByOID(oid uint32) *relation {
	if schema, name, ok := pgcatalog.RelationPlace(oid); ok {
		ns, _ := c.namespace(schema)
		return &relation{kind: 'V', oid: oid, ns: ns, name: name}
	}
	return c.relationOf(oid)
}

func (c *catalog) askedColumn(rel *relation, byName bool, d vec.Datum) (attr int, ok bool, err error) {
	names := c.columnNames(rel)
	if !byName {
		return int(d.I), d.I >= 1 && int(d.I) <= len(names) || d.I < 0 && d.I >= -6, nil
	}
	at := slices.Index(names, d.S)
	if at < 0 {
		if systemColumns[d.S] {
			return -1, true, nil
		}
		return 0, true, noColumn(d.S, rel.name)
	}
	return at + 1, true, nil
}

func (o *asked) schema() (vec.Datum, error) {
	ns := pgcatalog.SchemaKey(objects.ClassSchema, uint32(o.obj.I))
	if o.byName {
		var ok bool
		if ns, ok = o.c.namespace(o.obj.S); !ok {
			return vec.Datum{}, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, o.obj.S)
		}
	} else if o.c.nsName(ns) == "" {
		return vec.Datum{Null: true}, nil
	}
	return boolDatum(o.c.schemaMask(ns, o.role, o.want) != 0), nil
}

func (o *asked) database() (vec.Datum, error) {
	for _, d := range databasesOf(o.c.snap).list {
		if o.byName && d.Name == o.obj.S || !o.byName && pgcatalog.DatabaseOID(d.OID) == uint32(o.obj.I) {
			return boolDatum(o.c.dbMask(d, o.role, o.want) != 0), nil
		}
	}
	if o.byName {
		return vec.Datum{}, sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, o.obj.S)
	}
	return vec.Datum{Null: true}, nil
}

func (o *asked) function() (vec.Datum, error) {
	oid := uint32(o.obj.I)
	if o.byName {
		var err error
		if oid, err = o.s.regOID(types.RegProcedure, o.obj.S); err != nil {
			return vec.Datum{}, err
		}
	}
	if pgcatalog.Function(oid) == nil {
		return vec.Datum{Null: true}, nil
	}
	return o.builtin('f', objects.ClassFunction, oid), nil
}

func (o *asked) language() (vec.Datum, error) {
	oid := uint32(o.obj.I)
	if o.byName {
		var ok bool
		if oid, ok = pgcatalog.LanguageOID(o.obj.S); !ok {
			return vec.Datum{}, sqlerr.New(pgerrcode.UndefinedObject, `language "%s" does not exist`, o.obj.S)
		}
	}
	if pgcatalog.LanguageName(oid) == "" {
		return vec.Datum{Null: true}, nil
	}
	return o.builtin('l', objects.ClassLanguage, oid), nil
}

func (o *asked) builtin(kind roles.Kind, class string, oid uint32) vec.Datum {
	if o.c.IsSuper(o.role) {
		return boolDatum(true)
	}
	return boolDatum(o.c.Mask(o.c.builtinACL(kind, class, oid), o.role, roles.Super, o.want) != 0)
}

func (o *asked) typ() (vec.Datum, error) {
	oid := uint32(o.obj.I)
	if o.byName {
		var err error
		if oid, err = o.s.regType(o.c, o.obj.S); err != nil {
			return vec.Datum{}, err
		}
	}
	for _, t := range o.c.objs.Types {
		if t.OID == oid || t.ArrayOID == oid {
			if o.c.IsSuper(o.role) {
				return boolDatum(true), nil
			}
			return boolDatum(o.c.Mask(o.c.typeACL(t.OID), o.role, o.c.objs.Owner(objects.ClassType, t.OID), o.want) != 0), nil
		}
	}
	if pgcatalog.TypeName(oid) == "???" {
		return vec.Datum{Null: true}, nil
	}
	acl := roles.Default('T', roles.Super)
	return boolDatum(o.c.IsSuper(o.role) || o.c.Mask(acl, o.role, roles.Super, o.want) != 0), nil
}

func (o *asked) tablespace() (vec.Datum, error) {
	known := map[string]uint32{"pg_default": 1663, "pg_global": 1664}
	if o.byName && known[o.obj.S] == 0 {
		return vec.Datum{}, sqlerr.New(pgerrcode.UndefinedObject, `tablespace "%s" does not exist`, o.obj.S)
	}
	if !o.byName && o.obj.I != 1663 && o.obj.I != 1664 {
		return vec.Datum{Null: true}, nil
	}
	return boolDatum(o.c.IsSuper(o.role)), nil
}

// hasRole is pg_has_role.
func (s *Session) hasRole(c *catalog, role uint32, how byte, args []vec.Datum) (vec.Datum, error) {
	of := uint32(args[0].I)
	if how == 'o' {
		x := c.Named(args[0].S)
		if x == nil {
			return vec.Datum{}, noRole(args[0].S)
		}
		of = x.OID
	}
	has := false
	for _, part := range strings.Split(args[1].S, ",") {
		part = strings.TrimSpace(part)
		switch word := strings.ToUpper(part); word {
		case "USAGE":
			has = has || c.HasPrivs(role, of)
		case "MEMBER":
			has = has || c.IsMember(role, of)
		case "USAGE WITH GRANT OPTION", "USAGE WITH ADMIN OPTION", "MEMBER WITH GRANT OPTION", "MEMBER WITH ADMIN OPTION":
			has = has || c.IsAdmin(role, of)
		default:
			return vec.Datum{}, sqlerr.New(pgerrcode.InvalidParameterValue, `unrecognized privilege type: "%s"`, part)
		}
	}
	return boolDatum(has), nil
}

// aclFn answers the functions about values of type aclitem, which hold the names
// of roles.
func (s *Session) aclFn(c *catalog, name string, args []vec.Datum) (vec.Datum, error) {
	switch name {
	case "makeaclitem":
		m, ok := roles.Privilege(args[2].S)
		if !ok {
			return vec.Datum{}, sqlerr.New(pgerrcode.InvalidParameterValue, `unrecognized privilege type: "%s"`, args[2].S)
		}
		if args[3].I != 0 {
			m |= m.Option()
		}
		return vec.Datum{S: c.Text(roles.Item{To: uint32(args[0].I), By: uint32(args[1].I), Mode: m})}, nil
	case "aclitemin":
		x, err := c.ParseItem(args[0].S, func(text string) { s.warning(pgerrcode.InvalidGrantor, "%s", text) })
		if err != nil {
			return vec.Datum{}, err
		}
		return vec.Datum{S: c.Text(x)}, nil
	case "aclcontains":
		want, err := c.ParseItem(args[1].S, func(string) {})
		if err != nil {
			return vec.Datum{}, err
		}
		for _, text := range args[0].A.Str[:args[0].A.N] {
			x, err := c.ParseItem(text, func(string) {})
			if err == nil && x.To == want.To && x.By == want.By && x.Mode&want.Mode == want.Mode {
				return boolDatum(true), nil
			}
		}
		return boolDatum(false), nil
	}
	return c.explode(args[0].A)
}

// explode is aclexplode: grantor, grantee, privilege and grant option of each
// privilege, four values in a row.
func (c *catalog) explode(list *vec.Vector) (vec.Datum, error) {
	var out []string
	for _, text := range list.Str[:list.N] {
		x, err := c.ParseItem(text, func(string) {})
		if err != nil {
			return vec.Datum{}, err
		}
		for m := roles.Mode(1); m <= roles.AlterSystem; m <<= 1 {
			if x.Mode&m != 0 {
				option := "f"
				if x.Mode&m.Option() != 0 {
					option = "t"
				}
				out = append(out, itoa(int(x.By)), itoa(int(x.To)), m.Word(), option)
			}
		}
	}
	v := vec.New(types.Of(types.Text), len(out))
	copy(v.Str, out)
	return vec.Datum{A: v}, nil
}

// signal is pg_cancel_backend and, with end, pg_terminate_backend.
func (s *Session) signal(pid int32, end bool) (vec.Datum, error) {
	c, release := s.catalog()
	defer release()
	if _, ok := s.e.live.login(pid); !ok {
		s.warning("01000", "PID %d is not a PostgreSQL backend process", pid)
		return boolDatum(false), nil
	}
	if err := s.mayInterrupt(c, pid, end); err != nil {
		return vec.Datum{}, err
	}
	return boolDatum(s.e.live.interrupt(pid, end)), nil
}

// mayInterrupt holds the interruption of a session to those who may (signalfuncs.c,
// pg_signal_backend); a number of no session is nobody's.
func (s *Session) mayInterrupt(c *catalog, pid int32, end bool) error {
	word, what := "cancel superuser query", "query is being canceled"
	if end {
		word, what = "terminate superuser process", "process is being terminated"
	}
	target, ok := s.e.live.login(pid)
	switch {
	case !ok:
		return nil
	case c.IsSuper(target) && !c.isSuper():
		return denied("must be a superuser to %s", word)
	case !c.HasPrivs(c.user, target) && !c.HasPrivs(c.user, roles.SignalBackend):
		return denied("must be a member of the role whose %s or member of pg_signal_backend", what)
	}
	return nil
}

// login is the role of a session.
func (r *registry) login(pid int32) (uint32, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.set {
		if s.pid == pid {
			return s.login, true
		}
	}
	return 0, false
}

// maySequence refuses a sequence function to who lacks all of the privileges.
func (s *Session) maySequence(q *objects.Sequence, mode roles.Mode) error {
	c, release := s.catalog()
	defer release()
	if c.isSuper() {
		return nil
	}
	rel := &relation{kind: 'S', oid: q.OID, ns: q.NS, name: q.Name, seq: q}
	if c.relMask(rel, c.user, mode) != 0 {
		return nil
	}
	// The default of an identity column asks for no privilege on its sequence.
	if q.Identity && mode&roles.Usage != 0 {
		if t := c.relationOf(q.Table); t != nil && (c.relMask(t, c.user, roles.Insert) != 0 || c.anyCol(t, c.user, roles.Insert)) {
			return nil
		}
	}
	return denied("permission denied for sequence %s", q.Name)
}
