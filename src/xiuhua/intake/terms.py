"""What intake may find in a workbook: each rule with how grave it is, its sentence and the one next action.

The ids are stable: reports, findings and the screens name them. Sentences hold `{name}` places; a part in square
brackets is left out when one of its places has no value. No sentence ever holds an ID number, a phone or an account.
"""

from __future__ import annotations

import enum
import re
from typing import Self

from xiuhua.findings.terms import NUMBER_WRONG_HERE, Kind

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACE = re.compile(r"\{(\w+)\}")
_NOTHING_ZH, _NOTHING_EN = "无须处理", "Nothing to do"


class IntakeRule(enum.StrEnum):
    """Members are written `ID = id, kind, name zh, name en, sentence zh, sentence en, next zh, next en`."""

    kind: Kind
    zh: str
    en: str
    _says: tuple[str, str]
    _next: tuple[str, str]

    def __new__(
        cls, code: str, kind: Kind, zh: str, en: str, says_zh: str, says_en: str, next_zh: str, next_en: str
    ) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.kind = kind
        member.zh = zh
        member.en = en
        member._says = (says_zh, says_en)
        member._next = (next_zh, next_en)
        return member

    # fmt: off
    ID_STORED_AS_NUMBER = (
        "id_stored_as_number", Kind.REFUSED, "证件号码存成数字", "ID number stored as a number",
        "“{field_zh}”存成了数字，末几位已经失真，无法还原", "“{field_en}” is stored as a number; its last digits are lost",
        "把这一列设为文本格式，对照证件重新填写", "Format the column as text and enter the number again from the document",
    )
    NUMBER_STORED_AS_NUMBER = (
        "number_stored_as_number", Kind.REFUSED, "编号存成数字", "Code stored as a number",
        "“{field_zh}”超过15位又存成了数字，末几位已经失真，无法还原",
        "“{field_en}” has more than 15 digits and is stored as a number; its last digits are lost",
        "把这一列设为文本格式，重新填写编号", "Format the column as text and enter the code again",
    )
    ID_CHECK_DIGIT_WRONG = (
        "id_check_digit_wrong", Kind.REFUSED, "证件号码校验码不符", "Wrong check digit in ID number",
        "“{field_zh}”第18位校验码不符：按前17位推算应为 {expected}，说明其中至少有一位写错",
        "“{field_en}”: by the first 17 digits the 18th should be {expected}; at least one of them is wrong",
        "对照证件逐位核对后更正", "Compare every digit with the document and correct it",
    )
    ID_LENGTH_WRONG = (
        "id_length_wrong", Kind.REFUSED, "证件号码位数或字符不对", "ID number of wrong length or with wrong characters",
        "“{field_zh}”{problem_zh}", "“{field_en}” {problem_en}",
        "对照身份证或残疾人证更正；没有证件的请留空", "Correct it from the ID or disability card; leave it empty where there is none",
    )
    ID_BIRTH_DATE_WRONG = (
        "id_birth_date_wrong", Kind.REFUSED, "证件号码中的出生日期不对", "Wrong birth date in ID number",
        "“{field_zh}”里的出生日期{problem_zh}", "The birth date in “{field_en}” {problem_en}",
        "对照证件核对出生日期那几位", "Compare the digits of the birth date with the document",
    )
    ID_USED_TWICE = (
        "id_used_twice", Kind.REFUSED, "一号两人", "One ID number for two people",
        "同一个证件号码用在了两个不同的人身上[：{name}与{other}][：{name}与{place}另一村的一人]",
        "The same ID number is used for two different people[: {name} and {other}][: {name} and somebody in another village of {place}]",
        "对照两人的证件，更正写错的一个", "Look at both documents and correct the wrong one",
    )
    VILLAGE_UNKNOWN = (
        "village_unknown", Kind.REFUSED, "行政村不在名单里", "Unknown village",
        "“{value}”不在[{place}的]行政村名单里[。名称相近的有：{nearest}]",
        "“{value}” is not among the villages[ of {place}][. Names close to it: {nearest}]",
        "改为名单里的村名；若村名已变更，先更新行政村名单", "Use a name of the list; if the village was renamed, update the list first",
    )
    VILLAGE_CODE_WRONG = (
        "village_code_wrong", Kind.REFUSED, "行政村编码不对", "Wrong village code",
        "“{value}”不是{place}范围内的12位行政村编码", "“{value}” is no 12-digit village code within {place}",
        "对照统计用区划代码更正", "Correct it from the statistical division codes",
    )
    COUNTY_OTHER = (
        "county_other", Kind.REFUSED, "不是本县", "Another county",
        "“{value}”不是本县的代码 {place}，县基本情况表只写本县", "“{value}” is not this county's code {place}; the form is about this county only",
        "更正县代码，或由该县自己导入", "Correct the code, or have that county take it in",
    )
    NO_HEAD = (
        "no_head", Kind.REFUSED, "没有户主", "No head of household",
        "这一户[（{household}）]没有成员标为“户主”", "No member of this household[ ({household})] is marked as head",
        "在“与户主关系”里标明一位户主", "Mark one member as head under relation",
    )
    TWO_HEADS = (
        "two_heads", Kind.REFUSED, "户主不止一位", "More than one head of household",
        "这一户[（{household}）]有 {count} 人标为“户主”[：{names}]",
        "{count} members of this household[ ({household})] are marked as head[: {names}]",
        "只保留一位户主，其余改为与户主的关系；若实为两户，分开编号", "Keep one head; if these are two households, give each its number",
    )
    NOT_A_NUMBER = (
        "not_a_number", Kind.REFUSED, "不是数字", "Not a number",
        "“{field_zh}”写的是“{value}”，不是{wanted_zh}[。请填写以{unit_zh}为单位的{wanted_zh}]",
        "“{field_en}” says “{value}”, which is not {wanted_en}[. Enter {wanted_en} in {unit_en}]",
        "核实后填写；确实不知道的请留空", "Find out and enter it; leave it empty where it is not known",
    )
    CODE_UNKNOWN = (
        "code_unknown", Kind.REFUSED, "代码表里没有", "Not in the code list",
        "“{field_zh}”写的是“{value}”，代码表里没有这一项", "“{field_en}” says “{value}”, which is not in the code list",
        "改为代码表里的名称", "Use a name of the code list",
    )
    OUT_OF_RANGE = (
        "out_of_range", Kind.REFUSED, "超出范围", "Out of range",
        "“{field_zh}”为 {value}，超出范围[，不应小于 {low}][，不应大于 {high}]",
        "“{field_en}” is {value}, out of range[; not below {low}][; not above {high}]",
        "核实后更正，留意单位", "Check and correct it; mind the unit",
    )
    MONTHS_OUT_OF_RANGE = (
        "months_out_of_range", Kind.REFUSED, "务工月数超出范围", "Months of work out of range",
        "“{field_zh}”为 {value} 个月，一年之内应在 0 至 12 之间", "“{field_en}” is {value}; within a year it must be 0 to 12",
        "核实一年内实际务工的月数", "Find out the months worked within the year",
    )
    DATE_NOT_VALID = (
        "date_not_valid", Kind.REFUSED, "日期不对", "Not a valid date",
        "“{field_zh}”写的是“{value}”，不是有效的日期", "“{field_en}” says “{value}”, which is not a valid date",
        "按“2017-09-30”的样子填写", "Write it like 2017-09-30",
    )
    MISSING_KEY = (
        "missing_key", Kind.REFUSED, "缺少必填编号", "A key is missing",
        "这一行有内容，但没有“{field_zh}”，不知道说的是谁", "This row has content but no “{field_en}”, so it is not known whom it is about",
        "补填后重新导入；不是数据的行请删除", "Fill it in and take the file in again; remove rows that are not data",
    )
    NUMBER_MISPLACED = (
        "number_misplaced", Kind.REFUSED, "证件号码或电话填错了列", "ID number or phone in the wrong column",
        "“{field_zh}”里填的像是证件号码或电话号码，没有读入，也没有保存",
        "“{field_en}” holds what looks like an ID number or a phone; it was neither taken nor kept",
        "把号码移到“证件号码”或“联系电话”一列，这一格按列名填写", "Move the number to the column for it and enter here what the heading says",
    )
    TOO_LONG = (
        "too_long", Kind.REFUSED, "文字过长", "Text too long",
        "“{field_zh}”有 {count} 个字，最多 {most} 个", "“{field_en}” has {count} characters; at most {most} fit",
        "只填列名所说的内容，其余删去", "Enter only what the heading says and take the rest out",
    )
    DUPLICATE_ROW = (
        "duplicate_row", Kind.REFUSED, "重复行", "Row given twice",
        "这一行与[第 {other} 行]重复", "This row repeats[ row {other}]",
        "只保留一行；若是不同年度或不同的人，更正编号", "Keep one of them; if they differ in year or person, correct the number",
    )
    HOUSEHOLD_UNKNOWN = (
        "household_unknown", Kind.REFUSED, "户编号不在册", "Household not in the register",
        "户编号 {household} 既不在登记里，也不在这次的花名册里", "Household {household} is neither in the register nor in this upload",
        "先导入这一户的花名册，或更正户编号", "Take in the list that has this household first, or correct the number",
    )
    HOUSEHOLD_NUMBER_ELSEWHERE = (
        "household_number_elsewhere", Kind.REFUSED, "户编号县内已用", "Household number in use in the county",
        "户编号 {household} 在本县已有另一户在用，那一户不在您的辖区，这里看不到",
        "Household number {household} is in use for another household of the county, outside your area and out of your sight",
        "对照户口册或国家系统核对户编号；没有写错的，请县级办公室查明号码归哪一户，整户迁来的由迁出地办理迁移",
        "Check the number; if it is right, ask the county office whose it is; a household that moved here is handed over by where it left",
    )
    PERSON_NUMBER_ELSEWHERE = (
        "person_number_elsewhere", Kind.REFUSED, "人编号县内已用", "Person number in use in the county",
        "[{name}的]人编号 {person} 在本县已有人在用，那人不在您的辖区，这里看不到",
        "Person number {person}[ of {name}] is in use for somebody of the county, outside your area and out of your sight",
        "核对人编号；没有写错的，请县级办公室查明号码归谁，从别处嫁入、迁入的先办理成员变动",
        "Check the number; if it is right, ask the county office whose it is; who married or moved in comes by a change of people first",
    )
    SAME_PERSON_TWO_HOUSEHOLDS = (
        "same_person_two_households", Kind.ASKED, "一人两户", "Same person in two households",
        "{name}同时出现在两户里[：{household}与{other}][：{household}与{place}另一村的一户]",
        "{name} is a member of two households[: {household} and {other}][: {household} and one in another village of {place}]",
        "确认此人属于哪一户", "Decide to which household the person belongs",
    )
    ID_ELSEWHERE = (
        "id_elsewhere", Kind.ASKED, "证件号码别处已有", "ID number in use elsewhere",
        "{name}的证件号码在 {other}[{near_zh}]已有登记", "The ID number of {name} is already registered in [{near_en} of ]{other}",
        "与对方核对此人现在属于哪一户", "Settle with the other office where the person belongs",
    )
    ID_CHANGED = (
        "id_changed", Kind.ASKED, "证件号码变了", "ID number changed",
        "{name}的证件号码与登记的不同", "The ID number of {name} differs from the register",
        "对照证件确认是更正，还是换了人", "Look at the document: a correction, or another person",
    )
    NUMBER_TO_CORRECT = (
        "number_to_correct", Kind.REFUSED, "证件号码待更正", "ID number to be corrected",
        "已判断：“{name}”与另一人用了同一个号码，写错的是“{name}”的号码[（第 {pair} 对）]",
        "Decided: of the two with this number, the one of {name} is wrong[ (pair {pair})]",
        "对照证件更正文件里的号码后重新导入", "Correct the number in the file from the document and take it in again",
    )
    NUMBER_WRONG_HERE = (
        NUMBER_WRONG_HERE, Kind.ASKED, "登记的号码待更正", "ID number on record to be corrected",
        "已判断：“{name}”与另一人用了同一个号码，登记里写错的是“{name}”的号码[（第 {pair} 对）]",
        "Decided: of the two with this number, the one on record for {name} is wrong[ (pair {pair})]",
        "对照证件更正登记的号码；更正后自动办结", "Correct the number on record from the document; that closes it",
    )
    ROW_TO_REMOVE = (
        "row_to_remove", Kind.REFUSED, "此人归另一户", "The person belongs to another household",
        "已判断：“{name}”归[{other}][{place}另一村的]另一户，不是这一户的成员[（第 {pair} 对）]",
        "Decided: {name} belongs to another household[ ({other})][ in another village of {place}], not to this one[ (pair {pair})]",
        "从文件里这一户删去此人后重新导入", "Take the person out of this household in the file and take it in again",
    )
    ROW_LEFT_ASIDE = (
        "row_left_aside", Kind.MENDED, "按判断不采用", "Left aside as decided",
        "已判断过“{name}”[（第 {pair} 对）]，文件里的这一处没有采用", "{name} was decided[ (pair {pair})]; this place of the file was not taken",
        _NOTHING_ZH, _NOTHING_EN,
    )
    PERSON_MOVED = (
        "person_moved", Kind.ASKED, "成员换户", "Member moved to another household",
        "{name}登记在[{other}][{place}另一村的]另一户，文件里在这一户",
        "{name} is registered in another household[ ({other})][ in another village of {place}]; the file has them here",
        "确认是否已迁入这一户", "Confirm whether the person moved here",
    )
    HOUSEHOLD_MOVED = (
        "household_moved", Kind.ASKED, "整户换村", "Household moved to another village",
        "这一户登记在{before}，文件里在{after}", "The household is registered in {before}; the file has it in {after}",
        "确认是否迁移；跨地区的须由迁入地接收", "Confirm the move; between areas the receiving one must accept it",
    )
    PERSON_LEFT = (
        "person_left", Kind.ASKED, "已减少的人还在文件里", "Somebody who left is still in the file",
        "{name}已于 {day} 登记减少[（{why_zh}）]，文件里还在这一户。登记保持不变",
        "{name} left on {day}[ ({why_en})]; the file still has them here. The register stays as it is",
        "文件旧了就请出表单位更正；若确实在家，按“回归”办理，或撤销原事项", "Have the file corrected; if they do live here, propose a return or undo the case",
    )
    PERSON_LEFT_FOR = (
        "person_left_for", Kind.ASKED, "已减少的人在文件里到了另一户", "Somebody who left is in another household of the file",
        "{name}已于 {day} 从[{other} 户][{place}另一村的一户]减少[（{why_zh}）]，文件里到了这一户；这一户还没有登记增加，登记保持不变",
        "{name} left [household {other}][a household in another village of {place}] on {day}[ ({why_en})]; the file has them here, where nobody joined by the register. It stays as it is",
        "确已到这一户的，在这一户按“婚入”等家里添人办理，证件号码填此人的；不是的，请出表单位更正",
        "If they do live here, propose in this household how they joined (marriage in and the like), with their ID number; else have the file corrected",
    )
    HOUSEHOLD_ENDED = (
        "household_ended", Kind.ASKED, "已结束的户还在文件里", "A household that ended is still in the file",
        "{name}户已于 {day} 结束[（{why_zh}）][，并入 {into}][，并入{place}另一村的一户]，文件里还有这一户。整户没有采用",
        "Household {name} ended on {day}[ ({why_en})][, united with {into}][, united with one in another village of {place}]; the file still has it. Nothing of it was taken",
        "文件旧了就请出表单位更正；若结束有误，撤销原事项", "Have the file corrected; if it did not end, undo the case",
    )
    RELATION_DIFFERS = (
        "relation_differs", Kind.ASKED, "与户主关系同已办事项不同", "Relation differs from a case",
        "{name}在文件里是“{value_zh}”，按已办结的事项是“{before_zh}”。登记保持不变",
        "The file has {name} as “{value_en}”, a case as “{before_en}”. The register stays as it is",
        "文件旧了就请出表单位更正；若户主又有变化，另办“变更户主”", "Have the file corrected; if the head changed again, propose it",
    )
    HEAD_NOT_ON_RECORD = (
        "head_not_on_record", Kind.ASKED, "文件里的户主没有登记", "Head in the file is not on record",
        "这一行写的户主是{name}[，这一户的户主是{before}]。这一户没有这个姓名或证件号码的人，不能认定是同一人。登记保持不变",
        "The row has {name} as the head[, the household {before}]. Nobody of that name or ID number is in it, so nothing shows that they are one person. The register stays as it is",
        "是同一人的，在登记里更正姓名，或在表里补上证件号码后重新导入；换了户主的，先为原户主办减少或变更，再按“回归”等家里添人登记这位户主；写错了的请出表单位更正",
        "If they are one person, correct the name on record, or put the ID number into the file and take it in again; if the head changed, propose how the former one left, then how this one joined (a return and the like); else have the file corrected",
    )
    STATUS_DIFFERS = (
        "status_differs", Kind.ASKED, "脱贫属性与登记不同", "Status differs from the register",
        "文件里是“{value}”，登记的是“{before}”。文件不改变户的状态", "The file says “{value}”, the register “{before}”. A file changes no status",
        "若确有变化，走识别或退出程序", "If it did change, go through the procedure",
    )
    ROWS_DISAGREE = (
        "rows_disagree", Kind.ASKED, "同一户几处写得不一样", "A household's rows disagree",
        "同一户的“{field_zh}”写得不一样[：这里是“{value_zh}”][，{where_zh}是“{before_zh}”]，哪个都没有采用",
        "“{field_en}” of one household is written in two ways[: “{value_en}” here][, “{before_en}” {where_en}]; neither was taken",
        "核实后各处改成一样", "Find out which is right and write it the same everywhere",
    )
    CHECKED_DIFFERS = (
        "checked_differs", Kind.ASKED, "与已核实的不同", "Differs from what was checked",
        "“{field_zh}”[（{year}年）]这次上报的是“{value_zh}”，已核实的是“{before_zh}”[（{day}）]。登记保持核实的结果",
        "“{field_en}”[ of {year}] is now reported as “{value_en}”; what was checked is “{before_en}”[ ({day})]. The register keeps what was checked",
        "入户再核实一次；确有变化的，注明核实方式和日期后重新导入",
        "Check again on a visit; where it did change, enter how and when it was checked and take it in again",
    )
    ID_SPACED = (
        "id_spaced", Kind.MENDED, "证件号码里有空格", "Spaces in ID number",
        "去掉了“{field_zh}”里的空格或多余符号", "Took spaces or stray marks out of “{field_en}”", _NOTHING_ZH, _NOTHING_EN,
    )
    ID_FULL_WIDTH = (
        "id_full_width", Kind.MENDED, "证件号码用了全角字符", "Full-width characters in ID number",
        "“{field_zh}”里的全角字符已改为半角", "Turned full-width characters of “{field_en}” into plain ones", _NOTHING_ZH, _NOTHING_EN,
    )
    ID_LOWER_X = (
        "id_lower_x", Kind.MENDED, "证件号码末位的 X 写法不规范", "ID number ends in a wrong x",
        "“{field_zh}”末位的 x 已改为大写 X", "Turned the last x of “{field_en}” into a capital X", _NOTHING_ZH, _NOTHING_EN,
    )
    VILLAGE_SPACED = (
        "village_spaced", Kind.MENDED, "村名里有空格", "Spaces in village name",
        "去掉了“{field_zh}”里的空格，读作“{after}”", "Took spaces out of “{field_en}”: read as “{after}”", _NOTHING_ZH, _NOTHING_EN,
    )
    NUMBER_WITH_UNIT = (
        "number_with_unit", Kind.MENDED, "数字带单位", "Number with a unit",
        "“{field_zh}”写的是“{value}”，读作 {after}", "“{field_en}” says “{value}”: read as {after}", _NOTHING_ZH, _NOTHING_EN,
    )
    PHONE_AS_NUMBER = (
        "phone_as_number", Kind.MENDED, "电话存成数字", "Phone stored as a number",
        "“{field_zh}”存成了数字，已改为文本", "“{field_en}” was stored as a number; turned into text", _NOTHING_ZH, _NOTHING_EN,
    )
    CODE_VARIANT = (
        "code_variant", Kind.MENDED, "写法与代码表不同", "Another word for a code",
        "“{field_zh}”写的是“{value}”，读作“{after}”", "“{field_en}” says “{value}”: read as “{after}”", _NOTHING_ZH, _NOTHING_EN,
    )
    TEXT_TRIMMED = (
        "text_trimmed", Kind.MENDED, "有多余的空格或符号", "Stray spaces or marks",
        "去掉了“{field_zh}”里多余的空格或符号", "Took stray spaces or marks out of “{field_en}”", _NOTHING_ZH, _NOTHING_EN,
    )
    MEMBER_COUNT_DISAGREES = (
        "member_count_disagrees", Kind.WARNED, "人数与成员不符", "Number of members disagrees",
        "表里写 {value} 人，成员有 {count} 人", "The file says {value} persons; {count} members are listed",
        "核对是漏了成员，还是人数未更新", "Find out whether a member is missing or the number is old",
    )
    NOT_IN_LATER_FILE = (
        "not_in_later_file", Kind.WARNED, "后来的文件里没有", "Not in the later file",
        "登记里有[{name}]，这次的文件里没有；登记保持不变", "[{name} is ]in the register but not in this file; the register stays as it is",
        "核实是漏报，还是自然减少", "Find out whether it was left out or has left",
    )
    TABLES_DISAGREE = (
        "tables_disagree", Kind.WARNED, "两张表不一致", "Two tables disagree",
        "“{field_zh}”在这张表里是 {value}，在[{other}]另一张表里是 {before}",
        "“{field_en}” is {value} here and {before} in another table[ ({other})]",
        "核实哪一张表是对的", "Find out which table is right",
    )
    PHONE_NOT_VALID = (
        "phone_not_valid", Kind.WARNED, "电话号码不对", "Not a valid phone number",
        "“{field_zh}”{problem_zh}", "“{field_en}” {problem_en}",
        "走访时核对电话", "Ask for the number at the next visit",
    )
    # fmt: on

    @classmethod
    def of(cls, rule: str) -> IntakeRule | None:
        """The rule of an id; None for one of the rulebook's."""
        return next((one for one in cls if one.value == rule), None)

    def says(self, language: str) -> str:
        """The rule's name in the reader's language; Chinese unless English is asked for."""
        return self.en if language.startswith("en") else self.zh

    def sentence(self, language: str, **params: str) -> str:
        """What was found, as one sentence. A place without a value outside brackets shows as a dash."""
        return _fill(self._says[language.startswith("en")], params)

    def next_action(self, language: str) -> str:
        """The one thing that puts it right."""
        return self._next[language.startswith("en")]


def _fill(template: str, params: dict[str, str]) -> str:
    """Drop the bracketed parts that lack a value, then fill the places in one pass: a value is never a template."""
    kept = _OPTIONAL.sub(
        lambda part: part[1] if all(params.get(name) for name in _PLACE.findall(part[1])) else "", template
    )
    return _PLACE.sub(lambda place: str(params.get(place[1], "")) or "—", kept)
