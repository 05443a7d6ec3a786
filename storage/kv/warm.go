package kv

import (
	"os"
	"time"
)

// warmUp reads the file once from end to end, so that the first queries do not
// fault it in page by page: bbolt maps with MADV_RANDOM, and cold reads run at
// 60 MB/s through the map but at 2.8 GB/s through pread.
func (db *DB) warmUp() {
	defer db.warm.Done()
	f, err := os.Open(db.path)
	if err != nil {
		return // the map works without; this is a hint to the system
	}
	defer f.Close()
	// The first queries come first.
	select {
	case <-db.stop:
		return
	case <-time.After(50 * time.Millisecond):
	}
	buf := make([]byte, 4<<20)
	for off := int64(0); ; off += int64(len(buf)) {
		select {
		case <-db.stop:
			return
		default:
		}
		if n, err := f.ReadAt(buf, off); n < len(buf) || err != nil {
			return
		}
	}
}
