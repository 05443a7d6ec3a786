package types

import "testing"

// FuzzGeo: what is read is written so that it is read as the same value, and what is
// received is held as it is sent.
func FuzzGeo(f *testing.F) {
	for _, s := range []string{"(1,2)", "[(1,2),(3,4)]", "<(1,2),3>", "{1,2,3}", "((1,2),(3,4),(5,6))", "1,2,3,4", "(1,2,3,4)", "((", "1e,2", "(.,.)", "(1e999,2)", "(nan,-inf)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for k := Point; k <= Circle; k++ {
			if held, err := ParseGeo(k, s); err == nil {
				text := string(AppendGeo(nil, k, held, ISO))
				if again, err := ParseGeo(k, text); err != nil || string(AppendGeo(nil, k, again, ISO)) != text {
					t.Fatalf("%s %q is %q, then %q, %v", Of(k), s, text, again, err)
				}
			}
			if held, err := ParseBinaryGeo(k, []byte(s)); err == nil {
				if again, err := ParseBinaryGeo(k, []byte(held)); err != nil || again != held {
					t.Fatalf("%s %x is %x, then %x, %v", Of(k), s, held, again, err)
				}
			}
			AppendGeo(nil, k, s, ISO)
		}
	})
}

// FuzzSnapshot does the same for snapshots.
func FuzzSnapshot(f *testing.F) {
	f.Add("10:20:10,14,15")
	f.Add("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x0b")
	f.Fuzz(func(t *testing.T, s string) {
		if held, err := ParseSnapshot(s); err == nil {
			if again, err := ParseSnapshot(held); err != nil || again != held {
				t.Fatalf("%q is %q, then %q, %v", s, held, again, err)
			}
		}
		if held, err := ParseBinarySnapshot([]byte(s)); err == nil {
			if again, err := ParseBinarySnapshot(AppendBinarySnapshot(nil, held)); err != nil || again != held {
				t.Fatalf("%x is %q, then %q, %v", s, held, again, err)
			}
		}
	})
}
