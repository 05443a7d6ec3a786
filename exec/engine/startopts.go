package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"
)

// startupOptions reads the command line that a client sends as "options" into
// settings, as process_postgres_switches of PostgreSQL's tcop/postgres.c does:
// -c name=value, --name=value, and the switches that stand for settings.
func startupOptions(text string, into map[string]string) error {
	words := optionWords(text)
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		switch {
		case w == "--":
			return badOption(words, "--")
		case strings.HasPrefix(w, "--"):
			if err := longOption(w, w[2:], into); err != nil {
				return err
			}
			continue
		case len(w) < 2 || w[0] != '-':
			return badOption(nil, w)
		}
		for at := 1; at < len(w); at++ {
			c := w[at]
			if c == 'e' {
				into["datestyle"] = "euro"
				continue
			}
			if c != 'c' && c != 'S' {
				return badOption(nil, w)
			}
			arg := w[at+1:]
			if arg == "" {
				if len(words) == 0 {
					return badOption(nil, w)
				}
				arg, words = words[0], words[1:]
			}
			if c == 'S' {
				into["work_mem"] = arg
			} else if err := longOption("-c "+arg, arg, into); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// longOption reads name=value; the name may have hyphens for its underscores.
func longOption(shown, arg string, into map[string]string) error {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return fatal(pgerrcode.SyntaxError, "%s requires a value", shown)
	}
	into[strings.ToLower(strings.ReplaceAll(name, "-", "_"))] = value
	return nil
}

// badOption is the error of the first of the words that are left, or of word.
func badOption(left []string, word string) error {
	if len(left) > 0 {
		word = left[0]
	}
	return fatal(pgerrcode.SyntaxError, "invalid command-line argument for server process: %s", word).
		WithHint(`Try "postgres --help" for more information.`)
}

// optionWords splits at white space; a backslash takes the next character as it
// is (pg_split_opts of PostgreSQL's utils/init/postinit.c).
func optionWords(text string) []string {
	var words []string
	for {
		text = strings.TrimLeft(text, " \t\n\r\v\f")
		if text == "" {
			return words
		}
		var cur strings.Builder
		i := 0
		for ; i < len(text) && !strings.ContainsRune(" \t\n\r\v\f", rune(text[i])); i++ {
			if text[i] == '\\' {
				if i++; i == len(text) {
					break
				}
			}
			cur.WriteByte(text[i])
		}
		words = append(words, cur.String())
		text = text[i:]
	}
}
