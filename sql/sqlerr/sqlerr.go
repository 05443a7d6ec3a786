// Package sqlerr is the error of SQL: born with its SQLSTATE where it happens.
//
// Every error that a client may see is an *Error. An error without a code that
// reaches the wire becomes XX000 and is logged there as a bug. Names of codes
// come from github.com/jackc/pgerrcode, which any package may import.
package sqlerr

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"
)

// Error is one error or notice as the Postgres protocol carries it. Errors are
// immutable once returned; the With methods are for the line that creates them.
type Error struct {
	Severity string // "ERROR" (also when empty), "FATAL", "PANIC", or for notices "NOTICE", "WARNING", "INFO"
	Code     string // SQLSTATE, five characters
	Message  string // lower case, without a full stop
	Detail   string
	Hint     string
	Where    string // context, e.g. `COPY tags, line 7, column age: "abc"`
	Pos      int    // 1-based byte offset into the statement text; 0: none yet, negative: none for good
	// The place in a text that the client has not sent, as a block of PL/pgSQL runs it:
	// InternalPos is like Pos, in InternalQuery.
	InternalPos   int
	InternalQuery string
	Schema        string
	Table         string
	Column        string
	DataType      string
	Constraint    string
	Routine       string // the function of PostgreSQL's source, where a client goes by it
	Object        uint32 // OID of the table or the type that Schema is to be named after; 0: none
	Cause         error  // what lies under it, for errors.Is and the log; may be nil
}

// New returns an error without a position.
func New(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// At returns an error at a 0-based byte offset in the statement text; a
// negative offset means that the place is not known.
func At(off int, code, format string, args ...any) *Error {
	e := New(code, format, args...)
	if off >= 0 {
		e.Pos = off + 1
	}
	return e
}

// Unsupported is 0A000 at a 0-based byte offset (negative: unknown).
func Unsupported(off int, format string, args ...any) *Error {
	return At(off, pgerrcode.FeatureNotSupported, format, args...)
}

// Notice returns a notice (severity NOTICE, code 00000).
func Notice(format string, args ...any) *Error {
	e := New(pgerrcode.SuccessfulCompletion, format, args...)
	e.Severity = "NOTICE"
	return e
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Cause }

// WithDetail sets the DETAIL and returns e.
func (e *Error) WithDetail(format string, args ...any) *Error {
	e.Detail = fmt.Sprintf(format, args...)
	return e
}

// WithHint sets the HINT and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithWhere sets the CONTEXT and returns e.
func (e *Error) WithWhere(format string, args ...any) *Error {
	e.Where = fmt.Sprintf(format, args...)
	return e
}

// WithCause sets the error that lies under e and returns e.
func (e *Error) WithCause(err error) *Error {
	e.Cause = err
	return e
}

// AtIfNone returns e with the 0-based byte offset off unless e has a position
// already; e itself is not changed.
func (e *Error) AtIfNone(off int) *Error {
	if e.Pos != 0 || off < 0 {
		return e
	}
	c := *e
	c.Pos = off + 1
	return &c
}

// Code returns the SQLSTATE of err, XX000 if it has none, "" for nil.
func Code(err error) string {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// From returns err as an *Error; one that carries no code becomes XX000.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(pgerrcode.InternalError, "%s", err.Error()).WithCause(err)
}

// CharPos turns a 1-based byte offset in text into the 1-based character
// position that the protocol wants; 0 stays 0, offsets past the end are clipped.
func CharPos(text string, pos int) int {
	if pos <= 0 {
		return 0
	}
	if pos > len(text)+1 {
		pos = len(text) + 1
	}
	return utf8.RuneCountInString(text[:pos-1]) + 1
}
