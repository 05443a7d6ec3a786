package pgcatalog

import (
	"sort"
	"strconv"
	"strings"
	"sync"

	"tagd/exec/objects"
)

func init() {
	register("pg_catalog", "pg_shdescription", []col{{"objoid", tOid}, {"classoid", tOid}, {"description", tText}},
		func(s *Source, add func(...any)) {
			for _, d := range s.Databases {
				if text := DatabaseComment(DatabaseOID(d.OID), d.Comment); text != "" {
					add(DatabaseOID(d.OID), RelationOID("pg_catalog", "pg_database"), text)
				}
			}
		})
}

// about names what a description is of: a row of the catalog class and a column.
type about struct {
	class, oid uint32
	sub        int
}

// builtinDescriptions are those that initdb makes.
var builtinDescriptions = sync.OnceValue(func() map[about]string {
	cols, rows := Builtin("pg_description")
	out := make(map[about]string, rows.N)
	for i := range rows.N {
		get := func(c string) int64 { return rows.Cols[cols[c]].Get(i).I }
		out[about{uint32(get("classoid")), uint32(get("objoid")), int(get("objsubid"))}] = rows.Cols[cols["description"]].Get(i).S
	}
	return out
})

// Description is the comment on an object of a catalog, by the catalog's name
// ("" for any), and on a column of it where sub is not 0; false for none.
func Description(s *Source, class string, oid uint32, sub int) (text string, ok bool) {
	want := RelationOID("pg_catalog", class)
	s.descriptions(func(k about, t string) {
		if k.oid == oid && k.sub == sub && (class == "" || k.class == want) {
			text, ok = t, true
		}
	})
	if ok || class != "" {
		if !ok {
			text, ok = builtinDescriptions()[about{want, oid, sub}]
		}
		return text, ok
	}
	for k, t := range builtinDescriptions() {
		if k.oid == oid && k.sub == sub {
			return t, true
		}
	}
	return "", false
}

// builtinDatabases are the comments of initdb on the databases that it makes.
var builtinDatabases = map[uint32]string{1: "default template for new databases", 4: "unmodifiable empty database",
	OIDDatabase: "default administrative connection database"}

// DatabaseComment is the comment on a database that the user has given text, ""
// for none of his own.
func DatabaseComment(oid uint32, text string) string {
	if text == "" {
		return builtinDatabases[oid]
	}
	return text
}

func descriptionRows(s *Source, add func(...any)) {
	s.descriptions(func(k about, text string) { add(k.oid, k.class, k.sub, text) })
}

// descriptions calls f for the comments that users have made.
func (s *Source) descriptions(f func(about, string)) {
	for _, t := range s.Tables {
		if t.Comment != "" {
			f(about{classClass, t.OID, 0}, t.Comment)
		}
		for i := range t.Columns {
			if t.Columns[i].Comment != "" {
				f(about{classClass, t.OID, i + 1}, t.Columns[i].Comment)
			}
		}
	}
	var keys []string
	for k := range s.Objects.Comments {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	named := s.constraintComments(keys)
	for _, k := range keys {
		if at, ok := commentAbout(k); ok {
			f(at, s.Objects.Comments[k])
		} else if at, ok := named[k]; ok {
			f(at, s.Objects.Comments[k])
		}
	}
}

// commentAbout reads the key of a comment on anything but a constraint.
func commentAbout(key string) (about, bool) {
	classes := map[string]uint32{objects.ClassRelation: classClass, objects.ClassType: classType, objects.ClassSchema: classNamespace}
	class, rest, _ := strings.Cut(key, " ")
	oid, sub, _ := strings.Cut(rest, "/")
	n, err := strconv.ParseUint(oid, 10, 32)
	num, serr := strconv.Atoi(sub)
	if err != nil || sub != "" && serr != nil || classes[class] == 0 {
		return about{}, false
	}
	return about{classes[class], SchemaKeyOID(class, uint32(n)), num}, true
}

// SchemaKeyOID is the OID that the catalogs show for one in a comment's key.
func SchemaKeyOID(class string, oid uint32) uint32 {
	if class == objects.ClassSchema {
		return SchemaOID(oid)
	}
	return oid
}

// constraintComments finds what the keys of comments on constraints name.
func (s *Source) constraintComments(keys []string) map[string]about {
	any := false
	for _, k := range keys {
		any = any || strings.HasPrefix(k, objects.ClassConstraint+" ")
	}
	if !any {
		return nil
	}
	out := map[string]about{}
	for _, k := range s.constraints() {
		on := uint32(0)
		if k.table != nil {
			on = k.table.OID
		} else {
			on = k.typ.OID
		}
		out[objects.CommentKey(objects.ClassConstraint, on, k.name)] = about{classConstraint, k.oid, 0}
	}
	return out
}
