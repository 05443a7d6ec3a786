// Package wire frames the Postgres protocol 3.0 (PostgreSQL 15 manual, chapter
// 55): it reads client messages with limits on every length and writes server
// messages into one buffer. It knows no statements and no sessions. It
// decodes the messages itself: the errors of malformed ones are PostgreSQL's.
//
// A Conn belongs to one goroutine.
package wire
