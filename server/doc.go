// Package server speaks the Postgres protocol 3.0 with clients: the listener,
// one goroutine per connection with its state machine (startup, simple query,
// extended query, copy), cancel keys, limits and shutdown. It knows statements
// only as sql/session shows them.
package server
