"""What an office keeps beside the register: 帮扶责任人花名册 (who helps whom) and 项目与资金 (appropriations, projects, payments).

All in agreement: every household has somebody at any day, plans keep to their appropriation, vouchers to the plan, payments to
households to their voucher. Nothing is planted here. Amounts are whole yuan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from .chance import Odds, between
from .identity import Numbers
from .names import given_name, surname
from .shapes import County, Household, Sex, Village
from .writing import MADE

HELPERS, PROJECTS = "帮扶责任人花名册.xlsx", "项目与资金.xlsx"
HELPER_HEAD = (
    "姓名", "证件号码", "工作单位", "单位隶属关系", "职务", "联系电话", "结对户编号", "户主姓名", "结对开始日期", "结对结束日期",
)  # fmt: skip
MONEY_HEAD = ("指标文号", "资金名称", "来源层级", "下达日期", "金额(元)", "是否新增", "备注")
PROJECT_HEAD = (
    "项目编号", "项目名称", "项目类别", "建设性质", "乡镇", "行政村", "责任单位", "建设任务", "投资规模(元)", "受益户数", "绩效目标", "入库日期",
)  # fmt: skip
PLAN_HEAD = (
    "项目编号",
    "资金指标文号",
    "计划金额(元)",
    "批复日期",
    "计划开工",
    "计划完工",
    "当前状态",
    "公告公示日期",
)
VOUCHER_HEAD = ("凭证号", "项目编号", "支出日期", "金额(元)", "收款单位或个人", "收款账号", "摘要")
PAID_HEAD = ("项目编号", "户编号", "姓名", "证件号码", "金额(元)", "一卡通账号", "发放日期")
# Officials come from elsewhere: their numbers carry a region of their own, so that none is anybody's of the county or of a list.
_OFFICIALS = "999901"
_UNITS = Odds(
    {("县农牧局", "县直"): 20, ("县教育局", "县直"): 20, ("县水利局", "县直"): 15, ("", "乡镇"): 35, ("州财政局", "州直"): 6, ("省发展改革委", "省直"): 4}
)  # fmt: skip
_DUTIES = ("主任科员", "科员", "副局长", "副乡长", "教师", "村支部书记")
_SOURCES = (
    ("省财农〔{year}〕11号", "中央财政专项扶贫资金(发展资金)", "中央", (2, 20)),
    ("省财农〔{year}〕12号", "省级财政专项扶贫资金", "省级", (2, 27)),
    ("州财农〔{year}〕8号", "州级配套资金", "市级", (3, 15)),
    ("县财农〔{year}〕3号", "县级专项扶贫资金", "县级", (3, 20)),
)
# Kind, class, whether it is paid to households, yuan to each that has a part.
_KINDS = (
    ("生态管护员补助", "生态", True, 5600), ("青稞良种补贴", "产业", True, 800), ("肉牛养殖到户", "产业", True, 6000), ("危房改造", "住房", True, 16000),
    ("村道硬化", "基础设施", False, 4800), ("安全饮水", "基础设施", False, 3200), ("扶贫车间", "就业", False, 7200),
)  # fmt: skip
_OFFICES = ("县农牧局", "县水利局", "县住建局", "县扶贫局")
_FIRMS = ("省水利工程公司", "青石建筑有限公司", "县建筑安装公司")
_STATES = Odds({"已完工已验收": 60, "已完工未验收": 25, "在建": 15})
_SHARES = (("预付款", 40), ("进度款", 50), ("尾款", 10))


@dataclass
class _Books:
    """Rows of the five sheets of projects and money."""

    projects: list[tuple[Any, ...]] = field(default_factory=list)
    plan: list[tuple[Any, ...]] = field(default_factory=list)
    vouchers: list[tuple[Any, ...]] = field(default_factory=list)
    paid: list[tuple[Any, ...]] = field(default_factory=list)


def write_ledgers(county: County, folder: Path) -> list[Path]:
    """Writes both workbooks; the same county gives the same rows. A household without members has no part in them."""
    rng = Random(f"ledgers/{county.code}/{county.seed}")
    homes = [one for one in county.households if one.members]
    helpers, projects = folder / HELPERS, folder / PROJECTS
    _write(
        helpers,
        [
            (
                "帮扶责任人",
                [[f"{county.name}结对帮扶责任人花名册"], HELPER_HEAD, *_helpers(county, homes, rng)],
            )
        ],
    )
    books = _projects(county, homes, rng)
    sheets = [
        ("资金指标", [MONEY_HEAD, *_money(county, books.plan)]),
        ("项目库", [PROJECT_HEAD, *books.projects]),
        ("年度项目计划", [PLAN_HEAD, *books.plan]),
        ("支出流水", [VOUCHER_HEAD, *books.vouchers]),
        ("到户补助", [PAID_HEAD, *books.paid]),
    ]
    _write(projects, sheets)
    return [helpers, projects]


def _helpers(county: County, homes: Sequence[Household], rng: Random) -> Iterator[tuple[Any, ...]]:
    """Each official helps one to five households of a village; one in five households had another before, up to the day before."""
    numbers, year = Numbers(_OFFICIALS, rng), county.data_date.year
    earlier = date(year - 2, 5, 1)
    for village in county.villages:
        mine = [one for one in homes if one.village is village]
        while mine:
            few = between(rng, 1, 5)
            some, mine = mine[:few], mine[few:]
            who = _official(rng, numbers, village, county)
            for home in some:
                since = earlier
                if rng.random() < 0.2:
                    since = date(year, 4, 1)
                    yield (
                        *_official(rng, numbers, village, county),
                        home.number,
                        home.head.name,
                        _day(earlier),
                        _day(since - timedelta(days=1)),
                    )
                yield (*who, home.number, home.head.name, _day(since), None)


def _official(rng: Random, numbers: Numbers, village: Village, county: County) -> tuple[Any, ...]:
    sex: Sex = "male" if rng.random() < 0.7 else "female"
    born = date(county.data_date.year - between(rng, 26, 58), between(rng, 1, 12), between(rng, 1, 28))
    unit, rank = _UNITS.draw(rng)
    return (
        surname(rng) + given_name(rng, sex), numbers.id_number(born, sex), unit or f"{village.township}人民政府", rank,
        _DUTIES[between(rng, 0, len(_DUTIES) - 1)], numbers.phone(),
    )  # fmt: skip


def _projects(county: County, homes: Sequence[Household], rng: Random) -> _Books:
    """Two to four projects a village with registered households, each with its plan, its vouchers and whom it paid."""
    made, year = _Books(), county.data_date.year
    for village in county.villages:
        mine = [one for one in homes if one.village is village]
        kinds = rng.sample(_KINDS, between(rng, 2, 4)) if mine else []
        for what, sort, to_homes, each in kinds:
            number = f"XM{year}{len(made.projects) + 1:04d}"
            some = sorted(rng.sample(mine, between(rng, 1, len(mine))), key=lambda one: one.number)
            total, state = each * len(some), _STATES.draw(rng)
            name = f"{village.name}{what}项目"
            made.projects.append(
                (number, name, sort, "新建", village.township, village.name, _OFFICES[between(rng, 0, 3)], what, total, len(some),
                 f"受益{len(some)}户", f"{year}-01-15")
            )  # fmt: skip
            source = _SOURCES[between(rng, 0, len(_SOURCES) - 1)][0].format(year=year)
            made.plan.append(
                (
                    number,
                    source,
                    total,
                    f"{year}-04-05",
                    f"{year}-05-01",
                    f"{year}-11-30",
                    state,
                    f"{year}-04-20",
                )
            )
            day = date(year, 5, 20) + timedelta(days=between(rng, 0, 120))
            if to_homes:
                _voucher(made, number, day, total, "一卡通代发", "财政代发专户", f"{what}资金")
                for home in some:
                    head = home.head
                    card = f"62289{int(home.number):014d}"
                    made.paid.append((number, home.number, head.name, head.id_number, each, card, _day(day)))
                continue
            firm, account = _FIRMS[between(rng, 0, 2)], f"6210{between(rng, 0, 10**12 - 1):012d}"
            for words, share in _SHARES[: {"在建": 1, "已完工未验收": 2}.get(state, 3)]:
                _voucher(made, number, day, total * share // 100, firm, account, f"{what}{words}")
    return made


def _voucher(made: _Books, number: str, day: date, yuan: int, whom: str, account: str, words: str) -> None:
    made.vouchers.append(
        (f"{day.year}-{len(made.vouchers) + 1:05d}", number, _day(day), yuan, whom, account, words)
    )


def _money(county: County, plan: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Each appropriation is as much as is planned of it."""
    year = county.data_date.year
    for number, name, level, (month, day) in _SOURCES:
        own = number.format(year=year)
        total = sum(row[2] for row in plan if row[1] == own)
        yield own, name, level, _day(date(year, month, day)), total, "否", None


def _day(day: date) -> str:
    return day.isoformat()


def _write(path: Path, sheets: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> None:
    workbook = xlsxwriter.Workbook(str(path))
    workbook.set_properties({"created": MADE})
    for title, rows in sheets:
        sheet = workbook.add_worksheet(title)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                # Numbers of people and cards are texts, or a spreadsheet would round them.
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write_number(at, column, value)
    workbook.close()
