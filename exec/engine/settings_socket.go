package engine

import (
	"strconv"

	"tagd/sql/session"
)

// socketSetting shows a setting of the client's socket: what is in force there, as
// PostgreSQL does; 0 where there is no such socket.
func socketSetting(s *Session, d *setting) string {
	if h, ok := s.host.(session.SocketHost); ok {
		return strconv.Itoa(h.Socket(d.name))
	}
	return "0"
}

// setSocket hands the settings of the client's socket on that are not what they were.
func (s *Session) setSocket(old values) {
	h, ok := s.host.(session.SocketHost)
	if !ok {
		return
	}
	for _, name := range socketSettings {
		if v := s.values[name]; v != old[name] {
			if n, err := settingByName[name].parseInt(v); err == nil {
				h.SetSocket(name, int(n))
			}
		}
	}
}

var socketSettings = []string{"tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout"}
