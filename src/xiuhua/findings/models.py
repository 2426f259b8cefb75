"""Findings 问题: one pool of everything that is wrong or doubtful, each with an owner, a day and a next action."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xiuhua.findings.terms import Act, Kind, State, Way
from xiuhua.places.scope import ScopedManager


class Finding(models.Model):
    """One thing found. The same thing found again is the same row (`fingerprint`), seen once more or opened anew.

    `params` fills the rule's sentence; it never holds an ID number, a phone or an account.
    """

    place_code = models.CharField(max_length=15, db_collation="C")
    kind = models.CharField(max_length=10, choices=Kind.choices())
    rule = models.CharField(max_length=80)
    field = models.CharField(max_length=60, blank=True)
    household_number = models.CharField(max_length=40, blank=True)
    person_number = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict)
    # Where it was last seen, so that a correction can be made in the cell.
    file_name = models.CharField(max_length=255, blank=True)
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(null=True)
    column = models.PositiveIntegerField(null=True)
    batch = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=32)
    # What its rule saw, as one mark: an accepted explanation rests only while that stays the same.
    mark = models.CharField(max_length=32, blank=True, default="", db_default="")
    # Seen in a row that waits outside of the register: the register's own values say nothing of it.
    held = models.BooleanField(default=False, db_default=False)
    exited = models.BooleanField(default=False, db_default=False)
    # What does not change from day to day: kind, rule, household. Days are added when it is read (`queries.weight`).
    weight = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, choices=State.choices(), default=State.OPEN)
    rests_until = models.DateField(null=True)
    owner = models.ForeignKey("accounts.Post", models.PROTECT, null=True)
    due_on = models.DateField(null=True)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)

    objects = ScopedManager["Finding"]()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["place_code", "state", "rule"], name="finding_place_state_rule"),
            models.Index(fields=["household_number"], name="finding_household"),
            models.Index(fields=["batch"], name="finding_batch"),
            models.Index(fields=["place_code", "fingerprint"], name="finding_again"),
            # What lies on a desk is counted around every page, from the index alone. By place too, as everybody sees their own area: the
            # planner takes an area for few rows, and would read all of it instead.
            models.Index(
                fields=["owner", "place_code"],
                name="finding_owner",
                include=["state", "due_on"],
                condition=~Q(state="closed"),
            ),
            # A list of a rule, and the counts of the work list, from the index alone.
            models.Index(
                fields=["rule", "kind", "place_code"],
                name="finding_standing",
                include=[
                    "state",
                    "household_number",
                    "person_number",
                    "exited",
                    "found_at",
                    "due_on",
                    "owner",
                ],
                condition=~Q(state="closed"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "fingerprint"], condition=~Q(state="closed"), name="one_open_finding"
            ),
            models.CheckConstraint(
                name="closed_by_somebody",
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(closed_because="")),
            ),
            models.CheckConstraint(
                name="rests_for_a_time",
                condition=Q(state="resting", rests_until__isnull=False)
                | (~Q(state="resting") & Q(rests_until__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.household_number}"


class Explanation(models.Model):
    """Why a rule fails and yet nothing is to be put right: evidence for somebody else to weigh, never a switch.

    The rule goes on failing wherever it is shown. Answered once, by another person; the table refuses one and the same.
    """

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="explanations")
    place_code = models.CharField(max_length=15, db_collation="C")
    text = models.CharField(max_length=400)
    evidence = models.ForeignKey("files.StoredFile", models.PROTECT, null=True)
    valid_until = models.DateField()
    by = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    official = models.ForeignKey("accounts.Official", models.PROTECT, related_name="+")
    from_place = models.CharField(max_length=15, db_collation="C")
    at = models.DateTimeField()
    accepted = models.BooleanField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_post = models.CharField(max_length=200, blank=True)
    answered_official = models.ForeignKey("accounts.Official", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    rests_until = models.DateField(null=True)

    objects = ScopedManager["Explanation"]()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["place_code"], name="explanation_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(accepted__isnull=True), name="one_open_explanation"
            ),
            models.CheckConstraint(
                name="explainer_does_not_answer",
                condition=Q(answered_official__isnull=True) | ~Q(answered_official=F("official")),
            ),
            models.CheckConstraint(
                name="explanation_answered_whole",
                condition=Q(accepted__isnull=True, answered_official__isnull=True, answered_at__isnull=True)
                | (
                    Q(accepted__isnull=False, answered_official__isnull=False, answered_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Move(models.Model):
    """One thing that happened to a finding. Only added to."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="moves")
    place_code = models.CharField(max_length=15, db_collation="C")
    at = models.DateTimeField()
    act = models.CharField(max_length=12, choices=Act.choices())
    way = models.CharField(max_length=12, choices=Way.choices(), blank=True)
    by = models.CharField(max_length=150, blank=True)
    post = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    batch = models.BigIntegerField(null=True)
    says = models.JSONField(default=dict)  # {zh, en}: why, or what was seen

    objects = ScopedManager["Move"]()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["finding", "id"], name="move_finding"),
            # The log of what was put right, newest first.
            models.Index(
                fields=["place_code", "-at"], name="move_closing", condition=Q(act__in=["closed", "accepted"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.finding_id}"
