package roles

import (
	"math/bits"
	"sort"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Mode is a set of privileges in the low half and of their grant options in the
// high one.
type Mode uint32

// The privileges, in PostgreSQL's order (parsenodes.h).
const (
	Insert Mode = 1 << iota
	Select
	Update
	Delete
	Truncate
	References
	Trigger
	Execute
	Usage
	Create
	Temp
	Connect
	SetParam
	AlterSystem
)

const allPrivs Mode = 1<<16 - 1

// Option is the grant options for privileges.
func (m Mode) Option() Mode { return m & allPrivs << 16 }

// Of is the privileges that grant options are for.
func (m Mode) Of() Mode { return m >> 16 }

// letters are the privileges as aclitem writes them.
const letters = "arwdDxtXUCTcsA"

// words are the privileges as SQL writes them, in the same order.
var words = []string{"INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "EXECUTE", "USAGE", "CREATE", "TEMPORARY",
	"CONNECT", "SET", "ALTER SYSTEM"}

// Privilege reads one privilege's word in any letter case; TEMP is TEMPORARY.
func Privilege(word string) (Mode, bool) {
	word = strings.ToUpper(word)
	if word == "TEMP" {
		return Temp, true
	}
	for i, w := range words {
		if w == word {
			return 1 << i, true
		}
	}
	return 0, false
}

// Word is the name of a single privilege.
func (m Mode) Word() string {
	if i := bits.TrailingZeros32(uint32(m)); i < len(words) {
		return words[i]
	}
	return ""
}

// Item is what one role has granted to another (Public: to everybody).
type Item struct {
	To   uint32 `json:"to,omitempty"`
	By   uint32 `json:"by"`
	Mode Mode   `json:"mode"`
}

// ACL is an access list. It is never changed in place.
type ACL []Item

// Kind is a kind of object by the letter of acldefault: r relation, S sequence, c
// column, d database, n schema, f function, T type, l language, t tablespace.
type Kind byte

// All are the privileges that a kind of object has.
func All(k Kind) Mode {
	switch k {
	case 'r':
		return Insert | Select | Update | Delete | Truncate | References | Trigger
	case 'c':
		return Insert | Select | Update | References
	case 's', 'S':
		return Usage | Select | Update
	case 'd':
		return Create | Temp | Connect
	case 'n':
		return Usage | Create
	case 'f':
		return Execute
	case 'T', 'l', 'F', 'v':
		return Usage
	case 't':
		return Create
	case 'L':
		return Select | Update
	case 'p':
		return SetParam | AlterSystem
	}
	return 0
}

// Default is the list of an object for which nothing was granted or revoked.
func Default(k Kind, owner uint32) ACL {
	var world Mode
	switch k {
	case 'c':
		return ACL{}
	case 'd':
		world = Temp | Connect
	case 'f':
		world = Execute
	case 'T', 'l':
		world = Usage
	}
	var out ACL
	if world != 0 {
		out = append(out, Item{Public, owner, world})
	}
	return append(out, Item{owner, owner, All(k)})
}

// Mask returns those of the privileges in mask that a role has on an object by
// its list: granted to it, to everybody, or to a role whose privileges it has.
// The owner has all grant options (acl.c, aclmask).
func (s In) Mask(acl ACL, role, owner uint32, mask Mode) Mode {
	var got Mode
	if mask>>16 != 0 && s.HasPrivs(role, owner) {
		got = mask &^ allPrivs
	}
	for _, x := range acl {
		if x.To == Public || x.Mode&mask&^got != 0 && s.HasPrivs(role, x.To) {
			got |= x.Mode & mask
		}
	}
	return got
}

// direct is Mask without what the role has through others.
func direct(acl ACL, role, owner uint32, mask Mode) Mode {
	var got Mode
	if mask>>16 != 0 && role == owner {
		got = mask &^ allPrivs
	}
	for _, x := range acl {
		if x.To == role {
			got |= x.Mode & mask
		}
	}
	return got
}

// Grantor chooses as whom a role grants or revokes privileges, and which of them
// it may (acl.c, select_best_grantor).
func (s In) Grantor(role, owner uint32, privs Mode, acl ACL) (grantor uint32, may Mode) {
	need := privs.Option()
	if role == owner || s.IsSuper(role) {
		return owner, privs
	}
	all := s.memberOf(closeKey{role, s.DBA, true})
	list := make([]uint32, 0, len(all))
	for r := range all {
		list = append(list, r)
	}
	sort.Slice(list, func(i, j int) bool { return list[i] == role || list[j] != role && list[i] < list[j] })
	grantor = role
	for _, r := range list {
		got := direct(acl, r, owner, need)
		if got == need {
			return r, privs
		}
		if bits.OnesCount32(uint32(got)) > bits.OnesCount32(uint32(may.Option())) {
			grantor, may = r, got.Of()
		}
	}
	return grantor, may
}

// Change is one GRANT or REVOKE of privileges on one object.
type Change struct {
	Revoke  bool
	Option  bool // WITH GRANT OPTION, GRANT OPTION FOR
	Cascade bool
	To      []uint32
	By      uint32
	Privs   Mode
}

// Apply returns the list after a change (aclchk.c, merge_acl_with_grant).
func (s In) Apply(acl ACL, owner uint32, c *Change) (ACL, error) {
	for _, to := range c.To {
		if !c.Revoke && c.Option && to == Public {
			return nil, sqlerr.New(pgerrcode.InvalidGrantOperation, "grant options can only be granted to roles")
		}
		x := Item{To: to, By: c.By}
		if !c.Revoke || !c.Option {
			x.Mode |= c.Privs
		}
		if c.Revoke || c.Option {
			x.Mode |= c.Privs.Option()
		}
		var err error
		if acl, err = s.update(acl, x, c.Revoke, owner, c.Cascade); err != nil {
			return nil, err
		}
	}
	return acl, nil
}

// update adds an item's privileges or takes them away (acl.c, aclupdate).
func (s In) update(acl ACL, x Item, del bool, owner uint32, cascade bool) (ACL, error) {
	if !del && x.Mode>>16 != 0 {
		if err := s.circular(acl, x, owner); err != nil {
			return nil, err
		}
	}
	out := append(ACL{}, acl...)
	at := -1
	for i := range out {
		if out[i].To == x.To && out[i].By == x.By {
			at = i
		}
	}
	if at < 0 {
		at = len(out)
		out = append(out, Item{To: x.To, By: x.By})
	}
	was := out[at].Mode
	now := was | x.Mode
	if del {
		now = was &^ x.Mode
	}
	if out[at].Mode = now; now == 0 {
		out = append(out[:at], out[at+1:]...)
	}
	if lost := was.Of() &^ now.Of(); lost != 0 {
		return s.revoked(out, x.To, lost, owner, cascade)
	}
	return out, nil
}

// revoked takes back what a role granted by grant options that it has no more
// (acl.c, recursive_revoke).
func (s In) revoked(acl ACL, role uint32, privs Mode, owner uint32, cascade bool) (ACL, error) {
	if role == owner {
		return acl, nil
	}
	if privs &^= s.Mask(acl, role, owner, privs.Option()).Of(); privs == 0 {
		return acl, nil
	}
	for i := 0; i < len(acl); i++ {
		x := acl[i]
		if x.By != role || x.Mode&privs == 0 {
			continue
		}
		if !cascade {
			return nil, sqlerr.New(pgerrcode.DependentObjectsStillExist, "dependent privileges exist").WithHint("Use CASCADE to revoke them too.")
		}
		var err error
		if acl, err = s.update(acl, Item{To: x.To, By: role, Mode: privs | privs.Option()}, true, owner, true); err != nil {
			return nil, err
		}
		i = -1
	}
	return acl, nil
}

// circular refuses grant options that go back to where they come from (acl.c,
// check_circularity).
func (s In) circular(acl ACL, x Item, owner uint32) error {
	if x.By == owner {
		return nil
	}
	for i := 0; i < len(acl); i++ {
		if acl[i].To == x.To && acl[i].Mode>>16 != 0 {
			var err error
			if acl, err = s.update(acl, acl[i], true, owner, true); err != nil {
				return err
			}
			i = -1
		}
	}
	if x.Mode.Of()&^s.Mask(acl, x.By, owner, x.Mode.Of().Option()).Of() != 0 {
		return sqlerr.New(pgerrcode.InvalidGrantOperation, "grant options cannot be granted back to your own grantor")
	}
	return nil
}

// Merge adds the items of another list (acl.c, aclmerge).
func (s In) Merge(acl, more ACL, owner uint32) (ACL, error) {
	for _, x := range more {
		var err error
		if acl, err = s.update(acl, x, false, owner, false); err != nil {
			return nil, err
		}
	}
	return acl, nil
}

// Sorted is a list in the order in which lists are compared.
func (acl ACL) Sorted() ACL {
	out := append(ACL{}, acl...)
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		switch {
		case a.To != b.To:
			return a.To < b.To
		case a.By != b.By:
			return a.By < b.By
		}
		return a.Mode < b.Mode
	})
	return out
}

// Same reports whether two lists grant the same.
func Same(a, b ACL) bool {
	a, b = a.Sorted(), b.Sorted()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// NewOwner is the list of an object that gets another owner, who takes the place
// of the old one (acl.c, aclnewowner).
func (acl ACL) NewOwner(from, to uint32) ACL {
	out := ACL{}
next:
	for _, x := range acl {
		if x.By == from {
			x.By = to
		}
		if x.To == from {
			x.To = to
		}
		for i := range out {
			if out[i].To == x.To && out[i].By == x.By {
				out[i].Mode |= x.Mode
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

// Without is the list without anything to or from a role: all of it goes.
func (s In) Without(acl ACL, role, owner uint32) ACL {
	for {
		at := -1
		for i, x := range acl {
			if x.To == role || x.By == role && role != owner {
				at = i
			}
		}
		if at < 0 {
			return acl
		}
		next, err := s.update(acl, acl[at], true, owner, true)
		if err != nil {
			return acl
		}
		acl = next
	}
}

// Names reports whether a role stands in a list.
func (acl ACL) Names(role uint32) bool {
	for _, x := range acl {
		if x.To == role || x.By == role {
			return true
		}
	}
	return false
}
