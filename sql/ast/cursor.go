package ast

import "math"

// FetchAll is the Count of FETCH ALL.
const FetchAll = math.MaxInt64

// ScrollMode is what DECLARE says of reading backwards.
type ScrollMode uint8

// The modes: nothing said, SCROLL, NO SCROLL.
const (
	ScrollDefault ScrollMode = iota
	Scroll
	NoScroll
)

// FetchDirection is how FETCH counts; a negative Count turns it round.
type FetchDirection uint8

// The directions.
const (
	FetchForward FetchDirection = iota
	FetchBackward
	FetchAbsolute
	FetchRelative
)

// Cursors of SQL.
type (
	// DeclareCursor is DECLARE name CURSOR FOR Query.
	DeclareCursor struct {
		stmtNode
		At
		Name   string
		Scroll ScrollMode
		Hold   bool
		Binary bool // a simple FETCH gives the binary format
		// Insensitive is said of it; every cursor here is.
		Insensitive bool
		Query       *Select
	}
	// Fetch is FETCH, or MOVE.
	Fetch struct {
		stmtNode
		At
		Name      string
		Direction FetchDirection
		Count     int64
		Move      bool
	}
	// CloseCursor is CLOSE name; "" is ALL.
	CloseCursor struct {
		stmtNode
		At
		Name string
	}
)
