package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// notByUs is a 0A000 that PostgreSQL answers, too: there it has no position.
func notByUs(format string, args ...any) *sqlerr.Error {
	e := sqlerr.New(pgerrcode.FeatureNotSupported, format, args...)
	e.Pos = -1
	return e
}

// room refuses a value of so many bytes, or more than a query may hold.
func (c *Ctx) room(n int) error {
	if n >= maxText {
		return errTooLarge()
	}
	return nil
}

// bigValue is the size from which on the values of a batch are counted.
const bigValue = 1 << 16

// hold refuses values of so many bytes together if the query may not hold them
// beside what it holds already.
func (c *Ctx) hold(bytes int64) error {
	if c == nil || c.Mem == nil {
		return nil
	}
	if err := c.Mem.Add(bytes); err != nil {
		return err
	}
	return c.Mem.Add(-bytes)
}
