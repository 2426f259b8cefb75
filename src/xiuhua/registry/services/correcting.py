"""A recorded value put right by hand, with what is known of it. The rules look again at once; nothing is closed by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import recorded
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.engine import load
from xiuhua.files.models import StoredFile
from xiuhua.findings.services import Why, number_put_right, wake_changed
from xiuhua.places.models import Place
from xiuhua.places.scope import scope_of
from xiuhua.registry.models import Correction, Household, Membership, Person
from xiuhua.registry.queries.bearers import bearer_of, county_elsewhere
from xiuhua.registry.queries.correctable import (
    EXIT_YEAR,
    HEAD,
    MODELS,
    OF_THE_ID,
    SEVERAL,
    Value,
    heads,
    one_value,
    rules_on,
    seen_of,
)
from xiuhua.registry.queries.rules import data_day
from xiuhua.registry.services.looking import look_again
from xiuhua.registry.services.naming import learn_names
from xiuhua.registry.services.refusal import Refused, in_words
from xiuhua.registry.terms import Seen

FEN = 100
ONLY_BY_A_CASE = {
    HEAD: (
        "户主不能直接改：请办“变更户主”，由另一个人审核，以往每一天的户主才都留得住",
        "A head is not corrected: propose a change of head, which somebody else decides, so that every past day keeps its head",
    ),
    EXIT_YEAR: (
        "脱贫年度不能一个人改：请办“更正脱贫年度”，由另一个人审核",
        "Nobody corrects a year of exit alone: propose its correction, which somebody else decides",
    ),
}


class Told(Protocol):
    """What an ID number says of its person, as whoever read it found."""

    @property
    def kind(self) -> str: ...
    @property
    def valid(self) -> bool: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def disability_category(self) -> str | None: ...
    @property
    def disability_grade(self) -> str | None: ...


@dataclass(frozen=True)
class Evidence:
    """How somebody knows: from a paper, or seen by themselves; when; with a file where there is one.

    `checked` speaks for the whole matter that a value belongs to: of a year its house, water, income …; else the whole row.
    """

    seen: Seen
    on: date
    file: StoredFile | None = None


@dataclass(frozen=True)
class Corrected:
    """A value put right, and how many findings the rules closed by it. Values are in the row's history, not here."""

    correction: Correction
    closed: int

    @property
    def audit_subject(self) -> str:
        return f"household:{self.correction.household_id}"

    @property
    def audit_place(self) -> str:
        return self.correction.village_code

    @property
    def audit_detail(self) -> dict[str, Any]:
        one = self.correction
        return {
            "grain": one.grain,
            "row": one.row,
            "column": one.column,
            "seen": one.seen,
            "closed": self.closed,
        }


@recorded("registry.value_corrected")
def correct_value(
    *,
    by: Appointment,
    household: Household,
    grain: Any,
    row: int,
    column: str,
    value: Any,
    evidence: Evidence,
) -> Corrected:
    """Records another value of one column; None: not known after all. Money in fen. The rules are asked again at once.

    Refused: a column that is none or follows from a number, a value its book does not allow, one that says nothing new,
    what a paper says against what was checked, what only a case changes, and to whoever is of the household or kin of it.
    """
    found = _found(household, grain, row, column)
    if found.sealed:
        raise Refused("号码在专门的页面更正", "A number is corrected on its own page")
    value = allowed(found, value)
    held = MODELS[found.grain].objects.select_for_update().get(pk=row)  # type: ignore[attr-defined]
    changed = {} if getattr(held, column) == value else {column: value}
    if changed:
        _left_to_a_case(found, household, held, value)
    with in_words():
        _write(found, household, held, changed, evidence)
    if column == "name":
        _name_of_the_head(household, row, value)
    elif column == "relation" and changed:
        _named_by_its_head(household)
    return _done(by, household, found, evidence)


@recorded("registry.number_corrected")
def correct_number(
    *, by: Appointment, household: Household, grain: Any, row: int, column: str, plain: str, told: Told | None, evidence: Evidence
) -> Corrected:  # fmt: skip
    """Seals another ID number or phone and takes from an ID what it tells. `told`: what the number was read as.

    Refused: an ID whose digits do not agree, or that another person has, here or in another county.
    """
    found = _found(household, grain, row, column)
    mark = blind(plain)
    if column == "phone":
        changed: dict[str, Any] = {"phone_sealed": seal(plain), "phone_blind": mark}
        if found.grain == "person":
            changed["phone_valid"] = True
    else:
        if told is None or not told.valid:
            raise Refused(
                "号码的校验码或出生日期不对，请对照证件逐位核对",
                "The digits do not agree; compare every one with the document",
            )
        sealed = seal(plain)
        _not_anothers(row, mark, sealed)
        changed = {"id_sealed": sealed, "id_blind": mark, "id_kind": told.kind, "id_valid": True}
        changed |= {name: getattr(told, name) for name in OF_THE_ID}
    held = MODELS[found.grain].objects.select_for_update().get(pk=row)  # type: ignore[attr-defined]
    kept = getattr(held, "id_blind" if column == "id_number" else "phone_blind")
    if kept is not None and bytes(kept) == mark:
        changed = {}
    _write(found, household, held, changed, evidence)
    done = _done(by, household, found, evidence)
    if column == "id_number" and changed:
        why = Why(by.actor_name, by.post_name, "登记的号码已更正", "The number on record was corrected")
        county = scope_of(household.county_code)
        closed = number_put_right(person=row, lo=county.lo, hi=county.hi, why=why)
        return replace(done, closed=done.closed + closed)
    return done


def _found(household: Household, grain: Any, row: int, column: str) -> Value:
    found = one_value(household, grain, row, column)
    if found is None:
        raise Refused("这一项不能在这里更正", "This cannot be corrected here")
    return found


def allowed(found: Value, value: Any) -> Any:
    """The value as the column holds it; refuses what its book does not know."""
    field = found.field
    if value is None or value == "":
        if field.kind == "name":
            raise Refused("姓名不能为空", "A name cannot be empty")
        return None
    if field.codes and field.codes in load().codes:
        codes = str(value).split(",") if field.key in SEVERAL else [str(value)]
        if any(load().codes[field.codes].code(one) is None for one in codes):
            raise Refused("代码表里没有这一项", "Not in the code list")
        return ",".join(codes)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        unit = FEN if field.kind == "yuan" else 1
        if (field.low is not None and value < field.low * unit) or (
            field.high is not None and value > field.high * unit
        ):
            raise Refused(
                f"超出范围：应在 {field.low} 至 {field.high} 之间",
                f"Out of range: {field.low} to {field.high}",
            )
    if isinstance(value, date) and value > beijing_today():
        raise Refused("日期不能晚于今天", "A day cannot be later than today")
    return value


def _left_to_a_case(found: Value, household: Household, held: Any, value: Any) -> None:
    """Refuses what two people change by a case: the one head, so that every past day keeps its own, and the year of exit."""
    if found.column == EXIT_YEAR:
        raise Refused(*ONLY_BY_A_CASE[EXIT_YEAR])
    if found.column == "relation" and HEAD in (held.relation, value):
        others = [one for one in heads(household) if one.pk != held.pk]
        # Right where there is none, or one too many: then somebody wrote it down wrongly.
        if bool(others) is (value == HEAD):
            raise Refused(*ONLY_BY_A_CASE[HEAD])


def _write(
    found: Value, household: Household, held: Any, changed: dict[str, Any], evidence: Evidence
) -> None:
    """Saves what changes, and how the matter is known now. What was checked yields to another check only."""
    if evidence.on > beijing_today():
        raise Refused("核实日期不能晚于今天", "It cannot have been seen later than today")
    seen = seen_of(found.grain, found.column)
    # How a relation is known, its person's record tells.
    told = Person.objects.select_for_update().get(pk=held.person_id) if found.grain == "membership" else held
    if getattr(told, seen) == Seen.CHECKED and evidence.seen != Seen.CHECKED:
        raise Refused(
            "这一项是核实过的，只能再次核实后更正", "This was checked; only another check can correct it"
        )
    known: dict[str, Any] = {}
    if evidence.seen == Seen.CHECKED or getattr(told, seen) is None:
        known = {seen: evidence.seen.value, f"{seen}_on": evidence.on}
    known = {name: value for name, value in known.items() if getattr(told, name) != value}
    if not changed and not known:
        raise Refused("与登记的一样，没有要更正的", "The register says so already; nothing to correct")
    _save(held, changed if told is not held else {**changed, **known})
    if told is not held:
        _save(told, known)


def _save(row: Any, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))


def _name_of_the_head(household: Household, person: int, name: str) -> None:
    """A head's name is one fact: the household is called by it. Any name is read, so that it is found."""
    learn_names(county_code=household.county_code, names=[name])
    heads = Membership.objects.filter(household=household, person=person, until__isnull=True, relation="head")
    if heads.exists():
        Household.objects.filter(pk=household.pk).update(head_name=name)


def _named_by_its_head(household: Household) -> None:
    """Who is head now gives the household its name; of none or several nobody knows a better one."""
    found = heads(household)
    if len(found) == 1:
        Household.objects.filter(pk=household.pk).update(head_name=found[0].person.name)


def _not_anothers(person: int, mark: bytes, sealed: bytes) -> None:
    if bearer_of(mark, sealed=sealed, apart_from=person) is not None:
        raise Refused(
            "这个号码已登记在另一人名下，请先核对是不是同一人",
            "Another person has this number; find out first whether they are one",
        )
    elsewhere = county_elsewhere(mark, sealed=sealed)
    if elsewhere is not None:
        where = Place.objects.filter(code=elsewhere).values_list("name", flat=True).first() or elsewhere
        raise Refused(
            f"这个号码在本地区以外（{where}）已有登记，请先与对方核对",
            f"This number is registered outside of this area ({where}); settle it with them first",
        )


def _done(by: Appointment, household: Household, found: Value, evidence: Evidence) -> Corrected:
    """Writes down who knew it how, wakes what rested on the value, and lets the rules look at the household again."""
    with in_words():
        made = Correction.objects.create(
            household=household, village_code=household.village_code, grain=found.grain, row=found.row, column=found.column, seen=evidence.seen,
            seen_on=evidence.on, evidence=evidence.file, appointment=by, by=by.actor_name, post=by.post_name, at=beijing_now(),
        )  # fmt: skip
    county = scope_of(household.county_code)
    wake_changed(
        household=household.number, rules=rules_on(found.column), lo=county.lo, hi=county.hi, by=by.actor_name, post=by.post_name,
        person=(found.person.number or "") if found.person else "",
    )  # fmt: skip
    looked = look_again(
        households=[household.pk], as_of=data_day(household.village_code), by=by.actor_name, post=by.post_name
    )
    return Corrected(made, looked.closed)
