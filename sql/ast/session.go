package ast

// LockWait says what to do about a lock that somebody else holds.
type LockWait uint8

// Waiting, NOWAIT and SKIP LOCKED.
const (
	LockBlock LockWait = iota
	LockNoWait
	LockSkip
)

// RowLock is one FOR UPDATE clause of a SELECT.
type RowLock struct {
	At
	Strength string // "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"
	Of       []Name // nil: all tables of FROM
	Wait     LockWait
}

// What one session says to others.
type (
	// Listen is LISTEN, or UNLISTEN with Stop; "" is UNLISTEN *.
	Listen struct {
		stmtNode
		Channel string
		Stop    bool
	}
	// Notify is NOTIFY.
	Notify struct {
		stmtNode
		Channel, Payload string
	}
	// CreateExtension is CREATE EXTENSION.
	CreateExtension struct {
		stmtNode
		At
		Name        string
		IfNotExists bool
		Options     []Option // schema, new_version, cascade
	}
)
