"""How a county writes its people for the national system, where that is not the standard way."""

from __future__ import annotations

from django.db import models


class ExportLayout(models.Model):
    """A layout of a county: headings, order and words, nothing of a person. Its townships use it too.

    columns: [[field, heading]]; title: [text]; words: {code list: {code: word}} (see registry.books.Layout).
    """

    county_code = models.CharField(max_length=6, db_collation="C")
    name = models.CharField(max_length=60)
    columns = models.JSONField(default=list)
    title = models.JSONField(default=list)
    words = models.JSONField(default=dict)
    saved_by = models.CharField(max_length=150)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["county_code", "name"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "name"], name="one_layout_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
