package types

import "time"

// wordField handles a word; skip: it means nothing.
func (p *dtParse) wordField(fields []dtField, i int) (m mask, skip bool, e dtErr) {
	w := fields[i].s
	if a, ok := abbrevs()[w]; ok {
		return p.abbrevField(w, a), false, 0
	}
	t, ok := dateToken(w)
	if !ok {
		z, ok := LookupZone(w)
		if !ok {
			return 0, false, dtBadFormat
		}
		p.zone = z
		return bit(tkTZ), false, 0
	}
	m = bit(t.kind)
	switch t.kind {
	case tkIgnore:
		return 0, true, 0
	case tkReserved:
		return p.reserved(t.val), false, 0
	case tkMonth:
		if p.fmask&bit(tkMonth) != 0 && !p.textMonth && p.fmask&bit(tkDay) == 0 && p.mon >= 1 && p.mon <= 31 {
			p.day = p.mon // what was taken for the month was the day
			m = bit(tkDay)
		}
		p.textMonth, p.mon = true, t.val
	case tkDTZMod:
		m |= bit(tkDTZ)
		p.off += t.val
	case tkAMPM:
		p.ampm = t.val
	case tkADBC:
		p.bc = t.val == 1
	case tkDOW:
	case tkUnits:
		m, p.label = 0, tokKind(t.val)
	case tkISOTime:
		m = 0
		if p.fmask&maskDate != maskDate || i+1 >= len(fields) {
			return 0, false, dtBadFormat
		}
		if k := fields[i+1].kind; k != fNumber && k != fTime && k != fDate {
			return 0, false, dtBadFormat
		}
		p.label = tkISOTime
	default:
		return 0, false, dtBadFormat
	}
	return m, false, 0
}

func (p *dtParse) abbrevField(w string, a abbrev) mask {
	if a.zone != "" {
		p.zone, _ = LookupZone(a.zone)
		if p.zone == nil {
			p.zone = time.UTC
		}
		p.abbrev = w
		return bit(tkTZ) | bit(tkDynTZ)
	}
	p.off = a.off
	if a.dst {
		return bit(tkTZ) | bit(tkDTZ)
	}
	return bit(tkTZ)
}

// reserved handles now, today, epoch, infinity and the like.
func (p *dtParse) reserved(val int) mask {
	local := p.now.In(p.st.Zone)
	switch val {
	case rsNow:
		p.year, p.mon, p.day = local.Year(), int(local.Month()), local.Day()
		p.hour, p.min, p.sec = local.Hour(), local.Minute(), local.Second()
		p.usec = local.Nanosecond() / 1000
		_, p.off = local.Zone()
		return maskDate | maskTime | bit(tkTZ)
	case rsYesterday, rsToday, rsTomorrow:
		days := DaysFromCivil(local.Year(), int(local.Month()), local.Day()) + int64(val-rsToday)
		p.year, p.mon, p.day = CivilFromDays(days)
		return maskDate
	case rsZulu:
		p.hour, p.min, p.sec, p.off = 0, 0, 0, 0
		return maskTime | bit(tkTZ)
	}
	p.special = val
	return bit(tkReserved)
}
