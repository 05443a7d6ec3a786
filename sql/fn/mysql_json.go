package fn

import (
	"encoding/json"
	"strings"
)

// unquoteJSON gives the text of a JSON string; other texts stay as they are.
func unquoteJSON(s string) string {
	if !strings.HasPrefix(s, `"`) || !strings.HasSuffix(s, `"`) {
		return s
	}
	var out string
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return s
	}
	return out
}
