package fn

// room refuses a value of so many bytes, or more than a query may hold.
func (c *Ctx) room(n int) error {
	if n >= maxText {
		return errTooLarge()
	}
	return nil
}
