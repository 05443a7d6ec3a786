package main

import (
	"fmt"
	"strings"
)

// question is one of the 27 that the peers answered (see README.md); duck is its
// text for DuckDB where that differs.
type question struct {
	name, sql, duck string
}

// lists turns Postgres's array operators, as questions use them, into DuckDB's.
var lists = strings.NewReplacer(
	"interests && '{瑜伽,美妆}'", "list_has_any(interests, ['瑜伽','美妆'])",
	"interests && '{护肤,香水,美甲}'", "list_has_any(interests, ['护肤','香水','美甲'])",
	"interests @> '{美妆,护肤}'", "list_has_all(interests, ['美妆','护肤'])",
	"'跑步' = ANY(interests)", "list_contains(interests, '跑步')",
	"FROM tags, unnest(interests) v", "FROM (SELECT *, unnest(interests) AS v FROM tags) s",
	"FROM tags, unnest(categories) v", "FROM (SELECT *, unnest(categories) AS v FROM tags) s",
)

func (q question) forDuck() string {
	if q.duck != "" {
		return q.duck
	}
	return lists.Replace(q.sql)
}

const (
	setA = "gender = '女' AND interests && '{瑜伽,美妆}' AND age BETWEEN 25 AND 44"
	setB = "total_spent >= 1000 AND sms_consent"
	setC = "lifecycle IN ('流失期','沉睡期') OR '跑步' = ANY(interests)"
)

// audiences are those of question 22.
var audiences = []string{
	"gender = '女'", "member_level IN ('金卡','铂金','钻石')", "interests && '{瑜伽,美妆}'", "city_tier = '一线'", "age BETWEEN 25 AND 34",
	"sms_consent", "lifecycle = '成熟期'", "total_spent > 5000", "device = 'iOS'", "last_purchase >= '2026-01-01'",
}

func overlaps() string {
	var cols []string
	for i, a := range audiences {
		for _, b := range audiences[i+1:] {
			cols = append(cols, fmt.Sprintf("count(*) FILTER (WHERE %s AND %s)", a, b))
		}
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM tags"
}

var questions = []question{
	{name: "01 count, 1 equality", sql: "SELECT count(*) FROM tags WHERE gender = '女'"},
	{name: "02 count, equality + IN", sql: "SELECT count(*) FROM tags WHERE gender = '女' AND city IN ('上海','北京','杭州','成都')"},
	{name: "03 count, bool + int range + decimal range", sql: "SELECT count(*) FROM tags WHERE sms_consent AND age BETWEEN 25 AND 34 AND total_spent BETWEEN 500 AND 2000"},
	{name: "04 count, 5 predicates with set-any and a date range", sql: "SELECT count(*) FROM tags WHERE gender = '女' AND member_level IN ('金卡','铂金') AND city_tier = '一线' AND interests && '{瑜伽,美妆}' AND last_purchase BETWEEN '2026-01-01' AND '2026-06-30'"},
	{name: "05 count, set-all + NOT + bool", sql: "SELECT count(*) FROM tags WHERE interests @> '{美妆,护肤}' AND NOT lifecycle = '流失期' AND sms_consent"},
	{name: "06 count, OR mix with a decimal range", sql: "SELECT count(*) FROM tags WHERE (city = '上海' AND age < 30) OR (member_level = '黑钻') OR (total_spent BETWEEN 10000 AND 20000 AND gender = '男')"},
	{name: "07 count, timestamp year + decimal range + int", sql: "SELECT count(*) FROM tags WHERE registered_at >= '2023-01-01' AND registered_at < '2024-01-01' AND total_spent >= 100 AND order_count > 3"},
	{name: "08 users by city (337)", sql: "SELECT city, count(*) FROM tags GROUP BY 1"},
	{name: "09 interests unnested, top 20", sql: "SELECT v, count(*) FROM tags, unnest(interests) v GROUP BY 1 ORDER BY 2 DESC LIMIT 20"},
	{name: "10 gender x age_band", sql: "SELECT gender, age_band, count(*) FROM tags GROUP BY 1, 2"},
	{name: "11 province x rfm_segment (31 x 8)", sql: "SELECT province, rfm_segment, count(*) FROM tags GROUP BY 1, 2"},
	{name: "12 city x lifecycle, filtered", sql: "SELECT city, lifecycle, count(*) FROM tags WHERE gender = '女' AND age BETWEEN 25 AND 34 GROUP BY 1, 2"},
	{name: "13 interests (120) x member_level", sql: "SELECT v, member_level, count(*) FROM tags, unnest(interests) v GROUP BY 1, 2"},
	{name: "14 count, sum, avg, min, max, median of a decimal by level", sql: "SELECT member_level, count(total_spent), sum(total_spent), avg(total_spent), min(total_spent), max(total_spent), percentile_cont(0.5) WITHIN GROUP (ORDER BY total_spent) FROM tags GROUP BY 1",
		duck: "SELECT member_level, count(total_spent), sum(total_spent), avg(total_spent), min(total_spent), max(total_spent), median(total_spent) FROM tags GROUP BY 1"},
	{name: "15 histogram of age", sql: "SELECT age, count(*) FROM tags GROUP BY 1"},
	{name: "16 top 10 by a decimal, filtered", sql: "SELECT user_id, total_spent FROM tags WHERE gender = '女' ORDER BY total_spent DESC NULLS LAST LIMIT 10"},
	{name: "17 LIMIT 100 OFFSET 10000, sorted", sql: "SELECT user_id, city, total_spent FROM tags ORDER BY total_spent DESC NULLS LAST, user_id LIMIT 100 OFFSET 10000"},
	{name: "18 export 1,000,000 ids", sql: "SELECT user_id FROM tags WHERE lifecycle = '成熟期' AND city_tier IN ('一线','新一线') LIMIT 1000000"},
	{name: "19 export 100k rows x 5 columns, ordered", sql: "SELECT user_id, city, member_level, total_spent, last_purchase FROM tags WHERE rfm_segment = '重要价值' ORDER BY user_id LIMIT 100000"},
	{name: "20 A intersect B except C as set operations, counted", sql: "SELECT count(*) FROM (SELECT user_id FROM tags WHERE " + setA + " INTERSECT SELECT user_id FROM tags WHERE " + setB + " EXCEPT SELECT user_id FROM tags WHERE " + setC + ") x"},
	{name: "21 one user by id", sql: "SELECT * FROM tags WHERE user_id = 9010000000000004"},
	{name: "22 overlap of 10 audiences, all pairs", sql: overlaps()},
	{name: "23 distinct cities, filtered", sql: "SELECT count(DISTINCT city) FROM tags WHERE member_level = '黑钻' AND gender = '女'"},
	{name: "24 top 20 categories of an audience", sql: "SELECT v, count(*) FROM tags, unnest(categories) v WHERE gender = '女' AND city_tier = '一线' GROUP BY 1 ORDER BY 2 DESC LIMIT 20"},
	{name: "25 question 20 as one WHERE", sql: "SELECT count(*) FROM tags WHERE (" + setA + ") AND (" + setB + ") AND NOT (" + setC + ")"},
	{name: "26 <> over nulls and IS NULL", sql: "SELECT count(*) FROM tags WHERE member_level <> '普通' OR total_spent IS NULL"},
	{name: "27 facets of 8 columns under a filter", sql: "SELECT gender, age_band, province, city_tier, device, member_level, lifecycle, rfm_segment, count(*) FROM tags WHERE interests && '{护肤,香水,美甲}' GROUP BY GROUPING SETS ((gender),(age_band),(province),(city_tier),(device),(member_level),(lifecycle),(rfm_segment))"},
}
