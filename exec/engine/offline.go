package engine

import (
	"tagd/exec/roles"
	"tagd/sql/scram"
)

// SetPassword gives a role a password, "" for none, and makes the role with LOGIN
// where there is none; super makes it a superuser. It is for the offline command:
// no session's privileges are asked. made tells that the role is new.
func (e *Engine) SetPassword(name, password string, super bool) (made bool, err error) {
	verifier := ""
	if password != "" {
		if verifier, err = scram.NewVerifier(password); err != nil {
			return false, err
		}
	}
	w, err := e.store.Begin(noContext)
	if err != nil {
		return false, err
	}
	defer w.Abort()
	set, err := e.roles.get(w.Base())
	if err != nil {
		return false, err
	}
	next := roles.Role{Name: name, Inherit: true, Login: true, Limit: -1}
	old := set.Named(name)
	switch {
	case old != nil:
		next = *old
	case reserved(name):
		return false, reservedRole(name, reservedDetail)
	default:
		next.OID = w.NewOID()
	}
	next.Password, next.Super = verifier, next.Super || super
	set = set.Clone()
	set.Put(&next)
	b, err := set.Encode()
	if err == nil {
		err = w.SetMeta(rolesKey, b)
	}
	if err != nil {
		return false, err
	}
	return old == nil, w.Commit(noContext)
}
