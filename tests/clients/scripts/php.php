<?php
// Steps of PHP: PDO_PGSQL and the extension pgsql.
error_reporting(E_ALL);
set_error_handler(function ($no, $text) { echo 'warning ', preg_replace('/^\w+\(\): /', '', $text), "\n"; return true; });

function show($v) {
    if (is_resource($v)) return 'stream ' . bin2hex(stream_get_contents($v));
    return json_encode($v, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
}
function out(...$all) { echo implode(' ', array_map('show', $all)), "\n"; }
function attempt($f) {
    try { $f(); }
    catch (PDOException $e) { out('PDOException', $e->getCode(), preg_replace('/port \d+/', 'port N', show($e->errorInfo))); }
    catch (Throwable $e) { out(get_class($e), $e->getMessage()); }
}
function step($name, $f) { echo "# step $name\n"; attempt($f); }
function rows($s, $mode = PDO::FETCH_NUM) { foreach ($s->fetchAll($mode) as $r) out(...array_values((array)$r)); out($s->rowCount(), $s->columnCount()); }
// meta prints what a column is, without OIDs of user objects.
function meta($m) { foreach (['pgsql:oid', 'pgsql:table_oid'] as $k) if (($m[$k] ?? 0) >= 16384) $m[$k] = 'user'; ksort($m); return $m; }

$dsn = "pgsql:host={$_SERVER['PGHOST']};port={$_SERVER['PGPORT']};dbname={$_SERVER['PGDATABASE']};user={$_SERVER['PGUSER']}";
foreach (['native' => [], 'emulated' => [PDO::ATTR_EMULATE_PREPARES => true], 'no statements' => [PDO::PGSQL_ATTR_DISABLE_PREPARES => true]] as $how => $options) {
    $db = new PDO($dsn, null, null, $options + [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    step("PDO values, $how", function () use ($db) {
        $s = $db->prepare('SELECT id, name, city, age, spent, score, vip, birthday, hobby, extra, grade, note FROM tags WHERE id = ? AND name <> ?');
        foreach ([1, 2, 30] as $id) { $s->execute([$id, "x'\\?"]); rows($s); }
        $s = $db->prepare('SELECT :a::text AS a, :b::int + :b::int AS b, :c::bool AS c, :d::text IS NULL AS d');
        $s->bindValue(':a', "汉'字"); $s->bindValue(':b', 21, PDO::PARAM_INT); $s->bindValue(':c', false, PDO::PARAM_BOOL); $s->bindValue(':d', null, PDO::PARAM_NULL);
        $s->execute(); rows($s);
        rows($db->query("SELECT 1 AS i, 1.5::numeric AS n, 2.5::float8 AS f, true AS t, false AS f, NULL, 'x' AS s, ARRAY[1,NULL], '{\"a\":1}'::jsonb, now() IS NULL"));
        attempt(fn() => $db->query('SELECT nothing'));
        attempt(function () use ($db) { $s = $db->prepare('SELECT 1 / ?::int'); $s->execute([0]); });
        attempt(function () use ($db) { $s = $db->prepare('SELECT ?::int'); $s->execute(['x']); });
        attempt(function () use ($db) { $s = $db->prepare('SELECT ?'); $s->execute([]); });
    });
    step("PDO bytea and streams, $how", function () use ($db) {
        $db->exec('CREATE TEMP TABLE blobs (id int, b bytea)');
        $s = $db->prepare('INSERT INTO blobs VALUES (?, ?)');
        $s->bindValue(1, 1, PDO::PARAM_INT); $s->bindValue(2, "\x00\x01\xff", PDO::PARAM_LOB); out($s->execute());
        $f = fopen('php://memory', 'r+'); fwrite($f, str_repeat("\x00ab", 5000)); rewind($f);
        $s->bindValue(1, 2, PDO::PARAM_INT); $s->bindValue(2, $f, PDO::PARAM_LOB); out($s->execute());
        rows($db->query('SELECT id, length(b), md5(b) FROM blobs ORDER BY id'));
        rows($db->query('SELECT b FROM blobs WHERE id = 1'));
    });
    step("PDO transactions, $how", function () use ($db) {
        $db->exec('CREATE TEMP TABLE tx (id serial PRIMARY KEY, v text)');
        out($db->beginTransaction(), $db->inTransaction(), $db->exec("INSERT INTO tx (v) VALUES ('a')"), $db->lastInsertId(), $db->lastInsertId('tx_id_seq'), $db->rollBack(), $db->inTransaction());
        $db->beginTransaction();
        attempt(fn() => $db->exec('INSERT INTO tx VALUES (1 / 0)'));
        attempt(fn() => $db->exec('SELECT 1'));
        out($db->rollBack());
        attempt(fn() => $db->commit());
        out($db->exec("INSERT INTO tx (v) VALUES ('b'), ('c')"), $db->exec("UPDATE tx SET v = v || 'x'"), $db->exec('DELETE FROM tx WHERE id > 99'));
        rows($db->query("INSERT INTO tx (v) VALUES ('r') RETURNING v"));
        out($db->exec('CREATE TEMP TABLE many (a int); INSERT INTO many VALUES (1), (2)'));
    });
    step("PDO columns, $how", function () use ($db) {
        $s = $db->query('SELECT * FROM tags LIMIT 1');
        for ($i = 0; $i < $s->columnCount(); $i++) out(meta($s->getColumnMeta($i)));
    });
    step("PDO cursor, $how", function () use ($db) {
        $s = $db->prepare('SELECT id, city FROM tags WHERE id <= 10 ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
        $s->execute();
        foreach ([[PDO::FETCH_ORI_NEXT, 0], [PDO::FETCH_ORI_LAST, 0], [PDO::FETCH_ORI_PRIOR, 0], [PDO::FETCH_ORI_ABS, 3], [PDO::FETCH_ORI_REL, 2], [PDO::FETCH_ORI_FIRST, 0]] as [$way, $n]) out($s->fetch(PDO::FETCH_NUM, $way, $n));
        $s->closeCursor();
    });
    step("PDO fetch modes, $how", function () use ($db) {
        foreach ([PDO::FETCH_ASSOC, PDO::FETCH_BOTH, PDO::FETCH_OBJ, PDO::FETCH_KEY_PAIR, PDO::FETCH_COLUMN, PDO::FETCH_GROUP | PDO::FETCH_COLUMN, PDO::FETCH_UNIQUE] as $m)
            out($db->query("SELECT a, b FROM pairs ORDER BY a, b")->fetchAll($m));
    });
    step("PDO attributes, $how", function () use ($db) {
        out($db->quote("it's \\ 汉"), $db->getAttribute(PDO::ATTR_CONNECTION_STATUS), $db->getAttribute(PDO::ATTR_DRIVER_NAME), strpos($db->getAttribute(PDO::ATTR_SERVER_INFO), 'Client Encoding: UTF8') !== false);
        out($db->pgsqlCopyFromArray('blobs', ["7\t\\\\x0102", "8\t\\N"]), $db->pgsqlCopyToArray('blobs', '|', 'nil', 'id'));
        $db->exec('LISTEN php'); $db->exec("NOTIFY php, '你好'");
        $n = $db->pgsqlGetNotify(PDO::FETCH_ASSOC, 1000);
        out($n ? [$n['message'], $n['payload'], $n['pid'] === $db->pgsqlGetPid()] : $n);
    });
}
step('PDO failures', function () use ($dsn) {
    attempt(fn() => new PDO(str_replace('dbname=', 'dbname=missing_', $dsn)));
    $db = new PDO($dsn, null, null, [PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_SILENT]);
    out($db->query('SELECT nothing'), $db->errorInfo());
    $db->exec('SET statement_timeout = 50');
    out($db->query('SELECT pg_sleep(9)'), $db->errorCode());
});

$c = pg_connect("");
step('pgsql connection', function () use ($c) {
    out(pg_dbname($c), pg_connection_status($c), pg_transaction_status($c), pg_client_encoding($c), pg_parameter_status($c, 'server_encoding'), pg_parameter_status($c, 'TimeZone'), pg_ping($c), pg_options($c), pg_version($c)['protocol']);
    out(pg_set_client_encoding($c, 'GBK'), pg_client_encoding($c), bin2hex(pg_fetch_result(pg_query($c, 'SELECT chr(20013)'), 0, 0)), pg_set_client_encoding($c, 'UTF8'));
});
step('pgsql queries', function () use ($c) {
    $r = pg_query($c, 'SELECT * FROM tags WHERE id < 4 ORDER BY id');
    for ($i = 0; $i < pg_num_fields($r); $i++) out(pg_field_name($r, $i), pg_field_type($r, $i), pg_field_size($r, $i), pg_field_table($r, $i), pg_field_prtlen($r, 0, $i), pg_field_is_null($r, 1, $i), pg_field_num($r, pg_field_name($r, $i)));
    while ($row = pg_fetch_assoc($r)) out($row);
    out(pg_num_rows($r), pg_affected_rows($r), pg_fetch_all_columns($r, 1), pg_result_status($r, PGSQL_STATUS_STRING));
    out(pg_fetch_all(pg_query_params($c, 'SELECT $1::text AS a, $2::int[] AS b, $3::bool AS c', ['汉', '{1,2}', 'f'])));
    pg_prepare($c, 'p', 'SELECT id FROM tags WHERE city = $1 AND age > $2 ORDER BY id LIMIT 3');
    out(pg_fetch_all(pg_execute($c, 'p', ['上海', 40])));
    out(pg_query($c, 'SELECT nothing'), pg_last_error($c));
    pg_send_query($c, 'SELECT 1 / 0; SELECT 2');
    $r = pg_get_result($c);
    foreach ([PGSQL_DIAG_SEVERITY, PGSQL_DIAG_SQLSTATE, PGSQL_DIAG_MESSAGE_PRIMARY, PGSQL_DIAG_MESSAGE_DETAIL, PGSQL_DIAG_CONTEXT] as $f) out(pg_result_error_field($r, $f));
    out(pg_get_result($c), pg_connection_busy($c));
    out(pg_escape_string($c, "it's"), pg_escape_literal($c, "a\\b"), pg_escape_identifier($c, 'A"b'), pg_escape_bytea($c, "\x00\xff"), bin2hex(pg_unescape_bytea('\\x00ff')));
});
step('pgsql helpers', function () use ($c) {
    foreach (['tags', 'pairs', 'crm.orders'] as $t) {
        $m = pg_meta_data($c, $t);
        out($m);
        out(pg_meta_data($c, $t, true));
    }
    out(pg_convert($c, 'pairs', ['a' => '7', 'b' => "x'y", 'v' => '']));
    out(pg_insert($c, 'pairs', ['a' => 50, 'b' => '插入', 'v' => 'one']) !== false);
    out(pg_select($c, 'pairs', ['a' => 50]), pg_update($c, 'pairs', ['v' => 'two'], ['a' => 50]), pg_select($c, 'pairs', ['b' => '插入']), pg_delete($c, 'pairs', ['a' => 50]), pg_select($c, 'pairs', ['a' => 50]));
    out(pg_insert($c, 'pairs', ['a' => 1, 'b' => 'z'], PGSQL_DML_STRING), pg_select($c, 'pairs', ['a' => 1], PGSQL_DML_STRING));
});
step('pgsql COPY', function () use ($c) {
    pg_query($c, 'CREATE TEMP TABLE cp (a int, b text)');
    out(pg_copy_from($c, 'cp', ["1\ta", "2\t汉", "3\t\\N"]), pg_copy_to($c, 'cp'), pg_copy_to($c, 'cp', '|', 'nil'));
    pg_query($c, 'COPY cp FROM STDIN'); pg_put_line($c, "4\tput\n"); pg_put_line($c, "\\.\n"); out(pg_end_copy($c));
    out(pg_fetch_all(pg_query($c, 'SELECT count(*), max(b) FROM cp')));
    out(pg_copy_from($c, 'cp', ["bad\tline\textra"]), pg_last_error($c));
});
step('pgsql notifications and notices', function () use ($c) {
    pg_query($c, 'LISTEN php'); pg_query($c, "NOTIFY php, 'x'");
    $n = pg_get_notify($c, PGSQL_ASSOC);
    out($n ? [$n['message'], $n['payload'], $n['pid'] === pg_get_pid($c)] : $n);
    pg_query($c, 'DROP TABLE IF EXISTS nothing');
    out(pg_last_notice($c));
    pg_send_query($c, 'SELECT pg_sleep(20)'); usleep(50000); out(pg_cancel_query($c), pg_fetch_all(pg_query($c, 'SELECT 1 AS alive')));
    out(pg_close($c));
});
