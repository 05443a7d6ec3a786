package server

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// socketOptions are the options of TCP that settings have the names of.
var socketOptions = map[string]int{
	"tcp_keepalives_idle":     unix.TCP_KEEPIDLE,
	"tcp_keepalives_interval": unix.TCP_KEEPINTVL,
	"tcp_keepalives_count":    unix.TCP_KEEPCNT,
	"tcp_user_timeout":        unix.TCP_USER_TIMEOUT,
}

// control runs f with the descriptor of a connection.
func control(c any, f func(fd int)) error {
	s, ok := c.(syscall.Conn)
	if !ok {
		return unix.ENOTSOCK
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(func(fd uintptr) { f(int(fd)) })
}

func socketOption(t *net.TCPConn, name string) int {
	v := 0
	_ = control(t, func(fd int) { v, _ = unix.GetsockoptInt(fd, unix.IPPROTO_TCP, socketOptions[name]) })
	return v
}

func setSocketOption(t *net.TCPConn, name string, value int) (err error) {
	if e := control(t, func(fd int) { err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, socketOptions[name], value) }); e != nil {
		return e
	}
	return err
}

// gone reports that the other end has closed the connection, whatever it has sent
// before.
func gone(c net.Conn) bool {
	is := false
	_ = control(c, func(fd int) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(p, 0)
		is = err == nil && n > 0 && p[0].Revents&(unix.POLLRDHUP|unix.POLLHUP|unix.POLLERR) != 0
	})
	return is
}
