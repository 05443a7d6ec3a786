package vec

import (
	"testing"
	"time"

	"tagd/sql/types"
)

// FuzzArray: an array literal that is accepted has a text that is accepted and
// stays as it is, and so has its binary form; nothing panics.
func FuzzArray(f *testing.F) {
	for _, s := range []string{"{}", "{1,2}", "{{a,b},{c,NULL}}", "[0:1]={a,b}", "[1:2][3:3]={{x},{y}}", `{"a\"b","\\",""}`, "{{{{{{{1}}}}}}}", "{1,{2}}", "[2:1]={}", "{\"", "[1:"} {
		f.Add(s)
	}
	t := types.Of(types.Text).ArrayOf()
	f.Fuzz(func(tt *testing.T, s string) {
		d, err := ParseText(t, s, types.ISO, time.Time{})
		if err != nil {
			return
		}
		text := AppendDatumText(nil, t, d, types.ISO)
		again, err := ParseText(t, string(text), types.ISO, time.Time{})
		if err != nil || Compare(t, d, again) != 0 {
			tt.Fatalf("%q is shown as %q: %v", s, text, err)
		}
		bin := AppendDatumBinary(nil, t, d)
		back, err := ParseBinary(t, bin)
		if err != nil || Compare(t, d, back) != 0 {
			tt.Fatalf("%q in binary: %v", s, err)
		}
	})
}

// FuzzBinaryArray: no bytes make the array decoder panic or allocate by a
// claimed length.
func FuzzBinaryArray(f *testing.F) {
	t := types.Of(types.Int4).ArrayOf()
	for _, s := range []string{"{1,2}", "{{1,2},{3,4}}", "[5:6]={1,NULL}"} {
		d, err := ParseText(t, s, types.ISO, time.Time{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(AppendDatumBinary(nil, t, d))
	}
	f.Fuzz(func(tt *testing.T, b []byte) {
		d, err := ParseBinary(t, b)
		if err != nil {
			return
		}
		if again, err := ParseBinary(t, AppendDatumBinary(nil, t, d)); err != nil || Compare(t, d, again) != 0 {
			tt.Fatalf("binary round trip: %v", err)
		}
	})
}
