package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"time"

	"github.com/spf13/pflag"
)

// tlsFlags say how connections are encrypted.
type tlsFlags struct {
	cert, key, ca       string
	generate, cleartext bool
}

func (f *tlsFlags) register(fl *pflag.FlagSet) {
	fl.StringVar(&f.cert, "tls-cert", "", "TLS certificate (PEM)")
	fl.StringVar(&f.key, "tls-key", "", "TLS private key (PEM)")
	fl.BoolVar(&f.generate, "tls-generate", false, "make a certificate for itself where there is none yet, kept beside the data file (.crt, .key)")
	fl.StringVar(&f.ca, "tls-ca", "", "authorities (PEM): TLS clients must show a certificate of theirs whose common name is the role")
	fl.BoolVar(&f.cleartext, "tls-cleartext", false, "ask TLS clients for the password itself, for those that do not know SCRAM")
}

// on reports whether connections can be encrypted.
func (f *tlsFlags) on() bool { return f.generate || f.cert != "" || f.key != "" }

// config reads what the flags name; nil: no TLS.
func (f *tlsFlags) config(data, host string) (*tls.Config, error) {
	cert, key := f.cert, f.key
	switch {
	case f.generate && (cert != "" || key != ""):
		return nil, errors.New("--tls-generate does not go with --tls-cert and --tls-key")
	case f.generate:
		cert, key = data+".crt", data+".key"
		if err := generate(cert, key, host); err != nil {
			return nil, fmt.Errorf("--tls-generate: %w", err)
		}
	case cert == "" && key == "":
		if f.ca != "" || f.cleartext {
			return nil, errors.New("--tls-ca and --tls-cleartext need a certificate: --tls-cert and --tls-key, or --tls-generate")
		}
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if f.ca == "" {
		return c, nil
	}
	text, err := os.ReadFile(f.ca)
	if err != nil {
		return nil, fmt.Errorf("--tls-ca: %w", err)
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--tls-ca: no certificate in %s", f.ca)
	}
	c.ClientAuth = tls.VerifyClientCertIfGiven // a CancelRequest comes without
	return c, nil
}

// years is how long a certificate that nobody looks after is valid.
const years = 10

// generate makes a self-signed certificate and its key, unless they are there.
func generate(certFile, keyFile, host string) error {
	_, err1 := os.Stat(certFile)
	_, err2 := os.Stat(keyFile)
	if err1 == nil && err2 == nil {
		return nil
	}
	if err := errors.Join(err1, err2); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "tagd"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(years, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if name, err := os.Hostname(); err == nil {
		t.DNSNames = append(t.DNSNames, name)
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() && !ip.IsLoopback() {
		t.IPAddresses = append(t.IPAddresses, ip)
	} else if ip == nil && host != "localhost" && host != "" {
		t.DNSNames = append(t.DNSNames, host)
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}
