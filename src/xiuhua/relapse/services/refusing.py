"""Refusals of the database in words, and who may."""

from __future__ import annotations

from contextlib import AbstractContextManager

from xiuhua.accounts.models import Appointment
from xiuhua.common.refusals import said_in_words
from xiuhua.registry.services import Refused
from xiuhua.relapse.permissions import RIGHTS

WORDS = {
    "no help was recorded": ("还没有登记帮扶。请先登记急难帮扶，再以“已帮扶解决”了结", "No help was recorded yet: record it first"),
    "the household was not heard": ("还没有入户听取本户、填写综合研判表，不能了结", "The household was not heard: visit it and fill in the sheet first"),
    "not known is not no risk": ("综合研判表还有不清楚的，或研判不是“没有风险”：不清楚不等于没有风险", "Something on the sheet is not known, or the judgement is another: not known is not no risk"),
    "does not end it alone": ("入户研判的人不能自己了结，须由另一人核定", "Whoever was there does not end it alone: somebody else must"),
    "something was said since": ("入户之后又来了新的线索，须再次入户研判", "Something new was said since the visit: visit again"),
    "the visit was before the last was said": ("入户日期早于最近一次反映的日期，没有听到那次反映，须再次入户研判", "The visit was before the last was said: visit again"),
    "no risk rests on what was asked": ("研判表上有事先填好、入户时没有问过的，不能以“没有风险”了结：须入户逐项问过", "The sheet holds what was filled in beforehand and not asked: visit and ask each of them before it ends as no risk"),
    "no such proceeding of this household": ("没有这一户正在办的识别程序", "There is no identification of this household under way"),
    "the procedure is past its visit": ("正在办的程序已经过了入户听取本户的一步，或已有人签办：没有人去听这次反映，不能并入；请按线索入户", "The procedure under way is past its visit, or somebody signed that: nobody would hear this there; visit for the clue"),
    "a guarantee is not held": ("研判表上有保障没有落实，不能以“没有风险”了结：转入识别程序，或先帮扶", "A guarantee is not held by the sheet: it does not end as no risk; begin the procedure, or help first"),
    "the county answers for what reaches a measure": ("研判表上的收入、支出到了监测范围或预警线，以“没有风险”了结须由县里决定并写明理由", "Income or payments on the sheet reach the range or a warning: only the county ends it as no risk, and says why"),
    "others decide after a no": ("对上次“没有风险”不服或再有反映的，须由没有参加上次入户和了结的人办理", "What is said against a no is decided by somebody who neither visited nor ended it before"),
    "the county decides after a no": ("对上次“没有风险”不服或再有反映的，由县里了结", "What is said against a no is ended by the county"),
    "what contests a no stays with the county": ("不服“没有风险”的线索由县里办，不移交给乡镇和村；请他们入户的，他们照样可以入户填表", "What is said against a no is the county's and is not handed to a township or village; they may visit for it all the same"),
    "others go there after a no": ("上次入户研判、了结的人不再入户，须换别人去", "Whoever visited or ended it before does not go there again: somebody else must"),
    "nobody decides on their own kin": ("您或您代理的人与本户有亲属关系，须由别人办理", "You, or whoever you stand in for, are kin of this household: somebody else must"),
    "not in this post today": ("您今天不在任，或这里不在您的职务范围", "You do not hold the post today, or not here"),
    "this post does not do this": ("您现在的职务不能办理", "Your post cannot do this"),
    "a clue ends once": ("这条线索已经了结", "The clue has ended"),
    "clue begins open": ("线索日期不能晚于今天，也不能早于一年前", "The day of a clue is not to come, and not over a year ago"),
    "no such open clue": ("这条线索已经了结，或不是这一户的", "The clue has ended, or is another household's"),
    "no such open proceeding": ("这一程序已经办结，或不是这一户的", "The proceeding is closed, or another household's"),
    "recorded when it was made": ("入户日期只能是今天或前 60 天内", "A visit is recorded on its day or within 60 days"),
    "recorded when it was given": ("帮扶日期只能是今天或前一年内", "Help is recorded on its day or within a year"),
    "that was given stays": ("手续已经补过", "Its paper was brought already"),
    "judged in its year": ("只对本系统认定的已脱贫户、按本年或上年研判", "Only a household that left poverty is judged, for this year or the last"),
    "one_assessment_a_year": ("这一户本年度已经研判", "This household was judged for the year already"),
    "no such door": ("网页申请由申请人自己在网页上提交；书面、电话、当面提出的才由工作人员登记", "From the page only the applicant applies; what came on paper, by phone or in person is taken down"),
    "no such village": ("没有这个村，或不在您的工作范围", "There is no such village, or it lies elsewhere"),
    "was asked on a day that was": ("申请日期不能晚于今天，也不能早于一年前", "The day on which it was asked is not to come, and not over a year ago"),
    "is being entered already, or is there": ("这份申请正在办建户登记，或已经认到户", "The family of the application is being entered on the roll, or is on it"),
    "no such open application": ("这份申请已经认到户了，或不在您的工作范围", "The application is tied to a household already, or lies elsewhere"),
    "a saying of its own day": ("只能认到本县的农户", "It is tied to a household of the same county"),
    "the household is still there": ("这一户没有销户，不能这样了结；确已无人的，先办销户", "The household has not ended: where nobody is left, close it first"),
    "no such clue here": ("您的工作范围内没有这条线索", "There is no such clue in your area"),
    "nothing of this clue is told": ("只有以“没有风险”了结的线索在这里登记告知", "Only of a clue that ended as no risk is the household told here"),
    "told on a day since it ended": ("告知日期不能早于了结，也不能晚于今天", "A household is told on a day since it ended, and not to come"),
    "whoever was told is not a member": ("选的人不是这一户的成员，请刷新后再选", "Whoever was chosen is no member of the household; look again"),
    "no_is_told_whom": ("请选明告知了本户哪一位；没有见到本户成员的，写明情况", "Say which member was told; where none was met, say what happened"),
    "relapse_telling_clue_id_key": ("已经登记过告知", "That it was told is on record already"),
    "no such household here": ("这一户已经结束，或不在您的工作范围", "The household has ended, or lies elsewhere"),
}  # fmt: skip


def in_words() -> AbstractContextManager[None]:
    """Refusals of the database in the words of this room."""
    return said_in_words(WORDS, Refused)


def needs(by: Appointment, right: str) -> None:
    """Refuses a role without the right, whatever the page let through."""
    if by.role not in RIGHTS[right]:
        raise Refused("您现在的职务不能办理", "Your post cannot do this")
