package server

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// Listen listens on a TCP address. What Go would set for keep-alive probes is left
// to the system and to the settings of sessions.
func Listen(addr string) (net.Listener, error) {
	l := net.ListenConfig{KeepAlive: -1}
	return l.Listen(context.Background(), "tcp", addr)
}

// keepAlive has the system probe a connection, as PostgreSQL does.
func keepAlive(nc net.Conn) {
	if t, ok := nc.(*net.TCPConn); ok {
		_ = t.SetKeepAlive(true)
	}
}

// unix reports a connection over a socket of this machine.
func (k *conn) unix() bool { return k.nc.LocalAddr().Network() == "unix" }

// SetSocket sets an option of the connection's socket. See session.SocketHost.
func (k *conn) SetSocket(name string, value int) {
	t, ok := k.nc.(*net.TCPConn)
	if !ok {
		return // as with PostgreSQL there is nothing to set
	}
	if _, kept := k.sockets[name]; !kept {
		if k.sockets == nil {
			k.sockets = map[string]int{}
		}
		k.sockets[name] = socketOption(t, name)
	}
	if value == 0 {
		value = k.sockets[name]
	}
	if err := setSocketOption(t, name, value); err != nil {
		k.srv.Logf("setting %s of connection %d: %v", name, k.pid, err)
	}
}

// Socket is an option of the connection's socket, 0 where there is none. See
// session.SocketHost.
func (k *conn) Socket(name string) int {
	if t, ok := k.nc.(*net.TCPConn); ok {
		return socketOption(t, name)
	}
	return 0
}

var _ session.SocketHost = (*conn)(nil)

// errGone ends the statement of a client that is not there any more.
var errGone = func() error {
	e := sqlerr.New(pgerrcode.ConnectionFailure, "connection to client lost")
	e.Severity = "FATAL"
	return e
}()

// watch looks every so often whether the client is still there while a message is
// worked on (client_connection_check_interval); stop ends that. Nil: it does not.
func (k *conn) watch() (stop func()) {
	every := k.idleLimits().check
	if every <= 0 {
		return nil
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if gone(k.nc) {
					k.interrupt(errGone)
					return
				}
			}
		}
	}()
	return func() { close(done) }
}
