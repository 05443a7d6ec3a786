package types

import (
	"strings"
	"time"
)

// timetzBits are the low bits of a packed timetz that hold its zone.
const timetzBits = 18

// PackTimeTZ puts a time with time zone into one integer: micros is the wall
// clock reading, off the zone's seconds east of UTC. Packed values order as
// timetz_cmp does, by the instant and then by the zone.
func PackTimeTZ(micros int64, off int) int64 {
	utc := micros - int64(off)*MicrosPerSec
	return utc<<timetzBits | int64(1<<(timetzBits-1)-off)
}

// UnpackTimeTZ is the inverse of PackTimeTZ.
func UnpackTimeTZ(v int64) (micros int64, off int) {
	off = 1<<(timetzBits-1) - int(v&(1<<timetzBits-1))
	return v>>timetzBits + int64(off)*MicrosPerSec, off
}

// TimeInRange reports whether a count of microseconds is a time of day; 24:00
// is one.
func TimeInRange(micros int64) bool { return micros >= 0 && micros <= MicrosPerDay }

// ParseTime reads a time of day; a date and a zone in it are dropped. now is
// what 'now' means.
func ParseTime(s string, st *Style, now time.Time) (int64, error) {
	p, err := parseTimeOnly(s, "time", st, now)
	if err != nil {
		return 0, err
	}
	return p.timeOfDay(), nil
}

// ParseTimeTZ reads a time of day with its zone into the packed form; without a
// zone it is the style's, as of the date given or of today.
func ParseTimeTZ(s string, st *Style, now time.Time) (int64, error) {
	p, err := parseTimeOnly(s, "time with time zone", st, now)
	if err != nil {
		return 0, err
	}
	return PackTimeTZ(p.timeOfDay(), p.off), nil
}

func parseTimeOnly(s, typ string, st *Style, now time.Time) (*dtParse, error) {
	fields, ok := lexDateTime(s)
	if !ok || len(fields) == 0 {
		return nil, dtError(dtBadFormat, nil, s, typ)
	}
	p, e := decodeTimeOnly(fields, st, now)
	if e != 0 {
		return nil, dtError(e, p, s, typ)
	}
	return p, nil
}

// decodeTimeOnly is DecodeTimeOnly of datetime.c.
func decodeTimeOnly(fields []dtField, st *Style, now time.Time) (*dtParse, dtErr) {
	p := &dtParse{st: st, now: now, order: st.DateOrder, special: -1, label: tkNone}
	for i := range fields {
		tmask, e := p.timeOnlyField(fields, i)
		if e != 0 {
			return p, e
		}
		if tmask&p.fmask != 0 {
			return p, dtBadFormat
		}
		p.fmask |= tmask
	}
	return p, p.finishTime()
}

func (p *dtParse) timeOnlyField(fields []dtField, i int) (mask, dtErr) {
	f := fields[i].s
	last := fields[len(fields)-1].kind
	switch fields[i].kind {
	case fDate:
		if i == 0 && len(fields) >= 2 && (last == fDate || fields[1].kind == fTime) {
			return p.decodeDate(f)
		}
		return p.timeOnlyDate(f)
	case fTime:
		p.label = tkNone
		return maskTime, p.decodeTime(f)
	case fTZ:
		var e dtErr
		p.off, e = decodeZone(f)
		return bit(tkTZ), e
	case fNumber:
		return p.timeOnlyNumber(f, i == 0 && len(fields) >= 2 && last == fDate)
	}
	return p.timeOnlyWord(f)
}

// timeOnlyDate: what looks like a date is hhmmss-zone or a zone's name.
func (p *dtParse) timeOnlyDate(f string) (mask, dtErr) {
	if !isDigit(f[0]) {
		z, ok := LookupZone(f)
		if !ok {
			p.badZone = f
			return 0, dtUnknownZone
		}
		p.zone = z
		return bit(tkTZ), 0
	}
	i := strings.IndexByte(f, '-')
	if i < 0 {
		return 0, dtBadFormat
	}
	off, e := decodeZone(f[i:])
	if e != 0 {
		return 0, e
	}
	m, e := p.numberRun(f[:i], p.fmask|maskDate)
	p.off = off
	return m | bit(tkTZ), e
}

func (p *dtParse) timeOnlyNumber(f string, date bool) (mask, dtErr) {
	if p.label != tkNone {
		return p.labelled(f)
	}
	dot := strings.IndexByte(f, '.')
	switch {
	case date:
		return p.decodeDate(f)
	case dot > 2, dot < 0 && len(f) > 4:
		return p.numberRun(f, p.fmask|maskDate)
	case dot >= 0:
		return 0, dtBadFormat
	}
	return p.decodeNumber(f, p.fmask|maskDate)
}

func (p *dtParse) timeOnlyWord(w string) (mask, dtErr) {
	if a, ok := abbrevs()[w]; ok {
		return p.abbrevField(w, a), 0
	}
	t, ok := dateToken(w)
	if !ok {
		z, ok := LookupZone(w)
		if !ok {
			return 0, dtBadFormat
		}
		p.zone = z
		return bit(tkTZ), 0
	}
	switch t.kind {
	case tkIgnore:
		return 0, 0
	case tkReserved:
		if t.val != rsNow && t.val != rsZulu {
			return 0, dtBadFormat
		}
		m := p.reserved(t.val)
		if t.val == rsNow {
			m = maskTime | bit(tkTZ)
		}
		return m, 0
	case tkDTZMod:
		p.off += t.val
		return bit(t.kind) | bit(tkDTZ), 0
	case tkAMPM:
		p.ampm = t.val
	case tkADBC:
		p.bc = t.val == 1
	case tkUnits, tkISOTime:
		p.label = tokKind(t.val)
		return 0, 0
	default:
		return 0, dtBadFormat
	}
	return bit(t.kind), 0
}

// finishTime checks the whole and settles the zone.
func (p *dtParse) finishTime() dtErr {
	if e := p.validate(); e != 0 {
		return e
	}
	switch {
	case p.ampm != 0 && p.hour > 12:
		return dtFieldOverflow
	case p.ampm == 1 && p.hour == 12:
		p.hour = 0
	case p.ampm == 2 && p.hour != 12:
		p.hour += 12
	}
	if p.timeOverflows() {
		return dtFieldOverflow
	}
	if p.fmask&maskTime != maskTime {
		return dtBadFormat
	}
	dated := p.fmask&maskDate == maskDate
	if !dated {
		local := p.now.In(p.st.Zone)
		p.year, p.mon, p.day = local.Year(), int(local.Month()), local.Day()
	}
	switch {
	case p.abbrev != "":
		p.off = abbrevOffset(p.zone, p.abbrev, p.local())
	case p.zone != nil:
		if p.fmask&bit(tkDTZMod) != 0 || !dated && !fixedZone(p.zone) {
			return dtBadFormat // what the zone means depends on the date
		}
		p.off = offsetAtLocal(p.zone, p.local())
	case p.fmask&bit(tkTZ) == 0:
		if p.fmask&bit(tkDTZMod) != 0 {
			return dtBadFormat
		}
		p.off = offsetAtLocal(p.st.Zone, p.local())
	}
	return 0
}

// fixedZone is pg_get_timezone_offset: the zone has had one offset for ever.
func fixedZone(z *time.Location) bool {
	start, end := time.Unix(0, 0).In(z).ZoneBounds()
	return start.IsZero() && end.IsZero()
}

// AppendTime appends a time of day.
func AppendTime(dst []byte, micros int64) []byte { return appendTime(dst, micros) }

// AppendTimeTZ appends a packed time with time zone.
func AppendTimeTZ(dst []byte, v int64) []byte {
	micros, off := UnpackTimeTZ(v)
	return AppendZoneOffset(appendTime(dst, micros), off)
}

// RoundMicros rounds to digits of the second's fraction, halves away from zero;
// digits beyond 0..5 leave v as it is.
func RoundMicros(v int64, digits int) int64 {
	if digits < 0 || digits > 5 || v == TimestampInfinity || v == TimestampNegInf {
		return v
	}
	scale := int64(1)
	for range 6 - digits {
		scale *= 10
	}
	if v < 0 {
		return -((-v + scale/2) / scale * scale)
	}
	return (v + scale/2) / scale * scale
}
