package engine

import (
	"encoding/json"
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/sqlerr"
	"tagd/storage/table"
)

// databasesKey is where the store keeps the list of databases.
const databasesKey = "databases"

// database is one database of the file. OID 0 is the first one, whose tables
// are those of files from before there were several.
type database struct {
	OID      uint32            `json:"oid"`
	Name     string            `json:"name"`
	Template bool              `json:"template,omitempty"`
	Closed   bool              `json:"closed,omitempty"` // accepts no connections
	Limit    *int              `json:"limit,omitempty"`  // nil: none
	Comment  string            `json:"comment,omitempty"`
	Settings map[string]string `json:"settings,omitempty"`
	Owner    uint32            `json:"owner,omitempty"` // 0: the superuser
	ACL      *roles.ACL        `json:"acl,omitempty"`   // nil: the default
}

// databases is the list of databases; immutable but for a copy.
type databases struct {
	list []*database
	err  error // the list could not be read
}

// databasesOf reads the list from a snapshot. A new file has the database tagd
// and those that tools insist on.
func databasesOf(snap table.Snapshot) *databases {
	raw := snap.Meta(databasesKey)
	d := &databases{}
	if raw != nil {
		if err := json.Unmarshal(raw, &d.list); err != nil {
			d.err = sqlerr.New(pgerrcode.DataCorrupted, "the list of databases is damaged: %v", err).WithCause(err)
		}
	}
	if raw == nil || d.err != nil {
		acl := &roles.ACL{{To: roles.Public, By: roles.Super, Mode: roles.Connect}, roles.Default('d', roles.Super)[1]}
		d.list = []*database{{OID: 0, Name: Database}, {OID: 3, Name: "postgres"}, {OID: 1, Name: "template1", Template: true, ACL: acl},
			{OID: 4, Name: "template0", Template: true, Closed: true, ACL: acl}}
	}
	return d
}

func (d *databases) named(name string) *database {
	for _, x := range d.list {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// oids are the keys of all databases.
func (d *databases) oids() []uint32 {
	var out []uint32
	for _, x := range d.list {
		out = append(out, x.OID)
	}
	return out
}

// with returns the list with one database put in place of the one of its OID,
// or added.
func (d *databases) with(x *database) *databases {
	out := d.without(x.OID)
	out.list = append(out.list, x)
	sort.Slice(out.list, func(i, j int) bool { return out.list[i].OID < out.list[j].OID })
	return out
}

func (d *databases) without(oid uint32) *databases {
	out := &databases{err: d.err}
	for _, x := range d.list {
		if x.OID != oid {
			out.list = append(out.list, x)
		}
	}
	return out
}

// store puts the list in place.
func (d *databases) store(w table.Write) error {
	if d.err != nil {
		return d.err
	}
	b, err := json.Marshal(d.list)
	if err != nil {
		return sqlerr.New(pgerrcode.InternalError, "databases: %v", err).WithCause(err)
	}
	return w.SetMeta(databasesKey, b)
}
