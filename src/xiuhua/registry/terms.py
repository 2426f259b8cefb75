"""Words of the register that are not the rulebook's code lists."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class HouseholdKind(Terms):
    """All rural households are known; most no more than head, members and village."""

    REGISTERED = "registered", "建档立卡户", "Registered household"
    WATCHED = "watched", "监测对象", "Watched household"
    OTHER = "other", "一般农户", "Other rural household"


class Status(Terms):
    """Where a registered household stands. Changed only by an approved case, or once by the county's opening."""

    POOR = "poor", "未脱贫", "Poor"
    EXITED = "exited", "已脱贫", "Exited"
    RETURNED = "returned", "返贫", "Returned to poverty"
    # Not registered any more: the household is one like any other, and may apply again.
    REMOVED = "removed", "已清退", "Removed as wrongly listed"


class Edge(Terms):
    """Where an income per head lies by the line of its year, and where nobody knows it."""

    UNDER = "under", "人均纯收入低于标准", "Income per head under the line"
    NEAR = "near", "人均纯收入高出标准不足 50 元", "Income per head less than 50 yuan above the line"
    UNKNOWN = "none", "收入待核实", "Income not known"


class Basis(Terms):
    """What a status rests on."""

    OPENING = "opening", "建库承接", "Taken over at the county's opening"
    CASE = "case", "审批", "Approved case"
    MOVED = "moved", "随户迁入", "Came with the household"
    FAMILY = "family", "随分户合户承接", "Household divided or united"


class WatchClass(Terms):
    """In which class a household is watched. Changed only by a procedure, or once by the county's opening."""

    UNSTABLE = "unstable", "脱贫不稳定户", "Exited but unstable"
    MARGINAL = "marginal", "边缘易致贫户", "At the border of poverty"
    SUDDEN = "sudden", "突发严重困难户", "In sudden serious hardship"
    NONE = "none", "不再监测", "Watched no more"


class RemovalMode(Terms):
    """How the risk of a watched household was removed."""

    HELPED = "helped", "帮扶消除", "By help"
    NATURAL = "natural", "自然消除", "By itself"


class Seen(Terms):
    """How a value is known."""

    REPORTED = "reported", "据表", "From a form"
    CHECKED = "checked", "已核", "Checked"


class Joining(Terms):
    """Why a membership begins."""

    BIRTH = "birth", "出生", "Birth"
    MARRIAGE = "marriage", "婚入", "Marriage in"
    ADOPTION = "adoption", "收养", "Adoption"
    RETURN = "return", "回归", "Return"
    SPLIT = "split", "分户", "Division of the household"
    MERGE = "merge", "合户", "Uniting of households"
    MOVE = "move", "迁入", "Move in"
    NEW_HEAD = "new_head", "户主变更", "Change of head"
    ENTERED = "entered", "建户登记", "Entered with the household"


class Leaving(Terms):
    """Why a membership ends."""

    DEATH = "death", "死亡", "Death"
    MARRIAGE = "marriage", "婚出", "Marriage out"
    ADOPTION = "adoption", "送养", "Given for adoption"
    SPLIT = "split", "分户", "Division of the household"
    MERGE = "merge", "合户", "Uniting of households"
    MOVE = "move", "迁出", "Move out"
    NEW_HEAD = "new_head", "户主变更", "Change of head"
    SAME_PERSON = "same_person", "一人两户归并", "Kept in another household"
    UNDONE = "undone", "已撤销", "Undone"


class Ending(Terms):
    """Why a household ends. Its record stays."""

    EMPTY = "empty", "自然销户", "Nobody is left"
    MERGED = "merged", "合户", "United with another"
    MOVED = "moved", "整户迁出", "Moved away"
    UNDONE = "undone", "已撤销", "Undone"


class ListKind(Terms):
    """What another department's list is of. The household is heard before anything follows from it."""

    DEATH = "death", "死亡注销名单", "Deaths"
    VEHICLE = "vehicle", "机动车登记名单", "Motor vehicles"
    BUSINESS = "business", "市场主体名单", "Heads of businesses"
    PAYROLL = "payroll", "财政供养人员名单", "Public payroll"
    HOUSE = "house", "商品房登记名单", "Commercial houses"
    DIBAO = "dibao", "低保名单", "Dibao"
    DISABILITY = "disability", "持证残疾人名单", "Disabled persons"
    MEDICAL = "medical", "大额医疗支出名单", "High medical spending"
    DROPOUT = "dropout", "失学辍学名单", "Children out of school"
    DISASTER = "disaster", "受灾人员名单", "Struck by disaster"


class Heard(Terms):
    """What the household said of a hit, and what was found."""

    OPEN = "open", "待听取本户", "Household not heard yet"
    TRUE = "true", "属实", "True"
    NOT_SO = "not_so", "不属实", "Not so"


class ListEnd(Terms):
    """Why the hits of a list were taken away. The row of the list stays."""

    EXPIRED = "expired", "到期", "Expired"
    WITHDRAWN = "withdrawn", "提前收回", "Withdrawn early"
    TAKEN_BACK = "taken_back", "随批次撤回", "Taken back with its batch"
