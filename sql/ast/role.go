package ast

// Role is a role as statements name it. Kind is "" for a name, else
// "current_role", "current_user", "session_user" or "public".
type Role struct {
	At
	Kind string
	Name string
}

// RoleOption is an option of CREATE and ALTER ROLE. Name is the grammar's word
// for it: "superuser", "canlogin", "password", "connectionlimit", "addroleto",
// "rolemembers", "adminmembers", ...
type RoleOption struct {
	At
	Name  string
	On    bool
	Value *string // nil: PASSWORD NULL, or an option without one
	Roles []Role
}

// Statements about roles and privileges.
type (
	// CreateRole is CREATE ROLE, USER and GROUP by Kind.
	CreateRole struct {
		stmtNode
		At
		Kind    string
		Name    string
		Options []RoleOption
	}
	// AlterRole is ALTER ROLE with options, and ALTER GROUP ... ADD and DROP USER,
	// which have the option "rolemembers".
	AlterRole struct {
		stmtNode
		At
		Role    Role
		Drop    bool
		Options []RoleOption
	}
	// AlterRoleSet is ALTER ROLE ... SET; a nil Role is ALL.
	AlterRoleSet struct {
		stmtNode
		At
		Role *Role
		DB   string
		Set  *Set
	}
	// DropRole is DROP ROLE.
	DropRole struct {
		stmtNode
		At
		Roles    []Role
		IfExists bool
	}
	// GrantRole is GRANT and REVOKE of roles. Option is WITH ADMIN OPTION or ADMIN
	// OPTION FOR.
	GrantRole struct {
		stmtNode
		At
		Revoke  bool
		Roles   []string
		To      []Role
		Option  bool
		By      *Role
		Cascade bool
	}
	// Grant is GRANT and REVOKE of privileges. Kind is "TABLE", "SEQUENCE",
	// "DATABASE", "SCHEMA", "FUNCTION", "PROCEDURE", "ROUTINE", "TYPE", "DOMAIN",
	// "LANGUAGE", "TABLESPACE", ...; AllIn: Names are schemas.
	Grant struct {
		stmtNode
		At
		Revoke  bool
		Kind    string
		AllIn   bool
		Names   []Name
		Args    [][]TypeName // of functions; nil: none were written
		Privs   []Privilege  // none: ALL
		To      []Role
		Option  bool
		By      *Role
		Cascade bool
	}
	// Privilege is a privilege with its columns; "" is ALL (columns).
	Privilege struct {
		Name    string
		Columns []string
	}
	// DefaultPrivileges is ALTER DEFAULT PRIVILEGES; Grant.Names is empty.
	DefaultPrivileges struct {
		stmtNode
		At
		Roles   []Role
		Schemas []string
		Grant   Grant
	}
	// ReassignOwned is REASSIGN OWNED.
	ReassignOwned struct {
		stmtNode
		At
		Roles []Role
		To    Role
	}
	// DropOwned is DROP OWNED.
	DropOwned struct {
		stmtNode
		At
		Roles   []Role
		Cascade bool
	}
)
