package fn

import (
	"sort"
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// wordKinds are the key words of PostgreSQL 15's kwlist.h by category (R reserved,
// T reserved but for types and functions, C not for these, U unreserved) and by
// whether they may be a column's label without AS (t or f).
var wordKinds = map[string]string{
	"Cf": "char character precision",
	"Ct": "between bigint bit boolean coalesce dec decimal exists extract float greatest grouping inout int integer interval least " +
		"national nchar none normalize nullif numeric out overlay position real row setof smallint substring time timestamp treat " +
		"trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot " +
		"xmlserialize xmltable",
	"Rf": "array as create except fetch for from grant group having intersect into limit offset on order returning to union where " +
		"window with",
	"Rt": "all analyse analyze and any asc asymmetric both case cast check collate column constraint current_catalog current_date " +
		"current_role current_time current_timestamp current_user default deferrable desc distinct do else end false foreign in " +
		"initially lateral leading localtime localtimestamp not null only or placing primary references select session_user some " +
		"symmetric table then trailing true unique user using variadic when",
	"Tf": "isnull notnull overlaps",
	"Tt": "authorization binary collation concurrently cross current_schema freeze full ilike inner is join left like natural outer " +
		"right similar tablesample verbose",
	"Uf": "day filter hour minute month over second varying within without year",
	"Ut": "abort absolute access action add admin after aggregate also alter always asensitive assertion assignment at atomic " +
		"attach attribute backward before begin breadth by cache call called cascade cascaded catalog chain characteristics " +
		"checkpoint class close cluster columns comment comments commit committed compression configuration conflict connection " +
		"constraints content continue conversion copy cost csv cube current cursor cycle data database deallocate declare " +
		"defaults deferred definer delete delimiter delimiters depends depth detach dictionary disable discard document domain " +
		"double drop each enable encoding encrypted enum escape event exclude excluding exclusive execute explain expression " +
		"extension external family finalize first following force forward function functions generated global granted groups " +
		"handler header hold identity if immediate immutable implicit import include including increment index indexes inherit " +
		"inherits inline input insensitive insert instead invoker isolation key label language large last leakproof level listen " +
		"load local location lock locked logged mapping match matched materialized maxvalue merge method minvalue mode move name " +
		"names new next nfc nfd nfkc nfkd no normalized nothing notify nowait nulls object of off oids old operator option " +
		"options ordinality others overriding owned owner parallel parameter parser partial partition passing password plans " +
		"policy preceding prepare prepared preserve prior privileges procedural procedure procedures program publication quote " +
		"range read reassign recheck recursive ref referencing refresh reindex relative release rename repeatable replace replica " +
		"reset restart restrict return returns revoke role rollback rollup routine routines rows rule savepoint schema schemas " +
		"scroll search security sequence sequences serializable server session set sets share show simple skip snapshot sql " +
		"stable standalone start statement statistics stdin stdout storage stored strict strip subscription support sysid system " +
		"tables tablespace temp template temporary text ties transaction transform trigger truncate trusted type types uescape " +
		"unbounded uncommitted unencrypted unknown unlisten unlogged until update vacuum valid validate validator value version " +
		"view views volatile whitespace work wrapper write xml yes zone",
}

var (
	wordDescs  = map[byte]string{'R': "reserved", 'T': "reserved (can be function or type name)", 'C': "unreserved (cannot be function or type name)", 'U': "unreserved"}
	labelDescs = map[bool]string{true: "can be bare label", false: "requires AS"}
)

// keywordRows are the rows of pg_get_keywords, in the order of the words.
func keywordRows(_ *Ctx, _ []vec.Datum, _ []types.Type, emit emitFunc) error {
	kind := map[string]string{}
	var words []string
	for k, list := range wordKinds {
		for _, w := range strings.Fields(list) {
			kind[w] = k
			words = append(words, w)
		}
	}
	sort.Strings(words)
	for _, w := range words {
		k := kind[w]
		bare := k[1] == 't'
		if err := emit([]vec.Datum{dS(w), dS(k[:1]), dB(bare), dS(wordDescs[k[0]]), dS(labelDescs[bare])}); err != nil {
			return err
		}
	}
	return nil
}

func init() {
	defSet(&SetFunc{Name: "pg_get_keywords", Strict: true, Rows: keywordRows,
		Cols: []SetCol{{"word", tText}, {"catcode", tChar}, {"barelabel", tBool}, {"catdesc", tText}, {"baredesc", tText}}})
}
