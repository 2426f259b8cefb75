"""Asks addresses as somebody, of what is theirs and what is not, and tells every hole: a checker, so that it can be tried
on holes that were planted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from people import sign_in
from rights.answers import Seen, opened
from rights.expected import REACHES, Probe
from rights.planted import BORN, EYES, Country, Node, grow, token_of
from rights.telling import (
    ENDS,
    MOVING,
    REFUSED,
    Hole,
    act_of,
    around,
    bears,
    difference,
    fixed,
    keeping,
    nameable,
    naming,
    protected,
    undone,
    without_officials,
)
from xiuhua.accounts.permissions import ANYONE, SIGNED_IN
from xiuhua.config import rights
from xiuhua.places.scope import scope_of, within


@dataclass
class Walk:
    """One pair of eyes over some addresses. `holes` tells what was wrong, `answered` which address gave something, `own`
    which showed what is theirs, `shown` the answers about one's own, to be compared later."""

    country: Country
    eyes: str
    probes: dict[str, Probe]
    holes: list[Hole] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    reads_only: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        code, role = EYES[self.eyes]
        self.scope = scope_of(code)
        self.home = self.country.nodes[code]
        self.acting = self.home.posts[role]
        # Whether nobody before these eyes looks from the same place.
        self.first_here = self.eyes == next(name for name, (at, _role) in EYES.items() if at == code)
        self.client = sign_in(Client(raise_request_exception=False), self.acting)
        self.program = Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer {token_of(self.home, role)}"}
        )
        self.inside, self.outside = self.country.within(self.scope), self.country.outside(self.scope)

    # --- what is asked

    def all(self) -> None:
        """Every address: by right, of one's own, of others', with what is others' in the query and the form."""
        for address, probe in self.probes.items():
            self.one(address, probe)

    def one(self, address: str, probe: Probe) -> None:
        """One address."""
        own = [node for node in self.inside if bears(node, probe)]
        if not self.may(address):
            self._without_right(address, probe, (own or [n for n in self.outside if bears(n, probe)])[:1])
            return
        turn = self._turn(address)
        if own:
            # One's own place or the lowest below it; another role asks the other. Where nothing (handed out: of theirs) is to be had, both.
            here, there = (own[0], own[-1])[:: -1 if turn % 2 else 1]
            self._inside(address, probe, here, further=self.first_here or not turn % 2)
            if address not in (self.own if probe.handed_out else self.answered) and there is not here:
                self._inside(address, probe, there, further=False)
        if own and not probe.one_way:
            self._narrowed(address, probe, own[0])
        if probe.kinds and not fixed(probe):
            self._by_key(address, probe, own[:1])
        # Who is the second at a place asks one of the two: what is others' in the query, or in the form and what is one's own in the query.
        reads = address in self.reads_only
        if own and (reads or self.first_here or turn % 2):
            self._queried(address, probe, own[0], self._in_turn(address, 2)[0])
        if own and not reads and (self.first_here or not turn % 2):
            self._form_of_others(address, probe, own[0])

    def may(self, address: str) -> bool:
        right = rights.right_of(address)
        return right in (ANYONE, SIGNED_IN) or (right is not None and rights.may(self.acting, right))

    def _without_right(self, address: str, probe: Probe, nodes: list[Node]) -> None:
        for node in nodes:
            for method in ("post" if probe.one_way else "get",):
                seen = self._ask(address, probe, [node] * len(probe.kinds), method=method)
                if seen.status != 403:
                    self._hole(address, f"{method} without the right answers {seen.status}, not 403")
                self._leaks(address, seen, probe, "")

    def _inside(self, address: str, probe: Probe, node: Node, *, further: bool) -> None:
        seen = self._ask(address, probe, [node] * len(probe.kinds))
        known = {405} if probe.one_way else {200, 302} | probe.not_here
        if seen.status not in known:
            self._hole(address, f"of one's own ({node.code}) it answers {seen.status}")
        self._leaks(address, seen, probe, "")
        self.shown[address, node.code] = MOVING.sub("", seen.text) if seen.status == 200 else str(seen.status)
        if seen.status in {200, 302, 405} | (probe.not_here - {404}):
            self.answered.add(address)
        if any(one.secret in seen.text for one in self.inside):
            self.own.add(address)
        if probe.handed_out:
            seen = self._ask(address, probe, [node] * len(probe.kinds), method="post")
            if seen.status not in {200} | probe.not_here:
                self._hole(address, f"of one's own ({node.code}) it hands out nothing: {seen.status}")
            if node.secret in seen.text and seen.status == 200:
                self.own.add(address)
            self._leaks(address, seen, probe, "")
        for query in probe.queries if further else ():
            asked = query.format(**node.texts)
            self._leaks(
                address, self._ask(address, probe, [node] * len(probe.kinds), query=asked), probe, asked
            )
        if probe.json:
            body = probe.json.format(**node.texts)
            seen = self._ask(address, probe, [node] * len(probe.kinds), method="post", body=body)
            if seen.status != 200:
                self._hole(address, f"what is one's own, looked for, answers {seen.status}")
            self.answered.add(address)
            if any(one.secret in seen.text for one in self.inside):
                self.own.add(address)

    def _by_key(self, address: str, probe: Probe, own: list[Node]) -> None:
        """What lies outside, by its address: of the nearest, all or only what is below one's own, read and written to; of one that
        is farther, in turn, the one or the other."""
        near, *farther = self._others(probe) or [None]
        if near is None:
            return
        count, turn = len(probe.kinds), self._turn(address)
        below = bool(own) and sum(not kind.startswith("=") for kind in probe.kinds.values()) > 1
        self._of_others(address, probe, [near] * count)
        if below:
            self._of_others(address, probe, [*own, *[near] * (count - 1)])
        for node in farther[turn % 2 :: 2]:
            nodes = [*own, *[node] * (count - 1)] if below else [node] * count
            self._of_others(address, probe, nodes, ("get", "post")[turn // 2 % 2])

    def _of_others(self, address: str, probe: Probe, nodes: list[Node], only: str = "") -> None:
        for method in ("get", "post"):
            if method == "get" and probe.one_way:
                continue
            # Where nothing can be written to, only reading is left; where nothing is read, only writing.
            if only and only != method and not (probe.one_way or address in self.reads_only):
                continue
            if method == "post" and address in self.reads_only:
                continue
            seen = self._ask(address, probe, nodes, method=method, form=True)
            if seen.status == 405 and method == "post":
                self.reads_only.add(address)
            elif seen.status not in REFUSED:
                where = "+".join(node.code for node in nodes)
                self._hole(address, f"{method} of {where}, outside, answers {seen.status}")
            self._leaks(address, seen, probe, "")

    def _queried(self, address: str, probe: Probe, own: Node, other: Node) -> None:
        usual = "?q={mark}&place={place}&household={number}&after={place}.0"
        for query in (usual, *probe.queries):
            asked = query.format(**other.texts)
            seen = self._ask(address, probe, [own] * len(probe.kinds), query=asked)
            if seen.status >= 500:
                self._hole(address, f"{asked} answers {seen.status}")
            self._leaks(address, seen, probe, asked)
        if probe.json:
            body = probe.json.format(**other.texts)
            seen = self._ask(address, probe, [own] * len(probe.kinds), method="post", body=body)
            self._leaks(address, seen, probe, body)

    def _form_of_others(self, address: str, probe: Probe, own: Node) -> None:
        """A form that names what is others', sent to one's own: nothing of theirs may move or be told. Where an address has a form of
        its own, one of the others is named in that and another in the words that all forms share."""
        others = self._in_turn(address, 3)
        ours = {"own_post": self.acting.post_id, "own_place": self.home.code}
        for at in range(1 + bool(probe.form)):
            other = others[at % len(others)]
            data = naming(other, others, probe, ours, whole=not at)
            seen = self._ask(address, probe, [own] * len(probe.kinds), method="post", data=data)
            if seen.status >= 500:
                self._hole(address, f"a form that names {other.code} answers {seen.status}")
            self._leaks(address, seen, probe, " ".join(str(value) for value in data.values()))
            if seen.status == 405:
                return

    def _in_turn(self, address: str, among: int) -> list[Node]:
        """So many of the others, beginning at another one for each address and pair of eyes: each is named by some role in each
        way, and no role has to name all."""
        others = self._others(Probe(frozenset()))[:among]
        first = self._turn(address) % len(others)
        return others[first:] + others[:first]

    def _turn(self, address: str) -> int:
        """Another number for each address and pair of eyes, one apart for two roles that follow each other."""
        return list(self.probes).index(address) + list(EYES).index(self.eyes)

    def _others(self, probe: Probe) -> list[Node]:
        """The nearest neighbour, one of another county, and what lies above, of those that bear what is asked for."""
        bearing = [node for node in self.outside if bears(node, probe)]
        above = [node for node in bearing if self.home.code.startswith(node.code)]
        rest = [node for node in bearing if node not in above]

        def near(node: Node) -> int:
            pairs = zip(node.code, self.home.code, strict=False)
            return -sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

        level = [node for node in rest if len(node.code) == len(self.home.code)] or rest
        return [*sorted(level, key=near)[:1], *sorted(rest, key=near)[-1:], *above[-1:]]

    # --- how it is asked

    def _ask(
        self,
        address: str,
        probe: Probe,
        nodes: list[Node],
        *,
        method: str = "get",
        query: str = "",
        form: bool = False,
        data: dict[str, Any] | None = None,
        body: str = "",
    ) -> Seen:
        """One request, undone afterwards; what it changed outside of the area is a hole."""
        kinds = probe.kinds.items()
        given = {
            name: kind[1:] if kind.startswith("=") else node.keys[kind]
            for (name, kind), node in zip(kinds, nodes, strict=True)
        }
        path = reverse(address, kwargs=given) + query
        client = (
            self.program
            if address.startswith("api:") and address != "api:schema" and not form
            else self.client
        )
        more: dict[str, Any] = (
            {"data": data or ({"reason": "x", **act_of(probe)} if form else {})} if method == "post" else {}
        )
        if body or (method == "post" and address.startswith("api:")):
            more = {
                "data": body or probe.json.format(**nodes[0].texts if nodes else self.home.texts) or "{}",
                "content_type": "application/json",
            }
        with undone(), keeping(client):
            seen = opened(getattr(client, method)(path, **more))
            if method == "post" and seen.status != 405 and self._moved(probe.reach):
                self._hole(address, f"post to {path} changed what lies outside the area")
        if seen.status >= 500:
            self._hole(address, f"{method} {path} answers {seen.status}")
        return seen

    def _leaks(self, address: str, seen: Seen, probe: Probe, said: str) -> None:
        text = seen.text
        for node in self.outside:
            if nameable(self.home, node, probe.reach):
                text = without_officials(text, node)
        # What was asked may be said back; anything else of its place may not.
        for word in sorted(re.split(r"[?&=\s\"{}:,]+", said), key=len, reverse=True):
            text = text.replace(word, "") if len(word) > 3 else text
        for node in self.outside:
            if node.secret in text:
                self._hole(
                    address,
                    f"tells of {node.code} ({said or 'not asked for'}): …{around(text, node.secret)}…",
                )
        self._beyond_role(address, text)
        for node in self.country.nodes.values():
            if any(number in text for number in node.numbers) and not (
                "opens" in probe.channels and node in self.inside
            ):
                self._hole(address, f"an ID number of {node.code} in the clear")
        if (ends := ENDS.search(text)) and BORN in text:
            self._hole(address, f"the ends of a number beside the day of birth: …{around(text, ends[0])}…")

    def _beyond_role(self, address: str, text: str) -> None:
        """What is told of one household of the own area, against what the role has the right to."""
        for node in self.inside:
            for what, mark, right in node.told:
                if mark in text and not rights.may(self.acting, right):
                    self._hole(
                        address, f"tells {what} of {node.code} without {right}: …{around(text, mark)}…"
                    )

    def _narrowed(self, address: str, probe: Probe, node: Node) -> None:
        """Who opens no finding cannot have counts of one household either: an answer narrowed to it is that of any other."""
        counting = probe.channels & {"list", "count", "export", "API"}
        if rights.may(self.acting, "findings.open") or not counting:
            return
        home = next((one for one in self.inside if "number" in one.keys), None)
        if home is None:
            return
        own = home.texts["number"]
        none = own[:-1] + ("0" if own[-1] != "0" else "1")  # as long as the other, so that sizes agree

        def told(number: str, rule: str) -> str:
            asked = f"?household={number}&place={self.home.code}{rule}"
            seen = self._ask(address, probe, [node] * len(probe.kinds), query=asked)
            return MOVING.sub("", seen.text).replace(own, "").replace(none, "") if seen.status == 200 else ""

        # One of the two in turn. Once more where they differ: a minute may have passed between them.
        rule = ("", "&rule=lead.payroll&kind=warned")[self._turn(address) % 2]
        if told(own, rule) != told(none, rule) and told(own, rule) != told(none, rule):
            self._hole(address, f"narrowed to one household of {home.code} it tells of that household")

    def _moved(self, reach: str = "") -> bool:
        """Whether the transaction changed a row outside the area, or of people outside whom an address of a reach may not name.
        Only tables that it wrote to are read again; the first call takes down how they stand."""
        if not hasattr(self, "_stand"):
            self._stand = {one: self._fingerprint(None, one) for one in REACHES}
            return False
        before = self._stand[reach]
        with connection.cursor() as cursor:
            cursor.execute(
                "select relname from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0"
            )
            written = {name for (name,) in cursor.fetchall()} & {name.split()[0] for name in before}
        return bool(written) and any(
            before[name] != mark for name, mark in self._fingerprint(written, reach).items()
        )

    def _fingerprint(self, only: set[str] | None, reach: str) -> dict[str, str]:
        """One hash a protected table over its rows outside the area, and over the people outside who may not be named."""
        strangers = [node for node in self.outside if not nameable(self.home, node, reach)]
        people = sorted(one for node in strangers for one in node.officials)
        outside = [
            (table, "area", f"not ({column} >= %(lo)s and {column} < %(hi)s)")
            for table, column in protected()
        ]
        outside += [
            (table, "people", f"{column} = any(%(people)s)")
            for table, column in (
                ("accounts_official", "id"),
                ("accounts_account", "official_id"),
                ("accounts_appointment", "official_id"),
                ("accounts_accountrequest", "official_id"),
            )
        ]
        parts = [
            f"select '{table} {by}', md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t where {where}"
            for table, by, where in outside
            if only is None or table in only
        ]
        with transaction.atomic(), within(scope_of("CN")), connection.cursor() as cursor:
            cursor.execute(
                " union all ".join(parts), {"lo": self.scope.lo, "hi": self.scope.hi, "people": people}
            )
            return dict(cursor.fetchall())

    def _hole(self, address: str, what: str) -> None:
        hole = Hole(address, self.eyes, what)
        if hole not in self.holes:
            self.holes.append(hole)


def look(country: Country, eyes: str, probes: dict[str, Probe]) -> Walk:
    """Walks, lets everything grow outside of the area, walks again: what is shown of one's own must not have moved.

    Counts, drop-downs and suggestions are held by this without knowing where on a page they stand.
    """
    walk = Walk(country, eyes, probes)
    walk._moved()
    walk.all()
    # First where nobody may be named, then everywhere: whoever may be named must not hide what else is told.
    named = [node for node in walk.outside if any(nameable(walk.home, node, reach) for reach in REACHES)]
    grow(country, [node for node in walk.outside if node not in named])
    again = Walk(country, eyes, probes)
    _compare(walk, again, country, named=True)
    grow(country, named)
    _compare(walk, again, country, named=False)
    walk.holes += [hole for hole in again.holes if hole not in walk.holes]
    return walk


def _compare(walk: Walk, again: Walk, country: Country, *, named: bool) -> None:
    for (address, code), before in walk.shown.items():
        probe = walk.probes[address]
        if bool(probe.reach) != named:
            continue
        after = again._ask(address, probe, [country.nodes[code]] * len(probe.kinds))
        now = MOVING.sub("", after.text) if after.status == 200 else str(after.status)
        if now != before:
            moved = difference(before, now)
            walk._hole(address, f"of {code} it shows something else since others have more: {moved}")
