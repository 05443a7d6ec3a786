#!/usr/bin/env bash
# psql 15: the backslash commands that describe objects, in their variants; see
# ../matrix_test.go for what is printed.
set -u
export PSQLRC=/dev/null PAGER=cat
step() { echo "# step $1"; psql -X -q -v ON_ERROR_STOP=0 -c "$1" 2>&1; }

for c in \
  '\d' '\dS pg_cl*' '\d tags' '\d+ tags' '\d crm.*' '\d+ crm.orders' '\d pairs' '\d+ pairs' '\d women' '\d+ women' '\d city_counts' '\d+ city_counts' \
  '\d tickets' '\d+ tickets' '\d tags_city' '\d+ tags_city' '\d tags_pkey' '\d pairs_pkey' '\d crm.orders_order_id_seq' '\d pg_class' '\d+ pg_class' \
  '\d pg_class_oid_index' '\d information_schema.columns' '\d+ information_schema.tables' '\d pg_tables' '\d+ pg_views' '\d nothing' '\d no.thing' '\d "Tags"' '\d t*' '\d *.t?gs' \
  '\d pg_catalog.pg_am*' \
  '\da' '\da count' '\daS s*' '\da+ sum' '\dA' '\dA+' '\dA b*' '\dAc' '\dAc btree int*' '\dAc+ hash' '\dAf' '\dAf btree' '\dAf+ gin' '\dAo btree integer_ops' '\dAo+ btree text_ops' \
  '\dAo hash' '\dAp btree integer_ops' '\dAp+ btree float_ops' '\dAp gin' '\db' '\dc' '\dc utf8*' '\dcS *gbk*' '\dc+ utf8_to_gb*' '\dC' '\dC int*' '\dC+ text' \
  '\dd' '\dd tags' '\ddS' '\dD' '\dD+' '\dDS' '\dD percent' '\dE' '\dE+' '\des' '\des+' '\det' '\det+' '\deu' '\deu+' '\dew' '\dew+' \
  '\df' '\df+' '\df upper' '\df+ lower' '\df pg_catalog.*' '\dfa' '\dfaS max' '\dfn *trim*' '\dfpS' '\dft' '\dftS' '\dfw' '\dfwS' '\df substr* text' '\df * integer integer' '\df+ information_schema.*' \
  '\dF' '\dFd' '\dFd+ simple' '\dFp' '\dFp+' '\dFt' '\dFt+' '\di' '\diS pg_class*' '\di tags*' '\di crm.*' '\dl' '\dl+' '\dL' '\dL+' '\dLS' '\dLS+' '\dm' '\dm city*' \
  '\dn' '\dn+' '\dn c*' '\do' '\do &&' '\do+ @>' '\do pg_catalog.||' '\do - integer integer' '\doS < text' '\dO' '\dO C' '\dOS POSIX' '\dOS+ ucs*' '\dO zh*' '\dp' '\dp tags' '\dpS pg_cl*' '\z' '\z women' '\z crm.*' \
  '\dP' '\dP+' '\dPi' '\dPt' '\dPn' '\drds' '\drds tagd' '\dRp' '\dRp+' '\dRs' '\dRs+' '\ds' '\ds t*' '\dsS' '\dt' '\dtS pg_a*' '\dt crm.*' '\dt *.*s' '\dtv' '\dtvmsi' '\dtvmsiE' '\dt nothing' '\dt information_schema.*' \
  '\dT' '\dT+' '\dTS int*' '\dT grade' '\dT+ grade' '\dTS+ *time*' '\dT pg_catalog.*' '\dT text[]' '\dT integer' '\dT information_schema.*' '\dv' '\dv women' '\dvS pg_st*' '\dv information_schema.*' '\dx' '\dx+' '\dx plpg*' \
  '\dX' '\dX+' '\dy' '\dy+' '\lo_list' '\lo_list+' '\sv women' '\sv+ women' '\sv city_counts' '\sv nothing' '\sv pg_tables' '\sf lower' '\sf+ upper(text)' '\sf nothing' '\sf obj_description(oid,name)' '\ev nothing' '\ef nothing' \
  '\dconfig enable_*' '\dconfig+ DateStyle' '\ddp' '\ddp crm' '\dg' '\du' '\du+' '\dg pg_*' '\duS pg_r*'; do
  step "$c"
done

psql -X -q -c "CREATE DOMAIN hours AS int4range CHECK (NOT isempty(VALUE))" \
  -c "CREATE TABLE booked (during tstzrange DEFAULT 'empty', seats int4range UNIQUE CHECK (seats && '[1,9)'), off datemultirange, parts numrange[], h hours)" 2>&1
for c in '\d booked' '\d+ booked' '\d booked_seats_key' '\dD hours' '\dT *range' '\dTS+ *multirange' '\dC *range' '\df range_*' '\da range*' '\do -|-' '\dAo btree range_ops' '\dAc * *range'; do
  step "$c"
done
psql -X -q -c 'DROP TABLE booked; DROP DOMAIN hours' 2>&1

psql -X -q -c 'CREATE TABLE fk_a (id int PRIMARY KEY DEFERRABLE, u int UNIQUE DEFERRABLE INITIALLY DEFERRED, x text, y date, UNIQUE (x, y))' \
  -c 'CREATE TABLE fk_b (x text, y date, id int UNIQUE, up int REFERENCES fk_b (id) DEFERRABLE, FOREIGN KEY (x, y) REFERENCES fk_a (x, y) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (y) DEFERRABLE INITIALLY DEFERRED)' \
  -c 'ALTER TABLE fk_b ADD FOREIGN KEY (y, x) REFERENCES fk_a (y, x) ON DELETE RESTRICT NOT VALID' 2>&1
for c in '\d fk_a' '\d+ fk_a' '\d fk_b' '\d+ fk_b' '\d fk_a_pkey' '\d fk_a_u_key' '\dd fk_*'; do
  step "$c"
done
psql -X -q -c 'DROP TABLE fk_b, fk_a' 2>&1
