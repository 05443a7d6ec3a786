# Steps of Perl's DBD::Pg.
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
use DBD::Pg qw(:pg_types :async);
binmode STDOUT, ':utf8';
$| = 1;

my $db = DBI->connect("dbi:Pg:", undef, undef, {RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, pg_enable_utf8 => 1}) or die;

sub show {
	my $v = shift;
	return 'undef' unless defined $v;
	return '[' . join(', ', map { show($_) } @$v) . ']' if ref $v eq 'ARRAY';
	return '{' . join(', ', map { "$_ " . show($v->{$_}) } sort keys %$v) . '}' if ref $v eq 'HASH';
	$v =~ s/^(pg_(?:toast_)?temp_)\d+$/$1N/;
	return join '', map { ord($_) < 32 && $_ ne "\n" ? sprintf('\\x%02x', ord $_) : $_ } split //, $v;
}
sub out { print join(' ', map { show($_) } @_), "\n" }
sub attempt { my $f = shift; eval { $f->(); 1 } or do { my $e = $@; $e =~ s/port \d+/port N/; $e =~ s/ at \S+ line \d+\.?\n?//g; out('error', $db->state, $e) } }
sub step { my ($name, $f) = @_; print "# step $name\n"; attempt($f) }
sub rows {
	my $s = shift;
	return unless $s;
	out(map { $s->{$_} } qw(NAME TYPE NULLABLE PRECISION SCALE)) if $s->{NUM_OF_FIELDS};
	my $n = 0;
	while (my $r = $s->fetchrow_arrayref) { out(@$r); $n++ }
	out("($n)", $s->rows);
}
sub query { my ($sql, @args) = @_; my $s = $db->prepare($sql); $s->execute(@args); rows($s) }
# meta prints a catalog answer without what differs from one server to the next.
sub meta {
	my ($s, @skip) = @_;
	return out('none') unless $s;
	my %skip = map { $_ => 1 } @skip;
	my @at = grep { !$skip{$s->{NAME}[$_]} } 0 .. $#{$s->{NAME}};
	out(map { $s->{NAME}[$_] } @at);
	while (my $r = $s->fetchrow_arrayref) { out(map { $r->[$_] } @at) }
}

step 'connect' => sub {
	out($db->ping, $db->{pg_db}, $db->{pg_user}, $db->{pg_protocol}, $db->{pg_lib_version} > 0, $db->{AutoCommit}, $db->{pg_enable_utf8});
	out($db->{pg_default_port} > 0, $db->{pg_errorlevel}, $db->{pg_bool_tf}, $db->{pg_standard_conforming_strings}, $db->{pg_INV_READ});
	out($db->pg_ping, $db->state, $db->{pg_server_version} >= 150000);
	query("SELECT count(*), min(name) FROM tags");
};
step 'table_info' => sub {
	meta($db->table_info('', 'public', '%', ''));
	meta($db->table_info(undef, 'crm', undef, 'TABLE'));
	meta($db->table_info(undef, undef, 'city%', 'MATERIALIZED VIEW,VIEW'));
	meta($db->table_info('%', '', ''));
	meta($db->table_info('', 'public', ''));
	meta($db->table_info('', '', '', '%'));
	out([$db->tables(undef, 'public', '%', 'TABLE')], [$db->tables(undef, 'crm', '%', '', {noprefix => 1})]);
};
for my $server (0, 1) {
	step "prepare on the server $server" => sub {
		$db->{pg_server_prepare} = $server;
		$db->{pg_switch_prepared} = 2;
		my $s = $db->prepare("SELECT * FROM tags WHERE id = ? AND name <> ?");
		for my $i (1 .. 6) { $s->execute($i * 7, "x'\\"); rows($s) }
		query('SELECT $1::int + $2::int, $1', 4, 5);
		$s = $db->prepare('SELECT :a::text || :b::text AS c');
		$s->bind_param(':a', '汉');
		$s->bind_param(':b', "q'");
		$s->execute;
		rows($s);
		query('SELECT id FROM tags WHERE hobby @> ? AND id < ? ORDER BY id', ['跑步', 'a,b'], 20);
		query('SELECT ?::int[], ?::text[], ?::numeric', [1, undef, [3]]->[0] ? [1, undef, 3] : [], ['a"b', 'c\\d', ''], '1.50');
		attempt(sub { query('SELECT 1 / ?', 0) });
		attempt(sub { query('SELECT ?::int', 'x') });
		attempt(sub { query('SELECT nothing') });
		attempt(sub { query('SELECT ?') });
		$s = $db->prepare("SELECT ?::bytea, ?::bool, ?::timestamptz");
		$s->bind_param(1, "\x00\x01\xff", {pg_type => PG_BYTEA});
		$s->bind_param(2, 1, {pg_type => PG_BOOL});
		$s->bind_param(3, '2024-01-01 00:00:00+08');
		$s->execute;
		rows($s);
		out($s->{pg_cmd_status}, $s->{ParamTypes}, $s->{pg_numbound}, $s->{pg_oid_status});
	};
}
step 'values' => sub {
	query("SELECT * FROM tags WHERE id IN (3, 4, 7) ORDER BY id");
	query("SELECT ARRAY[[1,2],[3,4]], ARRAY['a',NULL], '{}'::int[], true, false, NULL::bool, 1.0::float4, 'NaN'::numeric, '\\x00ff'::bytea, '{\"a\":1}'::json, interval '1 day', B'101', '1.2.3'::text");
	out($db->selectall_arrayref("SELECT city, count(*) FROM tags GROUP BY 1 ORDER BY 1"), $db->selectrow_hashref("SELECT id, city FROM tags WHERE id = 9"));
	out($db->selectcol_arrayref("SELECT id FROM tags WHERE id < 5 ORDER BY 1"), $db->selectall_hashref("SELECT a, b, v FROM pairs WHERE a = 1", 'b'));
	out($db->quote("it's"), $db->quote("a\\b"), $db->quote("\x01\x02", {pg_type => PG_BYTEA}), $db->quote([1, 'x']), $db->quote_identifier('A b'), $db->quote_identifier('crm', 'order'), $db->quote(undef));
};
step 'types of columns' => sub {
	my $s = $db->prepare("SELECT * FROM tags LIMIT 0");
	$s->execute;
	out($s->{NAME}, $s->{pg_type}, $s->{pg_size}, $s->{NULLABLE});
	$db->do("CREATE TEMP TABLE tt (a int, b varchar(3), c numeric(5,2))");
	out(scalar $db->prepare("SELECT 1")->{NUM_OF_FIELDS});
};
step 'changes' => sub {
	out($db->do("CREATE TABLE perl (id serial PRIMARY KEY, v text UNIQUE)"));
	out($db->do("INSERT INTO perl (v) VALUES (?)", undef, 'a'), $db->last_insert_id(undef, 'public', 'perl', undef), $db->last_insert_id(undef, undef, undef, undef, {sequence => 'perl_id_seq'}));
	my $s = $db->prepare("INSERT INTO perl (v) VALUES (?) RETURNING id, v");
	$s->execute($_), rows($s) for 'b', undef;
	attempt(sub { $db->do("INSERT INTO perl (v) VALUES ('a')") });
	out($db->err, $db->state, map { $db->pg_error_field($_) } qw(severity state primary detail hint position schema table column datatype constraint));
	my @st;
	out(scalar $s->execute_array({ArrayTupleStatus => \@st}, ['x', 'y', 'z']), scalar @st);
	out($db->do("UPDATE perl SET v = v || '!' WHERE id > 2"), $db->do("DELETE FROM perl WHERE id = 99"));
	query("SELECT * FROM perl ORDER BY id");
};
step 'transactions' => sub {
	$db->begin_work;
	$db->do("INSERT INTO perl (v) VALUES ('tx')");
	out($db->pg_savepoint('one'));
	attempt(sub { $db->do("SELECT 1/0") });
	out($db->ping, $db->pg_ping);
	out($db->pg_rollback_to('one'), $db->pg_release('one'));
	out($db->commit, $db->ping);
	$db->{AutoCommit} = 0;
	$db->do("DELETE FROM perl");
	out($db->rollback);
	$db->{AutoCommit} = 1;
	query("SELECT count(*) FROM perl");
	$db->begin_work;
	$db->{ReadOnly} = 1;
	attempt(sub { $db->do("DELETE FROM perl") });
	$db->{ReadOnly} = 0;
	$db->rollback;
};
step 'COPY' => sub {
	$db->do("CREATE TEMP TABLE cp (a int, b text)");
	$db->do("COPY cp FROM STDIN");
	out($db->pg_putcopydata($_)) for "1\ta\n", "2\t汉\n3\t\\N\n";
	out($db->pg_putcopyend);
	$db->do("COPY (SELECT * FROM cp ORDER BY a) TO STDOUT (FORMAT csv)");
	my $line;
	out($line) while $db->pg_getcopydata($line) >= 0;
	$db->do("COPY cp TO STDOUT");
	my @all;
	$db->pg_getcopydata_async($line);
	1 while $db->pg_getcopydata($line) >= 0;
	$db->do("COPY cp FROM STDIN");
	$db->pg_putcopydata("bad\n");
	attempt(sub { $db->pg_putcopyend });
	query("SELECT count(*) FROM cp");
};
step 'asynchronous' => sub {
	$db->do("SELECT pg_sleep(0.05)", {pg_async => PG_ASYNC});
	out($db->pg_ready =~ /^[01]$/ ? 'asked' : 'no');
	out($db->pg_result);
	my $s = $db->prepare("SELECT count(*) FROM tags", {pg_async => PG_ASYNC});
	$s->execute;
	out($s->pg_result, $s->fetchall_arrayref);
	$db->do("SELECT pg_sleep(30)", {pg_async => PG_ASYNC});
	select(undef, undef, undef, 0.1);
	out($db->pg_cancel);
	attempt(sub { $db->pg_result });
	query("SELECT 1");
	attempt(sub { $db->do("SET statement_timeout = 50"); $db->do("SELECT pg_sleep(9)") });
	$db->do("RESET statement_timeout");
};
step 'notifications' => sub {
	$db->do("LISTEN perl");
	$db->do("NOTIFY perl, '你好'");
	my $n = $db->pg_notifies;
	out($n->[0], $n->[1] == $db->{pg_pid}, $n->[2]);
	out($db->pg_notifies);
};
step 'notices' => sub {
	local $SIG{__WARN__} = sub { my $m = shift; $m =~ s/ at \S+ line.*//s; out('warning', $m) };
	$db->{PrintWarn} = 1;
	$db->do("DROP TABLE IF EXISTS nothing");
	$db->do("SET client_min_messages = error");
	$db->do("DROP TABLE IF EXISTS nothing");
	$db->do("RESET client_min_messages");
	$db->{PrintWarn} = 0;
};
step 'column_info' => sub { meta($db->column_info(undef, 'public', $_, '%')) for 'tags', 'pairs', 'women' };
step 'keys' => sub {
	meta($db->primary_key_info(undef, 'public', $_)) for 'tags', 'pairs', 'women';
	out([$db->primary_key(undef, 'public', 'pairs')]);
	meta($db->foreign_key_info(undef, undef, 'tags', undef, 'crm', 'orders'));
	$db->do("CREATE TABLE fk_a (id integer PRIMARY KEY, x text, y date, UNIQUE (x, y))");
	$db->do("CREATE TABLE fk_b (id integer PRIMARY KEY REFERENCES fk_a, x text, y date, up integer REFERENCES fk_b ON DELETE CASCADE DEFERRABLE, FOREIGN KEY (x, y) REFERENCES fk_a (x, y) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED)");
	meta($db->foreign_key_info(undef, 'public', 'fk_a', undef, undef, undef));
	meta($db->foreign_key_info(undef, undef, undef, undef, 'public', 'fk_b'));
	$db->do("DROP TABLE fk_b, fk_a");
};
step 'statistics_info' => sub { meta($db->statistics_info(undef, 'public', $_, 0, 0), 'CARDINALITY', 'PAGES') for 'tags', 'pairs' };
step 'type_info_all' => sub {
	my $all = $db->type_info_all;
	out($_) for @$all;
	out($db->type_info(SQL_INTEGER), $db->get_info(17), $db->get_info(29), $db->get_info(36));
};
step 'cursors' => sub {
	$db->begin_work;
	$db->do("DECLARE c SCROLL CURSOR FOR SELECT id, name FROM tags ORDER BY id");
	query("FETCH 2 FROM c");
	query("FETCH ABSOLUTE 100 FROM c");
	query("FETCH BACKWARD 1 FROM c");
	$db->commit;
};
step 'reconnect' => sub {
	$db->do("DROP TABLE perl");
	my $other = $db->clone;
	out($other->selectrow_array("SELECT 42"));
	$db->do("SELECT pg_terminate_backend($other->{pg_pid})");
	select(undef, undef, undef, 0.1);
	attempt(sub { $other->do("SELECT 1") });
	out($other->ping);
	$other = $db->clone;
	out($other->ping, $other->disconnect, $db->disconnect);
	attempt(sub { DBI->connect("dbi:Pg:dbname=missing", undef, undef, {RaiseError => 1, PrintError => 0}) });
};
