"""What pages and workbooks show of a comparison with the national system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Length, NullIf, Substr

from xiuhua.accounts.models import Account
from xiuhua.common.asked import key
from xiuhua.intake import books
from xiuhua.intake.models import Batch, ByCase, Difference, Found, Purpose, Way
from xiuhua.intake.queries.batches import both
from xiuhua.places.models import Place
from xiuhua.places.queries import names_of
from xiuhua.registry.books import PERSON_EXPORT
from xiuhua.registry.models import Household
from xiuhua.registry.queries.people import sees_birth_dates
from xiuhua.registry.terms import Ending, HouseholdKind, Joining, Leaving, Seen

Both = dict[str, str]
# Matters that are no cell of the export, or that the export calls otherwise.
LABELS = {
    "number": ("户编号不同", "Household number differs"),
    "household_number": ("所在户", "Household they are in"),
    "person_number": ("人编号", "Person number"),
    "kind": ("是否建档立卡", "Registered or not"),
    "": ("整户或整人", "The whole row"),
}
SEALED = frozenset({"id_number", "phone", "bank_account"})
TONES = {Found.ONLY_THERE: "straw", Found.ONLY_HERE: "straw", Found.DIFFERS: "red"}


def open_of(batch_id: int) -> QuerySet[Difference]:
    """Differences of a comparison that are still there, with `way`: what was decided, else what is suggested."""
    return Difference.objects.filter(batch_id=batch_id, settled_at=None).annotate(
        way=Coalesce(NullIf("decided", Value("")), F("suggested"))
    )


@dataclass(frozen=True)
class Asked:
    """What a page or a workbook is narrowed to; empty: everything. `field` is '-' for whole rows."""

    found: str = ""
    field: str = ""
    place: str = ""
    way: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """From an address; what is none of ours is left out."""
        known = {"found": {one.value for one in Found}, "way": {one.value for one in Way}}
        said = {name: query.get(name, "") for name in ("found", "field", "place", "way")}
        place = said["place"] if key(said["place"]) is not None and len(said["place"]) in (9, 12) else ""
        return cls(
            said["found"] if said["found"] in known["found"] else "",
            said["field"][:60],
            place,
            said["way"] if said["way"] in known["way"] else "",
        )

    def but(self, **other: str) -> dict[str, str]:
        """The same as an address's query, with something else in its place."""
        said = {"found": self.found, "field": self.field, "place": self.place, "way": self.way, **other}
        return {name: value for name, value in said.items() if value}

    def only(self, *names: str) -> Q:
        """The condition, of all parts or of some."""
        wanted = names or ("found", "field", "place", "way")
        cut = Q()
        if self.found and "found" in wanted:
            cut &= Q(found=self.found)
        if self.field and "field" in wanted:
            cut &= Q(field="" if self.field == "-" else self.field)
        if self.place and "place" in wanted:
            cut &= Q(place_code__gte=self.place, place_code__lt=f"{self.place}~")
        if self.way and "way" in wanted:
            cut &= Q(decided=self.way) | Q(decided="", suggested=self.way)
        return cut


def label(field: str) -> Both:
    """What a field is called."""
    if field in LABELS:
        return both(*LABELS[field])
    known = PERSON_EXPORT.field(field)
    return both(known.zh, known.en)


def tallies(batch_id: int, asked: Asked) -> dict[str, Counter[str]]:
    """Counts for the filters, each cut by the others: `found`, `field` ('-' for whole rows), `way`, and `place`."""
    rows = open_of(batch_id)
    others = {
        name: [n for n in ("found", "field", "place", "way") if n != name]
        for name in ("found", "field", "way", "place")
    }
    counted: dict[str, Counter[str]] = {}
    for name in ("found", "field", "way"):
        found = rows.filter(asked.only(*others[name])).order_by().values_list(name).annotate(n=Count("id"))
        counted[name] = Counter({value or "-": n for value, n in found})
    digits = 12 if len(asked.place) >= 9 else 9
    near = rows.filter(asked.only("found", "field", "way"))
    if digits == 12:
        near = near.filter(place_code__gte=asked.place[:9], place_code__lt=f"{asked.place[:9]}~")
    places = (
        near.order_by()
        .annotate(part=Substr("place_code", 1, digits))
        .values_list("part")
        .annotate(n=Count("id"))
    )
    counted["place"] = Counter(dict(places))
    return counted


def names_near(codes: Iterable[str]) -> dict[str, str]:
    """Names of places by code."""
    return names_of(set(codes))


def townships_left_out(batch: Batch) -> list[str]:
    """Names of the area's townships that the export says nothing of: they were not compared."""
    told = set(
        batch.rows.filter(book=PERSON_EXPORT.id).exclude(village_code=None).order_by()
        .annotate(part=Substr("village_code", 1, 9)).values_list("part", flat=True).distinct()
    )  # fmt: skip
    all_ = Place.objects.annotate(digits=Length("code")).filter(
        digits=9, code__gte=batch.place_code, code__lt=f"{batch.place_code}~", until=None
    )
    return [name for code, name in all_.order_by("code").values_list("code", "name") if code not in told]


def shown(field: str, value: Any, names: Mapping[str, str]) -> Both | None:
    """A value in words; None where nothing is known. Never asked for a sealed one."""
    if value is None:
        return None
    if field == "village":
        name = names.get(value, value)
        return both(name, name)
    if field == "number" or (field == "household_number" and value in names):
        return both(value, value)
    if field == "kind":
        kind = HouseholdKind(value)
        return both(kind.zh, kind.en)
    return both(*books.words(field, value))


def rows(differences: Iterable[Difference], *, role: str) -> list[dict[str, Any]]:
    """Differences as a page and a workbook show them to a role."""
    found = list(differences)
    codes = {one.place_code for one in found} | {one.place_code[:9] for one in found}
    codes |= {str(v) for one in found if one.field == "village" for v in (one.theirs, one.ours)}
    names = names_near(codes)
    # A household that one sees is told by its number, another area's by no more than that it has one.
    homes = {str(v) for one in found if one.field == "household_number" for v in (one.theirs, one.ours) if v}
    names |= {n: n for n in Household.objects.filter(number__in=homes).values_list("number", flat=True)}
    accounts = {one.ours_changed_by for one in found} | {one.decided_by for one in found}
    people = dict(
        Account.objects.filter(username__in=accounts - {""}).values_list("username", "official__name")
    )
    return [_row(one, names, people, role) for one in found]


def _row(one: Difference, names: Mapping[str, str], people: Mapping[str, str], role: str) -> dict[str, Any]:
    kind, way = Found(one.found), Way(one.decided or one.suggested)
    sealed = one.field in SEALED or (one.field == "birth_date" and not sees_birth_dates(role))
    return {
        "id": one.pk,
        "name": one.name or one.person_number or one.household_number,
        "person": one.grain == "person",
        "household_number": one.household_number,
        "person_number": one.person_number if "#" not in one.person_number else "",
        "household_id": one.household_id,
        "person_id": one.person_id,
        "township": names.get(one.place_code[:9], ""),
        "village": names.get(one.place_code, ""),
        "found": both(kind.zh, kind.en),
        "tone": TONES[kind],
        "field": one.field,
        "label": label(one.field) if one.field else _whole(one),
        "sealed": sealed,
        "theirs": None if sealed or not one.field else shown(one.field, one.theirs, names),
        "ours": None if sealed or not one.field else shown(one.field, one.ours, names),
        "theirs_known": one.theirs_known,
        "ours_known": one.ours_known,
        "year": one.year,
        "seen": both(Seen(one.ours_seen).zh, Seen(one.ours_seen).en) if one.ours_seen and one.ours_known else None,
        "seen_on": one.ours_seen_on,
        "changed_by": people.get(one.ours_changed_by, one.ours_changed_by),
        "changed_at": one.ours_changed_at,
        "batch": one.ours_batch,
        "row": one.row,
        "way": way.value,
        "way_label": both(way.zh, way.en),
        "decided": bool(one.decided),
        "decided_by": people.get(one.decided_by, one.decided_by),
        "decided_at": one.decided_at,
        "taken_in": one.taken_in,
        "may_take": one.takeable,
        "may_fill": one.ours_known or bool(one.change),
        # Gone here by a case: there is nothing of ours to enter there but that.
        "gone": one.change in (ByCase.LEFT, ByCase.ENDED),
        "case": one.by_case,
        "why": _changed(one) if one.change else _why(one),
    }  # fmt: skip


def _whole(one: Difference) -> Both:
    if one.grain == "person":
        return both("成员", "Member")
    n = one.people or 0
    return both(f"整户 {n} 人", f"Household of {n}")


_WHY = {
    "status_reported": ("状态按识别、退出程序变更", "A status changes by a procedure"),
    "village": ("换村须由迁入地接收", "A move must be accepted where they go"),
    "household_number": ("先定此人属于哪一户", "Settle to which household the person belongs"),
    "number": (
        "户主和成员一致，是同一户：核对哪边换了编号，不要重复建户",
        "Head and members agree, it is one household: find out which side has another number, enter it nowhere anew",
    ),
    "person_number": (
        "核对是否同一人，再更正编号",
        "Find out whether it is one person, then correct the number",
    ),
    "id_number": ("对照证件确认哪边是对的", "Look at the document to see which is right"),
    "kind": ("核实是否应建档立卡", "Find out whether it should be registered"),
}


# What names the reason of each change.
_BECAUSE: Mapping[ByCase, type[Leaving | Ending | Joining]] = {
    ByCase.LEFT: Leaving, ByCase.ENDED: Ending, ByCase.ADDED: Joining, ByCase.MOVED: Joining, ByCase.ALTERED: Joining,
}  # fmt: skip


def _changed(one: Difference) -> Both:
    """What a case decided here, in the words in which it is entered there: what, why, from which day."""
    change = ByCase(one.change)
    why = _BECAUSE[change](one.because)
    day = f" {one.changed_on}" if one.changed_on else ""
    return both(f"{change.zh}：{why.zh}{day}", f"{change.en}: {why.en.lower()}{day}")


def _why(one: Difference) -> Both | None:
    """What is to be found out first, where no way is plain."""
    if (one.decided or one.suggested) != Way.VERIFY:
        return None
    if one.field in _WHY:
        return both(*_WHY[one.field])
    if one.found == Found.ONLY_HERE:
        return both("核实是国家系统漏录，还是自然减少", "Missing there, or gone since?")
    if one.found == Found.ONLY_THERE and one.household_id is not None:
        return both(
            "这一户在本系统已销户：先核实此人在哪里",
            "The household has ended here: find out where this person is",
        )
    if one.found == Found.ONLY_THERE:
        return both("行政村不认得，先补村名单", "The village is not known: take the list in first")
    if one.ours_seen == "checked":
        return both("这里是已核实的，入户再核一次", "Ours was checked: check once more on a visit")
    return both("核实后再定", "Find out, then decide")


def comparisons() -> list[dict[str, Any]]:
    """Comparisons whose differences lie in the acting area, newest first; a township sees its county's too."""
    listed: dict[int, dict[str, Any]] = {
        one.pk: {"pk": one.pk, "batch": one, "as_of": one.data_date, "left": 0, "settled": 0}
        for one in Batch.objects.filter(purpose=Purpose.COMPARISON)
    }
    told = Difference.objects.order_by().values_list("batch_id", "as_of")
    for pk, as_of, left, all_ in told.annotate(left=Count("id", filter=Q(settled_at=None)), all=Count("id")):
        one = listed.setdefault(pk, {"pk": pk, "batch": None, "as_of": as_of})
        one |= {"left": left, "settled": all_ - left}
    return [listed[pk] for pk in sorted(listed, reverse=True)]
