"""Counts of a village, kept so that the page of a county or a nation does not read every household."""

from __future__ import annotations

from django.db import models

from xiuhua.places.scope import ScopedManager


class Tally(models.Model):
    """What a village counted when it was last counted. It holds as long as the village has no mark.

    lines: further counts of registered households by a key: `fails:<rule>`, `unknown:<rule>`, `doubt:<rule>`,
    `cause:<code>`, `band:<n>:poor`, `band:<n>:exited` (income bands of queries.areas), `exit:<year>` of those that are out
    (`exit:` where the year is not known), `above:near` and `above:beyond` (exited just above the line, and further on).
    """

    village_code = models.CharField(max_length=12, db_collation="C", primary_key=True)
    counted_at = models.DateTimeField()
    households = models.IntegerField()
    watched = models.IntegerField()
    registered = models.IntegerField()
    people = models.IntegerField()
    poor = models.IntegerField()
    poor_people = models.IntegerField()
    exited = models.IntegerField()
    fails = models.IntegerField()
    unknown = models.IntegerField()
    doubt = models.IntegerField()
    lines = models.JSONField(default=dict)
    # The newest day that its standings speak of.
    as_of = models.DateField(null=True)
    # The year of the incomes in the bands.
    year = models.SmallIntegerField(null=True)

    objects = ScopedManager["Tally"]()

    def __str__(self) -> str:
        return self.village_code


class TallyMark(models.Model):
    """Something of a village changed since it was counted. Set by triggers in the transaction of the change.

    A row of its own, not a column of the tally: two people who change two households of a village need not wait for
    each other, and a count that ran meanwhile cannot take away a mark it has not seen.
    """

    village_code = models.CharField(max_length=12, db_collation="C")

    objects = ScopedManager["TallyMark"]()

    class Meta:
        indexes = [models.Index(fields=["village_code"], name="tallymark_village")]

    def __str__(self) -> str:
        return self.village_code
