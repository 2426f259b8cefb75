"""One household in one year: income, spending, house, water, living. Each matter knows how and when it was seen."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q

from xiuhua.places.scope import ScopedManager
from xiuhua.registry.models.history import kept
from xiuhua.registry.terms import Seen


def seen() -> models.CharField[Any, Any]:
    """How a matter is known."""
    return models.CharField(max_length=10, choices=Seen.choices(), null=True)


def amount() -> models.BigIntegerField[Any, Any]:
    """Money in fen."""
    return models.BigIntegerField(null=True)


def area() -> models.DecimalField[Any, Any]:
    """Square metres, mu, kilometres or percent: exact decimals."""
    return models.DecimalField(max_digits=12, decimal_places=2, null=True)


def yes_no() -> models.BooleanField[Any, Any]:
    """Yes, no, or not known."""
    return models.BooleanField(null=True)


def day() -> models.DateField[Any, Any]:
    """The day a matter was seen."""
    return models.DateField(null=True)


@pghistory.track(*kept())
class PeriodRecord(models.Model):
    """A household's year. Nothing here is not known unless it says so by being empty."""

    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="periods")
    village_code = models.CharField(max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField()
    period_start = models.DateField()
    period_end = models.DateField()
    basis = models.CharField(max_length=20, default="registration_year")
    brought_by = models.BigIntegerField(null=True)
    changed_by = models.BigIntegerField(null=True)

    wage_fen = amount()
    business_fen = amount()
    property_fen = amount()
    transfer_fen = amount()
    dibao_fen = amount()
    wubao_fen = amount()
    pension_fen = amount()
    business_cost_fen = amount()
    net_income_reported_fen = amount()
    net_income_per_head_reported_fen = amount()
    income_seen = seen()
    income_seen_on = day()

    medical_paid_fen = amount()
    medical_reimbursed_fen = amount()
    education_paid_fen = amount()
    education_aid_fen = amount()
    disaster_loss_fen = amount()
    disaster_relief_fen = amount()
    spending_seen = seen()
    spending_seen_on = day()

    house_area_m2 = area()
    house_structure = models.CharField(max_length=20, null=True)
    house_built_year = models.PositiveSmallIntegerField(null=True)
    house_grade = models.CharField(max_length=4, null=True)
    house_dangerous_reported = yes_no()
    house_seen = seen()
    house_seen_on = day()

    road_type = models.CharField(max_length=20, null=True)
    road_distance_km = area()
    has_life_power = yes_no()
    has_production_power = yes_no()
    fuel = models.CharField(max_length=40, null=True)
    toilet = yes_no()
    cooperative = yes_no()
    arable_mu = area()
    irrigated_mu = area()
    forest_mu = area()
    converted_mu = area()
    pasture_mu = area()
    living_seen = seen()
    living_seen_on = day()

    water_quality_ok = yes_no()
    water_litres_per_day = models.IntegerField(null=True)
    water_minutes = models.IntegerField(null=True)
    water_reliability_percent = area()
    water_seen = seen()
    water_seen_on = day()
    water_safe_reported = yes_no()
    water_difficult_reported = yes_no()
    water_reported_seen = seen()
    water_reported_seen_on = day()

    insured_persons = models.PositiveSmallIntegerField(null=True)
    insurance_seen = seen()
    insurance_seen_on = day()
    food_clothing_ok = yes_no()
    food_clothing_seen = seen()
    food_clothing_seen_on = day()

    objects = ScopedManager["PeriodRecord"]()

    class Meta:
        ordering = ["household_id", "year"]
        constraints = [
            models.UniqueConstraint(fields=["household", "year", "basis"], name="one_record_a_year"),
            models.CheckConstraint(
                name="period_ends_after_it_begins", condition=Q(period_end__gte=F("period_start"))
            ),
        ]
        indexes = [models.Index(fields=["village_code", "year"], name="period_village")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year}"
