import jakarta.persistence.*;
import java.math.BigDecimal;
import java.time.*;
import java.util.*;
import org.hibernate.*;
import org.hibernate.annotations.*;
import org.hibernate.cfg.*;
import org.hibernate.query.Query;
import org.hibernate.type.SqlTypes;

/** Hibernate: schema tools over entities of many types, HQL, batches, cursors, locks. */
public class HibernateOrm extends Base {
    public enum Tier { GOLD, SILVER, 铜 }

    /** AsIs keeps a JSON value as its text, for want of a library that maps it. */
    public static class AsIs implements org.hibernate.type.format.FormatMapper {
        @SuppressWarnings("unchecked")
        public <T> T fromString(CharSequence text, org.hibernate.type.descriptor.java.JavaType<T> t, org.hibernate.type.descriptor.WrapperOptions o) {
            return (T) text.toString();
        }

        public <T> String toString(T value, org.hibernate.type.descriptor.java.JavaType<T> t, org.hibernate.type.descriptor.WrapperOptions o) {
            return (String) value;
        }
    }

    @Embeddable
    public static class Address {
        String street;
        @Column(name = "zip", length = 6) String zip;
    }

    @Entity(name = "Shop") @jakarta.persistence.Table(name = "h_shop", uniqueConstraints = @UniqueConstraint(name = "h_shop_name", columnNames = "name"))
    public static class Shop {
        @Id @GeneratedValue(strategy = GenerationType.IDENTITY) Long id;
        @Column(nullable = false, length = 40) String name;
        @Embedded Address address;
        @OneToMany(mappedBy = "shop", cascade = jakarta.persistence.CascadeType.ALL, orphanRemoval = true) @jakarta.persistence.OrderBy("id") List<Customer> customers = new ArrayList<>();
    }

    @Entity(name = "Customer") @jakarta.persistence.Table(name = "h_customer", indexes = @jakarta.persistence.Index(name = "h_customer_born", columnList = "born DESC, name"))
    @Comment("顾客")
    public static class Customer {
        @Id @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "s") @SequenceGenerator(name = "s", sequenceName = "h_customer_seq", allocationSize = 10) Long id;
        @jakarta.persistence.Version int version;
        @Column(nullable = false) @Comment("姓名") String name;
        @ManyToOne(fetch = FetchType.LAZY) @JoinColumn(name = "shop_id", foreignKey = @ForeignKey(name = "h_customer_shop")) Shop shop;
        @Enumerated(EnumType.STRING) Tier tier;
        @Enumerated(EnumType.ORDINAL) Tier rank;
        @JdbcTypeCode(SqlTypes.NAMED_ENUM) @Column(name = "native_tier") Tier nativeTier;
        @JdbcTypeCode(SqlTypes.JSON) String profile;
        String[] labels;
        Integer[] scores;
        UUID ref;
        LocalDate born;
        LocalDateTime seen;
        OffsetDateTime stamp;
        Instant instant;
        LocalTime wakes;
        Duration took;
        @Column(precision = 12, scale = 2) BigDecimal spent;
        Double ratio;
        Boolean vip;
        byte[] raw;
        @Lob String story;
        Character mark;
        short small;
        @Formula("length(name)") int letters;
        @ElementCollection @CollectionTable(name = "h_phone") @Column(name = "phone") Set<String> phones = new TreeSet<>();
    }

    @Entity(name = "Animal") @jakarta.persistence.Table(name = "h_animal") @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    public static class Animal { @Id UUID id; String name; }

    @Entity(name = "Cat") public static class Cat extends Animal { Integer lives; }

    @Entity(name = "Dog") public static class Dog extends Animal { String trick; }

    static SessionFactory factory(String... settings) {
        Configuration c = new Configuration();
        for (Class<?> k : new Class<?>[] {Shop.class, Customer.class, Animal.class, Cat.class, Dog.class}) {
            c.addAnnotatedClass(k);
        }
        c.setProperty("hibernate.connection.url", url()).setProperty("hibernate.jdbc.batch_size", "20").setProperty("hibernate.jdbc.time_zone", "UTC").setProperty("hibernate.order_inserts", "true").setProperty("hibernate.type.json_format_mapper", AsIs.class.getName());
        for (int i = 0; i < settings.length; i += 2) {
            c.setProperty(settings[i], settings[i + 1]);
        }
        return c.buildSessionFactory();
    }

    public static void main(String[] args) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        try (java.sql.Connection c = open()) {
            step("validate what is not there", () -> cause(() -> factory("hibernate.hbm2ddl.auto", "validate")));
            step("create", () -> {
                factory("hibernate.hbm2ddl.auto", "create").close();
                tables(c);
            });
            step("validate", () -> factory("hibernate.hbm2ddl.auto", "validate").close());
            step("update", () -> {
                run(c, "ALTER TABLE h_customer DROP COLUMN wakes, DROP COLUMN labels");
                run(c, "DROP TABLE h_animal");
                run(c, "ALTER TABLE h_customer DROP CONSTRAINT h_customer_shop");
                cause(() -> factory("hibernate.hbm2ddl.auto", "validate"));
                factory("hibernate.hbm2ddl.auto", "update").close();
                tables(c);
            });
            try (SessionFactory f = factory("hibernate.hbm2ddl.auto", "validate", "hibernate.default_batch_fetch_size", "8")) {
                step("persist", () -> f.inTransaction(s -> persist(s)));
                step("values", () -> f.inTransaction(s -> {
                    for (Customer k : s.createQuery("from Customer c left join fetch c.shop where c.id <= 3 order by c.id", Customer.class).list()) {
                        show(k);
                    }
                }));
                step("in the tables", () -> {
                    query(c, "SELECT * FROM h_shop ORDER BY id");
                    query(c, "SELECT id, version, name, tier, rank, native_tier, profile, labels, scores, ref, born, seen, stamp, instant, wakes, took, spent, ratio, vip, raw, mark, small FROM h_customer ORDER BY id LIMIT 4");
                    query(c, "SELECT * FROM h_phone ORDER BY 1, 2");
                    query(c, "SELECT last_value FROM h_customer_seq");
                });
                step("HQL", () -> f.inTransaction(HibernateOrm::hql));
                step("HQL of functions", () -> f.inTransaction(HibernateOrm::functions));
                step("criteria", () -> f.inTransaction(HibernateOrm::criteria));
                step("pages and cursors", () -> f.inTransaction(HibernateOrm::pages));
                step("native queries", () -> f.inTransaction(HibernateOrm::natively));
                step("bulk changes", () -> f.inTransaction(HibernateOrm::bulk));
                step("inheritance", () -> f.inTransaction(HibernateOrm::animals));
                step("locks", () -> locks(f));
                step("versions", () -> versions(f));
                step("constraints", () -> constraints(f));
                step("stateless session", () -> stateless(f));
                step("orphans", () -> {
                    f.inTransaction(s -> {
                        Shop shop = s.find(Shop.class, 1L);
                        out.println(shop.customers.size());
                        shop.customers.remove(0);
                        s.remove(s.find(Shop.class, 2L));
                    });
                    query(c, "SELECT shop_id, count(*) FROM h_customer GROUP BY 1 ORDER BY 1");
                });
            }
            step("drop", () -> {
                factory("hibernate.hbm2ddl.auto", "create-drop").close();
                tables(c);
            });
        }
    }

    static void cause(Body b) throws Exception {
        try {
            b.run();
        } catch (Exception e) {
            Throwable t = e;
            while (t.getCause() != null && t.getCause() != t) {
                t = t.getCause();
            }
            out.println(e.getClass().getSimpleName());
            fault(t);
        }
    }

    static void tables(java.sql.Connection c) throws Exception {
        query(c, "SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, character_maximum_length, numeric_precision, numeric_scale, datetime_precision, is_identity FROM information_schema.columns WHERE table_name LIKE 'h\\_%' ORDER BY 1, 2");
        query(c, "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'h\\_%' ORDER BY 1, 2");
        query(c, "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'h\\_%' ORDER BY 1");
        query(c, "SELECT objoid::regclass, attname, description FROM pg_description LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid WHERE objoid::regclass::text LIKE 'h\\_%' ORDER BY 1, 2");
        query(c, "SELECT enumlabel FROM pg_enum JOIN pg_type t ON t.oid = enumtypid WHERE typname = 'tier' ORDER BY enumsortorder");
    }

    static void persist(org.hibernate.Session s) {
        Shop[] shops = new Shop[3];
        for (int i = 0; i < 3; i++) {
            shops[i] = new Shop();
            shops[i].name = new String[] {"北京店", "it's \"quoted\"", "三"}[i];
            if (i > 0) {
                shops[i].address = new Address();
                shops[i].address.street = "街" + i;
                shops[i].address.zip = "10000" + i;
            }
            s.persist(shops[i]);
        }
        for (int i = 0; i < 45; i++) {
            Customer k = new Customer();
            k.name = "顾客" + i;
            k.shop = i % 4 == 3 ? null : shops[i % 3];
            k.small = (short) i;
            if (i != 1) {
                k.tier = Tier.values()[i % 3];
                k.rank = Tier.values()[i % 3];
                k.nativeTier = Tier.values()[i % 3];
                k.profile = "{\"k\": " + i + ", \"城\": [\"a\", " + i + "]}";
                k.labels = i % 5 == 0 ? new String[0] : new String[] {"l" + i % 3, null, "a,b\"c"};
                k.scores = new Integer[] {i, null, i * 2};
                k.ref = new UUID(0x4000L, 0x8000000000000000L + i);
                k.born = LocalDate.of(1980, 1, 31).plusDays(i * 40);
                k.seen = LocalDateTime.of(2024, 2, 29, 1, 2, 3, 456789000).plusHours(i);
                k.stamp = OffsetDateTime.of(k.seen, ZoneOffset.ofHours(8));
                k.instant = Instant.ofEpochSecond(1700000000L + i, 123456000);
                k.wakes = LocalTime.of(6, i % 60, 1);
                k.took = Duration.ofSeconds(i, 500);
                k.spent = new BigDecimal(i * 37 + ".25");
                k.ratio = i / 8.0;
                k.vip = i % 2 == 0;
                k.raw = new byte[] {(byte) i, 0, -1};
                k.mark = (char) ('a' + i % 26);
                k.phones.add("1380000" + i);
                k.phones.add("1390000" + i);
            }
            s.persist(k);
        }
    }

    static void show(Customer k) {
        attempt(() -> out.println(k.id + "|" + k.version + "|" + k.name + "|" + (k.shop == null ? null : k.shop.name) + "|" + k.tier + "|" + k.rank + "|" + k.nativeTier + "|" + k.profile + "|" + text(k.labels) + "|" + text(k.scores)
            + "|" + k.ref + "|" + k.born + "|" + k.seen + "|" + k.stamp + "|" + k.instant + "|" + k.wakes + "|" + k.took + "|" + k.spent + "|" + k.ratio + "|" + k.vip + "|" + text(k.raw) + "|" + k.story + "|" + k.mark + "|" + k.small + "|" + k.letters + "|" + k.phones));
    }

    static void list(org.hibernate.Session s, String hql, Object... params) {
        attempt(() -> {
            Query<Object[]> q = s.createQuery(hql, Object[].class);
            for (int i = 0; i < params.length; i++) {
                q.setParameter(i + 1, params[i]);
            }
            List<Object[]> all = q.list();
            for (Object[] row : all) {
                StringBuilder b = new StringBuilder();
                for (Object v : row) {
                    b.append(b.length() > 0 ? "|" : "").append(text(v));
                }
                out.println(b);
            }
            out.println("(" + all.size() + ")");
        });
    }

    static void hql(org.hibernate.Session s) {
        list(s, "select c.tier, count(*), sum(c.spent), avg(c.ratio), min(c.born), max(c.seen) from Customer c group by c.tier order by c.tier nulls last");
        list(s, "select s.name, size(s.customers) from Shop s order by s.id");
        list(s, "select c.name, c.shop.name from Customer c where c.shop.name like ?1 order by c.id limit 3", "%店");
        list(s, "select c.id, p from Customer c join c.phones p where c.id < 4 order by c.id, p");
        list(s, "select c.id, c.name from Customer c where c.tier in (?1) and c.vip = true and c.born between ?2 and ?3 order by c.id", List.of(Tier.GOLD, Tier.铜), LocalDate.of(1980, 1, 1), LocalDate.of(1982, 1, 1));
        list(s, "select c.id, c.name from Customer c where c.nativeTier = ?1 order by c.id desc fetch first 3 rows only", Tier.SILVER);
        list(s, "select c.id, c.nativeTier from Customer c where exists (select 1 from Customer d where d.shop = c.shop and d.id < c.id and d.vip) order by c.id offset 5 rows fetch next 3 rows only");
        list(s, "select c.shop.id, c.id, rank() over (partition by c.shop.id order by c.spent desc) from Customer c where c.id < 10 order by 1, 3, 2");
        list(s, "with t as (select c.shop.id as shop, sum(c.spent) as total from Customer c group by c.shop.id) select t.shop, t.total from t t order by t.total desc");
        list(s, "select c.id, 'a' from Customer c where c.id = 1 union all select d.id, 'b' from Customer d where d.id = 2 order by 1");
        list(s, "select c.tier, listagg(c.name, ',') within group (order by c.id) from Customer c where c.id < 12 group by c.tier order by 1");
        list(s, "select case when c.small < 10 then '少' when c.small < 20 then '中' else '多' end as k, count(*) from Customer c group by k order by k");
        list(s, "select distinct c.rank, c.vip from Customer c order by 1, 2");
        list(s, "select c.tier, c.vip, count(*) from Customer c group by rollup(c.tier, c.vip) order by 1 nulls first, 2 nulls first");
        list(s, "select c.id, c.name from Customer c where c.nothing = 1");
        list(s, "select c.id, 1 / (c.small - c.small) from Customer c");
        s.getTransaction().markRollbackOnly();
    }

    static void functions(org.hibernate.Session s) {
        list(s, "select upper('aé'), lower(c.name), length(c.name), substring(c.name, 2, 2), trim('  x '), concat(c.name, '-', c.id), replace(c.name, '顾', '客'), locate('客', c.name), lpad('x', 3, '0'), left(c.name, 1), position('客' in c.name) from Customer c where c.id = 3");
        list(s, "select abs(-2), mod(7, 3), sqrt(16.0), round(2.345, 2), floor(1.5), ceiling(1.5), power(2, 10), sign(-3), exp(0.0), ln(1.0), greatest(1, 2), least(1, 2), coalesce(null, 3), nullif(1, 1)");
        list(s, "select year(c.born), month(c.born), day(c.born), extract(week from c.born), extract(hour from c.seen), extract(second from c.seen), extract(date from c.seen), truncate(c.seen, month), c.born + 3 day, c.seen + 90 minute, (c.seen - c.seen + 1 hour) by minute from Customer c where c.id = 3");
        list(s, "select format(c.seen as 'yyyy-MM-dd HH:mm'), cast(c.spent as String), cast(c.id as Integer), cast('12' as Long), cast(c.born as String), str(c.ratio) from Customer c where c.id = 3");
        list(s, "select array_length(c.labels), array_contains(c.labels, 'l2'), array_get(c.labels, 1), array_position(c.labels, 'l2'), array_append(c.labels, 'z'), array_concat(c.scores, c.scores), array_slice(c.scores, 1, 2), array_to_string(c.labels, ';', 'null') from Customer c where c.id = 3");
        list(s, "select c.id from Customer c where array_contains(c.labels, ?1) and c.id < 20 order by c.id", "l1");
        list(s, "select c.id from Customer c where array_includes(c.scores, ?1) order by c.id", (Object) new Integer[] {4, 8});
        list(s, "select c.tier, array_agg(c.id) within group (order by c.id) from Customer c where c.id < 9 group by c.tier order by 1");
        list(s, "select every(c.vip), any(c.vip), stddev_pop(c.ratio), var_samp(c.ratio), percentile_cont(0.5) within group (order by c.ratio), mode() within group (order by c.tier) from Customer c");
        list(s, "select c.id, v from Customer c join lateral (select d.spent as v from Customer d where d.shop = c.shop order by d.spent desc limit 1) m where c.id < 5 order by 1");
        list(s, "select c.name ilike '%客1_', c.name not like '%9', c.id is distinct from 3, c.name || '!' from Customer c where c.id between 10 and 12 order by c.id");
        list(s, "select local date > date 2020-01-01, current timestamp > datetime 2020-01-01 00:00:00, local datetime is not null, instant is not null");
        list(s, "select c.name, overlay('abcdef' placing 'X' from 2 for 3), repeat('ab', 2), right('abc', 2), ascii('a'), chr(66) from Customer c where c.id = 1");
    }

    static void criteria(org.hibernate.Session s) {
        var b = s.getCriteriaBuilder();
        var q = b.createQuery(Customer.class);
        var r = q.from(Customer.class);
        q.select(r).where(b.and(b.isNotNull(r.get("shop")), b.or(b.equal(r.get("tier"), Tier.GOLD), b.gt(r.get("ratio"), 5.0)), b.like(r.get("name"), "顾客%"), r.get("shop").get("id").in(1L, 2L))).orderBy(b.desc(r.get("spent")));
        for (Customer k : s.createQuery(q).setMaxResults(4).list()) {
            out.println(k.id + " " + k.name + " " + k.spent + " " + k.shop.name + " " + k.phones);
        }
    }

    static void pages(org.hibernate.Session s) {
        for (int page = 0; page < 3; page++) {
            out.println(s.createQuery("select c.id from Customer c order by c.id", Long.class).setFirstResult(page * 4).setMaxResults(4).list());
        }
        out.println(s.createQuery("from Customer c where c.vip", Customer.class).getResultCount());
        try (ScrollableResults<Long> r = s.createQuery("select c.id from Customer c order by c.id", Long.class).setFetchSize(5).scroll(ScrollMode.FORWARD_ONLY)) {
            long sum = 0;
            while (r.next()) {
                sum += r.get();
            }
            out.println(sum);
        }
        try (ScrollableResults<Long> r = s.createQuery("select c.id from Customer c order by c.id", Long.class).scroll(ScrollMode.SCROLL_INSENSITIVE)) {
            out.println(r.last() + " " + r.get() + " " + r.previous() + " " + r.get() + " " + r.first() + " " + r.get() + " " + r.scroll(7) + " " + r.get());
        }
        out.println(s.createQuery("select c.name from Customer c where c.id > 40 order by c.id", String.class).setFetchSize(2).stream().toList());
        for (Shop p : s.createQuery("from Shop p left join fetch p.customers where p.id < 3 order by p.id", Shop.class).setTimeout(5).list()) {
            out.println(p.name + " " + p.customers.size() + " " + (p.address == null ? null : p.address.zip));
        }
    }

    static void natively(org.hibernate.Session s) {
        attempt(() -> {
            for (Object row : s.createNativeQuery("SELECT id, name, hobby, extra::text, grade::text, spent FROM tags WHERE city = :city ORDER BY id LIMIT 2", Object[].class).setParameter("city", "上海").list()) {
                out.println(text(row));
            }
        });
        attempt(() -> {
            for (Customer k : s.createNativeQuery("SELECT *, length(name) AS letters FROM h_customer WHERE id IN (:ids) ORDER BY id", Customer.class).setParameterList("ids", List.of(3L, 1L)).list()) {
                out.println(k.id + " " + k.name);
            }
        });
        attempt(() -> out.println(s.createNativeMutationQuery("UPDATE h_shop SET name = name || :x WHERE id = 3").setParameter("x", "!").executeUpdate()));
    }

    static void bulk(org.hibernate.Session s) {
        attempt(() -> out.println(s.createMutationQuery("update Customer c set c.spent = c.spent + 1, c.vip = not c.vip where c.tier = :t").setParameter("t", Tier.GOLD).executeUpdate()));
        attempt(() -> out.println(s.createMutationQuery("update versioned Customer c set c.name = concat(c.name, '*') where c.id in (select d.id from Customer d where d.small between 3 and 5)").executeUpdate()));
        attempt(() -> out.println(s.createMutationQuery("insert into Shop (name) select c.name from Customer c where c.small < 2").executeUpdate()));
        attempt(() -> out.println(s.createMutationQuery("insert into Shop (name) values ('三!'), ('新') on conflict (name) do nothing").executeUpdate()));
        attempt(() -> out.println(s.createMutationQuery("insert into Shop (name, address.zip) values ('新', '999') on conflict (name) do update set address.zip = excluded.address.zip").executeUpdate()));
        attempt(() -> out.println(s.createMutationQuery("delete from Shop p where p.id > 3 and p.address.zip is null").executeUpdate()));
        list(s, "select p.id, p.name, p.address.zip from Shop p order by p.id");
        list(s, "select c.id, c.version, c.name, c.spent, c.vip from Customer c where c.small < 7 order by c.id");
    }

    static void animals(org.hibernate.Session s) {
        for (int i = 0; i < 4; i++) {
            Animal a = i % 2 == 0 ? new Cat() : new Dog();
            a.id = new UUID(1, i);
            a.name = "a" + i;
            if (a instanceof Cat) {
                ((Cat) a).lives = 9 - i;
            }
            s.persist(a);
        }
        s.flush();
        s.clear();
        list(s, "select a.name, type(a) from Animal a order by a.name");
        for (Animal a : s.createQuery("from Animal a where type(a) = Cat or treat(a as Dog).trick is null order by a.id", Animal.class).list()) {
            out.println(a.getClass().getSimpleName() + " " + a.name);
        }
        list(s, "select c.lives, c.id from Cat c order by c.lives");
        Cat c = new Cat();
        c.id = new UUID(1, 0);
        c.name = "merged";
        s.merge(c);
        s.flush();
        list(s, "select a.id, a.name from Animal a order by a.id");
    }

    static void locks(SessionFactory f) throws Exception {
        f.inTransaction(s -> {
            for (LockMode m : new LockMode[] {LockMode.PESSIMISTIC_READ, LockMode.PESSIMISTIC_WRITE, LockMode.UPGRADE_NOWAIT, LockMode.UPGRADE_SKIPLOCKED, LockMode.PESSIMISTIC_FORCE_INCREMENT, LockMode.OPTIMISTIC_FORCE_INCREMENT}) {
                attempt(() -> {
                    Customer k = s.find(Customer.class, 5L, m);
                    out.println(m + " " + k.name + " " + k.version + " " + s.getCurrentLockMode(k));
                    s.flush();
                    s.detach(k);
                });
            }
            attempt(() -> out.println(s.createQuery("select c from Customer c where c.id < 4 order by c.id", Customer.class).setHibernateLockMode(LockMode.PESSIMISTIC_WRITE).list().size()));
        });
        f.inTransaction(s -> {
            s.find(Customer.class, 7L, LockMode.PESSIMISTIC_WRITE);
            try (org.hibernate.Session other = f.openSession()) {
                other.beginTransaction();
                cause(() -> other.find(Customer.class, 7L, LockModeType.PESSIMISTIC_WRITE, Timeout.milliseconds(0)));
                other.getTransaction().rollback();
            } catch (Exception e) {
                fault(e);
            }
        });
        f.inTransaction(s -> out.println(s.createQuery("select c from Customer c where c.id between 6 and 8 order by c.id", Customer.class)
            .setLockMode(LockModeType.PESSIMISTIC_WRITE).setHint("jakarta.persistence.lock.timeout", -2).list().stream().map(k -> k.id).toList()));
    }

    static void versions(SessionFactory f) throws Exception {
        try (org.hibernate.Session a = f.openSession(); org.hibernate.Session b = f.openSession()) {
            a.beginTransaction();
            b.beginTransaction();
            Customer x = a.find(Customer.class, 9L), y = b.find(Customer.class, 9L);
            x.name = "first";
            y.name = "second";
            a.getTransaction().commit();
            cause(() -> b.getTransaction().commit());
            a.beginTransaction();
            a.refresh(x);
            out.println(x.name + " " + x.version);
            a.getTransaction().commit();
        }
    }

    static void constraints(SessionFactory f) throws Exception {
        cause(() -> f.inTransaction(s -> {
            Shop p = new Shop();
            p.name = "北京店";
            s.persist(p);
        }));
        cause(() -> f.inTransaction(s -> s.persist(new Customer())));
        cause(() -> f.inTransaction(s -> {
            Shop p = new Shop();
            p.name = "x".repeat(41);
            s.persist(p);
        }));
        cause(() -> f.inTransaction(s -> s.createMutationQuery("delete from Shop p where p.id = 1").executeUpdate()));
        cause(() -> f.inTransaction(s -> s.createNativeMutationQuery("UPDATE h_customer SET tier = 'IRON' WHERE id = 1").executeUpdate()));
        cause(() -> f.inTransaction(s -> s.createNativeMutationQuery("UPDATE h_customer SET native_tier = 'IRON' WHERE id = 1").executeUpdate()));
        cause(() -> f.inTransaction(s -> s.createNativeQuery("SELECT pg_sleep(5)", Object.class).setTimeout(1).list()));
    }

    static void stateless(SessionFactory f) throws Exception {
        f.inStatelessTransaction(s -> {
            Cat c = new Cat();
            c.id = new UUID(2, 1);
            c.name = "stateless";
            s.insert(c);
            c.name = "changed";
            s.update(c);
            Cat d = new Cat();
            d.id = new UUID(2, 2);
            d.name = "upserted";
            s.upsert(d);
            d.lives = 3;
            s.upsert(d);
            for (Animal a : s.createQuery("from Animal a where a.name in ('changed', 'upserted') order by a.name", Animal.class).list()) {
                out.println(a.name + " " + ((Cat) a).lives);
            }
            s.delete(c);
        });
    }
}
