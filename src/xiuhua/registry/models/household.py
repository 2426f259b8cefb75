"""Households, the people in them, and who belongs to which from when to when."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from xiuhua.common.identity import CARRIES
from xiuhua.places.scope import ScopedManager
from xiuhua.registry.models.history import kept
from xiuhua.registry.terms import Ending, HouseholdKind, Joining, Leaving, Seen


class Source(models.Model):
    """Which intake brought a row and last changed it, and how its values are known."""

    brought_by = models.BigIntegerField(null=True)
    changed_by = models.BigIntegerField(null=True)
    seen = models.CharField(max_length=10, choices=Seen.choices(), null=True)
    seen_on = models.DateField(null=True)

    class Meta:
        abstract = True


@pghistory.track(*kept())
class Household(Source):
    """A rural household: people who live and spend together. `number` is the national system's, or the roll's."""

    number = models.CharField(max_length=40)
    county_code = models.CharField(max_length=6, db_collation="C")
    village_code = models.CharField(max_length=12, db_collation="C")
    group_name = models.CharField(max_length=40, null=True)
    kind = models.CharField(max_length=12, choices=HouseholdKind.choices())
    head_name = models.CharField(max_length=60, null=True)
    attribute = models.CharField(max_length=20, null=True)
    main_cause = models.CharField(max_length=20, null=True)
    other_causes = models.CharField(max_length=60, null=True)
    # What the national system's export says; our own status is a table of its own and never follows it silently.
    status_reported = models.CharField(max_length=10, null=True)
    exit_year = models.PositiveSmallIntegerField(null=True)
    members_reported = models.PositiveSmallIntegerField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_blind = models.BinaryField(null=True)
    bank_sealed = models.BinaryField(null=True)
    bank_blind = models.BinaryField(null=True)
    military_martyr = models.BooleanField(null=True)
    one_child = models.BooleanField(null=True)
    two_daughter = models.BooleanField(null=True)
    # A household that divides, unites or leaves keeps its record. Cases stand above this room: bare numbers.
    begun_on = models.DateField(null=True)
    begun_by_case = models.BigIntegerField(null=True)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="split_off")
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(
        max_length=20, choices=Ending.choices(), default="", db_default="", blank=True
    )
    ended_by_case = models.BigIntegerField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_in")
    # Village codes, kept as text: what lies there is another area's.
    moved_from_code = models.CharField(max_length=12, default="", db_default="", blank=True, db_collation="C")
    moved_to_code = models.CharField(max_length=12, default="", db_default="", blank=True, db_collation="C")
    # The case that named the head: a file that still names the former one is asked about, not followed.
    head_by_case = models.BigIntegerField(null=True)

    objects = ScopedManager["Household"]()

    class Meta:
        ordering = ["village_code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "number"], name="one_household_a_number"),
            models.CheckConstraint(
                name="household_county_of_village", condition=Q(village_code__startswith=F("county_code"))
            ),
            models.CheckConstraint(
                name="household_ends_with_a_reason",
                condition=Q(ended_on__isnull=True, ended_because="", ended_by_case__isnull=True)
                | (Q(ended_on__isnull=False) & ~Q(ended_because="")),
            ),
        ]
        indexes = [
            models.Index(fields=["village_code", "kind"], name="household_village"),
            models.Index(fields=["id"], name="household_ended", condition=Q(ended_on__isnull=False)),
            models.Index(fields=["head_name", "village_code"], name="household_head"),
            models.Index(fields=["phone_blind"], name="household_phone"),
            models.Index(fields=["number"], name="household_number"),
        ]

    def __str__(self) -> str:
        return f"{self.head_name or '?'} {self.number}"


@pghistory.track(*kept())
class Person(Source):
    """A person. Sex, birth date and validity are derived from the ID when it is written; the ID itself is sealed."""

    number = models.CharField(max_length=40, null=True)
    county_code = models.CharField(max_length=6, db_collation="C")
    village_code = models.CharField(max_length=12, db_collation="C")
    name = models.CharField(max_length=60, null=True)
    id_sealed = models.BinaryField(null=True)
    id_blind = models.BinaryField(null=True)
    id_kind = models.CharField(max_length=12, default="none")
    id_valid = models.BooleanField(null=True)
    sex = models.CharField(max_length=6, null=True)
    birth_date = models.DateField(null=True)
    disability_category = models.CharField(max_length=20, null=True)
    disability_grade = models.CharField(max_length=20, null=True)
    ethnicity = models.CharField(max_length=20, null=True)
    education = models.CharField(max_length=20, null=True)
    student_status = models.CharField(max_length=20, null=True)
    school_grade = models.CharField(max_length=20, null=True)
    health = models.CharField(max_length=20, null=True)
    labour = models.CharField(max_length=20, null=True)
    work_place = models.CharField(max_length=20, null=True)
    work_months = models.SmallIntegerField(null=True)
    basic_insured = models.BooleanField(null=True)
    serious_illness_insured = models.BooleanField(null=True)
    pension_insured = models.BooleanField(null=True)
    dibao = models.BooleanField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_blind = models.BinaryField(null=True)
    phone_valid = models.BooleanField(null=True)
    died_on = models.DateField(null=True)
    begun_by_case = models.BigIntegerField(null=True)

    objects = ScopedManager["Person"]()

    class Meta:
        ordering = ["village_code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "number"], name="one_person_a_number"),
            models.CheckConstraint(
                name="person_county_of_village", condition=Q(village_code__startswith=F("county_code"))
            ),
            models.CheckConstraint(
                name="person_id_whole",
                condition=Q(id_sealed__isnull=True, id_blind__isnull=True)
                | Q(id_sealed__isnull=False, id_blind__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["village_code"], name="person_village"),
            models.Index(fields=["name", "village_code"], name="person_name"),
            models.Index(fields=["id_blind"], name="person_id"),
            # The few whose number carries an ID number: they are opened to be compared (`registry.queries.bearers`).
            models.Index(fields=["birth_date"], name="person_carries", condition=Q(id_kind__in=CARRIES)),
            models.Index(fields=["number"], name="person_number"),
            models.Index(fields=["phone_blind"], name="person_phone", condition=Q(phone_blind__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name or "?"


@pghistory.track(*kept())
class Membership(models.Model):
    """A person in a household, in one relation to its head. Ended when they leave, never deleted.

    Days are half open: it holds from `since` (null: from before anybody recorded) up to, not including, `until`. One
    that a case brought and that was undone holds on no day: `until` is its `since`. Another head means other
    relations: those memberships end and new ones of the same household begin, so that every past day keeps its own.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="memberships")
    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="memberships")
    village_code = models.CharField(max_length=12, db_collation="C")
    relation = models.CharField(max_length=20, null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    begun_because = models.CharField(
        max_length=20, choices=Joining.choices(), default="", db_default="", blank=True
    )
    begun_by_case = models.BigIntegerField(null=True)
    ended_because = models.CharField(
        max_length=20, choices=Leaving.choices(), default="", db_default="", blank=True
    )
    ended_by_case = models.BigIntegerField(null=True)
    brought_by = models.BigIntegerField(null=True)
    changed_by = models.BigIntegerField(null=True)

    objects = ScopedManager["Membership"]()

    class Meta:
        ordering = ["household_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True), name="one_household_at_a_time"
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
            ),
        ]
        indexes = [
            models.Index(fields=["village_code"], name="membership_village"),
            # Every household is asked when a case last changed who belongs; of most none did.
            models.Index(fields=["household"], name="membership_by_case", condition=Q(begun_by_case__isnull=False) | Q(ended_by_case__isnull=False)),
            # A file asks of every number it names whether somebody bears it who never came.
            models.Index(fields=["person"], name="membership_undone", condition=Q(ended_because="undone")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"
