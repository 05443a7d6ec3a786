package pgcatalog

import "sync"

// Lists are what is derived from the tables and objects of one state of a
// database and is kept with it, for functions that are called for every row. The
// zero value is ready; any number of sessions may use it at once.
type Lists struct {
	indexes     keptList[index]
	constraints keptList[constraint]
}

// keptList makes its list when it is first asked for.
type keptList[T hasOID] struct {
	once sync.Once
	list *indexedList[T]
}

func (k *keptList[T]) get(all func() []T) *indexedList[T] {
	k.once.Do(func() { k.list = newIndexedList(all()) })
	return k.list
}

type hasOID interface{ objectOID() uint32 }

func (x index) objectOID() uint32      { return x.oid }
func (x constraint) objectOID() uint32 { return x.oid }

// indexedList is a list of objects with the place of each by its OID.
type indexedList[T hasOID] struct {
	all []T
	at  map[uint32]int
}

func newIndexedList[T hasOID](all []T) *indexedList[T] {
	l := &indexedList[T]{all, make(map[uint32]int, len(all))}
	for i := range all {
		l.at[all[i].objectOID()] = i
	}
	return l
}

// find returns the object of an OID, nil for none.
func (l *indexedList[T]) find(oid uint32) *T {
	if i, ok := l.at[oid]; ok {
		return &l.all[i]
	}
	return nil
}
