package fn

import (
	"strings"

	"github.com/jackc/pgerrcode"
	"golang.org/x/text/unicode/norm"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func init() {
	for n := 1; n <= 2; n++ {
		def("normalize", ts{tText, tText}[:n], tText, rows(tText, func(r row) (vec.Datum, error) {
			f, err := normForm(r)
			if err != nil {
				return null, err
			}
			return dS(f.String(r.s(0))), nil
		}))
		def("is_normalized", ts{tText, tText}[:n], tBool, rows(tBool, func(r row) (vec.Datum, error) {
			f, err := normForm(r)
			if err != nil {
				return null, err
			}
			return dB(f.IsNormalString(r.s(0))), nil
		}))
	}
}

func normForm(r row) (norm.Form, error) {
	if r.n() < 2 {
		return norm.NFC, nil
	}
	switch strings.ToUpper(r.s(1)) {
	case "NFC":
		return norm.NFC, nil
	case "NFD":
		return norm.NFD, nil
	case "NFKC":
		return norm.NFKC, nil
	case "NFKD":
		return norm.NFKD, nil
	}
	return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid normalization form: %s", r.s(1))
}
