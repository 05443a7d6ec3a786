package roles

// closeKey asks for the roles that one is a member of.
type closeKey struct {
	role, dba uint32
	privs     bool
}

// memberOf returns the roles that a role is a member of, itself among them, also
// by way of others; with privs only those whose privileges it has without SET
// ROLE: the way goes through roles that inherit. dba is the owner of the database
// at hand, who is a member of pg_database_owner (acl.c, roles_is_member_of).
func (s *Set) memberOf(k closeKey) map[uint32]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.closed[k]; m != nil {
		return m
	}
	m := map[uint32]bool{k.role: true}
	for list := []uint32{k.role}; len(list) > 0; {
		at := list[0]
		list = list[1:]
		if r := s.Role(at); k.privs && r != nil && !r.Inherit {
			continue
		}
		for _, x := range s.Members {
			if x.Member == at && !m[x.Role] {
				m[x.Role] = true
				list = append(list, x.Role)
			}
		}
		if at == k.dba && !m[DatabaseOwner] {
			m[DatabaseOwner] = true
			list = append(list, DatabaseOwner)
		}
	}
	if s.closed == nil {
		s.closed = map[closeKey]map[uint32]bool{}
	}
	s.closed[k] = m
	return m
}

// In is a Set seen from a database.
type In struct {
	*Set
	DBA uint32 // the database's owner
}

// IsSuper reports a superuser.
func (s *Set) IsSuper(role uint32) bool {
	r := s.Role(role)
	return r != nil && r.Super
}

// HasPrivs reports whether a role has the privileges of another without SET ROLE.
func (s In) HasPrivs(role, of uint32) bool {
	return role == of || s.IsSuper(role) || s.memberOf(closeKey{role, s.DBA, true})[of]
}

// IsMember reports whether a role may SET ROLE to another.
func (s In) IsMember(role, of uint32) bool {
	return role == of || s.IsSuper(role) || s.memberOf(closeKey{role, s.DBA, false})[of]
}

// IsMemberNoSuper is IsMember without what superusers are by being superusers.
func (s In) IsMemberNoSuper(role, of uint32) bool {
	return role == of || s.memberOf(closeKey{role, s.DBA, false})[of]
}

// IsAdmin reports whether a role has the ADMIN OPTION for another, directly or by
// being a member of one that has it (acl.c, is_admin_of_role).
func (s In) IsAdmin(role, of uint32) bool {
	if s.IsSuper(role) {
		return true
	}
	if role == of {
		return false
	}
	all := s.memberOf(closeKey{role, s.DBA, false})
	for _, m := range s.Members {
		if m.Role == of && m.Admin && all[m.Member] {
			return true
		}
	}
	return false
}
