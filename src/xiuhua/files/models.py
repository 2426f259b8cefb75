"""Files 附件: uploads kept encrypted on disk; the row says what they are and whether they are whole."""

from __future__ import annotations

from django.db import models

from xiuhua.places.scope import ScopedManager


class StoredFile(models.Model):
    """One uploaded file. `sha256` is of the plain content, so that the same file is known again."""

    name = models.CharField(max_length=255)
    place_code = models.CharField(max_length=15, db_collation="C")
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=80, unique=True)
    stored_by = models.CharField(max_length=150)
    stored_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager["StoredFile"]()

    class Meta:
        ordering = ["-stored_at"]
        indexes = [models.Index(fields=["place_code", "sha256"], name="file_place_sha")]

    def __str__(self) -> str:
        return self.name
