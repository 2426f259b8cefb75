"""The register of an area is searched for people who may stand twice: when somebody wants it, and after a batch that brought
people without a number. What is found becomes pairs; a search decides nothing and merges nothing.

Safe to run again: pairs that are open or decided already are left as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from django.db import InterfaceError, OperationalError, connection

from xiuhua.accounts.models import Appointment
from xiuhua.audit.services import Actor, recorded
from xiuhua.common.clock import beijing_now
from xiuhua.common.identity import CARRIES, resident_number
from xiuhua.common.sealing import CannotOpen, blind, unseal
from xiuhua.decisions.models import Search
from xiuhua.decisions.services.acts import needs
from xiuhua.decisions.services.moot import close_in_area
from xiuhua.decisions.services.pairs import Asked, Side, open_pairs
from xiuhua.decisions.terms import BY_THE_ID, GOING, PairKind, SearchState
from xiuhua.engine.linkage import FoundBy, LinkageMissing, beyond, can_score, candidates, people, scores
from xiuhua.places.scope import Scope, scope_of, within
from xiuhua.places.terms import NATION
from xiuhua.registry.services import Refused
from xiuhua.runtime.jobs import AGE, GIVEN_UP, Work

LOG = logging.getLogger(__name__)

# A pair that a score alone found is opened from here on; chosen on a few small registers, not measured on a large one.
ALONE_FROM = 0.9
# From so few people no weights can be learnt that are worth more than the comparisons.
FEWEST_TO_SCORE = 200
# So many new pairs are opened by a search; the rest is told, and opened by the next: what is known by then takes no room.
MOST, AT_A_TIME = 2000, 200

WORK = Work(task="decisions.search", argument="search_id", lock=0x7868_0005_0000_0000)
# The same lock for all searches of an area, so that one is at work at a time.
AREA = Work(task="decisions.search", argument="place_code", lock=0x7868_0006_0000_0000)
# Found by what two of one family have in common too.
NEAR = (FoundBy.BIRTH_NEAR_NAME, FoundBy.SPLINK)
TOO_FEW = {
    "zh": "人数太少，学不出权重，没有打分",
    "en": "Too few people to learn weights from; no scores",
}
NOT_SCORED = {
    "zh": "打分出了意外，原因已记入系统日志；按逐级比对找到的照常列出，没有打分",
    "en": "Scoring broke, the system log says how; what the comparisons found is listed as always, without scores",
}
BROKEN = {
    "zh": "查找时出了意外，原因已记入系统日志；已开的对保留，可以再查一次",
    "en": "Something unforeseen broke it; the system log says what. Pairs that were opened stay; search once more",
}

PEOPLE = """
select p.id as key, p.name, p.birth_date, p.sex, m.village_code as village, encode(p.id_blind, 'hex') as id_mark, p.id_valid,
  case when p.id_kind = any(%s) then p.id_sealed end as carrying
from registry_membership m join registry_person p on p.id = m.person_id where m.until is null order by p.id
"""

SIDES = """
select p.id, p.number, p.name, p.sex, p.birth_date, p.id_sealed, p.id_blind, p.id_kind, p.id_valid, p.seen, p.seen_on,
  coalesce(p.changed_by, p.brought_by), m.relation, h.id, h.number, h.head_name, h.village_code
from registry_person p join registry_membership m on m.person_id = p.id and m.until is null join registry_household h on h.id = m.household_id
where p.id = any(%s)
"""


@dataclass(frozen=True)
class Wanted:
    """A search that somebody asked for."""

    search: Search

    @property
    def audit_subject(self) -> str:
        return f"search:{self.search.pk}"

    @property
    def audit_place(self) -> str:
        return self.search.place_code


@dataclass(frozen=True)
class _Operator:
    actor_name: str
    post_name: str
    place_code: str


@recorded("decisions.search_wanted")
def want_search(*, by: Appointment, with_scores: bool = False) -> Wanted:
    """Somebody wants the register of their area searched. One search of an area at a time."""
    needs(by, "decisions.pair")
    if Search.objects.filter(place_code=by.place_code, state__in=GOING).exists():
        raise Refused("正在查找，请等它完成", "A search is at work; wait until it is done")
    return Wanted(
        Search.objects.create(
            place_code=by.place_code, started_by=by.actor_name, started_post=by.post_name, started_at=beijing_now(),
            with_scores=with_scores,
        )
    )  # fmt: skip


def waits(place_code: str) -> bool:
    """Whether a search of an area is still to begin: it will read what is in the register by then."""
    return Search.objects.filter(place_code=place_code, state=SearchState.WAITING).exists()


@recorded("decisions.search_after_batch")
def search_after(*, by: Actor, place_code: str, batch: int) -> Wanted:
    """A batch brought people without a number: its area is searched, scored where that can be done. Begins after one at work."""
    return Wanted(
        Search.objects.create(
            place_code=place_code, started_by=by.actor_name, started_post=by.post_name, started_at=beijing_now(),
            with_scores=can_score(), told={"batch": batch},
        )
    )  # fmt: skip


def run_search(search_id: int, place_code: str) -> None:
    """The job. Begins anew when a killed worker's is given back; ends done, or failed with a sentence.

    Busy while another search of the area is at work.
    """
    scope = scope_of(place_code)
    with AREA.alone(crc32(place_code.encode())):
        with within(scope):
            search = Search.objects.get(pk=search_id)
            if search.state not in GOING:
                return
            Search.objects.filter(pk=search_id).update(state=SearchState.AT_WORK, done=0)
        try:
            _search(search, scope)
        except (OperationalError, InterfaceError):
            raise  # the database went away under it: the job is tried again
        except Exception:
            _fail(search, scope, BROKEN)
            raise


def end_left() -> int:
    """Ends, with a sentence, searches that no job works at any more, and says how many."""
    with within(scope_of(NATION)):
        before = beijing_now() - timedelta(seconds=AGE)
        left = [
            one
            for one in Search.objects.filter(state__in=GOING, started_at__lt=before)
            if not WORK.lives(one.pk)
        ]
    for one in left:
        _fail(one, scope_of(one.place_code), GIVEN_UP)
    return len(left)


def _fail(search: Search, scope: Scope, trouble: dict[str, str]) -> None:
    with within(scope):
        Search.objects.filter(pk=search.pk, state__in=GOING).update(
            state=SearchState.FAILED, finished_at=beijing_now(), told={**search.told, "trouble": trouble}
        )


def _search(search: Search, scope: Scope) -> None:
    with within(scope):
        table = people(_by_the_id(_dicts(PEOPLE, [list(CARRIES)])))
    found = candidates(table, both_numbered=False)
    told: dict[str, Any] = {
        **search.told,
        "people": len(table),
        "found": len(found.pairs),
        "crowds": found.crowds,
        "opened": 0,
        "known": 0,
        "left_out": 0,
        "alone": 0,
    }
    weighed = _weighed(table, told) if search.with_scores else None
    weights, alone = _weights(weighed), _alone(table, weighed, found.pairs)
    order = {FoundBy.ID: 0, FoundBy.NAME_BIRTH_VILLAGE: 1, FoundBy.BIRTH_NEAR_NAME: 2, FoundBy.SPLINK: 3}
    pairs = sorted(
        [*found.pairs.to_pylist(), *alone],
        key=lambda one: (
            order[FoundBy(one["found_by"])],
            not one["same_reading"],
            -(_weight(weights, one) or 0),
        ),
    )
    with within(scope, who={"account": search.started_by}):
        close_in_area(by=_Operator(search.started_by, search.started_post, search.place_code))
    for at in range(0, len(pairs), AT_A_TIME):
        with within(scope, who={"account": search.started_by}):
            _open(search, pairs[at : at + AT_A_TIME], weights, told)
            Search.objects.filter(pk=search.pk).update(done=at + AT_A_TIME, total=len(pairs))
    with within(scope):
        Search.objects.filter(pk=search.pk).update(
            state=SearchState.DONE, finished_at=beijing_now(), done=len(pairs), total=len(pairs), told=told
        )


def _weighed(table: Any, told: dict[str, Any]) -> Any:
    """Pairs with their scores; None, and why, where there are none. Weights are learnt from the whole area."""
    if can_score() and len(table) < FEWEST_TO_SCORE:
        told["no_scores"] = TOO_FEW
        return None
    try:
        return scores(table)
    except LinkageMissing as why:
        told["no_scores"] = {"zh": why.zh, "en": why.en}
    except Exception:
        # A register too even to learn from, or a fault: the pairs stand without a score.
        LOG.warning("no weights could be learnt", exc_info=True)
        told["no_scores"] = NOT_SCORED
    return None


def _weights(weighed: Any) -> dict[tuple[int, int], float]:
    if weighed is None:
        return {}
    columns = (weighed[name].to_pylist() for name in ("left", "right", "score"))
    return {(min(one, other), max(one, other)): score for one, other, score in zip(*columns, strict=True)}


def _weight(weights: dict[tuple[int, int], float], pair: dict[str, Any]) -> float | None:
    """The score of a pair, whichever of the two stands left."""
    return weights.get((min(pair["left"], pair["right"]), max(pair["left"], pair["right"])))


def _alone(table: Any, weighed: Any, found: Any) -> list[dict[str, Any]]:
    """What only a score found, as the pairs that comparisons found are told."""
    if weighed is None:
        return []
    more = {"found_by": FoundBy.SPLINK.value, "same_reading": False}
    return [{**one, **more} for one in beyond(table, weighed, found, at_least=ALONE_FROM).to_pylist()]


def _open(
    search: Search, pairs: list[dict[str, Any]], weights: dict[tuple[int, int], float], told: dict[str, Any]
) -> None:
    keys = list({key for one in pairs for key in (one["left"], one["right"])})
    with connection.cursor() as cursor:
        cursor.execute(SIDES, [keys])
        sides = {row[0]: Side.of_register(row) for row in cursor.fetchall()}
    asked = []
    for one in pairs:
        left, right = sides.get(one["left"]), sides.get(one["right"])
        if left is None or right is None:
            continue
        # Twins have one birth date and names one character apart; brothers and sisters nearly so.
        if one["found_by"] in NEAR and left.said["household"] == right.said["household"]:
            continue
        kind, found_by = PairKind.MAY_BE_SAME, one["found_by"]
        if found_by == FoundBy.ID and left.id_blind != right.id_blind:
            found_by = BY_THE_ID  # a file is compared by whole numbers, and would close another kind as asked no more
        elif found_by == FoundBy.ID:
            kind = PairKind.SAME_PERSON if one["name"] in ("same", "near") else PairKind.ID_TWICE
        told["alone"] += found_by == FoundBy.SPLINK
        asked.append(Asked(kind, left, right, found_by, _weight(weights, one)))
    by = _Operator(search.started_by, search.started_post, search.place_code)
    # Above the county a mark is still one of its county's.
    for county in {str(one.left.said["village"])[:6] for one in asked}:
        mine = [one for one in asked if str(one.left.said["village"])[:6] == county]
        done = open_pairs(by=by, county_code=county, asked=mine, most=MOST - told["opened"])
        told["opened"] += done.opened
        told["known"] += done.known
        told["left_out"] += done.left_out


def _by_the_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """People with the mark of the ID number that theirs carries: a blind index is of a whole number, and a disability card begins with
    the ID number. Only those few are opened, and nothing of it is kept."""
    for row in rows:
        if row["carrying"] is not None:
            try:
                row["id_mark"] = blind(resident_number(unseal(bytes(row["carrying"])))).hex()
            except CannotOpen:
                LOG.warning("a number cannot be opened and is compared as it is: person %s", row["key"])
    return rows


def _dicts(sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [one[0] for one in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
