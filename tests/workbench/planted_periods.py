"""What happened in a county's past, planted behind the product: statuses by a case, proceedings, clues, who was watched."""

from __future__ import annotations

from typing import Any

import psycopg

from intake import taking


def histories(urls: Any) -> None:
    """Three households whose status changes by a case: nothing in the product can do so yet, so it is planted behind it."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("alter table registry_statusentry disable trigger user")
        owner.execute("alter table registry_statusentry no force row level security")
        for at, changes in enumerate(
            (
                [("exited", "2017-10-01")],
                [("exited", "2018-09-30"), ("returned", "2019-01-15")],
                [("exited", "2018-10-01")],
            )
        ):
            for status, day in changes:
                plant(owner, status, day, at)
        owner.execute("alter table registry_statusentry force row level security")
        owner.execute("alter table registry_statusentry enable trigger user")


def monitoring(urls: Any) -> None:
    """Three proceedings, three clues, three decisions about being watched, before and within the first half of 2026."""
    homes = [pk for (pk,) in taking.ask("select id from registry_household order by id limit 3")]
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        for table in ("decisions_proceeding", "relapse_clue", "relapse_cluesource", "registry_watchentry"):
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"alter table {table} no force row level security")
        of = "from registry_household h where h.id = %s"
        for home, begun, course, closed in zip(
            homes, ("2025-12-30", "2026-03-01", "2026-04-01"), ("decided", "refused", "open"), ("2026-02-01", "2026-05-01", None), strict=True
        ):  # fmt: skip
            owner.execute(
                f"""insert into decisions_proceeding (procedure_id, kind, place_code, household_id, course, at_step, round, begun_at, as_of,
                step_since, closed_on, effect_status) select (select max(id) from decisions_procedure where kind = 'watch'), 'watch',
                h.village_code, h.id, %s,
                (select definition->'steps'->0->>'id' from decisions_procedure where kind = 'watch' order by id desc limit 1),
                1, %s, %s, %s, %s, '' {of}""",
                [course, begun, begun, begun, closed, home],
            )
        for home, came, ended in zip(
            homes, ("2025-11-01", "2026-01-02", "2026-03-03"), ("2026-01-20", None, "2026-03-20"), strict=True
        ):
            owner.execute(
                f"""with c as (insert into relapse_clue (household_id, village_code, came_on, check_days, whole_days, check_due_on, due_on,
                recorded_at, "end", ended_on, end_reason, ended_by, ended_official_id) select h.id, h.village_code, %s, 10, 15, %s, %s, %s, %s,
                %s, '已核实', '', {"(select min(id) from accounts_official)" if ended else "null"} {of} returning id, village_code, household_id)
                insert into relapse_cluesource (clue_id, household_id, village_code, origin, risk, said, came_on, by, at, channel, told_by, rule,
                list_kind, mark, post) select id, household_id, village_code, 'cadre', 'illness', '住院', %s, 't', %s, '', '', '', '', '', '' from c""",
                [came, came, came, came, "no_risk" if ended else "", ended, home, came, came],
            )
        for home, day, watched, mode in (
            (homes[0], "2026-02-01", "unstable", ""), (homes[1], "2026-03-01", "marginal", ""), (homes[1], "2026-06-01", "none", "helped"),
        ):  # fmt: skip
            owner.execute(
                f"""insert into registry_watchentry (household_id, village_code, watch_class, mode, since, basis, case_number, recorded_at,
                recorded_by) select h.id, h.village_code, %s, %s, %s, 'case', '1', now(), 't' {of}""",
                [watched, mode, day, home],
            )
        for table in ("decisions_proceeding", "relapse_clue", "relapse_cluesource", "registry_watchentry"):
            owner.execute(f"alter table {table} force row level security")
            owner.execute(f"alter table {table} enable trigger user")


def plant(owner: Any, status: str, day: str, at: int) -> None:
    owner.execute(
        """insert into registry_statusentry (household_id, village_code, status, since, basis, case_number, recorded_at, recorded_by)
        select e.household_id, e.village_code, %s, %s, 'case', '1', now(), 'test' from registry_statusentry e
        where e.status = 'poor' and e.basis = 'opening' order by e.household_id offset %s limit 1""",
        [status, day, at],
    )
