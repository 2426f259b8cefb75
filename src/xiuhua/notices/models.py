"""Notices 公示: what was shown, where, from when to when, with proof; and objections, each tracked to its answer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

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


class Notice(models.Model):
    """One notice on one board. What it shows is by the allow-list (`services.LINE`): nothing else of a household is in it.

    `due_on` is set by the database: so many days after the day of hanging, moved to a working day. It comes down after that,
    never while an objection is open, and stays on record.
    """

    reference = models.CharField(max_length=80, unique=True)
    place_code = models.CharField(max_length=12, db_collation="C")
    matter = models.JSONField()  # {"zh": …, "en": …}
    lines = models.JSONField()
    board = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField()
    count = models.CharField(max_length=10, choices=Count.choices())
    hung_on = models.DateField()
    due_on = models.DateField()
    hung_by = models.CharField(max_length=200)
    hung_proof = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    taken_down_on = models.DateField(null=True)
    taken_down_by = models.CharField(max_length=200, blank=True)
    taken_down_proof = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")

    objects = ScopedManager["Notice"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "taken_down_on"], name="notice_place")]
        constraints = [
            models.CheckConstraint(
                name="notice_hangs_before_it_comes_down",
                condition=Q(taken_down_on__isnull=True)
                | Q(taken_down_on__gt=F("due_on"), taken_down_proof__isnull=False),
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
    answer = models.CharField(max_length=400, blank=True)
    upheld = models.BooleanField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_official = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ScopedManager["Objection"]()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["place_code", "answered_at"], name="objection_place")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.pk}"
