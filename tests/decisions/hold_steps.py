"""What a signature must rest on at its step: who, which evidence, votes, notice, records, and what may follow of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from decisions.hold_known import (
    CHECK_DAYS,
    CLASSES,
    NO_GROUND_LOST,
    ROLES,
    SIDES,
    WATCHED_DAYS,
    Known,
    Rows,
    Told,
)


def class_of(one: dict[str, Any], effect: dict[str, Any]) -> str:
    """In which class the household is watched by it; empty where it is not about that."""
    if effect.get("asks_class"):
        return str(one["detail"].get("watch_class"))
    return str(effect.get("watched") or "")


def takes_effect(
    label: str, one: dict[str, Any], effect: dict[str, Any], moment: dict[str, Any]
) -> list[str]:
    """Of watching: the class fits where the household stands, help is named; let go of after its time, in a mode."""
    detail, stands = one["detail"], moment["stands"]
    found = []
    if effect.get("asks_class"):
        said = detail.get("watch_class")
        if said not in CLASSES or (said == "unstable" and stands["status"] != "exited"):
            found.append(f"{label}: watched as {said} from {stands}")
        if said == "marginal" and (
            stands["status"] not in (None, "removed")
            or (stands["status"] is None and stands["kind"] == "registered")
        ):
            found.append(f"{label}: watched as {said} from {stands}")
        if not isinstance(detail.get("measures"), list) or not detail["measures"]:
            found.append(f"{label}: no help is named")
        if stands["watch_class"] not in (None, "none"):
            found.append(f"{label}: is watched already")
    elif effect.get("watched") == "none":
        if stands["watch_class"] in (None, "none") or (moment["day"] - stands["since"]).days < WATCHED_DAYS:
            found.append(f"{label}: let go of too early from {stands}")
        if detail.get("mode") not in ("helped", "natural"):
            found.append(f"{label}: let go of in no mode")
    return found


def watched_its_time(
    label: str, one: dict[str, Any], procedure: dict[str, Any], signed: Rows, told: Told
) -> list[str]:
    """Of whoever is let go of, each signature and each of its newest visit: not before it was watched its time in the class it has."""
    if procedure["effect"].get("watched") != "none":
        return []
    stands, visit = told.at[one["id"]]["stands"], procedure["steps"][0]["id"]
    if stands["watch_class"] in (None, "none"):
        return [f"{label}: is not watched"]
    visits = [x for x in signed if (x["step"], x["sign"]) == (visit, "signed")]
    newest = [x for x in visits if x["round"] == visits[-1]["round"]] if one["step"] != visit else []
    days = {told.at[x["id"]]["day"] for x in (one, *newest)}
    early = [day for day in days if (day - stands["since"]).days < WATCHED_DAYS]
    return [f"{label}: looked at on {min(early)}, watched since {stands['since']}"] if early else []


def who_signs(
    label: str,
    one: dict[str, Any],
    who: Known,
    step: dict[str, Any],
    told: Told,
    proceeding: dict[str, Any],
) -> list[str]:
    found, moment = [], told.at[one["id"]]
    if not proceeding["place_code"].startswith(who.place):
        found.append(f"{label}: from elsewhere")
    if who.until is not None and who.until < moment["day"]:
        found.append(f"{label}: not in the post any more")
    if who.official in moment["kin"] or who.deputises in moment["kin"]:
        found.append(f"{label}: by kin")
    if one["sign"] == "withdrawn":
        return found
    if not any(
        who.role == ROLES.get(each) and (each not in SIDES or who.office == each) for each in step["who"]
    ):
        found.append(f"{label}: by {who.role}")
    apart = step.get("apart_from", [])
    for before, both in moment["acts"]:
        if (
            both & {who.official, who.deputises}
            and before != step["id"]
            and ("all" in apart or before in apart)
        ):
            found.append(f"{label}: judged by whoever did {before}")
    return found


def complete(
    label: str,
    one: dict[str, Any],
    step: dict[str, Any],
    procedure: dict[str, Any],
    rows: dict[str, Rows],
    told: Told,
    proceeding: dict[str, Any],
    turn: int,
) -> list[str]:
    found, moment = [], told.at[one["id"]]
    if step["does"] in ("notice", "announcement"):
        found += hung(label, step, rows, moment, proceeding, turn)
    else:
        found += unproved(label, step, rows, moment, proceeding, turn)
    if step.get("vote") and counted(one, step) is not True:
        found.append(f"{label}: the vote does not carry it")
    if step["does"] == "household":
        found += agreed(label, one, step, rows, moment, proceeding, turn)
    if step.get("grounds") and moment["state"] not in NO_GROUND_LOST and not moment["forged"]:
        found.append(f"{label}: taken away on no ground that was checked")
    if (
        procedure["direction"] == "leaving"
        and step.get("rules")
        and not moment["sound"]
        and not moment["forged"]
    ):
        found.append(f"{label}: a standard fails or was not checked")
    if procedure["effect"].get("watched") == "none" and step.get("rules") and not moment["forged"]:
        seen, since = moment["fresh"], moment["stands"]["since"]
        if seen is None or since is None or seen < since or (moment["day"] - seen).days > CHECK_DAYS:
            found.append(f"{label}: rests on what was seen {seen}, watched since {since}")
    if procedure["effect_at"] == step["id"] or step.get("rules") or step.get("grounds"):
        shots = [
            x
            for x in rows["decisions_snapshot"]
            if x["proceeding_id"] == proceeding["id"] and x["step"] == step["id"] and x["round"] == turn
        ]
        if not shots:
            found.append(f"{label}: nothing was kept of what it rests on")
        elif shots[-1]["as_of"] != moment["judged"]:
            found.append(f"{label}: kept of another day")
    return found


def counted(one: dict[str, Any], step: dict[str, Any]) -> bool | None:
    """Whether a count carried it; None where it is none, or too few were there to decide anything."""
    vote = one["detail"].get("vote")
    vote = vote if isinstance(vote, dict) else {}
    counts = [vote.get(name) for name in ("yes", "no", "abstained", "present", "entitled")]
    if not all(type(n) is int and n >= 0 for n in counts):
        return None
    yes, no, abstained, present, entitled = (int(str(n)) for n in counts)
    part, whole = map(int, step["vote"]["quorum"].split("/"))
    if yes + no + abstained != present or present > entitled or present * whole < part * entitled:
        return None
    return yes * 100 > step["vote"]["passes_percent"] * present


def agreed(
    label: str,
    one: dict[str, Any],
    step: dict[str, Any],
    rows: dict[str, Rows],
    moment: dict[str, Any],
    proceeding: dict[str, Any],
    turn: int,
) -> list[str]:
    """A member agrees by the household's own signature; a representative by the paper that says so, and a reason."""
    said, represents = one["detail"].get("member"), one["detail"].get("member") == "nobody"
    if not represents and said not in moment["members"]:
        return [f"{label}: nobody is said to have signed for the household"]
    wanted = {paper["or_else"] if represents else paper["code"] for paper in step["evidence"] if paper["kind"] == "signature"}  # fmt: skip
    there = {
        x["what"] for x in rows["decisions_paper"]
        if x["proceeding_id"] == proceeding["id"] and x["step"] == step["id"] and x["round"] == turn and x["id"] in moment["papers"]
    }  # fmt: skip
    if not wanted <= there or (represents and not one["reason"].strip()):
        return [f"{label}: signed by {said} without {wanted - there or 'a reason'}"]
    return []


def unproved(
    label: str,
    step: dict[str, Any],
    rows: dict[str, Rows],
    moment: dict[str, Any],
    proceeding: dict[str, Any],
    turn: int,
) -> list[str]:
    """Which evidence of the step was not there, or was over."""
    found = []
    for paper in step.get("evidence", []):
        codes = {paper["code"], paper.get("or_else")}
        brought = [
            x for x in rows["decisions_paper"]
            if x["proceeding_id"] == proceeding["id"] and x["step"] == step["id"] and x["round"] == turn and x["what"] in codes and x["id"] in moment["papers"]
        ]  # fmt: skip
        days = paper.get("expires_days")
        if not any(
            days is None or moment["brought"][x["id"]] + timedelta(days=days) >= moment["day"]
            for x in brought
        ):
            found.append(f"{label}: without {paper['code']}")
    return found


def hung(
    label: str,
    step: dict[str, Any],
    rows: dict[str, Rows],
    moment: dict[str, Any],
    proceeding: dict[str, Any],
    turn: int,
) -> list[str]:
    reference = f"proceeding:{proceeding['id']}:{step['id']}:{turn}"
    its = [x for x in rows["notices_notice"] if x["reference"] == reference]
    if len(its) != 1:
        return [f"{label}: hung {len(its)} times"]
    notice = its[0]
    found = []
    # Seven days at the least, the day of hanging not counted, taken down after the last one.
    if notice["taken_down_on"] is None or notice["taken_down_on"] <= notice["hung_on"] + timedelta(days=7):
        found.append(f"{label}: came down too early or not at all")
    if notice["taken_down_on"] is not None and notice["taken_down_on"] > moment["day"]:
        found.append(f"{label}: taken down in the future")
    if notice["hung_on"] < moment["since"][reference]:
        found.append(f"{label}: hung before the step was reached")
    for objection in rows["notices_objection"]:
        if objection["notice_id"] == notice["id"] and (
            objection["answered_at"] is None or (objection["upheld"] and step["does"] == "notice")
        ):
            found.append(f"{label}: closed over an objection")
    return found
