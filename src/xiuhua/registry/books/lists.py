"""Lists of other departments that are compared with the register: a row a person, found by the ID number alone.

What is read beyond the number is only what the household is asked about. No column of these goes into a record of the
register; nothing of a person whom the register does not know is kept.
"""

from __future__ import annotations

from xiuhua.common.books import Book, Field
from xiuhua.registry.terms import ListKind

PREFIX = "list_"
_NAMES = ("所有人", "法定代表人", "负责人", "经营者", "权利人", "死者姓名", "人员姓名", "职工姓名", "机动车所有人", "学生姓名", "参保人姓名")  # fmt: skip
_IDS = ("公民身份号码", "身份证号", "身份证号码", "身份证明号码", "证件号", "身份证", "身份证件号码", "居民身份证号码", "公民身份证号码",
        "法定代表人证件号码", "法定代表人身份证号", "权利人证件号", "权利人证件号码", "学生身份证号")  # fmt: skip
MOST = 100_000_000_000


def _book(kind: ListKind, *fields: Field) -> Book:
    return Book(
        id=PREFIX + kind.value,
        zh=kind.zh,
        en=kind.en,
        grain="person",
        fields=(
            Field("name", "姓名", "Name", "name", "person", _NAMES),
            Field("id_number", "证件号码", "ID number", "id_number", "person", _IDS, required=True),
            *fields,
        ),
    )


def _what(zh: str, en: str, synonyms: tuple[str, ...] = (), *, required: bool = True) -> Field:
    return Field("listed_what", zh, en, "text", "person", synonyms, required=required)


def _on(zh: str, en: str, synonyms: tuple[str, ...] = (), *, required: bool = False) -> Field:
    return Field("listed_on", zh, en, "date", "person", synonyms, required=required)


def _amount(zh: str, en: str, synonyms: tuple[str, ...] = (), *, required: bool = False) -> Field:
    return Field(
        "listed_fen", zh, en, "yuan", "person", synonyms, required=required, low=0, high=MOST, unit="元"
    )


LIST_BOOKS = (
    _book(ListKind.DEATH, _on("死亡日期", "Date of death", ("死亡时间", "注销日期", "死亡注销日期", "死亡年月日"), required=True)),
    _book(
        ListKind.BUSINESS,
        _what("企业名称", "Name of the business", ("市场主体名称", "单位名称", "公司名称", "字号名称", "主体名称", "名称")),
        _amount("注册资本", "Registered capital", ("注册资金", "出资额", "资金数额")),
        _on("成立日期", "Founded on", ("登记日期", "注册日期", "核准日期")),
    ),
    _book(ListKind.PAYROLL, _what("单位", "Unit", ("工作单位", "所在单位", "单位名称", "供养单位", "任职单位"))),
    _book(
        ListKind.VEHICLE,
        Field("listed_vehicle", "车辆类型", "Kind of vehicle", "code", "person", ("机动车类型", "车型", "机动车种类", "车辆种类"),
              codes="vehicle_kind", required=True),
        _amount("购置价格", "Price", ("购车价格", "购置价", "车辆价格", "价格", "购车价", "车价")),
        _on("登记日期", "Registered on", ("初次登记日期", "注册登记日期", "注册日期", "上牌日期", "登记时间")),
    ),
    _book(
        ListKind.HOUSE,
        _what("房屋用途", "Use of the house", ("规划用途", "房屋性质", "用途", "房屋类型", "不动产类型")),
        _amount("成交价格", "Price", ("购房价格", "合同价格", "总价")),
        _on("登记日期", "Registered on", ("备案日期", "合同日期", "登记时间")),
    ),
    _book(
        ListKind.DIBAO,
        _amount("保障金额", "Dibao amount", ("低保金额", "月保障金额", "发放金额", "救助金额"), required=True),
        _on("享受起始日期", "Since", ("批准日期", "享受日期", "起始日期", "开始享受日期")),
    ),
    _book(
        ListKind.DISABILITY,
        _what("残疾类别", "Kind of disability", ("残疾类型", "残疾种类")),
        _on("发证日期", "Issued on", ("办证日期", "评定日期")),
    ),
    _book(
        ListKind.MEDICAL,
        _amount("个人自付费用", "Paid by oneself", ("个人自付", "自付费用", "个人负担", "个人自付金额", "个人负担费用", "自付金额"), required=True),
        _on("结算日期", "Settled on", ("出院日期", "结算时间")),
    ),
    _book(
        ListKind.DROPOUT,
        _what("原就读学校", "Former school", ("学校", "就读学校", "学校名称")),
        _on("辍学日期", "Left school on", ("失学日期", "离校日期", "辍学时间")),
    ),
    _book(
        ListKind.DISASTER,
        _amount("损失金额", "Loss", ("受灾损失", "直接经济损失", "损失", "核定损失"), required=True),
        _on("受灾日期", "Day of the disaster", ("受灾时间", "发生日期")),
    ),
)  # fmt: skip

# Words in a file's name, a sheet's name or its title by which a list is told from any other table of persons.
TELLING: dict[ListKind, tuple[str, ...]] = {
    ListKind.DEATH: ("死亡", "注销"),
    ListKind.BUSINESS: ("工商", "市场主体", "企业", "个体"),
    ListKind.PAYROLL: ("财政供养", "供养人员", "财政_供养", "在编", "公职"),
    ListKind.VEHICLE: ("车管", "机动车", "车辆"),
    ListKind.HOUSE: ("商品房", "不动产", "房管", "住建"),
    ListKind.DIBAO: ("低保", "最低生活保障"),
    ListKind.DISABILITY: ("残联", "残疾"),
    ListKind.MEDICAL: ("医保", "医疗支出", "医疗费用", "自付"),
    ListKind.DROPOUT: ("辍学", "失学"),
    ListKind.DISASTER: ("受灾", "灾害", "灾情"),
}


def kind_of(book: str) -> ListKind | None:
    """The kind of list that a book is; None for any other book."""
    if not book.startswith(PREFIX):
        return None
    return ListKind(book.removeprefix(PREFIX))


# In a file's name alone, words that can hardly mean anything else.
_BY_NAME = ("死亡注销", "市场主体", "财政供养", "财政_供养", "车管", "机动车")


def list_by_name(file_name: str) -> bool:
    """Whether a file's name alone says that it is another department's list."""
    return any(word in file_name for word in _BY_NAME)
