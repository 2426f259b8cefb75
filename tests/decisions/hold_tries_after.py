"""What somebody without scruples tries with what is kept, watched, appealed against, taken back, or shown on the web."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import people
from decisions.hold_acts import VILLAGE
from decisions.hold_driver import Driver, one_of

WATCHING: list[Any] = [
    {"watch_class": "unstable", "measures": ["work"]}, {"watch_class": "marginal", "measures": ["work"]}, {"watch_class": "sudden", "measures": []},
    {"watch_class": "none", "measures": ["work"]}, {"watch_class": "sudden"}, {"measures": ["work"]}, {"mode": "helped"}, {"mode": "x"}, {}, {"mode": None},
    {"watch_class": "sudden", "measures": ["work"], "mode": "natural"},
]  # fmt: skip


def writes_a_watch(d: Driver) -> None:
    one = one_of(d)
    basis, number = d.rng.choice(
        [
            ("case", f"P{one['id']}" if one else "P1"),
            ("case", "P999"),
            ("case", "A1"),
            ("moved", "1"),
            ("opening", ""),
        ]
    )
    opening = d.ask("select id from public.registry_opening limit 1")[0]["id"] if basis == "opening" else None
    said = d.rng.choice(["none", "unstable", "sudden"])
    # Nobody's honest work takes over who is watched at the opening; that is one act here, for whom nobody watched yet.
    home = d.rng.choice(d.homes)
    d.attempt(
        f"watched as {said} by {basis} {number}",
        "insert into public.registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, opening_id, recorded_at, recorded_by) values (%s, %s, %s, %s, %s, %s, %s, %s, now(), 'x') returning id",
        home.pk, VILLAGE, said, "natural" if said == "none" else "", d.today, basis, number, opening,
    )  # fmt: skip


def decides_watching(d: Driver) -> None:
    """The last step of watching or letting go, in any class and mode."""
    found = [
        one
        for one in d.proceedings()
        if one["at_step"] == "county" and d.told.begun[one["id"]].startswith("regular")
    ]
    if found:
        one = d.rng.choice(found)
        d.paper(one, "county_approval")
        d.snapshot(one)
        able = d.eligible(one) or list(d.known)
        d.sign(one, d.rng.choice(able), detail=d.rng.choice(WATCHING))


def lets_go(d: Driver) -> None:
    """Whoever is watched is let go of: begun too early or in time, on old records or new ones; mostly in a mode at the last."""
    one = d.towards_letting_go(d.homes[3])
    if one is not None and one["at_step"] == "county":
        d.paper(one, "county_approval")
        d.snapshot(one)
        able = d.eligible(one) or list(d.known)
        mode = {"mode": d.rng.choice(["helped", "natural"])}
        d.sign(one, d.rng.choice(able), detail=mode if d.rng.random() < 0.7 else d.rng.choice(WATCHING))


def changes_what_was_kept(d: Driver) -> None:
    """Keeps what it rests on, lets the records change, then signs; also with the very second signature of a step."""
    if one := one_of(d, "open"):
        if d.rng.random() < 0.7:
            d.snapshot(one)
        if d.rng.random() < 0.7:
            d.spoil(one["household_id"])
        able = d.eligible(one) or list(d.known)
        d.sign(
            one,
            d.rng.choice(able),
            detail=d.told_at(one, d.step(one)) or {"watch_class": "sudden", "measures": ["work"]},
        )


def appeals(d: Driver) -> None:
    found = [
        one for one in d.proceedings(None) if one["course"] in ("refused", "withdrawn") or one["effect_on"]
    ] or d.proceedings(None)
    if found:
        wrong = d.rng.choice(
            [{}, {}, {}, {"upheld": True}, {"place_code": people.SECOND_VILLAGE}, {"said": " "}]
        )
        day = d.today - timedelta(days=d.rng.choice([0, 0, 1, 40, -1]))
        d.appeal(d.rng.choice(found), d.rng.choice(list(d.known)), day, **wrong)


def hears(d: Driver) -> None:
    """Anybody, with or without reasons; or whoever it most likely goes to."""
    found = d.ask("select * from public.decisions_appeal where answered_at is null") or d.ask(
        "select * from public.decisions_appeal"
    )
    if found:
        likely = [pk for pk, who in d.known.items() if who.role in ("county_office", "higher_office")]
        by = d.rng.choice(likely if d.rng.random() < 0.7 else list(d.known))
        d.hear(d.rng.choice(found), by, d.rng.random() < 0.7, d.rng.choice(["查实", "查实", ""]))


def takes_back(d: Driver) -> None:
    """With or without the household's own paper, signed by one of it or not; now and then confirmed by somebody else."""
    if one := one_of(d, "open"):
        if d.rng.random() < 0.6:
            d.paper(one, "withdrawal")
        for _turn in range(d.rng.choice([1, 1, 2])):
            told = (
                {"member": d.rng.choice([*sorted(d.members_of(one["household_id"])), "nobody"])}
                if d.rng.random() < 0.8
                else {}
            )
            d.sign(
                one,
                d.rng.choice(list(d.known)),
                "withdrawn",
                d.rng.choice(["", "本户撤回", "本户撤回"]),
                told,
            )


def lapses(d: Driver) -> None:
    if one := one_of(d):
        d.lapse(one)


def moves_the_home(d: Driver) -> None:
    """Away from where something is under way, or ended meanwhile."""
    if one := one_of(d, "open"):
        column, value = d.rng.choice([("village_code", people.SECOND_VILLAGE), ("ended_on", d.today)])
        if d.attempt(
            f"{column} of the household := {value}",
            f"update public.registry_household set {column} = %s where id = %s",
            value,
            one["household_id"],
        ):
            d.at_once.append(f"the household of P{one['id']} left while it was under way")


def puts_it_on_the_web(d: Driver) -> None:
    """A page for a household, by the table or by the door for strangers."""
    notices = d.ask("select id from public.notices_notice")
    if notices:
        notice = d.rng.choice(notices)["id"]
        d.attempt(*d.rng.choice([
            ("a page", "insert into public.notices_publication (notice_id, slug, place_code, place_name, handled_by, answered_by, matter, lines, board, hung_on, due_on) select id, 'x', place_code, 'x', 'x', 'x', matter, lines, board, hung_on, due_on from public.notices_notice where id = %s returning id", notice),
            ("a page by its maker", "select 1 from public.notices_notice n, public.notices_publish(n) where n.id = %s", notice),
            ("an objection to no page", "select public.notices_object(%s, 'x', null, null, current_date)", "x"),
            ("pages come back", "update public.notices_publication set down_on = null"), ("pages go", "delete from public.notices_publication"),
        ]))  # fmt: skip


AFTER: list[Callable[[Driver], None]] = [
    writes_a_watch, decides_watching, lets_go, changes_what_was_kept, appeals, appeals, hears, hears, takes_back, lapses, moves_the_home, puts_it_on_the_web,
]  # fmt: skip
