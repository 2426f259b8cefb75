"""Audit: an append-only, chained record of who did what. Each entry's hash covers the one before it in its book."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act. `book` is the county (or CN) whose chain it belongs to; hashes are filled in by the database."""

    book = models.CharField(max_length=6, db_collation="C")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    post = models.CharField(max_length=200, blank=True)
    place_code = models.CharField(max_length=15, db_collation="C")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["book", "number"]
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="one_entry_a_number")]
        indexes = [
            models.Index(fields=["subject", "-at"], name="entry_subject"),
            models.Index(fields=["place_code", "-at"], name="entry_place"),
        ]

    def __str__(self) -> str:
        return f"{self.book}/{self.number} {self.action}"
