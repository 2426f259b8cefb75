"""Lists of proceedings: whose turn it is, what is late, where most of it waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role
from xiuhua.common.asking import Single, ask
from xiuhua.common.clock import beijing_today
from xiuhua.common.ways import way_to
from xiuhua.decisions.models import Appeal, Proceeding, Signature
from xiuhua.decisions.permissions import RIGHTS
from xiuhua.decisions.queries import proceeding_board as board
from xiuhua.decisions.queries import telling
from xiuhua.decisions.queries.apart import kept_out
from xiuhua.decisions.queries.meetings import by_village, villages
from xiuhua.decisions.queries.notice_pages import come_down
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.queries.proceedings import Listed, Procedures, Step, procedures
from xiuhua.decisions.terms import Course, Who
from xiuhua.notices import queries
from xiuhua.places.scope import ask_here, ask_together_here, current_scope
from xiuhua.places.terms import NATION
from xiuhua.registry.models import Household

TONES = {Course.OPEN: "straw", Course.DECIDED: "leaf", Course.REFUSED: "red", Course.ENDED: "plain"}
# Digits of the place of an office above the county, and of an appeal's.
DIGITS = {"city": 4, "province": 2, "county": 6, "township": 9}

# Stands for a key in an address that is made up once for all rows of a list.
ANY = 987654321


def whose(step: Step, by: Appointment) -> bool:
    """Whether a post may have to do a step; the database asks place and person besides."""
    return _acts(by.post.role, by.post.office, by.place_code, step["level"], tuple(step["who"]))


@lru_cache(maxsize=8192)
def _acts(role: str, office: str, place: str, level: str, who: tuple[str, ...]) -> bool:
    mine = {
        "village_worker": role == Role.VILLAGE_WORKER, "village_committee": role == Role.VILLAGE_WORKER and office == Office.VILLAGE_COMMITTEE, "work_team": role == Role.VILLAGE_WORKER and office == Office.WORK_TEAM,
        "township_office": role == Role.TOWNSHIP_OFFICE, "county_office": role == Role.COUNTY_OFFICE,
        "county_leader": role == Role.LEADER and len(place) == DIGITS["county"],
        "city_office": role == Role.HIGHER_OFFICE and len(place) == DIGITS["city"],
        "province_office": role == Role.HIGHER_OFFICE and len(place) == DIGITS["province"] and place != NATION,
        "outside": role == Role.AUDITOR and place == {"nation": "CN"}.get(level, place) and len(place) <= DIGITS["city"],
    }  # fmt: skip
    return any(mine.get(each, False) for each in who)


# One condition for all pairs: a post does dozens of steps, and Django takes longer to write them out than the database to read.
AT = "(decisions_proceeding.at_step, decisions_proceeding.procedure_id) in (select * from unnest(%s::text[], %s::bigint[]))"


def waiting(by: Appointment, known: Procedures) -> QuerySet[Proceeding]:
    """Open proceedings of the area at a step that this post does. known: all procedures."""
    return Proceeding.objects.filter(RawSQL(AT, _pairs(by, known), BooleanField()), course=Course.OPEN)


def _pairs(by: Appointment, known: Procedures) -> tuple[list[str], list[int]]:
    """Steps that a post does, and beside each its procedure."""
    pairs = [(step, procedure) for step, keys in _does(by, known).items() for procedure in keys]
    return [one for one, _procedure in pairs], [one for _step, one in pairs]


FIRST = """
select {columns} from decisions_proceeding join (
  select id from decisions_proceeding where course = 'open' and (at_step, procedure_id) in (select * from unnest(%(steps)s::text[], %(keys)s::bigint[]))
  order by {order} limit %(most)s offset %(before)s) shown using (id)
order by {order}
"""
COLUMNS = ", ".join("id" if name == "pk" else name for name in Listed._fields)


class Waiting:
    """`waiting` in the order of its list, page by page: what comes first is found in the index of what is open, and only that is read."""

    def __init__(self, pairs: tuple[list[str], list[int]], *, backwards: bool = False) -> None:
        self._pairs, self._backwards = pairs, backwards

    def reverse(self) -> Waiting:
        return Waiting(self._pairs, backwards=not self._backwards)

    def __getitem__(self, part: slice) -> list[tuple[Any, ...]]:
        down = " desc" if self._backwards else ""
        sql = FIRST.format(columns=COLUMNS, order=f"due_on{down}, step_since{down}, id{down}")
        steps, keys = self._pairs
        most = {"most": part.stop - part.start, "before": part.start}
        return ask_here(sql, {"steps": steps, "keys": keys, **most})


def _does(by: Appointment, known: Procedures) -> dict[str, list[int]]:
    """Steps that a post does, each with the procedures that have it."""
    return _does_of(by.post.role, by.post.office, by.place_code, known)


@lru_cache(maxsize=256)
def _does_of(role: str, office: str, place: str, known: Procedures) -> dict[str, list[int]]:
    mine: dict[str, list[int]] = {}
    for one in known.values():
        for step in one.definition["steps"]:
            if _acts(role, office, place, step["level"], tuple(step["who"])):
                mine.setdefault(step["id"], []).append(one.pk)
    return mine


def on_the_desk(by: Appointment) -> tuple[int, int]:
    """How many open proceedings are at a step that this post does, and how many of them are overdue."""
    mine = [one for one in board.waits(current_scope(), 0)[0] if whose(one.step, by)]
    return sum(len(one.days) for one in mine), sum(one.late for one in mine)


APPEALED = """
select c.id from decisions_appeal a join decisions_proceeding c on c.id = a.proceeding_id join decisions_procedure p on p.id = c.procedure_id
where a.answered_at is null and a.joins_id is null and decisions_appeal_length(c, p.definition) = %(length)s
"""


def appealed(by: Appointment) -> list[int]:
    """Proceedings with an appeal that an office of this level decides, by key."""
    return [pk for (pk,) in ask(APPEALED, {"length": len(by.place_code)})]


def appeals_count(by: Appointment) -> Single:
    """How many `appealed` names."""
    return Single(f"select count(*) from ({APPEALED}) told", {"length": len(by.place_code)})


SHOWS = ("waiting", "overdue", "mine", "open", "appeals", "untold", "closed")


def _names() -> dict[str, str]:
    words = (
        _("待我办理"),
        _("超期"),
        _("我办过、还在办"),
        _("全部在办"),
        _("申诉待答复"),
        _("待告知本户"),
        _("已办结"),
    )
    return dict(zip(SHOWS, words, strict=True))


def _signed(by: Appointment) -> QuerySet[Proceeding]:
    """Open ones in which somebody had a hand already."""
    own = Signature.objects.filter(official=by.official_id).values("proceeding")
    return Proceeding.objects.filter(pk__in=own, course=Course.OPEN)


def _list(by: Appointment, show: str, known: Procedures) -> QuerySet[Proceeding]:
    every = Proceeding.objects.all()
    if show == "waiting":
        return waiting(by, known)
    if show == "overdue":
        return every.filter(course=Course.OPEN, due_on__lt=beijing_today())
    if show == "mine":
        return _signed(by)
    if show == "appeals":
        return every.filter(pk__in=appealed(by))
    if show == "untold":
        return telling.owed()
    return every.exclude(course=Course.OPEN) if show == "closed" else every.filter(course=Course.OPEN)


def _shown(query: dict[str, str]) -> str:
    return query["show"] if query.get("show") in SHOWS else "waiting"


def listed(by: Appointment, query: dict[str, str], known: Procedures | None = None) -> QuerySet[Proceeding]:
    """All proceedings of the list that an address asks for, in its order."""
    show = _shown(query)
    orders = {"closed": ("-closed_on", "-pk"), "untold": ("closed_on", "pk")}
    order = orders.get(show, ("due_on", "step_since", "pk"))
    found = _list(by, show, procedures() if known is None else known)
    return board.narrowed(found, query).order_by(*order)


def named(query: dict[str, str]) -> str:
    """What a list shows, in words."""
    return " · ".join(one for one in (_names()[_shown(query)], board.narrowing(query)) if one)


def _counts(by: Appointment, waits: list[board.Waits], known: Procedures, appeals: int) -> dict[str, int]:
    """How many each list of work holds; what is open was read once for all that is said of it. What is past work, or somebody else's now, is counted where it is looked at."""
    does = _does(by, known)
    return {
        "waiting": sum([len(one.days) for one in waits if one.procedure.id in does.get(one.step["id"], ())]),
        "overdue": sum([one.late for one in waits]),
        "open": sum([len(one.days) for one in waits]),
        "appeals": appeals,
    }


def inbox(by: Appointment, query: dict[str, str]) -> dict[str, Any]:
    """The context of decisions/proceedings.html: whose turn it is, what is late, and how long already."""
    show, names = _shown(query), _names()
    waits, known = board.waits(current_scope(), 0)
    meets = by_village(current_scope(), known) if by.role in RIGHTS["decisions.meet"] else NOBODY
    appeals, owed, objections, meetings = ask_together_here(
        [appeals_count(by), telling.any_owed(), queries.mine_count(by), meets]
    )
    counts, narrowed = _counts(by, waits, known, appeals), board.narrowing(query)
    page, pager = _page(by, query, known, counts)
    shown, empty = rows(page, known), {"appeals": not appeals, "untold": not owed}
    if show == "waiting":
        _say_why_not(by, page, shown, known)
    elif show == "appeals":
        _say_by_when(page, shown)
    elif show == "untold":
        _say_since_when(page, shown)
    take = {key: query[key] for key in ("show", "procedure", "step", "late") if query.get(key)}
    return {
        "actions": taken(by, "decisions.proceedings", place=board.place_of(query) or by.place_code, **take)
        if page
        else None,
        "filters": [
            {"label": label, "count": counts.get(key), "url": board.address(show=key), "current": key == show and not narrowed}
            for key, label in names.items()
            if key == show or empty.get(key) is not True
        ],
        "narrowed": narrowed,
        "rows": shown,
        "pager": pager,
        "steps": board.stuck(waits),
        "board_url": way_to("decisions:board"),
        "meetings": villages(meetings),
        "coming_down": come_down(by),
        "objections": objections,
        "empty": {
            "title": _("没有程序事项"),
            "sentence": _("识别、退出、返贫、监测从一户的页面开始，出列、摘帽从村和县的页面开始：选“办理程序”。"),
            "actions": [],
        },
    }  # fmt: skip


def _page(
    by: Appointment, query: dict[str, str], known: Procedures, counts: dict[str, int]
) -> tuple[list[Listed], dict[str, Any] | None]:
    """The page of a list that an address asks for, and its pager. What is narrowed, or not counted beside the others, is counted here."""
    show, whole = _shown(query), not any(query.get(key) for key in board.NARROWS)
    if whole and show == "waiting":
        return board.turned(Waiting(_pairs(by, known)), query, counts[show])
    found = listed(by, query, known).values_list(*Listed._fields)
    return board.turned(found, query, counts[show] if whole and show in counts else found.count())


def _say_why_not(
    by: Appointment, page: Iterable[Listed], shown: list[dict[str, Any]], known: Procedures
) -> None:
    """On each line that waits for a post, whether it is for somebody else of it, why, and for whom."""
    found = {}
    for one in page:
        steps = known[one.procedure_id].definition["steps"]
        found[one.pk] = (one, next(step for step in steps if step["id"] == one.at_step))
    why = kept_out(by, found)
    words = {
        "kin": _("您是这一户的人或其亲属（已登记），由别人办：%(who)s"),
        "no": _("不服的是您参加过的研判，由没有参加的人办：%(who)s"),
        "part": _("前面的步骤有您办的，由没有参与的人办：%(who)s"),
        "signed": _("您已签办，还须另一人签办：%(who)s"),
    }
    tongue = language()
    for row, (pk, (_one, step)) in zip(shown, found.items(), strict=True):
        row["not_yours"] = words[why[pk]] % {"who": _who(tuple(step["who"]), tongue)} if pk in why else ""


@lru_cache(maxsize=4096)
def _who(asked: tuple[str, ...], tongue: str) -> str:
    """Who does a step, in words of the language that is set: `tongue`."""
    return _("、").join(Who(each).says(tongue) for each in asked)


def _say_by_when(page: Iterable[Listed], shown: list[dict[str, Any]]) -> None:
    """On each line of a decision that is appealed against, since when that waits and until when it may."""
    keys = [one.pk for one in page]
    waits = Appeal.objects.filter(proceeding__in=keys, answered_at__isnull=True, joins__isnull=True)
    of, today = {one.proceeding_id: one for one in waits}, beijing_today()
    for row, pk in zip(shown, keys, strict=True):
        if (one := of.get(pk)) is not None:
            late = one.due_on is not None and one.due_on < today
            row |= {"step": _("申诉待答复"), "due": one.due_on, "late": late, "waited": _waited((today - one.came_on).days, one.due_on, late, language())}  # fmt: skip


def _say_since_when(page: Iterable[Listed], shown: list[dict[str, Any]]) -> None:
    """On each line of a household that nobody told how it ended, since when that is owed."""
    today = beijing_today()
    for one, row in zip(page, shown, strict=True):
        if one.closed_on is not None:
            row |= {
                "step": _("还没有告知"),
                "waited": _waited((today - one.closed_on).days, None, False, language()),
            }


def about(one: Proceeding | Listed, home: Household | Home | None, place: str) -> tuple[str, str]:
    """Name and number of whom or what a proceeding is about."""
    return (place, one.place_code) if home is None else (home.head_name or _("户主不明"), home.number)


def subject(one: Proceeding, home: Household | None, place: str) -> dict[str, Any]:
    """Who or what a proceeding is about, with the way to its page."""
    name, number = about(one, home, place)
    if home is None:
        return {
            "name": name, "number": number, "place": True, "county": len(one.place_code) == DIGITS["county"],
            "url": reverse("workbench:place", args=[one.place_code]), "begin_url": reverse("decisions:begin_at", args=[one.place_code]),
        }  # fmt: skip
    return {
        "name": name, "number": number, "place": False,
        "url": reverse("workbench:household", args=[home.pk]), "begin_url": reverse("decisions:begin", args=[home.pk]),
    }  # fmt: skip


# Whom and where some proceedings are about: households by key, places by code.
ABOUT = """
select id, null, head_name, number from registry_household where id = any(%(homes)s)
union all select null, code, name, '' from places_place where code = any(%(codes)s)
"""


NOBODY = Single("select '[]'::json", {})  # where no village is asked for


class Home(NamedTuple):
    """Of a household what a list shows; it has a hundred columns."""

    head_name: str
    number: str


def _abouts(listed: Iterable[Proceeding | Listed]) -> tuple[dict[int, Home], dict[str, str]]:
    """Households of some proceedings by key, and the names of their places by code."""
    homes, places = dict[int, Home](), dict[str, str]()
    asked = {
        "homes": list({one.household_id for one in listed if one.household_id}),
        "codes": list({one.place_code for one in listed}),
    }
    for pk, code, name, number in ask_here(ABOUT, asked) if asked["codes"] else ():
        if code is None:
            homes[pk] = Home(name, number)
        else:
            places[code] = name
    return homes, places


def rows(found: Iterable[Proceeding | Listed], known: Procedures | None = None) -> list[dict[str, Any]]:
    """Proceedings as a list shows them. known: all procedures, where they were asked for already."""
    listed, known = list(found), procedures() if known is None else known
    homes, places = _abouts(listed)
    told, today, tongue = [], beijing_today(), language()
    before, after = way_to("decisions:proceeding", ANY).split(str(ANY))
    for one in listed:
        d = known[one.procedure_id].definition
        step = next(each for each in d["steps"] if each["id"] == one.at_step)
        place, is_open = places.get(one.place_code, one.place_code), one.course == Course.OPEN
        name, number = about(one, homes.get(one.household_id or 0), place)
        days, due = (today - one.step_since).days, one.due_on if is_open else None
        late = due is not None and due < today
        told.append(
            {
                "url": f"{before}{one.pk}{after}",
                "what": d["says"][tongue],
                "household": name,
                "number": number,
                "village": place if one.household_id else number,
                "step": step["says"][tongue] if is_open else "",
                "days": days if is_open else None,
                "due": due,
                "late": late,
                "waited": _waited(days, due, late, tongue) if is_open else "",
                "tone": TONES.get(Course(one.course), "plain"),
                "label": Course(one.course),
            }
        )
    return told


@lru_cache(maxsize=4096)
def _waited(days: int, due: date | None, late: bool, _tongue: str) -> str:
    """Since when a step waits, and until when it may, in the language that is set: `_tongue` tells which, so that a list says the same words once."""
    told = [_("已超期")] if late else []
    told.append(ngettext("已 %(n)s 天", "已 %(n)s 天", days) % {"n": days})
    if due is not None:
        told.append(_("%(day)s 到期") % {"day": f"{due:%m-%d}"})
    return " · ".join(told)
