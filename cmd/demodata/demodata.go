// Package demodata makes the demo's users: a tag table with correlated,
// Chinese-valued columns, the same for the same seed. Rows depend on nothing but
// the seed and their number, so any range can be made by itself and in parallel.
package demodata

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
)

//go:embed cities.txt
var citiesText string

//go:embed words.txt
var wordsText string

// Columns of the demo table with their comments, in file order.
var Columns = []struct{ Name, Type, Comment string }{
	{"user_id", "bigint PRIMARY KEY", "用户ID"},
	{"gender", "text", "性别 (男/女)"},
	{"age", "smallint", "年龄"},
	{"age_band", "text", "年龄段"},
	{"province", "text", "省份"},
	{"city", "text", "城市"},
	{"city_tier", "text", "城市等级"},
	{"registered_at", "timestamptz", "注册时间"},
	{"channel", "text", "注册渠道"},
	{"device", "text", "常用设备"},
	{"member_level", "text", "会员等级"},
	{"lifecycle", "text", "生命周期阶段"},
	{"rfm_segment", "text", "RFM 分层 (八类)"},
	{"total_spent", "numeric(12,2)", "累计消费金额 (元)"},
	{"order_count", "integer", "累计订单数"},
	{"avg_discount", "real", "平均折扣率"},
	{"last_purchase", "date", "最近购买日期"},
	{"sms_consent", "boolean", "同意短信营销"},
	{"interests", "text[]", "兴趣偏好 (多值)"},
	{"categories", "text[]", "购买过的品类 (多值)"},
	{"churn_score", "double precision", "流失概率 (模型标签)"},
	{"email", "text", "邮箱"},
}

// CreateTable returns the DDL for the demo table under the given name: the
// CREATE TABLE and one COMMENT ON COLUMN each.
func CreateTable(name string) []string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", name)
	for i, c := range Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name + " " + c.Type)
	}
	b.WriteString(")")
	out := []string{b.String(), fmt.Sprintf("COMMENT ON TABLE %s IS '演示用户标签 (demo data)'", name)}
	for _, c := range Columns {
		out = append(out, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS '%s'", name, c.Name, c.Comment))
	}
	return out
}

type city struct {
	province, name, tier string
}

// Generator makes rows. It is immutable and safe for concurrent use.
type Generator struct {
	seed     uint64
	cities   []city
	cityPick picker
	words    map[string][]string
	interest picker
	category picker
}

// New returns the generator for a seed.
func New(seed uint64) *Generator {
	g := &Generator{seed: seed, words: map[string][]string{}}
	var weights []float64
	for line := range strings.Lines(citiesText) {
		f := strings.Fields(line)
		share, _ := strconv.ParseFloat(f[1], 64)
		names, left := f[2:], share
		for i, name := range names {
			w := left // the capital takes most, the rest share by rank
			if i < len(names)-1 {
				w = left * (0.22 + 1/float64(len(names)+1))
			}
			left -= w
			g.cities = append(g.cities, city{f[0], name, tierOf(name, i)})
			weights = append(weights, w)
		}
	}
	g.cityPick = newPicker(weights)
	for line := range strings.Lines(wordsText) {
		f := strings.Fields(line)
		g.words[f[0]] = f[1:]
	}
	g.interest = newPicker(zipf(len(g.words["interest"]), 0.7))
	g.category = newPicker(zipf(len(g.words["category"]), 0.5))
	return g
}

func tierOf(name string, rank int) string {
	switch {
	case strings.Contains("北京 上海 广州 深圳", name):
		return "一线"
	case strings.Contains("成都 杭州 重庆 武汉 苏州 西安 南京 长沙 天津 郑州 东莞 青岛 合肥 宁波 佛山", name):
		return "新一线"
	case rank == 0:
		return "二线"
	case rank < 5:
		return "三线"
	}
	return "四线及以下"
}

// Header is the CSV header line, with its line end.
func (g *Generator) Header() string {
	names := make([]string, len(Columns))
	for i, c := range Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ",") + "\n"
}

// user is what the columns of one row are made from.
type user struct {
	r        rng
	female   bool
	age      int
	city     *city
	regDay   int // days since 2000-01-01
	value    float64
	recency  int // days since the last order at the day of the demo
	orders   int
	level    int
	life     int
	rfm      int
	spent    int64 // cents
	interest [12]uint8
	category [10]uint8
}

// today is the demo's present, 2026-06-30, in days since 2000-01-01.
const today = 9677

// AppendRows appends the CSV lines of rows [from, to) to dst.
func (g *Generator) AppendRows(dst []byte, from, to int) []byte {
	for row := from; row < to; row++ {
		dst = g.appendRow(dst, row)
	}
	return dst
}

// AppendTextKeyRows is AppendRows with a random text key of 20 characters in
// place of the number.
func (g *Generator) AppendTextKeyRows(dst []byte, from, to int) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyz012345"
	var line []byte
	for row := from; row < to; row++ {
		a, b := mix(g.seed+uint64(row)*2), mix(^g.seed-uint64(row))
		for range 10 {
			dst = append(dst, letters[a&31], letters[b&31])
			a, b = a>>5, b>>5
		}
		line = g.appendRow(line[:0], row)
		dst = append(dst, line[bytes.IndexByte(line, ','):]...)
	}
	return dst
}

// UserID is the id of a row: ascending, with gaps, and beyond 2^53 so that a
// client that passes ids through a float shows itself.
func (g *Generator) UserID(row int) int64 {
	return 9_010_000_000_000_000 + int64(row)*9 + int64(mix(g.seed^uint64(row))%9)
}

func (g *Generator) draw(row int) (u user) {
	u.r = rng(mix(g.seed*0x9e3779b97f4a7c15 + uint64(row)))
	r := &u.r
	u.female = r.float() < 0.56
	u.age = 16 + int(math.Abs(r.norm())*11+r.float()*12)
	if u.age > 80 {
		u.age = 80
	}
	u.city = &g.cities[g.cityPick.pick(r)]
	u.regDay = today - int(math.Pow(r.float(), 1.4)*2900)
	u.value = math.Exp(r.norm()*0.9) * (1 + float64(min(u.age, 45)-16)/40)
	if u.city.tier == "一线" || u.city.tier == "新一线" {
		u.value *= 1.35
	}
	tenure := float64(today-u.regDay)/365 + 0.1
	u.orders = int(u.value * tenure * 1.8 * r.float())
	if u.orders > 0 {
		u.recency = int(math.Min(float64(today-u.regDay), -math.Log(1-r.float())*220/(0.4+u.value)))
		u.spent = int64(float64(u.orders) * u.value * (60 + 90*r.float()) * 100)
	}
	u.level = levelOf(u.spent, r)
	u.life = lifeOf(&u)
	u.rfm = rfmOf(&u)
	return u
}

func levelOf(cents int64, r *rng) int {
	if r.float() < 0.002 {
		return 7
	}
	steps := [...]int64{30000, 100000, 250000, 600000, 1500000, 4000000}
	l := 0
	for l < len(steps) && cents >= steps[l] {
		l++
	}
	return l
}

func lifeOf(u *user) int {
	switch {
	case today-u.regDay < 60:
		return 0
	case u.orders == 0 || u.recency > 540:
		return 5
	case u.recency > 270:
		return 4
	case u.recency > 150:
		return 3
	case u.orders < 6:
		return 1
	}
	return 2
}

func rfmOf(u *user) int {
	k := 0
	if u.spent < 120000 {
		k += 4
	}
	recent, often := u.recency <= 90 && u.orders > 0, u.orders >= 5
	switch {
	case recent && often:
	case recent:
		k++
	case often:
		k += 2
	default:
		k += 3
	}
	return k
}

func ageBand(age int) string {
	switch {
	case age < 18:
		return "18岁以下"
	case age < 25:
		return "18-24"
	case age < 35:
		return "25-34"
	case age < 45:
		return "35-44"
	case age < 55:
		return "45-54"
	}
	return "55岁以上"
}

func (g *Generator) appendRow(dst []byte, row int) []byte {
	u := g.draw(row)
	r := &u.r
	dst = strconv.AppendInt(dst, g.UserID(row), 10)
	dst = append(dst, ',')
	if r.float() >= 0.05 {
		dst = append(dst, pick(u.female, "女", "男")...)
	}
	dst = append(dst, ',')
	if r.float() >= 0.06 {
		dst = strconv.AppendInt(dst, int64(u.age), 10)
		dst = append(dst, ',')
		dst = append(dst, ageBand(u.age)...)
	} else {
		dst = append(dst, ',')
	}
	dst = appendFields(dst, u.city.province, u.city.name, u.city.tier)
	dst = append(dst, ',')
	dst = appendDate(dst, u.regDay)
	dst = appendClock(dst, r)
	dst = appendFields(dst, g.words["channel"][skew(r, 12)], device(r, u.age))
	dst = appendFields(dst, g.words["level"][u.level], g.words["life"][u.life], g.words["rfm"][u.rfm])
	dst = append(dst, ',')
	if u.orders > 0 {
		dst = appendCents(dst, u.spent)
	}
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(u.orders), 10)
	dst = append(dst, ',')
	if u.orders > 0 {
		dst = append(dst, "0."...)
		dst = strconv.AppendInt(dst, int64(50+r.float()*49), 10)
		dst = append(dst, ',')
		dst = appendDate(dst, today-u.recency)
	} else {
		dst = append(dst, ',')
	}
	dst = append(dst, ',')
	if x := r.float(); x >= 0.1 {
		dst = append(dst, pick(x < 0.7, "t", "f")...)
	}
	dst = g.appendSets(dst, &u)
	return g.appendTail(dst, &u, row)
}

func (g *Generator) appendTail(dst []byte, u *user, row int) []byte {
	r := &u.r
	dst = append(dst, ',')
	risk := 1 - math.Exp(-float64(u.recency)/200) + 0.1*r.float()
	dst = append(dst, "0."...)
	dst = appendPadded(dst, int64(math.Min(risk, 0.9999)*10000), 4)
	dst = append(dst, ',')
	if r.float() < 0.6 {
		dst = append(dst, g.words["surname"][r.next()%30]...)
		dst = strconv.AppendInt(dst, int64(mix(uint64(row))%100000000), 10)
		dst = append(dst, '@')
		dst = append(dst, g.words["mail"][skew(r, 7)]...)
	}
	return append(dst, '\n')
}

// appendSets writes the two set columns: "{a,b}" quoted for CSV, {} for none,
// and NULL for one user in twenty who was never labelled.
func (g *Generator) appendSets(dst []byte, u *user) []byte {
	r := &u.r
	n := int(r.float() * r.float() * 12)
	words := g.words["interest"]
	shift := 0 // women's and men's favourites differ
	if u.female {
		shift = 20
	}
	dst = append(dst, ',')
	if r.float() >= 0.05 {
		for i := range n {
			u.interest[i] = uint8((g.interest.pick(r) + shift) % len(words))
		}
		dst = appendSet(dst, words, u.interest[:n])
	}
	dst = append(dst, ',')
	if u.orders == 0 {
		return append(dst, "{}"...)
	}
	n = min(1+u.orders/3, 10)
	for i := range n {
		u.category[i] = uint8(g.category.pick(r))
	}
	return appendSet(dst, g.words["category"], u.category[:n])
}

func appendSet(dst []byte, words []string, idx []uint8) []byte {
	dst = append(dst, `"{`...)
	wrote := 0
	var seen [2]uint64
	for _, w := range idx {
		if seen[w>>6]&(1<<(w&63)) != 0 {
			continue
		}
		seen[w>>6] |= 1 << (w & 63)
		if wrote > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, words[w]...)
		wrote++
	}
	return append(dst, `}"`...)
}

func appendFields(dst []byte, fields ...string) []byte {
	for _, f := range fields {
		dst = append(dst, ',')
		dst = append(dst, f...)
	}
	return dst
}

func device(r *rng, age int) string {
	x := r.float() + float64(age-30)/200
	switch {
	case x < 0.38:
		return "iPhone"
	case x < 0.80:
		return "Android"
	case x < 0.97:
		return "HarmonyOS"
	}
	return "PC"
}

func pick(cond bool, a, b string) string {
	if cond {
		return a
	}
	return b
}
