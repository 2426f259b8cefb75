"""The work that is planted at a place: exports, cases, pairs, comparisons, explanations, changes of places, with its marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from people import make_account, make_appointment
from rights.planted_clues import clue
from rights.planted_entries import entry, told
from rights.planted_freezes import frozen, known_by
from rights.planted_plans import plan, window
from xiuhua.accounts.models import Appointment
from xiuhua.accounts.terms import Role
from xiuhua.common.clock import beijing_now, beijing_today
from xiuhua.common.sealing import blind, seal
from xiuhua.decisions.models import (
    Appeal,
    Case,
    CaseEvidence,
    CaseStep,
    Kin,
    Pair,
    Paper,
    Procedure,
    Proceeding,
    Recheck,
    Search,
    Signature,
    Snapshot,
    Transfer,
)
from xiuhua.decisions.services.basis import basis_of
from xiuhua.files.models import Export, StoredFile
from xiuhua.files.services import store
from xiuhua.findings.models import Explanation, Finding, Move
from xiuhua.intake.models import Batch, Difference, ForeseenStanding, Purpose, Step
from xiuhua.notices.models import Notice, Objection, Sheet
from xiuhua.places.models import PlaceChange
from xiuhua.registry.models import (
    Correction,
    ExportLayout,
    Household,
    Listing,
    ListingAnswer,
    ListingCover,
    ListingHit,
    NameKey,
    Person,
    Tally,
)

if TYPE_CHECKING:
    from rights.planted import Country, Node

TODAY = date(2025, 9, 30)


@dataclass(frozen=True)
class Hand:
    """Somebody of a place who records and stores, called by its secret."""

    actor_name: str
    post_name: str
    place_code: str


def work(country: Country, node: Node, turn: int, keys: dict[str, Any]) -> dict[str, Any]:
    """One round of work at a place from the city down; `keys` are those of what else this round planted there."""
    if len(node.code) < 4:
        return {}
    paper = store(
        by=Hand(node.secret, node.secret, node.code), place_code=node.code, name=f"{node.secret}{turn}.pdf",
        pieces=[f"{node.secret}材料{turn}".encode()],
    )  # fmt: skip
    made = {"export": _export(node, paper)}
    if len(node.code) >= 6:
        made |= _explained(node, turn, paper, keys)
    if len(node.code) in (6, 9):
        made |= _comparison(node, turn)
    if len(node.code) == 6:
        made |= _county(country, node, turn)
    if len(node.code) == 12:
        made |= frozen(node, keys)
        # Before the cases, which make the worker kin of the household.
        made |= clue(node, turn, paper, keys, country.nodes[node.code[:9]].posts[Role.TOWNSHIP_OFFICE])
        made |= _cases(country, node, turn, paper, keys)
        made |= _lead(country, node, turn, paper, keys)
    return made


def _lead(country: Country, node: Node, turn: int, paper: StoredFile, keys: dict[str, Any]) -> dict[str, int]:
    """A hit of the county's list, heard once. The list itself tells nothing of a place and bears no mark."""
    hit = ListingHit.objects.create(
        listing=_listing(node.code[:6]), village_code=node.code, person_id=keys["person"], kind="payroll", what=f"{node.secret}线报中学{turn}",
        id_blind=Person.objects.get(pk=keys["person"]).id_blind, state="true", found_at=beijing_now(),
    )  # fmt: skip
    heard = ListingAnswer.objects.create(
        hit=hit, village_code=node.code, answer="true", heard_on=TODAY, reason=f"{node.secret}线报属实", evidence=paper, by=node.secret,
        post=node.secret, at=beijing_now(), appointment=country.nodes[node.code[:9]].posts[Role.TOWNSHIP_OFFICE],
    )  # fmt: skip
    said = Finding.objects.create(
        place_code=node.code, kind="warned", rule="lead.payroll", household_number=str(keys["number"]), state="open",
        params={"value": f"{node.secret}线报"}, file_name=f"{node.secret}线报.csv", sheet="", fingerprint=f"{node.secret}l{turn}",
        found_at=beijing_now(), due_on=date(2025, 1, 1),
    )  # fmt: skip
    Move.objects.create(
        finding=said, place_code=node.code, at=beijing_now(), act="closed", way="holds", by=node.secret, post=node.secret,
        says={"zh": f"{node.secret}线报", "en": f"{node.secret}线报"},
    )  # fmt: skip
    ListingCover.objects.get_or_create(
        listing=hit.listing,
        village_code=node.code,
        kind="payroll",
        defaults={"people_until": 0, "at": beijing_now()},
    )
    return {"lead": hit.pk, "heard": heard.pk}


def _listing(county: str) -> Listing:
    told = {
        "place_code": county, "kind": "payroll", "name": "财政_供养人员.csv", "basis": "授权书", "purpose": "比对", "listed_on": TODAY,
        "expires_on": beijing_today() + timedelta(days=30), "brought_by": "county", "brought_post": "县级业务", "brought_at": beijing_now(),
    }  # fmt: skip
    return Listing.objects.get_or_create(county_code=county, defaults=told)[0]


def _export(node: Node, paper: StoredFile) -> int:
    now = beijing_now()
    acting = next(iter(node.posts.values()))
    return Export.objects.create(
        kind="intake.differences", params={"batch": 1}, place_code=node.code, title={"zh": f"{node.secret}差异", "en": node.secret},
        reason=node.secret, asked_by=node.secret, asked_post=node.secret, post=acting.post, step="done", file=paper,
        note={"zh": node.secret, "en": node.secret}, made_at=now, expires_at=now + timedelta(days=30),
    ).pk  # fmt: skip


def _explained(node: Node, turn: int, paper: StoredFile, keys: dict[str, Any]) -> dict[str, int]:
    acting = next(iter(node.posts.values()))
    number = str(keys.get("number", f"{node.code}{turn:04d}{node.secret}"))
    found = Finding.objects.create(
        place_code=node.code, kind="warned", rule="doubt.exited_income", field="wage_fen", household_number=number, state="explained",
        params={"value": f"{node.secret}查见"}, file_name=f"{node.secret}.xlsx", sheet=f"{node.secret}查见", row=3, column=2,
        fingerprint=f"{node.secret}e{turn}", found_at=beijing_now(), due_on=date(2025, 1, 1), owner=acting.post,
    )  # fmt: skip
    told = Explanation.objects.create(
        finding=found, place_code=node.code, text=f"{node.secret}查见情况属实", evidence=paper, valid_until=beijing_today() + timedelta(days=30),
        by=node.secret, post=node.secret, official=acting.official, from_place=node.code, at=beijing_now(),
    )  # fmt: skip
    for act in ("explained", "closed"):  # of the second, the log of what was put right
        Move.objects.create(
            finding=found, place_code=node.code, at=beijing_now(), act=act, way="holds" if act == "closed" else "", by=node.secret, post=node.secret,
            owner=acting.post, says={"zh": f"{node.secret}查见", "en": f"{node.secret}查见"},
        )  # fmt: skip
    return {"explained": found.pk, "explanation": told.pk}


def _comparison(node: Node, turn: int) -> dict[str, int]:
    batch = Batch.objects.create(
        purpose=Purpose.COMPARISON, step=Step.DONE, place_code=node.code, started_by=node.secret, started_post=node.secret,
        data_date=TODAY, finished_at=beijing_now(), counts={"files": [], "kinds": {}},
    )  # fmt: skip
    found = Difference.objects.create(
        batch=batch, place_code=node.code, as_of=TODAY, found="differs", grain="person", household_number=f"{node.code}{turn:04d}{node.secret}",
        person_number=f"{node.secret}01", name=f"{node.mark}{node.secret}", field="name", theirs=node.secret, ours=f"{node.secret}旧",
        theirs_known=True, ours_known=True, ours_changed_by=node.secret, takeable=True, suggested="take",
    )  # fmt: skip
    ForeseenStanding.objects.create(
        batch=batch, place_code=node.code, block=turn, households=[turn], exit_fails=[node.secret], exit_unknown=[], doubts=[], quality_fails=[]
    )  # fmt: skip
    Search.objects.create(
        place_code=node.code, state="done", started_by=node.secret, started_post=node.secret, started_at=beijing_now(),
        finished_at=beijing_now(), told={"people": 7770 + turn, "opened": 1, "known": 0},
    )  # fmt: skip
    return {"comparison": batch.pk, "difference": found.pk, "pair": _pair(node, turn, {})}


def _pair(node: Node, turn: int, keys: dict[str, Any], case: Case | None = None) -> int:
    said = {
        "name": f"{node.mark}{node.secret}户主", "sex": "male", "birth_date": "1980-01-01", "relation": "head", "head": f"{node.secret}户主",
        "household": str(keys.get("number", f"{node.code}{turn:04d}{node.secret}")), "household_id": keys.get("household"), "person_id": keys.get("person"),
        "village": node.code, "source": {"where": "register", "batch": None},
    }  # fmt: skip
    there = {
        **said,
        "household_id": None,
        "person_id": None,
        "source": {"where": "file", "file": f"{node.secret}.xlsx", "sheet": node.secret, "row": 3},
    }
    numbers = {}
    if node.numbers:
        plain = node.numbers[-1]
        for side in ("left", "right"):
            numbers |= {f"{side}_id_sealed": seal(plain), f"{side}_id_blind": blind(plain)}
    # One asks about a number, the other about two people who may be one.
    kind = "same_person" if case else "may_be_same"
    return Pair.objects.create(
        **numbers, place_code=node.code, county_code=node.code[:6], kind=kind, mark=f"{node.secret}{turn}{'c' if case else ''}", left=said, right=there,
        found_by="name_birth_village", score=0.9, opened_at=beijing_now(), state="proposed" if case else "open", case=case, reason=node.secret,
        answer="keep_left" if case else "", decided_by=node.secret if case else "", decided_post=node.secret if case else "",
    ).pk  # fmt: skip


def _county(country: Country, node: Node, turn: int) -> dict[str, int]:
    if turn == 1:  # its townships see the layouts of their county: more of them would show there, rightly
        ExportLayout.objects.create(
            county_code=node.code, name=f"{node.mark}{turn}", columns=[["name", f"{node.secret}姓名"]], title=[node.secret], saved_by=node.secret
        )  # fmt: skip
    NameKey.objects.create(county_code=node.code, name=f"{node.secret}{turn}", key=node.secret.lower())
    change = PlaceChange.objects.create(
        kind="renamed", county_code=node.code, old_code=f"{node.code}{800 + turn}", new_code=f"{node.code}{800 + turn}", old_name=f"{node.secret}乡",
        new_name=f"{node.secret}镇", document=f"{node.secret}号文", effective_on=TODAY, asked_by=node.secret, asked_post=node.secret, asked_at=beijing_now(),
    )  # fmt: skip
    return {"change": change.pk, "listing": _listing(node.code).pk, "window_sheet": window(node)}


def _cases(
    country: Country, node: Node, turn: int, paper: StoredFile, keys: dict[str, Any]
) -> dict[str, int]:
    worker = node.posts[Role.VILLAGE_WORKER]
    office = country.nodes[node.code[:9]].posts[Role.TOWNSHIP_OFFICE]
    waiting = _case(node, f"{turn}", keys["household"], keys["person"])
    evidence = CaseEvidence.objects.create(
        case=waiting,
        place_code=node.code,
        what="booklet",
        file=paper,
        brought_by=node.secret,
        at=beijing_now(),
    )
    _step(waiting, 1, "proposed", worker, node.secret)
    returned = _case(node, f"{turn}r", keys["household"], keys["person"])
    _step(returned, 1, "proposed", worker, node.secret)
    _step(returned, 2, "returned", office, node.secret)
    Correction.objects.create(
        household_id=keys["household"], village_code=node.code, grain="household", row=keys["household"], column="group_name", seen="reported",
        seen_on=TODAY, evidence=paper, by=node.secret, post=node.secret, at=beijing_now(), appointment=office,
    )  # fmt: skip
    if turn == 1:
        zero = dict.fromkeys(
            [
                "households",
                "watched",
                "registered",
                "people",
                "poor",
                "poor_people",
                "exited",
                "fails",
                "unknown",
                "doubt",
            ],
            0,
        )
        Tally.objects.create(village_code=node.code, counted_at=beijing_now(), **zero)
    return {
        "case": waiting.pk, "evidence": evidence.pk, "returned": returned.pk, "pair": _pair(node, turn, keys),
        "proposed_pair": _pair(node, turn, keys, waiting), **_appeal(country, node, turn, paper, keys["household"]),
        **_proceeding(node, paper, keys["household"], worker),
        **known_by(node, keys), **plan(node, keys["household"], worker, office),
    }  # fmt: skip


def _appeal(country: Country, node: Node, turn: int, paper: StoredFile, household: int) -> dict[str, int]:
    """Somebody whose clue came to nothing, and who does not accept it."""
    lost = {"entitled": 30, "present": 24, "yes": 8, "no": 15, "abstained": 1}
    procedure, here = Procedure.objects.filter(name="regular_watch").latest("pk"), {"place_code": node.code}
    worker, office = node.posts[Role.VILLAGE_WORKER], country.nodes[node.code[:6]].posts[Role.COUNTY_OFFICE]
    second = make_appointment(
        make_account(f"{node.mark}{node.secret}{turn}w", f"{node.secret.lower()}{turn}.w"), worker.post
    )
    node.officials.add(second.official_id)
    one = Proceeding.objects.create(
        procedure=procedure, kind=procedure.kind, household_id=household, at_step="clue", begun_at=beijing_now(), as_of=beijing_today(),
        step_since=beijing_today(), begun_appointment=worker, **here,
    )  # fmt: skip
    steps = {step["id"]: step for step in procedure.definition["steps"]}
    for step, by, sign in (
        ("clue", worker, "signed"), ("visit", worker, "signed"), ("visit", second, "signed"), ("comparison", office, "signed"), ("meeting", worker, "no"),
    ):  # fmt: skip
        for wanted in steps[step]["evidence"] if by is not second else ():
            Paper.objects.create(
                proceeding=one, round=1, step=step, at=beijing_now(), what=wanted["code"], file=paper, brought_by=node.secret, appointment=by, **here
            )  # fmt: skip
        Signature.objects.create(
            proceeding=one, number=0, round=1, step=step, sign=sign, appointment=by, official=by.official, actor=node.secret, post=node.secret,
            reason=node.secret, detail={"vote": lost} if step == "meeting" else {}, at=beijing_now(), **here,
        )  # fmt: skip
    made = Appeal.objects.create(
        proceeding=one, round=1, channel="paper", came_on=beijing_today(), said=node.secret, taken_by=node.secret, taken_official=second.official,
        taken_appointment=second, taken_at=beijing_now(), **here,
    )  # fmt: skip
    return {"appeal": made.pk, "refused": one.pk, **told(node, one.pk, office), **entry(node, turn)}


def _proceeding(node: Node, paper: StoredFile, household: int, worker: Appointment) -> dict[str, int]:
    """A clue that was taken up, with everything that can hang on a proceeding."""
    procedure = Procedure.objects.filter(name="regular_watch").latest("pk")
    here = {"place_code": node.code}
    one = Proceeding.objects.create(
        procedure=procedure, kind=procedure.kind, household_id=household, at_step="clue", begun_at=beijing_now(), as_of=beijing_today(),
        step_since=beijing_today(), begun_appointment=worker, **here,
    )  # fmt: skip
    brought = {"proceeding": one, "round": 1, "step": "clue", "at": beijing_now(), **here}
    form = Paper.objects.create(
        what="authorisation", file=paper, brought_by=node.secret, appointment=worker, **brought
    )
    # Records are the database's own; what is planted stands beside them.
    records = basis_of(household, node.code, one.as_of, []).records
    shot = Snapshot.objects.create(
        as_of=one.as_of, records=records, outcomes={}, versions={"said": node.secret}, digest=node.secret, **brought
    )  # fmt: skip
    Recheck.objects.create(
        snapshot=shot, agrees=True, differs=[{"said": node.secret}], at=beijing_now(), **here
    )
    Signature.objects.create(
        proceeding=one, number=0, round=1, step="clue", sign="signed", appointment=worker, official=worker.official, actor=node.secret,
        post=node.secret, reason=node.secret, detail={}, at=beijing_now(), **here,
    )  # fmt: skip
    one.refresh_from_db()
    reference = f"proceeding:{one.pk}:{one.at_step}:1"
    sheet = Sheet.objects.create(
        year=2025, number=Sheet.objects.filter(place_code=node.code).count() + 1, matter={"zh": node.secret, "en": node.secret},
        entries=[{"reference": reference, "line": {"village": node.secret}}], days=7, count="calendar", hung_on=beijing_today(),
        due_on=beijing_today(), file=paper, made_by=node.secret, made_at=beijing_now(), **here,
    )  # fmt: skip
    notice = Notice.objects.create(
        sheet=sheet, reference=reference, matter={"zh": node.secret, "en": node.secret}, lines=[{"village": node.secret}], board=node.secret,
        days=7, count="calendar", hung_on=beijing_today(), due_on=beijing_today(), hung_by=node.secret, hung_appointment=worker, hung_proof=paper,
        recorded_at=beijing_now(), **here,
    )  # fmt: skip
    kin = Kin.objects.create(
        official=worker.official,
        household_id=household,
        relation=node.secret,
        told_by=node.secret,
        at=beijing_now(),
        **here,
    )
    objection = Objection.objects.create(
        notice=notice, channel="paper", came_on=beijing_today(), taken_by=node.secret, said_sealed=seal(node.secret), who_sealed=seal(node.secret), **here
    )  # fmt: skip
    return {
        "proceeding": one.pk,
        "step_paper": form.pk,
        "notice": notice.pk,
        "sheet_of_notice": sheet.pk,
        "objection": objection.pk,
        "kin": kin.pk,
    }


def _case(node: Node, claim: str, household: int, person: int | None, **more: Any) -> Case:
    return Case.objects.create(
        kind=more.pop("kind", "death"), place_code=node.code, claim=f"{node.secret}{claim}", households=[household], persons=[person] if person else [],
        payload=more.pop("payload", {"person": person, "person_name": f"{node.mark}{node.secret}户主"}), effective_on=TODAY,
        reason=more.pop("reason", node.secret), begun_at=beijing_now(), **more,
    )  # fmt: skip


def _step(case: Case, number: int, act: str, by: Appointment, words: str) -> None:
    CaseStep.objects.create(
        case=case, place_code=case.place_code, number=number, act=act, appointment=by, official=by.official, actor=words, post=words,
        reason=words, detail={"lines": []}, at=beijing_now(),
    )  # fmt: skip


def transfers(country: Country) -> None:
    """A household offered to each county by a village of another one, and to two townships by a village of the other. What it shows
    there it may show: it bears no marks."""
    for node in [one for code, one in country.nodes.items() if len(code) == 6]:
        sender = country.nodes["990521101201" if node.code == "990621" else "990621101201"]
        home = Household.objects.create(
            number=f"迁{node.code}", county_code=sender.code[:6], village_code=sender.code, kind="registered", head_name="某户", members_reported=1
        )  # fmt: skip
        case = _case(
            sender, f"to{node.code}", home.pk, None, kind="move_away", payload={"county": node.code}, to_code=node.code, reason="迁"
        )  # fmt: skip
        _step(case, 1, "proposed", sender.posts[Role.VILLAGE_WORKER], "村")
        _step(case, 2, "agreed", country.nodes[sender.code[:9]].posts[Role.TOWNSHIP_OFFICE], "乡")
        node.keys["transfer"] = Transfer.objects.get(case_number=case.pk, place_code=node.code).pk
    for to, of in (("990521101201", "990521102201"), ("990521102201", "990521101201")):
        sender, node = country.nodes[of], country.nodes[to]
        home = Household.objects.create(
            number=f"迁{to}", county_code=of[:6], village_code=of, kind="registered", head_name="某户", members_reported=1
        )  # fmt: skip
        case = _case(sender, f"to{to}", home.pk, None, kind="move", payload={"village": to}, reason="迁")
        _step(case, 1, "proposed", sender.posts[Role.VILLAGE_WORKER], "村")
        node.keys["transfer"] = Transfer.objects.get(case_number=case.pk, place_code=to).pk
