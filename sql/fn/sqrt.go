package fn

import (
	"math/big"

	"tagd/sql/types"
)

// decBig is a finite decimal's coefficient.
func decBig(d types.Decimal) *big.Int {
	if d.Big != nil {
		return new(big.Int).Set(d.Big)
	}
	return big.NewInt(d.Coef)
}

func bigPow10(n int32) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// decSqrtScale is sqrt_var: the square root rounded half away from zero at a
// scale. d must be finite and not negative.
func decSqrtScale(d types.Decimal, scale int32) types.Decimal {
	c := decBig(d)
	if shift := 2*(scale+1) - d.Scale; shift >= 0 {
		c.Mul(c, bigPow10(shift))
	} else {
		c.Quo(c, bigPow10(-shift))
	}
	c.Sqrt(c) // at scale+1: the last digit decides, as the rest is below one half
	return types.BigDecimal(c, scale+1).Round(scale)
}
