package storage

import (
	"fmt"

	"tagd/storage/page"
)

// describe puts a page of a column into words.
func describe(p []byte) string {
	kind, body, err := page.Open(p)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%v, %d bytes of body", kind, len(body))
}
