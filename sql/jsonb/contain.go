package jsonb

// Contains is JsonbDeepContains: whether a contains b. An array contains a
// scalar at the top that is among its elements.
func Contains(a, b *Value) bool {
	if (a.Kind == Object) != (b.Kind == Object) {
		return false
	}
	switch {
	case a.Kind == Object:
		return containsInner(a, b)
	case a.IsScalar() && b.IsScalar():
		return compareInner(a, b) == 0
	case a.IsScalar():
		return false
	case b.IsScalar():
		return hasScalar(a, b)
	}
	return containsInner(a, b)
}

func hasScalar(a, x *Value) bool {
	for i := range a.Elems {
		if a.Elems[i].IsScalar() && compareInner(&a.Elems[i], x) == 0 {
			return true
		}
	}
	return false
}

// containsInner is Contains of two arrays or two objects.
func containsInner(a, b *Value) bool {
	if b.Kind == Object {
		if len(a.Pairs) < len(b.Pairs) {
			return false
		}
		for i := range b.Pairs {
			v, ok := a.Get(b.Pairs[i].Key)
			if !ok || !matches(v, &b.Pairs[i].Val) {
				return false
			}
		}
		return true
	}
	for i := range b.Elems {
		x := &b.Elems[i]
		found := false
		if x.IsScalar() {
			found = hasScalar(a, x)
		}
		for k := 0; k < len(a.Elems) && !found && !x.IsScalar(); k++ {
			found = a.Elems[k].Kind == x.Kind && containsInner(&a.Elems[k], x)
		}
		if !found {
			return false
		}
	}
	return true
}

func matches(v, x *Value) bool {
	switch {
	case v.IsScalar() != x.IsScalar() || !v.IsScalar() && v.Kind != x.Kind:
		return false
	case v.IsScalar():
		return compareInner(v, x) == 0
	}
	return containsInner(v, x)
}

// Exists is the operator ?: whether an object has the key, or an array or a
// scalar the string.
func (v *Value) Exists(s string) bool {
	switch v.Kind {
	case Object:
		_, ok := v.Get(s)
		return ok
	case Array:
		for i := range v.Elems {
			if v.Elems[i].Kind == String && v.Elems[i].Str == s {
				return true
			}
		}
		return false
	}
	return v.Kind == String && v.Str == s
}
