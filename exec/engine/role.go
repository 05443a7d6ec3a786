package engine

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/scram"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// reserved reports names that only the system's roles have.
func reserved(name string) bool { return strings.HasPrefix(name, "pg_") }

func reservedRole(name, detail string) error {
	return sqlerr.New(pgerrcode.ReservedName, `role name "%s" is reserved`, name).WithDetail("%s", detail)
}

const reservedDetail = `Role names starting with "pg_" are reserved.`

// mayCreateRole reports CREATEROLE, which superusers have.
func (c *catalog) mayCreateRole() bool {
	r := c.Role(c.user)
	return r != nil && (r.Super || r.CreateRole)
}

// roleOptions is the options of one statement by name, each given once.
func roleOptions(list []ast.RoleOption) (map[string]*ast.RoleOption, error) {
	out := map[string]*ast.RoleOption{}
	for i := range list {
		o := &list[i]
		if out[o.Name] != nil {
			return nil, sqlerr.At(o.Pos(), pgerrcode.SyntaxError, "conflicting or redundant options")
		}
		out[o.Name] = o
	}
	return out, nil
}

// apply puts the options into a role: those that are not memberships.
func (s *Session) applyOptions(r *roles.Role, opts map[string]*ast.RoleOption) error {
	for name, field := range map[string]*bool{"superuser": &r.Super, "inherit": &r.Inherit, "createrole": &r.CreateRole, "createdb": &r.CreateDB,
		"canlogin": &r.Login, "isreplication": &r.Replication, "bypassrls": &r.BypassRLS} {
		if o := opts[name]; o != nil {
			*field = o.On
		}
	}
	if o := opts["connectionlimit"]; o != nil {
		r.Limit, _ = strconv.Atoi(*o.Value)
	}
	if o := opts["validuntil"]; o != nil {
		d, err := vec.ParseText(types.Of(types.TimestampTZ), *o.Value, s.style, s.e.opt.Now())
		if err != nil {
			return err
		}
		r.Until = &d.I
	}
	if o := opts["password"]; o != nil {
		return s.setPassword(r, o.Value)
	}
	return nil
}

// setPassword stores a password as its SCRAM verifier; one that is a verifier
// already stays as it is.
func (s *Session) setPassword(r *roles.Role, text *string) error {
	switch {
	case text == nil:
		r.Password = ""
		return nil
	case *text == "":
		s.notice(sqlerr.Notice("empty string is not a valid password, clearing password"))
		r.Password = ""
		return nil
	case isMD5(*text):
		return sqlerr.Unsupported(-1, "passwords hashed with MD5 are not supported").
			WithHint("Give the password itself, or a SCRAM-SHA-256 verifier.")
	case scram.IsVerifier(*text):
		r.Password = *text
		return nil
	}
	v, err := scram.NewVerifier(*text)
	r.Password = v
	return err
}

func isMD5(p string) bool {
	return len(p) == 35 && strings.HasPrefix(p, "md5") && strings.Trim(p[3:], "0123456789abcdef") == ""
}

func checkLimit(opts map[string]*ast.RoleOption) error {
	if o := opts["connectionlimit"]; o != nil {
		if n, err := strconv.Atoi(*o.Value); err != nil || n < -1 {
			return sqlerr.New(pgerrcode.InvalidParameterValue, "invalid connection limit: %s", *o.Value)
		}
	}
	return nil
}

// createRole runs CREATE ROLE, USER and GROUP.
func (s *Session) createRole(r *run, u *ast.CreateRole) (session.Result, error) {
	opts, err := roleOptions(u.Options)
	if err == nil {
		err = checkLimit(opts)
	}
	if err != nil {
		return nil, err
	}
	e, err := s.edit(r, "CREATE ROLE")
	if err != nil {
		return nil, err
	}
	x := &roles.Role{Name: u.Name, Inherit: true, Login: u.Kind == "USER", Limit: -1}
	if o := opts["sysid"]; o != nil {
		s.notice(sqlerr.Notice("SYSID can no longer be specified"))
	}
	on := func(name string) bool { return opts[name] != nil && opts[name].On }
	switch {
	case on("superuser") && !e.c.isSuper():
		return nil, denied("must be superuser to create superusers")
	case on("isreplication") && !e.c.isSuper():
		return nil, denied("must be superuser to create replication users")
	case on("bypassrls") && !e.c.isSuper():
		return nil, denied("must be superuser to create bypassrls users")
	case !e.c.mayCreateRole():
		return nil, denied("permission denied to create role")
	case reserved(u.Name):
		return nil, reservedRole(u.Name, reservedDetail)
	case e.c.Named(u.Name) != nil:
		return nil, sqlerr.New(pgerrcode.DuplicateObject, `role "%s" already exists`, u.Name)
	}
	if err := s.applyOptions(x, opts); err != nil {
		return nil, err
	}
	x.OID = e.w.NewOID()
	set := e.c.Set.Clone()
	set.Put(x)
	if err := e.storeRoles(set); err != nil {
		return nil, err
	}
	if o := opts["addroleto"]; o != nil {
		for _, of := range o.Roles {
			oid, err := e.c.roleSpec(s, of)
			if err == nil {
				err = e.addMembers(oid, []uint32{x.OID}, e.c.user, false)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	for _, name := range []string{"adminmembers", "rolemembers"} {
		if o := opts[name]; o != nil {
			list, err := e.c.roleSpecs(s, o.Roles)
			if err == nil {
				err = e.addMembers(x.OID, list, e.c.user, name == "adminmembers")
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return tag("CREATE ROLE"), nil
}

// alterRole runs ALTER ROLE with options and ALTER GROUP.
func (s *Session) alterRole(r *run, u *ast.AlterRole) (session.Result, error) {
	if u.Role.Kind == "" && reserved(u.Role.Name) {
		return nil, reservedRole(u.Role.Name, "Cannot alter reserved roles.")
	}
	opts, err := roleOptions(u.Options)
	if err == nil {
		err = checkLimit(opts)
	}
	if err != nil {
		return nil, err
	}
	e, err := s.edit(r, "ALTER ROLE")
	if err != nil {
		return nil, err
	}
	oid, err := e.c.roleSpec(s, u.Role)
	if err != nil {
		return nil, err
	}
	old := e.c.Role(oid)
	if err := e.mayAlterRole(old, opts); err != nil {
		return nil, err
	}
	if o := opts["rolemembers"]; o != nil {
		list, err := e.c.roleSpecs(s, o.Roles)
		if err != nil {
			return nil, err
		}
		change := e.addMembers
		if u.Drop {
			change = e.dropMembers
		}
		return tag("ALTER ROLE"), change(oid, list, e.c.user, false)
	}
	next := *old
	if err := s.applyOptions(&next, opts); err != nil {
		return nil, err
	}
	set := e.c.Set.Clone()
	set.Put(&next)
	return tag("ALTER ROLE"), e.storeRoles(set)
}

func (e *edit) mayAlterRole(old *roles.Role, opts map[string]*ast.RoleOption) error {
	super := e.c.isSuper()
	switch {
	case super:
	case old.Super || opts["superuser"] != nil:
		return denied("must be superuser to alter superuser roles or change superuser attribute")
	case old.Replication || opts["isreplication"] != nil:
		return denied("must be superuser to alter replication roles or change replication attribute")
	case opts["bypassrls"] != nil:
		return denied("must be superuser to change bypassrls attribute")
	case !e.c.mayCreateRole():
		if len(opts) != 1 || opts["password"] == nil || old.OID != e.c.user {
			return denied("permission denied")
		}
	}
	return nil
}

// dropRole runs DROP ROLE.
func (s *Session) dropRole(r *run, u *ast.DropRole) (session.Result, error) {
	e, err := s.edit(r, "DROP ROLE")
	if err != nil {
		return nil, err
	}
	if !e.c.mayCreateRole() {
		return nil, denied("permission denied to drop role")
	}
	for _, spec := range u.Roles {
		if spec.Kind != "" {
			return nil, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot use special role specifier in DROP ROLE")
		}
		x := e.c.Named(spec.Name)
		if x == nil && u.IfExists {
			s.notice(sqlerr.Notice(`role "%s" does not exist, skipping`, spec.Name))
			continue
		}
		if err := e.mayDropRole(x, spec.Name); err != nil {
			return nil, err
		}
		set := e.c.Set.Clone()
		set.Drop(x.OID)
		if err := e.storeRoles(set); err != nil {
			return nil, err
		}
	}
	return tag("DROP ROLE"), nil
}

func (e *edit) mayDropRole(x *roles.Role, name string) error {
	switch {
	case x == nil:
		return noRole(name)
	case x.OID == e.c.user:
		return sqlerr.New(pgerrcode.ObjectInUse, "current user cannot be dropped")
	case x.OID == e.s.authorized:
		return sqlerr.New(pgerrcode.ObjectInUse, "session user cannot be dropped")
	case x.Super && !e.c.isSuper():
		return denied("must be superuser to drop superusers")
	case x.OID < roles.FirstOwn && (reserved(x.Name) || x.OID == roles.Super):
		return sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop role %s because it is required by the database system", name)
	}
	list, err := e.dependents(x.OID)
	if err != nil || len(list) == 0 {
		return err
	}
	return sqlerr.New(pgerrcode.DependentObjectsStillExist, `role "%s" cannot be dropped because some objects depend on it`, name).
		WithDetail("%s", lines(list))
}

// renameRole runs ALTER ROLE ... RENAME TO.
func (e *edit) renameRole(u *ast.Rename) error {
	x := e.c.Named(u.Name.Name)
	switch {
	case x == nil:
		return noRole(u.Name.Name)
	case x.OID == e.s.authorized:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "session user cannot be renamed")
	case x.OID == e.c.user:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "current user cannot be renamed")
	case reserved(x.Name):
		return reservedRole(x.Name, reservedDetail)
	case reserved(u.NewName):
		return reservedRole(u.NewName, reservedDetail)
	case e.c.Named(u.NewName) != nil:
		return sqlerr.New(pgerrcode.DuplicateObject, `role "%s" already exists`, u.NewName)
	case x.Super && !e.c.isSuper():
		return denied("must be superuser to rename superusers")
	case !e.c.mayCreateRole():
		return denied("permission denied to rename role")
	}
	next := *x
	next.Name = u.NewName
	set := e.c.Set.Clone()
	set.Put(&next)
	return e.storeRoles(set)
}

// setRoleSetting runs ALTER ROLE ... SET.
func (s *Session) setRoleSetting(r *run, u *ast.AlterRoleSet) (session.Result, error) {
	e, err := s.edit(r, "ALTER ROLE")
	if err != nil {
		return nil, err
	}
	var role, db uint32
	if u.Role != nil {
		if u.Role.Kind == "" && reserved(u.Role.Name) {
			return nil, reservedRole(u.Role.Name, "Cannot alter reserved roles.")
		}
		if role, err = e.c.roleSpec(s, *u.Role); err != nil {
			return nil, err
		}
		switch {
		case e.c.IsSuper(role) && !e.c.isSuper():
			return nil, denied("must be superuser to alter superusers")
		case !e.c.mayCreateRole() && role != e.c.user:
			return nil, denied("permission denied")
		}
	}
	if u.DB != "" {
		d := databasesOf(e.c.snap).named(u.DB)
		if d == nil {
			return nil, sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, u.DB)
		}
		if u.Role == nil {
			if err := e.c.needDBOwner(d); err != nil {
				return nil, err
			}
			return tag("ALTER ROLE"), e.databaseSetting(databasesOf(e.c.snap), d, u.Set)
		}
		db = pgcatalog.DatabaseOID(d.OID)
	}
	if u.Role == nil && !e.c.isSuper() {
		return nil, denied("must be superuser to alter settings globally")
	}
	values, err := s.changedValues(e.c.Values(db, role), u.Set)
	if err != nil {
		return nil, err
	}
	set := e.c.Set.Clone()
	set.SetValues(db, role, values)
	return tag("ALTER ROLE"), e.storeRoles(set)
}

// changedValues is a list of "name=value" after a SET or RESET.
func (s *Session) changedValues(old []string, u *ast.Set) ([]string, error) {
	name := strings.ToLower(u.Name)
	if u.Reset && name == "all" {
		return nil, nil
	}
	shown := name
	if d := settingByName[name]; d != nil {
		shown = d.shown()
	} else if err := customName(name); err != nil {
		return nil, err
	}
	entry := ""
	if !u.Reset && u.Value != nil {
		v, err := listValue(name, u.Value)
		if err == nil {
			_, err = s.normalized(name, v, false)
		}
		if err != nil {
			return nil, err
		}
		entry = shown + "=" + v
	}
	var out []string
	for _, x := range old {
		if k, _, _ := strings.Cut(x, "="); strings.EqualFold(k, shown) {
			x, entry = entry, ""
		}
		if x != "" {
			out = append(out, x)
		}
	}
	if entry != "" {
		out = append(out, entry)
	}
	return out, nil
}
