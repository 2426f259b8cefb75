"""A place changes its name, its code or is united with another, and everything that lies in it follows.

Asked by one, confirmed by another. Who is responsible for the area follows too (accounts.services.areas, which calls
`carry`); the audit alone keeps the codes it was written with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection

from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.places.models import Place, PlaceChange
from xiuhua.places.scope import current_scope
from xiuhua.places.services.lists import ensure
from xiuhua.places.services.outlines import follow
from xiuhua.places.terms import ChangeKind, Level, level_of

CHANGEABLE = (Level.TOWNSHIP, Level.VILLAGE)


class CannotChange(Exception):
    """A change of a place that does not fit; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Asked:
    """A change of a place, asked for or answered."""

    change: PlaceChange

    @property
    def audit_subject(self) -> str:
        return f"place:{self.change.old_code}"

    @property
    def audit_place(self) -> str:
        return self.change.county_code

    @property
    def audit_detail(self) -> dict[str, object]:
        one = self.change
        return {
            "kind": one.kind, "to": one.new_code, "name": one.new_name, "document": one.document,
            "effective_on": one.effective_on.isoformat(), "rows": sum(one.carried.values()),
        }  # fmt: skip


@recorded("places.change_asked")
def ask_change(
    *,
    by: Actor,
    kind: ChangeKind,
    code: str,
    new_code: str = "",
    new_name: str = "",
    document: str,
    effective_on: date,
) -> Asked:
    """Enters what a document decided about a place; nothing happens before another person confirms. CannotChange says why not.

    renamed: new_name. merged: new_code is a place of the same level and county that stays. recoded: new_code is free.
    """
    place = _standing(code)
    if not document.strip():
        raise CannotChange("请写明批准文件", "Name the document that decides it")
    if effective_on > beijing_today():
        raise CannotChange("生效日期还没有到，请到日再办", "It is not in effect yet: enter it on the day")
    name = new_name.strip()
    codes: dict[str, str] = {}
    if kind is ChangeKind.RENAMED:
        new_code = code
        if not name or name == place.name:
            raise CannotChange("请填写新的名称", "Give the new name")
    else:
        codes = _codes(place, new_code, kind)
        name = _standing(new_code).name if kind is ChangeKind.MERGED else name or place.name
    if PlaceChange.objects.filter(old_code=code, granted__isnull=True).exists():
        raise CannotChange(
            "这个地方已有一项变更等待确认", "A change of this place waits to be confirmed already"
        )
    return Asked(
        PlaceChange.objects.create(
            kind=kind, county_code=code[:6], old_code=code, new_code=new_code, old_name=place.name, new_name=name,
            codes=codes, document=document.strip(), effective_on=effective_on, asked_by=by.actor_name,
            asked_post=by.post_name, asked_at=beijing_now(),
        )
    )  # fmt: skip


def _standing(code: str) -> Place:
    place = Place.objects.filter(code=code, until__isnull=True).first() if code else None
    if place is None or not current_scope().covers(code) or place.level not in CHANGEABLE:
        raise CannotChange(
            f"{code or '（空）'} 不是本县现有的乡镇或行政村",
            f"{code or '(empty)'} is no township or village of this county",
        )
    return place


def _codes(place: Place, new_code: str, kind: ChangeKind) -> dict[str, str]:
    """Every code that ends with the one that takes its place: the place's own, and those of all below it."""
    try:
        level = level_of(new_code)
    except ValueError:
        raise CannotChange(f"“{new_code}”不是行政区划代码", f"“{new_code}” is no place code") from None
    if level != place.level or new_code[:6] != place.code[:6] or new_code == place.code:
        raise CannotChange(
            "新代码应是本县同一级的另一个代码",
            "The new code must be another one of the same level in this county",
        )
    there = Place.objects.filter(code=new_code).first()
    if kind is ChangeKind.MERGED:
        _standing(new_code)
    elif there is not None:
        raise CannotChange(f"代码 {new_code} 已有人使用：{there.name}", f"{new_code} is in use: {there.name}")
    if level is Level.VILLAGE and kind is ChangeKind.RECODED:
        _standing(new_code[:9])
    codes = {place.code: new_code}
    below = Place.objects.filter(code__startswith=place.code, until__isnull=True).exclude(code=place.code)
    taken = set(Place.objects.filter(code__startswith=new_code[:9]).values_list("code", flat=True))
    for code in below.order_by("code").values_list("code", flat=True):
        codes[code] = _moved(code, codes, taken, united=kind is ChangeKind.MERGED)
        taken.add(codes[code])
    return codes


def _moved(code: str, codes: dict[str, str], taken: set[str], *, united: bool) -> str:
    """The code below the new place: the same last digits where they are free, else the next that are."""
    if len(code) == 15:
        home = codes[code[:12]]
        # Groups of a united village have its residents by name only; their rows lie in the village itself.
        return home if united and home + code[12:] in taken else home + code[12:]
    township = codes[code[:9]]
    wanted = township + code[9:]
    if wanted in taken:
        wanted = next(c for n in range(int(code[9:]), 1000) if (c := f"{township}{n:03d}") not in taken)
    return wanted


@recorded("places.change_declined")
def decline_change(*, by: Actor, change_id: int) -> Asked:
    """Somebody sends a change back, or takes their own back before it is confirmed."""
    change = PlaceChange.objects.select_for_update().get(pk=change_id)
    if change.granted is not None:
        raise CannotChange("这项变更已经办结", "This change is settled already")
    if change.asked_by == by.actor_name:
        change.delete()
        return Asked(change)
    change.granted, change.answered_by, change.answered_post = False, by.actor_name, by.post_name
    change.answered_at = beijing_now()
    change.save()
    return Asked(change)


def carry(*, by: Actor, change_id: int) -> PlaceChange:
    """Confirms a change and lets everything follow. In the caller's transaction; its act is recorded by the caller.

    The rows of all tables move in the database: `places_carry` looks for a confirmed change and nothing else. CannotChange where
    something would be left behind at the place that ends.
    """
    change = PlaceChange.objects.select_for_update().get(pk=change_id)
    if change.granted is not None:
        raise CannotChange("这项变更已经办结", "This change is settled already")
    if change.asked_by == by.actor_name:
        raise CannotChange(
            "提出的人不能自己确认，请另一位同事确认", "Whoever asked cannot confirm: another person must"
        )
    change.granted, change.answered_by, change.answered_post = True, by.actor_name, by.post_name
    change.answered_at = beijing_now()
    change.save()
    if change.kind == ChangeKind.RENAMED:
        Place.objects.filter(code=change.old_code).update(name=change.new_name, named=True)
        return change
    _make_places(change)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select table_name, moved from places_carry(%s)", [change.pk])
            change.carried = {table: moved for table, moved in cursor.fetchall() if moved}
    except IntegrityError as left:
        if "left behind" not in str(left):
            raise
        raise CannotChange(
            "两地各有一件同样的事项尚未办结，合并后会有一件无处可查。请先办结其中一件，再确认这项变更",
            "Both places have the same matter open, and one would be lost sight of. Settle one of them first, then confirm this change",
        ) from left
    change.save(update_fields=["carried"])
    return change


def _make_places(change: PlaceChange) -> None:
    """The new places stand before the old ones end, from above to below."""
    old = Place.objects.in_bulk(list(change.codes))
    for code, new in sorted(change.codes.items()):
        was = old[code]
        if not Place.objects.filter(code=new).exists():
            name = change.new_name if code == change.old_code else was.name
            made = ensure(new, name)
            made.since, made.longitude, made.latitude = change.effective_on, was.longitude, was.latitude
            made.save(update_fields=["since", "longitude", "latitude"])
        was.until, was.successor_id = max(change.effective_on, was.since or change.effective_on), new
        was.save(update_fields=["until", "successor"])
        follow(
            code,
            new,
            united=change.kind == ChangeKind.MERGED and code == change.old_code,
            on=change.effective_on,
        )
