"""Invented people at any scale, as columns: a county at a time, up to a nation.

    plan = scale.plan(households=30_000_000, seed=7)
    for county in plan.counties:
        batches = scale.batches(plan, county)      # {"rec_village": RecordBatch, "rec_household": …}

Every county is invented from the seed and its own number alone, with whole numbers only: the same whatever is made beside
it, in whatever order, by however many processes, on whatever machine.
"""

from .columns import batches, places
from .invention import invent
from .planning import CountyPlan, Plan, plan

__all__ = ["CountyPlan", "Plan", "batches", "invent", "places", "plan"]
