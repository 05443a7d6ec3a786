# Steps of Ruby: pg, Sequel and ActiveRecord.
require 'pg'
require 'date'
require 'bigdecimal'
$stdout.sync = true
Encoding.default_internal = Encoding.default_external = 'UTF-8'

def show(v)
  case v
  when BigDecimal then "big #{v.to_s('F')}"
  when Time then "time #{v.utc.strftime('%F %T.%6N')}"
  when String then v.encoding == Encoding::BINARY ? "binary #{v.unpack1('H*')}" : v.inspect
  when Array then "[#{v.map { |x| show(x) }.join(', ')}]"
  when Hash then "{#{v.map { |k, x| "#{k}: #{show(x)}" }.join(', ')}}"
  else v.inspect
  end
end
def out(*all) = puts(all.map { |v| show(v) }.join(' '))
def attempt
  yield
rescue PG::Error => e
  r = e.result
  out e.class.name, e.message.dup.force_encoding('UTF-8').gsub(/port \d+/, 'port N'), r && %w[SEVERITY SQLSTATE MESSAGE_PRIMARY MESSAGE_DETAIL MESSAGE_HINT STATEMENT_POSITION CONTEXT SCHEMA_NAME TABLE_NAME COLUMN_NAME DATATYPE_NAME CONSTRAINT_NAME].map { |f| r.error_field(PG.const_get("PG_DIAG_#{f}")) }
rescue StandardError => e
  out e.class.name, e.message
end
def step(name, &f)
  puts "# step #{name}"
  attempt(&f)
end
def rows(r)
  out r.fields, (0...r.nfields).map { |i| [r.ftype(i) < 16384 ? r.ftype(i) : 'user', r.fmod(i), r.fformat(i), r.ftablecol(i)] }
  r.each_row { |x| out(*x) }
  out r.ntuples, r.cmd_status, r.cmd_tuples
end

c = PG.connect
step 'connection' do
  out c.db, c.user, c.status, c.transaction_status, c.protocol_version, c.internal_encoding.to_s, c.get_client_encoding, c.parameter_status('DateStyle'), PG::Connection.ping, c.server_version / 10000 >= 15
  attempt { PG.connect(dbname: 'missing') }
  attempt { PG.connect(options: '-c nothing=1') }
end
step 'exec_params' do
  rows c.exec_params('SELECT $1::int + 1 AS a, $2::text AS b, $3::bytea AS c, $4::text[] AS d', [41, '汉字', { value: "\x00\xff".b, format: 1 }, '{a,"b,c"}'])
  rows c.exec_params('SELECT id, name, spent, vip, birthday, joined, seen, hobby, extra, raw FROM tags WHERE id = $1', [5], 1)
  rows c.exec_params('SELECT id, name, spent, vip, birthday, joined, seen, hobby, extra, raw FROM tags WHERE id = $1', [5], 0)
  attempt { c.exec_params('SELECT $1::int', ['x']) }
  attempt { c.exec_params('SELECT 1 / $1', [0]) }
  attempt { c.exec('INSERT INTO pairs (a, b) VALUES (1, $$x$$)') }
  attempt { c.exec('SELECT nothing') }
end
step 'type maps' do
  [0, 1].each do |format|
    d = PG.connect
    d.type_map_for_results = PG::BasicTypeMapForResults.new(d)
    d.type_map_for_queries = PG::BasicTypeMapForQueries.new(d)
    r = d.exec_params("SELECT 1::int2, 2::int4, 3::int8, 1.5::numeric, 2.5::float8, true, 't'::text, '2024-02-29'::date, '2024-02-29 12:00:00.5'::timestamp, '2024-02-29 12:00:00+08'::timestamptz, '{1,NULL}'::int[], '{a,\"b,c\"}'::text[], '\\x00ff'::bytea, '{\"a\": [1]}'::json, 'NaN'::float8, NULL::int, '192.168.0.1'::text, 1.5::float4", [], format)
    out(*r.values[0])
    r = d.exec_params('SELECT $1::int AS i, $2::float8 AS f, $3::bool AS b, $4::int[] AS a, $5::text[] AS t, $6::text AS n', [7, 1.25, true, [1, 2], %w[x y,z], nil], format)
    out r[0]
    rows d.exec_params('SELECT id, city, spent, hobby, shops FROM tags WHERE id < 4 ORDER BY id', [], 0)
    reg = PG::BasicTypeRegistry.new.register_default_types
    out PG::BasicTypeMapForResults.new(d, registry: reg).class
    d.close
  end
end
step 'prepared' do
  c.prepare('p', 'SELECT id FROM tags WHERE city = $1 AND age > $2 ORDER BY id LIMIT 2')
  rows c.exec_prepared('p', ['北京', 30])
  r = c.describe_prepared('p')
  out r.nparams, (0...r.nparams).map { |i| r.paramtype(i) }, r.fields
  attempt { c.exec_prepared('p', ['x']) }
  attempt { c.prepare('p', 'SELECT 1') }
  c.exec('DEALLOCATE p')
end
step 'copy_data' do
  c.exec('CREATE TEMP TABLE cp (a int, b text, c text[])')
  enc = PG::TextEncoder::CopyRow.new
  r = c.copy_data('COPY cp FROM STDIN', enc) { c.put_copy_data([1, '汉', '{a}']); c.put_copy_data([2, nil, nil]) }
  out r.cmd_status
  c.copy_data('COPY cp TO STDOUT', PG::TextDecoder::CopyRow.new) { while (row = c.get_copy_data); out row; end }
  c.copy_data('COPY cp TO STDOUT (FORMAT binary)', PG::BinaryDecoder::CopyRow.new) { while (row = c.get_copy_data); out row; end } if PG::BinaryDecoder.const_defined?(:CopyRow)
  attempt { c.copy_data('COPY cp FROM STDIN') { c.put_copy_data("x\ty\tz\n") } }
  attempt { c.copy_data('COPY cp FROM STDIN') { c.put_copy_data("9\ty\t{}\n"); raise 'given up' } }
  rows c.exec('SELECT count(*) FROM cp')
end
step 'single row mode' do
  c.send_query('SELECT id FROM tags WHERE id < 6 ORDER BY id')
  c.set_single_row_mode
  c.get_result.stream_each { |r| out r }
  out c.get_result
end
step 'pipeline mode' do
  c.enter_pipeline_mode
  c.send_query_params('SELECT $1::int', [1])
  c.send_query_params('SELECT 1 / 0', [])
  c.send_query_params('SELECT 2', [])
  c.pipeline_sync
  c.send_query_params('SELECT 3', [])
  c.pipeline_sync
  syncs = 0
  while syncs < 2
    next unless (r = c.get_result)
    out r.res_status(r.result_status), r.result_status == PG::PGRES_TUPLES_OK ? r.values : nil
    syncs += 1 if r.result_status == PG::PGRES_PIPELINE_SYNC
  end
  c.exit_pipeline_mode
end
step 'transactions' do
  attempt { c.transaction { c.exec("INSERT INTO cp VALUES (70)"); raise 'undo' } }
  c.transaction { c.exec('INSERT INTO cp VALUES (71)') }
  rows c.exec('SELECT a FROM cp WHERE a >= 70')
end
step 'notifications, notices, cancel' do
  c.exec('LISTEN rb')
  PG.connect { |d| d.exec("NOTIFY rb, '你好'") }
  c.wait_for_notify(2) { |chan, pid, load| out chan, pid.class, load }
  out c.wait_for_notify(0.05)
  c.set_notice_processor { |m| out m }
  c.exec('DROP TABLE IF EXISTS nothing')
  c.send_query('SELECT pg_sleep(20)')
  sleep 0.05
  out c.cancel
  attempt { c.get_last_result }
  out c.escape_literal("it's"), c.quote_ident('A b'), c.escape_bytea("\x00\xff".b)
  c.reset
  out c.exec('SELECT 1').getvalue(0, 0)
end

require 'sequel'
step 'Sequel' do
  db = Sequel.connect(adapter: 'postgres', host: ENV['PGHOST'], port: ENV['PGPORT'], user: ENV['PGUSER'], database: ENV['PGDATABASE'])
  db.extension :pg_array, :pg_json, :pg_enum
  out db.tables.sort, db.views.sort, db.tables(schema: :crm), db.table_exists?(:tags), db.table_exists?(:nothing)
  %i[tags pairs women].each { |t| db.schema(t).each { |n, s| out n, s.reject { |k, _| %i[oid base_oid domain_oid].include?(k) } } }
  out db.indexes(:tags), db.indexes(:pairs), db.foreign_key_list(:tags), db.primary_key(:tags), db.primary_key_sequence(Sequel[:crm][:orders])
  ds = db[:tags].where(city: '上海').exclude(gender: nil)
  out ds.count, ds.sum(:spent), ds.max(:birthday), ds.order(:id).limit(2).select(:id, :name, :hobby, :extra, :vip, :joined, :grade).all
  out db[:tags].where(id: [1, 2, 3]).group_and_count(:city).order(:city).all, db[:tags].select_map(:age).size, db[:tags].order(:id).first(Sequel.pg_array_op(:hobby).contains(%w[跑步]))&.fetch(:id)
  db.create_table(:seq) { primary_key :id; String :v, null: false, unique: true; column :tags, 'text[]'; jsonb :j; DateTime :at, default: Sequel::CURRENT_TIMESTAMP; check { char_length(v) > 0 } }
  out db[:seq].insert(v: 'a', tags: Sequel.pg_array(%w[x y]), j: Sequel.pg_jsonb('k' => 1)), db[:seq].returning(:id, :v).insert(v: 'b')
  out db[:seq].insert_conflict(target: :v, update: { v: Sequel[:excluded][:v] }).multi_insert([{ v: 'a' }, { v: 'c' }]), db[:seq].order(:id).select_map(%i[id v tags j])
  attempt { db[:seq].insert(v: 'b') }
  attempt { db[:seq].insert(v: '') }
  out db[:seq].where(v: 'b').update(v: 'bb'), db[:seq].where(v: 'c').delete
  db.transaction(savepoint: true) { db[:seq].delete; db.transaction(savepoint: true) { raise Sequel::Rollback }; raise Sequel::Rollback }
  out db[:seq].count, db[:tags].order(:id).use_cursor(rows_per_fetch: 700).map(:id).sum, db.alter_table(:seq) { add_column :w, Integer, default: 5; add_index :w; set_column_type :w, :Bignum; rename_column :w, :x }, db.schema(:seq).map(&:first)
  out db.copy_table(db[:seq].select(:id, :v).order(:id), format: :csv), db.drop_table(:seq)
  db.create_table(:fk_p) { primary_key :id; String :a; String :b; unique %i[a b], name: :fk_ab, deferrable: true; index :a, unique: true }
  db.create_table(:fk_c) { primary_key :id; foreign_key :p_id, :fk_p, on_delete: :cascade, on_update: :set_null, deferrable: true; foreign_key %i[id], :fk_p, name: :fk_same, key: %i[id] }
  db.alter_table(:fk_c) { add_foreign_key :up, :fk_c, deferrable: :immediate; add_column :n, Integer; add_foreign_key [:n], :fk_p, name: :fk_n, not_valid: true; validate_constraint :fk_n }
  %i[fk_p fk_c].each { |t| out db.foreign_key_list(t).sort_by { |f| f[:name].to_s }, db.foreign_key_list(t, reverse: true).sort_by { |f| f[:name].to_s } }
  out db[:fk_p].insert(a: 'x', b: 'y'), db[:fk_c].insert(p_id: 1), db[:fk_c].select_map(%i[id p_id up])
  attempt { db[:fk_c].insert(id: 1, p_id: 5) }
  attempt { db[:fk_p].insert(a: 'z', b: 'w'); db[:fk_c].insert(p_id: 9) }
  attempt { db[:fk_p].where(id: 1).delete }
  attempt { db.drop_table(:fk_p) }
  db.alter_table(:fk_c) { drop_constraint :fk_same; drop_foreign_key :up }
  out db[:fk_p].where(id: 1).delete, db[:fk_c].count, db.drop_table(:fk_c, :fk_p)
  db.disconnect
end

require 'active_record'
step 'ActiveRecord' do
  ActiveRecord::Base.logger = nil
  ActiveRecord::Migration.verbose = false
  ActiveRecord::Base.establish_connection(adapter: 'postgresql', host: ENV['PGHOST'], port: ENV['PGPORT'], username: ENV['PGUSER'], database: ENV['PGDATABASE'])
  k = ActiveRecord::Base.connection
  out k.tables.sort, k.views.sort, k.data_sources.sort, k.primary_keys('pairs'), k.current_schema, k.schema_names, k.encoding, k.collation, k.extensions, k.table_comment('tags')
  %w[tags pairs crm.orders].each { |t| k.columns(t).each { |x| out t, x.name, x.sql_type, x.type, x.null, x.default, x.default_function, x.comment, x.limit, x.precision, x.scale, x.array } }
  %w[tags pairs].each { |t| k.indexes(t).each { |i| out i.table, i.name, i.unique, i.columns, i.using, i.where }; out k.primary_key(t), k.foreign_keys(t), k.pk_and_sequence_for(t) }
  m = Class.new(ActiveRecord::Base) { self.table_name = 'tags' }
  out m.count, m.where(city: '上海').order(:id).limit(2).map(&:attributes), m.where('hobby @> ARRAY[?]', '跑步').where(age: 20..25).count, m.group(:grade).count.sort_by { |k, _| k }, m.average(:spent), m.find_by(id: 7).name, m.pluck(:id).sum, m.in_batches(of: 900).count, m.exists?(id: 99999)
  class Mig < ActiveRecord::Migration[6.1]
    def change
      create_table :ars do |t|
        t.string :v, null: false, limit: 20
        t.text :tags, array: true, default: []
        t.jsonb :j
        t.decimal :n, precision: 10, scale: 2
        t.timestamps
      end
      add_index :ars, :v, unique: true
      add_column :ars, :w, :integer, default: 3
    end
  end
  ActiveRecord::MigrationContext.new('nowhere', ActiveRecord::SchemaMigration).tap { ActiveRecord::SchemaMigration.create_table; ActiveRecord::InternalMetadata.create_table }
  migrator = ActiveRecord::Migrator.new(:up, [ActiveRecord::MigrationProxy.new('Mig', 1, __FILE__, '').tap { |p| p.define_singleton_method(:migration) { Mig.new('Mig', 1) } }], ActiveRecord::SchemaMigration)
  attempt { out migrator.migrate.size }
  attempt { Mig.new.exec_migration(k, :up) } unless k.table_exists?('ars')
  a = Class.new(ActiveRecord::Base) { self.table_name = 'ars'; validates :v, presence: true }
  x = a.create!(v: '一', tags: %w[a b], j: { k: 1 }, n: '1.25')
  out x.id, x.reload.attributes.except('created_at', 'updated_at')
  attempt { a.create!(v: '一') }
  out a.insert_all([{ v: '二', created_at: Time.now, updated_at: Time.now }]).rows, a.upsert_all([{ v: '二', w: 9, created_at: Time.now, updated_at: Time.now }], unique_by: :v).rows, a.order(:id).pluck(:v, :w, :tags)
  a.transaction { a.delete_all; raise ActiveRecord::Rollback }
  out a.count, a.update_all(w: 1), k.select_all('SELECT 1 AS a, ARRAY[1,2] AS b, now() IS NULL AS c').to_a
  k.create_table(:ar_parents) { |t| t.string :code, index: { unique: true } }
  k.create_table(:ar_children) { |t| t.references :ar_parent, foreign_key: { on_delete: :cascade }; t.string :code; t.bigint :ars_id }
  k.add_foreign_key :ar_children, :ar_parents, column: :code, primary_key: :code, on_update: :cascade, name: 'by_code', validate: false
  k.add_foreign_key :ar_children, :ars
  out k.foreign_keys(:ar_children).map { |f| [f.to_table, f.name, f.column, f.primary_key, f.on_delete, f.on_update, f.validated?, f.options] }.sort_by(&:to_s), k.foreign_key_exists?(:ar_children, :ars)
  k.validate_foreign_key :ar_children, name: 'by_code'
  attempt { k.execute("INSERT INTO ar_children (ar_parent_id) VALUES (5)") }
  attempt { k.execute("INSERT INTO ar_children (code) VALUES ('none')") }
  k.disable_referential_integrity { k.execute("INSERT INTO ar_children (ar_parent_id, code) VALUES (7, 'seven')") }
  k.execute("INSERT INTO ar_parents VALUES (7, 'seven'), (8, 'acht')")
  out k.update("UPDATE ar_parents SET code = code || '!'"), k.select_rows('SELECT ar_parent_id, code FROM ar_children'), k.delete('DELETE FROM ar_parents'), k.select_value('SELECT count(*) FROM ar_children')
  k.remove_foreign_key :ar_children, name: 'by_code'
  k.remove_foreign_key :ar_children, :ars
  out k.foreign_keys(:ar_children).map(&:name)
  require 'stringio'
  s = StringIO.new
  attempt { ActiveRecord::SchemaDumper.dump(k, s); puts s.string.lines.reject { |l| l =~ /^#/ } }
  %w[ar_children ar_parents ars schema_migrations ar_internal_metadata].each { |t| k.drop_table(t, if_exists: true) }
  k.disconnect!
end
