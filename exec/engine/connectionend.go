package engine

import (
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// connectionEnd answers the functions of where a connection begins and ends; NULL over a
// local socket.
func (s *Session) connectionEnd(name string) (vec.Datum, error) {
	addr, port := s.from.Addr, s.from.Port
	if strings.HasPrefix(name, "inet_server") {
		addr, port = s.from.LocalAddr, s.from.LocalPort
	}
	if addr == "" {
		return vec.Datum{Null: true}, nil
	}
	if strings.HasSuffix(name, "_port") {
		return vec.Datum{I: int64(port)}, nil
	}
	return inetOf(addr), nil
}

// inetOf is an address of the network as a value; the zone of an IPv6 address is
// left out, as PostgreSQL does.
func inetOf(addr string) vec.Datum {
	addr, _, _ = strings.Cut(addr, "%")
	v, err := types.ParseInet(addr, false)
	return vec.Datum{S: v, Null: err != nil}
}
