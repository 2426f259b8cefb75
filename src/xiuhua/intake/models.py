"""Intake 导入: a batch of files on its way into the register. Staging is ordinary, logged tables: a crash loses nothing."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xiuhua.common.terms import Terms
from xiuhua.places.scope import ScopedManager
from xiuhua.registry.books.lists import kind_of


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
    TAKING_BACK = "taking_back", "撤回", "Taking back"
    TAKEN_BACK = "taken_back", "已撤回", "Taken back"


WORKING = (Step.READING, Step.CHECKING, Step.MERGING, Step.TAKING_BACK)
# Batches that a job, or somebody's command, should be working at.
AT_WORK = Q(step__in=WORKING) | (Q(step=Step.PREVIEW) & ~Q(merge_wanted_by=""))


class Change(Terms):
    """What merging a household would do, or did."""

    NEW = "new", "新增", "New"
    CHANGED = "changed", "变更", "Changed"
    UNCHANGED = "unchanged", "无变化", "Unchanged"
    HELD = "held", "暂缓并入", "Held back"
    LEFT = "left", "未改动，不再并入", "Not touched, left as it is"


class Purpose(Terms):
    """What files were handed in for."""

    INTAKE = "intake", "导入", "To be taken in"
    COMPARISON = "comparison", "比对", "To be compared only"


class Batch(models.Model):
    """Files uploaded together, for one place. `done` of `total` is the progress of the step it is in."""

    place_code = models.CharField(max_length=15, db_collation="C")
    purpose = models.CharField(max_length=10, choices=Purpose.choices(), default=Purpose.INTAKE)
    step = models.CharField(max_length=12, choices=Step.choices(), default=Step.READING)
    data_date = models.DateField(null=True)
    started_by = models.CharField(max_length=150)
    started_post = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    merge_wanted_by = models.CharField(max_length=150, blank=True)
    stop_wanted = models.BooleanField(default=False)
    stopped_in = models.CharField(max_length=12, blank=True)  # the step to go on from
    # Why it could not go on, as {"zh": …, "en": …}.
    trouble = models.JSONField(null=True)
    counts = models.JSONField(default=dict)
    # Without it no department's list among the files is read: {"basis", "purpose", "expires_on"}.
    listing = models.JSONField(null=True)
    # Taken out of the register again as a whole; the batch stays in the list.
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=150, blank=True)
    taken_back_post = models.CharField(max_length=200, blank=True)
    taken_back_why = models.CharField(max_length=400, blank=True)

    objects = ScopedManager["Batch"]()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "batches"
        indexes = [models.Index(fields=["place_code", "-id"], name="batch_place")]
        constraints = [
            models.CheckConstraint(
                name="comparison_never_merges",
                condition=Q(purpose="intake") | (Q(merge_wanted_by="") & ~Q(step__in=("preview", "merging"))),
            ),
        ]

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
    # The sheet that this one corrects, where it comes out of a workbook that we marked; and how its rows differ from that one's:
    # {"changed": [rows], "added": [rows], "removed": n, "same": n, "runs": [[row, row there, length]]}, rows from 1.
    corrects = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    changes = models.JSONField(null=True)

    objects = ScopedManager["Sheet"]()

    class Meta:
        ordering = ["batch_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "file", "position"], name="one_sheet_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.name}"

    @property
    def is_list(self) -> bool:
        """Another department's list, which is held against the register and never merged."""
        return kind_of(self.book) is not None

    @property
    def lacks_basis(self) -> bool:
        """A list that came without basis, purpose and a day on which it ends: it is not read."""
        return self.is_list and not self.batch.listing


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


class Found(Terms):
    """In what way the register and the national system differ."""

    ONLY_THERE = "only_there", "仅国家系统有", "Only in the national system"
    ONLY_HERE = "only_here", "仅本系统有", "Only here"
    DIFFERS = "differs", "逐项不同", "Differs"


class Way(Terms):
    """What is to be done with a difference."""

    FILL = "fill", "改国家系统", "Enter in the national system"
    TAKE = "take", "按国家系统更正", "Correct by the national system"
    VERIFY = "verify", "先核实", "Find out first"


class ByCase(Terms):
    """What a case decided here that the national system does not have yet."""

    LEFT = "left", "减少", "Removal"
    ENDED = "ended", "销户", "End of the household"
    ADDED = "added", "增加", "Addition"
    MOVED = "moved", "调整", "Move"
    ALTERED = "altered", "变更", "Change"


class Difference(models.Model):
    """One difference between the register and a national export that was handed in for comparison.

    A row of the household's village, so that its township sees it too. Sealed values are told as known or not, never kept.
    `field` is empty where a household or a person is on one side only. `settled_at`: a later look found both sides alike.
    """

    batch = models.ForeignKey("intake.Batch", models.CASCADE, related_name="differences", db_index=False)
    place_code = models.CharField(max_length=15, db_collation="C")
    as_of = models.DateField()  # the day the national export speaks of
    found = models.CharField(max_length=10, choices=Found.choices())
    grain = models.CharField(max_length=10)  # household or person
    household_number = models.CharField(max_length=40)
    person_number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=60, blank=True)
    household_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    field = models.CharField(max_length=60, blank=True)
    theirs = models.JSONField(null=True)
    ours = models.JSONField(null=True)
    theirs_known = models.BooleanField(default=False)
    ours_known = models.BooleanField(default=False)
    year = models.PositiveSmallIntegerField(null=True)  # of ours, where it is a value of a year
    people = models.PositiveSmallIntegerField(null=True)  # of a household on one side only
    sheet = models.ForeignKey("intake.Sheet", models.CASCADE, null=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField(null=True)
    ours_seen = models.CharField(max_length=10, blank=True)
    ours_seen_on = models.DateField(null=True)
    ours_changed_at = models.DateTimeField(null=True)
    ours_changed_by = models.CharField(max_length=150, blank=True)
    ours_batch = models.BigIntegerField(null=True)
    # Where a case of ours stands behind it: why (a Leaving, Ending or Joining) and from which day. It is entered there, never taken.
    change = models.CharField(max_length=10, choices=ByCase.choices(), default="", db_default="", blank=True)
    because = models.CharField(max_length=20, default="", db_default="", blank=True)
    changed_on = models.DateField(null=True)
    by_case = models.BigIntegerField(null=True)
    takeable = models.BooleanField(default=False)
    suggested = models.CharField(max_length=10, choices=Way.choices())
    decided = models.CharField(max_length=10, choices=Way.choices(), blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_post = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    taken_in = models.BigIntegerField(null=True)  # the batch of intake that takes it over
    settled_at = models.DateTimeField(null=True)

    objects = ScopedManager["Difference"]()

    class Meta:
        ordering = ["batch_id", "place_code", "household_number", "person_number", "field", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "found", "household_number", "person_number", "field"],
                name="one_difference_a_cell",
            ),
        ]
        indexes = [models.Index(fields=["batch", "place_code"], name="difference_place")]

    def __str__(self) -> str:
        return f"{self.household_number} {self.person_number} {self.field}"
