"""Proceedings 程序事项: a household identified, let out, taken in again, a village or county let out, step by step as the rulebook's procedure says.

The database holds to the procedure: these tables are only added to, and what a proceeding is at follows from what was signed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, GeneratedField, Q, Value, When
from django.db.models.fields.json import KT

from xiuhua.decisions.terms import Course, Sign, Told
from xiuhua.notices.terms import Channel
from xiuhua.places.scope import ScopedManager


class Procedure(models.Model):
    """A procedure of the rulebook as it was read by a version of the product. Written by the owner of the tables alone.

    A proceeding keeps the one it began with: rules that change on the way change nothing for it.
    """

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    programme = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    definition = models.JSONField()
    # Whoever began a proceeding did it at this step; a definition is long, and lists ask of fifty.
    first_step = GeneratedField(
        expression=KT("definition__steps__0__id"), output_field=models.TextField(), db_persist=True
    )
    since = models.DateField()
    until = models.DateField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["name", "digest"], name="one_procedure_a_digest")]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:8]}"


class Proceeding(models.Model):
    """One household, village or county in one procedure. `at_step` and `course` are the database's; `round` grows when it is sent back.

    Of a place, `household` is null and `subject_code` is the place's code; of a household, `subject_code` is empty.
    """

    procedure = models.ForeignKey("decisions.Procedure", models.PROTECT)
    kind = models.CharField(max_length=60)
    place_code = models.CharField(max_length=12, db_collation="C")
    household = models.ForeignKey("registry.Household", models.PROTECT, null=True, related_name="+")
    # Follows from where the row lies, so that it follows a village that is united with another.
    subject_code = GeneratedField(
        expression=Case(When(household__isnull=True, then=F("place_code")), default=Value("")),
        output_field=models.CharField(max_length=12, db_collation="C"),
        db_persist=True,
    )
    course = models.CharField(max_length=10, choices=Course.choices(), default=Course.OPEN)
    at_step = models.CharField(max_length=60)
    round = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField()
    # Who began it had a part in it, at its first step; null where it was begun before that was written down.
    begun_appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    # The day whose rules hold: today, or in the records of a past programme the day of its data.
    as_of = models.DateField()
    # The day the step that it is at began: what is due is counted from it.
    step_since = models.DateField()
    # The day of what it answers to, a clue: the days of the whole are counted from it. Null: from its own beginning.
    counts_from = models.DateField(null=True)
    # Of a programme whose time is over: the day of the matter whose record is completed, and why it is. Null and empty: of today.
    completes_on = models.DateField(null=True)
    completes_why = models.CharField(max_length=200, default="", db_default="", blank=True)
    # By when that step is to be done, as the procedure says; set by the database, so that what is late can be asked for.
    due_on = models.DateField(null=True)
    # The day it ended, however it did; an appeal has its days from here.
    closed_on = models.DateField(null=True)
    effect_on = models.DateField(null=True)
    effect_status = models.CharField(max_length=10, blank=True)

    objects = ScopedManager["Proceeding"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "household"], condition=Q(course="open"), name="one_open_proceeding_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_code"],
                condition=Q(course="open", household__isnull=True),
                name="one_open_proceeding_of_a_kind_and_place",
            ),
            models.CheckConstraint(
                condition=Q(completes_on__isnull=True, completes_why="")
                | Q(completes_on__isnull=False) & ~Q(completes_why=""),
                name="completing_says_what_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "course", "at_step"], name="proceeding_place"),
            # All that a board or an inbox counts of what is open stands in here: it reads no row for it.
            models.Index(
                fields=["place_code", "due_on"],
                include=["procedure", "at_step", "step_since", "id"],
                condition=Q(course="open"),
                name="proceeding_waits",
            ),
            # What is closed only grows; its number is read from here alone.
            models.Index(fields=["place_code"], condition=~Q(course="open"), name="proceeding_closed"),
            # What a household is told of; only those nobody told are asked for.
            models.Index(
                fields=["place_code"],
                condition=Q(course__in=("withdrawn", "refused")),
                name="proceeding_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Signature(models.Model):
    """What one person did at one step: signed it, said no, sent it back, took it back. Only added; the trigger asks who may."""

    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, related_name="signatures")
    place_code = models.CharField(max_length=12, db_collation="C")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=60)
    sign = models.CharField(max_length=10, choices=Sign.choices())
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT)
    official = models.ForeignKey("accounts.Official", models.PROTECT)
    # Whom a deputy stands in for: whatever keeps one of the two out keeps both out.
    deputises = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    reason = models.CharField(max_length=400, blank=True)
    # A meeting's vote, the household's words, to which step it was sent back.
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = ScopedManager["Signature"]()

    class Meta:
        ordering = ["proceeding_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "number"], name="one_signature_a_number")
        ]
        indexes = [
            models.Index(fields=["place_code"], name="signature_place"),
            models.Index(fields=["official", "-at"], name="signature_official"),
            # What somebody had a hand in, without a look at each signature.
            models.Index(fields=["official", "place_code"], include=["proceeding"], name="signature_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.number} {self.sign}"


class Paper(models.Model):
    """A piece of evidence of a step. `expires_on`: an authorisation that runs out. Only added.

    `sources` (codes of terms.Asset): of an authorisation what may be asked, of a comparison what was asked; empty: nobody said.
    `drawn`: a signature made on the screen of whoever brought it, not a photo. `sha256` is the database's, from the file: the very same paper brought for two households is known by it.
    """

    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, related_name="papers")
    place_code = models.CharField(max_length=12, db_collation="C")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=60)
    what = models.CharField(max_length=40)
    file = models.ForeignKey("files.StoredFile", models.PROTECT)
    brought_by = models.CharField(max_length=200)
    # Whose post it is to bring it, and who had a part by it; null where it was brought before that was written down.
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    sources = models.JSONField(default=list, db_default=[])
    drawn = models.BooleanField(default=False, db_default=False)
    sha256 = models.CharField(max_length=64, default="", db_default="", editable=False)

    objects = ScopedManager["Paper"]()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["place_code"], name="paper_place"),
            models.Index(fields=["sha256"], name="paper_same"),
            models.Index(fields=["brought_by", "at"], name="paper_brought"),
        ]

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.step} {self.what}"


class Snapshot(models.Model):
    """What a step was decided on: the records themselves, the outcomes with evidence, figures and versions, and their digest.

    From `records` alone the outcomes can be computed again. Only added.
    """

    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, related_name="snapshots")
    place_code = models.CharField(max_length=12, db_collation="C")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=60)
    as_of = models.DateField()
    records = models.JSONField()
    outcomes = models.JSONField()  # rule -> {result, evidence, …}
    versions = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = ScopedManager["Snapshot"]()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["place_code"], name="snapshot_place")]

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.step}"


class Recheck(models.Model):
    """A snapshot computed again from its own records: whether the same came out, and where not. Only added; the newest counts.

    agrees: null where the rulebook or the facts have changed since and something comes out otherwise, which then proves nothing.
    """

    snapshot = models.ForeignKey("decisions.Snapshot", models.PROTECT, related_name="rechecks")
    place_code = models.CharField(max_length=12, db_collation="C")
    agrees = models.BooleanField(null=True)
    differs = models.JSONField(
        default=list
    )  # [{"rule": …, "then": {...}, "now": {...}}], or what of the snapshot is not whole
    versions = models.JSONField(default=dict)  # name -> [then, now], of those that differ
    at = models.DateTimeField()

    objects = ScopedManager["Recheck"]()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["place_code"], name="recheck_place")]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.agrees}"


class Appeal(models.Model):
    """申诉: a household does not accept what was decided. Taken down by anybody it comes to but whoever decided, answered once, by its day,
    outside the village. What is said besides, until then, is a row of its own that joins it; the answer stands with the first.

    Whoever decides had no part in it and took none of it down. Upheld, a refusal or withdrawal is done anew from where it was, and
    a status that was taken from the household is given back; the trigger does both.
    """

    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, related_name="appeals")
    place_code = models.CharField(max_length=12, db_collation="C")
    round = models.PositiveSmallIntegerField()
    # The appeal of this round that was there already; the database sets it.
    joins = models.ForeignKey("self", models.PROTECT, null=True, related_name="sayings")
    channel = models.CharField(max_length=10, choices=Channel.choices())
    came_on = models.DateField()
    due_on = models.DateField(null=True)
    said = models.CharField(max_length=1000)
    taken_by = models.CharField(max_length=200)
    taken_official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="+")
    # Null where it was taken down before that was written; the official follows from it.
    taken_appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    answer = models.CharField(max_length=400, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_appointment = models.ForeignKey(
        "accounts.Appointment", models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects = ScopedManager["Appeal"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "round"], condition=Q(joins__isnull=True), name="one_appeal_a_round"
            ),
        ]
        indexes = [models.Index(fields=["place_code", "answered_at"], name="appeal_place")]

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.pk}"


class Telling(models.Model):
    """告知: the household was told how its proceeding ended: when, how, whom of it, by whom. Only added; once for each ending.

    What was taken back in its name is told by somebody else than whoever took it back.
    """

    proceeding = models.ForeignKey("decisions.Proceeding", models.PROTECT, related_name="tellings")
    place_code = models.CharField(max_length=12, db_collation="C")
    round = models.PositiveSmallIntegerField()
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
            models.UniqueConstraint(fields=["proceeding", "round"], name="told_once_an_ending"),
            models.CheckConstraint(name="telling_says_whom", condition=Q(person__isnull=False) | ~Q(note="")),
        ]
        indexes = [models.Index(fields=["place_code"], name="telling_place")]

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.way}"


class Kin(models.Model):
    """回避: an official belongs to a household, or is kin of somebody in it, and signs nothing about it. Ended, never removed."""

    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=12, db_collation="C")
    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+")
    relation = models.CharField(max_length=60)
    told_by = models.CharField(max_length=200)
    at = models.DateTimeField()
    until = models.DateField(null=True)

    objects = ScopedManager["Kin"]()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["official", "household"], name="kin_of")]

    def __str__(self) -> str:
        return f"{self.official_id} {self.household_id}"
