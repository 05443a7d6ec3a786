// Package auth proves who a client is: SCRAM-SHA-256 (RFC 5802, RFC 7677) against
// the verifier that a role has stored.
package auth

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xdg-go/scram"
)

// Mechanism is the SASL mechanism offered.
const Mechanism = "SCRAM-SHA-256"

const iterations = 4096 // SCRAM_DEFAULT_ITERATIONS of PostgreSQL

// NewVerifier makes the stored form of a password, as PostgreSQL writes it:
// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>.
func NewVerifier(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", err
	}
	client := mac(salted, "Client Key")
	stored := sha256.Sum256(client)
	enc := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d:%s$%s:%s", Mechanism, iterations, enc(salt), enc(stored[:]), enc(mac(salted, "Server Key"))), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
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

// Conversation is one SCRAM exchange.
type Conversation struct {
	conv  *scram.ServerConversation
	known bool
}

// NewConversation starts an exchange against a verifier. Without one (an unknown
// role, or one without a password) the exchange goes the same way and fails at
// its end, so that it tells nothing about roles.
func NewConversation(verifier string) (*Conversation, error) {
	known := verifier != ""
	if !known {
		secret := make([]byte, 18)
		if _, err := rand.Read(secret); err != nil {
			return nil, err
		}
		v, err := NewVerifier(base64.StdEncoding.EncodeToString(secret))
		if err != nil {
			return nil, err
		}
		verifier = v
	}
	cred, err := parseVerifier(verifier)
	if err != nil {
		return nil, err
	}
	srv, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return cred, nil })
	if err != nil {
		return nil, err
	}
	return &Conversation{srv.NewConversation(), known}, nil
}

// Step answers a client message; done tells that the exchange is complete. An
// error means that the client is not who it says.
func (c *Conversation) Step(msg []byte) (reply []byte, done bool, err error) {
	text, err := c.conv.Step(string(msg))
	if err != nil {
		return nil, false, err
	}
	if c.conv.Done() && (!c.conv.Valid() || !c.known) {
		return nil, true, errors.New("wrong password")
	}
	return []byte(text), c.conv.Done(), nil
}
