"""Words of cases: where one stands, and what somebody did with it."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class State(Terms):
    """Where a case stands. Only a step changes it; the database holds the table of what may follow what."""

    DRAFTED = "drafted", "起草", "Drafted"
    PENDING = "pending", "待审核", "Waiting for a decision"
    RETURNED = "returned", "退回补正", "Returned for correction"
    SENT = "sent", "待接收", "Waiting for the receiving office"
    ACCEPTED = "accepted", "已办结", "Carried out"
    REFUSED = "refused", "未通过", "Refused"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"
    UNDO_ASKED = "undo_asked", "待撤销", "Waiting to be undone"
    UNDONE = "undone", "已撤销", "Undone"


class Act(Terms):
    """One step of a case."""

    PROPOSED = "proposed", "提交", "Proposed"
    RETURNED = "returned", "退回补正", "Returned for correction"
    RESUBMITTED = "resubmitted", "补正后提交", "Corrected and proposed again"
    WITHDRAWN = "withdrawn", "撤回", "Withdrawn"
    AGREED = "agreed", "同意迁出", "Agreed to the move"
    ACCEPTED = "accepted", "审核通过", "Accepted"
    REFUSED = "refused", "不予通过", "Refused"
    RECEIVED = "received", "接收", "Received"
    DECLINED = "declined", "不予接收", "Declined by the receiving office"
    UNDO_ASKED = "undo_asked", "申请撤销", "Asked to be undone"
    UNDONE = "undone", "撤销", "Undone"
    UNDO_REFUSED = "undo_refused", "不予撤销", "Not undone"


# States in which somebody still has to do something.
OPEN = (State.PENDING, State.RETURNED, State.SENT, State.UNDO_ASKED)
# States in which no second case of the kind may be begun about the same.
CLAIMING = (State.DRAFTED, State.PENDING, State.RETURNED, State.SENT)


class Course(Terms):
    """How a proceeding is going, or how it ended."""

    OPEN = "open", "办理中", "Under way"
    DECIDED = "decided", "已办结", "Decided"
    REFUSED = "refused", "未通过", "Refused"
    ENDED = "ended", "终止", "Ended without a judgement"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"
    LAPSED = "lapsed", "逾期失效", "Lapsed"


class Sign(Terms):
    """What somebody did at a step."""

    SIGNED = "signed", "签办", "Signed"
    NO = "no", "不同意", "Said no"
    RETURNED = "returned", "退回", "Sent back"
    WITHDRAWN = "withdrawn", "撤回", "Taken back"


class Told(Terms):
    """How a household was told that its proceeding ended."""

    HANDED = "handed", "当面送达告知书", "The letter was handed over"
    PHONE = "phone", "电话告知", "By phone"
    POST = "post", "邮寄告知书", "The letter was posted"
    LEFT = "left", "留置送达（拒收或无人在家）", "The letter was left at the house"


class SheetKind(Terms):
    """What somebody files for another to approve."""

    PLAN = "plan", "滚动计划", "Exit plan"
    WINDOW = "window", "动态调整时间", "Window of the adjustment"


class Verdict(Terms):
    """What became of what was filed."""

    APPROVED = "approved", "批准", "Approved"
    REFUSED = "refused", "不批准", "Refused"
    WITHDRAWN = "withdrawn", "撤回", "Taken back"


class Measure(Terms):
    """What a target counts."""

    HOUSEHOLDS = "households", "退出户数", "Households to exit"
    VILLAGES = "villages", "出列村数", "Villages to exit"


class Readiness(Terms):
    """Where a household stands against the exit standards today."""

    READY = "ready", "各项达标", "All met"
    UNKNOWN = "unknown", "有待核实", "Not known"
    FAILS = "fails", "有未达标", "Failing"
    DONE = "done", "已退出", "Exited"


class Category(Terms):
    """What the yearly adjustment looks for."""

    EXIT = "exit", "应退", "Ready to exit"
    ENTER = "enter", "应纳", "To be taken in"
    RETURNED = "returned", "返贫", "Returned to poverty"
    WRONG = "wrong", "错评错退", "Wrongly listed or let out"
    NATURAL = "natural", "自然增减", "Natural changes"


class Found(Terms):
    """How far a candidate of the adjustment is."""

    NOT_YET = "not_yet", "尚未核查", "Not looked at yet"
    GONE = "gone", "记录变了，规则不再找出", "Found no more, as the records changed"
    LOOKED = "looked", "核查后不办理", "Looked at, nothing to do"
    OPEN = "open", "办理中", "Under way"
    DECIDED = "decided", "已办结", "Decided"
    REFUSED = "refused", "未通过", "Not passed"


class Help(Terms):
    """What kind of help a household is to have; asked for where it is taken in to be watched."""

    INDUSTRY = "industry", "产业帮扶", "Farming or business"
    WORK = "work", "就业帮扶", "Work"
    PUBLIC_POST = "public_post", "公益性岗位", "Public post"
    SCHOOLING = "schooling", "教育资助", "Schooling"
    HEALTH = "health", "医疗救助和健康帮扶", "Medical aid and health"
    HOUSE = "house", "危房改造", "Safe house"
    WATER = "water", "饮水安全", "Safe water"
    SAFETY_NET = "safety_net", "低保、特困等兜底保障", "Safety net (dibao, full support)"
    RELIEF = "relief", "临时救助", "Relief"
    LOAN = "loan", "小额信贷", "Small loan"
    SOCIAL = "social", "社会帮扶", "Help by society"


class Way(Terms):
    """How a household came to be one that left poverty, that is not registered any more, or is watched no more."""

    HERE = "here", "经本系统退出", "Let out here"
    REMOVED = "removed", "错评清退", "Removed as wrongly listed"
    LET_GO = "let_go", "经本系统消除风险", "Watched no more by a procedure here"
    TAKEN_OVER = "taken_over", "建库承接的", "Taken over at the opening"
    NOT_SEEN = "not_seen", "建库承接、记录说不清的", "Taken over, papers not seen"


# Who signed for a household besides its members: somebody who is none of them; nobody, because it would not.
NOBODY, REFUSED = "nobody", "refused"


class Does(Terms):
    """What is done at a step of a procedure."""

    APPLICATION = "application", "申请受理", "Application"
    VISIT = "visit", "入户", "Visit"
    COMPARISON = "comparison", "数据比对", "Comparison of data"
    MEETING = "meeting", "民主评议", "Meeting"
    HOUSEHOLD = "household", "农户表态", "The household's word"
    NOTICE = "notice", "公示", "Notice"
    REVIEW = "review", "审核", "Review"
    DECISION = "decision", "审定", "Decision"
    OUTSIDE = "outside", "外部评估", "Verdict from outside"
    ANNOUNCEMENT = "announcement", "公告", "Announcement"


class Who(Terms):
    """Who does a step, in the words of the field."""

    VILLAGE_WORKER = "village_worker", "村“两委”", "Village committees"
    VILLAGE_COMMITTEE = "village_committee", "村“两委”", "Village committees"
    WORK_TEAM = "work_team", "驻村工作队", "Resident work team"
    TOWNSHIP_OFFICE = "township_office", "乡镇业务", "Township office"
    COUNTY_OFFICE = "county_office", "县级业务", "County office"
    COUNTY_LEADER = "county_leader", "县级领导", "County leader"
    CITY_OFFICE = "city_office", "市级业务", "City office"
    PROVINCE_OFFICE = "province_office", "省级业务", "Province office"
    DEPARTMENT = "department", "行业部门", "Line department"
    OUTSIDE = (
        "outside",
        "外部评估机构（上一级监督检查）",
        "Assessor from outside (inspection of the level above)",
    )


class WithdrawnBy(Terms):
    """Who may take a proceeding back."""

    HOUSEHOLD = "household", "农户可以撤回", "The household may withdraw"
    VILLAGE = "village", "村可以撤回", "The village may withdraw"
    OFFICE = "office", "只有乡镇、县可以撤回", "Only the township or county may take it back"


class PairKind(Terms):
    """Why two records stand side by side."""

    SAME_PERSON = "same_person", "一人两户", "Same person in two households"
    ID_TWICE = "id_twice", "一号两人", "One ID number for two people"
    ID_CHANGED = "id_changed", "证件号码变了", "ID number changed"
    PERSON_MOVED = "person_moved", "成员换户", "Member moved to another household"
    HOUSEHOLD_MOVED = "household_moved", "整户换村", "Household moved to another village"
    ID_ELSEWHERE = "id_elsewhere", "证件号码别处已有", "ID number in use elsewhere"
    RELEASE_ASKED = "release_asked", "别处请求核减", "Another office asks to release a person"
    MAY_BE_SAME = "may_be_same", "疑似同一人", "May be the same person"


# How such a pair came up (`Pair.found_by`): two numbers that are not the same carry the same ID number.
BY_THE_ID = "by_the_id"


class PairState(Terms):
    """Where a pair stands, by itself; with a case, the case says the rest (`queries.pairs.standing`)."""

    OPEN = "open", "待判断", "To be decided"
    PROPOSED = "proposed", "待另一人确认", "Waiting for a second person"
    DECIDED = "decided", "已判断", "Decided"
    GONE = "gone", "不再需要", "No longer asked"


class Answer(Terms):
    """What can be answered. Which of them a kind offers, and which need two people: `queries.pairs`."""

    KEEP_LEFT = "keep_left", "同一人，归左边这一户", "Same person, belongs to the household on the left"
    KEEP_RIGHT = "keep_right", "同一人，归右边这一户", "Same person, belongs to the household on the right"
    LEFT_WRONG = "left_wrong", "不是同一人，左边的号码写错", "Two people, the number on the left is wrong"
    RIGHT_WRONG = "right_wrong", "不是同一人，右边的号码写错", "Two people, the number on the right is wrong"
    DIFFERENT = "different", "不是同一人", "Two people"
    TAKE = "take", "文件是对的，采用", "The file is right, take it"
    KEEP = "keep", "登记是对的，不采用", "The register is right, keep it"
    ASK_RELEASE = (
        "ask_release",
        "人已在本县，请对方核减",
        "The person lives here now: ask the other county to release them",
    )
    RELEASE = "release", "人已离开，核减", "The person has left: release them"
    NOT_YET = "not_yet", "现在还判断不了", "Cannot say yet"


class Asset(Terms):
    """What a household lets others be asked about it. Those that come as lists are called as the lists are."""

    VEHICLE = "vehicle", "机动车登记", "Motor vehicles"
    HOUSE = "house", "房产登记", "Houses and flats"
    BUSINESS = "business", "市场主体登记", "Businesses"
    PAYROLL = "payroll", "财政供养人员", "Public payroll"
    DEPOSIT = "deposit", "银行存款", "Bank deposits"
    PENSION = "pension", "养老金和商业保险", "Pensions and insurance"
    TAX = "tax", "纳税记录", "Taxes paid"


class SearchState(Terms):
    """How far a search is."""

    WAITING = "waiting", "排队中", "Waiting"
    AT_WORK = "at_work", "正在查找", "At work"
    DONE = "done", "已完成", "Done"
    FAILED = "failed", "未能完成", "Could not be finished"


# Searches that a job should be working at.
GOING = (SearchState.WAITING, SearchState.AT_WORK)
# In the words of a kind, where they say more than the answer's own.
WORDS: dict[tuple[PairKind, Answer], tuple[str, str]] = {
    (PairKind.ID_CHANGED, Answer.TAKE): ("新号码是对的，采用", "The new number is right, take it"),
    (PairKind.ID_CHANGED, Answer.KEEP): ("新号码写错了，保留登记的", "The new number is wrong, keep ours"),
    (PairKind.PERSON_MOVED, Answer.TAKE): (
        "已迁到右边这一户，办理换户",
        "Moved to the household on the right: carry it out",
    ),
    (PairKind.PERSON_MOVED, Answer.KEEP): (
        "没有迁，仍在左边这一户",
        "Did not move: still in the household on the left",
    ),
    (PairKind.HOUSEHOLD_MOVED, Answer.TAKE): (
        "整户已迁到新村，办理迁移",
        "The household moved: carry it out",
    ),
    (PairKind.HOUSEHOLD_MOVED, Answer.KEEP): ("没有迁，仍在原村", "Did not move"),
    (PairKind.ID_ELSEWHERE, Answer.RELEASE): (
        "人在外县，本县这一条核减",
        "The person lives there: released here",
    ),
    (PairKind.ID_ELSEWHERE, Answer.LEFT_WRONG): (
        "不是同一人，本县的号码写错",
        "Two people: the number here is wrong",
    ),
    (PairKind.RELEASE_ASKED, Answer.KEEP): ("人还在本县，不核减", "The person lives here: not released"),
}


# The same where the other side lies in another township of one's own county.
NEAR: dict[tuple[PairKind, Answer], tuple[str, str]] = {
    (PairKind.ID_ELSEWHERE, Answer.ASK_RELEASE): (
        "人已在本乡镇，请对方核减",
        "The person lives here now: ask the other township to release them",
    ),
    (PairKind.ID_ELSEWHERE, Answer.RELEASE): (
        "人在本县其他乡镇，这里这一条核减",
        "The person lives in another township: released here",
    ),
    (PairKind.ID_ELSEWHERE, Answer.LEFT_WRONG): (
        "不是同一人，这里的号码写错",
        "Two people: the number here is wrong",
    ),
    (PairKind.RELEASE_ASKED, Answer.KEEP): ("人还在本乡镇，不核减", "The person lives here: not released"),
}


def words(kind: str, answer: str, *, near: bool = False) -> dict[str, str]:
    """An answer in the words of its kind; `near`: the other side is of another township of the same county."""
    one = Answer(answer)
    about = (PairKind(kind), one)
    zh, en = (NEAR.get(about) if near else None) or WORDS.get(about, (one.zh, one.en))
    return {"zh": zh, "en": en}
