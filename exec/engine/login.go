package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
)

// Verifier returns the stored SCRAM verifier of a role, "" where it has none or
// where it is too old; ok is false for a role that is not there.
func (e *Engine) Verifier(role string) (verifier string, ok bool) {
	snap := e.store.Snapshot()
	defer snap.Release()
	set, _ := e.roles.get(snap)
	r := set.Named(role)
	if r == nil {
		return "", false
	}
	if r.Until != nil && e.opt.Now().Sub(pgEpoch).Microseconds() > *r.Until && r.Password != "" {
		return expired, true
	}
	return r.Password, true
}

// expired stands for a password that is no good any more: nothing proves it.
const expired = "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// login is what a session begins with.
type login struct {
	role     *roles.Role
	db       *database
	settings map[string]string
}

// admit holds a role that wants to come into a database to what PostgreSQL's
// postinit.c asks: LOGIN, a limit of connections, CONNECT on the database.
func (e *Engine) admit(user, name string) (*login, error) {
	snap := e.store.Snapshot()
	defer snap.Release()
	set, err := e.roles.get(snap)
	if err != nil {
		return nil, err
	}
	r, d := set.Named(user), databasesOf(snap).named(name)
	switch {
	case r == nil:
		return nil, fatal(pgerrcode.InvalidAuthorizationSpecification, `role "%s" does not exist`, user)
	case !r.Login:
		return nil, fatal(pgerrcode.InvalidAuthorizationSpecification, `role "%s" is not permitted to log in`, user)
	case r.Limit >= 0 && !r.Super && e.live.count(func(a *activity) bool { return a.user == user }) >= r.Limit:
		return nil, fatal(pgerrcode.TooManyConnections, `too many connections for role "%s"`, user)
	case d == nil:
		return nil, fatal(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, name)
	case d.Closed:
		return nil, fatal(pgerrcode.ObjectNotInPrerequisiteState, `database "%s" is not currently accepting connections`, name)
	}
	in := roles.In{Set: set, DBA: d.owner()}
	if !r.Super && in.Mask(d.acl(), r.OID, d.owner(), roles.Connect) == 0 {
		err := fatal(pgerrcode.InsufficientPrivilege, `permission denied for database "%s"`, name)
		return nil, err.WithDetail("User does not have CONNECT privilege.")
	}
	if d.Limit != nil && !r.Super && e.live.count(func(a *activity) bool { return a.db == name }) >= *d.Limit {
		return nil, fatal(pgerrcode.TooManyConnections, `too many connections for database "%s"`, name)
	}
	return &login{r, d, loginSettings(set, d, r.OID)}, nil
}

// loginSettings are what ALTER DATABASE and ALTER ROLE have set, the more
// particular ones last: all roles, the database, the role, the role in it.
func loginSettings(set *roles.Set, d *database, role uint32) map[string]string {
	out := map[string]string{}
	put := func(list []string) {
		for _, v := range list {
			if k, v, ok := strings.Cut(v, "="); ok {
				out[strings.ToLower(k)] = v
			}
		}
	}
	db := pgcatalog.DatabaseOID(d.OID)
	put(set.Values(0, 0))
	for k, v := range d.Settings {
		out[k] = v
	}
	put(set.Values(0, role))
	put(set.Values(db, role))
	return out
}

// count is the number of sessions for which f holds.
func (r *registry) count(f func(*activity) bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for s := range r.set {
		if f(&activity{user: s.user, db: s.db}) {
			n++
		}
	}
	return n
}
