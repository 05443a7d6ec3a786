package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/server/auth"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// Options of a server; zero values mean the defaults named.
type Options struct {
	MaxConnections int           // sessions at once; 0: 100
	Reserved       int           // of them for superusers only (superuser_reserved_connections)
	AuthTimeout    time.Duration // from connect to the end of authentication; 0: 60 s
	IdleTimeout    time.Duration // outside a transaction, where no idle_session_timeout is set; 0: none
	TLS            *tls.Config   // nil: TLS is refused; with ClientCAs clients must show certificates of them
	Cleartext      bool          // ask for passwords themselves, not for SCRAM, where TLS protects them
	Superuser      string        // the role that is always there
	Insecure       bool          // let roles without a password in from anywhere
	Logf           func(format string, args ...any)
}

// Server serves an engine. Its methods are safe for concurrent use.
type Server struct {
	engine  session.Engine
	opt     Options
	random  []byte // see mockKey
	binding []byte // of TLS channels, see auth.Binding

	// mu guards the set of connections and the listeners. Never held across I/O.
	mu struct {
		sync.Mutex
		conns     map[uint32]*conn
		listeners []net.Listener
		nextPID   uint32
		sessions  int
	}
	down atomic.Bool // Shutdown has been called; set while mu is held
	wg   sync.WaitGroup
}

// New returns a server; Serve starts it.
func New(e session.Engine, o Options) *Server {
	if o.MaxConnections == 0 {
		o.MaxConnections = 100
	}
	if o.AuthTimeout == 0 {
		o.AuthTimeout = time.Minute
	}
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	s := &Server{engine: e, opt: o, random: newRandom()}
	if o.TLS != nil && len(o.TLS.Certificates) > 0 {
		s.binding = auth.Binding(o.TLS.Certificates[0])
	}
	s.mu.conns = map[uint32]*conn{}
	return s
}

// Serve accepts connections until the listener fails or Shutdown is called, in
// which case it returns nil.
func (s *Server) Serve(ln net.Listener) error {
	s.mu.Lock()
	s.mu.listeners = append(s.mu.listeners, ln)
	s.mu.Unlock()
	for {
		c, err := ln.Accept()
		if err != nil {
			if s.closing() {
				return nil
			}
			if !passing(err) {
				return err
			}
			s.opt.Logf("accept: %v", err)
			time.Sleep(acceptPause)
			continue
		}
		k := s.register(c)
		if k == nil {
			_ = c.Close()
			continue
		}
		go func() {
			defer s.unregister(k)
			k.run()
		}()
	}
}

// acceptPause is how long Serve waits when the system cannot accept: usually
// because the process has no file descriptors left, which passes.
const acceptPause = 100 * time.Millisecond

// passing reports whether an error of Accept may go away by itself.
func passing(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED) ||
		errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM) || errors.Is(err, syscall.EINTR)
}

func (s *Server) closing() bool { return s.down.Load() }

// floodFactor bounds connections that have not authenticated yet: so many times
// MaxConnections may be open in all.
const floodFactor = 4

func (s *Server) register(nc net.Conn) *conn {
	var key [4]byte
	_, _ = rand.Read(key[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing() || len(s.mu.conns) >= floodFactor*s.opt.MaxConnections+16 {
		return nil
	}
	s.mu.nextPID++
	keepAlive(nc)
	k := newConn(s, nc, s.mu.nextPID, binary.BigEndian.Uint32(key[:]))
	s.mu.conns[k.pid] = k
	s.wg.Add(1)
	return k
}

func (s *Server) unregister(k *conn) {
	s.mu.Lock()
	delete(s.mu.conns, k.pid)
	if k.admitted {
		s.mu.sessions--
	}
	s.mu.Unlock()
	s.wg.Done()
}

// admit counts an authenticated session against the limit.
func (s *Server) admit(k *conn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing() {
		return shuttingDown()
	}
	if s.mu.sessions >= s.opt.MaxConnections {
		return tooMany("sorry, too many clients already")
	}
	s.mu.sessions++
	k.admitted = true
	return nil
}

// reserve holds the last slots back for superusers.
func (s *Server) reserve(k *conn) error {
	s.mu.Lock()
	left := s.opt.MaxConnections - s.mu.sessions
	s.mu.Unlock()
	if left < s.opt.Reserved && k.sess.Setting("is_superuser") != "on" {
		return tooMany("remaining connection slots are reserved for non-replication superuser connections")
	}
	return nil
}

func tooMany(text string) error {
	e := sqlerr.New(pgerrcode.TooManyConnections, "%s", text)
	e.Severity = "FATAL"
	return e
}

func shuttingDown() *sqlerr.Error {
	e := sqlerr.New(pgerrcode.AdminShutdown, "terminating connection due to administrator command")
	e.Severity = "FATAL"
	return e
}

// cancel ends the running statement of the connection that a CancelRequest
// names, if its key is right.
func (s *Server) cancel(pid, key uint32) {
	s.mu.Lock()
	k := s.mu.conns[pid]
	s.mu.Unlock()
	if k == nil || k.key != key {
		return
	}
	// The statement may still be on its way: a client that sends one and cancels it
	// at once means this one, and waits for the end of this connection.
	for range 10 {
		if k.interrupt(session.ErrCanceled) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Shutdown stops accepting, ends idle sessions at once, lets running statements
// finish until ctx ends, and then cancels them. It returns nil when all went.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.down.Store(true)
	for _, ln := range s.mu.listeners {
		_ = ln.Close()
	}
	conns := make([]*conn, 0, len(s.mu.conns))
	for _, k := range s.mu.conns {
		conns = append(conns, k)
		if !k.admitted {
			_ = k.nc.SetDeadline(time.Now()) // still at its startup: nothing is lost
		}
	}
	s.mu.Unlock()
	for _, k := range conns {
		k.wakeIfIdle()
	}
	gone := make(chan struct{})
	go func() { s.wg.Wait(); close(gone) }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	for _, k := range conns {
		k.interrupt(session.ErrShutdown)
		_ = k.nc.SetDeadline(time.Now().Add(time.Second))
	}
	select {
	case <-gone:
		return nil
	case <-time.After(3 * time.Second):
		return context.Cause(ctx)
	}
}
