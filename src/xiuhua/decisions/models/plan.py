"""滚动计划与动态调整: what one person files and another approves: planned years of exit, windows; targets from above.

Everything here is only added to. What counts is the newest that was approved; a plan or a target decides nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.decisions.terms import Category, Measure, SheetKind, Verdict
from xiuhua.places.scope import ScopedManager


class Said(models.Model):
    """Who said it and when. Official and moment are the database's."""

    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, related_name="+")
    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="+")
    actor = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Sheet(Said):
    """What somebody filed for approval, whole and in one transaction: lines of a plan, or a window."""

    kind = models.CharField(max_length=10, choices=SheetKind.choices())
    place_code = models.CharField(max_length=12, db_collation="C")
    reason = models.CharField(max_length=400)
    # The transaction in which it was filed: nothing is added to it later.
    filed_in = models.BigIntegerField()

    objects = ScopedManager["Sheet"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "-id"], name="sheet_place")]

    def __str__(self) -> str:
        return f"{self.kind} {self.place_code} {self.pk}"


class SheetAnswer(Said):
    """What became of a sheet: approved or refused by another person, or taken back by whoever filed it. Once."""

    sheet = models.OneToOneField("decisions.Sheet", models.PROTECT, related_name="answer")
    place_code = models.CharField(max_length=12, db_collation="C")
    verdict = models.CharField(max_length=10, choices=Verdict.choices())
    reason = models.CharField(max_length=400, blank=True)

    objects = ScopedManager["SheetAnswer"]()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["place_code", "verdict"], name="sheetanswer_place")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.verdict}"


class PlanLine(models.Model):
    """A version of a planned year: of a household, or, where none is named, of the village or county itself.

    year: None takes it off the plan. before: the year that counted when it was filed. readiness: what the rules said when a
    year was moved forward ({as_of, fails, unknown, unchecked: rule ids}); acknowledged: why it is planned all the same.
    """

    sheet = models.ForeignKey("decisions.Sheet", models.PROTECT, related_name="lines")
    place_code = models.CharField(max_length=12, db_collation="C")
    household = models.ForeignKey("registry.Household", models.PROTECT, null=True, related_name="+")
    year = models.PositiveSmallIntegerField(null=True)
    before = models.PositiveSmallIntegerField(null=True)
    readiness = models.JSONField(null=True)
    acknowledged = models.CharField(max_length=400, blank=True)

    objects = ScopedManager["PlanLine"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "household"], name="one_line_a_household"),
            models.CheckConstraint(name="planned_year_is_one", condition=Q(year__isnull=True) | Q(year__range=(2014, 2100))),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["place_code"], name="planline_place"),
            models.Index(fields=["household"], name="planline_household"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id or self.place_code} {self.year}"


class PlanTarget(Said):
    """What an office above wants of a place in a year. The newest counts; it changes nobody's plan."""

    place_code = models.CharField(max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=12, choices=Measure.choices())
    count = models.PositiveIntegerField()
    basis = models.CharField(max_length=400)

    objects = ScopedManager["PlanTarget"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "year"], name="plantarget_place")]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year} {self.count}"


class Window(models.Model):
    """The yearly adjustment of a county: from when to when its procedures may begin; both empty: always open."""

    sheet = models.OneToOneField("decisions.Sheet", models.PROTECT, related_name="window")
    place_code = models.CharField(max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField()
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)

    objects = ScopedManager["Window"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "-id"], name="window_place")]
        constraints = [
            models.CheckConstraint(
                name="window_opens_and_closes",
                condition=Q(opens_on__isnull=True, closes_on__isnull=True)
                | Q(opens_on__isnull=False, closes_on__isnull=False, closes_on__gte=models.F("opens_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.year}"


class Candidate(models.Model):
    """A household that a rule of the adjustment points at: a lead and never a decision. It stays with its year, whatever becomes of it.

    `stands`: whether the newest look found it still; `first_on`: the day of the look that found it first.
    """

    place_code = models.CharField(max_length=12, db_collation="C")
    household = models.ForeignKey("registry.Household", models.CASCADE, related_name="+")
    category = models.CharField(max_length=20, choices=Category.choices())
    rule = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField(default=0)
    as_of = models.DateField()
    found_at = models.DateTimeField()
    first_on = models.DateField(null=True)
    stands = models.BooleanField(default=True, db_default=True)

    objects = ScopedManager["Candidate"]()

    class Meta:
        ordering = ["place_code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "rule", "year"], name="one_candidate_a_rule_and_year"
            ),
        ]
        indexes = [models.Index(fields=["place_code", "category"], name="candidate_place")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.rule}"


class CandidateAnswer(Said):
    """Looked at, and nothing is to be done about it this year, with the reason."""

    place_code = models.CharField(max_length=12, db_collation="C")
    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=Category.choices())
    year = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=400)

    objects = ScopedManager["CandidateAnswer"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "category"], name="candidateanswer_place")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.category}"
