package scram

import (
	"encoding/base64"
	"strings"
	"testing"
)

// verifiers are what PostgreSQL 15 has made of passwords.
var verifiers = []struct{ password, verifier string }{
	{"plain", "SCRAM-SHA-256$4096:tdmsMTg4Md4VoJq0MkqDgA==$rqoa3FUge4QQeagdMtoeqz8ZuIwvyQlCANo5LSWmS1g=:TuIboI445FFHhWMyzoQo++fJp5e7K/7OFCTYr6iho5k="},
	{"p\u00aa\u00a0x\u00ad", "SCRAM-SHA-256$4096:n4IMWkRNld0QXF9MPckwTw==$VP34z0p7px8XYodrKmvT7XHGaJjwv84M95FR3YKM0ZA=:COBLvJwMUBV/DjyeIcygpWX8FpDoBi7DeVpChrYqAbk="},
	{"I\u2168", "SCRAM-SHA-256$4096:kYcCuKEqe7mtREKCSkSyMw==$uCHCvtvwbZT4y99XToh6T8CHvwD/TiYSvktLro/hh/M=:lC+lZi7hvWMGNBLTpZQL3KrIvXu+gXz3C6BkWOjRVzQ="},
	{"\u0221x", "SCRAM-SHA-256$4096:HwJ0Dyof9pyBEmImzNTRWQ==$Q2/z3EsP4i/q9mVBSU4QObmmGD0keClCL5mjfMZ+a6o=:ao0Eqvz5+f6CgwIvpgQpNPhoJUic+rU53psrzJEOPkA="},
	{"\u06271", "SCRAM-SHA-256$4096:bSdBQnB4VoFltxNW8MBtwA==$82Qo/Y+5LUy6SmWpiQDcYEchedknt5xObdbK5JW7nCg=:2+U0kTsFb6QxI4ivIgyfZWYsoUFew2ANtZ7daSaTAqY="},
	{"\u0627x\u0628", "SCRAM-SHA-256$4096:Xiz/kUfkemzpEXYyOH2jpA==$S5jExlWp3E+L49vkmsVQmF9dr4eeTyF/uVcXasLVZV4=:MVSy3s4kVUHNCdY/mz60CMfVRYL3Z0MBXI8igQm+eis="},
	{"\u0007\u00e9", "SCRAM-SHA-256$4096:q3P8iWtgtDeQzAuiLeAjQA==$n1bqTXhPENLjkvduCZ/w/N5/l/AAi/LLnJ1ciWNvriY=:jJtzhCRwll+INmp2ZC8kwHY/rEkPLX0NCE6bTQOWiQs="},
	{"\u00ad", "SCRAM-SHA-256$4096:EJ+BLDVAmmxe0jb70xli0Q==$EcEZ9JJmThA1vOSY+n5tIa8vR92aXUEyKiaNPkDYqys=:CgrS0svlhionLGVOuQtbhT0jkdmUHZV58soFfygZ3jU="},
	{"\u5bc6\u7801\u3000\u4e00", "SCRAM-SHA-256$4096:70+ZHluef6BTq3oWSzJt/A==$qManGfrh8cQiblr6FbvMLgc7iYxgyS1U0nvYihwXN0Q=:ro3Q92Y1xmtVgAt5eJh1mEcmVZlb1VcvGMmLT8Iqe9s="},
	{"\ufb01n", "SCRAM-SHA-256$4096:b9ZMbwVDjnIE3n+u/DN4wQ==$pMKXhWLNXjS/RlhW5C6cMAUwm7PJCohqbTF7FvgWN14=:DlY1HJjAIxtdEDnsfIKEPmrar/K8Q5hAuVcFbhNID2A="},
	{"a\u0340b\u00e9", "SCRAM-SHA-256$4096:zJ4Hfc+GFk8Ppv+85DOkRQ==$T1p0ZcZeXmfw9eINWgwWxmAe8E2uDAKUTyx6O6i1FH0=:KaUR96VlYsW/ytYRmbolXWLkUTNOiOvcTYRFiRuZ9Yk="},
}

func TestKeys(t *testing.T) {
	for _, v := range verifiers {
		if !IsVerifier(v.verifier) {
			t.Fatalf("%q is no verifier", v.verifier)
		}
		_, rest, _ := strings.Cut(v.verifier, ":")
		salt, keys, _ := strings.Cut(rest, "$")
		raw, err := base64.StdEncoding.DecodeString(salt)
		if err != nil {
			t.Fatal(err)
		}
		stored, server, err := Keys(v.password, raw, iterations)
		if err != nil {
			t.Fatal(err)
		}
		enc := base64.StdEncoding.EncodeToString
		if got := enc(stored) + ":" + enc(server); got != keys {
			t.Errorf("%+q: %s, PostgreSQL has %s", v.password, got, keys)
		}
	}
}
