package engine

import (
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// grantKinds are the kinds of objects of GRANT: the letter of their access lists
// and their names in messages.
var grantKinds = map[string]struct {
	kind roles.Kind
	word string
}{"TABLE": {'r', "relation"}, "SEQUENCE": {'S', "sequence"}, "DATABASE": {'d', "database"}, "SCHEMA": {'n', "schema"},
	"FUNCTION": {'f', "function"}, "PROCEDURE": {'f', "procedure"}, "ROUTINE": {'f', "routine"}, "TYPE": {'T', "type"}, "DOMAIN": {'T', "domain"},
	"LANGUAGE": {'l', "language"}, "TABLESPACE": {'t', "tablespace"}}

// granting is a GRANT or REVOKE in hand.
type granting struct {
	e     *edit
	u     *ast.Grant
	kind  roles.Kind
	privs roles.Mode // of whole objects; 0 with all false: none
	all   bool
	to    []uint32
	// cols are the privileges of columns, in the order of the statement.
	cols []colGrant
}

type colGrant struct {
	mode roles.Mode
	cols []string
}

// grant runs GRANT and REVOKE of privileges.
func (s *Session) grant(r *run, u *ast.Grant) (session.Result, error) {
	word := "GRANT"
	if u.Revoke {
		word = "REVOKE"
	}
	e, err := s.edit(r, word)
	if err != nil {
		return nil, err
	}
	g, err := e.granting(u)
	if err != nil {
		return nil, err
	}
	switch {
	case u.AllIn:
		err = g.allIn()
	case u.Kind == "TABLE" || u.Kind == "SEQUENCE":
		err = g.relations()
	case u.Kind == "DATABASE":
		err = g.databases()
	case u.Kind == "SCHEMA":
		err = g.schemas()
	case u.Kind == "TYPE" || u.Kind == "DOMAIN":
		err = g.types()
	case g.kind == 'f':
		err = g.functions()
	case u.Kind == "LANGUAGE":
		err = g.languages()
	default:
		err = sqlerr.Unsupported(u.Pos(), "privileges on a %s are not supported", strings.ToLower(u.Kind))
	}
	if err != nil {
		return nil, err
	}
	return tag(word), nil
}

// granting reads the privileges and roles of a statement.
func (e *edit) granting(u *ast.Grant) (*granting, error) {
	k := grantKinds[u.Kind]
	g := &granting{e: e, u: u, kind: k.kind, all: len(u.Privs) == 0}
	if u.By != nil {
		by, err := e.c.roleSpec(e.s, *u.By)
		if err != nil {
			return nil, err
		}
		if by != e.c.user {
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "grantor must be current user")
		}
	}
	for _, r := range u.To {
		if r.Kind == "public" {
			g.to = append(g.to, roles.Public)
			continue
		}
		oid, err := e.c.roleSpec(e.s, r)
		if err != nil {
			return nil, err
		}
		g.to = append(g.to, oid)
	}
	allowed := roles.All(k.kind)
	if u.Kind == "TABLE" {
		allowed |= roles.All('S')
	}
	if g.all {
		g.privs = allowed
	}
	for _, p := range u.Privs {
		if err := g.privilege(p, allowed, k.word); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *granting) privilege(p ast.Privilege, allowed roles.Mode, word string) error {
	invalid := func(word string) error {
		return sqlerr.New(pgerrcode.InvalidGrantOperation, "invalid privilege type %s for %s", strings.ToUpper(p.Name), word)
	}
	mode, ok := roles.Privilege(p.Name)
	if p.Name == "" {
		mode, ok = roles.All('c'), true
	}
	switch {
	case len(p.Columns) > 0 && g.u.Kind != "TABLE":
		return sqlerr.New(pgerrcode.InvalidGrantOperation, "column privileges are only valid for relations")
	case !ok:
		return sqlerr.New(pgerrcode.SyntaxError, `unrecognized privilege type "%s"`, p.Name)
	case mode&^allowed != 0 && p.Name != "":
		p.Name = mode.Word()
		return invalid(word)
	case len(p.Columns) == 0:
		g.privs |= mode
	case mode&^roles.All('c') != 0:
		p.Name = mode.Word()
		return invalid("column")
	default:
		g.cols = append(g.cols, colGrant{mode, p.Columns})
	}
	return nil
}

// object is one object whose access list changes.
type object struct {
	owner uint32
	acl   roles.ACL
	above roles.ACL // of the relation that a column is of
	kind  roles.Kind
	word  string // what it is, in "permission denied for table"
	name  string
	col   string // of a column
	may   func(role uint32, mask roles.Mode) roles.Mode
}

// what names the object in warnings.
func (o *object) what() string {
	if o.col != "" {
		return `column "` + o.col + `" of relation "` + o.name + `"`
	}
	return `"` + o.name + `"`
}

// change computes the list of an object after the statement; privs are those of
// it that concern the object.
func (g *granting) change(o *object, privs roles.Mode, all bool) (roles.ACL, error) {
	c, u := g.e.c, g.u
	grantor, may := c.Grantor(c.user, o.owner, privs, append(slices.Clip(o.above), o.acl...))
	if may == 0 {
		whole := roles.All(o.kind)
		if o.may(grantor, whole|whole.Option()) == 0 {
			if o.col != "" {
				return nil, denied(`permission denied for column "%s" of relation "%s"`, o.col, o.name)
			}
			return nil, denied("permission denied for %s %s", o.word, o.name)
		}
	}
	given := privs & may
	code, no, not := "01007", "no privileges were granted for %s", "not all privileges were granted for %s"
	if u.Revoke {
		code, no, not = "01006", "no privileges could be revoked for %s", "not all privileges could be revoked for %s"
	}
	switch {
	case given == 0:
		g.e.s.warning(code, no, o.what())
	case !all && given != privs:
		g.e.s.warning(code, not, o.what())
	}
	return c.Apply(o.acl, o.owner, &roles.Change{Revoke: u.Revoke, Option: u.Option, Cascade: u.Cascade, To: g.to, By: grantor, Privs: given})
}

// relations changes the lists of relations that the statement names.
func (g *granting) relations() error {
	list := make([]*relation, len(g.u.Names))
	for i, n := range g.u.Names {
		err := g.e.s.otherDB(n)
		if err == nil {
			list[i], err = g.e.c.mustFind(n)
		}
		if err != nil {
			return err
		}
	}
	for _, rel := range list {
		if err := g.relation(rel); err != nil {
			return err
		}
	}
	return nil
}

// mustFind finds a relation or says why not.
func (c *catalog) mustFind(n ast.Name) (*relation, error) {
	if err := c.Denied(n.Schema); err != nil {
		return nil, err
	}
	if rel := c.findIndex(n.Schema, n.Name); rel != nil {
		return rel, nil
	}
	if n.Schema != "" {
		if _, ok := c.namespace(n.Schema); !ok {
			return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
		}
	}
	return nil, noRelation(n)
}

// relation changes a relation's list and those of its columns (aclchk.c,
// ExecGrant_Relation).
func (g *granting) relation(rel *relation) error {
	switch {
	case rel.kind == 'i':
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is an index`, rel.name)
	case g.kind == 'S' && rel.kind != 'S':
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a sequence`, rel.name)
	}
	c := g.e.c
	oid, kind := c.relOID(rel), rel.aclKind()
	privs := g.privs
	switch whole := roles.All(kind); {
	case g.all:
		privs = whole
	case kind == 'S' && privs&^whole != 0:
		g.e.s.warning(pgerrcode.InvalidGrantOperation, `sequence "%s" only supports USAGE, SELECT, and UPDATE privileges`, rel.name)
		privs &= whole
	case kind == 'r' && privs&^whole != 0:
		return sqlerr.New(pgerrcode.InvalidGrantOperation, "invalid privilege type %s for table", (privs &^ whole).Word())
	}
	cols, err := g.columns(rel, privs)
	if err != nil {
		return err
	}
	acl := c.relACL(rel)
	if privs != 0 {
		word := "table" // a view too
		if kind == 'S' {
			word = "sequence"
		}
		o := &object{owner: c.relOwner(rel), acl: acl, kind: kind, word: word, name: rel.name,
			may: func(role uint32, mask roles.Mode) roles.Mode { return c.relMask(rel, role, mask) }}
		next, err := g.change(o, privs, g.all)
		if err != nil {
			return err
		}
		g.e.o.ACLs[objects.CommentKey(objects.ClassRelation, oid, "")] = next
	}
	for _, x := range cols {
		key := ""
		if x.attr > 0 { // to the system's columns nothing is granted
			key = rel.colKey(oid, x.attr)
		}
		o := &object{owner: c.relOwner(rel), acl: c.objs.ACLs[key], above: acl, kind: 'c', name: rel.name, col: x.name,
			may: func(role uint32, mask roles.Mode) roles.Mode {
				return c.relMask(rel, role, mask) | c.colMask(rel, x.attr, role, mask)
			}}
		next, err := g.change(o, x.mode, x.mode == roles.All('c'))
		if err != nil {
			return err
		}
		if g.e.o.ACLs[key] = next; len(next) == 0 {
			delete(g.e.o.ACLs, key)
		}
	}
	return g.e.store()
}

type colChange struct {
	attr int
	name string
	mode roles.Mode
}

// systemColumnNames are the columns that every table has, by their numbers from -6.
var systemColumnNames = []string{"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"}

// columns are the columns whose lists change: those that the statement names, and
// where privs are revoked from the whole relation all.
func (g *granting) columns(rel *relation, privs roles.Mode) ([]colChange, error) {
	c := g.e.c
	var out []colChange
	add := func(attr int, name string, mode roles.Mode) {
		for i := range out {
			if out[i].attr == attr {
				out[i].mode |= mode
				return
			}
		}
		out = append(out, colChange{attr, name, mode})
	}
	names := c.columnNames(rel)
	for _, x := range g.cols {
		for _, name := range x.cols {
			at := slices.Index(names, name)
			if at < 0 {
				return nil, noColumn(name, rel.name)
			}
			if rel.kind == 'S' && x.mode&^roles.Select != 0 {
				g.e.s.warning(pgerrcode.InvalidGrantOperation, `sequence "%s" only supports SELECT column privileges`, rel.name)
				x.mode &= roles.Select
			}
			add(at+1, name, x.mode)
		}
	}
	if g.u.Revoke && privs&roles.All('c') != 0 {
		if rel.kind != 'v' {
			for i, name := range systemColumnNames {
				add(i-len(systemColumnNames), name, privs&roles.All('c'))
			}
		}
		for i, name := range names {
			add(i+1, name, privs&roles.All('c'))
		}
	}
	slices.SortFunc(out, func(a, b colChange) int { return a.attr - b.attr })
	return out, nil
}

// columnNames are the names of a relation's columns.
func (c *catalog) columnNames(rel *relation) []string {
	var out []string
	switch {
	case rel.def != nil && rel.kind != 'i':
		for i := range rel.def.Columns {
			out = append(out, rel.def.Columns[i].Name)
		}
	case rel.view != nil:
		for i := range rel.view.Columns {
			out = append(out, rel.view.Columns[i].Name)
		}
	default:
		_, fields := c.virtual(rel)
		for i := range fields {
			out = append(out, fields[i].Name)
		}
	}
	return out
}

// allIn changes all objects of the schemas that the statement names.
func (g *granting) allIn() error {
	c := g.e.c
	for _, n := range g.u.Names {
		ns, ok := c.namespace(n.Name)
		switch {
		case !ok:
			return sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Name)
		case !c.maySchema(ns, roles.Usage):
			return denied("permission denied for schema %s", n.Name)
		case g.kind == 'f':
			continue // all functions are built in
		}
		for _, rel := range c.relationsIn(ns) {
			if (rel.kind == 'S') != (g.kind == 'S') {
				continue
			}
			if err := g.relation(rel); err != nil {
				return err
			}
		}
	}
	return nil
}

// relationsIn lists the tables, views and sequences of a schema by OID.
func (c *catalog) relationsIn(ns uint32) []*relation {
	var out []*relation
	for _, def := range c.tables() {
		if def.NS == ns {
			out = append(out, c.in(ns, def.Name))
		}
	}
	for _, v := range c.objs.Views {
		if v.NS == ns && !v.Mat {
			out = append(out, c.in(ns, v.Name))
		}
	}
	for _, q := range c.objs.Sequences {
		if q.NS == ns {
			out = append(out, c.in(ns, q.Name))
		}
	}
	slices.SortFunc(out, func(a, b *relation) int { return int(a.oid) - int(b.oid) })
	return out
}

func (g *granting) databases() error {
	list := databasesOf(g.e.c.snap)
	for _, n := range g.u.Names {
		if list.named(n.Name) == nil {
			return sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, n.Name)
		}
	}
	for _, n := range g.u.Names {
		d := list.named(n.Name)
		o := &object{owner: d.owner(), acl: d.acl(), kind: 'd', word: "database", name: d.Name,
			may: func(role uint32, mask roles.Mode) roles.Mode { return g.e.c.dbMask(d, role, mask) }}
		acl, err := g.change(o, g.privs, g.all)
		if err != nil {
			return err
		}
		next := *d
		next.ACL = &acl
		list = list.with(&next)
		if err := list.store(g.e.w); err != nil {
			return err
		}
	}
	return nil
}

func (g *granting) schemas() error {
	for _, n := range g.u.Names {
		if _, ok := g.e.c.namespace(n.Name); !ok {
			return sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Name)
		}
	}
	for _, n := range g.u.Names {
		c := g.e.c
		ns, _ := c.namespace(n.Name)
		o := &object{owner: c.schemaOwner(ns), acl: c.schemaACL(ns), kind: 'n', word: "schema", name: n.Name,
			may: func(role uint32, mask roles.Mode) roles.Mode { return c.schemaMask(ns, role, mask) }}
		if err := g.put(o, objects.CommentKey(objects.ClassSchema, ns, "")); err != nil {
			return err
		}
	}
	return nil
}

// put changes the list of an object that is kept under a key.
func (g *granting) put(o *object, key string) error {
	acl, err := g.change(o, g.privs, g.all)
	if err != nil {
		return err
	}
	g.e.o.ACLs[key] = acl
	return g.e.store()
}

func (g *granting) types() error {
	for _, n := range g.u.Names {
		c := g.e.c
		t, err := g.e.namedType(n, g.u.Kind)
		if err != nil {
			return err
		}
		owner := c.objs.Owner(objects.ClassType, t.OID)
		acl := c.typeACL(t.OID)
		o := &object{owner: owner, acl: acl, kind: 'T', word: "type", name: t.Name,
			may: func(role uint32, mask roles.Mode) roles.Mode { return c.Mask(acl, role, owner, mask) }}
		if err := g.put(o, objects.CommentKey(objects.ClassType, t.OID, "")); err != nil {
			return err
		}
	}
	return nil
}

func (g *granting) functions() error {
	for i, n := range g.u.Names {
		oid, err := g.e.function(n, g.u.Args[i], strings.ToLower(g.u.Kind))
		if err != nil {
			return err
		}
		name := pgcatalog.Function(oid).Name
		if err := g.builtin('f', objects.ClassFunction, oid, "function", name); err != nil {
			return err
		}
	}
	return nil
}

func (g *granting) languages() error {
	for _, n := range g.u.Names {
		oid, ok := pgcatalog.LanguageOID(n.Name)
		if !ok {
			return sqlerr.New(pgerrcode.UndefinedObject, `language "%s" does not exist`, n.Name)
		}
		if n.Name != "plpgsql" && n.Name != "sql" {
			return sqlerr.New(pgerrcode.WrongObjectType, `language "%s" is not trusted`, n.Name).
				WithDetail("GRANT and REVOKE are not allowed on untrusted languages, because only superusers can use untrusted languages.")
		}
		if err := g.builtin('l', objects.ClassLanguage, oid, "language", n.Name); err != nil {
			return err
		}
	}
	return nil
}

// builtin changes the list of something of the system's.
func (g *granting) builtin(kind roles.Kind, class string, oid uint32, word, name string) error {
	c := g.e.c
	key := objects.CommentKey(class, oid, "")
	acl := c.builtinACL(kind, class, oid)
	o := &object{owner: roles.Super, acl: acl, kind: kind, word: word, name: name,
		may: func(role uint32, mask roles.Mode) roles.Mode { return c.Mask(acl, role, roles.Super, mask) }}
	return g.put(o, key)
}

// builtinACL is the list of a function or a language.
func (c *catalog) builtinACL(kind roles.Kind, class string, oid uint32) roles.ACL {
	if acl, ok := c.objs.ACLs[objects.CommentKey(class, oid, "")]; ok {
		return acl
	}
	if kind == 'f' && pgcatalog.Restricted(oid) != nil {
		return pgcatalog.Restricted(oid)
	}
	return roles.Default(kind, roles.Super)
}

// function finds a built-in function by its name and argument types.
func (e *edit) function(n ast.Name, args []ast.TypeName, word string) (uint32, error) {
	var want []uint32
	var shown []string
	for _, a := range args {
		t, err := e.s.resolveType(a)
		if err != nil {
			return 0, err
		}
		want, shown = append(want, t.OID()), append(shown, t.String())
	}
	full := n.Name
	if n.Schema != "" {
		full = n.Schema + "." + n.Name
	}
	var list []*pgcatalog.Routine
	for _, f := range pgcatalog.Functions(n.Schema, n.Name) {
		if args == nil || slices.Equal(f.Args, want) {
			list = append(list, f)
		}
	}
	switch {
	case len(list) == 1:
		return list[0].OID, nil
	case len(list) > 1:
		return 0, sqlerr.New(pgerrcode.AmbiguousFunction, `function name "%s" is not unique`, full).
			WithHint("Specify the argument list to select the function unambiguously.")
	case args == nil:
		return 0, sqlerr.New(pgerrcode.UndefinedFunction, `could not find a function named "%s"`, full)
	}
	return 0, sqlerr.New(pgerrcode.UndefinedFunction, "%s %s(%s) does not exist", word, full, strings.Join(shown, ", "))
}
