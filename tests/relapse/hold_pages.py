"""What somebody with the application's role does to a village's notice: its lines, its sheet, its page on the web, objections from there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import people
from decisions.hold_known import LENGTHS, OFFICES
from relapse.hold_plans import Plans

LINE = {"village": "上坝村"}
LINES: list[Any] = [
    [LINE], [LINE], [LINE], [{**LINE, "illness": "尿毒症"}], [{**LINE, "head": "张三 990521197001011234"}], [{**LINE, "people": "三口，一人残疾"}], [], {}, [{"matter": "电话 13800001111"}], [{"village": "下坝村"}],
]  # fmt: skip


def fit(lines: Any) -> bool:
    """Village, head, number of people, matter; a number only for people; no number that may be somebody's."""
    return (
        isinstance(lines, list) and bool(lines)
        and all(set(one) <= {"village", "head", "people", "matter"} for one in lines)
        and all(isinstance(one.get("people", 0), int | None) for one in lines)
        and not any(ten.isdigit() for one in lines for name, value in one.items() if name != "people" for ten in _runs(str(value)))
    )  # fmt: skip


def _runs(text: str) -> list[str]:
    return [text[at : at + 6] for at in range(len(text) - 5)]


@dataclass
class Pages(Plans):
    """A village whose exit hangs."""

    # -- a village's notice stands on the web while it hangs ------------------------------------------------------------

    def village(self) -> dict[str, Any]:
        return next(one for one in self.proceedings(None) if one["household_id"] is None)

    def hangs(self) -> None:
        one = self.village()
        lines = self.rng.choice(LINES)
        made = self.hang(
            one,
            lines=json.dumps(lines, ensure_ascii=False),
            handled_at=self.rng.choice(["", people.VILLAGE, "99"]),
            days=7,
        )
        if made is not None:
            self.at_once += (
                [] if fit(lines) and self.its_own(None, lines) else [f"notice {made} says {lines}"]
            )
            where = self.ask("select handled_at from public.notices_notice where id = %s", made)[0][
                "handled_at"
            ]
            level = people.VILLAGE[: LENGTHS[self.step(one)["level"]]]
            self.at_once += [] if where == level else [f"notice {made} is handled at {where}"]

    def makes_a_sheet(self) -> None:
        lines = self.rng.choice(LINES)
        newest = (
            self.ask(
                "select max(number) as number from public.notices_sheet where place_code = %s and year = %s",
                people.VILLAGE,
                self.today.year,
            )[0]["number"]
            or 0
        )
        number = self.often(newest + 1, newest, newest + 2)
        entries = (
            [{"reference": self.reference(self.village()), "line": each} for each in lines]
            if isinstance(lines, list)
            else []
        )
        why = [] if fit(lines) else [f"says {lines}"]
        why += ["of another's number"] if number != newest + 1 else []
        [matter] = self.ask("select public.notices_matter_of(%s) as said", self.reference(self.village()))
        right = matter["said"] or {}
        right = json.loads(right) if isinstance(right, str) else right
        said = self.often(right, {**right, "zh": "石满仓家因病返贫"})
        why += ["of another matter"] if said != right else []
        why += [] if self.its_own(None, lines) else [f"of somebody else: {lines}"]
        made = self.put(
            "notices_sheet", why, place_code=people.VILLAGE, year=self.today.year, number=number, matter=json.dumps(said, ensure_ascii=False), entries=json.dumps(entries), hung_on=self.today, due_on=self.today,
            days=7, count="calendar", made_by="x", made_at="2000-01-01", file_id=self.files[0],
        )  # fmt: skip
        if made is not None and self.rng.random() < 0.8:
            line = self.often(lines[0], {**lines[0], "head": ""})
            hung = self.hang(self.village(), sheet_id=made, lines=json.dumps([line]), days=self.often(7, 8))
            row = self.ask("select days from public.notices_notice where id = %s", hung) if hung else []
            if row and (line != lines[0] or row[0]["days"] != 7):
                self.at_once.append(f"notice {hung} says something else than its sheet")

    def goes_on(self) -> None:
        """The village's matter goes on, or is taken back; its page with it."""
        one = self.village()
        notice = self.notice(one)
        if notice and notice["taken_down_on"] is None and self.rng.random() < 0.6:
            if self.today <= notice["due_on"]:
                self.move((notice["due_on"] - self.today).days + 1)
            self.take_down(notice["id"])
        self.sign(one, self.anybody(OFFICES[1:3]), self.often("signed", "withdrawn", "no"), "理由")

    def asks_and_answers(self) -> None:
        """Whoever the database says may answer an objection, may; and whoever may not, does not."""
        found = self.ask(
            "select o.*, n.taken_down_on from public.notices_objection o join public.notices_notice n on n.id = o.notice_id where o.answered_at is null"
        )
        if not found:
            return
        one, by = self.rng.choice(found), self.rng.choice(list(self.known))
        why = self.ask("select public.notices_kept_from(%s, %s) as why", one["id"], by)[0]["why"]
        alone = (
            len(
                self.ask(
                    "select 1 from public.notices_objection where notice_id = %s and answered_at is null",
                    one["notice_id"],
                )
            )
            == 1
        )
        only = sum(who.official == self.known[by].official for who in self.known.values()) == 1
        before = self.accepted
        self.answer(one["notice_id"], self.rng.random() < 0.3, self.known[by].official)
        if (self.accepted > before) != (why == "") and alone and only:
            self.at_once.append(
                f"{by} is told '{why}' of objection {one['id']}, and did {'' if self.accepted > before else 'not '}answer it"
            )

    def pages(self) -> None:
        """By the strangers' door, and past it."""
        page = self.one("notices_publication")
        slug = self.often(page["slug"] if page else "x", "x")
        made = self.attempt(
            "a stranger objects",
            "select public.notices_object(%s, 'x', null, %s, current_date)",
            slug,
            str(self.rng.random()).encode(),
        )
        if made is not None:
            told = self.ask(
                "select o.goes_to, n.taken_down_on, n.due_on from public.notices_objection o join public.notices_notice n on n.id = o.notice_id where o.id = %s",
                made,
            )[0]
            if (
                told["goes_to"] != people.COUNTY
                or told["taken_down_on"] is not None
                or told["due_on"] < self.today
            ):
                self.at_once.append(f"objection {made} of a stranger: {told}")
        sql = self.rng.choice(
            [
                "update public.notices_publication set due_on = due_on + 90",
                "delete from public.notices_publication",
                "update public.notices_publication set down_on = null",
            ]
        )
        if self.attempt("pages change", sql):
            self.at_once.append(f"a page was changed: {sql}")
        self.attempt(
            "a page is put up", "select count(*) from public.notices_notice n, public.notices_publish(n)"
        )

    def hanging(self) -> list[str]:
        """What stands on the web is what hangs today, of a step that may have a page, while its matter is there."""
        one = self.village()
        shown = {each["notice_id"] for each in self.ask("select notice_id from public.notices_publication")}
        notice = self.notice(one)
        due = {notice["id"]} if (
            notice and one["course"] == "open" and notice["taken_down_on"] is None and notice["hung_on"] <= self.today <= notice["due_on"] and self.step(one).get("web")
        ) else set()  # fmt: skip
        return [] if shown == due else [f"on the web are {shown}, there hang {due}"]
