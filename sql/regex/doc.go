// Package regex is PostgreSQL's advanced regular expressions: its syntax (also
// the extended, basic and literal flavours that options choose), its look-around
// and back references, and its rules for what a match and its parts are: the
// earliest start, then the longest or shortest text by the preference of the
// whole expression, then part by part from the left. See PostgreSQL's
// documentation, 9.7.3.5.
//
// An expression is parsed twice over at once: into a regular expression in the
// mathematical sense, which automata built on demand match in linear time, and
// into a tree of those parts whose extent matters (groups, back references,
// clashing preferences), by which a match is taken apart.
package regex

// Flags are the options of an expression.
type Flags uint16

// The options; the comments give PostgreSQL's letters. Zero is an advanced
// expression.
const (
	ICase    Flags = 1 << iota // i
	NLStop                     // p: . and [^ stop at newlines
	NLAnchor                   // w: ^ and $ match at newlines, too
	Expanded                   // x: blanks and comments do not count
	Quote                      // q: a plain string
	Extended                   // e: POSIX extended
	Basic                      // b: POSIX basic
	Unicode                    // classes and case know all letters, not only ASCII's

	Newline = NLStop | NLAnchor // n, m
)

// Error is a fault of an expression. The text is what PostgreSQL writes behind
// "invalid regular expression: ".
type Error string

func (e Error) Error() string { return string(e) }

// The faults.
const (
	errPattern  Error = "invalid regexp (reg version 0.8)"
	errCollate  Error = "invalid collating element"
	errClass    Error = "invalid character class"
	errEscape   Error = "invalid escape \\ sequence"
	errBackRef  Error = "invalid backreference number"
	errBracket  Error = "brackets [] not balanced"
	errParen    Error = "parentheses () not balanced"
	errBrace    Error = "braces {} not balanced"
	errCount    Error = "invalid repetition count(s)"
	errRange    Error = "invalid character range"
	errOperand  Error = "quantifier operand invalid"
	errOption   Error = "invalid embedded option"
	errTooLarge Error = "regular expression is too complex"
)
