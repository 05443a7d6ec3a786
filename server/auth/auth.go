// Package auth proves who a client is: SCRAM-SHA-256 and SCRAM-SHA-256-PLUS
// (RFC 5802, RFC 7677, with tls-server-end-point of RFC 5929) against the verifier
// that a role has stored, or a password that came through TLS against it.
package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/xdg-go/scram"

	verifier "tagd/sql/scram"
)

// The SASL mechanisms: Plus is offered where the channel can be bound.
const (
	Mechanism = "SCRAM-SHA-256"
	Plus      = "SCRAM-SHA-256-PLUS"
)

const iterations = 4096 // SCRAM_DEFAULT_ITERATIONS of PostgreSQL

// The reasons why an exchange fails, beside a wrong password.
var (
	ErrPassword  = errors.New("wrong password")
	ErrMalformed = errors.New("malformed SCRAM message")
	ErrDowngrade = errors.New("the client does not know that the server binds channels: somebody may have cut the offer")
	ErrBinding   = errors.New("the client sees another certificate")
)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Secret is what a client proves to know.
type Secret struct {
	cred  scram.StoredCredentials
	known bool
}

// NewSecret reads a verifier. Without a usable one (an unknown role, one without
// a password, an md5 hash) the secret is one that nothing proves: the exchange
// goes the same way, does the same work and fails at its end, and the salt that
// the client sees stays the same for a role, by mock, a key of the server.
func NewSecret(verifier, role string, mock []byte) *Secret {
	c, err := parseVerifier(verifier)
	if err == nil {
		return &Secret{c, true}
	}
	c.Salt = string(mac(mock, "salt of "+role)[:16])
	c.Iters = iterations
	c.StoredKey, c.ServerKey = mac(mock, "stored key of "+role), mac(mock, "server key of "+role)
	return &Secret{c, false}
}

func parseVerifier(v string) (c scram.StoredCredentials, err error) {
	parts := strings.Split(v, "$")
	if len(parts) != 3 || parts[0] != Mechanism {
		return c, errors.New("not a SCRAM-SHA-256 verifier")
	}
	iters, salt, ok1 := strings.Cut(parts[1], ":")
	stored, server, ok2 := strings.Cut(parts[2], ":")
	n, err := strconv.Atoi(iters)
	if err != nil || !ok1 || !ok2 || n < 1 {
		return c, errors.New("malformed SCRAM-SHA-256 verifier")
	}
	rawSalt, err1 := base64.StdEncoding.DecodeString(salt)
	rawStored, err2 := base64.StdEncoding.DecodeString(stored)
	rawServer, err3 := base64.StdEncoding.DecodeString(server)
	c.Salt, c.Iters, c.StoredKey, c.ServerKey = string(rawSalt), n, rawStored, rawServer
	return c, errors.Join(err1, err2, err3)
}

// Password reports whether a password is the one. It takes the same time for all.
func (s *Secret) Password(password string) bool {
	stored, _, err := verifier.Keys(password, []byte(s.cred.Salt), s.cred.Iters)
	same := hmac.Equal(stored, s.cred.StoredKey)
	return err == nil && same && s.known
}

// Binding is the data of tls-server-end-point for a server's certificate; nil
// where the certificate is signed in a way that has none.
func Binding(cert tls.Certificate) []byte {
	leaf := cert.Leaf
	if leaf == nil {
		var err error
		if leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return nil
		}
	}
	b, err := scram.NewTLSServerEndpointBinding(&tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}})
	if err != nil {
		return nil
	}
	return b.Data
}

// Conversation is one SCRAM exchange.
type Conversation struct {
	conv  *scram.ServerConversation
	known bool
	first bool
	plus  bool
	bound bool
}

// NewConversation starts an exchange in a mechanism that was offered. binding is
// that of the channel, nil where there is none.
func (s *Secret) NewConversation(mechanism string, binding []byte) (*Conversation, error) {
	srv, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return s.cred, nil })
	if err != nil {
		return nil, err
	}
	c := &Conversation{known: s.known, first: true, plus: mechanism == Plus, bound: binding != nil}
	if binding == nil {
		c.conv = srv.NewConversation()
	} else {
		c.conv = srv.NewConversationWithChannelBinding(scram.ChannelBinding{Type: scram.ChannelBindingTLSServerEndpoint, Data: binding})
	}
	return c, nil
}

// Step answers a client message; done tells that the exchange is complete. An
// error, one of the above, means that the client is not who it says.
func (c *Conversation) Step(msg []byte) (reply []byte, done bool, err error) {
	first := c.first
	c.first = false
	if first {
		switch {
		case len(msg) == 0, (msg[0] == 'p') != c.plus:
			return nil, true, ErrMalformed
		case msg[0] == 'y' && c.bound:
			return nil, true, ErrDowngrade
		}
	}
	text, err := c.conv.Step(string(msg))
	switch {
	case err != nil && text == scram.ErrChannelBindingsDontMatch:
		return nil, true, ErrBinding
	case err != nil && first:
		return nil, true, ErrMalformed
	case err != nil, c.conv.Done() && (!c.conv.Valid() || !c.known):
		return nil, true, ErrPassword
	}
	return []byte(text), c.conv.Done(), nil
}
