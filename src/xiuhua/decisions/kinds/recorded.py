"""What is on record of a household and decides how it is judged was written down wrongly: two people put it right."""

from __future__ import annotations

from xiuhua.common.clock import beijing_today
from xiuhua.decisions.kinds.kind import Ask, Change, Kind, Line, Paper, Problem, both
from xiuhua.registry.models import Household
from xiuhua.registry.services import Trace, exit_year_corrected
from xiuhua.registry.terms import HouseholdKind


class ExitYear(Kind):
    """The year in which a household left poverty, as files have it: it says by which year's record its exit is looked at."""

    code, zh, en = "exit_year", "更正脱贫年度", "Year of exit put right"
    when_zh, when_en = (
        "登记的脱贫年度写错了；退出本身不因此改变",
        "The year of exit on record is wrong; the exit itself does not change by this",
    )
    on_zh, on_en = "更正日期", "Day of the correction"
    papers = (
        Paper("exit_list", "当年的脱贫名单、公告或批复", "That year's list, notice or approval of exits"),
    )

    def offered_to(self, household: Household) -> bool:
        return household.kind == HouseholdKind.REGISTERED

    def asks(self, change: Change) -> tuple[Ask, ...]:
        return (
            Ask(
                "exit_year", "year", "脱贫年度", "Year of exit", required=False,
                help_zh="对照当年的名单、公告；确实查不到的留空", help_en="As that year's list or notice has it; empty where nobody can find out",
            ),
        )  # fmt: skip

    def year(self, change: Change) -> int | None:
        """The year that was filled in; None where nobody knows."""
        return change.payload.get("exit_year")

    def problems(self, change: Change) -> list[Problem]:
        if not self.offered_to(change.household):
            return [
                Problem(
                    "",
                    "这一户不是建档立卡户，没有脱贫年度",
                    "Not a registered household: it has no year of exit",
                )
            ]
        year = self.year(change)
        if year == change.household.exit_year:
            return [Problem("exit_year", "登记的就是这样，没有要更正的", "The register says so already")]
        if year is not None and year > beijing_today().year:
            return [Problem("exit_year", "年度不能晚于今年", "The year cannot lie ahead")]
        return []

    def carry_out(self, change: Change) -> Trace:
        return exit_year_corrected(
            by=change.by, case=change.case, household=change.household, year=self.year(change)
        )

    def tells(self, change: Change) -> list[Line]:
        return [
            Line(
                both("脱贫年度", "Year of exit"), _said(change.household.exit_year), _said(self.year(change))
            )
        ]


def _said(year: int | None) -> dict[str, str]:
    return both("没有记录", "not on record") if year is None else both(f"{year} 年", str(year))
