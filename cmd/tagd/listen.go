package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"tagd/exec/engine"
	"tagd/server"
)

// bind opens what clients connect to, and has SHOW tell of it.
func (f *serveFlags) bind(eng *engine.Engine) ([]net.Listener, error) {
	ln, err := server.Listen(f.listen)
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(f.listen)
	if host == "" {
		host = "*"
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok {
		port = strconv.Itoa(a.Port)
	}
	out := []net.Listener{ln}
	if f.socketDir != "" {
		u, err := listenUnix(f.socketDir, port)
		if err != nil {
			ln.Close()
			return nil, err
		}
		out = append(out, u)
	}
	eng.Show(map[string]string{"listen_addresses": host, "port": port, "unix_socket_directories": f.socketDir})
	return out, nil
}

// listenUnix makes the socket that libpq looks for when its host is dir. A socket
// that a server has left behind is replaced, that of one that runs is not.
func listenUnix(dir, port string) (net.Listener, error) {
	path := filepath.Join(dir, ".s.PGSQL."+port)
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		c.Close()
		return nil, fmt.Errorf("another server listens on %s", path)
	}
	if i, err := os.Lstat(path); err == nil && i.Mode()&fs.ModeSocket == 0 {
		return nil, fmt.Errorf("%s is there and is no socket", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	// As with PostgreSQL's unix_socket_permissions: who may come in is a matter of roles.
	if err := os.Chmod(path, 0o777); err != nil {
		ln.Close()
		return nil, err
	}
	return ln, nil
}
