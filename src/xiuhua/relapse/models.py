"""Clues, applications from the page, what was found on the visit, help given before the paper, and yearly judgements. All only
added to, but for a clue's end and the household that an application turns out to be of.

The database holds it: one open clue a household; its days from the rulebook's figures and the calendar; an end that rests on
something; nothing removed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from xiuhua.decisions.terms import Help as HelpKind
from xiuhua.places.scope import ScopedManager
from xiuhua.registry.terms import WatchClass
from xiuhua.relapse.terms import Channel, End, Judgement, Origin, Risk, Standing, Told


class Measure(models.Model):
    """A figure of the rulebook that a sheet is held to, of a place (empty: the nation) and from when to when. Written by the owner alone."""

    figure = models.CharField(max_length=60)
    place_code = models.CharField(max_length=12, blank=True, db_collation="C")
    since = models.DateField()
    until = models.DateField(null=True)
    value = models.BigIntegerField()

    class Meta:
        ordering = ["figure", "place_code", "since"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "place_code", "since"], name="one_measure_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.place_code} {self.since}"


class Clue(models.Model):
    """A family may be slipping. What else is heard of it meanwhile joins it. `check_due_on`, `due_on`: the database's, by days.

    contests: the clue that ended as no risk so lately that this one is its appeal: others go there and end it. said_on: the day of the
    newest saying; a visit from before it has not heard it. Both the database's.
    """

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="clues")
    village_code = models.CharField(max_length=12, db_collation="C")
    came_on = models.DateField()
    check_days = models.PositiveSmallIntegerField()  # calendar days to the visit
    whole_days = models.PositiveSmallIntegerField()  # working days to the end of it all
    check_due_on = models.DateField()
    due_on = models.DateField()
    said_on = models.DateField(db_default=Now())
    owner = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    end = models.CharField(max_length=12, choices=End.choices(), default="", blank=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)
    # The post it is ended in; the official follows from it.
    ended_appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    ended_official = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, null=True, related_name="clues")
    contests = models.ForeignKey("self", models.PROTECT, null=True, related_name="contested_by")

    objects = ScopedManager["Clue"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(end=""), name="one_open_clue_a_household"
            ),
            models.CheckConstraint(
                name="clue_ends_whole",
                condition=Q(
                    end="", ended_on__isnull=True, proceeding__isnull=True, ended_official__isnull=True
                )
                | Q(
                    end="proceeding",
                    ended_on__isnull=False,
                    proceeding__isnull=False,
                    ended_official__isnull=False,
                )
                | Q(
                    end__in=("helped", "no_risk", "gone"),
                    ended_on__isnull=False,
                    ended_official__isnull=False,
                )
                & ~Q(end_reason="")
                | Q(end="moved", ended_on__isnull=False, ended_official__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["village_code", "end", "due_on"], name="clue_village"),
            models.Index(fields=["owner", "due_on"], name="clue_owner", condition=Q(end="")),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.came_on}"


class Telling(models.Model):
    """告知: the household was told that its clue ended as no risk: when, how, whom of it, by whom. Only added; once a clue."""

    clue = models.OneToOneField("relapse.Clue", models.PROTECT, related_name="telling")
    village_code = models.CharField(max_length=12, db_collation="C")
    way = models.CharField(max_length=10, choices=Told.choices())
    told_on = models.DateField()
    # A member of it; null: it was left at the house, or told to somebody who is none, which `note` says.
    person = models.ForeignKey("registry.Person", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, related_name="+")
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["Telling"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="no_is_told_whom", condition=Q(person__isnull=False) | ~Q(note="")),
        ]
        indexes = [models.Index(fields=["village_code"], name="clue_telling_village")]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.way}"


class ClueSource(models.Model):
    """One saying that a clue rests on. Of a list only its kind: what it says of whom stands with the hit, and goes with it."""

    clue = models.ForeignKey("relapse.Clue", models.PROTECT, related_name="sources")
    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12, db_collation="C")
    origin = models.CharField(max_length=12, choices=Origin.choices())
    channel = models.CharField(max_length=10, choices=Channel.choices(), default="", blank=True)
    risk = models.CharField(max_length=12, choices=Risk.choices())
    said = models.CharField(max_length=600, blank=True)
    told_by = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=80, blank=True)
    list_kind = models.CharField(max_length=12, blank=True)
    hit = models.BigIntegerField(null=True)
    # What tells a list's or a rule's saying from the same said again; empty for what people say.
    mark = models.CharField(max_length=120, blank=True)
    came_on = models.DateField()
    by = models.CharField(max_length=150)
    post = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    objects = ScopedManager["ClueSource"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clue", "mark"], condition=~Q(mark=""), name="said_once"),
            models.CheckConstraint(
                name="somebody_said_something",
                condition=Q(origin__in=("list", "rule", "again")) & ~Q(mark="")
                | Q(origin__in=("household", "cadre", "assessment")) & ~Q(said=""),
            ),
        ]
        indexes = [models.Index(fields=["village_code"], name="cluesource_village")]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.origin}"


class Application(models.Model):
    """Somebody asks for help for a household, in their words: sealed but for village, matter and day. Its days run at once, found or
    not; `source` is what it became once somebody knew which household it is. From the page it comes by its door alone; on paper, by
    phone or in person somebody in a post takes it down (`appointment`), of a family that the register does not have yet.
    """

    village_code = models.CharField(max_length=12, db_collation="C")
    risk = models.CharField(max_length=12, choices=Risk.choices())
    head_sealed = models.BinaryField()
    said_sealed = models.BinaryField()
    contact_sealed = models.BinaryField(null=True)  # null: none was left
    came_on = models.DateField()
    check_days = models.PositiveSmallIntegerField()
    whole_days = models.PositiveSmallIntegerField()
    check_due_on = models.DateField()
    due_on = models.DateField()
    owner = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # The keyed hash of the code with which whoever asked sees how far it is; the code itself is nowhere.
    receipt_blind = models.BinaryField(unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices(), db_default=Channel.PAGE.value)
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    taken_by = models.CharField(max_length=200, blank=True, db_default="")
    source = models.ForeignKey("relapse.ClueSource", models.PROTECT, null=True, related_name="+")
    # The case by which its family, which the register does not have, is entered on the roll; another once that came to nothing.
    registration = models.OneToOneField("decisions.Case", models.PROTECT, null=True, related_name="+")
    tied_by = models.CharField(max_length=200, blank=True)
    tied_at = models.DateTimeField(null=True)

    objects = ScopedManager["Application"]()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="application_came_some_way",
                condition=Q(channel="page", appointment__isnull=True, taken_by="")
                | Q(channel__in=("paper", "phone", "spoken"), appointment__isnull=False) & ~Q(taken_by=""),
            )
        ]
        indexes = [
            models.Index(
                fields=["village_code", "due_on"],
                name="application_open",
                condition=Q(source__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village_code} {self.came_on}"


class Reply(models.Model):
    """What an application's asker reads while nobody knows which household it is of: why, and where to ask back. It stays open."""

    application = models.ForeignKey("relapse.Application", models.PROTECT, related_name="replies")
    village_code = models.CharField(max_length=12, db_collation="C")
    reason = models.CharField(max_length=300)
    ask_back = models.CharField(max_length=200)
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["Reply"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="reply_says_where", condition=~Q(reason="") & ~Q(ask_back=""))
        ]
        indexes = [models.Index(fields=["village_code"], name="reply_village")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.pk}"


class Sheet(models.Model):
    """综合研判表: what was found on the visit, what the household said, and what a named person thinks, beside the rules.

    Money in fen, of the twelve months before. Null is not known. `known`: by field, what it was filled in with, from where, of which
    day, and whether it was asked on the visit (`asked`) or checked lately (`recent`); sheets of before name what they took from the register.
    `marks`: what of it reaches the rulebook's measures (terms.Mark), set by the database.
    """

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12, db_collation="C")
    clue = models.ForeignKey("relapse.Clue", models.PROTECT, null=True, related_name="sheets")
    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, null=True, related_name="sheets")
    visited_on = models.DateField()
    said = models.CharField(max_length=600)
    net_income_fen = models.BigIntegerField(null=True)
    medical_own_fen = models.BigIntegerField(null=True)
    education_own_fen = models.BigIntegerField(null=True)
    disaster_own_fen = models.BigIntegerField(null=True)
    other_spending_fen = models.BigIntegerField(null=True)
    food_clothing = models.BooleanField(null=True)
    schooling = models.BooleanField(null=True)
    medical = models.BooleanField(null=True)
    house = models.BooleanField(null=True)
    water = models.BooleanField(null=True)
    difficulties = models.CharField(max_length=600, blank=True)
    coping = models.CharField(max_length=600, blank=True)
    judgement = models.CharField(max_length=12, choices=Judgement.choices())
    suggested = models.CharField(max_length=10, choices=WatchClass.choices(), default="", blank=True)
    reason = models.CharField(max_length=600)
    known = models.JSONField(default=dict)
    outcomes = models.JSONField(default=dict)  # rule -> result, evidence, facts, figures
    marks = models.CharField(max_length=80, default="", db_default="", blank=True)
    # The post; null only in rows of before it was kept. Who acted, and whom a deputy stood in for, follow from it.
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="+")
    deputises = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["Sheet"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="sheet_says_why", condition=~Q(said="") & ~Q(reason="")),
            models.CheckConstraint(
                name="sheet_belongs_somewhere", condition=Q(clue__isnull=False) | Q(proceeding__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["village_code"], name="sheet_village")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.judgement}"


class Relief(models.Model):
    """Urgent help: what, when, by whom. Given first; its paper stays owed until the day, and is brought once."""

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+")
    village_code = models.CharField(max_length=12, db_collation="C")
    clue = models.ForeignKey("relapse.Clue", models.PROTECT, null=True, related_name="reliefs")
    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, null=True, related_name="reliefs")
    kind = models.CharField(max_length=12, choices=HelpKind.choices())
    what = models.CharField(max_length=200)
    giver = models.CharField(max_length=120)
    given_on = models.DateField()
    amount_fen = models.BigIntegerField(null=True)
    paper_days = models.PositiveSmallIntegerField()  # working days
    paper_due_on = models.DateField()
    paper = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    paper_by = models.CharField(max_length=200, blank=True)
    paper_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["Relief"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="relief_is_something", condition=~Q(what="") & ~Q(giver="")),
            models.CheckConstraint(
                name="relief_amount_is_an_amount", condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0)
            ),
        ]
        indexes = [models.Index(fields=["village_code", "paper_due_on"], name="relief_village")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.given_on}"


class Assessment(models.Model):
    """分类管理: where a household that left poverty stands in a year, as one named person judged it, once."""

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="assessments")
    village_code = models.CharField(max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=12, choices=Standing.choices())
    reason = models.CharField(max_length=400)
    assessed_on = models.DateField()
    # The post; null only in rows of before it was kept. Who acted, and whom a deputy stood in for, follow from it.
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="+")
    deputises = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["Assessment"]()

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["household", "year"], name="one_assessment_a_year"),
            models.CheckConstraint(name="assessment_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["village_code", "year"], name="assessment_village")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year}"
