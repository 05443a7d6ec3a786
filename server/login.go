package server

import (
	"bytes"
	"crypto/rand"
	"errors"

	"github.com/jackc/pgerrcode"

	"tagd/server/auth"
	"tagd/server/wire"
	"tagd/sql/sqlerr"
)

// authenticate demands a client certificate where the server has a list of
// authorities, and the role's password. A role without a password may come in
// from this machine.
func (k *conn) authenticate(user string) error {
	if err := k.certificate(user); err != nil {
		return err
	}
	verifier, known := k.srv.engine.Verifier(user)
	if verifier == "" && (k.local() || k.srv.opt.Insecure) && (known || k.srv.open()) {
		return nil // Connect tells of a role that is not there
	}
	secret := auth.NewSecret(verifier, user, k.srv.mockKey())
	if k.tls != nil && k.srv.opt.Cleartext {
		return k.cleartext(user, secret)
	}
	return k.scram(user, secret)
}

// open reports whether the superuser has no password: then whoever reaches the
// server may know which roles there are.
func (s *Server) open() bool {
	v, _ := s.engine.Verifier(s.opt.Superuser)
	return v == ""
}

// mockKey is what the answers for unknown roles are made from. It stays the same
// from one start of the server to the next while the superuser's password does.
func (s *Server) mockKey() []byte {
	if v, _ := s.engine.Verifier(s.opt.Superuser); v != "" {
		return []byte(v)
	}
	return s.random
}

// newRandom is a key for the life of a server.
func newRandom() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return b
}

// certificate holds a TLS client to clientcert=verify-full of PostgreSQL's
// pg_hba.conf, where authorities were given: one of them has signed its
// certificate, whose common name is the role's.
func (k *conn) certificate(user string) error {
	if k.tls == nil || k.srv.opt.TLS.ClientCAs == nil {
		return nil
	}
	certs := k.tls.ConnectionState().PeerCertificates
	if len(certs) == 0 {
		return sqlerr.New(pgerrcode.InvalidAuthorizationSpecification, "connection requires a valid client certificate")
	}
	if name := certs[0].Subject.CommonName; name != user {
		k.srv.Logf("the certificate of %q was used for the role %q", name, user)
		return refused(user)
	}
	return nil
}

// refused is the one answer to all who do not prove to be a role.
func refused(user string) error {
	return sqlerr.New(pgerrcode.InvalidPassword, "password authentication failed for user \"%s\"", user)
}

// cleartext asks for the password itself, for clients that have no SCRAM.
func (k *conn) cleartext(user string, secret *auth.Secret) error {
	k.w.AuthCleartext()
	m, err := k.password()
	if err != nil {
		return err
	}
	word, _, ended := bytes.Cut(m.Data, []byte{0})
	switch {
	case !ended:
		return fatalProtocol("invalid password packet size")
	case len(word) == 0:
		return sqlerr.New(pgerrcode.InvalidPassword, "empty password returned by client")
	case !secret.Password(string(word)):
		return refused(user)
	}
	return nil
}

// password flushes a question and reads its answer.
func (k *conn) password() (wire.Password, error) {
	if err := k.w.Flush(); err != nil {
		return wire.Password{}, err
	}
	m, err := k.w.Receive()
	if err != nil {
		return wire.Password{}, err
	}
	p, ok := m.(wire.Password)
	if !ok {
		return p, fatalProtocol("expected SASL response, got message type %d", k.w.Last())
	}
	return p, nil
}

// scram runs SCRAM-SHA-256, over TLS also with the channel bound.
func (k *conn) scram(user string, secret *auth.Secret) error {
	offer := []string{auth.Mechanism}
	var binding []byte
	if k.tls != nil {
		if binding = k.srv.binding; binding != nil {
			offer = []string{auth.Plus, auth.Mechanism}
		}
	}
	k.w.AuthSASL(offer...)
	p, err := k.password()
	if err != nil {
		return err
	}
	mechanism, data, ok := p.SASL()
	if !ok {
		return fatalProtocol("invalid message format")
	}
	if mechanism != auth.Mechanism && (mechanism != auth.Plus || binding == nil) {
		return fatalProtocol("client selected an invalid SASL authentication mechanism")
	}
	c, err := secret.NewConversation(mechanism, binding)
	if err != nil {
		return err
	}
	for {
		reply, done, err := c.Step(data)
		switch {
		case err != nil:
			return scramError(err, user)
		case done:
			k.w.AuthSASLFinal(reply)
			return nil
		}
		k.w.AuthSASLContinue(reply)
		if p, err = k.password(); err != nil {
			return err
		}
		data = p.Data
	}
}

func scramError(err error, user string) error {
	switch {
	case errors.Is(err, auth.ErrDowngrade):
		return sqlerr.New(pgerrcode.InvalidAuthorizationSpecification, "SCRAM channel binding negotiation error").
			WithDetail("The client supports SCRAM channel binding but thinks the server does not.  However, this server does support channel binding.")
	case errors.Is(err, auth.ErrBinding):
		return sqlerr.New(pgerrcode.InvalidAuthorizationSpecification, "SCRAM channel binding check failed")
	case errors.Is(err, auth.ErrMalformed):
		return fatalProtocol("malformed SCRAM message")
	}
	return refused(user)
}
