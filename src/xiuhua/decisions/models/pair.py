"""Pairs 逐对判断: two records that may be one person, or one record said in two ways, laid side by side until somebody decides."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.decisions.terms import Answer, PairKind, PairState, SearchState
from xiuhua.places.scope import ScopedManager


class Pair(models.Model):
    """One question about two sides. `mark` is made of who it is about and of the values: decided once, the same pair with the
    same values is never asked again, and a new value asks anew.

    A pair lies where both sides lie: in a village, a township or the county. What a decision changes in the register goes
    through a case of two people (`case`); while there is one, its state says how far the decision is.
    """

    place_code = models.CharField(max_length=15, db_collation="C")
    county_code = models.CharField(max_length=6, db_collation="C")
    kind = models.CharField(max_length=30, choices=PairKind.choices())
    mark = models.CharField(max_length=32)
    # What each side says, free of numbers: see `xiuhua.decisions.services.pairs.Side`.
    left = models.JSONField(default=dict)
    right = models.JSONField(default=dict)
    left_id_sealed = models.BinaryField(null=True)
    left_id_blind = models.BinaryField(null=True)
    right_id_sealed = models.BinaryField(null=True)
    right_id_blind = models.BinaryField(null=True)
    found_by = models.CharField(max_length=30)
    score = models.FloatField(null=True)
    # The batch that asked; null for a search of the register.
    batch = models.BigIntegerField(null=True)
    # Fingerprints of the findings that are settled with it, by side.
    findings = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PairState.choices(), default=PairState.OPEN)
    answer = models.CharField(max_length=20, choices=Answer.choices(), blank=True)
    case = models.ForeignKey("decisions.Case", models.PROTECT, null=True, related_name="pairs")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_post = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    # Why it was decided so; of one that cannot be decided yet, what is to be looked at next.
    reason = models.CharField(max_length=400, blank=True)

    objects = ScopedManager["Pair"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "mark"], name="one_pair_a_mark"),
            models.CheckConstraint(
                name="pair_decided_by_somebody",
                condition=~Q(state="decided")
                | (Q(decided_at__isnull=False) & ~Q(answer="") & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="pair_left_number_whole",
                condition=Q(left_id_sealed__isnull=True) | Q(left_id_blind__isnull=False),
            ),
            models.CheckConstraint(
                name="pair_right_number_whole",
                condition=Q(right_id_sealed__isnull=True) | Q(right_id_blind__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "state", "kind"], name="pair_place_state"),
            models.Index(fields=["batch"], name="pair_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def near(self) -> bool:
        """Whether the side of which only the place is told lies in this very county, in another township of it."""
        told = self.right.get("source", {}).get("where") == "elsewhere"
        return told and str(self.right.get("village") or "")[:6] == self.county_code


class Search(models.Model):
    """A search of the register of an area for people who may stand twice. Opens pairs, decides nothing."""

    place_code = models.CharField(max_length=15, db_collation="C")
    state = models.CharField(max_length=10, choices=SearchState.choices(), default=SearchState.WAITING)
    started_by = models.CharField(max_length=150)
    started_post = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    with_scores = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # people, found, opened, known (paired or decided before), left_out, and why no scores: {"zh", "en"}.
    told = models.JSONField(default=dict)

    objects = ScopedManager["Search"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "-id"], name="search_place")]

    def __str__(self) -> str:
        return f"{self.place_code} {self.state}"
