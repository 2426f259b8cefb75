"""The home of a post: its area in figures, what waits, what came in lately."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Office, Role, Title
from xiuhua.common.clock import beijing_today
from xiuhua.decisions.queries import proceeding_lists as proceedings
from xiuhua.decisions.queries.notice_pages import desk
from xiuhua.findings.queries import Load
from xiuhua.freezes.queries import latest
from xiuhua.intake.models import Batch, Purpose
from xiuhua.intake.queries.batches import listed
from xiuhua.places.queries import rural_persons
from xiuhua.places.scope import scope_of
from xiuhua.places.terms import Level
from xiuhua.registry.queries import areas
from xiuhua.workbench.queries import behind, figures, frozen_place
from xiuhua.workbench.queries.area import every, source, start, tasks
from xiuhua.workbench.queries.area import page as area_page
from xiuhua.workbench.queries.frame import Frame, below, crumbs, link, said

SHOWN_BATCHES = 3
COUNTY = 6


def page(by: Appointment, frame: Frame) -> dict[str, Any]:
    """The context of workbench/home.html."""
    place = by.post.place
    # The place is the page's heading, so the post is named without it.
    label, office, title = by.post.label, said(Office(by.post.office)), said(Title(by.post.title))
    post = {"title": label or title, "place_name": place.name, "office": "" if label else office}
    context: dict[str, Any] = {
        "post": post,
        "person_name": by.official.name,
        "crumbs": crumbs(by, place.code),
    }
    if by.role == Role.ADMINISTRATOR:
        return {**context, "start": _keeper(by)}
    if by.role == Role.LEADER:
        return {**area_page(by, place, {}), **context, "leader": True}
    told = _counted(by)
    batches = _batches(by)
    if not told["households"] and not batches.get("batches"):
        return {**context, "start": start(by, place)}
    _level, digits = below(place)
    lines, found = _desks(by, frame.clues), tasks(by, scope_of(place.code), digits)
    return {
        **context,
        "cards": [*told["cards"][:3], _mine(by, frame.load, lines)],
        "source": told["source"],
        **found,
        "tasks": [*lines, *found["tasks"]],
        **batches,
    }


def _desks(by: Appointment, clues: tuple[int, int]) -> list[dict[str, Any]]:
    """What is due first, as lines of work: clues, proceedings, notices and objections; each says of how many things."""
    clued, clues_late = clues
    led, led_late = proceedings.on_the_desk(by)
    n_clues = ngettext("%(n)s 条返贫致贫线索归我办", "%(n)s 条返贫致贫线索归我办", clued) % {"n": clued}
    n_led = ngettext("%(n)s 件程序在我这一步", "%(n)s 件程序在我这一步", led) % {"n": led}
    lines = [
        _line(_("监测线索"), n_clues, (clued, clues_late), _("去入户"), link(by, "relapse:list")),
        _line(_("程序"), n_led, (led, led_late), _("去办理"), link(by, "decisions:proceedings")),
    ]
    return [*(line for line in lines if line["n"]), *desk(by)]


def _line(
    label: str, sentence: str, counted: tuple[int, int], action: str, url: str | None
) -> dict[str, Any]:
    n, late = counted
    over = ngettext("%(n)s 件超期", "%(n)s 件超期", late) % {"n": late} if late else ""
    return {
        "tone": "red" if late else "straw", "label": label, "sentence": sentence, "late": over, "where": "", "clause": "",
        "action_label": action, "url": url, "n": n, "over": late,
    }  # fmt: skip


def _counted(by: Appointment) -> dict[str, Any]:
    """The cards of the post's own place, live up to the county; above it as the newest freeze saw it, where there is one."""
    place = by.post.place
    area = scope_of(place.code)
    _level, digits = below(place)
    freeze = latest(place.code) if len(place.code) < COUNTY else None
    if freeze is not None and (found := frozen_place.see(freeze, place)).own:
        to, total, by_rule = behind.frozen(by, freeze), found.total, found.by_rule
        rate, not_asked = frozen_place.incidence(found), found.not_asked
    else:
        freeze, not_asked = None, {}
        counts = areas.counts(area, digits=digits)
        to, total, by_rule = behind.live(by), areas.total(place.code, counts.below), counts.by_rule
        rural = every(rural_persons(area, digits=digits))
        rate = figures.incidence(total, rural, figures.against(place, beijing_today()), "plain")
    return {
        "households": total.households,
        "cards": figures.cards(to, place, total, by_rule, rate, not_asked),
        "source": source(by, place, freeze, frozen=freeze is not None),
    }


def _keeper(by: Appointment) -> dict[str, Any]:
    """Whoever keeps accounts has no business with households: the page leads to the accounts."""
    url, lines = link(by, "accounts:people"), link(by, "workbench:outlines", by.place_code)
    more = (
        [{"label": _("行政界线"), "url": lines, "icon": "place"}]
        if lines and by.post.place.level == Level.COUNTY
        else []
    )
    return {
        "title": _("您管理账号，不查看住户"),
        "sentence": _("开通账号与重置密码都要两个人：一人提出，另一人批准。"),
        "actions": [*([{"label": _("人员与账号"), "url": url, "primary": True}] if url else []), *more],
    }


def _mine(by: Appointment, load: Load, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """All that waits for this person, findings and whatever else lies on the desk; notices come down as part of a proceeding."""
    counted = [line for line in lines if line.get("n")]
    n, late = (
        load.count + sum(one["n"] for one in counted),
        load.overdue + sum(one["over"] for one in counted),
    )
    note = [ngettext("%(n)s 件超期", "%(n)s 件超期", late) % {"n": late}] if late else [_("没有超期")]
    if counted:
        kinds = [(one["label"], one["n"]) for one in counted] + [(_("问题"), load.count)]
        note += [f"{label} {many}" for label, many in kinds if many]
    elif load.overdue:
        note = [_("%(n)s 件超期 · 最早 %(day)s 到期") % {"n": load.overdue, "day": f"{load.oldest:%Y-%m-%d}"}]
    return {
        "label": _("待我办理"),
        "number": n,
        "unit": npgettext("waits", "件", "件", n),
        "tone": "red" if late else "plain",
        "note": " · ".join(note),
        "url": "#work" if counted else link(by, "workbench:findings", mine=1),
    }


def _batches(by: Appointment) -> dict[str, Any]:
    url = link(by, "intake:list")
    if url is None:
        return {"batches": None}
    return {
        "batches": listed(list(Batch.objects.filter(purpose=Purpose.INTAKE).order_by("-pk")[:SHOWN_BATCHES])),
        "batches_url": url,
    }
