"""The second line: as the application's role, whatever the code forgets, the database shows and takes nothing of another area."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from databases import fresh
from rights.planted import Country
from rights.walking import protected
from xiuhua.runtime.locations import Urls

pytestmark = [pytest.mark.database]
MINE = "990522"
# A trigger may refuse before the policy is asked.
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)

# Functions that run as the owner, and why each must: it looks beyond the area and tells no more than is said here.
DEFINERS = {
    "places_carry_all": "what places_carry calls, once what only one of two united villages had is taken out; it tells how many rows moved",
    "places_carry_rows": "what places_carry calls, before what stands inside of questions and proposals follows; it tells how many rows moved",
    "registry_numbers_elsewhere": "which of given numbers the acting area's county uses outside that area: those numbers and nothing of whose they are",
    "audit_check": "a chain runs through the whole county; it tells numbers of broken entries",
    "audit_link": "a trigger: the newest entry of a book may lie outside the area; it tells its hash to the next entry",
    "decisions_are_kin": "a guard's: whether some people are kin of a household or live in it, wherever the register has them; it tells yes or no",
    "decisions_kin_among": "the same of many households at once, for lists; it tells those of them",
    "decisions_answer": "the receiving county or township answers a transfer offered to it: case and household lie in the sender's",
    "decisions_receiving": "which township of the county is to receive what a case of one's own area proposes: its code",
    "decisions_ask_release": "opens a question where a number is in use elsewhere; it tells only whether there is somebody to ask",
    "decisions_appeal_follows": "a trigger: does anew or gives back what an appeal that was upheld says; it tells nothing",
    "decisions_appeal_guard": "a trigger: whether an appeal is one, and who decides it; it tells nothing",
    "decisions_appeal_length": "how high an appeal goes, by who decided, who may be of a level above: a number of digits",
    "decisions_household_stays_guard": "a trigger: whether something is under way about a household that moves or ends; it tells nothing",
    "decisions_begins_in_time": "a trigger: whether a watched household was watched its time before its removal begins; it tells the first day",
    "decisions_looked_at_in_time": "a trigger: the same of each signature, and of the day of its visit; it tells the first day",
    "decisions_namesakes": "how many of those who signed an exit bear the name of one of its household and said nothing of it: a number",
    "decisions_notice_is_over": "a trigger: takes the page of a notice down with its matter; it tells nothing",
    "decisions_objection_ends": "ends what an upheld objection of a notice stops, and nothing where none was upheld; it tells nothing",
    "decisions_objection_follows": "a trigger: calls the one above; it tells nothing",
    "decisions_watch_goes_along": "a trigger: who was watched in a household that divides or unites; it writes that and tells nothing",
    "decisions_windows_of": "the windows of the yearly adjustment of one's own county: years and days, which lie with the county",
    "decisions_watch_begins": "a trigger: whether a household still stands where the procedure begins; it tells nothing",
    "notices_is_over": "a guard's: whether what a notice is of is over at its step; it tells yes or no",
    "decisions_due_on": "a trigger's: by which day a step is due, of what it is given; it tells that day",
    "decisions_exit_counts": "how an exit of one's own area stands beside others: numbers of households, of steps, of posts",
    "decisions_lapse": "ends a proceeding of one's own area that lay too long; it tells whether it did",
    "decisions_now": "the database's one clock, as a moment",
    "decisions_notice_post": "a trigger: whether whoever hangs or takes down does the step; it tells nothing",
    "decisions_objection_late": "a trigger: whether the step of a notice that came down is signed; it tells nothing",
    "decisions_paper_post": "a trigger: whether whoever brings evidence does the step; it tells nothing",
    "decisions_proceeding_post": "a trigger: whether whoever begins works with households here; it tells nothing",
    "decisions_signature_parts": "a trigger: whether whoever signs brought, hung or began another step; it tells nothing",
    "decisions_objection_apart": "a trigger: whether whoever answers an objection had a part in it; it tells nothing",
    "decisions_step_household_begins": "a trigger: whether a family that is entered is the one that was decided, and not the decider's own; it tells nothing",
    "decisions_step_kept_apart": "a trigger: whether whoever decides a case is kin of its household or proposed it for somebody; it tells nothing",
    "decisions_status_goes_along": "a trigger: calls the one below when a division is accepted; it tells nothing",
    "decisions_status_of_split": "what divides off a household that left poverty left it too: it writes that and tells nothing",
    "decisions_step_year_of_exit": "another year of exit is written with the step that two people came to, and by nobody else: it writes that and tells nothing",
    "decisions_status_begins": "a trigger: whether a household still stands where the procedure begins; it tells nothing",
    "decisions_signature_guard": "a trigger: moves a proceeding by what was signed and writes its status; it tells nothing",
    "decisions_candidateanswer_guard": "a trigger: whose post it is; it tells nothing",
    "decisions_deadline": "in which year one's own county is planned to exit: a year and nothing else",
    "decisions_planline_guard": "a trigger: the year that counted before, and whether it was filed with its sheet; it tells nothing",
    "decisions_plantarget_guard": "a trigger: whose post it is; it tells nothing",
    "decisions_rests_on": "whether something under way, or an official's own household, rests on a member of a household of the area",
    "decisions_sheet_guard": "a trigger: whose post it is; it tells nothing",
    "files_is_proof": "whether something rests on a file, wherever it lies: nobody removes it then; it tells no more",
    "files_may_go": "whether a file's content may go, by what it was made for; it tells no more",
    "notices_line_is_its_own": "whether a line is of its proceeding's household; of the acting area only",
    "notices_sheet_says": "a trigger: a sheet says whose matter it is; it tells nothing",
    "decisions_sheetanswer_guard": "a trigger: whether another person answers, from high enough; it tells nothing",
    "decisions_window_filed": "a trigger: whether it was filed with its sheet; it tells nothing",
    "decisions_window_guard": "a trigger: whether the county's window is open; it tells yes or no",
    "decisions_window_of": "the window of one's own county: a year and two days",
    "decisions_release_answer": "how far the other county is with a question of one's own: one word",
    "decisions_ticked": "how values of a household of one's own area came to be called checked: numbers and days",
    "decisions_step_guard": "a trigger: sets the state of a case by its steps and offers a household to another county; it tells nothing",
    "decisions_pairs_close": "closes pairs about households of one's own area that have nothing left to ask; it tells their keys",
    "decisions_pairs_open_again": "opens those again that one case had closed so; it tells their keys",
    "decisions_withdraw_release": "takes back a question of one's own that nobody answered yet; it tells nothing",
    "freezes_forgotten": "a trigger: ends the links of what two people wished to be forgotten; it tells nothing",
    "freezes_key_follows": "a trigger: a household or person that moves takes its key along, also out of the area; it tells nothing",
    "intake_merged_since": "which batches of one's own county were merged since a moment: their numbers and nothing else",
    "places_carry": "rows of two places follow a change that two people settled in one's own area; it tells how many",
    "places_status_guard": "a trigger: whether the proceeding that a village's or county's status rests on was decided; it tells nothing",
    "registry_statuses_follow": "statuses are only added to; those of a household of one's own area lie where it lives; it returns nothing",
    "registry_take_in_person": "somebody of the same county without a household comes into one's own area; it tells the person's key",
    "registry_free_other_name": "whether who would come in by a number has another name than is said; the name only of one's own area",
    "registry_joins_too_early": "whether who would come in by a number left their last household after a day; that day only of one's own area",
    "registry_people_go_back": "people of one's own area who belong nowhere lie again where they last belonged; it returns nothing",
    "registry_namesake_free": "whether somebody of a given name and day of birth left a household of the acting county: yes or no",
    "findings_history_follows": "what happened to findings of one's own area lies where they do; it returns nothing",
    "registry_id_elsewhere": "whether a sealed number is in use elsewhere, and in which county",
    "decisions_notice_handled": "a trigger: at which level the step of a notice is done; it writes that place into the notice",
    "decisions_notice_published": "a trigger: whether a notice may have a page, and writes the page; it tells nothing",
    "notices_kept_from": "whether a person may open an objection of one's own area: one word",
    "notices_says_its_step": "a trigger: writes what a step says, and compares the line; it tells nothing",
    "notices_knock": "how often a stranger came in an hour, by a keyed hash; it tells yes or no",
    "notices_object": "a stranger has no area: lays what they sealed to a notice that hangs on the web; it tells a number",
    "notices_receipt": "a stranger has no area: day, state and answer of one objection, for whoever holds its code",
    "notices_unpublish": "a trigger: a notice that came down comes down on the web; it tells nothing",
    "notices_now": "the same clock, as a moment",
    "notices_today": "the database's one clock: how many days a demonstration lives ahead is its owner's to say",
    "intake_take_statistics": "the planner's statistics of what was staged are taken by its owner; it returns nothing",
    "registry_take_statistics": "the planner's statistics of the register are taken by its owner; it returns nothing",
    "registry_watch_guard": "a trigger: looks up the household, the opening or the proceeding that a watch rests on; it tells nothing",
    "relapse_apply": "a stranger has no area: lays what they sealed on the desk of a village; it tells a number",
    "relapse_standing": "a stranger has no area: days and how far it is of one application, for whoever holds its code",
    "relapse_contested": "the no that a saying comes soon after, wherever its household lay then: the number of a clue",
    "relapse_had_part": "who went there for a clue and who ended it, wherever its household lay then: numbers of officials",
    "relapse_divided_not": "a trigger: a division is undone, and the clue of who had moved out goes back; it tells nothing",
    "relapse_divides": "a trigger: what is open of a household is open of who splits off; it tells nothing",
    "relapse_said_on": "a trigger: the day of a clue's newest saying, and of the visit that is due after it; it tells nothing",
    "relapse_runs_from": "a trigger: a clue's days run from the first day on which something was said, and it is an appeal from then; it tells nothing",
    "relapse_acts": "a trigger's: who holds a post of these here and is no kin of a household of one's own area; it tells whom it is asked about",
    "relapse_goes_along": "a trigger: an open clue goes on in the county that its household moved to; it tells nothing",
    "relapse_goes_on": "a trigger: begins a clue anew whose procedure was taken back or lapsed; it tells nothing",
    "relapse_hears_first": "a trigger: whether a clue of the household is open; it tells nothing but that",
    "relapse_unites": "a trigger: an open clue goes on with the household that another one goes into; it tells nothing",
    "relapse_follow": "a trigger: clues and what belongs to them lie where their household lives; it tells nothing",
    "registry_status_guard": "a trigger: looks up the household and the opening that a status rests on; it tells nothing",
    "relapse_members_changed_on": "a view's: on which day a case last changed who is of a household, wherever that case lies; a day and nothing else of it",
}
# History is written by triggers whoever acts; what is added there can be neither changed nor removed.
ADDED_BY_TRIGGERS = re.compile(r"event$|^audit_entry$")
# Written by the application and then never changed.
ONLY_ADDED = re.compile(
    r"^decisions_case(step|evidence)$|^decisions_(signature|paper|snapshot|recheck|sheet|sheetanswer|planline|plantarget|window|candidateanswer)$|^findings_move$"
    r"|^relapse_(cluesource|sheet|assessment|reply|telling)$|^registry_watchentry$|^registry_correction$|^notices_sheet$"
)
# A mark that a village is to be counted again: whatever changes a row sets it, and one too many only costs a count.
MAY_BE_ADDED = {"registry_tallymark"}


@pytest.fixture
def country(kept_country: tuple[str, Country], server: Any, django_db_blocker: Any) -> Iterator[Urls]:
    """Addresses of a copy of the planted country."""
    with fresh(server, django_db_blocker, kept_country[0]) as urls:
        yield urls


def owner_rows(urls: Any, table: str, column: str) -> list[tuple[Any, ...]]:
    """A row outside of MINE, as its owner sees it."""
    with psycopg.connect(urls.owner) as owner:
        return owner.execute(
            sql.SQL("select * from {} where not ({} >= %s and {} < %s) limit 1").format(
                sql.Identifier(table), sql.Identifier(column), sql.Identifier(column)
            ),
            [MINE, "990523"],
        ).fetchall()


def scoped(urls: Any) -> psycopg.Connection[Any]:
    """The application's role in the area of MINE."""
    app = psycopg.connect(urls.app)
    app.execute(
        "select set_config('xiuhua.lo', %s, true), set_config('xiuhua.hi', %s, true)", [MINE, "990523"]
    )
    return app


def test_every_protected_table_has_something_to_be_seen_elsewhere(country: Urls) -> None:
    bare = [table for table, column in protected() if not owner_rows(country, table, column)]
    # Else the tests below could not fail. Histories of memberships and years come from the trigger that people's do.
    kept = ("membership", "periodrecord", "villageyear")
    assert bare == [f"registry_{name}event" for name in kept]


def test_of_another_area_nothing_is_seen_changed_or_removed(country: Urls) -> None:
    for table, column in protected():
        name, place = sql.Identifier(table), sql.Identifier(column)
        elsewhere = sql.SQL("not ({} >= {} and {} < {})").format(place, MINE, place, "990523")
        with scoped(country) as app:
            seen = app.execute(sql.SQL("select count(*) from {} where {}").format(name, elsewhere)).fetchone()
            assert seen == (0,), table
            for statement in ("update {} set {} = {} where {}", "delete from {0} where {3}"):
                try:
                    with app.transaction():
                        done = app.execute(sql.SQL(statement).format(name, place, place, elsewhere))
                        assert done.rowcount == 0, table
                except psycopg.errors.InsufficientPrivilege:
                    pass  # refused outright is as good


def test_nothing_is_added_to_another_area(country: Urls) -> None:
    for table, column in protected():
        if (
            table in MAY_BE_ADDED
            or ADDED_BY_TRIGGERS.search(table)
            or not (rows := owner_rows(country, table, column))
        ):
            continue
        with (
            scoped(country) as app,
            pytest.raises(
                REFUSED,
                match=r"row-level security|another|a status|a case begins|takes no step|through its case|no such|watched|belongs to the step|once it was tallied|a freeze begins as one that waits|whose matter",
            ),
        ):
            values = [
                psycopg.types.json.Jsonb(one) if kind == "jsonb" and one is not None else one
                for one, (_name, kind, generated) in zip(rows[0], columns(app, table), strict=True)
                if not generated
            ]
            kept = [(name, kind) for name, kind, generated in columns(app, table) if not generated]
            names = sql.SQL(", ").join(sql.Identifier(name) for name, _kind in kept)
            casts = sql.SQL(", ").join(sql.SQL("%s::" + kind) for _name, kind in kept)
            app.execute(
                sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), names, casts), values
            )
            raise AssertionError(table)


def columns(app: psycopg.Connection[Any], table: str) -> list[tuple[str, str, bool]]:
    """A table's columns in order: name, type, and whether the database computes it."""
    return app.execute(
        "select attname, format_type(atttypid, null), attgenerated <> '' from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        [table],
    ).fetchall()  # type: ignore[return-value]


def test_without_a_scope_every_protected_table_raises(country: Urls) -> None:
    with psycopg.connect(country.app) as app:
        for table, column in protected():
            # Of a table without a row the policy is never asked, and that it is empty is true.
            if not owner_rows(country, table, column):
                continue
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))


def test_a_scope_ends_with_its_transaction(country: Urls) -> None:
    with psycopg.connect(country.app) as app:
        with app.transaction():
            app.execute("select set_config('xiuhua.lo', '0', true), set_config('xiuhua.hi', 'D', true)")
            assert app.execute("select count(*) > 0 from registry_household").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select count(*) from registry_household")


def test_history_and_audit_are_only_added_to(country: Urls) -> None:
    kept = [
        table for table, _column in protected() if ADDED_BY_TRIGGERS.search(table) or ONLY_ADDED.search(table)
    ]
    assert len(kept) >= 9
    for table in kept:
        for statement in ("update {} set {} = {}", "delete from {}", "truncate {}"):
            column = dict(protected())[table]
            with scoped(country) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("select set_config('xiuhua.lo', '0', true), set_config('xiuhua.hi', 'D', true)")
                name = sql.Identifier(table)
                app.execute(sql.SQL(statement).format(name, sql.Identifier(column), sql.Identifier(column)))
                # Nothing to change in an empty table: then the privilege itself must be missing.
                raise psycopg.errors.InsufficientPrivilege if _empty(app, table) else AssertionError(table)


def _empty(app: psycopg.Connection[Any], table: str) -> bool:
    found = app.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    return found == (0,)


def test_every_view_looks_with_the_readers_eyes(django_db_setup: None, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
            " and not coalesce('security_invoker=true' = any(reloptions), false)"
        )
        assert cursor.fetchall() == []


def test_what_runs_as_the_owner_is_named_with_its_reason(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1"
        )
        assert [name for (name,) in cursor.fetchall()] == sorted(DEFINERS)
    assert all(reason.strip() for reason in DEFINERS.values())
