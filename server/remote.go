package server

import (
	"crypto/tls"
	"net"
	"strconv"
	"strings"

	"tagd/sql/session"
)

// Remote is where the client is. See session.RemoteHost.
func (k *conn) Remote() session.Remote {
	var out session.Remote
	if host, port, err := net.SplitHostPort(k.nc.RemoteAddr().String()); err == nil {
		out.Addr = host
		out.Port, _ = strconv.Atoi(port)
	}
	if host, port, err := net.SplitHostPort(k.nc.LocalAddr().String()); err == nil {
		out.LocalAddr = host
		out.LocalPort, _ = strconv.Atoi(port)
	}
	if k.tls != nil {
		st := k.tls.ConnectionState()
		out.TLS, out.Cipher = strings.ReplaceAll(tls.VersionName(st.Version), "TLS 1", "TLSv1"), tls.CipherSuiteName(st.CipherSuite)
		out.Bits = 128
		if strings.Contains(out.Cipher, "256_GCM") || strings.Contains(out.Cipher, "CHACHA20") {
			out.Bits = 256
		}
	}
	return out
}
