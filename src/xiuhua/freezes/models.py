"""Freezes 数据快照: keys that stand for people outside of the register, freezes, and the figures tallied from them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, Q

from xiuhua.freezes.terms import COUNTS, WORKING, Step
from xiuhua.places.scope import ScopedManager


class HouseholdKey(models.Model):
    """The number by which freezes know a household: random, the same in every freeze, told by nothing else.

    Without a household the link was destroyed, or the household removed (the database's foreign key sets it null): the number
    stays, so that it is never given again. `village_code` follows the household (a trigger).
    """

    key = models.BigIntegerField(primary_key=True)
    household = models.OneToOneField(
        "registry.Household", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    village_code = models.CharField(max_length=12, db_collation="C")

    objects = ScopedManager["HouseholdKey"]()

    class Meta:
        indexes = [models.Index(fields=["village_code"], name="householdkey_village")]

    def __str__(self) -> str:
        return str(self.key)


class PersonKey(models.Model):
    """The number by which freezes know a person, as HouseholdKey is a household's."""

    key = models.BigIntegerField(primary_key=True)
    person = models.OneToOneField(
        "registry.Person", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    village_code = models.CharField(max_length=12, db_collation="C")

    objects = ScopedManager["PersonKey"]()

    class Meta:
        indexes = [models.Index(fields=["village_code"], name="personkey_village")]

    def __str__(self) -> str:
        return str(self.key)


class Forgetting(models.Model):
    """A link to frozen rows that is to be destroyed, or was: one person asks, another confirms.

    `household` or `person`: ids of the register; cleared with the link, so that this row leads nowhere either.
    """

    village_code = models.CharField(max_length=12, db_collation="C")
    household = models.BigIntegerField(null=True)
    person = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=150)
    asked_post = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_post = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    objects = ScopedManager["Forgetting"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="forgetting_is_of_one",
                condition=Q(confirmed_at__isnull=False, household__isnull=True, person__isnull=True)
                | Q(confirmed_at__isnull=True, household__isnull=False, person__isnull=True)
                | Q(confirmed_at__isnull=True, household__isnull=True, person__isnull=False),
            ),
            models.CheckConstraint(
                name="forgetting_confirmed_by_another",
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by="") & ~Q(confirmed_by=F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.village_code}"


class Freeze(models.Model):
    """数据快照: the records of one area at one moment, as files, and what was tallied from them.

    `sha256` is of manifest.json, which holds the digest of every file: whoever has it can tell whether a folder is this
    freeze. Codes of places stay those of the day, also where a place was renamed since. Seen from above and from below.
    """

    freeze_id = models.UUIDField(unique=True, default=uuid.uuid4)
    place_code = models.CharField(max_length=15, db_collation="C", db_column="area_code")
    # The day that rules are asked for; until the records are taken: as it was when they were asked for.
    as_of = models.DateField()
    # Somebody named it: it stays, whatever the data's own day is when the records are taken.
    day_named = models.BooleanField(default=False, db_default=False)
    # Somebody named that day, and it is not the data's own: a freeze to be opened, no page's default.
    of_other_day = models.BooleanField(default=False, db_default=False)
    # {county: {day: villages}}: of which days the villages' data were when the records were taken. None: of before this was kept.
    days = models.JSONField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.CharField(max_length=150)  # the account, `system`, or the operator
    asked_post = models.CharField(max_length=200, blank=True)
    post = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    step = models.CharField(max_length=10, choices=Step.choices(), default=Step.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stop_wanted = models.BooleanField(default=False)
    trouble = models.JSONField(null=True)  # why it could not be finished
    taken_at = models.DateTimeField(null=True)
    manifest = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    tally = models.JSONField(null=True)  # tally.json: versions and the digest over its canonical rows
    tallied_at = models.DateTimeField(null=True)

    objects = ScopedManager["Freeze"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place_code", "-taken_at"], name="freeze_area")]
        constraints = [
            models.CheckConstraint(
                name="freeze_done_has_all",
                condition=~Q(step="done")
                | Q(
                    manifest__isnull=False,
                    taken_at__isnull=False,
                    tally__isnull=False,
                    tallied_at__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="freeze_one_at_a_time", fields=["place_code"], condition=Q(step__in=WORKING)
            ),
            models.CheckConstraint(
                name="freeze_manifest_has_digest", condition=Q(manifest__isnull=True) | ~Q(sha256="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.freeze_id}"

    @property
    def folder(self) -> str:
        """The name of its folder below the folder of freezes."""
        return str(self.freeze_id)

    @property
    def area_name(self) -> str:
        """What the area was called when it was frozen; its code until then."""
        return str((self.manifest or {}).get("area", {}).get("name") or self.place_code)


Packed = int | list[int] | dict[str, int]


def packed(counts: Mapping[str, int]) -> Packed:
    """A rule's counts as they are stored."""
    found = [counts.get(name, 0) for name in COUNTS]
    if not any(found[:3]):
        return found[3]
    while not found[-1]:
        found.pop()
    return found


def listed(stored: Packed) -> list[int]:
    """A rule's counts in the order of COUNTS; zeros at the end may be missing."""
    if isinstance(stored, list):
        return stored
    return [stored.get(name, 0) for name in COUNTS] if isinstance(stored, dict) else [0, 0, 0, stored]


def unpacked(stored: Packed) -> dict[str, int]:
    """A rule's counts by name, zeros among them."""
    found = listed(stored)
    return dict(zip(COUNTS, [*found, *([0] * (len(COUNTS) - len(found)))], strict=True))


class Tallied(models.Model):
    """Figures of one place, kind and status in one freeze: a document of the tally, in parts that are read apart.

    rules: id -> counts in the order of terms.COUNTS, zeros at the end left out; a bare number where the rule applied to nobody and
    that many were left alone: a page reads hundreds of them (`packed`, `unpacked`). facts and measures: id -> {parts, sum, known, unknown …}.
    Added with its freeze, never changed. Rules of a village or county stand under kind and status `all`.
    """

    freeze = models.ForeignKey("freezes.Freeze", models.PROTECT, related_name="tallied")
    place_code = models.CharField(max_length=15, db_collation="C", db_column="tallied_place")
    level = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=10)
    households = models.BigIntegerField()
    persons = models.BigIntegerField()
    rules = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    measures = models.JSONField(default=dict)

    objects = ScopedManager["Tallied"]()

    class Meta:
        verbose_name_plural = "tallied"
        constraints = [
            models.UniqueConstraint(
                fields=["freeze", "level", "place_code", "kind", "status"], name="one_tally_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.freeze_id} {self.place_code} {self.kind} {self.status}"

    @property
    def figures(self) -> dict[str, Any]:
        """The document, as the tally gave it."""
        return {
            "place_code": self.place_code, "level": self.level, "kind": self.kind, "status": self.status,
            "households": self.households, "persons": self.persons,
            "rules": {id: unpacked(counts) for id, counts in self.rules.items()}, "facts": self.facts, "measures": self.measures,
        }  # fmt: skip
