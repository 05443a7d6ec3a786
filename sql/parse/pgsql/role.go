package pgsql

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// privileges lowers statements about roles and privileges; ok is false for
// others.
func (l *lowerer) privileges(n *pg.Node) (s ast.Stmt, ok bool) {
	here := ast.At(l.start)
	switch x := n.Node.(type) {
	case *pg.Node_CreateRoleStmt:
		kinds := map[pg.RoleStmtType]string{pg.RoleStmtType_ROLESTMT_USER: "USER", pg.RoleStmtType_ROLESTMT_GROUP: "GROUP"}
		out := &ast.CreateRole{At: here, Kind: kinds[x.CreateRoleStmt.StmtType], Name: x.CreateRoleStmt.Role, Options: l.roleOptions(x.CreateRoleStmt.Options)}
		if out.Kind == "" {
			out.Kind = "ROLE"
		}
		return out, true
	case *pg.Node_AlterRoleStmt:
		return &ast.AlterRole{At: here, Role: l.role(x.AlterRoleStmt.Role), Drop: x.AlterRoleStmt.Action < 0, Options: l.roleOptions(x.AlterRoleStmt.Options)}, true
	case *pg.Node_AlterRoleSetStmt:
		out := &ast.AlterRoleSet{At: here, DB: x.AlterRoleSetStmt.Database}
		out.Set, _ = l.set(x.AlterRoleSetStmt.Setstmt).(*ast.Set)
		if r := x.AlterRoleSetStmt.Role; r != nil {
			role := l.role(r)
			out.Role = &role
		}
		return out, true
	case *pg.Node_DropRoleStmt:
		return &ast.DropRole{At: here, Roles: l.roles(x.DropRoleStmt.Roles), IfExists: x.DropRoleStmt.MissingOk}, true
	case *pg.Node_GrantRoleStmt:
		return l.grantRole(x.GrantRoleStmt), true
	case *pg.Node_GrantStmt:
		out := l.grant(x.GrantStmt)
		return &out, true
	case *pg.Node_AlterDefaultPrivilegesStmt:
		return l.defaultPrivileges(x.AlterDefaultPrivilegesStmt), true
	case *pg.Node_ReassignOwnedStmt:
		return &ast.ReassignOwned{At: here, Roles: l.roles(x.ReassignOwnedStmt.Roles), To: l.role(x.ReassignOwnedStmt.Newrole)}, true
	case *pg.Node_DropOwnedStmt:
		return &ast.DropOwned{At: here, Roles: l.roles(x.DropOwnedStmt.Roles), Cascade: x.DropOwnedStmt.Behavior == pg.DropBehavior_DROP_CASCADE}, true
	}
	return nil, false
}

// role is a role as written.
func (l *lowerer) role(r *pg.RoleSpec) ast.Role {
	out := ast.Role{At: l.at(r.GetLocation()), Name: r.GetRolename()}
	switch r.GetRoletype() {
	case pg.RoleSpecType_ROLESPEC_CURRENT_ROLE:
		out.Kind = "current_role"
	case pg.RoleSpecType_ROLESPEC_CURRENT_USER:
		out.Kind = "current_user"
	case pg.RoleSpecType_ROLESPEC_SESSION_USER:
		out.Kind = "session_user"
	case pg.RoleSpecType_ROLESPEC_PUBLIC:
		out.Kind = "public"
	}
	return out
}

func (l *lowerer) roles(ns []*pg.Node) []ast.Role {
	var out []ast.Role
	for _, n := range ns {
		out = append(out, l.role(n.GetRoleSpec()))
	}
	return out
}

func (l *lowerer) rolePointer(r *pg.RoleSpec) *ast.Role {
	if r == nil {
		return nil
	}
	out := l.role(r)
	return &out
}

func (l *lowerer) roleOptions(ns []*pg.Node) []ast.RoleOption {
	var out []ast.RoleOption
	for _, n := range ns {
		d := n.GetDefElem()
		o := ast.RoleOption{At: l.at(d.GetLocation()), Name: strings.ToLower(d.GetDefname())}
		text := func(s string) { o.Value = &s }
		switch x := d.GetArg().GetNode().(type) {
		case nil:
		case *pg.Node_Boolean:
			o.On = x.Boolean.GetBoolval()
		case *pg.Node_String_:
			text(x.String_.GetSval())
		case *pg.Node_Integer:
			text(strconv.Itoa(int(x.Integer.GetIval())))
		case *pg.Node_Float:
			text(x.Float.GetFval())
		case *pg.Node_List:
			o.Roles = l.roles(x.List.GetItems())
		default:
			l.no(d.GetLocation(), "this option of a role is not supported")
		}
		out = append(out, o)
	}
	return out
}

func (l *lowerer) grantRole(s *pg.GrantRoleStmt) ast.Stmt {
	out := &ast.GrantRole{At: ast.At(l.start), Revoke: !s.IsGrant, To: l.roles(s.GranteeRoles), By: l.rolePointer(s.Grantor),
		Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	for _, n := range s.GrantedRoles {
		p := n.GetAccessPriv()
		if len(p.GetCols()) > 0 {
			l.fail(sqlerr.New(pgerrcode.InvalidGrantOperation, "column names cannot be included in GRANT/REVOKE ROLE"))
		}
		out.Roles = append(out.Roles, p.GetPrivName())
	}
	for _, n := range s.Opt {
		d := n.GetDefElem()
		if d.GetDefname() != "admin" || s.IsGrant && !d.GetArg().GetBoolean().GetBoolval() {
			l.no(d.GetLocation(), "the option %s of a membership is not supported", strings.ToUpper(d.GetDefname()))
		}
		out.Option = true
	}
	return out
}

func (l *lowerer) grant(s *pg.GrantStmt) ast.Grant {
	kinds := map[pg.ObjectType]string{pg.ObjectType_OBJECT_FUNCTION: "FUNCTION", pg.ObjectType_OBJECT_PROCEDURE: "PROCEDURE",
		pg.ObjectType_OBJECT_ROUTINE: "ROUTINE", pg.ObjectType_OBJECT_LANGUAGE: "LANGUAGE", pg.ObjectType_OBJECT_TABLESPACE: "TABLESPACE"}
	out := ast.Grant{At: ast.At(l.start), Revoke: !s.IsGrant, Kind: dropKinds[s.Objtype], AllIn: s.Targtype == pg.GrantTargetType_ACL_TARGET_ALL_IN_SCHEMA,
		To: l.roles(s.Grantees), Option: s.GrantOption, By: l.rolePointer(s.Grantor), Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	if k, ok := kinds[s.Objtype]; ok {
		out.Kind = k
	}
	if out.Kind == "" {
		l.no(int32(l.start), "privileges on this kind of object are not supported")
	}
	for _, n := range s.Privileges {
		p := n.GetAccessPriv()
		out.Privs = append(out.Privs, ast.Privilege{Name: p.GetPrivName(), Columns: l.strs(p.GetCols())})
	}
	for _, n := range s.Objects {
		switch x := n.Node.(type) {
		case *pg.Node_RangeVar:
			out.Names = append(out.Names, l.rangeVar(x.RangeVar))
		case *pg.Node_List:
			out.Names = append(out.Names, l.nameList(x.List.Items, -1))
		case *pg.Node_ObjectWithArgs:
			out.Names = append(out.Names, l.nameList(x.ObjectWithArgs.Objname, -1))
			var args []ast.TypeName
			if !x.ObjectWithArgs.ArgsUnspecified {
				args = []ast.TypeName{}
			}
			for _, a := range x.ObjectWithArgs.Objargs {
				args = append(args, l.typeName(a.GetTypeName()))
			}
			out.Args = append(out.Args, args)
		default:
			out.Names = append(out.Names, ast.Name{At: -1, Name: l.str(n)})
		}
	}
	return out
}

func (l *lowerer) defaultPrivileges(s *pg.AlterDefaultPrivilegesStmt) ast.Stmt {
	out := &ast.DefaultPrivileges{At: ast.At(l.start), Grant: l.grant(s.Action)}
	for _, n := range s.Options {
		d := n.GetDefElem()
		switch d.GetDefname() {
		case "schemas":
			out.Schemas = l.strs(d.GetArg().GetList().GetItems())
		case "roles":
			out.Roles = l.roles(d.GetArg().GetList().GetItems())
		}
	}
	return out
}
