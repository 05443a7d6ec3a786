package roles

import (
	"strings"
	"testing"

	"tagd/sql/sqlerr"
)

// people are roles that the tests grant to each other: a is a member of b, which
// is one of c; n does not inherit.
func people() In {
	s := New("tagd").Clone()
	for i, name := range []string{"owner", "a", "b", "c", "n"} {
		s.Put(&Role{OID: uint32(100 + i), Name: name, Inherit: name != "n"})
	}
	s.Members = append(s.Members, Member{Role: 102, Member: 101, Grantor: Super}, Member{Role: 103, Member: 102, Grantor: Super, Admin: true},
		Member{Role: 102, Member: 104, Grantor: Super})
	return In{s, Super}
}

const owner, a, b, c, n = 100, 101, 102, 103, 104

func apply(t *testing.T, s In, acl ACL, ch Change) ACL {
	t.Helper()
	out, err := s.Apply(acl, owner, &ch)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func want(t *testing.T, s In, acl ACL, text string) {
	t.Helper()
	if got := strings.Join(s.Texts(acl), ","); got != text {
		t.Errorf("got %s, want %s", got, text)
	}
}

func TestGrantAndRevoke(t *testing.T) {
	s := people()
	acl := Default('r', owner)
	want(t, s, acl, "owner=arwdDxt/owner")
	acl = apply(t, s, acl, Change{To: []uint32{b}, By: owner, Privs: Select | Insert, Option: true})
	acl = apply(t, s, acl, Change{To: []uint32{a, Public}, By: b, Privs: Select})
	want(t, s, acl, "owner=arwdDxt/owner,b=a*r*/owner,a=r/b,=r/b")
	before := append(ACL{}, acl...)
	if _, err := s.Apply(acl, owner, &Change{Revoke: true, To: []uint32{b}, By: owner, Privs: Select}); sqlerr.Code(err) != "2BP01" {
		t.Errorf("a revoke that others depend on: %v", err)
	}
	if !Same(acl, before) {
		t.Error("a refused change has changed the list")
	}
	want(t, s, apply(t, s, acl, Change{Revoke: true, Cascade: true, To: []uint32{b}, By: owner, Privs: Select}), "owner=arwdDxt/owner,b=a*/owner")
	want(t, s, apply(t, s, acl, Change{Revoke: true, Option: true, Cascade: true, To: []uint32{b}, By: owner, Privs: Select}),
		"owner=arwdDxt/owner,b=a*r/owner")
}

func TestCircles(t *testing.T) {
	s := people()
	acl := apply(t, s, Default('r', owner), Change{To: []uint32{c}, By: owner, Privs: Select, Option: true})
	acl = apply(t, s, acl, Change{To: []uint32{n}, By: c, Privs: Select, Option: true})
	if _, err := s.Apply(acl, owner, &Change{To: []uint32{c}, By: n, Privs: Select, Option: true}); sqlerr.Code(err) != "0LP01" {
		t.Errorf("a grant option went back to its grantor: %v", err)
	}
	if _, err := s.Apply(acl, owner, &Change{To: []uint32{Public}, By: owner, Privs: Select, Option: true}); sqlerr.Code(err) != "0LP01" {
		t.Errorf("PUBLIC got a grant option: %v", err)
	}
}

func TestMask(t *testing.T) {
	s := people()
	acl := apply(t, s, Default('r', owner), Change{To: []uint32{c}, By: owner, Privs: Select})
	for role, has := range map[uint32]bool{owner: true, a: true, b: true, c: true, n: false, Super: true} {
		if got := s.Mask(acl, role, owner, Select) != 0; got != has {
			t.Errorf("role %d: %v", role, got)
		}
	}
	if !s.IsMember(n, c) || s.HasPrivs(n, c) || !s.HasPrivs(a, c) || s.IsMember(c, a) || !s.HasPrivs(Super, a) {
		t.Error("memberships")
	}
	if !s.IsAdmin(a, c) || s.IsAdmin(a, b) || s.IsAdmin(b, b) {
		t.Error("ADMIN OPTION")
	}
}

func TestGrantor(t *testing.T) {
	s := people()
	acl := apply(t, s, Default('r', owner), Change{To: []uint32{c}, By: owner, Privs: Select, Option: true})
	if by, may := s.Grantor(a, owner, Select|Insert, acl); by != c || may != Select {
		t.Errorf("grantor %d, %v", by, may)
	}
	if by, may := s.Grantor(Super, owner, Insert, acl); by != owner || may != Insert {
		t.Errorf("a superuser grants as %d, %v", by, may)
	}
}

func TestOwners(t *testing.T) {
	s := people()
	acl := apply(t, s, Default('r', owner), Change{To: []uint32{a}, By: owner, Privs: Select})
	want(t, s, acl.NewOwner(owner, a), "a=arwdDxt/a")
	want(t, s, s.Without(acl, a, owner), "owner=arwdDxt/owner")
}

func TestItems(t *testing.T) {
	s := people()
	for _, text := range []string{"a=r*w/owner", "=X/tagd", "c=arwdDxtXUCTcsA/b"} {
		x, err := s.ParseItem(text, func(string) {})
		if err != nil || s.Text(x) != text {
			t.Errorf("%s: %s, %v", text, s.Text(x), err)
		}
	}
	for text, code := range map[string]string{"x=r/a": "42704", "a=y/b": "22P02", "ar": "22P02", "": "22P02", "a=r/": "22P02"} {
		if _, err := s.ParseItem(text, func(string) {}); sqlerr.Code(err) != code {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseItem(f *testing.F) {
	f.Add(`"x""y"=r*w/tagd`)
	f.Add("group a=r/b ")
	s := people()
	f.Fuzz(func(t *testing.T, text string) {
		if x, err := s.ParseItem(text, func(string) {}); err == nil {
			if y, err := s.ParseItem(s.Text(x), func(string) {}); err != nil || x != y {
				t.Fatalf("%q is %v, written %q: %v, %v", text, x, s.Text(x), y, err)
			}
		}
	})
}
