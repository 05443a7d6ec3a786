// Package scram makes and knows the stored form of a password: a verifier of
// SCRAM-SHA-256 (RFC 5802, RFC 7677) as PostgreSQL writes it.
package scram

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xdg-go/stringprep"
)

const (
	mechanism  = "SCRAM-SHA-256"
	iterations = 4096 // SCRAM_DEFAULT_ITERATIONS of PostgreSQL
)

// NewVerifier makes the stored form of a password, as PostgreSQL writes it:
// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>.
func NewVerifier(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	stored, server, err := Keys(password, salt, iterations)
	if err != nil {
		return "", err
	}
	enc := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d:%s$%s:%s", mechanism, iterations, enc(salt), enc(stored), enc(server)), nil
}

// Keys are StoredKey and ServerKey of a password.
func Keys(password string, salt []byte, n int) (stored, server []byte, err error) {
	salted, err := pbkdf2.Key(sha256.New, prepared(password), salt, n, sha256.Size)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(mac(salted, "Client Key"))
	return sum[:], mac(salted, "Server Key"), nil
}

// The steps of SASLprep (RFC 4013) as PostgreSQL takes them (saslprep.c): what is
// prohibited is looked for before the letters are normalized.
var (
	mapped = stringprep.Profile{Mappings: stringprep.SASLprep.Mappings, Prohibits: stringprep.SASLprep.Prohibits,
		CheckBiDi: stringprep.SASLprep.CheckBiDi}
	normalized = stringprep.Profile{Normalize: true}
)

// prepared is a password after SASLprep. One that is ASCII stays as it is, and so
// does one with what SASLprep prohibits or what Unicode 3.2 did not have.
func prepared(p string) string {
	if isASCII(p) || !utf8.ValidString(p) {
		return p
	}
	m, err := mapped.Prepare(p)
	if err != nil || m == "" {
		return p
	}
	for _, r := range m {
		if stringprep.TableA1.Contains(r) {
			return p
		}
	}
	out, err := normalized.Prepare(m)
	if err != nil {
		return p
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// IsVerifier reports a text that is a verifier already.
func IsVerifier(text string) bool {
	parts := strings.Split(text, "$")
	if len(parts) != 3 || parts[0] != mechanism {
		return false
	}
	n, salt, ok1 := strings.Cut(parts[1], ":")
	stored, server, ok2 := strings.Cut(parts[2], ":")
	iters, err := strconv.Atoi(n)
	if err != nil || iters < 1 || !ok1 || !ok2 {
		return false
	}
	size := func(s string) int {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return -1
		}
		return len(b)
	}
	return size(salt) > 0 && size(stored) == sha256.Size && size(server) == sha256.Size
}
