package pgsql

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestLongLists holds that a long list behind IN gives the tree that the grammar
// makes of the whole text, and the error.
func TestLongLists(t *testing.T) {
	list := func(n int, f string) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf(f, i))
		}
		return strings.Join(out, ",")
	}
	ints, texts := list(5000, "%d"), list(3000, "'user-%d'")
	for _, c := range []struct {
		text string
		cut  int
	}{
		{"select * from t where id in (" + ints + ") and x = 1", 1},
		{"select * from t where id not in ( " + texts + "\n) or id in (" + ints + "); select 1", 2},
		{"select * from t where s in (" + list(3000, "'it''s %d\n' ") + ")", 1},
		{"select * from t where s in (" + list(3000, "'it''s %d'\n") + ") -- in (" + ints + ")\n and 'in (" + ints + ")' = $$in (" + ints + ")$$", 1},
		{"/* in (" + ints + ") */ select id in (12345678901," + ints + ",9223372036854775807) from t", 1},
		{"select id in (" + ints + ",9223372036854775808) from t", 0},
		{"select id in (" + ints + ",-1) from t", 0},
		{"select id in (" + ints + ",007) from t", 0},
		{"select id in (" + ints + ",1.5) from t", 0},
		{"select id in (" + ints + ",1e5) from t", 0},
		{"select id in (" + texts + ",E'\\n') from t", 0},
		{"select id in (" + texts + ",'a'\n'b') from t", 0},
		{"select id in (" + texts + ",null) from t", 0},
		{"select id in (" + ints + ",) from t", 0},
		{"select id in (" + ints, 0},
		{"select id in ('" + ints, 0},
		{"select id in (" + ints + ") from", 1},
		{"select position('a' in (" + ints + "))", 1},
		{"select $1 in (" + ints + "), 甲.乙 in (" + texts + ") from 甲", 2},
		{"do $$ begin if 1 in (" + ints + ") then null; end if; end $$", 0},
	} {
		_, lists := cutLists(c.text)
		if len(lists) != c.cut {
			t.Errorf("%.60s ... %.30q: %d lists are cut", c.text, c.text[max(0, len(c.text)-30):], len(lists))
		}
		got, gotErr := Parse(c.text)
		var want []Raw
		tree, wantErr := grammar(c.text)
		if wantErr == nil {
			want, _, wantErr = lower(tree, c.text, nil)
		}
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || !reflect.DeepEqual(got, want) {
			t.Errorf("%.60s ... %.30q: another tree, or error %v instead of %v", c.text, c.text[max(0, len(c.text)-30):], gotErr, wantErr)
		}
	}
}
