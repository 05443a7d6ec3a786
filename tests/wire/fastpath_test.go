package wire

import (
	"encoding/binary"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// fcall calls a function by its OID with text or, by fmts, other arguments; "NULL" is
// null.
func fcall(oid uint32, fmts []uint16, result uint16, args ...string) msgs {
	return msgs{&pgproto3.FunctionCall{Function: oid, ArgFormatCodes: fmts, Arguments: values(args), ResultFormatCode: result}}
}

// fcut is a function call whose body ends, or goes on, as it should not.
func fcut(oid uint32, rest string) msgs {
	return rawMsg('F', string(binary.BigEndian.AppendUint32(nil, oid))+rest)
}

// OIDs of functions of PostgreSQL.
const (
	fUpper, fQuote, fMD5, fMD5Bytes = 871, 1283, 2311, 2321
	fPlus, fDivide, fSum, fSeries   = 177, 154, 2108, 1067
	fSleep, fPi, fUpperBound        = 2626, 1610, 2092
	fTypeOf, fNextval, fSetting     = 1619, 1574, 2078
	fRound, fJSONType, fReadFile    = 1707, 3210, 3826
	fCancel, fSplit, fDate, fConcat = 2171, 394, 3846, 3058
)

var (
	inBinary = []uint16{1}
	one, two = "\x00\x00\x00\x01", "\x00\x00\x00\x02"
)

var calls = []transcript{
	{"text", fcall(fMD5, nil, 0, "一"), 1},
	{"binary", fcall(fPlus, inBinary, 1, one, two), 1},
	{"formats of each", fcall(fPlus, []uint16{0, 1}, 0, "1", two), 1},
	{"binary text", fcall(fQuote, inBinary, 1, "it's"), 1},
	{"bytes", fcall(fMD5Bytes, inBinary, 0, "\x00\xff"), 1},
	{"numeric", join(fcall(fRound, nil, 0, "1.2345", "2"), fcall(fRound, nil, 1, "1.2345", "2")), 2},
	{"json", join(fcall(fJSONType, nil, 0, `{"a": 1}`), fcall(fJSONType, nil, 0, "{a")), 2},
	{"an array for a result", join(fcall(fSplit, nil, 0, "a,b", ","), fcall(fSplit, nil, 1, "a,b", ",")), 2},
	{"a date", join(fcall(fDate, nil, 0, "2024", "2", "29"), fcall(fDate, nil, 1, "2024", "2", "30")), 2},
	{"no arguments", join(fcall(fPi, nil, 0), fcall(fPi, nil, 1)), 2},
	{"null", fcall(fMD5, nil, 0, "NULL"), 1},
	{"nothing", join(fcall(fSleep, nil, 0, "0"), fcall(fSleep, nil, 1, "0")), 2},
	{"effects", join(q("create temp sequence fs"), fcall(fNextval, nil, 0, "fs"), q("select nextval('fs')")), 3},
	{"a setting", join(fcall(fSetting, nil, 0, "application_name", "f", "f"), q("show application_name")), 2},
	{"a setting of a block", join(q("begin"), fcall(fSetting, nil, 0, "application_name", "f", "t"), q("show application_name"), q("rollback")), 4},
	{"a notice", fcall(fCancel, nil, 0, "0"), 1},
	{"no collation", join(fcall(fUpper, nil, 0, "a"), fcall(fUpper, nil, 0, "NULL")), 2},
	{"another encoding", join(q("set client_encoding = 'GBK'"), fcall(fQuote, nil, 0, "\xd6\xd0"), fcall(fQuote, nil, 0, "\xd6")), 3},
	{"an error", join(fcall(fDivide, nil, 0, "1", "0"), q("select 1")), 2},
	{"an error in a block", join(q("begin"), fcall(fDivide, nil, 0, "1", "0"), fcall(fPi, nil, 0), q("rollback")), 4},
	{"overflow", fcall(fPlus, nil, 0, "2147483647", "1"), 1},
	{"malformed text", fcall(fPlus, nil, 0, "x", "1"), 1},
	{"malformed binary", join(fcall(fPlus, inBinary, 0, one+one, two), fcall(fPlus, inBinary, 0, "ab", two)), 2},
	{"bad text", join(fcall(fMD5, nil, 0, "a\xff"), fcall(fMD5, inBinary, 0, "a\x00b")), 2},
	{"number of arguments", fcall(fMD5, nil, 0, "a", "b"), 1},
	{"number of formats", fcall(fPlus, []uint16{0, 0, 0}, 0, "1", "2"), 1},
	{"unknown format", join(fcall(fMD5, []uint16{2}, 0, "a"), fcall(fMD5, nil, 3, "a"), fcall(fMD5, nil, 3, "NULL")), 3},
	{"no such function", join(fcall(99999999, nil, 0), fcall(0, nil, 0)), 2},
	{"no plain function", join(fcall(fSum, nil, 0, "1"), fcall(fSeries, nil, 0, "1", "2")), 2},
	{"pseudo-types", join(fcall(fUpperBound, nil, 0, "{1}", "1"), fcall(fTypeOf, nil, 0, "1"), fcall(fConcat, nil, 0, "1")), 3},
	{"cut", join(rawMsg('F', "\x00\x00"), fcut(fMD5, ""), fcut(fMD5, "\x00\x01"), fcut(fMD5, "\x00\x00\x00\x01"), fcut(fMD5, "\x00\x00\x00\x01\x00\x00\x00\x05a"), fcut(fMD5, "\x00\x00\x00\x01\x00\x00\x00\x01a")), 6},
	{"too long", fcut(fMD5, "\x00\x00\x00\x01\x00\x00\x00\x01a\x00\x00x"), 1},
	{"a negative length", fcut(fMD5, "\x00\x00\x00\x01\xff\xff\xff\xfe"), 1},
	{"not allowed", join(q("create role wire_f; set role wire_f"), fcall(fReadFile, nil, 0, "x"), q("reset role; drop role wire_f")), 3},
	{"a timeout", join(q("set statement_timeout = 100"), fcall(fSleep, nil, 0, "10")), 2},
	{"in a pipeline", join(all("select 1"), fcall(fPi, nil, 0), syn), 2},
	{"after an error in a pipeline", join(parse("", "selec"), fcall(fPi, nil, 0), syn, q("select 1")), 2},
	{"the unnamed statement stays", join(parse("", "select 5"), syn, fcall(fPi, nil, 0), bind("", ""), execute("", 0), syn), 3},
	{"portals of a failed block", join(q("begin"), parse("", series), bind("p", ""), execute("p", 1), syn, fcall(0, nil, 0), execute("p", 1), syn, describe('P', "p"), syn, q("rollback"), execute("p", 1), syn), 7},
}

func TestFunctionCalls(t *testing.T) {
	compare(t, "fastpath.txt", func(t *testing.T, s server) string { return runAll(t, s, calls) })
}
