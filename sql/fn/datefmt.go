package fn

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// fmtNode is one node of a date template: a field or literal text.
type fmtNode struct {
	key  string // canonical upper case; "" for a literal
	as   string // the keyword as written, for its case
	text string // literal
	fm   bool   // FM: no padding
	th   byte   // 't' or 'T': ordinal suffix
}

// dateKeys are the keywords of formatting.c's DCH_keywords, longest first.
var dateKeys = func() []string {
	k := strings.Fields(`A.D. A.M. AD AM B.C. BC CC DAY DDD DD DY D FF1 FF2 FF3 FF4 FF5 FF6 FX HH24 HH12 HH IDDD ID IW IYYY IYY IY I
		J MI MM MONTH MON MS OF P.M. PM Q RM SSSSS SSSS SS TZH TZM TZ US WW W Y,YYY YYYY YYY YY Y`)
	sort.SliceStable(k, func(i, j int) bool { return len(k[i]) > len(k[j]) })
	return k
}()

// parseDateFmt cuts a template into nodes. Keywords are upper or lower case as a
// whole, or capitalised for names.
func parseDateFmt(f string) []fmtNode {
	var out []fmtNode
	for i := 0; i < len(f); {
		fm := false
		for i+2 <= len(f) {
			p := f[i : i+2]
			if p == "FM" || p == "fm" {
				fm = true
			} else if p != "TM" && p != "tm" {
				break
			}
			i += 2
		}
		if i >= len(f) {
			break
		}
		if key, as := dateKey(f[i:]); key != "" {
			i += len(as)
			n := fmtNode{key: key, as: as, fm: fm}
			if strings.HasPrefix(f[i:], "TH") {
				n.th = 'T'
				i += 2
			} else if strings.HasPrefix(f[i:], "th") {
				n.th = 't'
				i += 2
			}
			out = append(out, n)
			continue
		}
		switch {
		case f[i] == '"':
			var b strings.Builder
			for i++; i < len(f) && f[i] != '"'; i++ {
				if f[i] == '\\' && i+1 < len(f) {
					i++
				}
				b.WriteByte(f[i])
			}
			i++
			out = append(out, fmtNode{text: b.String()})
		case f[i] == '\\' && i+1 < len(f) && f[i+1] == '"':
			out = append(out, fmtNode{text: `"`})
			i += 2
		default:
			_, size := utf8.DecodeRuneInString(f[i:])
			out = append(out, fmtNode{text: f[i : i+size]})
			i += size
		}
	}
	return out
}

func dateKey(f string) (key, as string) {
	for _, k := range dateKeys {
		if len(f) < len(k) {
			continue
		}
		w := f[:len(k)]
		switch {
		case w == k, w == strings.ToLower(k):
			return k, w
		case (k == "DAY" || k == "DY" || k == "MONTH" || k == "MON") && w == k[:1]+strings.ToLower(k[1:]):
			return k, w
		}
	}
	return "", ""
}

var (
	monthNames = strings.Fields("January February March April May June July August September October November December")
	dayNames   = strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")
	romanMonth = strings.Fields("I II III IV V VI VII VIII IX X XI XII")
)
