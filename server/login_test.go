package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"

	"tagd/sql/scram"
)

// authority signs certificates and writes them to files.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.sign(t, "ca", true)
	return a
}

// sign makes the certificate of a name, in NAME.crt and NAME.key.
func (a *authority) sign(t *testing.T, name string, ca bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: ca, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	parent, by := tmpl, key
	if !ca {
		parent, by = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := x509.MarshalECPrivateKey(key)
	for file, b := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "EC PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(filepath.Join(a.dir, name+file), pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func (a *authority) config(t *testing.T) *tls.Config {
	a.sign(t, "server", false)
	pair, err := tls.LoadX509KeyPair(filepath.Join(a.dir, "server.crt"), filepath.Join(a.dir, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

// twoRoles have the password "secret".
func twoRoles(t *testing.T) *fakeEngine {
	v, err := scram.NewVerifier("secret")
	if err != nil {
		t.Fatal(err)
	}
	return &fakeEngine{verifier: map[string]string{"tagd": v, "u": v, "old": "md5" + strings.Repeat("0", 32)}}
}

// TestLibpq logs in with libpq, which binds channels and shows certificates.
func TestLibpq(t *testing.T) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		if os.Getenv("TAGD_CI") != "" {
			t.Fatal(err)
		}
		t.Skip("psql is not installed")
	}
	a := newAuthority(t)
	a.sign(t, "u", false)
	withCA := a.config(t)
	withCA.ClientCAs, withCA.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
	withCA.ClientCAs.AddCert(a.cert)
	_, plain := start(t, twoRoles(t), Options{Superuser: "tagd"})
	_, secure := start(t, twoRoles(t), Options{Superuser: "tagd", TLS: a.config(t)})
	_, clear := start(t, twoRoles(t), Options{Superuser: "tagd", TLS: a.config(t), Cleartext: true})
	_, certs := start(t, twoRoles(t), Options{Superuser: "tagd", TLS: withCA})
	cert := " sslcert=" + filepath.Join(a.dir, "u.crt") + " sslkey=" + filepath.Join(a.dir, "u.key")
	for _, c := range []struct{ addr, conninfo, want string }{
		{secure, "user=u password=secret channel_binding=require sslmode=require", ""},
		{secure, "user=u password=secret channel_binding=disable sslmode=require", ""},
		{secure, "user=u password=wrong channel_binding=require sslmode=require", `FATAL:  password authentication failed for user "u"`},
		{secure, "user=nobody password=wrong channel_binding=require sslmode=require", `FATAL:  password authentication failed for user "nobody"`},
		{secure, "user=old password=x sslmode=require", `FATAL:  password authentication failed for user "old"`},
		{plain, "user=u password=secret", ""},
		{plain, "user=u password=secret channel_binding=require", "channel binding"},
		{plain, "user=nobody password=secret", `FATAL:  password authentication failed for user "nobody"`},
		{clear, "user=u password=secret sslmode=require", ""},
		{clear, "user=u password=wrong sslmode=require", `FATAL:  password authentication failed for user "u"`},
		{clear, "user=nobody password=wrong sslmode=require", `FATAL:  password authentication failed for user "nobody"`},
		{clear, "user=u password=secret channel_binding=require sslmode=require", "channel binding"},
		{clear, "user=u password=secret sslmode=disable", ""},
		{certs, "user=u password=secret sslmode=require" + cert, ""},
		{certs, "user=u password=wrong sslmode=require" + cert, "password authentication failed"},
		{certs, "user=tagd password=secret sslmode=require" + cert, "password authentication failed"},
		{certs, "user=u password=secret sslmode=require", "FATAL:  connection requires a valid client certificate"},
	} {
		host, port, _ := net.SplitHostPort(c.addr)
		cmd := exec.Command(psql, "-X", "-c", "nothing", "dbname=tagd host="+host+" port="+port+" "+c.conninfo)
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if (err == nil) != (c.want == "") || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v %s, want %q", c.conninfo, err, out, c.want)
		}
	}
}

// saslStart sends a first SASL answer and returns what comes back.
func saslStart(t *testing.T, addr, user, mechanism, data string, secure bool) string {
	t.Helper()
	c := dial(t, addr)
	if secure {
		c.send(t, &pgproto3.SSLRequest{})
		one := make([]byte, 1)
		if _, err := c.Read(one); err != nil || one[0] != 'S' {
			t.Fatalf("%q, %v", one, err)
		}
		tc := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
		c.Conn, c.fe = tc, pgproto3.NewFrontend(pgproto3.NewChunkReader(tc), tc)
	}
	c.send(t, &pgproto3.StartupMessage{ProtocolVersion: 3 << 16, Parameters: map[string]string{"user": user}})
	first := show(c.recv(t))
	c.send(t, &pgproto3.SASLInitialResponse{AuthMechanism: mechanism, Data: []byte(data)})
	return first + " " + show(c.recv(t))
}

// TestSASL holds what odd exchanges are told.
func TestSASL(t *testing.T) {
	a := newAuthority(t)
	_, plain := start(t, twoRoles(t), Options{Superuser: "tagd"})
	_, secure := start(t, twoRoles(t), Options{Superuser: "tagd", TLS: a.config(t)})
	for _, c := range []struct {
		addr, mechanism, data, want string
		secure                      bool
	}{
		{plain, "SCRAM-SHA-256", "n,,n=,r=abcdefghijklmnop", "abcdefghijklmnop", false},
		{plain, "SCRAM-SHA-256", "y,,n=,r=abcdefghijklmnop", "abcdefghijklmnop", false},
		{plain, "SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=abc", "08P01 at 0: client selected an invalid SASL authentication mechanism", false},
		{plain, "PLAIN", "x", "08P01 at 0: client selected an invalid SASL authentication mechanism", false},
		{plain, "SCRAM-SHA-256", "", "malformed SCRAM message", false},
		{plain, "SCRAM-SHA-256", "n,,", "malformed SCRAM message", false},
		{secure, "SCRAM-SHA-256", "y,,n=,r=abcdefghijklmnop", "28000 at 0: SCRAM channel binding negotiation error", true},
		{secure, "SCRAM-SHA-256-PLUS", "n,,n=,r=abcdefghijklmnop", "malformed SCRAM message", true},
		{secure, "SCRAM-SHA-256", "p=tls-server-end-point,,n=,r=abc", "malformed SCRAM message", true},
		{secure, "SCRAM-SHA-256-PLUS", "p=tls-unique,,n=,r=abcdefghijklmnop", "malformed SCRAM message", true},
	} {
		got := saslStart(t, c.addr, "u", c.mechanism, c.data, c.secure)
		if !strings.Contains(got, c.want) || strings.Contains(got, "SCRAM-SHA-256-PLUS") != c.secure {
			t.Errorf("%s %q: %s, want %q", c.mechanism, c.data, got, c.want)
		}
	}
}

// TestUnknownRole holds that a role that is not there shows the same salt each
// time, as one that is.
func TestUnknownRole(t *testing.T) {
	_, addr := start(t, twoRoles(t), Options{Superuser: "tagd"})
	salt := func(user string) string {
		got := saslStart(t, addr, user, "SCRAM-SHA-256", "n,,n=,r=abcdefghijklmnop", false)
		_, rest, ok := strings.Cut(got, ",s=")
		if !ok {
			t.Fatal(got)
		}
		return rest
	}
	for _, user := range []string{"u", "nobody", "old"} {
		if a, b := salt(user), salt(user); a != b {
			t.Errorf("%s: %s and %s", user, a, b)
		}
	}
	if salt("nobody") == salt("nobody2") {
		t.Error("all unknown roles have one salt")
	}
}
