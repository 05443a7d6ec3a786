"""Steps of Django: introspection, inspectdb, a schema made by its editor, and the ORM."""
import io
import re

import django
from django.conf import settings

import steps

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": steps.DATABASE, "USER": steps.USER,
                           "HOST": steps.HOST, "PORT": steps.PORT}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"], USE_TZ=True, TIME_ZONE="UTC", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.postgres.fields import ArrayField  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, models, transaction  # noqa: E402
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Subquery, Sum, Window  # noqa: E402
from django.db.models.functions import Lower, Rank, TruncMonth  # noqa: E402


class Tag(models.Model):
    """The fixture's table, as inspectdb would describe it."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=40)
    gender = models.TextField(null=True)
    city = models.TextField(null=True)
    age = models.SmallIntegerField(null=True)
    spent = models.DecimalField(max_digits=12, decimal_places=2)
    score = models.FloatField(null=True)
    vip = models.BooleanField(null=True)
    birthday = models.DateField(null=True)
    seen = models.DateTimeField(null=True)
    ref = models.UUIDField(null=True)
    hobby = ArrayField(models.TextField(), null=True)
    extra = models.JSONField(null=True)
    raw = models.BinaryField(null=True)

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "tags"


class Shop(models.Model):
    """A table that Django makes."""

    name = models.CharField(max_length=20, unique=True, db_comment="店名")
    city = models.CharField(max_length=20, db_index=True)
    area = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    opened = models.DateField(null=True)
    kinds = ArrayField(models.CharField(max_length=10), default=list)
    info = models.JSONField(default=dict)

    class Meta:
        app_label = "shop"
        constraints = [models.CheckConstraint(condition=Q(area__gte=0), name="area_positive"),
                       models.UniqueConstraint(fields=["city", "name"], name="one_in_city")]


class Sale(models.Model):
    """A table that refers to another and to itself."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="sales")
    earlier = models.ForeignKey("self", on_delete=models.SET_NULL, null=True)
    day = models.OneToOneField("shop.Day", on_delete=models.PROTECT, null=True, to_field="on")

    class Meta:
        app_label = "shop"


class Day(models.Model):
    on = models.DateField(unique=True)

    class Meta:
        app_label = "shop"


def show(*values):
    """Prints values; the number of a type that the fixture makes is the server's own."""
    print(re.sub(r"type_code=\d{5,}", "type_code=N", " ".join(repr(v) for v in values)))


@steps.step("introspection")
def _():
    with connection.cursor() as c:
        i = connection.introspection
        show(sorted(i.get_table_list(c)))
        for t in ("tags", "pairs", "women", "city_counts"):
            show(t, i.get_table_description(c, t))
            show(sorted(i.get_constraints(c, t).items()), i.get_relations(c, t), i.get_sequences(c, t))


@steps.step("inspectdb")
def _():
    out = io.StringIO()
    call_command("inspectdb", include_views=True, stdout=out)
    print(out.getvalue())


@steps.step("schema editor")
def _():
    with connection.schema_editor() as e:
        e.create_model(Shop)
    with connection.cursor() as c:
        show(sorted(connection.introspection.get_constraints(c, "shop_shop").items()))
        show(connection.introspection.get_table_description(c, "shop_shop"))
    field = models.IntegerField(default=7)
    field.set_attributes_from_name("floor")
    with connection.schema_editor() as e:
        e.add_field(Shop, field)
    with connection.cursor() as c:
        c.execute("SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_name = 'shop_shop' ORDER BY ordinal_position")
        show(c.fetchall())
    with connection.schema_editor() as e:
        e.remove_field(Shop, field)


@steps.step("ORM writes")
def _():
    s = Shop.objects.create(name="一店", city="北京", area="12.50", kinds=["a", "b,c"], info={"k": [1, "城"]})
    show(s.pk, Shop.objects.get(pk=s.pk).kinds, Shop.objects.get(pk=s.pk).info)
    made = Shop.objects.bulk_create([Shop(name=f"店{i}", city="上海") for i in range(50)], batch_size=20)
    show(len(made), made[-1].pk)
    Shop.objects.bulk_create([Shop(name="店1", city="广州")], update_conflicts=True, unique_fields=["name"], update_fields=["city"])
    show(Shop.objects.get(name="店1").city, Shop.objects.update_or_create(name="店2", defaults={"area": 3})[1], Shop.objects.get_or_create(name="店3")[1])
    show(Shop.objects.filter(city="上海").update(area=F("id") + 1), Shop.objects.filter(name__startswith="店4").delete())
    try:
        with transaction.atomic():
            Shop.objects.create(name="一店", city="x")
    except IntegrityError as e:
        show(str(e))
    show(Shop.objects.filter(kinds__contains=["a"]).count(), Shop.objects.filter(info__k__1="城").count())


@steps.step("ORM reads")
def _():
    q = Tag.objects.filter(city="上海", age__range=(20, 30)).order_by("id")
    show(q.count(), list(q.values_list("id", "name", "spent", "score", "vip", "birthday", "seen", "ref", "hobby", "extra")[:3]))
    show(bytes(q[0].raw), q.exists(), q.aggregate(Sum("spent"), Avg("score"), n=Count("id", filter=Q(vip=True))))
    show(list(Tag.objects.values("city").annotate(n=Count("id"), s=Sum("spent")).order_by(F("city").asc(nulls_first=True))))
    show(list(Tag.objects.annotate(m=TruncMonth("birthday")).values("m").annotate(n=Count("id")).order_by("m")[:4]))
    show(Tag.objects.filter(hobby__overlap=["跑步"]).count(), Tag.objects.filter(hobby__len=2).count(), Tag.objects.filter(extra__k=3).count())
    show(Tag.objects.filter(name__icontains="户12", gender__isnull=False).exclude(city=None).count(), Tag.objects.filter(name__regex=r"\d{4}$").count())
    show(list(Tag.objects.filter(id__lte=6).annotate(r=Window(Rank(), partition_by="gender", order_by=F("spent").desc())).order_by("id").values_list("id", "r")))
    inner = Tag.objects.filter(city=OuterRef("city"), age__lt=19)
    show(Tag.objects.filter(Exists(inner)).count(), list(Tag.objects.filter(id__in=[1, 2]).order_by("id").annotate(a=Subquery(inner.order_by("id").values("id")[:1])).values_list("a", Lower("name"))))
    show(sum(1 for _ in Tag.objects.order_by("id").iterator(chunk_size=700)), Tag.objects.in_bulk([5, 6]).keys())
    show(list(Tag.objects.filter(id=1).union(Tag.objects.filter(id=3)).order_by("-id").values_list("id", flat=True)))


@steps.step("transactions")
def _():
    with transaction.atomic():
        a = Shop.objects.select_for_update().get(name="一店")
        a.city = "深圳"
        a.save()
        try:
            with transaction.atomic():
                Shop.objects.filter(pk=a.pk).update(city="没有")
                raise ValueError
        except ValueError:
            pass
    show(Shop.objects.get(pk=a.pk).city)


@steps.step("foreign keys")
def _():
    with connection.schema_editor() as e:
        e.create_model(Day)
        e.create_model(Sale)
    with connection.cursor() as c:
        i = connection.introspection
        show(sorted(i.get_constraints(c, "shop_sale").items()), sorted(i.get_relations(c, "shop_sale").items()))
    out = io.StringIO()
    call_command("inspectdb", "shop_sale", stdout=out)
    print(out.getvalue())
    s = Shop.objects.get(name="一店")
    d = Day.objects.create(on="2024-02-29")
    a = Sale.objects.create(shop=s, day=d)
    b = Sale.objects.create(shop=s, earlier=a)
    for bad in (dict(shop_id=99999), dict(shop=s, earlier_id=99999), dict(shop=s, day_id="2000-01-01")):
        try:
            with transaction.atomic():
                show(Sale.objects.create(**bad).earlier_id)  # the keys wait for COMMIT
        except IntegrityError as e:
            show(str(e))
    try:
        with transaction.atomic():
            x = Sale.objects.create(shop_id=99998)
            connection.check_constraints()
    except IntegrityError as e:
        show(str(e))
    with transaction.atomic():
        x = Sale.objects.create(shop_id=77777)
        Shop.objects.create(id=77777, name="后来的店", city="x")
    show(list(Sale.objects.select_related("shop", "earlier").order_by("id").values_list("shop__name", "earlier__shop__city", "day__on")))
    show(s.sales.count(), a.delete(), Sale.objects.filter(earlier=None).count(), Shop.objects.filter(sales__isnull=False).distinct().count())
    show(Shop.objects.filter(id=77777).delete(), Sale.objects.count())
    with connection.cursor() as c:
        try:
            c.execute("DELETE FROM shop_shop")
            connection.check_constraints()
        except IntegrityError as e:
            show(str(e))
    with connection.schema_editor() as e:
        e.delete_model(Sale)
        e.delete_model(Day)


@steps.step("migrate")
def _():
    out = io.StringIO()
    call_command("migrate", verbosity=1, stdout=out, no_color=True)
    print(out.getvalue())
    u = User.objects.create_user("王", "w@example.com", "x")
    g = Group.objects.create(name="运营")
    u.groups.add(g)
    g.permissions.set(Permission.objects.filter(codename__startswith="add"))
    show(u.has_perm("auth.add_user"), User.objects.filter(groups__permissions__codename="add_user").values_list("username", flat=True).get(), g.permissions.count())
    out = io.StringIO()
    call_command("makemigrations", dry_run=True, stdout=out, no_color=True)
    print(out.getvalue())
