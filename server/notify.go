package server

import "tagd/sql/session"

// maxInbox bounds what waits for one client, in bytes of channels and payloads.
const maxInbox = 16 << 20

var _ session.PeerHost = (*conn)(nil)

// PID is the number of the connection. See session.PeerHost.
func (k *conn) PID() int32 { return int32(k.pid) }

// Notify queues a notification. See session.PeerHost.
func (k *conn) Notify(n session.Notification) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	size := len(n.Channel) + len(n.Payload) + notificationSize
	if k.mu.inboxBytes+size > maxInbox {
		return false
	}
	k.mu.inbox = append(k.mu.inbox, n)
	k.mu.inboxBytes += size
	k.wake()
	return true
}

// notificationSize is what an entry of the inbox takes beside its strings.
const notificationSize = 40

// ready ends a series: what waits for the client comes before ReadyForQuery.
func (k *conn) ready() error {
	if k.broken != nil {
		return k.w.Flush()
	}
	k.sendInbox()
	k.sendChanged()
	k.w.Ready(k.sess.Tx())
	return k.w.Flush()
}

// deliver sends what waits to an idle client.
func (k *conn) deliver() error {
	k.sendInbox()
	return k.w.Flush()
}

// sendInbox writes the notifications that wait, unless a transaction is open.
func (k *conn) sendInbox() {
	if k.sess.Tx() != session.TxIdle {
		return
	}
	k.mu.Lock()
	list := k.mu.inbox
	k.mu.inbox, k.mu.inboxBytes = nil, 0
	k.mu.Unlock()
	for _, n := range list {
		k.w.Notification(n)
	}
}
