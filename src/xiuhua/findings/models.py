"""Findings 问题: one pool of everything that is wrong or doubtful, each with an owner, a day and a next action."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.findings.terms import Kind, State
from xiuhua.places.scope import ScopedManager


class Finding(models.Model):
    """One thing found. The same thing found again is the same row (`fingerprint`), seen once more.

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
    state = models.CharField(max_length=10, choices=State.choices(), default=State.OPEN)
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
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "fingerprint"], condition=~Q(state="closed"), name="one_open_finding"
            ),
            models.CheckConstraint(
                name="closed_by_somebody",
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(closed_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.household_number}"
