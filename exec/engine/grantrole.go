package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// grantRole runs GRANT and REVOKE of roles.
func (s *Session) grantRole(r *run, u *ast.GrantRole) (session.Result, error) {
	word := "GRANT ROLE"
	if u.Revoke {
		word = "REVOKE ROLE"
	}
	e, err := s.edit(r, word[:len(word)-len(" ROLE")])
	if err != nil {
		return nil, err
	}
	by := e.c.user
	if u.By != nil {
		if by, err = e.c.roleSpec(s, *u.By); err != nil {
			return nil, err
		}
	}
	members, err := e.c.roleSpecs(s, u.To)
	if err != nil {
		return nil, err
	}
	for _, name := range u.Roles {
		x := e.c.Named(name)
		if x == nil {
			return nil, noRole(name)
		}
		change := e.addMembers
		if u.Revoke {
			change = e.dropMembers
		}
		if err := change(x.OID, members, by, u.Option); err != nil {
			return nil, err
		}
	}
	return tag(word), nil
}

// mayAdmin holds a change of memberships to those who may make it.
func (e *edit) mayAdmin(of, by uint32) error {
	if e.c.IsSuper(of) {
		if !e.c.isSuper() {
			return denied("must be superuser to alter superusers")
		}
		return nil
	}
	if !e.c.mayCreateRole() && !e.c.IsAdmin(by, of) {
		return denied(`must have admin option on role "%s"`, e.c.Name(of))
	}
	return nil
}

// addMembers makes roles members of another (user.c, AddRoleMems).
func (e *edit) addMembers(of uint32, members []uint32, by uint32, admin bool) error {
	if len(members) == 0 {
		return nil
	}
	if err := e.mayAdmin(of, by); err != nil {
		return err
	}
	name := e.c.Name(of)
	if of == roles.DatabaseOwner {
		return sqlerr.New(pgerrcode.InternalError, `role "%s" cannot have explicit members`, name)
	}
	if by != e.c.user && !e.c.isSuper() {
		return denied("must be superuser to set grantor")
	}
	for _, m := range members {
		switch {
		case m == roles.DatabaseOwner:
			return sqlerr.New(pgerrcode.InternalError, `role "%s" cannot be a member of any role`, e.c.Name(m))
		case e.c.IsMemberNoSuper(of, m):
			return sqlerr.New(pgerrcode.InvalidGrantOperation, `role "%s" is a member of role "%s"`, name, e.c.Name(m))
		}
		set := e.c.Set.Clone()
		at := -1
		for i, x := range set.Members {
			if x.Role == of && x.Member == m {
				at = i
			}
		}
		switch {
		case at >= 0 && (!admin || set.Members[at].Admin):
			e.s.notice(sqlerr.Notice(`role "%s" is already a member of role "%s"`, e.c.Name(m), name))
			continue
		case at >= 0:
			set.Members[at].Admin, set.Members[at].Grantor = admin, by
		default:
			set.Members = append(set.Members, roles.Member{Role: of, Member: m, Grantor: by, Admin: admin})
		}
		if err := e.storeRoles(set); err != nil {
			return err
		}
	}
	return nil
}

// dropMembers ends memberships, or with admin only their ADMIN OPTION.
func (e *edit) dropMembers(of uint32, members []uint32, by uint32, admin bool) error {
	if len(members) == 0 {
		return nil
	}
	if err := e.mayAdmin(of, by); err != nil {
		return err
	}
	for _, m := range members {
		set := e.c.Set.Clone()
		at := -1
		for i, x := range set.Members {
			if x.Role == of && x.Member == m {
				at = i
			}
		}
		switch {
		case at < 0:
			e.s.warning("01000", `role "%s" is not a member of role "%s"`, e.c.Name(m), e.c.Name(of))
			continue
		case admin:
			set.Members[at].Admin = false
		default:
			set.Members = append(set.Members[:at], set.Members[at+1:]...)
		}
		if err := e.storeRoles(set); err != nil {
			return err
		}
	}
	return nil
}
