"""Places 行政区划: the tree from the nation to the group, and what the yearly list says of a village."""

from __future__ import annotations

from django.db import models

from xiuhua.places.scope import ScopedManager
from xiuhua.places.terms import ChangeKind, Level, Region, Standing


class Place(models.Model):
    """One place. Its code says where it stands; a place is never deleted, it ends."""

    code = models.CharField(max_length=15, primary_key=True, db_collation="C")
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level.choices())
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    # False while only the code is known (a county's list names no province): shown as code, asked for.
    named = models.BooleanField(default=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    # Which place took over its people when it ended.
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["parent", "name"], name="place_parent_name"),
            models.Index(fields=["name", "code"], name="place_name"),
        ]
        constraints = [
            models.CheckConstraint(
                name="place_ends_after_it_begins",
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gte=models.F("since")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class VillageRecord(models.Model):
    """What a village list says of a village on a day: poor or not, rural households and people."""

    village = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="records", db_column="village_code"
    )
    as_of = models.DateField()
    poor_village = models.BooleanField(null=True)
    deep_poor_village = models.BooleanField(null=True)
    rural_households = models.PositiveIntegerField(null=True)
    rural_persons = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["village_id", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["village", "as_of"], name="one_village_record_a_day")]

    def __str__(self) -> str:
        return f"{self.village_id} {self.as_of}"


class CountyRecord(models.Model):
    """What a county said of itself on a day: its region, whether it is a poor county, rural households and people."""

    county = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="county_records", db_column="county_code"
    )
    as_of = models.DateField()
    region = models.CharField(max_length=10, choices=Region.choices(), null=True)
    poor_county = models.BooleanField(null=True)
    key_county = models.BooleanField(null=True)
    deep_poor_county = models.BooleanField(null=True)
    rural_households = models.PositiveIntegerField(null=True)
    rural_persons = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["county_id", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["county", "as_of"], name="one_county_record_a_day")]

    def __str__(self) -> str:
        return f"{self.county_id} {self.as_of}"


class PlaceStatus(models.Model):
    """A village or county left poverty (出列、摘帽), on a day, by a proceeding. The newest counts; only added.

    The database refuses a row that its proceeding has not just decided. It is announced in public, so it is no secret here.
    """

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="statuses", db_column="place_code")
    status = models.CharField(max_length=10, choices=Standing.choices())
    since = models.DateField()
    case_number = models.CharField(max_length=60, unique=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["place_id", "id"]
        indexes = [models.Index(fields=["place", "-id"], name="place_status_newest")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.status}"


class Outline(models.Model):
    """The boundary of a place as it was on a day, from a file that the county brought; the newest is drawn.

    shape: polygons, each an outer ring and its holes, each ring x and y in turn in 1/100,000 degree, simplified.
    """

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="outlines", db_column="place_code")
    as_of = models.DateField()
    shape = models.JSONField()
    source = models.CharField(max_length=200, blank=True)
    brought_by = models.CharField(max_length=150)
    brought_post = models.CharField(max_length=200, blank=True)
    brought_at = models.DateTimeField()

    objects = ScopedManager["Outline"]()

    class Meta:
        ordering = ["place_id", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["place", "as_of"], name="one_outline_a_day")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.as_of}"


class PlaceChange(models.Model):
    """A renaming, a union or another code: asked by one person, confirmed by another, with the document that decides it.

    `codes`: every code that ends -> the one that takes its place; {} for a renaming. `carried`: table -> rows that
    followed. The rows of all rooms follow in the database (`places_carry`), which asks for a confirmed row of this table.
    """

    kind = models.CharField(max_length=10, choices=ChangeKind.choices())
    county_code = models.CharField(max_length=6, db_collation="C")
    old_code = models.CharField(max_length=15, db_collation="C")
    new_code = models.CharField(max_length=15, db_collation="C")
    old_name = models.CharField(max_length=60)
    new_name = models.CharField(max_length=60)
    codes = models.JSONField(default=dict)
    document = models.CharField(max_length=200)
    effective_on = models.DateField()
    asked_by = models.CharField(max_length=150)
    asked_post = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    answered_by = models.CharField(max_length=150, blank=True)
    answered_post = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    carried = models.JSONField(default=dict)

    objects = ScopedManager["PlaceChange"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_code", "granted"], name="place_change_county")]
        constraints = [
            models.UniqueConstraint(
                fields=["old_code"], condition=models.Q(granted__isnull=True), name="one_open_change_a_place"
            ),
            models.CheckConstraint(
                name="change_confirmed_by_another",
                condition=models.Q(granted__isnull=True, answered_by="", answered_at__isnull=True)
                | (
                    models.Q(granted__isnull=False, answered_at__isnull=False)
                    & ~models.Q(answered_by="")
                    & ~models.Q(answered_by=models.F("asked_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.old_code}"
