"""What a walk over addresses asks with: protected tables, requests that are undone, what a probe bears, how a hole is told."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.test import Client

from rights.expected import Probe
from rights.planted import Node
from xiuhua.accounts.terms import Role

MOVING = re.compile(
    r'"csrfmiddlewaretoken" value="[^"]*"|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}[^"<\s]*|\d{1,2}:\d{2}(:\d{2})?'
)
REFUSED = {403, 404}
# The first and last four of a planted number.
ENDS = re.compile(r"9901\*{4,}\d{3}[\dX]")


@dataclass(frozen=True)
class Hole:
    """Where something could be seen or done that may not be."""

    address: str
    eyes: str
    what: str

    def __str__(self) -> str:
        return f"{self.address} as {self.eyes}: {self.what}"


def protected() -> list[tuple[str, str]]:
    """Tables under row-level security with the column of their place, from the policies themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, substring(pg_get_expr(p.polqual, p.polrelid) from '\\(+([a-z_]+)\\)?(?:::text)? >=')"
            " from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'area_read' order by 1"
        )
        return list(cursor.fetchall())


@contextmanager
def keeping(client: Client) -> Iterator[None]:
    """Whatever an answer does to the cookies (signing out, another language), the next request comes with the old ones."""
    cookies = copy.deepcopy(client.cookies)
    yield
    client.cookies = cookies


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def bears(node: Node, probe: Probe) -> bool:
    if len(node.code) < 4:
        return False
    return all(kind.startswith("=") or kind in node.keys for kind in probe.kinds.values())


def nameable(home: Node, node: Node, reach: str) -> bool:
    """Whether an address of a reach may name officials of a place outside, to somebody at home."""
    if reach == "above":
        return node.code in (home.code[:6], home.code[:9])
    return reach == "township" and node.code.startswith(home.code[:9])


def without_officials(text: str, node: Node) -> str:
    """A text without the names of a place's officials, as they are planted."""
    return re.sub(f"{node.mark}{node.secret}(?:{'|'.join(Role)}|\\d+)", "", text)


def act_of(probe: Probe) -> dict[str, str]:
    """What a form says whoever it is sent to: the act itself, without which an address might refuse for another reason."""
    return {name: said for name, said in probe.form.items() if "{" not in said}


def naming(
    other: Node, others: list[Node], probe: Probe, ours: dict[str, object], *, whole: bool
) -> dict[str, object]:
    """A form that names what is another's, in the words that all forms share; `whole`: in the address's own words, too."""
    # What is not to be had at this place is named of the next: an empty value would move nothing.
    keys = {name: key for one in (*reversed(others), other) for name, key in one.keys.items()}
    form: dict[str, object] = {
        "place": other.code, "official": keys.get("official", ""), "post": keys.get("post", ""),
        "owner": keys.get("post", ""), "household": keys.get("household", ""), "person": keys.get("person", ""),
        "batch": keys.get("batch", ""), "finding": keys.get("finding", ""), "q": other.mark, "reason": "x", "answer": "grant",
        "name": "某", "username": "mou.xin", "office": "poverty_office", "title": "officer", "role": "village_worker",
        "since": "2030-01-01", "until": "2030-02-01", "statement": "x", "which": "all", "due_on": "2030-01-01", "why": "x",
    }  # fmt: skip
    names = {**other.texts, **keys, **ours}
    known = {kind: names.get(kind, "0") for kind in ("finding", "difference", "person", *names)}
    return {**form, **{name: said.format(**known) for name, said in probe.form.items()}} if whole else form


def fixed(probe: Probe) -> bool:
    return all(kind.startswith("=") for kind in probe.kinds.values())


def around(text: str, secret: str) -> str:
    at = text.index(secret)
    return " ".join(text[max(at - 40, 0) : at + 30].split())


def difference(before: str, after: str) -> str:
    at = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    return " ".join(f"…{before[max(at - 30, 0) : at + 20]}… → …{after[max(at - 30, 0) : at + 20]}…".split())
