"""What an official types, and who is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

import people
from xiuhua.accounts.terms import Role
from xiuhua.common.sealing import blind, seal
from xiuhua.places.scope import scope_of, within
from xiuhua.registry.models import Household, Membership, NameKey, Person
from xiuhua.registry.queries.search import MOST, How, clean, private, search
from xiuhua.registry.services import learn_names

pytestmark = pytest.mark.database
COUNTY, NEIGHBOUR = people.COUNTY, people.OTHER_COUNTY
VILLAGE, SECOND, FAR = people.VILLAGE, people.SECOND_VILLAGE, people.OTHER_VILLAGE
ID, CARD, PHONE = "990521198003071239", "99052119800307123943", "13900000001"
OTHER_ID = "990521195003071235"

# number, village, kind, members: (name, relation)
HOUSEHOLDS = (
    ("9905210000001", VILLAGE, "registered", [("张三", "head"), ("李桂花", "spouse")]),
    ("9905210000002", SECOND, "other", [("张三", "head"), ("张三丰", "child")]),
    ("9905210000003", VILLAGE, "registered", [("单雄信", "head"), ("仇英", "spouse"), ("解珍", "child")]),
    ("9905210000004", SECOND, "registered", [("扎西·顿珠", "head"), ("卓玛", "spouse")]),
    ("9905210000005", SECOND, "other", [("扎西顿珠", "head")]),
    ("9905210000006", VILLAGE, "other", [("区乐", "head"), ("吕国", "child"), ("曾查", "parent")]),
    ("9905210000003-1", SECOND, "registered", [("苗禾", "head")]),
    ("99052100000007-1", SECOND, "registered", [("苗秋", "head")]),
    ("9905220000001", FAR, "registered", [("张三", "head"), ("孔四", "spouse"), ("诸葛亮", "child")]),
)
IN_COUNTY = [household for household in HOUSEHOLDS if household[0].startswith(COUNTY)]


@pytest.fixture
def register(db: None) -> Iterator[None]:
    people.make_places()
    with within(scope_of("CN")):
        for number, village, kind, members in HOUSEHOLDS:
            home = enter(number, village, kind, members[0][0])
            for at, (name, relation) in enumerate(members, 1):
                join(home, name, relation, number=f"{number}{at:02d}")
        holder = Person.objects.get(name="单雄信")
        holder.id_sealed, holder.id_blind, holder.phone_blind = seal(ID), blind(ID), blind(PHONE)
        holder.save()
        for county in (COUNTY, NEIGHBOUR):
            learn_names(county_code=county)
    with within(scope_of(COUNTY)):
        yield


def enter(number: str, village: str, kind: str, head: str) -> Household:
    return Household.objects.create(
        number=number, village_code=village, county_code=village[:6], kind=kind, head_name=head
    )


def join(
    home: Household, name: str, relation: str, *, number: str | None = None, until: date | None = None
) -> Person:
    person = Person.objects.create(
        name=name, number=number, village_code=home.village_code, county_code=home.county_code
    )
    Membership.objects.create(
        person=person, household=home, relation=relation, village_code=home.village_code, until=until
    )
    return person


def found_by(typed: str, place: str = COUNTY) -> list[str]:
    """Names, with the last two digits of the household's number."""
    found = search(clean(typed), scope_of(place))
    return [f"{hit.name} {hit.number[-2:]}" for hit in [*found.people, *found.households]]


# What is typed, who is found, in this order.
CASES: list[tuple[str, list[str]]] = [
    # a name, or how it begins: exactly so first, the registered first
    ("张三", ["张三 01", "张三 02", "张三丰 02"]),
    ("张三丰", ["张三丰 02"]),
    ("　张三 ", ["张三 01", "张三 02", "张三丰 02"]),
    ("三", []),
    # readings: with or without space, tone and the last letters
    ("zhangsan", ["张三 01", "张三 02", "张三丰 02"]),
    ("zhang san", ["张三 01", "张三 02", "张三丰 02"]),
    ("ZhangSan", ["张三 01", "张三 02", "张三丰 02"]),
    ("zhāng sān", ["张三 01", "张三 02", "张三丰 02"]),
    ("zhang1san1", ["张三 01", "张三 02", "张三丰 02"]),
    ("zhangs", ["张三 01", "张三 02", "张三丰 02"]),
    ("zs", ["张三 01", "张三 02", "张三丰 02"]),
    ("zsf", ["张三丰 02"]),
    # surnames are read as surnames, and by whoever does not know it as everybody reads them
    ("shan xiongxin", ["单雄信 03"]),
    ("sxx", ["单雄信 03"]),
    ("danxiongxin", ["单雄信 03"]),
    ("qiuying", ["仇英 03"]),
    ("chouying", ["仇英 03"]),
    ("xiezhen", ["解珍 03"]),
    ("oule", ["区乐 06"]),
    ("ouyue", ["区乐 06"]),
    ("zengcha", ["曾查 06"]),
    ("lvguo", ["吕国 06"]),
    ("lüguo", ["吕国 06"]),
    ("luguo", ["吕国 06"]),
    # names with a dot, however it is written, or without
    ("扎西·顿珠", ["扎西·顿珠 04", "扎西顿珠 05"]),
    ("扎西•顿珠", ["扎西·顿珠 04", "扎西顿珠 05"]),
    ("扎西顿珠", ["扎西·顿珠 04", "扎西顿珠 05"]),
    ("扎西顿", ["扎西·顿珠 04", "扎西顿珠 05"]),
    ("zhaxi dunzhu", ["扎西·顿珠 04", "扎西顿珠 05"]),
    ("zxdz", ["扎西·顿珠 04", "扎西顿珠 05"]),
    # a name and a village, either way round
    ("张三 上坝", ["张三 01"]),
    ("上坝村 张三", ["张三 01"]),
    ("zs shangba", ["张三 01"]),
    ("zs xiaba", ["张三 02", "张三丰 02"]),
    ("zhang san xbc", ["张三 02", "张三丰 02"]),
    # numbers: whole, or from six digits on; a household's and a person's
    ("9905210000003", ["单雄信 03"]),
    ("990521000000302", ["仇英 03"]),
    ("99052100", [f"{name} {number[-2:]}" for number, _v, _k, members in IN_COUNTY for name, _r in members]),
    ("99052", []),
    # of a household that was divided off, as it is written, and with the dash that a number of fifteen digits lost
    ("9905210000003-1", ["苗禾 -1"]),
    ("９９０５２１００００００３－１", ["苗禾 -1"]),
    ("99052100000007-1", ["苗秋 -1"]),
    ("9905-2100-00003", ["单雄信 03"]),
    # sealed numbers: whole only
    (ID, ["单雄信 03"]),
    (CARD, ["单雄信 03"]),
    (PHONE, ["单雄信 03"]),
    (f"单雄信 {PHONE}", ["单雄信 03"]),
    (ID[:17], []),
    (ID[-6:], []),
    (PHONE[:7], []),
    # the neighbour county's people, by anything
    ("孔四", []),
    ("kongsi", []),
    ("ks", []),
    ("诸葛亮", []),
    ("zgl", []),
    ("9905220000001", []),
    ("99052200", []),
    ("张三 松坪", []),
    # what means nothing
    ("·", []),
    ("%", []),
    ("", []),
]


@pytest.mark.parametrize(("typed", "expected"), CASES, ids=[typed or "nothing" for typed, _ in CASES])
def test_who_is_found(register: None, typed: str, expected: list[str]) -> None:
    found = found_by(typed)
    if typed.startswith("99052100"):
        assert sorted(found) == sorted(expected)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("typed", "place", "expected"),
    [
        ("上坝", COUNTY, [VILLAGE]),
        ("shangba", COUNTY, [VILLAGE]),
        ("sbc", COUNTY, [VILLAGE]),
        ("石桥", COUNTY, [people.TOWNSHIP]),
        ("松坪", COUNTY, []),
        ("songping", COUNTY, []),
        ("songping", "CN", [people.OTHER_TOWNSHIP, FAR]),
        ("上坝", SECOND, []),
        ("shangba", SECOND, []),
    ],
)
def test_which_place_is_found(register: None, typed: str, place: str, expected: list[str]) -> None:
    with within(scope_of(place)):
        assert search(clean(typed), scope_of(place)).places == expected


def test_each_post_finds_its_area_only(register: None) -> None:
    for typed in ("张三", "zhangsan", "zs"):
        for place, expected in (
            (VILLAGE, ["张三 01"]),
            (SECOND, ["张三 02", "张三丰 02"]),
            (NEIGHBOUR, ["张三 01"]),
            (people.CITY, ["张三 01", "张三 01", "张三 02", "张三丰 02"]),
            ("CN", ["张三 01", "张三 01", "张三 02", "张三丰 02"]),
        ):
            with within(scope_of(place)):
                assert found_by(typed, place) == expected, (typed, place)


def test_the_area_is_held_by_the_database_too(register: None) -> None:
    # Asked for more than one may see: the policies answer for one's own area all the same.
    with within(scope_of(VILLAGE)):
        for typed in ("张三", "zs", "zhangsan", "9905210000002", "99052100"):
            assert {hit.village_code for hit in search(typed, scope_of("CN")).people} <= {VILLAGE}, typed
        assert {key.county_code for key in NameKey.objects.all()} == {COUNTY}


def test_a_text_is_understood_and_says_how(register: None) -> None:
    for typed, expected in (
        ("张三", [How.NAME]),
        ("zs", [How.READING]),
        (ID, [How.SEALED]),
        ("9905210000001", [How.NUMBER]),
        ("990521000", [How.NUMBER_BEGINS]),
        ("上坝", [How.PLACE]),
        ("张三 上坝", [How.AT_PLACE]),
        ("诸葛亮", [How.NAME]),
    ):
        told = search(clean(typed), scope_of(COUNTY)).understood
        assert [one.how for one in told] == expected, typed
        assert ID not in str(told)


def test_who_died_or_left_is_found_last_by_anything_and_said_so(register: None, office: Client) -> None:
    home = Household.objects.get(number="9905210000001")
    left = join(home, "张三", "child", number="990521000000103", until=date(2016, 5, 1))
    dead = join(home, "张三", "parent", number="990521000000104", until=date(2016, 6, 1))
    never = join(home, "张三", "child", until=date(2016, 7, 1))
    Membership.objects.filter(person=left).update(ended_because="marriage")
    Membership.objects.filter(person=dead).update(ended_because="death")
    Membership.objects.filter(person=never).update(ended_because="undone")
    dead.died_on, dead.id_sealed, dead.id_blind = date(2016, 6, 1), seal(OTHER_ID), blind(OTHER_ID)
    dead.save()
    for typed in ("张三", "zhangsan", "zs"):
        found = search(typed, scope_of(COUNTY)).people
        assert [hit.left for hit in found] == [None, None, None, date(2016, 5, 1), date(2016, 6, 1)], typed
        assert [hit.number[-2:] for hit in found] == ["01", "02", "02", "01", "01"], "with the last household"
    for typed in (OTHER_ID, "990521000000104", "张三 上坝"):
        assert [hit.died for hit in search(clean(typed), scope_of(COUNTY)).people][-1] == dead.died_on, typed
    page = office.get("/search/", {"q": "张三"}).content.decode()
    assert (
        "2016-06-01 去世" in page
        and "2016-05-01 离户（婚出）" in page
        and "最后在户编号 9905210000001" in page
    )
    assert "2016-07-01" not in page, "who was never a member has left nothing"
    with within(scope_of(SECOND)):
        assert not any(hit.gone for hit in search("张三", scope_of(SECOND)).people)


def test_a_name_that_many_bear_asks_for_one_more_word(register: None) -> None:
    for at in range(MOST + 5):
        home = enter(f"99052199{at:05d}", SECOND, "other", "王伟")
        join(home, "王伟", "head", number=f"99052199{at:05d}01")
    learn_names(county_code=COUNTY, names=["王伟"])
    for typed in ("王伟", "wangwei", "ww"):
        found = search(typed, scope_of(COUNTY))
        assert found.many and len(found.people) == MOST + 5 and found.households == [], typed
    with within(scope_of(VILLAGE)):
        assert not search("ww", scope_of(VILLAGE)).people


def test_a_name_is_learned_once_and_by_the_area_that_writes_it(register: None) -> None:
    assert learn_names(county_code=COUNTY) == 0
    assert learn_names(county_code=COUNTY, names=["钱七", "钱七", None, "张三"]) == 1
    with within(scope_of(VILLAGE)):
        home = Household.objects.get(number="9905210000001")
        join(home, "赵六", "child")
        assert learn_names(county_code=COUNTY, names=["赵六"]) == 1
        assert found_by("zl", VILLAGE) == ["赵六 01"]


@pytest.mark.parametrize(
    "typed", [ID, CARD, PHONE, f"张三 {ID}", f"{ID}x", f"tel {PHONE}", "139 0000 0001", ID.lower()]
)
def test_a_private_number_in_any_company_is_private(typed: str) -> None:
    assert private(clean(typed)) == (typed != f"{ID}x")


@pytest.mark.parametrize("typed", ["张三", "9905210000001", "99052100", "zs", "990521000000302"])
def test_names_and_short_numbers_may_stand_in_an_address(typed: str) -> None:
    # Fifteen digits may be an old ID: when in doubt it stays out.
    assert private(clean(typed)) == (len(typed) == 15)


@pytest.fixture
def office(register: None) -> Client:
    official = people.person("王主任", "wang", COUNTY, Role.COUNTY_OFFICE)
    client: Client = people.sign_in(Client(headers={"host": "127.0.0.1"}), official)
    return client


def test_the_page_says_what_was_found_and_what_to_try(office: Client) -> None:
    page = office.get("/search/", {"q": "zs"}).content.decode()
    assert "按拼音或首字母“zs”查找" in page and "户编号 9905210000001" in page and "9905220000001" not in page
    nothing = office.get("/search/", {"q": "诸葛亮"}).content.decode()
    assert "没有找到“诸葛亮”" in nothing and "张三 上坝" in nothing
    at_place = office.get("/search/", {"q": "张三 上坝"}).content.decode()
    assert "在上坝村查找“张三”" in at_place
    village = office.get("/search/", {"q": "shangba"}).content.decode()
    assert f"/places/{VILLAGE}/" in village


@pytest.mark.parametrize("number", [ID, PHONE, f"张三 {ID}"])
def test_a_private_number_is_neither_said_back_nor_in_an_address(office: Client, number: str) -> None:
    answer = office.post("/search/", {"q": number})
    assert answer.status_code == 200 and "单雄信" in answer.content.decode()
    for part in (ID, PHONE):
        assert part not in answer.content.decode()
    moved = office.get("/search/", {"q": number})
    assert (moved.status_code, moved["Location"]) == (302, "/search/")
    missing = office.post("/search/", {"q": "13911112222"}).content.decode()
    assert "13911112222" not in missing and "没有找到“所写号码”" in missing


def test_looking_asks_as_little_for_many_as_for_few(
    office: Client, django_assert_max_num_queries: Any
) -> None:
    for typed in ("张三", "zs", "张三 上坝", "上坝"):
        with django_assert_max_num_queries(45):
            assert office.get("/search/", {"q": typed}).status_code == 200


def test_every_look_can_use_an_index_under_row_level_security(register: None) -> None:
    from xiuhua.registry.queries.search import rows

    area = scope_of(COUNTY)
    asked: list[tuple[str, dict[str, Any]]] = []
    plain = rows._all
    rows._all = lambda sql, values: asked.append((sql, values)) or []  # type: ignore[func-returns-value]
    try:
        for what in ("person", "household"):
            rows.by_name(what, "张", area)
            rows.by_key(what, "zs", area, "is")
            rows.by_key(what, "zs", area, "begins")
            rows.by_column(what, "x.number = any(%(number)s)", area, {"number": ["1", "1-1"]})
            rows.by_column(what, "x.phone_blind = %(blind)s", area, {"blind": b"1"})
        rows.by_column("person", "x.id_blind = %(blind)s", area, {"blind": b"1"})
        rows.places("上", "", area, 31)
        rows.places("", "sb", area, 31)
    finally:
        rows._all = plain
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        for sql, values in asked:
            cursor.execute("explain " + sql, values)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
