"""A village in one year, as its yearly form has it: roads, power, water, services, industry, collective income, team."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models

from xiuhua.places.scope import ScopedManager
from xiuhua.registry.models.history import kept
from xiuhua.registry.models.period import amount, day, seen, yes_no


def count() -> models.PositiveIntegerField[Any, Any]:
    """Households, persons or things; empty where nobody said."""
    return models.PositiveIntegerField(null=True)


@pghistory.track(*kept())
class VillageYear(models.Model):
    """A village's year. What is empty is not known; one evidence holds for the whole form."""

    village_code = models.CharField(max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField()
    brought_by = models.BigIntegerField(null=True)
    changed_by = models.BigIntegerField(null=True)

    natural_villages = count()
    registered_households = count()
    labour_persons = count()
    away_persons = count()
    collective_income_fen = amount()
    road_hardened = yes_no()
    bus_service = yes_no()
    life_power_households = count()
    production_power = yes_no()
    safe_water_households = count()
    water_difficult_households = count()
    dangerous_house_households = count()
    broadband = yes_no()
    tv_households = count()
    clinic = yes_no()
    licensed_doctors = count()
    culture_room = yes_no()
    industry = yes_no()
    cooperatives = count()
    cooperative_households = count()
    resident_team = yes_no()
    first_secretary = yes_no()
    seen = seen()
    seen_on = day()

    objects = ScopedManager["VillageYear"]()

    class Meta:
        ordering = ["village_code", "year"]
        constraints = [
            models.UniqueConstraint(fields=["village_code", "year"], name="one_village_year"),
        ]

    def __str__(self) -> str:
        return f"{self.village_code} {self.year}"
