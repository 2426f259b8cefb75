"""What the pages of clues show, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xiuhua.accounts.models import Appointment, Post
from xiuhua.accounts.terms import Role
from xiuhua.common.asking import Single
from xiuhua.common.clock import beijing_today
from xiuhua.common.paging import PAGE, pager
from xiuhua.decisions.queries.pages import language
from xiuhua.decisions.queries.plan_pages import taken
from xiuhua.decisions.queries.proceedings import household_states
from xiuhua.decisions.terms import Help
from xiuhua.notices.queries import calendar_note
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.places.scope import Scope, ask_here, scope_of
from xiuhua.registry.models import Household
from xiuhua.relapse.models import Application, Clue, ClueSource, Relief, Sheet
from xiuhua.relapse.permissions import RIGHTS
from xiuhua.relapse.queries import applications, contested, telling
from xiuhua.relapse.queries.known import identified
from xiuhua.relapse.queries.lines import line_missing
from xiuhua.relapse.queries.said import said, source
from xiuhua.relapse.queries.sheets import amount, marks_said, sheet_shown
from xiuhua.relapse.queries.taken_up import past_visit
from xiuhua.relapse.terms import End, Mark, Origin, Risk

OWED = 20  # papers of help a page
SOON_DAYS = 3
TONES = {
    End.PROCEEDING: "straw",
    End.HELPED: "leaf",
    End.NO_RISK: "plain",
    End.MOVED: "plain",
    End.GONE: "plain",
}


def may(by: Appointment, right: str) -> bool:
    return by.role in RIGHTS[right]


def names(codes: Iterable[str]) -> dict[str, str]:
    """Names of places by code."""
    return names_of(set(codes))


def home_of(household: Household) -> dict[str, Any]:
    """A household as the head of a page names it."""
    return {
        "pk": household.pk,
        "name": household.head_name or _("户主不明"),
        "number": household.number,
        "village": names([household.village_code]).get(household.village_code, household.village_code),
        "url": reverse("workbench:household", args=[household.pk]),
    }


def late(today: date) -> Q:
    """Clues whose end, or whose visit, is past its day; a visit from before the newest was said is none."""
    heard = Sheet.objects.filter(clue=OuterRef("pk"), visited_on__gte=OuterRef("said_on"))
    return Q(due_on__lt=today) | Q(check_due_on__lt=today) & ~Q(Exists(heard))


def lists_of(by: Appointment, area: Scope | None = None) -> dict[str, QuerySet[Clue]]:
    """The lists of the inbox, of an area within the acting one: mine, all that wait, overdue, ended; and of these what ended as no risk
    although a sheet reached a measure, an earlier one too: it may have been written anew until it did not; and what ended as no risk
    and was not told (`untold`)."""
    every = Clue.objects.all()
    if area is not None:
        every = every.filter(village_code__gte=area.lo, village_code__lt=area.hi)
    waiting = every.filter(end="")
    return {
        "mine": waiting.filter(owner=by.post_id),
        "waiting": waiting,
        "overdue": waiting.filter(late(beijing_today())),
        "ended": every.exclude(end=""),
        "marked": every.filter(end=End.NO_RISK, sheets__marks__gt=""),
        "untold": telling.owed(every),
    }


# Both are read at once, late as `late` has it.
ON_THE_DESK = """
select sum(n), sum(late) from (
  select count(*) as n, count(*) filter (where c.due_on < %(today)s or c.check_due_on < %(today)s and not exists
    (select from relapse_sheet s where s.clue_id = c.id and s.visited_on >= c.said_on)) as late from relapse_clue c where c."end" = '' and c.owner_id = %(post)s
  union all
  select count(*), count(*) filter (where a.check_due_on < %(today)s) from relapse_application a where a.source_id is null and a.owner_id = %(post)s) told
"""


def on_the_desk(by: Appointment) -> tuple[int, int]:
    """How many clues, and applications that wait to be tied to a household, lie on a post's desk; how many of them are overdue."""
    if not may(by, "relapse.work"):
        return 0, 0
    n, overdue = ask_here(ON_THE_DESK, {"today": beijing_today(), "post": by.post_id})[0]
    return int(n), int(overdue)


OWNED = """
select (select count(*) from relapse_clue c where c."end" = '' and c.owner_id = %(post)s)
  + (select count(*) from relapse_application a where a.source_id is null and a.owner_id = %(post)s)
"""


def owned(by: Appointment) -> Single:
    """How many of `on_the_desk` there are, late or not: around every page."""
    return Single(OWNED, {"post": by.post_id})


def inbox(by: Appointment, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of relapse/list.html. query: `show` a list, `place` below the acting one, `page` and `owed` numbers of pages."""
    below = places_below(by)
    place = query.get("place", "") if query.get("place", "") in below else ""
    area = scope_of(place) if place else None
    lists = lists_of(by, area)
    show = query.get("show", "")
    # All that was ever not told is counted where it is looked at.
    counts = {
        key: found.values("pk").distinct().count()
        for key, found in lists.items()
        if key != "untold" or key == show
    }
    show = show if show in lists else "mine" if counts["mine"] else "waiting"
    labels = {key: list_name(key) for key in lists}
    owed = Relief.objects.filter(paper__isnull=True).order_by("paper_due_on", "pk")
    if area is not None:
        owed = owed.filter(village_code__gte=area.lo, village_code__lt=area.hi)
    first, turned = pager(counts[show], query.get("page", ""), lambda n: address(show, place, page=n))
    first_owed, owed_turned = pager(
        owed.count(), query.get("owed", ""), lambda n: address(show, place, owed=n), size=OWED
    )
    new = {"label": _("登记线索"), "url": reverse("relapse:find"), "icon": "plus", "primary": True}
    yearly = {"label": _("年度分类研判"), "url": reverse("relapse:yearly"), "icon": "household"}
    watched = {"label": _("监测对象"), "url": reverse("relapse:watched"), "icon": "household"}
    rates = {"label": _("返贫率"), "url": reverse("relapse:returned"), "icon": "chart"}
    look = {"label": _("按规则筛查"), "url": reverse("relapse:look"), "icon": "search", "post": True}
    return {
        "place_name": by.post.place.name,
        "line_missing": line_missing(by),
        "filters": [
            {"label": labels[key], "count": counts.get(key), "url": address(key, place), "current": key == show}
            for key in lists
        ],
        "show": show,
        "places": chosen(below, place),
        "rows": rows(listed(by, area, show)[first : first + PAGE]),
        "pager": turned,
        "owed": reliefs(owed[first_owed : first_owed + OWED]),
        "owed_pager": owed_turned,
        "asked": applications.rows(applications.waiting(area)[: applications.SHOWN], clock),
        "works": may(by, "relapse.work"),
        "actions": [*([new] if may(by, "relapse.work") else []), *([look] if may(by, "relapse.look") else []), watched, yearly, rates, *(taken(by, "relapse.clues", place=place or by.place_code, show=show) if counts[show] else [])],
        "empty": {
            "title": _("这里没有线索"),
            "sentence": _("农户申请、走访发现的随时登记；部门名单导入后、规则筛查后，线索自动到这里，同一户的并在一起。"),
            "actions": [new] if may(by, "relapse.work") else [],
        },
    }  # fmt: skip


def listed(by: Appointment, area: Scope | None, show: str) -> QuerySet[Clue]:
    """All clues of a list of the inbox, in its order; of one that is none, all that wait."""
    found = lists_of(by, area)
    order = {"ended": ("-ended_on", "-pk"), "marked": ("-ended_on", "-pk"), "untold": ("ended_on", "pk")}
    return found.get(show, found["waiting"]).distinct().order_by(*order.get(show, ("due_on", "pk")))


def list_name(show: str) -> str:
    """What a list of the inbox is called."""
    names = {
        "mine": pgettext("clues", "归我办"),
        "overdue": _("超期"),
        "ended": pgettext("clues", "已了结"),
        "marked": _("到线而以“没有风险”了结"),
        "untold": _("“没有风险”待告知本户"),
    }
    return names.get(show) or pgettext("clues", "全部未了结")


def address(show: str, place: str, **pages: int) -> str:
    """The address of a list of the inbox, of a place and a page."""
    kept = {"show": show, **({"place": place} if place else {}), **pages}
    return f"{reverse('relapse:list')}?{urlencode(kept)}"


def places_below(by: Appointment) -> dict[str, str]:
    """Places right below the acting one, by code; none below a village."""
    found = Place.objects.filter(parent=by.place_code, until__isnull=True).order_by("code")
    return dict(found.values_list("code", "name"))


def chosen(below: Mapping[str, str], place: str) -> list[dict[str, Any]]:
    """The places of a form that narrows a list, with the one that was chosen."""
    return [{"code": code, "name": name, "current": code == place} for code, name in below.items()]


def rows(found: Iterable[Clue]) -> list[dict[str, Any]]:
    """Clues as a list shows them: a few queries, however many."""
    clues = list(found)
    homes = Household.objects.in_bulk({one.household_id for one in clues})
    places = names(one.village_code for one in clues)
    posts = Post.objects.select_related("place").in_bulk({one.owner_id for one in clues if one.owner_id})
    sources: dict[int, list[ClueSource]] = {}
    for one in ClueSource.objects.filter(clue__in=clues):
        sources.setdefault(one.clue_id, []).append(one)
    marks: dict[int | None, str] = {}
    last: dict[int | None, date] = {}
    seen = Sheet.objects.filter(clue__in=clues).order_by("pk").values_list("clue_id", "marks", "visited_on")
    for pk, reached, day in seen:
        marks[pk] = ",".join(filter(None, (marks.get(pk), reached)))
        last[pk] = max(last.get(pk, day), day)
    told = []
    for clue in clues:
        home = homes[clue.household_id]
        own = sources.get(clue.pk, [])
        told.append(
            {
                "url": reverse("relapse:clue", args=[clue.pk]),
                "head": home.head_name or _("户主不明"),
                "village": places.get(clue.village_code, clue.village_code),
                "about": _("、").join(dict.fromkeys(said(Risk(one.risk)) for one in own)),
                "from": _("、").join(dict.fromkeys(said(Origin(one.origin)) for one in own)),
                "came_on": clue.came_on,
                "owner": posts[clue.owner_id].says(language()) if clue.owner_id in posts else "",
                "clock": clock(clue, clue.pk in last and last[clue.pk] >= clue.said_on),
                "marks": marks_said(marks.get(clue.pk, "")) if clue.end == End.NO_RISK else "",
                "end": {"tone": TONES[End(clue.end)], "label": said(End(clue.end)), "on": clue.ended_on} if clue.end else None,
            }
        )  # fmt: skip
    return told


def clock(clue: Clue | Application, visited: bool) -> dict[str, Any]:
    """What is due next, when, and whether it is late: the visit first, then the whole."""
    today = beijing_today()
    due = clue.due_on if visited else min(clue.check_due_on, clue.due_on)
    left = (due - today).days
    return {
        "what": _("全程") if visited else _("入户核查"),
        "due": due,
        "late": left < 0,
        "days": abs(left),
        "tone": "red" if left < 0 else "straw" if left <= SOON_DAYS else "plain",
    }


def page(by: Appointment, clue: Clue) -> dict[str, Any]:
    """The context of relapse/clue.html."""
    home = clue.household
    sheets = list(clue.sheets.select_related("official").order_by("-pk"))
    visited = any(one.visited_on >= clue.said_on for one in sheets)
    given = Relief.objects.filter(household=home, given_on__gte=clue.came_on)
    is_open = clue.end == ""
    gone = is_open and home.ended_on is not None
    works = is_open and not gone and may(by, "relapse.work")
    stands = household_states(home.pk)
    under_way = identified(home.pk) if is_open else None
    past = past_visit(under_way)
    ends = is_open and may(by, "relapse.end")
    asked = dict(Application.objects.filter(source__clue=clue).values_list("source_id", "pk"))
    contests = contested.answered(by, clue)
    may_end = ends and not gone and (contests is None or contests["ends"])
    return {
        "clue": clue,
        "contests": contests,
        "against": contested.against(by, clue),
        "telling": telling.shown(by, clue),
        "calendar": calendar_note(clue.check_due_on, clue.due_on) if is_open else "",
        "home": home_of(home),
        "pills": [{"tone": TONES[End(clue.end)], "label": said(End(clue.end))}] if clue.end else [{"tone": "straw", "label": _("未了结")}],
        "clock": clock(clue, visited) if is_open else None,
        "owner": clue.owner.says(language()) if clue.owner else "",
        "sources": [source(by, one, asked.get(one.pk)) for one in clue.sources.all()],
        "sheets": [sheet_shown(one) for one in sheets],
        "reliefs": reliefs(given),
        "works": works,
        "visited": visited,
        "heard_not": _("上次入户在最近一次反映以前，没有听到那次反映：要再入户。") if sheets and is_open and not visited else "",
        "may_begin": works and not past and bool(stands & {"watched", "unwatched"} or under_way),
        "under_way": under_way is not None,
        "past": past,
        "watched": "watched" in stands,
        "may_hand": is_open and may(by, "relapse.hand_over"),
        "stays": contests is not None,
        "posts": posts_for(clue) if is_open and may(by, "relapse.hand_over") else [],
        "gone": gone,
        "may_gone": ends and gone,
        # What the last sheet reaches is the county's to end so, and nobody's where a guarantee is not held.
        "may_no_risk": may_end and not (sheets and sheets[0].marks and (by.role != Role.COUNTY_OFFICE or Mark.GUARANTEE in sheets[0].marks.split(","))),
        "may_helped": may_end and bool(given) and visited,
        "proceeding_url": reverse("decisions:proceeding", args=[clue.proceeding_id]) if clue.proceeding_id else "",
    }  # fmt: skip


def posts_for(clue: Clue) -> list[dict[str, Any]]:
    """Posts that a clue can be handed to: of what contests a no, the county's alone."""
    code = clue.village_code
    found = Post.objects.filter(
        place_id__in=[code, code[:9], code[:6]],
        role__in=("county_office",)
        if clue.contests_id
        else ("village_worker", "township_office", "county_office"),
    )
    return [
        {"pk": one.pk, "says": one.says(language()), "current": one.pk == clue.owner_id}
        for one in found.select_related("place").order_by("-place_id", "pk")
    ]


def reliefs(found: Iterable[Relief]) -> list[dict[str, Any]]:
    """Help that was given, with what its paper stands at."""
    given = list(found)
    homes, today = Household.objects.in_bulk({one.household_id for one in given}), beijing_today()
    return [
        {
            "pk": one.pk,
            "head": homes[one.household_id].head_name or _("户主不明"),
            "kind": said(Help(one.kind)),
            "what": one.what,
            "giver": one.giver,
            "on": one.given_on,
            "amount": amount(one.amount_fen) if one.amount_fen else "",
            "by": one.post,
            "due": one.paper_due_on,
            "late": one.paper_id is None and one.paper_due_on < today,
            "paper_url": reverse("relapse:help_file", args=[one.pk]) if one.paper_id else "",
            "bring_url": "" if one.paper_id else reverse("relapse:help_paper", args=[one.pk]),
        }
        for one in given
    ]  # fmt: skip
