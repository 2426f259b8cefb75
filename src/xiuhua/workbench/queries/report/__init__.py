"""The report of a period 阶段报告: for any area and any days, every figure with the list behind it."""

from xiuhua.workbench.queries.report.figures import FIGURES, SECTIONS, Figure, Report, told
from xiuhua.workbench.queries.report.period import Period, period_of, presets

__all__ = ["FIGURES", "SECTIONS", "Figure", "Period", "Report", "period_of", "presets", "told"]
