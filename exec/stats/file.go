package stats

import (
	"encoding/json"
	"time"
)

// stored is the form in which the counters survive a restart.
type stored struct {
	Rels []storedRel
	DBs  map[uint32][]int64
	At   map[string]time.Time
}

type storedRel struct {
	Key
	Rel
}

// Encode writes the counters down.
func (a *All) Encode() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := stored{DBs: map[uint32][]int64{}, At: a.at}
	for k, r := range a.rels {
		s.Rels = append(s.Rels, storedRel{k, *r})
	}
	for key, d := range a.dbs {
		for _, f := range d.fields() {
			s.DBs[key] = append(s.DBs[key], f.Load())
		}
	}
	return json.Marshal(s)
}

// Decode takes over what Encode wrote; what it cannot read it leaves out.
func (a *All) Decode(b []byte) {
	var s stored
	if json.Unmarshal(b, &s) != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rels, a.dbs, a.at = map[Key]*Rel{}, map[uint32]*DB{}, s.At
	for i := range s.Rels {
		a.rels[s.Rels[i].Key] = &s.Rels[i].Rel
	}
	for key, list := range s.DBs {
		d := &DB{}
		for i, f := range d.fields() {
			if i < len(list) {
				f.Store(list[i])
			}
		}
		a.dbs[key] = d
	}
}
