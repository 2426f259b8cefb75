"""Notices 公示: what was shown, where, from when to when, with proof; and objections, each tracked to its answer."""

from __future__ import annotations

from django.db import models
from django.db.models import BigIntegerField, Case, F, Func, Q, Value, When
from django.db.models.functions import Cast

from xiuhua.notices.terms import Channel, Count
from xiuhua.places.scope import ScopedManager


class Holiday(models.Model):
    """A day off, or a weekend day that is worked, by the yearly circular. Written by the owner of the tables alone."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}"


class Sheet(models.Model):
    """The A4 paper that hangs: made once, kept as it is, known by its number and its digest. Only added.

    One sheet may carry several lines, each of its own matter; each matter then has its own notice, hung with this sheet.
    """

    place_code = models.CharField(max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField()
    # Whose numbers it bears: the place that hung it, also when that lies in another one since. The database sets it.
    series = models.CharField(max_length=12, db_collation="C", blank=True, default="", db_default="")
    number = models.PositiveIntegerField()  # by series and year
    matter = models.JSONField()  # {"zh": …, "en": …}
    entries = models.JSONField()  # [{"reference": …, "line": {…}}]
    hung_on = models.DateField()
    due_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    count = models.CharField(max_length=10, choices=Count.choices())
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    objects = ScopedManager["Sheet"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="one_sheet_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} {self.number}"

    def references(self) -> list[str]:
        """What its lines belong to."""
        return [str(one["reference"]) for one in self.entries]


class Notice(models.Model):
    """One notice on one board. What it shows is by the allow-list (`services.LINE`): nothing else of a household is in it.

    `due_on` is set by the database: so many days after the day of hanging, moved to a working day. It comes down after that,
    never while an objection is open, or as soon as its matter is over; and it stays on record.
    """

    reference = models.CharField(max_length=80, unique=True)
    # The proceeding that the reference names: looked up by number, as under row-level security no index finds the beginning of a text.
    of_proceeding = models.GeneratedField(
        expression=Case(
            When(
                reference__regex=r"^proceeding:[0-9]{1,18}:",
                then=Cast(
                    Func(F("reference"), Value(":"), Value(2), function="split_part"), BigIntegerField()
                ),
            )
        ),
        output_field=BigIntegerField(),
        db_persist=True,
        null=True,
    )
    place_code = models.CharField(max_length=12, db_collation="C")
    matter = models.JSONField()  # {"zh": …, "en": …}
    lines = models.JSONField()
    board = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField()
    count = models.CharField(max_length=10, choices=Count.choices())
    hung_on = models.DateField()
    due_on = models.DateField()
    hung_by = models.CharField(max_length=200)
    # Who hung it and who took it down: of a notice of a proceeding always said; null where it was recorded before.
    hung_appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    hung_proof = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # The paper that hangs, as it was made here; none where somebody wrote it by hand.
    sheet = models.ForeignKey("notices.Sheet", models.PROTECT, null=True, related_name="notices")
    # Where the matter is handled: the database sets it by the step. Objections go one level above it.
    handled_at = models.CharField(max_length=12, db_collation="C", blank=True, default="", db_default="")
    taken_down_on = models.DateField(null=True)
    taken_down_by = models.CharField(max_length=200, blank=True)
    taken_down_appointment = models.ForeignKey(
        "accounts.Appointment", models.PROTECT, null=True, related_name="+"
    )
    taken_down_proof = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["Notice"]()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place_code", "taken_down_on"], name="notice_place"),
            models.Index(fields=["of_proceeding"], name="notice_of_proceeding"),
            # What an office has hanging, asked on every inbox: few of all that ever hung.
            models.Index(
                fields=["handled_at", "place_code"],
                condition=Q(taken_down_on__isnull=True),
                name="notice_hangs",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_hangs_before_it_comes_down",
                condition=Q(taken_down_on__isnull=True)
                | Q(taken_down_on__gte=F("hung_on"), taken_down_proof__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Objection(models.Model):
    """Somebody says that what a notice says is not so. Anonymous is allowed; who it was is sealed, and so is what was said.

    Answered once, by somebody who had no part in what is objected to.
    """

    notice = models.ForeignKey("notices.Notice", models.PROTECT, related_name="objections")
    place_code = models.CharField(max_length=12, db_collation="C")
    channel = models.CharField(max_length=10, choices=Channel.choices())
    who_sealed = models.BinaryField(null=True)  # null: anonymous
    said_sealed = models.BinaryField()
    came_on = models.DateField()
    taken_by = models.CharField(max_length=200)
    # Whose it is to answer: the place above the one that handled the matter. The database sets it.
    goes_to = models.CharField(max_length=12, db_collation="C", blank=True, default="", db_default="")
    due_on = models.DateField(null=True)
    # The keyed hash of the code with which whoever objected sees the answer; the code itself is nowhere.
    receipt_blind = models.BinaryField(null=True, unique=True)
    answer = models.CharField(max_length=400, blank=True)
    upheld = models.BooleanField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_official = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ScopedManager["Objection"]()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["place_code", "answered_at"], name="objection_place"),
            models.Index(
                fields=["goes_to", "due_on"], name="objection_waiting", condition=Q(answered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.pk}"


class Publication(models.Model):
    """A notice as the web may show it, and nothing else of it. Written by the database alone, when a notice of a kind that may
    have a page is hung; read by anybody, through a policy that shows what hangs today and nothing before or after.
    """

    notice = models.OneToOneField("notices.Notice", models.PROTECT, related_name="+")
    slug = models.CharField(max_length=16, unique=True)
    place_code = models.CharField(max_length=12, db_collation="C")
    place_name = models.CharField(max_length=200)
    handled_by = models.CharField(max_length=200)
    answered_by = models.CharField(max_length=200)
    matter = models.JSONField()
    lines = models.JSONField()
    board = models.CharField(max_length=120)
    hung_on = models.DateField()
    due_on = models.DateField()
    down_on = models.DateField(null=True)

    class Meta:
        ordering = ["-hung_on", "-id"]
        indexes = [models.Index(fields=["place_code", "due_on"], name="publication_place")]

    def __str__(self) -> str:
        return self.slug
