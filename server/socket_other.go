//go:build !linux

package server

import (
	"net"
	"time"
)

// socketOption cannot be asked for here: 0 is "not known".
func socketOption(*net.TCPConn, string) int { return 0 }

func setSocketOption(t *net.TCPConn, name string, value int) error {
	c := net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}
	switch name {
	case "tcp_keepalives_idle":
		c.Idle = time.Duration(value) * time.Second
	case "tcp_keepalives_interval":
		c.Interval = time.Duration(value) * time.Second
	case "tcp_keepalives_count":
		c.Count = value
	default:
		return nil
	}
	return t.SetKeepAliveConfig(c)
}

// gone is noticed when something is sent.
func gone(net.Conn) bool { return false }
