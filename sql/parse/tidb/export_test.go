package tidb

// OnPanic lets a test see panics of the lowering, which Parse answers with a
// syntax error.
func OnPanic(f func(any)) { panicked = f }
