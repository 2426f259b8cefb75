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
    LABOUR = "labour", "劳动力", "Labour"
    IDENTITY = "identity", "证件", "Identity"
    CAUSE = "cause", "致贫原因", "Cause of poverty"


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


class Order(Terms):
    """In which order the places below one are told."""

    WORST = "worst", "问题占比", "Share with problems"
    FAILS = "fails", "有未达标", "Failing"
    UNKNOWN = "unknown", "待核实", "Not known"
    DOUBT = "doubt", "达标存疑", "In doubt"
    INCIDENCE = "incidence", "贫困发生率", "Poverty incidence"
    CODE = "code", "区划代码", "Place code"
