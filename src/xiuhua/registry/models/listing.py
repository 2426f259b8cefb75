"""Other departments' lists held against the register: what came on what basis, whom it names, what the household said.

A list holds nothing of a person. Its hits do, and are taken away with it: they live as long as the basis allows.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.places.scope import ScopedManager
from xiuhua.registry.terms import Heard, ListEnd, ListKind


class Listing(models.Model):
    """One list: whose, on what basis, for what, until when; and what came of it, in counts. Its row is never taken away."""

    place_code = models.CharField(max_length=15, db_collation="C")
    county_code = models.CharField(max_length=6, db_collation="C")
    kind = models.CharField(max_length=12, choices=ListKind.choices())
    name = models.CharField(max_length=255)  # of the file it came in
    basis = models.CharField(max_length=300)
    purpose = models.CharField(max_length=300)
    listed_on = models.DateField()
    expires_on = models.DateField()  # the last day its hits may be kept
    batch = models.BigIntegerField(null=True)
    brought_by = models.CharField(max_length=150)
    brought_post = models.CharField(max_length=200)
    brought_at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)  # rows without a readable ID number
    unmatched = models.PositiveIntegerField(default=0)  # rows of nobody in the register: counted, not kept
    people = models.PositiveIntegerField(default=0)  # of the register, at whom a row points
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, choices=ListEnd.choices(), blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    # What the hits had come to when they were taken away: {"open": n, "true": n, "not_so": n}.
    came_to = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_code", "-id"], name="listing_county")]
        constraints = [
            models.CheckConstraint(
                name="listing_has_basis_and_purpose", condition=~Q(basis="") & ~Q(purpose="")
            ),
            models.CheckConstraint(
                name="listing_ends_with_a_reason",
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ListingCover(models.Model):
    """A village that a list in force covers: whoever lived there and was registered then, and is not on it, is not on it."""

    listing = models.ForeignKey("registry.Listing", models.CASCADE, related_name="covers")
    village_code = models.CharField(max_length=12, db_collation="C")
    kind = models.CharField(max_length=12, choices=ListKind.choices())
    people_until = models.BigIntegerField()  # the newest person of the register when it was compared
    at = models.DateTimeField()

    objects = ScopedManager["ListingCover"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village_code", "kind", "listing"], name="one_cover_a_village")
        ]

    def __str__(self) -> str:
        return f"{self.village_code} {self.kind}"


class ListingHit(models.Model):
    """That a list names a person of the register, and what it says. A lead: true only once the household was heard.

    what: a code of vehicle_kind or business_kind, or the unit's name; empty where a kind has none. `id_blind`: the number it
    was matched by; when the person turns out to have another, it no longer speaks of them.
    """

    listing = models.ForeignKey("registry.Listing", models.CASCADE, related_name="hits")
    village_code = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey("registry.Person", models.CASCADE, related_name="hits")
    kind = models.CharField(max_length=12, choices=ListKind.choices())
    what = models.CharField(max_length=120, blank=True)
    said_on = models.DateField(null=True)
    amount_fen = models.BigIntegerField(null=True)
    id_blind = models.BinaryField()
    name_differs = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=Heard.choices(), default=Heard.OPEN)
    found_at = models.DateTimeField()

    objects = ScopedManager["ListingHit"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "what", "said_on", "amount_fen"],
                name="one_hit_a_saying",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["village_code", "state"], name="hit_village"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"


class ListingAnswer(models.Model):
    """What the household said of a hit, who heard it, and what was found. The last one counts; none is changed."""

    hit = models.ForeignKey("registry.ListingHit", models.CASCADE, related_name="answers")
    village_code = models.CharField(max_length=12, db_collation="C")
    answer = models.CharField(max_length=8, choices=Heard.choices())
    heard_on = models.DateField()
    reason = models.CharField(max_length=400)
    evidence = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    appointment = models.ForeignKey("accounts.Appointment", models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=150)
    post = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager["ListingAnswer"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="not_so_has_evidence",
                condition=Q(answer="true") | Q(answer="not_so", evidence__isnull=False),
            ),
            models.CheckConstraint(name="answer_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.hit_id} {self.answer}"
