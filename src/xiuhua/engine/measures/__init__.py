"""Measures of poverty with the errors that come from how a survey was drawn.

`fgt`, `watts`, `gini` of a welfare; `alkire_foster` and `alkire_foster_change` of many deprivations at once. Each takes a frame
(Arrow, Polars, pandas) and gives a table: estimate, se, low, high. Pure: no Django, no file. Missing values are refused unless
the caller says what they are; nothing missing is ever quietly not poor.
"""

from xiuhua.engine.measures.change import alkire_foster_change
from xiuhua.engine.measures.deprivation import alkire_foster
from xiuhua.engine.measures.frames import Unfit
from xiuhua.engine.measures.welfare import fgt, gini, watts

__all__ = ["Unfit", "alkire_foster", "alkire_foster_change", "fgt", "gini", "watts"]
