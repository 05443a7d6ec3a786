// Package wire frames the Postgres protocol 3.0 (PostgreSQL 15 manual, chapter
// 55): it reads client messages with limits on every length and writes server
// messages into one buffer. It knows no statements and no sessions. It is the
// only importer of pgproto3, whose decoders read the message bodies.
//
// A Conn belongs to one goroutine.
package wire
