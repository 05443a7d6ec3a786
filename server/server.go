package server

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"tagd/sql/session"
)

// Options configures a Server. The zero value serves loopback clients.
type Options struct {
	TLS            *tls.Config   // nil: SSLRequest is answered 'N'
	MaxConnections int           // 0: 1,000; more get 53300
	AuthTimeout    time.Duration // startup and authentication; 0: 60 s
	IdleTimeout    time.Duration // between messages of a client; 0: none
	Insecure       bool          // let roles without a password in from other hosts
	Logf           func(format string, args ...any)
}

// Server accepts Postgres clients and serves them from one engine.
type Server struct {
	engine session.Engine
	opt    Options
}

// New returns a server over e that is not yet listening.
func New(e session.Engine, o Options) *Server { return &Server{engine: e, opt: o} }

// Serve accepts connections from ln until Shutdown.
func (s *Server) Serve(ln net.Listener) error { return nil }

// Shutdown stops.
func (s *Server) Shutdown(ctx context.Context) error { return nil }
