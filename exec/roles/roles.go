// Package roles is who may do what: the roles of a file with their memberships
// and settings, and the algebra of access lists by which privileges are granted,
// revoked and asked for. It is plain data and rules, as PostgreSQL 15 has them in
// user.c, acl.c and aclchk.c; exec/engine stores a Set beside the list of
// databases and asks it before it does anything.
//
// A Set belongs to all databases of a file. Owners and access lists of objects
// stand with the objects, in the database that they are of, under OIDs of roles;
// what is not written there has the owner Super and the list that Default gives.
package roles

import (
	"encoding/json"
	"sort"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// OIDs that have a meaning of their own (PostgreSQL's pg_authid.dat).
const (
	Public = 0  // in an access list: everybody
	Super  = 10 // the role that a file begins with

	DatabaseOwner   = 6171
	ReadAllData     = 6181
	WriteAllData    = 6182
	Monitor         = 3373
	ReadAllSettings = 3374
	ReadAllStats    = 3375
	StatScanTables  = 3377
	SignalBackend   = 4200
	Checkpoint      = 4544
)

// FirstOwn is the lowest OID of a role that a user has made.
const FirstOwn = 16384

// Role is a role. The names of the fields are those of the options of CREATE
// ROLE.
type Role struct {
	OID         uint32 `json:"oid"`
	Name        string `json:"name"`
	Super       bool   `json:"super,omitempty"`
	Inherit     bool   `json:"inherit,omitempty"`
	CreateRole  bool   `json:"create_role,omitempty"`
	CreateDB    bool   `json:"create_db,omitempty"`
	Login       bool   `json:"login,omitempty"`
	Replication bool   `json:"replication,omitempty"`
	BypassRLS   bool   `json:"bypass_rls,omitempty"`
	Limit       int    `json:"limit"` // of connections; -1: none
	// Password is a SCRAM verifier, "" for none.
	Password string `json:"password,omitempty"`
	// Until is the moment from which the password is no good: a timestamptz in
	// microseconds since 2000, nil for never.
	Until   *int64 `json:"until,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// Member is one membership.
type Member struct {
	Role    uint32 `json:"role"`
	Member  uint32 `json:"member"`
	Grantor uint32 `json:"grantor"`
	Admin   bool   `json:"admin,omitempty"`
}

// Setting is what a session of a role begins with in a database. DB is the
// database's OID in pg_database, 0 for all; Role 0 stands for every role.
type Setting struct {
	DB     uint32   `json:"db,omitempty"`
	Role   uint32   `json:"role,omitempty"`
	Values []string `json:"values"` // "name=value" in the order of their first setting
}

// Set is the roles of a file. It is immutable once others may see it: change a
// Clone.
type Set struct {
	Roles    []*Role   `json:"roles"` // by OID
	Members  []Member  `json:"members,omitempty"`
	Settings []Setting `json:"settings,omitempty"`

	once   sync.Once
	byOID  map[uint32]*Role
	byName map[string]*Role
	mu     sync.Mutex
	closed map[closeKey]map[uint32]bool
}

// New returns the roles of a new file: the superuser of the given name and
// PostgreSQL's predefined roles.
func New(super string) *Set {
	s := &Set{Roles: []*Role{{OID: Super, Name: super, Super: true, Inherit: true, CreateRole: true, CreateDB: true, Login: true,
		Replication: true, BypassRLS: true, Limit: -1}}}
	for _, r := range predefined {
		s.Roles = append(s.Roles, &Role{OID: r.oid, Name: r.name, Inherit: true, Limit: -1})
	}
	for _, r := range []uint32{ReadAllSettings, ReadAllStats, StatScanTables} {
		s.Members = append(s.Members, Member{Role: r, Member: Monitor, Grantor: Super})
	}
	s.sort()
	return s
}

var predefined = []struct {
	oid  uint32
	name string
}{{DatabaseOwner, "pg_database_owner"}, {ReadAllData, "pg_read_all_data"}, {WriteAllData, "pg_write_all_data"}, {Monitor, "pg_monitor"},
	{ReadAllSettings, "pg_read_all_settings"}, {ReadAllStats, "pg_read_all_stats"}, {StatScanTables, "pg_stat_scan_tables"},
	{4569, "pg_read_server_files"}, {4570, "pg_write_server_files"}, {4571, "pg_execute_server_program"}, {SignalBackend, "pg_signal_backend"},
	{Checkpoint, "pg_checkpoint"}}

// Decode reads what Encode wrote.
func Decode(b []byte) (*Set, error) {
	s := &Set{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, sqlerr.New(pgerrcode.DataCorrupted, "the list of roles is damaged: %v", err).WithCause(err)
	}
	return s, nil
}

// Encode is the stored form.
func (s *Set) Encode() ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, sqlerr.New(pgerrcode.InternalError, "roles: %v", err).WithCause(err)
	}
	return b, nil
}

// Clone returns a copy that can be changed; the roles in it are shared, see Put.
func (s *Set) Clone() *Set {
	return &Set{Roles: append([]*Role(nil), s.Roles...), Members: append([]Member(nil), s.Members...), Settings: append([]Setting(nil), s.Settings...)}
}

func (s *Set) sort() {
	sort.Slice(s.Roles, func(i, j int) bool { return s.Roles[i].OID < s.Roles[j].OID })
}

// Put adds a role, or puts it in place of the one with its OID.
func (s *Set) Put(r *Role) {
	for i := range s.Roles {
		if s.Roles[i].OID == r.OID {
			s.Roles[i] = r
			return
		}
	}
	s.Roles = append(s.Roles, r)
	s.sort()
}

// Drop removes a role with its memberships and settings.
func (s *Set) Drop(oid uint32) {
	var roles []*Role
	for _, r := range s.Roles {
		if r.OID != oid {
			roles = append(roles, r)
		}
	}
	var members []Member
	for _, m := range s.Members {
		if m.Role != oid && m.Member != oid {
			members = append(members, m)
		}
	}
	var settings []Setting
	for _, x := range s.Settings {
		if x.Role != oid {
			settings = append(settings, x)
		}
	}
	s.Roles, s.Members, s.Settings = roles, members, settings
}

func (s *Set) index() {
	s.byOID, s.byName = map[uint32]*Role{}, map[string]*Role{}
	for _, r := range s.Roles {
		s.byOID[r.OID], s.byName[r.Name] = r, r
	}
}

// Role returns a role by OID, nil for none. The Set must not change any more.
func (s *Set) Role(oid uint32) *Role {
	s.once.Do(s.index)
	return s.byOID[oid]
}

// Named returns a role by name, nil for none. The Set must not change any more.
func (s *Set) Named(name string) *Role {
	s.once.Do(s.index)
	return s.byName[name]
}

// Name is a role's name, "" for none.
func (s *Set) Name(oid uint32) string {
	if r := s.Role(oid); r != nil {
		return r.Name
	}
	return ""
}

// Values are the settings of a role in a database, as set for just this pair.
func (s *Set) Values(db, role uint32) []string {
	for i := range s.Settings {
		if s.Settings[i].DB == db && s.Settings[i].Role == role {
			return s.Settings[i].Values
		}
	}
	return nil
}

// SetValues puts the settings of a pair in place; none removes it.
func (s *Set) SetValues(db, role uint32, values []string) {
	for i := range s.Settings {
		if s.Settings[i].DB == db && s.Settings[i].Role == role {
			if len(values) == 0 {
				s.Settings = append(s.Settings[:i:i], s.Settings[i+1:]...)
			} else {
				s.Settings[i].Values = values
			}
			return
		}
	}
	if len(values) > 0 {
		s.Settings = append(s.Settings, Setting{DB: db, Role: role, Values: values})
	}
}
