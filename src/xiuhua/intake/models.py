"""Intake 导入: a batch of files on its way into the register. Staging is ordinary, logged tables: a crash loses nothing."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from xiuhua.common.terms import Terms
from xiuhua.places.scope import ScopedManager


class Step(Terms):
    """Where a batch stands."""

    READING = "reading", "读取", "Reading"
    MAPPING = "mapping", "对应列", "Matching columns"
    CHECKING = "checking", "校验", "Checking"
    PREVIEW = "preview", "预览", "Preview"
    MERGING = "merging", "并入", "Merging"
    DONE = "done", "已并入", "Merged"
    STOPPED = "stopped", "已停止", "Stopped"
    FAILED = "failed", "未能完成", "Could not be finished"


class Change(Terms):
    """What merging a household would do, or did."""

    NEW = "new", "新增", "New"
    CHANGED = "changed", "变更", "Changed"
    UNCHANGED = "unchanged", "无变化", "Unchanged"
    HELD = "held", "暂缓并入", "Held back"


class Batch(models.Model):
    """Files uploaded together, for one place. `done` of `total` is the progress of the step it is in."""

    place_code = models.CharField(max_length=15, db_collation="C")
    step = models.CharField(max_length=10, choices=Step.choices(), default=Step.READING)
    data_date = models.DateField(null=True)
    started_by = models.CharField(max_length=150)
    started_post = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    merge_wanted_by = models.CharField(max_length=150, blank=True)
    stop_wanted = models.BooleanField(default=False)
    stopped_in = models.CharField(max_length=10, blank=True)  # the step to go on from
    # Why it could not go on, as {"zh": …, "en": …}.
    trouble = models.JSONField(null=True)
    counts = models.JSONField(default=dict)

    objects = ScopedManager["Batch"]()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["place_code", "-id"], name="batch_place")]

    def __str__(self) -> str:
        return f"{self.id} {self.place_code}"


class Sheet(models.Model):
    """One sheet of one file: what book it is, and which column is which."""

    batch = models.ForeignKey("intake.Batch", models.CASCADE, related_name="sheets")
    place_code = models.CharField(max_length=15, db_collation="C")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    book = models.CharField(max_length=30, blank=True)
    header_row = models.PositiveIntegerField(null=True)
    columns = models.JSONField(default=dict)  # field key -> 0-based column
    unsure = models.JSONField(default=list)  # {column, heading, candidates, samples}
    unmapped = models.JSONField(default=list)  # [column, heading, samples]
    missing = models.JSONField(default=list)
    data_date = models.DateField(null=True)
    rows = models.PositiveIntegerField(default=0)
    staged = models.BooleanField(default=False)

    objects = ScopedManager["Sheet"]()

    class Meta:
        ordering = ["batch_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "file", "position"], name="one_sheet_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.name}"


class StagedRow(models.Model):
    """A row as read: values normalised, IDs and phones sealed, refused cells left out. `data` holds only known values."""

    # The sheet's own batch: that it exists, the sheet's constraint sees to, once for each row and not twice.
    batch = models.ForeignKey(
        "intake.Batch", models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    place_code = models.CharField(max_length=15, db_collation="C")
    sheet = models.ForeignKey("intake.Sheet", models.CASCADE, related_name="staged_rows", db_index=False)
    book = models.CharField(max_length=30)
    row = models.PositiveIntegerField()
    household_number = models.CharField(max_length=40, null=True)
    person_number = models.CharField(max_length=40, null=True)
    year = models.PositiveSmallIntegerField(null=True)
    village_code = models.CharField(max_length=12, null=True, db_collation="C")
    id_blind = models.BinaryField(null=True)
    household = models.JSONField(default=dict)
    person = models.JSONField(default=dict)
    period = models.JSONField(default=dict)
    village = models.JSONField(default=dict)
    refused = models.BooleanField(default=False)

    objects = ScopedManager["StagedRow"]()

    class Meta:
        ordering = ["batch_id", "sheet_id", "row"]
        indexes = [
            models.Index(fields=["batch", "household_number"], name="staged_household"),
            models.Index(fields=["sheet"], name="staged_sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}:{self.row}"


class StagedHousehold(models.Model):
    """One household of a batch: what merging it would do, and whether it is done."""

    batch = models.ForeignKey("intake.Batch", models.CASCADE, related_name="households", db_index=False)
    place_code = models.CharField(max_length=15, db_collation="C")
    number = models.CharField(max_length=40)
    village_code = models.CharField(max_length=12, null=True, db_collation="C")
    known = models.BigIntegerField(null=True)  # the household's row in the register, where there is one
    household = models.JSONField(default=dict)
    change = models.CharField(max_length=10, choices=Change.choices(), default=Change.NEW)
    # What would change: [{"what", "field", "before", "after"}]; sealed values are told as changed, never shown.
    differences = models.JSONField(default=list)
    merged_at = models.DateTimeField(null=True)

    objects = ScopedManager["StagedHousehold"]()

    class Meta:
        ordering = ["batch_id", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_staged_household")]
        indexes = [models.Index(fields=["batch", "change"], name="staged_change")]

    def __str__(self) -> str:
        return self.number


class ForeseenStanding(models.Model):
    """What the check found to become true of new households once they are merged (registry's Standing), each answer once
    for all that have it: ids of staged households, in blocks of ids so that a piece of the merge reads its own."""

    batch = models.ForeignKey("intake.Batch", models.CASCADE, related_name="+", db_index=False)
    place_code = models.CharField(max_length=15, db_collation="C")
    block = models.BigIntegerField()
    households = ArrayField(models.BigIntegerField())
    # As seen by the rules: when they are merged with another one, the answer does not hold.
    status = models.CharField(max_length=10, null=True)
    members = models.SmallIntegerField(null=True)
    exit_fails = ArrayField(models.CharField(max_length=80))
    exit_unknown = ArrayField(models.CharField(max_length=80))
    doubts = ArrayField(models.CharField(max_length=80))
    quality_fails = ArrayField(models.CharField(max_length=80))

    objects = ScopedManager["ForeseenStanding"]()

    class Meta:
        indexes = [models.Index(fields=["batch", "block"], name="foreseen_block")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.block}"


class Sighting(models.Model):
    """A finding seen in a batch, with its place in the file."""

    batch = models.ForeignKey("intake.Batch", models.CASCADE, related_name="sightings")
    place_code = models.CharField(max_length=15, db_collation="C")
    kind = models.CharField(max_length=10)
    rule = models.CharField(max_length=80)
    sheet = models.ForeignKey("intake.Sheet", models.CASCADE, null=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField(null=True)
    column = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=60, blank=True)
    household_number = models.CharField(max_length=40, blank=True)
    person_number = models.CharField(max_length=40, blank=True)
    village_code = models.CharField(max_length=12, blank=True, db_collation="C")
    params = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=32)
    # Found while reading a sheet, or while comparing rows with each other and with the register: each is redone alone.
    comparing = models.BooleanField(default=False)

    objects = ScopedManager["Sighting"]()

    class Meta:
        ordering = ["batch_id", "id"]
        indexes = [
            models.Index(fields=["batch", "rule"], name="sighting_rule"),
            models.Index(fields=["batch", "household_number"], name="sighting_household"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.household_number}"


class RememberedColumn(models.Model):
    """What an officer once said a heading means, for this area."""

    place_code = models.CharField(max_length=15, db_collation="C")
    book = models.CharField(max_length=30)
    heading = models.CharField(max_length=120)
    field = models.CharField(max_length=60, blank=True)  # empty: not to be read
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager["RememberedColumn"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "book", "heading"], name="one_meaning_a_heading")
        ]

    def __str__(self) -> str:
        return f"{self.heading} = {self.field}"
