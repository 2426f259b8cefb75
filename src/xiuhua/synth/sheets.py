"""The four workbooks as rows: headings, words of the export, and what stands in each cell.

Rows come out in the order of the headings below; `writing` shuffles, renames and drops columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .shapes import County, Household, Year

PERSONS, YEARLY, ROLL, VILLAGES = "person_export", "yearly_record", "household_roll", "village_list"


@dataclass(frozen=True)
class Column:
    """One column: the field it holds, its heading, and other headings that offices use for it."""

    field: str
    heading: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row: what it is about (person, household, household|year, village), whose household, its cells in order."""

    record: str
    household: str
    cells: list[Any]


FILES = {
    PERSONS: "贫困人口信息表",
    YEARLY: "户年度收入与生活条件",
    ROLL: "农村住户花名册",
    VILLAGES: "行政村名单",
}
SHEETS = {PERSONS: "贫困人口", YEARLY: "收入与生活条件", ROLL: "农村住户", VILLAGES: "行政村"}
COLUMNS: dict[str, tuple[Column, ...]] = {
    PERSONS: (
        Column("county", "县", ("县（区）", "县名称")),
        Column("township", "乡镇", ("乡（镇）", "所在乡镇")),
        Column("village", "行政村", ("村", "所在行政村", "村名称")),
        Column("group", "自然村", ("村民小组", "社（组）")),
        Column("household_number", "户编号", ("贫困户编号", "户编码")),
        Column("person_number", "人编号", ("人员编号", "人编码")),
        Column("name", "姓名", ("成员姓名",)),
        Column("id_number", "证件号码", ("身份证号码", "身份证号", "公民身份号码")),
        Column("members_reported", "人数", ("家庭人口", "家庭人口数")),
        Column("relation", "与户主关系", ("家庭关系", "与户主的关系")),
        Column("ethnicity", "民族", ()),
        Column("education", "文化程度", ("学历", "受教育程度")),
        Column("student_status", "在校生状况", ("在校状况", "在校生情况")),
        Column("health", "健康状况", ("身体状况",)),
        Column("labour", "劳动技能", ("劳动能力", "劳动力状况")),
        Column("work_place", "务工区域", ("务工地点", "务工地区")),
        Column("work_months", "务工时间(月)", ("务工时间（月）", "务工月数")),
        Column("serious_illness_insured", "是否参加大病医疗", ("是否参加大病保险", "大病医疗保险")),
        Column("status_reported", "脱贫属性", ("脱贫状态", "是否脱贫")),
        Column("attribute", "贫困户属性", ("户属性", "贫困类型")),
        Column("main_cause", "主要致贫原因", ("致贫原因", "主要致贫因素")),
        Column("house_dangerous", "是否危房户", ("是否危房", "危房户")),
        Column("water_safe", "是否解决安全饮用水", ("安全饮水", "饮水是否安全")),
        Column("water_difficult", "是否饮水困难", ("饮水困难",)),
        Column("per_head", "人均纯收入", ("年人均纯收入", "人均纯收入（元）")),
        Column("phone", "联系电话", ("电话", "手机号码")),
    ),
    YEARLY: (
        Column("household_number", "户编号", ("贫困户编号", "户编码")),
        Column("year", "年度", ("年份",)),
        Column("wage", "工资性收入", ("工资收入", "务工收入")),
        Column("business", "生产经营性收入", ("经营性收入", "家庭经营收入")),
        Column("property", "财产性收入", ("财产收入",)),
        Column("transfer", "转移性收入", ("转移收入",)),
        Column("business_cost", "生产经营性支出", ("经营性支出", "生产经营支出")),
        Column("net_income", "家庭年纯收入", ("家庭纯收入", "年纯收入")),
        Column("house_area", "住房面积(㎡)", ("住房面积（平方米）", "住房面积")),
        Column("house_grade", "危房等级", ("房屋等级", "住房等级")),
        Column("road_type", "入户路类型", ("入户路",)),
        Column("life_power", "是否通生活用电", ("生活用电", "是否通电")),
        Column("arable", "耕地面积(亩)", ("耕地面积（亩）", "耕地面积")),
        Column("insured", "基本医保参保人数", ("医保参保人数", "参加基本医疗保险人数")),
        Column("water_quality", "水质是否达标", ("水质达标", "水质")),
        Column("water_litres", "日人均水量(升)", ("日人均用水量（升）", "人均日用水量")),
        Column("water_minutes", "取水往返时间(分钟)", ("取水时间（分钟）", "取水往返时间")),
        Column("water_reliability", "供水保证率(%)", ("供水保证率（%）", "供水保证率")),
        Column("food_clothing", "吃穿是否有保障", ("不愁吃不愁穿", "吃穿保障")),
        Column("seen", "核实方式", ("核查方式",)),
        Column("seen_on", "核实日期", ("核查日期", "核实时间")),
    ),
    ROLL: (
        Column("township", "乡镇", ("乡（镇）", "所在乡镇")),
        Column("village", "行政村", ("村", "所在行政村", "村名称")),
        Column("household_number", "住户编号", ("户编号", "农户编号")),
        Column("head_name", "户主姓名", ("户主",)),
        Column("head_id", "户主证件号码", ("户主身份证号码", "户主身份证号")),
        Column("persons", "家庭人口", ("人口数", "家庭人口数")),
    ),
    VILLAGES: (
        Column("county", "县", ("县（区）", "县名称")),
        Column("township", "乡镇", ("乡（镇）", "所在乡镇")),
        Column("village", "行政村", ("村名称", "行政村名称")),
        Column("village_code", "行政村编码", ("村编码", "行政村代码")),
        Column("poor_village", "是否贫困村", ("贫困村",)),
        Column("deep_poor_village", "是否深度贫困村", ("深度贫困村",)),
        Column("rural_households", "农村户数", ("总户数", "户数")),
        Column("rural_persons", "农村人口", ("农村人口数", "总人口")),
        Column("longitude", "经度", ()),
        Column("latitude", "纬度", ()),
    ),
}

WORDS: dict[str, dict[str, str]] = {
    "relation": {
        "head": "户主", "spouse": "配偶", "son": "之子", "daughter": "之女", "daughter_in_law": "之儿媳",
        "grandson": "之孙子", "granddaughter": "之孙女", "father": "之父", "mother": "之母", "other": "其他",
    },
    "ethnicity": {"han": "汉族", "tibetan": "藏族", "hui": "回族", "tu": "土族"},
    "education": {
        "illiterate": "文盲或半文盲", "primary": "小学", "junior": "初中", "senior": "高中", "college": "大专及以上",
    },
    "student_status": {
        "none": "非在校生", "preschool": "学龄前儿童", "primary": "小学", "junior": "初中", "senior": "普通高中",
        "vocational_senior": "中职", "vocational_college": "高职", "college": "大专及以上", "special": "特殊教育",
    },
    "health": {"healthy": "健康", "chronic": "长期慢性病", "serious": "患有大病", "disabled": "残疾"},
    "labour": {"ordinary": "普通劳动力", "skilled": "技能劳动力", "lost": "丧失劳动力", "none": "无劳动力"},
    "work_place": {"county": "县内", "province": "省内县外", "outside": "省外"},
    "status": {"exited": "已脱贫", "poor": "未脱贫"},
    "attribute": {"general": "一般贫困户", "dibao_poor": "低保贫困户", "wubao_poor": "特困供养贫困户"},
    "cause": {
        "illness": "因病", "disability": "因残", "study": "因学", "disaster": "因灾", "land": "缺土地", "skill": "缺技术",
        "labour": "缺劳力", "capital": "缺资金", "transport": "交通条件落后", "motivation": "自身发展动力不足",
    },
    "road_type": {"dirt": "泥土路", "gravel": "砂石路", "cement": "水泥路"},
    "seen": {"checked": "入户核实", "reported": "村级上报"},
}  # fmt: skip


def yuan(fen: int) -> int | float:
    """Yuan as a workbook holds them: a whole number where it is one."""
    return fen // 100 if fen % 100 == 0 else fen / 100


def yes(value: bool | None) -> str | None:
    """是, 否 or an empty cell."""
    return None if value is None else "是" if value else "否"


def day(year: int, month: int, number: int) -> str:
    """A date as the title row writes it."""
    return f"{year}年{month}月{number}日"


class Sheet:
    """Rows of one book with planted cells put in the place of the true ones."""

    def __init__(self, county: County, book: str) -> None:
        self._positions = {c.field: i for i, c in enumerate(COLUMNS[book])}
        self._planted = county.cells.get(book, {})

    def row(self, record: str, household: str, cells: list[Any]) -> Row:
        """The row as it is to be written."""
        if self._planted:
            for key in (household, record) if record != household else (record,):
                for name, value in self._planted.get(key, {}).items():
                    cells[self._positions[name]] = value
        return Row(record, household, cells)


def person_rows(county: County, township_code: str | None = None) -> Iterator[Row]:
    """Rows of the 26-column person export; of one township, or of all. A repeated person comes twice."""
    sheet = Sheet(county, PERSONS)
    w = WORDS
    for h in county.households:
        if township_code is not None and h.village.township_code != township_code:
            continue
        front = [county.name, h.village.township, h.village.name, f"{h.group}社", h.number]
        back = [
            w["status"][h.status], w["attribute"][h.attribute], w["cause"][h.main_cause], yes(h.house_dangerous),
            yes(h.water_safe), yes(h.water_difficult), yuan(h.per_head_fen), h.phone,
        ]  # fmt: skip
        count = len(h.members)
        for p in h.members:
            middle = [
                p.number, p.name, p.id_number, count, w["relation"][p.relation], w["ethnicity"][p.ethnicity],
                w["education"][p.education] if p.education else None, w["student_status"][p.student_status],
                w["health"][p.health], w["labour"][p.labour],
                w["work_place"][p.work_place] if p.work_place else None, p.work_months,
                yes(p.serious_illness_insured),
            ]  # fmt: skip
            row = sheet.row(p.number, h.number, front + middle + back)
            yield row
            if p.number in county.repeats:
                yield row


def yearly_rows(county: County) -> Iterator[Row]:
    """Rows of the yearly record book, a row a household and year."""
    sheet = Sheet(county, YEARLY)
    for h in county.households:
        for y in h.years:
            yield sheet.row(year_record(h, y), h.number, _yearly_cells(h, y))


def year_record(household: Household, year: Year) -> str:
    """What a yearly row is called in `County.cells`."""
    return f"{household.number}|{year.year}"


def _yearly_cells(h: Household, y: Year) -> list[Any]:
    return [
        h.number, y.year, yuan(y.wage_fen), yuan(y.business_fen), yuan(y.property_fen), yuan(y.transfer_fen),
        yuan(y.business_cost_fen), yuan(y.net_income_fen), y.house_area_m2, y.house_grade,
        WORDS["road_type"][y.road_type], yes(y.has_life_power),
        y.arable_tenth_mu // 10 if y.arable_tenth_mu % 10 == 0 else y.arable_tenth_mu / 10,
        y.insured_persons, yes(y.water_quality_ok), y.water_litres_per_day, y.water_minutes,
        y.water_reliability_percent, yes(y.food_clothing_ok), WORDS["seen"][y.seen] if y.seen else None,
        y.seen_on.isoformat() if y.seen_on else None,
    ]  # fmt: skip


def roll_rows(county: County) -> Iterator[Row]:
    """Rows of the household roll."""
    sheet = Sheet(county, ROLL)
    for r in county.roll:
        cells = [r.village.township, r.village.name, r.number, r.head_name, r.head_id, r.persons]
        yield sheet.row(r.number, r.number, cells)


def village_rows(county: County) -> Iterator[Row]:
    """Rows of the village list."""
    sheet = Sheet(county, VILLAGES)
    for v in county.villages:
        cells = [
            county.name, v.township, v.name, v.code, yes(v.poor), yes(v.deep_poor),
            v.rural_households, v.rural_persons, v.longitude, v.latitude,
        ]  # fmt: skip
        yield sheet.row(v.code, v.code, cells)
