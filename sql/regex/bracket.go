package regex

// set reads a bracket expression.
func (p *parser) set() *expr {
	complement := p.tok.val == 0
	p.next()
	var s charSet
	for !p.see(tkCloseBracket) {
		s = append(s, p.item()...)
	}
	p.next()
	s = s.tidy()
	if complement {
		if p.flags&NLStop != 0 {
			s = append(s, span{'\n', '\n'}).tidy()
		}
		s = s.not()
	}
	return setExpr(s)
}

// item reads one item or range inside brackets.
func (p *parser) item() charSet {
	var lo rune
	switch p.tok.kind {
	case tkRange:
		fail(errRange)
	case tkEquiv:
		c := p.element()
		return p.cases(charSet{{c, c}})
	case tkClass:
		name := p.name(errClass)
		s := class(name, p.flags)
		if s == nil {
			fail(errClass)
		}
		return s
	case tkEscClass:
		s := class(escapeClasses[p.tok.val], p.flags)
		p.next()
		return s
	case tkEscNotClass:
		s := class(escapeClasses[p.tok.val], p.flags).not()
		p.next()
		return s
	case tkCollate:
		lo = p.element()
	case tkChar:
		lo = p.tok.val
		p.next()
	default:
		fail(errBracket)
	}
	hi := lo
	if p.see(tkRange) {
		p.next()
		switch p.tok.kind {
		case tkChar, tkRange:
			hi = p.tok.val
			p.next()
		case tkCollate:
			hi = p.element()
		default:
			fail(errRange)
		}
		if lo > hi {
			fail(errRange)
		}
	}
	return p.cases(charSet{{lo, hi}})
}

func (p *parser) cases(s charSet) charSet {
	if p.flags&ICase != 0 {
		return s.withCases(p.flags)
	}
	return s
}

// name reads up to the end of [. [= [: and is not empty.
func (p *parser) name(empty Error) string {
	var out []rune
	for p.next(); p.see(tkChar); p.next() {
		out = append(out, p.tok.val)
	}
	p.next()
	if len(out) == 0 {
		fail(empty)
	}
	return string(out)
}

// element is the character that [. or [= names.
func (p *parser) element() rune {
	name := []rune(p.name(errCollate))
	if len(name) == 1 {
		return name[0]
	}
	c, ok := collating[string(name)]
	if !ok {
		fail(errCollate)
	}
	return c
}
