"""Words of the workbench's pages that no lower room has."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class Topic(Terms):
    """What a rule is about, as short as a list needs it."""

    INCOME = "income", "收入", "Income"
    FOOD_CLOTHING = "food_clothing", "吃穿", "Food and clothing"
    EDUCATION = "education", "义务教育", "Schooling"
    MEDICAL = "medical", "基本医疗", "Medical care"
    HOUSING = "housing", "住房", "Housing"
    WATER = "water", "饮水", "Water"
    RECENT = "recent", "依据新旧", "How recent"
    LABOUR = "labour", "劳动力", "Labour"
    IDENTITY = "identity", "证件", "Identity"
    CAUSE = "cause", "致贫原因", "Cause of poverty"
    ASSISTANCE = "assistance", "帮扶", "Assistance"
    LIVING = "living", "生产生活条件", "Living conditions"
    LAND = "land", "土地", "Land"
    DISASTER = "disaster", "灾害", "Disaster"
    STATUS = "status", "状态", "Status"
    INCIDENCE = "incidence", "贫困发生率", "Incidence"
    INFRASTRUCTURE = "infrastructure", "基础设施", "Infrastructure"
    SERVICES = "services", "公共服务", "Services"
    INDUSTRY = "industry", "产业发展", "Industry"
    COLLECTIVE = "collective", "集体经济", "Collective income"
    TEAM = "team", "驻村帮扶", "Resident team"
    FORMS = "forms", "村表核对", "Village form"
    MONITORING = "monitoring", "监测线索", "Lead for monitoring"
    ADJUSTMENT = "adjustment", "动态调整线索", "Lead for adjustment"
    RED_LINE = "red_line", "红线", "Red line"
    MEMBERS = "members", "家庭成员", "Members"
    EVALUATION = "evaluation", "专项评估", "Special evaluation"


class Show(Terms):
    """Which households a list shows."""

    ALL = "all", "全部", "All"
    REGISTERED = "registered", "建档立卡户", "Registered"
    POOR = "poor", "未脱贫", "Poor"
    EXITED = "exited", "已脱贫", "Exited"
    DOUBT = "doubt", "已脱贫、达标存疑", "Exited, in doubt"
    FAILS = "fails", "有未达标", "Failing"
    UNKNOWN = "unknown", "待核实", "Not known"
    WATCHED = "watched", "监测对象", "Watched"
    OTHER = "other", "一般农户", "Other rural"
    REMOVED = "removed", "已清退", "Removed as wrongly listed"


class Order(Terms):
    """In which order the places below one are told."""

    WORST = "worst", "问题占比", "Share with problems"
    FAILS = "fails", "有未达标", "Failing"
    UNKNOWN = "unknown", "待核实", "Not known"
    DOUBT = "doubt", "达标存疑", "In doubt"
    INCIDENCE = "incidence", "贫困发生率", "Poverty incidence"
    CODE = "code", "区划代码", "Place code"


class Programme(Terms):
    """What a rule belongs to."""

    TARGETED = "targeted_2014", "精准扶贫、精准脱贫（2014—2020）", "Targeted poverty reduction (2014-2020)"
    REGULAR = "regular_2021", "常态化防止返贫致贫（2021 起）", "Prevention of return to poverty (since 2021)"
    COMMON = "common", "数据质量（两个时期通用）", "Data quality (of both)"


class Grain(Terms):
    """Of whom or what a rule speaks, or a fact is known."""

    HOUSEHOLD = "household", "每户", "Each household"
    PERSON = "person", "每人", "Each person"
    PERIOD = "period", "每户每年", "Each household and year"
    VILLAGE = "village", "每村", "Each village"
    VILLAGE_YEAR = "village_year", "每村每年", "Each village and year"
    COUNTY = "county", "每县", "Each county"


class Severity(Terms):
    """What it means when a rule fails."""

    RED = "red", "必须办", "Must be dealt with"
    AMBER = "amber", "需留意", "To be looked at"


class RuleKind(Terms):
    """What it means that a rule fails."""

    QUALITY = "quality", "登记问题：要更正或核实", "A finding: to be put right or looked into"
    STANDARD = "standard", "标准：说明帮扶到了哪一步", "A standard: tells how far help has come"
    CANDIDATE = (
        "candidate",
        "线索：先听本人说、再入户核实，不据此决定",
        "A lead: hear the household first and visit; nothing is decided by it",
    )


class Certainty(Terms):
    """How surely a figure is known."""

    CITED = "cited", "有出处", "Cited"
    BACKGROUND = "background", "通行说法", "Commonly said"


class Part(Terms):
    """What the page of standards and rules lists."""

    RULES = "rules", "规则", "Rules"
    PROCEDURES = "procedures", "程序", "Procedures"
    FIGURES = "figures", "数值", "Figures"
    MEASURES = "measures", "指标", "Published figures"
    FACTS = "facts", "事实", "Facts"


class Lane(Terms):
    """Where a tally counts a unit: the outcome of a rule, what is known of a fact."""

    HOLDS = "holds", "达标", "Met"
    FAILS = "fails", "未达标", "Not met"
    NOT_KNOWN = "not_known", "待核实", "Not known"
    NOT_APPLICABLE = "not_applicable", "不适用", "Not applicable"
    CHECKED = "checked", "达标且已核", "Met, on checked evidence"
    TRUE = "true", "是", "Yes"
    FALSE = "false", "否", "No"
    UNKNOWN = "unknown", "尚不清楚", "Not known"
    KNOWN = "known", "有记录", "On record"
    OTHER = "~", "其他", "Other"
    OF = "of", "计入的", "Counted"
    REST = "rest", "其余", "The rest"
