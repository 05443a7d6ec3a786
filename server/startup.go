package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/server/wire"
	"tagd/sql/sqlerr"
)

// reported are the settings that clients are told of at startup (PostgreSQL 15
// manual, 55.2.7).
var reported = []string{"application_name", "client_encoding", "DateStyle", "default_transaction_read_only",
	"in_hot_standby", "integer_datetimes", "IntervalStyle", "is_superuser", "server_encoding", "server_version",
	"session_authorization", "standard_conforming_strings", "TimeZone"}

// errDone ends a connection that has nothing more to say.
var errDone = errors.New("nothing more to say")

// startup goes from the first byte to the first ReadyForQuery.
func (k *conn) startup() error {
	noTLS, noGSS := false, false
	for {
		s, err := k.w.ReadStartup(noTLS, noGSS)
		if err == wire.ErrHTTP {
			k.w.RefuseHTTP()
			return err
		}
		if err != nil {
			return err
		}
		switch s.Kind {
		case wire.StartTLS:
			noTLS, noGSS = true, k.srv.opt.TLS != nil && !k.unix()
			err = k.startTLS()
		case wire.StartGSS:
			noTLS, noGSS = false, true
			err = k.w.Answer('N')
		case wire.StartCancel:
			k.srv.cancel(s.PID, s.Key)
			return errDone // nothing is answered: the connection just closes
		default:
			return k.startSession(s)
		}
		if err != nil {
			return err
		}
	}
}

// replication refuses what asks for a stream of the log, which tagd does not have.
func replication(v string) error {
	var e *sqlerr.Error
	switch strings.ToLower(v) {
	case "", "false", "off", "no", "0", "f", "n":
		return nil
	case "database", "true", "on", "yes", "1", "t", "y":
		e = sqlerr.Unsupported(-1, "replication connections are not supported")
	default:
		e = sqlerr.New(pgerrcode.InvalidParameterValue, "invalid value for parameter \"replication\": \"%s\"", v).
			WithHint("Valid values are: \"false\", 0, \"true\", 1, \"database\".")
	}
	e.Severity = "FATAL"
	return e
}

func (k *conn) startTLS() error {
	if k.srv.opt.TLS == nil || k.unix() {
		return k.w.Answer('N')
	}
	if k.w.Buffered() {
		// Bytes sent before the handshake could have been put there by another
		// (CVE-2021-23214).
		return fatalProtocol("received unencrypted data after SSL request")
	}
	if err := k.w.Answer('S'); err != nil {
		return err
	}
	t := tls.Server(k.nc, k.srv.opt.TLS)
	if err := t.Handshake(); err != nil {
		return err
	}
	k.tls = t
	k.w.Secure(t)
	return nil
}

func (k *conn) startSession(s *wire.Startup) error {
	if s.Minor > 0 || len(s.Unknown) > 0 {
		k.w.Negotiate(s.Unknown)
	}
	user := s.Params["user"]
	if user == "" {
		return sqlerr.New(pgerrcode.InvalidAuthorizationSpecification, "no PostgreSQL user name specified in startup packet")
	}
	if s.Params["database"] == "" {
		s.Params["database"] = user
	}
	if err := replication(s.Params["replication"]); err != nil {
		return err
	}
	if err := k.authenticate(user); err != nil {
		return err
	}
	if err := k.srv.admit(k); err != nil {
		return err
	}
	k.w.AuthOK()
	sess, err := k.srv.engine.Connect(context.Background(), s.Params, k)
	if err != nil {
		return err
	}
	k.sess = sess
	if err := k.srv.reserve(k); err != nil {
		return err
	}
	k.clientEncoding(sess.Setting("client_encoding"))
	k.w.Authenticated()
	k.told = make(map[string]string, len(reported))
	for _, name := range reported {
		k.told[name] = sess.Setting(name)
		k.w.Parameter(name, k.told[name])
	}
	clear(k.changed)
	k.w.KeyData(k.pid, k.key)
	k.w.Ready(sess.Tx())
	return k.w.Flush()
}

func (k *conn) local() bool {
	host, _, err := net.SplitHostPort(k.nc.RemoteAddr().String())
	if err != nil {
		return k.nc.RemoteAddr().Network() == "unix"
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
