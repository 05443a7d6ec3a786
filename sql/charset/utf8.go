package charset

import "unicode/utf8"

// CheckUTF8 returns 22021 for text that is not UTF-8 or has a zero byte.
func CheckUTF8(s string) error {
	ascii := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || c == 0 {
			ascii = false
			break
		}
	}
	if ascii {
		return nil
	}
	for i := 0; i < len(s); {
		if s[i] == 0 {
			return invalid("UTF8", []byte{0})
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return invalid("UTF8", []byte(s[i:min(len(s), i+seqLen(s[i]))]))
		}
		i += n
	}
	return nil
}

// seqLen is pg_utf_mblen: the length that a first byte announces.
func seqLen(c byte) int {
	switch {
	case c&0xe0 == 0xc0:
		return 2
	case c&0xf0 == 0xe0:
		return 3
	case c&0xf8 == 0xf0:
		return 4
	}
	return 1
}
