package ast

import "reflect"

// Same reports whether two trees are the same, positions and spellings aside.
func Same(a, b any) bool { return same(reflect.ValueOf(a), reflect.ValueOf(b)) }

var atType, spellingType = reflect.TypeOf(At(0)), reflect.TypeOf(Spelling(false))

func same(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if t := a.Field(i).Type(); t != atType && t != spellingType && !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
