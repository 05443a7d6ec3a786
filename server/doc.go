// Package server listens and runs a state machine for each connection: startup,
// simple queries, the extended protocol, copies, cancel, limits, shutdown. What
// statements mean it leaves to a session.Engine.
package server
