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
    INCIDENCE = "incidence", "贫困发生率", "Incidence"
    INFRASTRUCTURE = "infrastructure", "基础设施", "Infrastructure"
    SERVICES = "services", "公共服务", "Services"
    INDUSTRY = "industry", "产业发展", "Industry"
    COLLECTIVE = "collective", "集体经济", "Collective income"
    TEAM = "team", "驻村帮扶", "Resident team"
    FORMS = "forms", "村表核对", "Village form"
    MONITORING = "monitoring", "监测线索", "Lead for monitoring"
    ADJUSTMENT = "adjustment", "动态调整线索", "Lead for adjustment"


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
