"""Files 附件: what came in and what is handed out, kept encrypted on disk; the row says what it is and whether it is whole."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xiuhua.files.terms import Step
from xiuhua.places.scope import ScopedManager


class StoredFile(models.Model):
    """One file, handed in or made. `sha256` is of the plain content, so that the same file is known again."""

    name = models.CharField(max_length=255)
    place_code = models.CharField(max_length=15, db_collation="C")
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=80, unique=True)
    stored_by = models.CharField(max_length=150)
    stored_at = models.DateTimeField(auto_now_add=True)
    # The content is gone from the disk since then; only exports come to this.
    removed_at = models.DateTimeField(null=True)

    objects = ScopedManager["StoredFile"]()

    class Meta:
        ordering = ["-stored_at"]
        indexes = [models.Index(fields=["place_code", "sha256"], name="file_place_sha")]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """交付文件: something made for somebody to take away, for one area. `done` of `total` is how far the making is.

    `kind` is a key of some room's exports.py; `params` says what of (codes, keys, years), never a number in the clear.
    """

    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    place_code = models.CharField(max_length=15, db_collation="C")
    title = models.JSONField(default=dict)  # {"zh": …, "en": …}
    language = models.CharField(max_length=2, default="zh")  # of whoever asked: what is made speaks it
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.CharField(max_length=150)  # the account
    asked_post = models.CharField(max_length=200, blank=True)  # as it was called then
    post = models.ForeignKey("accounts.Post", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    step = models.CharField(max_length=10, choices=Step.choices(), default=Step.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stop_wanted = models.BooleanField(default=False)
    trouble = models.JSONField(null=True)  # why it could not be finished
    note = models.JSONField(null=True)  # what whoever opens it should know
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ScopedManager["Export"]()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place_code", "-id"], name="export_place"),
            models.Index(fields=["expires_at"], condition=Q(file__isnull=False), name="export_expires"),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_done_has_file",
                condition=~Q(step="done")
                | Q(file__isnull=False, made_at__isnull=False, expires_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def says(self, language: str) -> str:
        """What it is called, in the reader's language."""
        return str(self.title.get("en" if language.startswith("en") else "zh", self.kind))
