"""Words of clues: where one came from, what it is about, how it ended; and of the yearly judgement."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class Origin(Terms):
    """Who or what said that a family may be slipping."""

    HOUSEHOLD = "household", "农户自己申请", "The household itself"
    CADRE = "cadre", "干部走访发现", "A cadre's visit"
    LIST = "list", "部门名单", "A department's list"
    RULE = "rule", "规则筛查", "A rule over the records"
    ASSESSMENT = "assessment", "年度分类研判", "The yearly judgement"
    AGAIN = "again", "了结期满再问", "Asked again after its term"


class Channel(Terms):
    """How a household's word came; empty for lists and rules."""

    PAPER = "paper", "书面", "On paper"
    PHONE = "phone", "电话（含 12317）", "By phone (12317 too)"
    SPOKEN = "spoken", "当面", "In person"
    PAGE = "page", "网页", "On the page"


class Risk(Terms):
    """What a clue is about."""

    ILLNESS = "illness", "因病", "Illness"
    DISABILITY = "disability", "因残", "Disability"
    SCHOOLING = "schooling", "因学或失学", "Schooling"
    DISASTER = "disaster", "因灾", "Disaster"
    ACCIDENT = "accident", "意外事故", "Accident"
    DEATH = "death", "成员亡故", "A death"
    WORK = "work", "失业或务工不稳", "Work lost"
    INCOME = "income", "收入骤减", "Fall of income"
    HOUSE = "house", "住房或饮水", "House or water"
    POVERTY = "poverty", "生活困难", "Hardship"
    OTHER = "other", "其他", "Other"


class End(Terms):
    """How a clue ended."""

    PROCEEDING = "proceeding", "转入识别程序", "Went into the procedure"
    HELPED = "helped", "已帮扶解决", "Helped"
    NO_RISK = "no_risk", "没有风险", "No risk"
    MOVED = "moved", "随户迁出，由迁入地接办", "Goes on where the household moved"
    GONE = "gone", "本户已销户，不再办理", "The household is no more"


class Told(Terms):
    """How a household was told that a clue of it ended as no risk."""

    SPOKEN = "spoken", "当面告知", "In person"
    PAPER = "paper", "书面送达", "On paper"
    PHONE = "phone", "电话告知", "By phone"


class Judgement(Terms):
    """What somebody who was there thinks. Not known is an answer, and never `no risk`."""

    AT_RISK = "at_risk", "有返贫致贫风险", "At risk"
    NO_RISK = "no_risk", "没有风险", "No risk"
    NOT_KNOWN = "not_known", "还不清楚", "Not known yet"


class Mark(Terms):
    """What of a sheet reaches a measure of the rulebook, whatever its judgement says."""

    GUARANTEE = "guarantee", "有保障没有落实", "A guarantee is not held"
    INCOME = "income", "收入在监测范围以下", "Income under the monitoring range"
    LEFT = "left", "扣除自付后在监测范围以下", "After own payments under the monitoring range"
    MEDICAL = "medical", "医疗自付达到预警", "Own medical payment at the warning"
    EDUCATION = "education", "教育自付超过预警", "Own education payment above the warning"


class Standing(Terms):
    """The yearly class of a household that left poverty."""

    STABLE = "stable", "稳定脱贫", "Stable"
    HELP = "help", "仍需帮扶", "Needs help"
    WATCH = "watch", "有返贫风险，纳入监测", "At risk: to be watched"
    SAFETY_NET = "safety_net", "兜底保障", "On the safety net"
